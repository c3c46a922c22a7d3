//! [`Fista`] beside [`Ista`], and against the textbook.

use crate::problem::{draw, objective, squares};
use solvekit::penalty::L1;
use solvekit::recovery::{Fista, Ista, Sensing, StepSize};
use solvekit::{Iteration, Stop, solve};

#[test]
fn it_needs_fewer_steps_for_the_same_answer() {
    for (seed, lambda) in [(1, 0.02), (2, 0.005), (3, 0.001)] {
        let problem = draw(seed, (50, 100), 8, 0.01);
        let sensing = Sensing::new(&problem.dictionary, &problem.measurements).unwrap();
        let step = StepSize::automatic(&problem.dictionary).unwrap();
        let stop = Stop::relative(1e-8).unwrap().max_iterations(100_000);
        let fista = Fista::new(sensing, L1::new(lambda).unwrap(), step).unwrap();
        let mut fast = fista.start();
        let few = solve(&fista, &mut fast, stop);
        let ista = Ista::new(sensing, L1::new(lambda).unwrap(), step).unwrap();
        let mut slow = ista.start();
        let many = solve(&ista, &mut slow, stop);
        assert!(few.converged() && many.converged());
        // Counts; found 3.0, 3.7 and 6.1 times.
        assert!(2 * few.iterations <= many.iterations, "{few:?} {many:?}");
        for (x, y) in fast.x.iter().zip(slow.x.iter()) {
            assert!((x - y).abs() < 1e-5, "{x} {y}");
        }
    }
}

#[test]
fn steps_are_the_textbook_s() {
    let problem = draw(6, (20, 40), 4, 0.02);
    let (lambda, alpha) = (0.02, StepSize::automatic(&problem.dictionary).unwrap().initial());
    let sensing = Sensing::new(&problem.dictionary, &problem.measurements).unwrap();
    let fista = Fista::new(sensing, L1::new(lambda).unwrap(), StepSize::Fixed(alpha)).unwrap();
    let mut state = fista.start();
    let (mut x, mut z, mut t) = (vec![0.0; 40], vec![0.0; 40], 1.0_f64);
    let mut restarts = 0;
    for k in 0..200 {
        let mut r = problem.measurements.to_vec();
        for (j, z) in z.iter().enumerate() {
            r.iter_mut().zip(problem.dictionary.column(j)).for_each(|(r, a)| *r -= a * z);
        }
        let pull = |j: usize| -> f64 {
            problem.dictionary.column(j).iter().zip(&r).map(|(a, r)| a * r).sum()
        };
        let new: Vec<f64> = (0..40)
            .map(|j| {
                let v: f64 = z[j] + alpha * pull(j);
                v.signum() * (v.abs() - lambda * alpha).max(0.0)
            })
            .collect();
        let uphill: f64 = (0..40).map(|j| (z[j] - new[j]) * (new[j] - x[j])).sum();
        let after = 0.5 * (1.0 + (1.0 + 4.0 * t * t).sqrt());
        let beta = if uphill > 0.0 { 0.0 } else { (t - 1.0) / after };
        restarts += u32::from(uphill > 0.0);
        t = if uphill > 0.0 { 1.0 } else { after };
        z = (0..40).map(|j| new[j] + beta * (new[j] - x[j])).collect();
        x = new;
        fista.step(&mut state);
        for (own, plain) in state.x.iter().zip(&x) {
            // Rounding, which momentum carries on.
            assert!((own - plain).abs() < 1e-11, "step {k}: {own} {plain}");
        }
    }
    assert!(restarts > 1, "{restarts}");
}

#[test]
fn before_the_first_restart_the_bound_on_the_objective_holds() {
    let problem = draw(11, (40, 80), 6, 0.05);
    let lambda = 0.01;
    let sensing = Sensing::new(&problem.dictionary, &problem.measurements).unwrap();
    let step = StepSize::automatic(&problem.dictionary).unwrap();
    let fista = Fista::new(sensing, L1::new(lambda).unwrap(), step).unwrap();
    let mut end = fista.start();
    assert!(solve(&fista, &mut end, Stop::relative(1e-12).unwrap()).converged());
    let (best, length) = (objective(&problem, lambda, &end.x), squares(&end.x));
    let mut state = fista.start();
    for k in 1..30 {
        fista.step(&mut state);
        let bound = 2.0 * length / (state.step() * f64::from((k + 1) * (k + 1)));
        let above = objective(&problem, lambda, &state.x) - best;
        assert!(above <= bound, "{k}: {above} {bound}");
    }
}

/// The unit of y is nothing to either: x in a unit 2^±900 as large has the same digits.
#[test]
fn any_unit_will_do() {
    let problem = draw(1, (30, 60), 5, 0.01);
    let stop = Stop::relative(1e-8).unwrap();
    let mut found = Vec::new();
    for unit in [1.0, 2.0_f64.powi(900), 2.0_f64.powi(-900)] {
        let y: Vec<f64> = problem.measurements.iter().map(|y| y * unit).collect();
        let y = solvekit_host::vector::Vector::from(y);
        let sensing = Sensing::new(&problem.dictionary, &y).unwrap();
        let step = StepSize::automatic(&problem.dictionary).unwrap();
        // Longer than the guard lets pass.
        let step = StepSize::Guarded(5.0 * step.initial());
        let l1 = L1::new(0.02 * unit).unwrap();
        let fista = Fista::new(sensing, l1, step).unwrap();
        let mut fast = fista.start();
        let ista = Ista::new(sensing, l1, step).unwrap();
        let mut slow = ista.start();
        let reports = (solve(&fista, &mut fast, stop), solve(&ista, &mut slow, stop));
        assert!(reports.0.converged() && reports.1.converged(), "{unit:e}: {reports:?}");
        assert!(slow.step() < step.initial());
        let digits = |x: &[f64]| x.iter().map(|x| x / unit).collect::<Vec<_>>();
        found.push((digits(&fast.x), digits(&slow.x), reports.0.iterations, reports.1.iterations));
    }
    assert_eq!(found[0], found[1]);
    assert_eq!(found[0], found[2]);
}
