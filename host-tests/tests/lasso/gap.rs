//! The gap and what is concluded from it, at any x.

use crate::data::{HostLasso, HostState, gaussian, run, start};
use crate::oracle::Plain;
use crate::solutions::{KINDS, lasso};
use rand_pcg::Pcg64;
use rand_pcg::rand_core::{Rng, SeedableRng};
use solvekit::lasso::{Workspace, indices, numbers};
use solvekit::{Iteration, LinearOperator, Stop, solve};
use solvekit_host::matrix::DenseMatrix;
use solvekit_host::vector::Vector;

/// −1 … 1.
fn signed(random: &mut Pcg64) -> f64 {
    (random.next_u64() >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}

fn start_at(lasso: &HostLasso<'_>, design: &DenseMatrix<f64>, x: &[f64]) -> HostState {
    let columns = design.columns();
    let room = Vector::filled(numbers(columns), 0.0);
    let memory = Workspace::new(columns, room, vec![0; indices(columns, columns)]);
    lasso.start_at(x.to_vec().into(), memory).expect("enough memory")
}

/// Numbers without a pattern, some of them zero; not negative where that is asked.
fn anywhere(random: &mut Pcg64, count: usize, nonnegative: bool) -> Vec<f64> {
    let size = 10f64.powf(2.0 * signed(random));
    let entry = |_| {
        let v = size * signed(random);
        if v.abs() < 0.3 * size { 0.0 } else { v }
    };
    let x = (0..count).map(entry);
    x.map(|x| if nonnegative { x.abs() } else { x }).collect()
}

#[test]
fn the_gap_of_any_x_is_that_of_its_best_dual_point() {
    let mut random = Pcg64::seed_from_u64(1);
    for (rows, columns, rho) in [(20, 8, 0.0), (12, 30, 0.9)] {
        let (design, y) = gaussian(rows, columns, rho, 17);
        // And where the ridge is most of the penalty.
        for kind in KINDS.into_iter().chain([(0.5, 0.05, false), (0.9, 0.1, true)]) {
            let (lasso, plain) = lasso(&design, &y, kind);
            for _ in 0..40 {
                let x = anywhere(&mut random, columns, kind.2);
                let told = lasso.certify(&mut start_at(&lasso, &design, &x)).expect("a gap");
                let expected = plain.gap(&x);
                // Differences of objectives.
                let noise = 1e-13 * (plain.objective(&x) + lasso.reference());
                assert!((told - expected).abs() <= noise, "{kind:?}: {told} for {expected}");
            }
        }
    }
}

#[test]
fn no_gap_is_below_what_it_bounds() {
    let mut random = Pcg64::seed_from_u64(2);
    for (rows, columns, rho) in [(20, 8, 0.5), (12, 16, 0.5)] {
        let (design, y) = gaussian(rows, columns, rho, 19);
        for kind in KINDS {
            let (lasso, plain) = lasso(&design, &y, kind);
            let solution = plain.solution();
            let least = plain.objective(&solution);
            for round in 0..40 {
                let mut x = anywhere(&mut random, columns, kind.2);
                if round % 2 == 0 {
                    // Near the end as well.
                    x.iter_mut().zip(&solution).for_each(|(x, best)| *x = best + 0.01 * *x);
                }
                if kind.2 {
                    x.iter_mut().for_each(|x| *x = x.max(0.0));
                }
                let told = lasso.certify(&mut start_at(&lasso, &design, &x)).expect("a gap");
                let above = plain.objective(&x) - least;
                let noise = 1e-13 * (plain.objective(&x) + lasso.reference());
                assert!(told >= above - noise, "{kind:?}: {told} for {above}");
            }
        }
    }
}

/// With all columns in work what a step says of the gap is the gap, though ‖r‖² and Aᵀr are only
/// carried along.
#[test]
fn a_step_tells_the_gap_it_has_come_to() {
    for (rows, columns, rho, seed) in [(60, 20, 0.0, 1), (20, 12, 0.5, 2), (10, 14, 0.0, 3)] {
        let (design, y) = gaussian(rows, columns, rho, seed);
        for kind in KINDS {
            let (lasso, _) = lasso(&design, &y, kind);
            let mut state = start(&lasso, &design, columns);
            for step in 0..30 {
                lasso.step(&mut state);
                let told = lasso.residual(&mut state.clone());
                let known = lasso.certify(&mut state.clone()).expect("a gap");
                let off = (told - known).abs() / lasso.reference();
                // Before the first look nothing is known.
                assert!(step == 0 || off <= 1e-12, "{kind:?}, {step}: {told} and {known}");
            }
        }
    }
}

/// Small designs are where a column that was wrongly left out would be missed.
#[test]
fn from_any_start_no_column_that_counts_is_left_out() {
    let mut random = Pcg64::seed_from_u64(3);
    for round in 0..1500 {
        let values = (0..3 * 4).map(|_| signed(&mut random)).collect();
        let design = DenseMatrix::from_columns(3, values).expect("whole columns");
        let y = Vector::from((0..3).map(|_| signed(&mut random)).collect::<Vec<_>>());
        let part = 0.05 + 0.9 * signed(&mut random).abs();
        let (lasso, plain) = lasso(&design, &y, (part, 1.0, false));
        let best = run(&lasso, &design, 4, 1e-13).0;
        let off = 10f64.powf(2.0 * signed(&mut random) - 2.0);
        // Only coordinates that are not zero are off: then the gap is small for its distance.
        let shifted = |x: &f64| if *x == 0.0 { 0.0 } else { x + off * signed(&mut random) };
        let x: Vec<f64> = best.x().iter().map(shifted).collect();
        let mut state = start_at(&lasso, &design, &x);
        let report = solve(&lasso, &mut state, Stop::relative(1e-12).expect("a tolerance"));
        assert!(report.converged(), "{round}: {report:?}");
        // √gap, as elsewhere.
        let worst = plain.violation(state.x());
        assert!(worst <= 1e-5, "{round}: off by {worst}");
    }
}

/// Steps by hand, without a run that would begin anew: what is known of an old x or λ is given up.
#[test]
fn what_was_screened_comes_back_when_it_must() {
    let (design, y) = gaussian(40, 150, 0.5, 9);
    let (first, plain) = lasso(&design, &y, (0.3, 1.0, false));
    let (solved, _) = run(&first, &design, 60, 1e-12);
    for zero in (0..150).filter(|j| solved.x()[*j] == 0.0) {
        let mut moved = solved.clone();
        moved.x_mut()[zero] = 5.0;
        (0..50).for_each(|_| first.step(&mut moved));
        let worst = plain.violation(moved.x());
        assert!(worst < 1e-4, "{zero}: {worst}");
    }
    let second = first.clone().with_lambda(0.1 * first.lambda()).expect("valid");
    let plain = Plain { l1: second.lambda(), ..plain };
    let mut other = solved;
    // Only another look; and it is no run that asks for it.
    let _ = other.x_mut();
    (0..300).for_each(|_| second.step(&mut other));
    let worst = plain.violation(other.x());
    assert!(worst < 1e-4, "{worst}");
}

#[test]
fn a_warm_start_with_a_small_weight_ends_where_zero_does() {
    for seed in 0..5 {
        let (design, y) = gaussian(60, 20, 0.0, seed);
        let (first, plain) = lasso(&design, &y, (0.5, 1.0, false));
        let second = first.clone().with_lambda(0.01 * first.lambda()).expect("valid");
        let plain = Plain { l1: second.lambda(), ..plain };
        let (mut state, _) = run(&first, &design, 20, 1e-12);
        let report = solve(&second, &mut state, Stop::relative(1e-13).expect("a tolerance"));
        assert!(report.converged() && report.iterations <= 10, "{report:?}");
        for (x, expected) in state.x().iter().zip(&plain.solution()) {
            // √gap and the condition of the Gram matrix.
            assert!((x - expected).abs() < 1e-6, "{x} and {expected}, {report:?}");
        }
    }
}
