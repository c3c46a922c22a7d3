//! Solutions, certificates and the promises about slices and memory.

use crate::data::{HostLasso, gaussian, run, start};
use crate::oracle::Plain;
use solvekit::lasso::{Lasso, Workspace, indices, numbers};
use solvekit::operator::zeros;
use solvekit::{Iteration, LinearOperator, Run, SMatrix, SVector, Status, Stop, solve};
use solvekit_host::matrix::DenseMatrix;
use solvekit_host::vector::Vector;

/// Every kind of problem on one design: λ as a share of λ_max, α, x ≥ 0.
pub(crate) const KINDS: [(f64, f64, bool); 7] = [
    (0.5, 1.0, false),
    (0.1, 1.0, false),
    (0.01, 1.0, false),
    (0.1, 1.0, true),
    (0.1, 0.5, false),
    (0.01, 0.9, true),
    (1e-3, 0.2, false),
];

pub(crate) fn lasso<'a>(
    design: &'a DenseMatrix<f64>,
    y: &'a Vector<f64>,
    (part, share, nonnegative): (f64, f64, bool),
) -> (HostLasso<'a>, Plain<'a>) {
    let lasso: HostLasso<'_> = Lasso::new(design, y, 0.0).unwrap().with_share(share).unwrap();
    let lasso = if nonnegative { lasso.nonnegative() } else { lasso };
    let lambda = part * lasso.largest_lambda();
    let lasso = lasso.with_lambda(lambda).unwrap();
    let (l1, ridge) = (share * lambda, (1.0 - share) * lambda);
    (lasso, Plain { design, y, l1, ridge, nonnegative })
}

#[test]
fn every_kind_of_problem_is_solved_and_its_gap_is_true() {
    for (rows, columns) in [(20, 8), (12, 30), (40, 150)] {
        for rho in [0.0, 0.9] {
            let (design, y) = gaussian(rows, columns, rho, 11 + rows as u64);
            for kind in KINDS {
                let (lasso, plain) = lasso(&design, &y, kind);
                let told = format!("{rows}x{columns}, rho {rho}, {kind:?}");
                // With all the memory, with little, and with none at all.
                let mut objectives = Vec::new();
                for capacity in [columns, columns / 2, 3, 0] {
                    let (state, report) = run(&lasso, &design, capacity, 1e-12);
                    assert_eq!(report.status, Status::Converged, "{told}, {capacity}: {report:?}");
                    let x = state.x();
                    // The gap bounds the squares: ½‖a‖² δ² ≤ gap for a coordinate off by δ alone, so
                    // that the conditions hold to about √gap.
                    let scale = (2.0 * report.reference).sqrt();
                    let worst = plain.violation(x) / (scale * (rows as f64).sqrt());
                    assert!(worst < 1e-5, "{told}, {capacity}: off by {worst}");
                    objectives.push(plain.objective(x));
                    let own = lasso.objective(x);
                    assert!((own / objectives[objectives.len() - 1] - 1.0).abs() < 1e-12);
                }
                // The tightest run stands for the true minimum, to 1e-14 of ½‖y‖².
                let (best, tight) = run(&lasso, &design, columns, 1e-14);
                assert!(tight.residual <= 1e-13 * tight.reference, "{told}: {tight:?}");
                let least = plain.objective(best.x());
                for objective in &objectives {
                    let above = (objective - least) / report_unit(&y);
                    assert!(above.abs() <= 1.1e-12, "{told}: {above}");
                }
                for tolerance in [1e-1, 1e-3, 1e-6] {
                    let (state, report) = run(&lasso, &design, columns, tolerance);
                    let above = plain.objective(state.x()) - least;
                    assert!(report.converged(), "{told}: {report:?}");
                    // 1e-13: what the objectives themselves are rounded by.
                    assert!(
                        above <= report.residual + 1e-13 * report.reference,
                        "{told}: {report:?}"
                    );
                }
            }
        }
    }
}

fn report_unit(y: &[f64]) -> f64 {
    0.5 * y.iter().map(|y| y * y).sum::<f64>()
}

#[test]
fn the_naive_descent_finds_the_same_solution() {
    let (design, y) = gaussian(30, 12, 0.5, 3);
    for kind in KINDS {
        let (lasso, plain) = lasso(&design, &y, kind);
        let expected = plain.solution();
        let (state, report) = run(&lasso, &design, 12, 1e-15);
        for (x, expected) in state.x().iter().zip(&expected) {
            // √gap and the condition of the Gram matrix.
            assert!((x - expected).abs() < 1e-6, "{kind:?}: {x} and {expected}, {report:?}");
            assert_eq!(*x == 0.0, *expected == 0.0, "{kind:?}");
        }
    }
}

#[test]
fn a_small_weight_is_solved_from_the_dense_end() {
    for (columns, seed) in [(20, 1), (19, 2), (18, 3), (5, 4)] {
        let (design, y) = gaussian(60, columns, 0.0, seed);
        for kind in [(0.0025, 1.0, false), (1e-3, 1.0, false), (0.002, 0.8, false)] {
            let (lasso, plain) = lasso(&design, &y, kind);
            let (state, report) = run(&lasso, &design, columns, 1e-14);
            let told = format!("{columns} columns, {kind:?}: {report:?}");
            assert!(report.converged(), "{told}");
            for (x, expected) in state.x().iter().zip(&plain.solution()) {
                // √gap and the condition of the Gram matrix.
                assert!((x - expected).abs() < 1e-6, "{x} and {expected}, {told}");
                assert_eq!(*x == 0.0, *expected == 0.0, "{told}");
            }
            // A step is four pieces at most: from zero as many as there are coordinates would come in.
            let zeros = state.x().iter().filter(|x| **x == 0.0).count() as u32;
            assert!(report.iterations <= zeros.div_ceil(2) + 1, "{zeros} zeros, {told}");
        }
    }
}

/// A path from zero, of four pieces a step, has no more pieces than coordinates come in.
#[test]
fn a_large_weight_is_solved_from_zero() {
    for seed in 0..10 {
        let (design, y) = gaussian(60, 20, 0.0, seed);
        let (lasso, _) = lasso(&design, &y, (0.5, 1.0, false));
        let (state, report) = run(&lasso, &design, 20, 1e-12);
        let inside = state.x().iter().filter(|x| **x != 0.0).count() as u32;
        assert!(report.converged() && inside < 5, "{report:?}");
        assert!(report.iterations <= inside.div_ceil(4) + 1, "{inside} inside, {report:?}");
    }
}

#[test]
fn columns_much_alike_are_solved_from_zero_whatever_was_tried_before() {
    // Independent columns but for the last one, a copy of the one before it, or nearly so.
    for off in [0.0, 1e-9, 1e-3] {
        let (design, y) = gaussian(60, 12, 0.0, 8);
        let mut entries: Vec<f64> = (0..12).flat_map(|j| design.column(j).to_vec()).collect();
        for i in 0..60 {
            entries[11 * 60 + i] = entries[10 * 60 + i] + off * entries[9 * 60 + i];
        }
        let design = DenseMatrix::from_columns(60, entries).unwrap();
        for part in [0.01, 2e-3, 1e-3] {
            let (lasso, plain) = lasso(&design, &y, (part, 1.0, false));
            let (state, report) = run(&lasso, &design, 12, 1e-12);
            assert!(report.converged(), "{off}, {part}: {report:?}");
            // √gap, as in the test of every kind.
            let scale = (2.0 * report.reference * 60.0).sqrt();
            assert!(plain.violation(state.x()) < 1e-5 * scale, "{off}, {part}");
        }
    }
}

#[test]
fn at_the_largest_weight_zero_is_certain_at_once() {
    let (design, y) = gaussian(30, 50, 0.5, 5);
    for (share, nonnegative) in [(1.0, false), (0.5, false), (1.0, true)] {
        for part in [1.0, 1.5, 1e6] {
            let (lasso, _) = lasso(&design, &y, (part, share, nonnegative));
            let (state, report) = run(&lasso, &design, 10, 0.0);
            assert_eq!((report.status, report.iterations), (Status::Converged, 0), "{part}");
            assert_eq!(report.residual, 0.0);
            assert!(state.x().iter().all(|x| *x == 0.0));
        }
        let (lasso, _) = lasso(&design, &y, (0.999, share, nonnegative));
        let (state, report) = run(&lasso, &design, 10, 1e-12);
        assert!(report.converged() && state.x().iter().any(|x| *x != 0.0));
    }
}

#[test]
fn slices_and_warm_starts_are_safe() {
    let (design, y) = gaussian(40, 150, 0.9, 9);
    let (first, _) = lasso(&design, &y, KINDS[2]);
    for capacity in [150, 20, 0] {
        let stop = Stop::relative(1e-9).unwrap().max_iterations(200_000);
        let mut whole = (Run::new(stop), start(&first, &design, capacity));
        let report = whole.0.advance(&first, &mut whole.1, u32::MAX);
        assert!(report.converged(), "{report:?}");
        let mut sliced = (Run::new(stop), start(&first, &design, capacity));
        while sliced.0.advance(&first, &mut sliced.1, 1).status == Status::Running {}
        assert_eq!(sliced, whole);
        // The solved state as the start of another λ: neither its gap nor its screening counts.
        let second = first.clone().with_lambda(0.5 * first.lambda()).unwrap();
        let report = solve(&second, &mut whole.1, stop);
        let fresh = run(&second, &design, 150, 1e-9);
        assert!(report.converged() && fresh.1.converged());
        let plain = Plain { l1: second.lambda(), ..lasso(&design, &y, KINDS[2]).1 };
        let apart = plain.objective(whole.1.x()) - plain.objective(fresh.0.x());
        assert!(apart.abs() <= 1e-9 * report.reference, "{apart}");
        // x changed by hand: what was known about it is forgotten.
        whole.1.x_mut()[149] = 5.0;
        let looked = Run::new(stop).advance(&second, &mut whole.1, 0);
        assert_eq!(looked.status, Status::Running);
        assert!(
            looked.residual > plain.objective(whole.1.x()) - plain.objective(fresh.0.x()) - 1e-9
        );
        assert!(solve(&second, &mut whole.1, stop).converged());
    }
}

#[test]
fn fixed_memory_gives_the_bits_of_the_heap() {
    let (design, y) = gaussian(24, 10, 0.5, 21);
    let fixed = SMatrix::<f64, 24, 10>::from_fn(|i, j| design.column(j)[i]);
    let fixed_y = SVector::<f64, 24>::from_column_slice(&y);
    let (host, _) = lasso(&design, &y, KINDS[1]);
    let (state, report) = run(&host, &design, 10, 1e-10);
    let small = Lasso::new(&fixed, &fixed_y, host.lambda()).unwrap();
    let memory = Workspace::new(10, zeros::<f64, { numbers(10) }, 1>(), [0; indices(10, 10)]);
    let mut fixed_state = small.start(memory).unwrap();
    let fixed_report = solve(&small, &mut fixed_state, Stop::relative(1e-10).unwrap());
    assert_eq!(fixed_report.iterations, report.iterations);
    assert_eq!(fixed_report.residual.to_bits(), report.residual.to_bits());
    assert_eq!(fixed_state.x().as_slice(), &state.x()[..]);
    assert_eq!(small.reference(), host.reference());
    assert_eq!(design.columns(), 10);
}
