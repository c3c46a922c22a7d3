//! Bad and degenerate data: refused with a cause, or ended truthfully.

use crate::data::{HostLasso, gaussian, run, start};
use solvekit::fit::FitError;
use solvekit::lasso::{Lasso, LassoError, Workspace};
use solvekit::{Run, Status, Stop, solve};
use solvekit_host::{matrix::DenseMatrix, vector::Vector};

fn new(design: &DenseMatrix<f64>, y: &Vector<f64>, lambda: f64) -> Result<f64, LassoError> {
    let lasso: Result<HostLasso<'_>, _> = Lasso::new(design, y, lambda);
    lasso.map(|lasso| lasso.largest_lambda())
}

#[test]
fn what_is_no_lasso_is_refused_with_its_cause() {
    let (design, y) = gaussian(6, 9, 0.0, 1);
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for place in 0..6 * 9 {
            let mut values: Vec<f64> = (0..9).flat_map(|j| design.column(j).to_vec()).collect();
            values[place] = bad;
            let broken = DenseMatrix::from_columns(6, values).unwrap();
            let error = FitError::NonFiniteEntry { row: place % 6, column: place / 6 };
            assert_eq!(new(&broken, &y, 1.0), Err(LassoError::Fit(error)));
        }
        for row in 0..6 {
            let mut broken = y.clone();
            broken[row] = bad;
            let error = FitError::NonFiniteResponse { row };
            assert_eq!(new(&design, &broken, 1.0), Err(LassoError::Fit(error)));
        }
        assert_eq!(new(&design, &y, bad), Err(LassoError::Lambda));
        let lasso: HostLasso<'_> = Lasso::new(&design, &y, 1.0).unwrap();
        assert_eq!(lasso.with_share(bad).err(), Some(LassoError::Share));
    }
    assert_eq!(new(&design, &y, -1.0), Err(LassoError::Lambda));
    let short = Vector::filled(5, 1.0);
    let length = FitError::Length { expected: 6, found: 5 };
    assert_eq!(new(&design, &short, 1.0), Err(LassoError::Fit(length)));
    let empty = DenseMatrix::from_columns(6, vec![]).unwrap();
    assert_eq!(new(&empty, &y, 1.0), Err(LassoError::Fit(FitError::Empty)));
    let huge = Vector::filled(6, 1e200);
    assert_eq!(new(&design, &huge, 1.0), Err(LassoError::Fit(FitError::HugeResponse)));
    let tiny = Vector::filled(6, 1e-200);
    assert_eq!(new(&design, &tiny, 1.0), Err(LassoError::TinyResponse));
    let column = DenseMatrix::from_columns(6, vec![1e200; 6]).unwrap();
    let error = LassoError::Fit(FitError::HugeColumn { column: 0 });
    assert_eq!(new(&column, &y, 1.0), Err(error));
    let lasso: HostLasso<'_> = Lasso::new(&design, &y, 1.0).unwrap();
    let little = Workspace::new(2, Vector::filled(3, 0.0), vec![0; 20]);
    assert!(matches!(lasso.start(little), Err(LassoError::Workspace { found: 3, .. })));
    let little = Workspace::new(2, Vector::filled(300, 0.0), vec![0; 14]);
    let error = LassoError::Workspace { expected: 15, found: 14 };
    assert_eq!(lasso.start(little).err(), Some(error));
}

#[test]
fn faults_in_a_running_state_end_truthfully() {
    let (design, y) = gaussian(20, 30, 0.9, 2);
    let lasso: HostLasso<'_> = Lasso::new(&design, &y, 0.1).unwrap();
    for fault in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for capacity in [30, 5, 0] {
            for when in 0..4 {
                let mut run = Run::new(Stop::relative(1e-12).unwrap());
                let mut state = start(&lasso, &design, capacity);
                let _ = run.advance(&lasso, &mut state, when);
                state.x_mut()[when as usize * 7] = fault;
                let report = run.advance(&lasso, &mut state, u32::MAX);
                assert_eq!(report.status, Status::NonFinite, "{fault}, {capacity}, {when}");
                assert!(!format!("{state:?}").contains("NaN"), "{state:?}");
                assert!(!format!("{state:?}").contains("inf"), "{state:?}");
                let again = solve(&lasso, &mut state, Stop::relative(1e-6).unwrap());
                assert!(again.converged(), "{again:?}");
            }
        }
    }
}

#[test]
fn degenerate_designs_end_truthfully() {
    let (design, y) = gaussian(10, 6, 0.0, 4);
    let column = |j: usize| design.column(j).to_vec();
    // Zero columns, duplicates, opposites, and a sum of two others.
    let sum: Vec<f64> = column(0).iter().zip(&column(1)).map(|(a, b)| a + b).collect();
    let opposite: Vec<f64> = column(2).iter().map(|a| -a).collect();
    let parts = [column(0), vec![0.0; 10], column(0), column(1), sum, column(2), opposite];
    let values: Vec<f64> = parts.concat();
    let degenerate = DenseMatrix::from_columns(10, values).unwrap();
    for part in [0.5, 0.1, 1e-3] {
        for capacity in [7, 2, 0] {
            let lambda = part * new(&degenerate, &y, 0.0).unwrap();
            let lasso: HostLasso<'_> = Lasso::new(&degenerate, &y, lambda).unwrap();
            let (state, report) = run(&lasso, &degenerate, capacity, 1e-10);
            assert!(report.converged(), "{part}, {capacity}: {report:?}");
            assert_eq!(state.x()[1], 0.0);
        }
    }
    // A response of zeros, as a constant one is once it is centred.
    let nothing = Vector::filled(10, 0.0);
    let lasso: HostLasso<'_> = Lasso::new(&degenerate, &nothing, 0.0).unwrap();
    let (state, report) = run(&lasso, &degenerate, 7, 1e-6);
    assert_eq!((report.status, report.iterations), (Status::Converged, 0));
    assert!(state.x().iter().all(|x| *x == 0.0));
    // Nothing but zero columns: λ_max is zero.
    let zeros = DenseMatrix::from_columns(10, vec![0.0; 50]).unwrap();
    let lasso: HostLasso<'_> = Lasso::new(&zeros, &y, 0.0).unwrap();
    assert_eq!(lasso.largest_lambda(), 0.0);
    assert_eq!(run(&lasso, &zeros, 5, 0.0).1.status, Status::Converged);
}

#[test]
fn without_a_weight_the_end_is_told() {
    // More columns than rows: the response is met, and the gap says so.
    let (wide, y) = gaussian(10, 30, 0.5, 6);
    for capacity in [30, 12, 0] {
        let lasso: HostLasso<'_> = Lasso::new(&wide, &y, 0.0).unwrap();
        let (_, report) = run(&lasso, &wide, capacity, 1e-8);
        assert!(report.converged(), "{capacity}: {report:?}");
    }
    // More rows: no scaled residual is orthogonal to every column, so that no gap is small.
    let (tall, y) = gaussian(30, 10, 0.5, 6);
    for capacity in [10, 3, 0] {
        let lasso: HostLasso<'_> = Lasso::new(&tall, &y, 0.0).unwrap();
        let mut state = start(&lasso, &tall, capacity);
        let report = solve(&lasso, &mut state, Stop::relative(1e-8).unwrap());
        let told = matches!(report.status, Status::Stalled | Status::IterationLimit);
        assert!(told, "{capacity}: {report:?}");
    }
}
