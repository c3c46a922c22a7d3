//! Our side: what a user calls.

use crate::kernels::last;
use crate::problem::{Lasso, STEPS, System};
use crate::tell::answer;
use core::hint::black_box;
use solvekit::direct::{Cholesky, Factor, packed};
use solvekit::penalty::L1;
use solvekit::recovery::{Ista, IstaState, Sensing, StepSize};
use solvekit::sor::{Sor, SorState};
use solvekit::{Iteration, LinearOperator, SMatrix, SVector, dense, sum};

type Solver<'a> = Ista<'a, f32, SMatrix<f32, 16, 32>, L1<f32>>;
type State = IstaState<f32, SVector<f32, 32>, SVector<f32, 16>>;

#[inline(never)]
pub(crate) fn mat_vec<const N: usize>(
    a: &SMatrix<f32, N, N>,
    x: &SVector<f32, N>,
    y: &mut SVector<f32, N>,
) {
    a.apply(x, y);
}

#[inline(never)]
pub(crate) fn transposed<const N: usize>(
    a: &SMatrix<f32, N, N>,
    x: &SVector<f32, N>,
    y: &mut SVector<f32, N>,
) {
    a.apply_adjoint(x, y);
}

#[inline(never)]
pub(crate) fn dot<const N: usize>(x: &SVector<f32, N>, y: &SVector<f32, N>) -> f32 {
    sum::dot(x.as_slice(), y.as_slice())
}

#[inline(never)]
pub(crate) fn axpy<const N: usize>(factor: f32, x: &SVector<f32, N>, y: &mut SVector<f32, N>) {
    sum::axpy(factor, x.as_slice(), y.as_mut_slice());
}

#[inline(never)]
pub(crate) fn product(
    a: &SMatrix<f32, 16, 16>,
    b: &SMatrix<f32, 16, 16>,
    c: &mut SMatrix<f32, 16, 16>,
) {
    dense::multiply(a, b, c);
}

/// Of a factor.
pub(crate) const fn memory() -> [f32; packed(16)] {
    [0.0; packed(16)]
}

#[inline(never)]
pub(crate) fn spd_solve(
    a: &SMatrix<f32, 16, 16>,
    memory: &mut [f32],
    x: &mut SVector<f32, 16>,
) -> bool {
    Cholesky::factor(a, memory).map(|factor| factor.solve(x.as_mut_slice())).is_ok()
}

pub(crate) fn ista(lasso: &Lasso) {
    let (Ok(sensing), Ok(penalty)) =
        (Sensing::new(&lasso.a.columns, &lasso.y), L1::new(lasso.lambda))
    else {
        return;
    };
    let Ok(ista) = Ista::new(sensing, penalty, StepSize::Fixed(lasso.step)) else { return };
    let mut state = black_box(ista.start());
    for step in 1..=STEPS {
        last(step == STEPS, || ista_step(&ista, &mut state));
    }
    answer(state.x.as_slice());
}

#[inline(never)]
fn ista_step(ista: &Solver<'_>, state: &mut State) {
    ista.step(state);
}

pub(crate) fn sor(system: &System) {
    let Ok(sor) = Sor::new(&system.a, &system.b, system.omega) else { return };
    let mut state = black_box(sor.start());
    for sweep in 1..=STEPS {
        last(sweep == STEPS, || sor_sweep(&sor, &mut state));
    }
    answer(state.x.as_slice());
}

#[inline(never)]
fn sor_sweep(sor: &Sor<'_, f32, SMatrix<f32, 16, 16>>, state: &mut SorState<SVector<f32, 16>>) {
    sor.step(state);
}
