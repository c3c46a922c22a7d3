//! The updates, each from a start to its end.

mod constrained;
mod curved;
mod same;
mod singular;

use crate::problem::{N, Square, Vector};
use solvekit::bcd::rule::{Chosen, Rule};
use solvekit::bcd::update::Update;
use solvekit::bcd::{Descent, Partition};
use solvekit::direct::packed;
use solvekit::fit::DataFit;
use solvekit::penalty::Penalty;
use solvekit::{Run, SVector, Separable, Status, Stop};

type Three = SVector<f64, 3>;
type Packed = SVector<f64, { packed(3) }>;
type All = SVector<f64, { packed(N) }>;

fn three() -> (Three, Packed) {
    (Three::zeros(), Packed::zeros())
}

fn blocks(size: usize) -> Partition<[usize; N]> {
    Partition::consecutive([0; N], size).unwrap()
}

/// Proximal coordinate descent on ½xᵀAx − bᵀx + g(x), each sum in full, over some coordinates.
fn naive<P: Separable<f64>>(
    (a, b): (&Square, &Vector),
    penalty: &P,
    block: &[usize],
    mut x: Vector,
) -> Vector {
    for _ in 0..200_000 {
        let before = x;
        for j in block {
            let g = a.row(*j).transpose().dot(&x) - b[*j];
            x[*j] = penalty.prox(*j, 1.0 / a[(*j, *j)], x[*j] - g / a[(*j, *j)]);
        }
        if x == before {
            break;
        }
    }
    x
}

/// One step of an update on some coordinates, from a fresh memory.
fn once<F: DataFit, P, U: Update<F, P>>(
    (fit, penalty, update): (&F, &P, &U),
    mut point: F::Point,
    coordinates: &[usize],
) -> F::Point {
    let chosen = Chosen { coordinates, block: None };
    update.apply(fit, penalty, &mut point, chosen, &mut update.start());
    point
}

/// Runs to the end, watching the objective; where it ends, and the steps it took.
pub(crate) fn descend<F, P, S, U>(
    descent: &Descent<F, P, S, U>,
    start: F::Point,
    tolerance: f64,
) -> (F::Point, u32)
where
    F: DataFit<Real = f64>,
    P: Penalty<f64>,
    S: Rule<F, P>,
    U: Update<F, P>,
{
    let mut state = descent.start_from(start);
    let mut run = Run::new(Stop::relative(tolerance).unwrap().max_iterations(200_000));
    let mut before = f64::INFINITY;
    loop {
        let report = run.advance(descent, &mut state, 1);
        let now = descent.objective(&state.point);
        // Rounding of two values.
        assert!(now <= before + 1e-12 * (1.0 + now.abs()), "{now} after {before}");
        before = now;
        if report.status != Status::Running {
            assert_eq!(report.status, Status::Converged, "{report:?}");
            return (state.point, report.iterations);
        }
    }
}
