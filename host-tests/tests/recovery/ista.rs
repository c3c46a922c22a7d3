//! [`Ista`]: descent, fixed points, the answers of coordinate descent, penalties of every kind.

use crate::problem::{Problem, draw, objective};
use solvekit::penalty::{GroupL1, L0, L1, NonNegative, Penalty};
use solvekit::recovery::{Ista, Sensing, StepSize, largest_eigenvalue};
use solvekit::{Iteration, Run, Status, Stop, solve};
use solvekit_host::{matrix::DenseMatrix, vector::Vector};

type HostIsta<'a, P> = Ista<'a, f64, DenseMatrix<f64>, P>;

fn ista<P: Penalty<f64>>(problem: &Problem, penalty: P, step: StepSize<f64>) -> HostIsta<'_, P> {
    let sensing = Sensing::new(&problem.dictionary, &problem.measurements).expect("valid");
    Ista::new(sensing, penalty, step).expect("a valid step")
}

fn automatic(problem: &Problem) -> StepSize<f64> {
    StepSize::automatic(&problem.dictionary).expect("a dictionary of a size")
}

#[test]
fn the_objective_never_rises_whatever_the_first_step_was() {
    let problem = draw(3, (30, 60), 5, 0.05);
    let good = automatic(&problem).initial();
    for factor in [0.1, 1.0, 3.0, 50.0, 1e4] {
        let ista = ista(&problem, L1::new(0.02).unwrap(), StepSize::Guarded(factor * good));
        let mut state = ista.start();
        let mut before = ista.objective(&state.x);
        for _ in 0..300 {
            ista.step(&mut state);
            let now = objective(&problem, 0.02, &state.x);
            // A few roundings of the objective.
            assert!(now <= before + 1e-14 * before.abs(), "{factor}: {now} after {before}");
            assert!((now - ista.objective(&state.x)).abs() <= 1e-12 * now);
            before = now;
        }
        // Backtracking ends within its slack of what is provable.
        assert!(
            state.step() * largest_eigenvalue(&problem.dictionary, 200) <= 2.0 || factor <= 1.0
        );
    }
}

#[test]
fn it_ends_where_the_optimality_conditions_hold() {
    let problem = draw(5, (40, 80), 6, 0.02);
    let lambda = 0.05;
    let ista = ista(&problem, L1::new(lambda).unwrap(), automatic(&problem));
    let mut state = ista.start();
    let report = solve(&ista, &mut state, Stop::relative(1e-9).unwrap().max_iterations(20_000));
    assert!(report.converged(), "{report:?}");
    let mut r = problem.measurements.to_vec();
    for (j, x) in state.x.iter().enumerate() {
        r.iter_mut().zip(problem.dictionary.column(j)).for_each(|(r, a)| *r -= a * x);
    }
    for (j, x) in state.x.iter().enumerate() {
        let pull: f64 = problem.dictionary.column(j).iter().zip(&r).map(|(a, r)| a * r).sum();
        let off = if *x == 0.0 {
            (pull.abs() - lambda).max(0.0)
        } else {
            (pull - lambda * x.signum()).abs()
        };
        // The certificate is about x before a step of which this is the gradient: within α ‖A‖² ≤ 2.
        assert!(off <= 4.0 * report.tolerance, "column {j}: {off}");
    }
}

#[test]
fn hard_thresholding_is_the_penalty_that_counts() {
    let problem = draw(8, (40, 80), 4, 0.01);
    let step = automatic(&problem);
    let (lambda, alpha) = (0.01, step.initial());
    let ista = ista(&problem, L0::new(lambda).unwrap(), StepSize::Fixed(alpha));
    let mut state = ista.start();
    let mut x = vec![0.0; 80];
    for _ in 0..50 {
        let mut r = problem.measurements.to_vec();
        for (j, x) in x.iter().enumerate() {
            r.iter_mut().zip(problem.dictionary.column(j)).for_each(|(r, a)| *r -= a * x);
        }
        for (j, x) in x.iter_mut().enumerate() {
            let pull: f64 = problem.dictionary.column(j).iter().zip(&r).map(|(a, r)| a * r).sum();
            let z = *x + alpha * pull;
            *x = if z.abs() > (2.0 * lambda * alpha).sqrt() { z } else { 0.0 };
        }
        ista.step(&mut state);
        for (own, plain) in state.x.iter().zip(&x) {
            assert!((own - plain).abs() < 1e-12, "{own} {plain}");
        }
    }
    assert!(x.iter().any(|x| *x != 0.0));
}

#[test]
fn groups_and_bounds_will_do() {
    let problem = draw(9, (40, 60), 6, 0.01);
    let groups = ista(&problem, GroupL1::new(0.05, 3, 60).unwrap(), automatic(&problem));
    let mut state = groups.start();
    let stop = || Stop::relative(1e-8).unwrap().max_iterations(20_000);
    assert!(solve(&groups, &mut state, stop()).converged());
    let mut groups = [0, 0];
    for group in state.x.chunks(3) {
        let zeros = group.iter().filter(|x| **x == 0.0).count();
        assert!(zeros == 0 || zeros == 3, "{group:?}");
        groups[usize::from(zeros == 0)] += 1;
    }
    assert!(groups[0] > 5 && groups[1] > 2, "{groups:?}");
    let positive = ista(&problem, NonNegative::default(), automatic(&problem));
    let mut state = positive.start();
    assert!(solve(&positive, &mut state, stop()).converged());
    assert!(state.x.iter().all(|x| *x >= 0.0) && state.x.iter().any(|x| *x > 0.0));
}

#[test]
fn a_weight_that_leaves_nothing_is_answered_at_once() {
    let problem = draw(1, (20, 30), 3, 0.0);
    let sensing = Sensing::new(&problem.dictionary, &problem.measurements).unwrap();
    let penalty = L1::new(sensing.largest_correlation()).unwrap();
    let ista = ista(&problem, penalty, automatic(&problem));
    let mut state = ista.start();
    let report = solve(&ista, &mut state, Stop::relative(1e-12).unwrap());
    assert_eq!((report.status, report.iterations, report.residual), (Status::Converged, 0, 0.0));
    assert!(state.x.iter().all(|x| *x == 0.0));
}

#[test]
fn measurements_of_zero_are_answered_at_once() {
    let mut problem = draw(1, (20, 30), 3, 0.0);
    problem.measurements = Vector::filled(20, 0.0);
    let ista = ista(&problem, L1::new(0.1).unwrap(), automatic(&problem));
    let mut state = ista.start();
    let report = solve(&ista, &mut state, Stop::relative(1e-12).unwrap());
    assert_eq!((report.status, report.iterations), (Status::Converged, 0));
}

#[test]
fn a_fixed_step_below_the_edge_converges() {
    let problem = draw(2, (30, 40), 4, 0.0);
    let largest = largest_eigenvalue(&problem.dictionary, 500);
    let ista = ista(&problem, L1::new(0.01).unwrap(), StepSize::Fixed(1.9 / largest));
    let mut state = ista.start();
    let mut run = Run::new(Stop::relative(1e-8).unwrap().max_iterations(50_000));
    assert_eq!(run.advance(&ista, &mut state, u32::MAX).status, Status::Converged);
    // So little is shrunk that the signal is there: λ / σ² for the least σ² of four columns, about 1/3.
    for (x, truth) in state.x.iter().zip(problem.truth.iter()) {
        assert!((x - truth).abs() < 0.03, "{x} {truth}");
    }
}

#[test]
fn the_largest_eigenvalue_is_that_of_the_matrix() {
    let problem = draw(4, (25, 50), 3, 0.0);
    let matrix = nalgebra::DMatrix::from_fn(25, 50, |i, j| problem.dictionary.column(j)[i]);
    let true_one = matrix.singular_values()[0].powi(2);
    let mut before = 0.0;
    for rounds in [0, 1, 5, 20, 100, 1000] {
        let found = largest_eigenvalue(&problem.dictionary, rounds);
        // From below, and growing.
        assert!(found <= true_one * (1.0 + 1e-12) && found >= before, "{found} of {true_one}");
        before = found;
    }
    assert!((before / true_one - 1.0).abs() < 1e-9, "{before} of {true_one}");
    assert_eq!(largest_eigenvalue(&DenseMatrix::from_columns(2, vec![0.0; 6]).unwrap(), 5), 0.0);
}
