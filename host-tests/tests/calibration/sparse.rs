//! BC-IHT.

use crate::problem::{Shape, draw};
use solvekit::calibration::SparseProjectedGradient;
use solvekit::recovery::Largest;
use solvekit::{Iteration, Stop, solve};
use solvekit_host::vector::Vector;

#[test]
fn fewer_equations_than_unknowns_are_enough_for_a_sparse_signal() {
    // 96 equations for 128 unknowns, published success .95 or more of 20.
    let shape = Shape { n: 128, m: 32, p: 3 };
    let mut solved = 0;
    for seed in 0..10 {
        let problem = draw(seed, shape, 4, 0.5, f64::INFINITY);
        let room = Largest::new(vec![0; 4], Vector::filled(4, 0.0));
        let descent = SparseProjectedGradient::new(problem.snapshots(), room).unwrap();
        let mut state = descent.start();
        let stop = Stop::relative(1e-9).unwrap().max_iterations(1500);
        let report = solve(&descent, &mut state, stop);
        assert!(state.x.iter().filter(|x| **x != 0.0).count() <= 4);
        let sum: f64 = state.gains.iter().sum();
        assert!((sum - 32.0).abs() < 1e-11, "{sum}");
        solved += u32::from(report.converged() && problem.error(&state.x, &state.gains) < 1e-3);
    }
    assert!(solved >= 9, "{solved} of 10");
}

#[test]
fn the_step_on_given_places_is_the_best_one() {
    let problem = draw(3, Shape { n: 40, m: 16, p: 3 }, 5, 0.3, 30.0);
    let room = Largest::new(vec![0; 5], Vector::filled(5, 0.0));
    let descent = SparseProjectedGradient::new(problem.snapshots(), room).unwrap();
    let mut state = descent.start();
    // Far enough that the places stay.
    (0..200).for_each(|_| descent.step(&mut state));
    let before = state.clone();
    descent.step(&mut state);
    let places = |x: &[f64]| x.iter().map(|x| *x != 0.0).collect::<Vec<_>>();
    assert_eq!(places(&before.x), places(&state.x));
    let f = |t: f64| {
        let x: Vec<f64> =
            before.x.iter().zip(state.x.iter()).map(|(old, new)| old + t * (new - old)).collect();
        problem.objective(&x, &before.gains)
    };
    // The slope at the end of the step, by a wide parabola: f is quadratic in x.
    let (left, right, curve) = (f(-9.0), f(11.0), f(-9.0) + f(11.0) - 2.0 * f(1.0));
    assert!((left - right).abs() < 1e-3 * curve.abs(), "{left} {right} {curve}");
}
