//! The iteration, with the simplest rules and updates.

use solvekit::bcd::rule::{Cyclic, GaussSouthwellDiagonal, Greedy, GreedyBlocks, Proximal};
use solvekit::bcd::update::{Coordinate, Matrix};
use solvekit::bcd::{Descent, Partition};
use solvekit::direct::packed;
use solvekit::fit::{FitError, LeastSquares, Quadratic};
use solvekit::penalty::{L1, Unpenalized};
use solvekit::{Iteration, SMatrix, SVector, Status, Stop, solve};

type Design = SMatrix<f64, 12, 6>;

fn design() -> (Design, SVector<f64, 12>) {
    let a = Design::from_fn(|i, j| ((i * 7 + j * 13 + i * j) as f64 * 0.37).sin());
    let y = SVector::from_fn(|i, _| ((i * i) as f64 * 0.21).cos());
    (a, y)
}

/// Cyclic coordinate descent as one would write it on paper, for very many passes.
fn naive_lasso(a: &Design, y: &SVector<f64, 12>, lambda: f64) -> SVector<f64, 6> {
    let mut x = SVector::<f64, 6>::zeros();
    for _ in 0..20_000 {
        for j in 0..6 {
            let column = a.column(j);
            let mut rest = *y;
            for k in (0..6).filter(|k| *k != j) {
                rest -= a.column(k) * x[k];
            }
            let (correlation, square) = (column.dot(&rest), column.norm_squared());
            x[j] = correlation.signum() * (correlation.abs() - lambda).max(0.0) / square;
        }
    }
    x
}

#[test]
fn every_rule_finds_the_naive_lasso() {
    let (a, y) = design();
    for lambda in [0.05, 0.5, 2.0] {
        let expected = naive_lasso(&a, &y, lambda);
        let fit = LeastSquares::new(&a, &y).unwrap();
        let penalty = L1::new(lambda).unwrap();
        let stop = Stop::relative(1e-13).unwrap().max_iterations(100_000);
        let all = Partition::consecutive([0; 6], 6).unwrap();
        let cyclic = Descent::new(fit.clone(), penalty, Cyclic::new(all), Coordinate);
        let mut state = cyclic.start_from(fit.start());
        let report = solve(&cyclic, &mut state, stop);
        assert_eq!(report.status, Status::Converged, "{report:?}");
        assert!((state.point.x - expected).amax() < 1e-11, "{} for {expected}", state.point.x);

        let greedy = Greedy::new(Proximal, [0; 1], SVector::<f64, 1>::zeros());
        let greedy = Descent::new(fit.clone(), penalty, greedy, Coordinate);
        let mut state = greedy.start_from(fit.start());
        let report = solve(&greedy, &mut state, stop);
        assert_eq!(report.status, Status::Converged, "{report:?}");
        assert!((state.point.x - expected).amax() < 1e-11);
    }
}

#[test]
fn a_block_of_everything_is_a_direct_solve() {
    let (a, y) = design();
    let (gram, b) = (a.transpose() * a, a.transpose() * y);
    let gram = (gram + gram.transpose()) * 0.5;
    let expected = gram.cholesky().unwrap().solve(&b);
    let fit = Quadratic::new(&gram, &b).unwrap();
    let update = Matrix::new(SVector::<f64, 6>::zeros(), SVector::<f64, { packed(6) }>::zeros());
    let all = Cyclic::new(Partition::consecutive([0; 6], 6).unwrap());
    let descent = Descent::new(fit, Unpenalized, all, update);
    let mut state = descent.start_from(fit.start());
    let report = solve(&descent, &mut state, Stop::relative(1e-10).unwrap());
    assert!(report.converged() && report.iterations == 1, "{report:?}");
    assert!((state.point.x - expected).amax() < 1e-12);
}

#[test]
fn greedy_blocks_with_the_matrix_update_solve_a_quadratic() {
    let a = SMatrix::<f64, 7, 7>::from_fn(|i, j| {
        if i == j { 4.0 } else { 1.0 / (1.0 + (i as f64 - j as f64).abs()) }
    });
    let b = SVector::<f64, 7>::from_fn(|i, _| i as f64 - 2.0);
    let expected = a.cholesky().unwrap().solve(&b);
    let fit = Quadratic::new(&a, &b).unwrap();
    // Blocks of 3, 3 and 1.
    let partition = Partition::sorted([0; 7], 3, |j| b[j]).unwrap();
    let rule = GreedyBlocks::new(GaussSouthwellDiagonal, partition, SVector::<f64, 3>::repeat(1.0));
    let update = Matrix::new(SVector::<f64, 3>::zeros(), SVector::<f64, { packed(3) }>::zeros());
    let descent = Descent::new(fit, Unpenalized, rule, update);
    let mut state = descent.start_from(fit.start());
    let mut before = descent.objective(&state.point);
    let mut run = solvekit::Run::new(Stop::relative(1e-12).unwrap());
    while run.advance(&descent, &mut state, 1).status == Status::Running {
        let now = descent.objective(&state.point);
        assert!(now <= before + 1e-14 * before.abs(), "{now} after {before}");
        before = now;
    }
    assert!((state.point.x - expected).amax() < 1e-11);
}

/// x changed by hand: what is kept beside it is computed anew before a certificate is given.
#[test]
fn a_certificate_is_that_of_x_alone() {
    let (a, y) = design();
    let fit = LeastSquares::new(&a, &y).unwrap();
    let all = Cyclic::new(Partition::consecutive([0; 6], 6).unwrap());
    let descent = Descent::new(fit, Unpenalized, all, Coordinate);
    let mut state = descent.start_from(descent.fit().start());
    descent.step(&mut state);
    state.point.x[4] += 2.0;
    let expected = (a.transpose() * (a * state.point.x - y)).amax();
    let told = descent.certify(&mut state).unwrap();
    assert!((told - expected).abs() < 1e-13 * expected, "{told} for {expected}");
}

#[test]
fn an_indefinite_matrix_is_a_breakdown_with_its_curvature() {
    let a = SMatrix::<f64, 2, 2>::new(1.0, 2.0, 2.0, 1.0);
    let b = SVector::from([1.0, 0.0]);
    let fit = Quadratic::new(&a, &b).unwrap();
    let update = Matrix::new(SVector::<f64, 2>::zeros(), SVector::<f64, { packed(2) }>::zeros());
    let rule = Cyclic::new(Partition::consecutive([0; 2], 2).unwrap());
    let descent = Descent::new(fit, Unpenalized, rule, update);
    let mut state = descent.start_from(fit.start());
    let report = solve(&descent, &mut state, Stop::relative(1e-6).unwrap());
    assert_eq!(report.status, Status::Breakdown);
    assert_eq!(state.update.curvature(), Some(-3.0));
}

#[test]
fn an_asymmetric_matrix_is_refused_with_its_row() {
    let mut a = SMatrix::<f32, 5, 5>::identity() * 3.0;
    a[(3, 1)] = 0.5;
    let b = SVector::repeat(1.0);
    let row = Quadratic::new(&a, &b).unwrap_err();
    assert!(matches!(row, FitError::NotSymmetric { row: 1 | 3 }), "{row:?}");
    a[(1, 3)] = 0.5;
    assert!(Quadratic::new(&a, &b).is_ok());
}
