//! [`Memory`]: what a type must say of itself to be kept across a reset.

use serde::{Serialize, de::DeserializeOwned};

/// A value that can be kept across a reset.
///
/// The tuners, [`MethodChoice`](crate::choice::MethodChoice) and
/// [`AutoMemory`](crate::sor::AutoMemory) are such values. Your own is one in a few lines; put into
/// it whatever must not come apart, such as the tuner and the place in the sequence:
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use solvekit::storage::{Memory, decode, encode, longest, longest_integer, tag};
/// use solvekit::tuner::TsallisInf;
///
/// type Tuner = TsallisInf<f32, 20>;
///
/// #[derive(Serialize, Deserialize, Debug, PartialEq)]
/// struct Learned {
///     tuner: Tuner,
///     systems: u32,
/// }
///
/// impl Memory for Learned {
///     const TAG: u32 = tag("my oven, first layout", &[Tuner::TAG as usize]);
///     const LONGEST: usize = Tuner::LONGEST + longest_integer::<u32>();
///     fn is_sound(&self) -> bool {
///         self.tuner.is_sound() && self.systems >= self.tuner.rounds()
///     }
/// }
///
/// let learned = Learned { tuner: Tuner::evenly(1.0, 1.95)?, systems: 7 };
/// let mut buffer = [0; longest::<Learned>()];
/// let bytes = encode(&learned, &mut buffer)?;
/// assert_eq!(decode::<Learned>(bytes)?, learned);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Memory: Serialize + DeserializeOwned {
    /// Names the type and its layout, so that the bytes of another are refused. [`tag`] makes one.
    /// Give a new one whenever a field is added, removed, reordered or changes its meaning.
    const TAG: u32;

    /// The longest the value's postcard bytes can become, so that a buffer or a slot that holds the
    /// first value holds every later one too. In postcard an f32 takes 4 bytes and an f64 takes 8,
    /// an integer of several bytes up to [`longest_integer`], an `Option` one more than what is in
    /// it, an array or a struct the sum of its parts.
    const LONGEST: usize;

    /// Whether every field has a value that the type's own functions could have left there. What
    /// is unsound is neither stored nor restored.
    fn is_sound(&self) -> bool;
}

/// A tag from the type's name and whatever else fixes its layout: sizes, numbers of arms.
///
/// It is the CRC-32 of the name and the numbers; each number counts with its low 32 bits, so that
/// the tag is the same on every target.
pub const fn tag(name: &str, numbers: &[usize]) -> u32 {
    let mut digest = crate::checksum::CRC.digest();
    digest.update(name.as_bytes());
    let mut rest = numbers;
    while let [number, others @ ..] = rest {
        digest.update(&(*number as u32).to_le_bytes());
        rest = others;
    }
    digest.finalize()
}

/// The most bytes that an integer of type `T`, longer than one byte, takes in postcard: 7 bits
/// each.
pub const fn longest_integer<T>() -> usize {
    (8 * size_of::<T>()).div_ceil(7)
}
