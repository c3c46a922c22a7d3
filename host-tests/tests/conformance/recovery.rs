//! Sparse recovery in both precisions.

use crate::case::Case;
use crate::sor::{read, uneven};
use solvekit::penalty::{L1, Penalty};
use solvekit::recovery::{Ista, IstaState, Sensing, StepSize};
use solvekit::{Buffer, LinearOperator, Real, SMatrix, SVector};

const M: usize = 14;
const N: usize = 12;

/// Well enough conditioned that an error in x is a few tolerances; enough columns that the fourth
/// step finds the run still going.
pub(crate) fn dictionary<R: Real>() -> SMatrix<R, M, N> {
    SMatrix::from_fn(|i, j| {
        let own = if i == j { 2.0 } else { 0.0 };
        R::from_f64(own + 0.5 * ((i * i * 7 + j * j * 13 + i * j * 5) as f64 * 0.37).sin())
    })
}

pub(crate) fn measurements<R: Real>() -> SVector<R, M> {
    SVector::from_fn(|i, _| uneven(5 * i + 1))
}

/// A fifth of the weight that leaves nothing.
pub(crate) fn weight() -> f64 {
    0.2 * (dictionary::<f64>().transpose() * measurements::<f64>()).amax()
}

/// Cyclic coordinate descent for very many passes.
pub(crate) fn lasso(lambda: f64) -> Vec<f64> {
    let (a, mut r) = (dictionary::<f64>(), measurements::<f64>());
    let mut x = vec![0.0; N];
    for _ in 0..5_000 {
        for (j, x) in x.iter_mut().enumerate() {
            let square = a.column(j).norm_squared();
            let v = a.column(j).dot(&r) + square * *x;
            let new = v.signum() * (v.abs() - lambda).max(0.0) / square;
            r -= a.column(j) * (new - *x);
            *x = new;
        }
    }
    x
}

/// Tolerance of the run and accuracy of x.
pub(crate) fn sizes<R: Real + Into<f64>>() -> (f64, f64) {
    if R::EPSILON.into() < 1e-10 { (1e-10, 1e-9) } else { (1e-5, 1e-4) }
}

fn check<R, A, P>(name: &'static str, a: &A, y: &A::Range, penalty: P, step: StepSize<R>)
where
    R: Real + Into<f64>,
    A: LinearOperator<R>,
    P: Penalty<R>,
{
    let (tolerance, accuracy) = sizes::<R>();
    let sensing = Sensing::new(a, y).expect("valid data");
    let ista = Ista::new(sensing, penalty, step).expect("a valid step");
    Case {
        name,
        iteration: &ista,
        start: ista.start(),
        read: |state: &IstaState<R, A::Domain, A::Range>| read(&state.x),
        poke: |state, i, value| state.x.as_mut_slice()[i] = R::from_f64(value),
        answer: lasso(weight()),
        accuracy,
        tolerance,
        ceiling: 400,
    }
    .check();
}

fn everywhere<R: Real + Into<f64>>() {
    let (a, y) = (dictionary::<R>(), measurements::<R>());
    let l1 = || L1::new(R::from_f64(weight())).expect("a valid weight");
    let automatic = StepSize::automatic(&a).expect("a dictionary of a size");
    check("Ista, guarded", &a, &y, l1(), automatic);
    check("Ista, fixed", &a, &y, l1(), StepSize::Fixed(automatic.initial()));
    assert_eq!((a, y), (dictionary(), measurements()), "the input was changed");
}

#[test]
fn in_f32() {
    everywhere::<f32>();
}
#[test]
fn in_f64() {
    everywhere::<f64>();
}
