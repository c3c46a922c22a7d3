//! [`Halves`]: orders whose sweep may take another ω for each colour.

use crate::sor::{Forward, Multicolor, Order};
use crate::{ColorOperator, Real, RowOperator};

/// An [`Order`] that [`AutoSor`](super::AutoSor) can sweep in: [`Forward`] and [`Multicolor`].
pub trait Halves<R: Real, A: RowOperator<R>>: Order<R, A> {
    /// Does a sweep fall into two half-sweeps, in each of which no unknown waits for another?
    fn two_halves(a: &A) -> bool;

    /// One sweep: xᵢ ← `update(ω, i, Σⱼ aᵢⱼ xⱼ, xᵢ)`, ω taken from `omega` for each part.
    fn relax_parts(
        a: &A,
        x: &mut A::Domain,
        omega: impl FnMut() -> R,
        update: impl FnMut(R, usize, R, R) -> R,
    );
}

impl<R: Real, A: RowOperator<R>> Halves<R, A> for Forward {
    fn two_halves(_a: &A) -> bool {
        false
    }
    #[inline(always)]
    fn relax_parts(
        a: &A,
        x: &mut A::Domain,
        mut omega: impl FnMut() -> R,
        mut update: impl FnMut(R, usize, R, R) -> R,
    ) {
        let omega = omega();
        a.relax(x, |row, dot, old| update(omega, row, dot, old));
    }
}

impl<R: Real, A: ColorOperator<R>> Halves<R, A> for Multicolor {
    fn two_halves(a: &A) -> bool {
        a.colors() == 2
    }
    #[inline(always)]
    fn relax_parts(
        a: &A,
        x: &mut A::Domain,
        mut omega: impl FnMut() -> R,
        mut update: impl FnMut(R, usize, R, R) -> R,
    ) {
        for color in 0..a.colors() {
            let omega = omega();
            a.relax_color(color, x, |row, dot, old| update(omega, row, dot, old));
        }
    }
}
