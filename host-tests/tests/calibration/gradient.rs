//! Projected gradient: its invariants.

use crate::problem::{Problem, Shape, draw, error, gains, measured, norm, normal};
use nalgebra::{DMatrix, DVector};
use rand_pcg::Pcg32;
use solvekit::calibration::{Order, ProjectedGradient, Snapshots, Steps, Subspace};
use solvekit::{Iteration, SMatrix, SVector, Status, Stop, Transposed, dictionary::Signs, solve};
use solvekit_host::{matrix::DenseMatrix, vector::Vector};

const SHAPE: Shape = Shape { n: 12, m: 10, p: 4 };

/// One step from x and gains, as the change of both.
fn change(problem: &Problem, steps: Steps<f64>, x: &[f64], gains: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let descent = ProjectedGradient::new(problem.snapshots(), steps).unwrap();
    let mut state = descent.start_at(x.to_vec().into(), gains.to_vec().into()).unwrap();
    descent.step(&mut state);
    let less = |new: &[f64], old: &[f64]| new.iter().zip(old).map(|(a, b)| a - b).collect();
    (less(&state.x, x), less(&state.gains, gains))
}

/// Central differences of f, and ∇⊥ for the gains.
fn slopes(problem: &Problem, x: &[f64], gains: &[f64]) -> (Vec<f64>, Vec<f64>) {
    // Rounding of f over h, and h² times a third derivative of order 1.
    let h = 1e-5;
    let slope = |which: bool, k: usize| {
        let at = |by: f64| {
            let (mut x, mut gains) = (x.to_vec(), gains.to_vec());
            (if which { &mut x } else { &mut gains })[k] += by;
            problem.objective(&x, &gains)
        };
        (at(h) - at(-h)) / (2.0 * h)
    };
    let of_x = (0..x.len()).map(|k| slope(true, k)).collect();
    let mut of_gains: Vec<f64> = (0..gains.len()).map(|k| slope(false, k)).collect();
    let mean = of_gains.iter().sum::<f64>() / gains.len() as f64;
    of_gains.iter_mut().for_each(|slope| *slope -= mean);
    (of_x, of_gains)
}

#[test]
fn a_fixed_step_is_the_gradient_of_finite_differences() {
    for seed in 0..3 {
        let problem = draw(seed, SHAPE, SHAPE.n, 0.5, 20.0);
        let mut random = Pcg32::new(seed, 9);
        let x: Vec<f64> = (0..SHAPE.n).map(|_| normal(&mut random)).collect();
        let start = gains(&mut random, SHAPE.m, 0.4);
        let steps = Steps::Fixed { signal: 0.3, gains: 0.7 };
        let (moved, turned) = change(&problem, steps, &x, &start);
        let (of_x, of_gains) = slopes(&problem, &x, &start);
        for (moved, slope) in moved.iter().zip(&of_x) {
            assert!((moved + 0.3 * slope).abs() < 1e-8, "{moved} for {slope}");
        }
        for (turned, slope) in turned.iter().zip(&of_gains) {
            assert!((turned + 0.7 * slope).abs() < 1e-8, "{turned} for {slope}");
        }
    }
}

#[test]
fn line_searches_find_the_lowest_point_of_their_line() {
    let problem = draw(4, SHAPE, SHAPE.n, 0.5, 20.0);
    let mut random = Pcg32::new(4, 9);
    let x: Vec<f64> = (0..SHAPE.n).map(|_| normal(&mut random)).collect();
    let start = gains(&mut random, SHAPE.m, 0.4);
    let along = |v: &[f64], d: &[f64], t: f64| -> Vec<f64> {
        v.iter().zip(d).map(|(v, d)| v + t * d).collect()
    };
    for (steps, moves) in [(Steps::Joint, false), (Steps::Alternating, true)] {
        let (moved, turned) = change(&problem, steps, &x, &start);
        let of_x = |t: f64| problem.objective(&along(&x, &moved, t), &start);
        // Where the gains are searched: the old signal, or the new one.
        let there = if moves { along(&x, &moved, 1.0) } else { x.clone() };
        let of_gains = |t: f64| problem.objective(&there, &along(&start, &turned, t));
        for f in [&of_x as &dyn Fn(f64) -> f64, &of_gains] {
            // A parabola: its slope at the end is the difference of both sides.
            let (before, after, drop) = (f(1.0 - 1e-3), f(1.0 + 1e-3), f(0.0) - f(1.0));
            assert!(drop > 0.0 && (before - after).abs() < 1e-9 * drop, "{steps:?}");
        }
    }
}

#[test]
fn gains_keep_their_mean_and_alternating_steps_never_raise_f() {
    for (seed, rho) in [(1, 0.1), (2, 0.5), (3, 0.9)] {
        for snr in [20.0, f64::INFINITY] {
            let problem = draw(seed, SHAPE, SHAPE.n, rho, snr);
            for steps in [Steps::Joint, Steps::Alternating] {
                let descent = ProjectedGradient::new(problem.snapshots(), steps).unwrap();
                let mut state = descent.start();
                let mut before = problem.objective(&state.x, &state.gains);
                let mut least: f64 = f64::INFINITY;
                for step in 0..300 {
                    descent.step(&mut state);
                    let sum: f64 = state.gains.iter().sum();
                    // A rounding a step and sensor.
                    assert!((sum - 10.0).abs() < 1e-12, "step {step}: {sum}");
                    least = state.gains.iter().fold(least, |least, gain| least.min(*gain));
                    let now = problem.objective(&state.x, &state.gains);
                    if steps == Steps::Alternating {
                        // Rounding of a sum of squares that begins near 1.
                        assert!(now <= before * (1.0 + 1e-12) + 1e-30, "{step}: {now} > {before}");
                    }
                    before = now;
                }
                assert!(least > 0.0, "a gain of {least} on the way, rho = {rho}");
            }
        }
    }
}

#[test]
fn measurements_of_another_size_and_rows_in_another_order_change_nothing_else() {
    let problem = draw(5, SHAPE, SHAPE.n, 0.5, 30.0);
    let Shape { n, m, p } = SHAPE;
    let after = |problem: &Problem| {
        let descent = ProjectedGradient::new(problem.snapshots(), Steps::Joint).unwrap();
        let mut state = descent.start();
        (0..40).for_each(|_| descent.step(&mut state));
        (state.x.to_vec(), state.gains.to_vec())
    };
    let (x, gains) = after(&problem);
    for factor in [8.0, 1e-30, 1e30] {
        let mut scaled = problem.clone();
        scaled.y.iter_mut().for_each(|y| *y *= factor);
        let (scaled_x, scaled_gains) = after(&scaled);
        let back: Vec<f64> = scaled_x.iter().map(|x| x / factor).collect();
        // Roundings of a factor that is no power of two, grown in 40 steps.
        assert!(error(&back, &x) < 1e-12 && error(&scaled_gains, &gains) < 1e-12, "{factor}");
    }
    // Sensors in another order.
    let order: Vec<usize> = (0..m).map(|i| (7 * i + 3) % m).collect();
    let place = |i: usize, l: usize| l * m + i;
    let (mut values, mut y) = (Vec::new(), Vec::new());
    for l in 0..p {
        for i in &order {
            values.extend_from_slice(problem.row(*i, l));
            y.push(problem.y[place(*i, l)]);
        }
    }
    let mut permuted = problem.clone();
    permuted.rows = DenseMatrix::from_columns(n, values).unwrap();
    permuted.y = y.into();
    let (permuted_x, permuted_gains) = after(&permuted);
    let there: Vec<f64> = order.iter().map(|i| gains[*i]).collect();
    // Sums in another order.
    assert!(error(&permuted_x, &x) < 1e-12 && error(&permuted_gains, &there) < 1e-12);
}

#[test]
fn with_known_gains_the_first_step_is_that_of_least_squares() {
    let problem = draw(6, SHAPE, SHAPE.n, 0.0, f64::INFINITY);
    let problem = Problem { gains: vec![1.0; SHAPE.m], ..problem };
    let a = DMatrix::from_fn(40, 12, |k, j| problem.rows.column(k)[j]);
    let y = DVector::from_column_slice(&problem.y);
    let mut x = a.transpose() * &y * (12.0 / a.norm_squared());
    let g = a.transpose() * (&a * &x - &y);
    let step = g.norm_squared() / (&a * &g).norm_squared();
    x -= g * step;
    let descent = ProjectedGradient::new(problem.snapshots(), Steps::Joint).unwrap();
    let mut state = descent.start();
    descent.step(&mut state);
    assert!(error(&state.x, x.as_slice()) < 1e-13);
}

/// Orthonormal columns, the first of them equal entries where `ones`.
fn basis(random: &mut Pcg32, rows: usize, columns: usize, ones: bool) -> DenseMatrix<f64> {
    let entry = |_: usize, j: usize| if ones && j == 0 { 1.0 } else { normal(random) };
    let q = DMatrix::from_fn(rows, columns, entry).qr().q();
    DenseMatrix::from_columns(rows, q.as_slice().to_vec()).unwrap()
}

fn combined(basis: &DenseMatrix<f64>, coefficients: &[f64]) -> Vec<f64> {
    let rows = basis.column(0).len();
    let mut v = vec![0.0; rows];
    for (j, c) in coefficients.iter().enumerate() {
        v.iter_mut().zip(basis.column(j)).for_each(|(v, b)| *v += c * b);
    }
    v
}

#[test]
fn subspaces_make_up_for_missing_equations_and_are_never_left() {
    let (shape, k, h) = (Shape { n: 64, m: 32, p: 2 }, 8, 4);
    let mut solved = 0;
    for seed in 0..10 {
        let mut random = Pcg32::new(seed, 17);
        let z = basis(&mut random, shape.n, k, false);
        let b = basis(&mut random, shape.m, h, true);
        let coefficients: Vec<f64> = (0..k).map(|_| normal(&mut random)).collect();
        let mut x = combined(&z, &coefficients);
        let size = norm(&x);
        x.iter_mut().for_each(|x| *x /= size);
        let turned: Vec<f64> =
            (0..h).map(|j| if j == 0 { 0.0 } else { normal(&mut random) }).collect();
        let deviation = combined(&b, &turned);
        let most = deviation.iter().fold(0.0, |most: f64, e| most.max(e.abs()));
        let truth: Vec<f64> = deviation.iter().map(|e| 1.0 + 0.4 * e / most).collect();
        let entries = (0..shape.n * shape.m * shape.p).map(|_| normal(&mut random)).collect();
        let problem = measured(shape, entries, x, truth, f64::INFINITY, &mut random);
        // 64 equations; without subspaces 95 are needed, with them 11.
        assert!(problem.snapshots().counts().check().is_err());
        let descent = ProjectedGradient::new(problem.snapshots(), Steps::Joint)
            .unwrap()
            .signal_in(Subspace::new(&z).unwrap())
            .unwrap()
            .gains_in(Subspace::new(&b).unwrap())
            .unwrap();
        let mut state = descent.start();
        let stop = Stop::relative(1e-9).unwrap().max_iterations(2000);
        let report = solve(&descent, &mut state, stop);
        for (v, basis) in [(&state.x, &z), (&state.gains, &b)] {
            let columns = basis.values().len() / v.len();
            let inside: Vec<f64> = (0..columns)
                .map(|j| v.iter().zip(basis.column(j)).map(|(v, b)| v * b).sum())
                .collect();
            // Roundings of some hundred steps.
            assert!(error(&combined(basis, &inside), v) < 1e-11, "seed {seed}");
        }
        solved += u32::from(report.converged() && problem.error(&state.x, &state.gains) < 1e-3);
    }
    assert_eq!(solved, 10);
}

#[test]
fn one_column_for_all_gains_is_least_squares_with_known_gains() {
    let problem = draw(3, SHAPE, SHAPE.n, 0.5, f64::INFINITY);
    let ones = vec![1.0 / (SHAPE.m as f64).sqrt(); SHAPE.m];
    let ones = DenseMatrix::from_columns(SHAPE.m, ones).unwrap();
    let descent = ProjectedGradient::new(problem.snapshots(), Steps::Joint)
        .unwrap()
        .gains_in(Subspace::new(&ones).unwrap())
        .unwrap();
    let mut state = descent.start();
    assert!(solve(&descent, &mut state, Stop::relative(1e-12).unwrap()).converged());
    assert!(state.gains.iter().all(|gain| (gain - 1.0).abs() < 1e-13));
    let a = DMatrix::from_fn(40, 12, |k, j| problem.rows.column(k)[j]);
    let y = DVector::from_column_slice(&problem.y);
    let least = a.svd(true, true).solve(&y, 1e-12).unwrap();
    // The condition number of A squared, about 30, times the tolerance.
    assert!(error(&state.x, least.as_slice()) < 1e-10);
}

#[test]
fn bounded_gains_are_projected_to_the_nearest_point() {
    // ρ below the truth: gains end at the bounds, and f is stationary between them.
    let problem = draw(8, SHAPE, SHAPE.n, 0.8, f64::INFINITY);
    let descent = ProjectedGradient::new(problem.snapshots(), Steps::Alternating).unwrap();
    let descent = descent.within(0.3).unwrap();
    let mut state = descent.start();
    let report = solve(&descent, &mut state, Stop::relative(1e-11).unwrap());
    assert!(report.converged(), "{report:?}");
    let sum: f64 = state.gains.iter().sum();
    assert!((sum - 10.0).abs() < 1e-12, "{sum}");
    let off = |gain: &f64| (gain - 1.0).abs();
    assert!(state.gains.iter().all(|gain| off(gain) <= 0.3 + 1e-15));
    let at_bound = state.gains.iter().filter(|gain| off(gain) > 0.3 - 1e-12).count();
    assert!(at_bound > 2 && at_bound < 10, "{:?}", state.gains);
    // Karush–Kuhn–Tucker: one multiplier for the sum; beyond it slopes point out of the bounds.
    let h = 1e-6;
    let slope = |i: usize| {
        let at = |by: f64| {
            let mut gains = state.gains.to_vec();
            gains[i] += by;
            problem.objective(&state.x, &gains)
        };
        (at(h) - at(-h)) / (2.0 * h)
    };
    let slopes: Vec<f64> = (0..10).map(slope).collect();
    let inside: Vec<usize> = (0..10).filter(|i| off(&state.gains[*i]) < 0.3 - 1e-9).collect();
    let level = inside.iter().map(|i| slopes[*i]).sum::<f64>() / inside.len() as f64;
    for (i, slope) in slopes.iter().enumerate() {
        let relative = slope - level;
        if inside.contains(&i) {
            assert!(relative.abs() < 1e-8, "{i}: {relative}");
        } else {
            assert!(relative * (state.gains[i] - 1.0) < 1e-8, "{i}: {relative}");
        }
    }
    // With room for the truth the bound changes nothing in the end.
    let free = ProjectedGradient::new(problem.snapshots(), Steps::Joint).unwrap();
    let descent = free.within(0.85).unwrap();
    let mut state = descent.start();
    assert!(solve(&descent, &mut state, Stop::relative(1e-10).unwrap()).converged());
    assert!(problem.error(&state.x, &state.gains) < 1e-6);
}

#[test]
fn long_fixed_steps_never_pass_for_an_answer() {
    let problem = draw(1, Shape { n: 64, m: 64, p: 4 }, 64, 0.5, f64::INFINITY);
    // μ and μ m / ‖x‖²: the published limits of stability lie well below 1.
    let steps = Steps::Fixed { signal: 1.5, gains: 1.5 * 64.0 };
    let descent = ProjectedGradient::new(problem.snapshots(), steps).unwrap();
    let mut state = descent.start();
    let report = solve(&descent, &mut state, Stop::relative(1e-8).unwrap());
    assert!(!report.converged() && report.status.is_final(), "{report:?}");
    assert!(state.x.iter().chain(state.gains.iter()).all(|v| v.is_finite()));
    assert!(problem.error(&state.x, &state.gains) > 0.1);
}

#[test]
fn every_form_of_the_rows_gives_the_same_bits() {
    // By snapshot and by sensor, on heap and in place, in f32.
    const N: usize = 5;
    let rows = SMatrix::<f32, N, 12>::from_fn(|j, k| ((k * k + 5 * j * k + 3 * j) as f32).sin());
    let y = SVector::<f32, 12>::from_fn(|k, _| (k as f32 * 0.7).cos());
    let room = SVector::<f32, 3>::zeros();
    let place = |k: usize| (k % 4) * 3 + k / 4;
    let turned = SMatrix::<f32, N, 12>::from_fn(|j, k| rows[(j, place(k))]);
    let turned_y = SVector::<f32, 12>::from_fn(|k, _| y[place(k)]);
    let first = Snapshots::new(&rows, &y, room, Order::BySnapshot).unwrap();
    let second = Snapshots::new(&turned, &turned_y, room, Order::BySensor).unwrap();
    let heap = DenseMatrix::from_columns(N, rows.as_slice().to_vec()).unwrap();
    let heap_y = Vector::from(y.as_slice().to_vec());
    let third = Snapshots::new(&heap, &heap_y, Vector::filled(3, 0.0), Order::BySnapshot).unwrap();
    let one = ProjectedGradient::new(first, Steps::Joint).unwrap();
    let two = ProjectedGradient::new(second, Steps::Joint).unwrap();
    let three = ProjectedGradient::new(third, Steps::Joint).unwrap();
    let (mut a, mut b, mut c) = (one.start(), two.start(), three.start());
    for _ in 0..60 {
        one.step(&mut a);
        two.step(&mut b);
        three.step(&mut c);
        assert_eq!((a.x.as_slice(), a.gains.as_slice()), (&c.x[..], &c.gains[..]));
        // Sums over rows run in another order.
        assert!((a.gains - b.gains).amax() < 1e-4 && (a.x - b.x).amax() < 1e-4);
    }
}

#[test]
fn rows_from_a_seed_are_calibrated_without_being_stored() {
    const MP: usize = 16 * 6;
    let seeded = Signs::<f64, MP, 16>::new(11);
    let mut random = Pcg32::new(1, 2);
    let x = SVector::<f64, 16>::from_fn(|_, _| normal(&mut random));
    let truth = gains(&mut random, 16, 0.5);
    let mut y = SVector::<f64, MP>::zeros();
    solvekit::LinearOperator::apply(&seeded, &x, &mut y);
    y.iter_mut().enumerate().for_each(|(k, y)| *y *= truth[k % 16]);
    let rows = Transposed(&seeded);
    let room = SVector::<f64, 16>::zeros();
    let snapshots = Snapshots::new(&rows, &y, room, Order::BySnapshot).unwrap();
    let descent = ProjectedGradient::new(snapshots, Steps::Joint).unwrap();
    let mut state = descent.start();
    let report = solve(&descent, &mut state, Stop::relative(1e-9).unwrap());
    assert_eq!(report.status, Status::Converged);
    assert!(error(state.x.as_slice(), x.as_slice()) < 1e-6);
    assert!(error(state.gains.as_slice(), &truth) < 1e-6);
}
