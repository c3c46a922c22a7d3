//! Every kind of operator, each under every solver.

use super::{auto, direct, krylov, sor};
use core::hint::black_box;
use solvekit::dense::multiply;
use solvekit::sor::{Forward, Multicolor};
use solvekit::{
    Banded, Buffer, Colored, Coloring, CsrSlice, CsrVec, FivePoint, LinearOperator, RowOperator,
    SMatrix, SVector, Stop, sum,
};

/// Unknowns of the dense and sparse systems; not a multiple of 4, so that the
/// summation's remainder is in the image.
pub(super) const N: usize = 7;

/// A right-hand side of theirs.
pub(super) type Vector = SVector<f32, N>;

#[inline(never)]
pub(super) fn dense(b: &Vector) {
    every_solver(&SMatrix::<f32, N, N>::from_element(black_box(2.0)), b);
}

/// Sizes at which several rows or columns go at once, and some are left.
#[inline(never)]
pub(super) fn tiles() {
    every_solver(&SMatrix::<f32, 8, 8>::from_element(black_box(2.0)), &ones());
    every_solver(&SMatrix::<f32, 12, 12>::from_element(black_box(2.0)), &ones());
    let a = SMatrix::<f32, 16, 24>::from_element(black_box(2.0));
    let mut y = SVector::zeros();
    LinearOperator::apply(&a, &ones(), &mut y);
    sum::axpy(black_box(2.0), y.as_slice(), black_box(&mut [1.0; 9]));
    let mut c = SMatrix::<f32, 16, 3>::zeros();
    multiply(&a, &SMatrix::from_element(black_box(1.0)), &mut c);
    black_box(&c);
    let narrow = SMatrix::<f32, 7, 5>::from_element(black_box(1.0));
    let mut c = SMatrix::<f32, 7, 16>::zeros();
    multiply(&narrow, &SMatrix::from_element(black_box(1.0)), &mut c);
    black_box(&c);
}

fn ones<const N: usize>() -> SVector<f32, N> {
    SVector::from_element(black_box(1.0))
}

#[inline(never)]
pub(super) fn csr(b: &Vector) {
    let triplets: [(usize, usize, f32); N] = black_box(core::array::from_fn(|i| (i, i, 2.0)));
    if let Ok(assembled) = CsrVec::<f32, N, N, 16>::from_triplets(triplets) {
        every_solver(&assembled, b);
    }
    let ends = black_box([1, 2, 3, 4, 5, 6, 7]);
    let columns = black_box([0, 1, 2, 3, 4, 5, 6]);
    let values = black_box([2.0_f32; N]);
    // Also unchecked: a wrong table must not panic either.
    let table = CsrSlice::<f32, N, N>::from_parts(ends, &columns, &values);
    every_solver(&table, b);
    if table.check().is_ok() {
        every_solver(&table, b);
    }
}

#[inline(never)]
pub(super) fn stencil() {
    let plate = FivePoint::<f32, 5, 3>::laplacian(black_box(0.1));
    let b = SMatrix::from_element(black_box(1.0));
    every_solver(&plate, &b);
    sor::colored(&plate, &b);
    auto::solve(&plate, &b, Multicolor);
    let wide = FivePoint::<f32, 23, 2>::laplacian(black_box(0.1));
    sor::colored(&wide, &SMatrix::from_element(black_box(1.0)));
}

#[inline(never)]
pub(super) fn banded(b: &Vector) {
    let rows = black_box([[2.0_f32; 3]; N]);
    let diagonals = black_box([[2.0_f32; N]; 3]);
    let bands = [Banded::<f32, N, 3>::from_rows(rows), Banded::from_diagonals(diagonals)];
    for band in bands.into_iter().flatten() {
        every_solver(&band, b);
        if let Ok(coloring) = Coloring::<N, 3>::of(&band)
            && let Ok(pair) = Colored::new(&band, coloring.groups())
        {
            every_solver(&pair, b);
            sor::colored(&pair, b);
            black_box(coloring.rows_of(black_box(1)));
        }
    }
}

/// Everything there is to do with one operator.
fn every_solver<A: RowOperator<f32>>(a: &A, b: &A::Range)
where
    A::Domain: Copy,
{
    let stop = Stop::relative(black_box(1e-5))
        .and_then(|stop| stop.or_absolute(black_box(1e-9)))
        .and_then(|stop| stop.divergence(black_box(1e6)));
    let Ok(stop) = stop else { return };
    sor::solve(a, b, stop);
    auto::solve(a, b, Forward);
    krylov::solve(a, b, stop);
    direct::solve(a, b, stop);
    let mut x = a.zero_domain();
    let mut y = a.zero_range();
    black_box(a.lower_dot(black_box(3), &x) + a.upper_dot(black_box(3), &x));
    a.apply(&x, &mut y);
    a.apply_adjoint(&y, &mut x);
    black_box(a.row_dot(black_box(3), &x) + a.diagonal(black_box(3)));
    black_box(sum::norm::<f32, _>(&x) + sum::dot(x.as_slice(), y.as_slice()));
    black_box(sum::max_abs(x.as_slice()));
}
