//! Blind calibration in both precisions: what is sought is the signal and the gains behind it.

use crate::case::Case;
use solvekit::calibration::{
    Order, ProjectedGradient, ProjectedGradientState, Snapshots, SparseProjectedGradient,
    SparseProjectedGradientState, Steps,
};
use solvekit::operator::zeros;
use solvekit::recovery::Largest;
use solvekit::{Iteration, Real, SMatrix, SVector};
use std::fmt::Debug;

/// Unknowns, sensors, rows of eight snapshots.
const N: usize = 6;
const M: usize = 5;
const MP: usize = 40;

fn rows<R: Real>() -> SMatrix<R, N, MP> {
    let wave = |j: usize, k: usize| ((k * k * 7 + j * j * 13 + 5 * j * k + 3 * j) as f64).sin();
    SMatrix::from_fn(|j, k| R::from_f64(wave(j, k)))
}

/// Gains whose mean is 1 exactly.
const GAINS: [f64; M] = [1.25, 0.75, 1.0, 1.5, 0.5];

fn measured<R: Real>(x: &[f64; N]) -> SVector<R, MP> {
    let rows = rows::<f64>();
    SVector::from_fn(|k, _| {
        let dot: f64 = (0..N).map(|j| rows[(j, k)] * x[j]).sum();
        R::from_f64(GAINS[k % M] * dot)
    })
}

/// Where the state of a calibration keeps what is sought.
trait Sought<R> {
    fn both(&mut self) -> [&mut [R]; 2];
}

type X<R> = SVector<R, N>;
type G<R> = SVector<R, M>;
type Y<R> = SVector<R, MP>;

impl<R: Real> Sought<R> for ProjectedGradientState<R, X<R>, G<R>, Y<R>> {
    fn both(&mut self) -> [&mut [R]; 2] {
        [self.x.as_mut_slice(), self.gains.as_mut_slice()]
    }
}

impl<R: Real, I, V> Sought<R> for SparseProjectedGradientState<R, X<R>, G<R>, Y<R>, I, V> {
    fn both(&mut self) -> [&mut [R]; 2] {
        [self.x.as_mut_slice(), self.gains.as_mut_slice()]
    }
}

fn check<R: Real + Into<f64>, I: Iteration<Real = R>>(
    name: &'static str,
    iteration: &I,
    start: I::State,
    x: &[f64; N],
    ceiling: u32,
) where
    I::State: Sought<R> + Debug,
{
    // Steps shrink by a twelfth or more each time, so that the error is about ten of them.
    let (tolerance, accuracy) =
        if R::EPSILON.into() < 1e-10 { (1e-10, 1e-8) } else { (2e-6, 1e-4) };
    Case {
        name,
        iteration,
        start,
        read: |state| state.clone().both().concat().iter().map(|v| (*v).into()).collect(),
        poke: |state, i, value| {
            let [x, gains] = state.both();
            let slot = if i < N { &mut x[i] } else { &mut gains[i - N] };
            *slot = R::from_f64(value);
        },
        answer: [&x[..], &GAINS[..]].concat(),
        accuracy,
        tolerance,
        ceiling,
    }
    .check();
}

fn all<R: Real + Into<f64>>() {
    let (a, room) = (rows::<R>(), zeros::<R, M, 1>());
    let x = [1.0, -0.5, 0.25, 0.75, -1.0, 0.5];
    let y = measured::<R>(&x);
    let snapshots = Snapshots::new(&a, &y, room, Order::BySnapshot).expect("valid data");
    for steps in [Steps::Joint, Steps::Alternating] {
        let descent = ProjectedGradient::new(snapshots, steps).expect("valid");
        check("ProjectedGradient", &descent, descent.start(), &x, 400);
        let bounded = descent.within(R::from_f64(0.6)).expect("valid");
        check("ProjectedGradient, bounded", &bounded, bounded.start(), &x, 400);
    }
    let sparse = [0.0, 0.0, 1.0, 0.0, -0.5, 0.0];
    let seen = measured::<R>(&sparse);
    let snapshots = Snapshots::new(&a, &seen, room, Order::BySnapshot).expect("valid data");
    let room = Largest::new([0; 2], zeros::<R, 2, 1>());
    let descent = SparseProjectedGradient::new(snapshots, room).expect("valid");
    check("SparseProjectedGradient", &descent, descent.start(), &sparse, 400);
    assert_eq!((a, y, seen), (rows(), measured(&x), measured(&sparse)), "the input was changed");
}

#[test]
fn in_f32() {
    all::<f32>();
}
#[test]
fn in_f64() {
    all::<f64>();
}
