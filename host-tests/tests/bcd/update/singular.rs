//! Blocks without full rank, and blocks that are indefinite.

use super::{Three, three};
use solvekit::bcd::rule::*;
use solvekit::bcd::update::*;
use solvekit::bcd::{BlockFactors, Descent, Partition, room};
use solvekit::fit::{LeastSquares, Quadratic};
use solvekit::penalty::Unpenalized;
use solvekit::{SMatrix, SVector, Status, Stop, solve};

#[test]
fn a_singular_block_is_regularised_and_says_by_how_much() {
    // Columns 0 and 1 are the same; column 2 is zero.
    let mut design = SMatrix::<f64, 4, 3>::from_fn(|i, _| 1.0 + i as f64);
    design.column_mut(2).fill(0.0);
    let y = SVector::from([1.0, 2.0, 3.0, 5.0]);
    let fit = LeastSquares::new(&design, &y).unwrap();
    let (vector, matrix) = three();
    let rule = Cyclic::new(Partition::consecutive([0; 3], 3).unwrap());
    let stop = Stop::relative(1e-8).unwrap().max_iterations(10);
    macro_rules! regularised {
        ($($update:expr),*) => {$(
            let descent = Descent::new(fit.clone(), Unpenalized, rule, $update);
            let mut state = descent.start_from(fit.start());
            let report = solve(&descent, &mut state, stop);
            assert_eq!(report.status, Status::Converged, "{report:?}");
            let added = state.update.added();
            assert!(added > 0.0 && added < 1e-14, "{added}");
            assert_eq!(state.point.x[2], 0.0);
        )*};
    }
    regularised!(
        Matrix::new(vector, matrix),
        Newton::new(vector, matrix),
        Exact::new(Newton::new(vector, matrix), 1e-9, 5),
        TwoMetric::new(vector, matrix, 0.01),
        ProximalNewton::new(vector, matrix, 20)
    );
    let partition = Partition::consecutive([0; 3], 3).unwrap();
    let factors = BlockFactors::new(&fit, partition, matrix).unwrap();
    assert!(factors.added() > 0.0 && factors.added() < 1e-14);
    // Coordinate and gradient steps need no inverse.
    let work = SVector::<f64, { room(3) }>::zeros();
    let descent =
        Descent::new(fit.clone(), Unpenalized, rule, Gradient::new(Certified(work), vector));
    assert!(solve(&descent, &mut descent.start_from(fit.start()), stop).converged());
}

#[test]
fn an_indefinite_block_is_a_breakdown_with_its_pivot() {
    let a = SMatrix::<f64, 2, 2>::new(1.0, 2.0, 2.0, 1.0);
    let b = SVector::from([1.0, 0.5]);
    let fit = Quadratic::new(&a, &b).unwrap();
    let (pair, matrix) = (SVector::<f64, 2>::zeros(), Three::zeros());
    let rule = Cyclic::new(Partition::consecutive([0; 2], 2).unwrap());
    macro_rules! breaks {
        ($($update:expr),*) => {$(
            let descent = Descent::new(fit, Unpenalized, rule, $update);
            let mut state = descent.start_from(fit.start());
            let report = solve(&descent, &mut state, Stop::relative(1e-6).unwrap());
            assert_eq!(report.status, Status::Breakdown);
            assert_eq!(state.update.curvature(), Some(-3.0));
            assert!(state.point.x.iter().all(|x| x.is_finite()));
        )*};
    }
    breaks!(
        Matrix::new(pair, matrix),
        Newton::new(pair, matrix),
        Exact::new(Newton::new(pair, matrix), 1e-9, 5),
        TwoMetric::new(pair, matrix, 0.01),
        ProximalNewton::new(pair, matrix, 20)
    );
}
