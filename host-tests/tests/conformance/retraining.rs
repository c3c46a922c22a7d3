//! Steps of a network learned from measurements, in both precisions.

use crate::case::Case;
use crate::sor::uneven;
use solvekit::network::{Retraining, RetrainingState};
use solvekit::operator::zeros;
use solvekit::penalty::L1;
use solvekit::recovery::StepSize;
use solvekit::{Real, SMatrix, SVector};

const M: usize = 8;
const N: usize = 6;
/// Layers.
const T: usize = 2;
const LAMBDA: f64 = 0.05;

type State<R> = RetrainingState<R, SVector<R, N>, SVector<R, M>, [R; T], [SVector<R, N>; T]>;

fn dictionary<R: Real>() -> SMatrix<R, M, N> {
    SMatrix::from_fn(|i, j| {
        let own = if i == j { 1.5 } else { 0.0 };
        R::from_f64(own + 0.4 * ((i * i * 7 + j * j * 13 + i * j * 5) as f64 * 0.37).sin())
    })
}

fn recent<R: Real>() -> [SVector<R, M>; 3] {
    std::array::from_fn(|k| SVector::from_fn(|i, _| uneven(5 * i + 40 * k + 1)))
}

/// Mean ½‖y − A x_T‖² + λ‖x_T‖₁ in plain matrices.
fn loss(steps: [f64; T]) -> f64 {
    let a = dictionary::<f64>();
    let of = |y: &SVector<f64, M>| {
        let mut x = SVector::<f64, N>::zeros();
        for step in steps {
            let z = x + a.transpose() * (y - a * x) * step;
            x = z.map(|z| z.signum() * (z.abs() - step * LAMBDA).max(0.0));
        }
        0.5 * (y - a * x).norm_squared() + LAMBDA * x.lp_norm(1)
    };
    recent().iter().map(of).sum::<f64>() / 3.0
}

/// Short and long, in units of 1 / ‖A‖²: there is another least loss with the two exchanged.
const START: [f64; T] = [0.8, 2.0];

/// Coordinate by coordinate by the golden section.
fn answer(unit: f64) -> Vec<f64> {
    let mut steps = START.map(|step| step * unit);
    let ratio = (5.0_f64.sqrt() - 1.0) / 2.0;
    for _ in 0..200 {
        for k in 0..T {
            let at = |step: f64| {
                let mut moved = steps;
                moved[k] = step;
                loss(moved)
            };
            let (mut low, mut high) = (0.5 * steps[k], 2.0 * steps[k]);
            for _ in 0..80 {
                let (left, right) = (high - ratio * (high - low), low + ratio * (high - low));
                if at(left) < at(right) { high = right } else { low = left }
            }
            steps[k] = 0.5 * (low + high);
        }
    }
    steps.to_vec()
}

fn check<R: Real + Into<f64>>() {
    // A least loss is flat: steps are known to the root of its rounding, and slopes too.
    let (tolerance, accuracy) = if R::EPSILON.into() < 1e-10 { (1e-7, 1e-6) } else { (5e-4, 3e-3) };
    let (a, recent) = (dictionary::<R>(), recent::<R>());
    let unit = StepSize::automatic(&a).expect("a dictionary of a size").initial();
    let penalty = L1::new(R::from_f64(LAMBDA)).expect("a valid weight");
    let retraining = Retraining::new(&a, &recent, penalty, unit).expect("valid data");
    let start = retraining
        .start(START.map(|step| R::from_f64(step) * unit), [zeros(); T])
        .expect("steps and room");
    Case {
        name: "Retraining",
        iteration: &retraining,
        start,
        read: |state: &State<R>| state.steps.iter().map(|step| (*step).into()).collect(),
        poke: |state, i, value| state.steps[i] = R::from_f64(value),
        answer: answer(unit.into()),
        accuracy,
        tolerance,
        ceiling: 600,
    }
    .check();
    assert_eq!((a, recent), (dictionary(), self::recent()), "the input was changed");
}

#[test]
fn in_f32() {
    check::<f32>();
}

#[test]
fn in_f64() {
    check::<f64>();
}
