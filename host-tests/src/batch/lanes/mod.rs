//! Lanes: several problems of one shape side by side, with the widest registers of the processor.
//!
//! [`dispatch`] asks the processor once and runs a job with the [`Scalar`] that suits it: the job is
//! written once, for any [`Side`]. What it calls is compiled for the processor's instructions only
//! where it is `#[inline(always)]` all the way down.
mod factor;
#[cfg(target_arch = "x86_64")]
mod line;
mod register;
mod semidefinite;
mod squares;
mod sum;
mod transpose;
#[cfg(target_arch = "x86_64")]
mod wide;

pub use factor::{factor, solve};
pub(super) use factor::{forward_all, solve_same};
#[cfg(target_arch = "x86_64")]
use line::{Half, Line, Whole};
#[cfg(target_arch = "x86_64")]
use pulp::{Simd, WithSimd};
pub(super) use semidefinite::factor_semidefinite;
use solvekit::{Lanes, Real, Scalar};
pub(super) use squares::{add_multiples, add_multiples_same, add_squares};
pub(super) use sum::{dot, dot_same};
pub use transpose::{gather, scatter, scatter_all};
#[cfg(target_arch = "x86_64")]
use wide::Wide;

/// A [`Scalar`] whose lanes can be filled and read one by one.
pub trait Side: Scalar + Send + Sync {
    /// How many there are.
    const LANES: usize;
    /// Has the processor thirty-two registers, and not half as many?
    const MANY_REGISTERS: bool = false;
    /// The numbers.
    fn lanes(&self) -> &[Self::Real];
    /// The numbers, to be changed.
    fn lanes_mut(&mut self) -> &mut [Self::Real];
    /// `self` + a b, rounded once where the processor has the instruction, else twice: not for what
    /// has to have the bits of [`Scalar`].
    #[must_use]
    fn plus_product(self, a: Self, b: Self) -> Self;
    /// The smaller one of two, lane by lane; `other` where one is NaN. One instruction, unlike
    /// [`Scalar::min`].
    #[must_use]
    fn least(self, other: Self) -> Self;
    /// The larger one of two, lane by lane; `other` where one is NaN.
    #[must_use]
    fn most(self, other: Self) -> Self;
    /// `yes` where `self` < `other`, `no` elsewhere, and where one is NaN.
    #[must_use]
    fn if_less(self, other: Self, yes: Self, no: Self) -> Self;
    /// Does work by a function of its own, compiled for the lanes' instructions: once, wherever it is
    /// called from.
    #[inline(always)]
    fn apart<J: Apart>(job: J) -> J::Output {
        job.run()
    }
    /// Is every lane zero?
    #[must_use]
    fn is_zero(self) -> bool;
    /// Is none of these numbers, of one problem, NaN or infinite?
    #[must_use]
    fn all_finite(numbers: &[Self::Real]) -> bool;
}

impl<const L: usize, R: Real + Send + Sync> Side for Lanes<L, R> {
    const LANES: usize = L;
    fn lanes(&self) -> &[R] {
        &self.0
    }
    fn lanes_mut(&mut self) -> &mut [R] {
        &mut self.0
    }
    #[inline(always)]
    fn plus_product(self, a: Self, b: Self) -> Self {
        self + a * b
    }
    #[inline(always)]
    fn least(self, other: Self) -> Self {
        self.if_less(other, self, other)
    }
    #[inline(always)]
    fn most(self, other: Self) -> Self {
        other.if_less(self, self, other)
    }
    #[inline(always)]
    fn if_less(self, other: Self, yes: Self, no: Self) -> Self {
        let each = |l: usize| if self.0[l] < other.0[l] { yes.0[l] } else { no.0[l] };
        Self(std::array::from_fn(each))
    }
    #[inline(always)]
    fn is_zero(self) -> bool {
        self.0.iter().fold(true, |zero, x| zero & (*x == R::ZERO))
    }
    fn all_finite(numbers: &[R]) -> bool {
        numbers.iter().fold(true, |finite, x| finite & x.is_finite())
    }
}

/// Work that is written for lanes of any kind.
pub trait OnLanes<R> {
    /// What it comes to.
    type Output;
    /// Does it. To be `#[inline(always)]`.
    fn run<T: Side<Real = R>>(self) -> Self::Output;
}

/// Work that [`Side::apart`] does.
pub trait Apart {
    /// What it comes to.
    type Output;
    /// Does it. To be `#[inline(always)]`.
    fn run(self) -> Self::Output;
}

/// How many registers make a [`Side`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registers {
    /// One.
    One,
    /// Two: for work that waits for itself and has room in the cache for twice as many problems.
    Two,
}

/// `f32` or `f64`: what [`dispatch`] can be asked for.
#[allow(private_bounds, reason = "sealed: it takes code compiled in this crate for each")]
pub trait Laned: register::Register + Send + Sync {}
impl Laned for f32 {}
impl Laned for f64 {}

/// What [`dispatch`] runs jobs with on this processor.
#[must_use]
pub fn instructions() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    {
        if pulp::x86::V4::try_new().is_some() {
            return "AVX-512";
        }
        if pulp::x86::V3::try_new().is_some() {
            return "AVX2";
        }
    }
    "the build's own instructions"
}

/// Lanes that [`dispatch`] finds.
#[must_use]
pub fn count<R: Laned>(registers: Registers) -> usize {
    struct Count;
    impl<R> OnLanes<R> for Count {
        type Output = usize;
        fn run<T: Side<Real = R>>(self) -> usize {
            T::LANES
        }
    }
    dispatch::<R, _>(registers, Count)
}

/// Runs `job` with the lanes that this processor has: 16 numbers of `f32` (8 of `f64`) with AVX-512,
/// 8 (4) with AVX2, twice as many with [`Registers::Two`], and [`Lanes`] of 8 where the build's own
/// instructions are all there is.
pub fn dispatch<R: Laned, J: OnLanes<R>>(registers: Registers, job: J) -> J::Output {
    match registers {
        Registers::One => dispatch_to::<R, J, 1>(job),
        Registers::Two => dispatch_to::<R, J, 2>(job),
    }
}

fn dispatch_to<R: Laned, J: OnLanes<R>, const V: usize>(job: J) -> J::Output {
    #[cfg(target_arch = "x86_64")]
    {
        if let Some(simd) = pulp::x86::V4::try_new() {
            return Simd::vectorize(simd, Wider::<J, R, Whole, V>::new(job));
        }
        if let Some(simd) = pulp::x86::V3::try_new() {
            return Simd::vectorize(simd, Wider::<J, R, Half, V>::new(job));
        }
    }
    job.run::<Lanes<8, R>>()
}

/// A job that gets its [`Scalar`] from the instructions it is compiled for.
#[cfg(target_arch = "x86_64")]
struct Wider<J, R, L, const V: usize>(J, std::marker::PhantomData<(R, L)>);

#[cfg(target_arch = "x86_64")]
impl<J, R, L, const V: usize> Wider<J, R, L, V> {
    #[inline(always)]
    const fn new(job: J) -> Self {
        Self(job, std::marker::PhantomData)
    }
}

#[cfg(target_arch = "x86_64")]
impl<R: Laned, J: OnLanes<R>, L: Line, const V: usize> WithSimd for Wider<J, R, L, V> {
    type Output = J::Output;
    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) -> J::Output {
        self.0.run::<Wide<S, R, L, V>>()
    }
}
