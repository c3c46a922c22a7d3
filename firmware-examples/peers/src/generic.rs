//! nalgebra's side: its own kernels on the types that we share.

use crate::plain::{self, State};
use crate::problem::Lasso;
use solvekit::nalgebra::Cholesky;
use solvekit::{SMatrix, SVector};

#[inline(never)]
pub(crate) fn mat_vec<const N: usize>(
    a: &SMatrix<f32, N, N>,
    x: &SVector<f32, N>,
    y: &mut SVector<f32, N>,
) {
    y.gemv(1.0, a, x, 0.0);
}

#[inline(never)]
pub(crate) fn transposed<const N: usize>(
    a: &SMatrix<f32, N, N>,
    x: &SVector<f32, N>,
    y: &mut SVector<f32, N>,
) {
    y.gemv_tr(1.0, a, x, 0.0);
}

#[inline(never)]
pub(crate) fn dot<const N: usize>(x: &SVector<f32, N>, y: &SVector<f32, N>) -> f32 {
    x.dot(y)
}

#[inline(never)]
pub(crate) fn axpy<const N: usize>(factor: f32, x: &SVector<f32, N>, y: &mut SVector<f32, N>) {
    y.axpy(factor, x, 1.0);
}

#[inline(never)]
pub(crate) fn product(
    a: &SMatrix<f32, 16, 16>,
    b: &SMatrix<f32, 16, 16>,
    c: &mut SMatrix<f32, 16, 16>,
) {
    a.mul_to(b, c);
}

#[inline(never)]
pub(crate) fn spd_solve(a: &SMatrix<f32, 16, 16>, x: &mut SVector<f32, 16>) -> bool {
    Cholesky::new(*a).map(|factor| factor.solve_mut(x)).is_some()
}

#[inline(never)]
pub(crate) fn ista(lasso: &Lasso, state: &mut State) {
    let State { x, r, g } = state;
    r.copy_from(&lasso.y);
    r.gemv(-1.0, &lasso.a.columns, x, 1.0);
    g.gemv_tr(1.0, &lasso.a.columns, r, 0.0);
    plain::shrink(lasso, g, x);
}
