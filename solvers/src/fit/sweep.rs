//! [`Change`]: what a coordinate step comes to, and the loop over a block that asks for it.

use super::DataFit;

/// What a coordinate step comes to: see [`DataFit::sweep`](super::DataFit::sweep).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change<R> {
    /// The coordinate stays.
    Stay,
    /// It is shifted by δ.
    Shift(R),
    /// The sweep ends before it: it needs more than one shift.
    Leave,
}

/// The loop of a sweep, with the partial derivative in place.
///
/// What a short design's derivatives and shifts share, the residual, then stays in registers from
/// one coordinate to the next. The shift is the fit's own, not a parameter too: the compiler would
/// hold the column as well, and have no registers left.
#[inline(always)]
pub(super) fn over<'b, F: DataFit + ?Sized>(
    (fit, point): (&F, &mut F::Point),
    block: &'b [usize],
    partial: impl Fn(&F::Point, usize) -> F::Real,
    mut change: impl FnMut(usize, F::Real, F::Real, F::Real) -> Change<F::Real>,
) -> &'b [usize] {
    let mut rest = block.iter();
    loop {
        let here = rest.as_slice();
        let Some(j) = rest.next() else { return here };
        let Some(x) = fit.x(point).get(*j).copied() else { return here };
        match change(*j, x, fit.lipschitz(*j), partial(point, *j)) {
            Change::Stay => (),
            Change::Shift(delta) => fit.shift(point, *j, delta),
            Change::Leave => return here,
        }
    }
}
