//! [`Order`]: in which order one sweep relaxes the unknowns.

use crate::operator::{Update, looked_up};
use crate::{ColorOperator, RowOperator, Scalar};

/// The order of one sweep, a parameter of [`Sor`](super::Sor) that takes no memory.
pub trait Order<T: Scalar, A: RowOperator<T>> {
    /// How often one sweep relaxes each unknown.
    const PASSES: u32;

    /// Relaxes every unknown: xᵢ ← `update(i, Σⱼ aᵢⱼ xⱼ, xᵢ)`, each seeing the ones before it.
    fn relax(a: &A, x: &mut A::Domain, update: impl FnMut(usize, T, T) -> T);

    /// [`relax`](Self::relax), to the bit, as [`RowOperator::relax_beside`].
    #[inline(always)]
    fn relax_beside(a: &A, x: &mut A::Domain, beside: [&A::Range; 2], update: &impl Update<T>) {
        Self::relax(a, x, looked_up(beside, update));
    }
}

/// i = 1 … N.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forward;

/// i = N … 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backward;

/// Forward, then backward: SSOR. For symmetric A the sweep is a symmetric operator, which is what a
/// preconditioner needs; it costs two sweeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Symmetric;

/// Colour by colour, red–black on a grid: the rows of one colour do not wait for each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Multicolor;

impl<T: Scalar, A: RowOperator<T>> Order<T, A> for Forward {
    const PASSES: u32 = 1;
    #[inline(always)]
    fn relax(a: &A, x: &mut A::Domain, update: impl FnMut(usize, T, T) -> T) {
        a.relax(x, update);
    }
    #[inline(always)]
    fn relax_beside(a: &A, x: &mut A::Domain, beside: [&A::Range; 2], update: &impl Update<T>) {
        a.relax_beside(x, beside, update);
    }
}

impl<T: Scalar, A: RowOperator<T>> Order<T, A> for Backward {
    const PASSES: u32 = 1;
    #[inline(always)]
    fn relax(a: &A, x: &mut A::Domain, update: impl FnMut(usize, T, T) -> T) {
        a.relax_back(x, update);
    }
    #[inline(always)]
    fn relax_beside(a: &A, x: &mut A::Domain, beside: [&A::Range; 2], update: &impl Update<T>) {
        a.relax_back_beside(x, beside, update);
    }
}

impl<T: Scalar, A: RowOperator<T>> Order<T, A> for Symmetric {
    const PASSES: u32 = 2;
    #[inline(always)]
    fn relax(a: &A, x: &mut A::Domain, mut update: impl FnMut(usize, T, T) -> T) {
        a.relax(x, &mut update);
        a.relax_back(x, update);
    }
    #[inline(always)]
    fn relax_beside(a: &A, x: &mut A::Domain, beside: [&A::Range; 2], update: &impl Update<T>) {
        a.relax_beside(x, beside, update);
        a.relax_back_beside(x, beside, update);
    }
}

impl<T: Scalar, A: ColorOperator<T>> Order<T, A> for Multicolor {
    const PASSES: u32 = 1;
    #[inline(always)]
    fn relax(a: &A, x: &mut A::Domain, mut update: impl FnMut(usize, T, T) -> T) {
        for color in 0..a.colors() {
            a.relax_color(color, x, &mut update);
        }
    }
    #[inline(always)]
    fn relax_beside(a: &A, x: &mut A::Domain, beside: [&A::Range; 2], update: &impl Update<T>) {
        for color in 0..a.colors() {
            a.relax_color_beside(color, x, beside, update);
        }
    }
}
