//! The tuners as [`Memory`].
//!
//! The arms are part of each: after an update that changed them, compare `arms` before going on with
//! what was restored. So is the interval of contexts.

use super::{Memory, longest_integer, tag};
use crate::Real;
use crate::tuner::{
    Adaptive, ChebCb, Fixed, TsallisBins, TsallisInf, UnimodalUcb, WindowedUcb, Young,
};
use serde::{Serialize, de::DeserializeOwned};

/// The most bytes of an integer.
const INTEGER: usize = longest_integer::<u32>();

/// What Tsallis-INF knows of `arms` arms: losses, root, mean and 1/p; rounds, memory and the arm in
/// play; two flags.
const fn losses<R>(arms: usize) -> usize {
    (arms + 3) * size_of::<R>() + 3 * INTEGER + 2
}

/// The arms are part of it: after an update that changed them, compare
/// [`arms`](TsallisInf::arms) before going on with what was restored.
impl<R: Real + Serialize + DeserializeOwned, const K: usize> Memory for TsallisInf<R, K> {
    const TAG: u32 = tag("TsallisInf 1", &[size_of::<R>(), K]);

    /// Arms and losses.
    const LONGEST: usize = K * size_of::<R>() + losses::<R>(K);

    fn is_sound(&self) -> bool {
        self.check()
    }
}

/// The arms and the interval are part of it: after an update that changed them, start anew.
impl<R: Real + Serialize + DeserializeOwned, const K: usize, const B: usize> Memory
    for TsallisBins<R, K, B>
{
    const TAG: u32 = tag("TsallisBins 1", &[size_of::<R>(), K, B]);

    /// Arms and interval; the bins' losses; clamped contexts and the bin in play; a flag.
    const LONGEST: usize = (K + 2) * size_of::<R>() + B * losses::<R>(K) + 2 * INTEGER + 1;

    fn is_sound(&self) -> bool {
        self.check()
    }
}

/// The arms and the interval are part of it: after an update that changed them, start anew.
impl<R: Real + Serialize + DeserializeOwned, const K: usize, const M: usize> Memory
    for ChebCb<R, K, M>
{
    const TAG: u32 = tag("ChebCb 1", &[size_of::<R>(), K, M]);

    /// Arms, interval, fits; least, most, surprise, mean and the u in play; rounds, memory, clamped
    /// contexts and the arm in play; a flag.
    const LONGEST: usize = (K + 2 + K * (4 * M + 2) + 5) * size_of::<R>() + 4 * INTEGER + 1;

    fn is_sound(&self) -> bool {
        self.check()
    }
}

/// The arms are part of it: after an update that changed them, compare
/// [`arms`](UnimodalUcb::arms) before going on with what was restored.
impl<R: Real + Serialize + DeserializeOwned, const K: usize> Memory for UnimodalUcb<R, K> {
    const TAG: u32 = tag("UnimodalUcb 1", &[size_of::<R>(), K]);

    /// Arms, means, counts and variance; rounds, memory and the arm in play; a flag.
    const LONGEST: usize = (3 * K + 1) * size_of::<R>() + 3 * INTEGER + 1;

    fn is_sound(&self) -> bool {
        self.check()
    }
}

/// The arms are part of it: after an update that changed them, compare
/// [`arms`](WindowedUcb::arms) before going on with what was restored.
impl<R: Real + Serialize + DeserializeOwned, const K: usize, const W: usize> Memory
    for WindowedUcb<R, K, W>
{
    const TAG: u32 = tag("WindowedUcb 1", &[size_of::<R>(), K, W]);

    /// Arms, means, costs, squares and their peak; counts; the ring's arms; its place, rounds and
    /// the arm in play; a flag.
    const LONGEST: usize =
        (2 * K + W + 2) * size_of::<R>() + (K + 3) * INTEGER + W * longest_integer::<u16>() + 1;

    fn is_sound(&self) -> bool {
        self.check()
    }
}

/// Learns nothing; it is a memory so that a wrapper around it is one.
impl<R: Real + Serialize + DeserializeOwned> Memory for Fixed<R> {
    const TAG: u32 = tag("Fixed 1", &[size_of::<R>()]);
    const LONGEST: usize = size_of::<R>() + 1;
    fn is_sound(&self) -> bool {
        self.check()
    }
}

/// Learns nothing; it is a memory so that a wrapper around it is one.
impl<R: Real + Serialize + DeserializeOwned> Memory for Adaptive<R> {
    const TAG: u32 = tag("Adaptive 1", &[size_of::<R>()]);
    const LONGEST: usize = size_of::<R>() + 1;
    fn is_sound(&self) -> bool {
        self.check()
    }
}

/// Learns nothing; it is a memory so that a wrapper around it is one.
impl Memory for Young {
    const TAG: u32 = tag("Young 1", &[]);
    const LONGEST: usize = 1;
    fn is_sound(&self) -> bool {
        true
    }
}
