//! SOR in every order, and on every kind of operator that the forward cases leave out.

use crate::case::holds;
use crate::oracle::answer;
use crate::sor::{dense_spd, grid, uneven};
use solvekit::sor::{Backward, Forward, Multicolor, Order, Sor, Symmetric};
use solvekit::{Banded, Buffer, Colored, Coloring, Real, RowOperator, SMatrix, SVector};

fn check<R: Real + Into<f64>, A: RowOperator<R>, O: Order<R, A>>(
    name: &'static str,
    (a, b): (&A, &A::Range),
    order: O,
) {
    let sor = Sor::ordered(a, b, R::from_f64(1.1), order).expect("a valid system");
    holds(name, &sor, sor.start(), answer(a, b.as_slice()), 40);
}

/// The band of [`dense_spd`].
pub(crate) fn band<R: Real>() -> Banded<R, 9, 5> {
    Banded::from_fn(|i, j| dense_spd::<R, 9>()[(i, j)]).expect("odd")
}

fn all<R: Real + Into<f64>>() {
    let (dense, banded) = (dense_spd::<R, 9>(), band::<R>());
    let nine = SVector::<R, 9>::from_fn(|k, _| uneven(k));
    check("Sor backward, dense", (&dense, &nine), Backward);
    check("Sor symmetric, dense", (&dense, &nine), Symmetric);
    check("Sor, banded", (&banded, &nine), Forward);
    check("Sor backward, banded", (&banded, &nine), Backward);
    let (stencil, sparse) = grid::<R>();
    let b = SMatrix::from_fn(|i, j| uneven(i + 4 * j));
    check("Sor backward, stencil", (&stencil, &b), Backward);
    check("Sor symmetric, stencil", (&stencil, &b), Symmetric);
    check("Sor red–black, stencil", (&stencil, &b), Multicolor);
    let coloring = Coloring::<12, 4>::of(&sparse).expect("two colours");
    let colored = Colored::new(&sparse, coloring.groups()).expect("the same size");
    check("Sor multicolour, sparse", (&colored, &SVector::from_fn(|k, _| uneven(k))), Multicolor);
}

#[test]
fn every_order_f32() {
    all::<f32>();
}
#[test]
fn every_order_f64() {
    all::<f64>();
}
