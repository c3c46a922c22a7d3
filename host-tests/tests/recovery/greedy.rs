//! Hard thresholding and the pursuits: true places found, monotone residuals, truthful ends.

use crate::problem::{Problem, draw, squares};
use solvekit::direct::packed;
use solvekit::recovery::{Htp, Iht, Largest, Omp, RecoveryError, Refit, Sensing, StepSize};
use solvekit::{Iteration, Status, Stop, solve};
use solvekit_host::{matrix::DenseMatrix, vector::Vector};

type Dense = DenseMatrix<f64>;
type Room = Largest<Vec<usize>, Vector<f64>>;
type RefitRoom = Refit<f64, Vector<f64>, Vector<f64>>;

fn sensing(problem: &Problem) -> Sensing<'_, f64, Dense> {
    Sensing::new(&problem.dictionary, &problem.measurements).expect("valid")
}

fn room(k: usize) -> Room {
    Largest::new(vec![0; k], Vector::filled(k, 0.0))
}

fn refit(k: usize) -> RefitRoom {
    Refit::new(Vector::filled(k, 0.0), Vector::filled(packed(k), 0.0))
}

fn error(problem: &Problem, x: &[f64]) -> f64 {
    let off: f64 = x.iter().zip(problem.truth.iter()).map(|(x, t)| (x - t).powi(2)).sum();
    (off / squares(&problem.truth)).sqrt()
}

#[test]
fn few_non_zeros_are_found_without_noise() {
    let mut found = [0; 3];
    for seed in 0..20 {
        let problem = draw(seed, (60, 120), 6, 0.0);
        let sensing = sensing(&problem);
        let stop = Stop::relative(1e-9).unwrap().max_iterations(2000);
        let niht = Iht::normalised(sensing, room(6)).unwrap();
        let mut state = niht.start();
        let report = solve(&niht, &mut state, stop);
        found[0] += u32::from(report.converged() && error(&problem, &state.x) < 1e-6);
        let htp = Htp::new(sensing, room(6), refit(6)).unwrap();
        let mut state = htp.start();
        let report = solve(&htp, &mut state, stop);
        assert!(report.iterations <= 12, "{report:?}");
        found[1] += u32::from(report.converged() && error(&problem, &state.x) < 1e-6);
        let omp = Omp::new(sensing, vec![0; 6], refit(6)).unwrap();
        let mut state = omp.start();
        let report = solve(&omp, &mut state, stop);
        found[2] += u32::from(report.converged() && error(&problem, &state.x) < 1e-6);
    }
    // Six of 120 from 60: well inside what each can do, though not on every draw.
    assert!(found.iter().all(|found| *found >= 18), "{found:?}");
}

#[test]
fn no_step_lengthens_the_residual() {
    for seed in 0..5 {
        let problem = draw(seed, (30, 80), 8, 0.1);
        let good = StepSize::automatic(&problem.dictionary).unwrap().initial();
        for factor in [1.0, 30.0] {
            let step = StepSize::Guarded(factor * good);
            let iht = Iht::new(sensing(&problem), room(8), step).unwrap();
            let niht = Iht::normalised(sensing(&problem), room(8)).unwrap();
            for iht in [iht, niht] {
                let mut state = iht.start();
                let mut before = squares(&problem.measurements).sqrt();
                for _ in 0..100 {
                    iht.step(&mut state);
                    let kept = state.x.iter().filter(|x| **x != 0.0).count();
                    assert!(kept <= 8, "{kept}");
                    let mut r = problem.measurements.clone();
                    for (j, x) in state.x.iter().enumerate() {
                        let column = problem.dictionary.column(j);
                        r.iter_mut().zip(column).for_each(|(r, a)| *r -= a * x);
                    }
                    assert!(
                        squares(&r).sqrt() <= before * (1.0 + 1e-13),
                        "{} {before}",
                        squares(&r).sqrt()
                    );
                    before = squares(&r).sqrt();
                }
            }
        }
    }
}

#[test]
fn a_pursuit_keeps_the_residual_at_right_angles_and_says_when_it_is_full() {
    let problem = draw(3, (20, 50), 10, 0.1);
    let omp = Omp::new(sensing(&problem), vec![0; 4], refit(4)).unwrap();
    let mut state = omp.start();
    let report = solve(&omp, &mut state, Stop::relative(1e-6).unwrap());
    assert_eq!((report.status, report.iterations), (Status::Breakdown, 5));
    assert_eq!(state.places().len(), 4);
    // The answer by nalgebra's QR on the same places.
    let columns: Vec<_> = state.places().iter().map(|j| problem.dictionary.column(*j)).collect();
    let a = nalgebra::DMatrix::from_fn(20, 4, |i, k| columns[k][i]);
    let y = nalgebra::DVector::from_column_slice(&problem.measurements);
    let qr = a.clone().qr();
    let least = qr.r().solve_upper_triangular(&(qr.q().transpose() * &y)).unwrap();
    for (place, value) in state.places().iter().zip(least.iter()) {
        assert!((state.x[*place] - value).abs() < 1e-12);
    }
    assert!((report.residual - (&y - a * least).norm()).abs() < 1e-12);
    assert_eq!(state.x.iter().filter(|x| **x != 0.0).count(), 4);
}

#[test]
fn each_place_is_the_column_most_like_what_is_left() {
    let problem = draw(7, (20, 30), 5, 0.05);
    let omp = Omp::new(sensing(&problem), vec![0; 5], refit(5)).unwrap();
    let mut state = omp.start();
    for k in 0..5 {
        let mut r = problem.measurements.clone();
        for (j, x) in state.x.iter().enumerate() {
            r.iter_mut().zip(problem.dictionary.column(j)).for_each(|(r, a)| *r -= a * x);
        }
        let alike = |j: usize| {
            let column = problem.dictionary.column(j);
            let along: f64 = column.iter().zip(r.iter()).map(|(a, r)| a * r).sum();
            along.abs() / column.iter().map(|a| a * a).sum::<f64>().sqrt()
        };
        let best = (0..30).max_by(|i, j| alike(*i).total_cmp(&alike(*j)));
        omp.step(&mut state);
        assert_eq!(state.places()[k], best.unwrap());
    }
}

#[test]
fn columns_that_say_the_same_are_made_regular_and_said_so() {
    // Two equal columns, and K = 2: only one of them is of use.
    let a = DenseMatrix::from_columns(2, vec![1.0, 1.0, 1.0, 1.0, 0.0, 0.0]).unwrap();
    let y = Vector::from(vec![2.0, 2.0]);
    let sensing = Sensing::new(&a, &y).unwrap();
    let htp = Htp::new(sensing, room(2), refit(2)).unwrap();
    let mut state = htp.start();
    let report = solve(&htp, &mut state, Stop::relative(1e-6).unwrap());
    assert!(report.converged(), "{report:?}");
    assert!(state.added() > 0.0);
    assert!((state.x[0] + state.x[1] - 2.0).abs() < 1e-6);
    // One step explains y; a column of zeros is never taken.
    let omp = Omp::new(sensing, vec![0; 2], refit(2)).unwrap();
    let mut state = omp.start();
    let report = solve(&omp, &mut state, Stop::relative(1e-12).unwrap());
    assert_eq!((report.status, report.iterations), (Status::Converged, 1));
    assert_eq!(state.places(), [0]);
}

#[test]
fn measurements_of_zero_and_sparsities_out_of_range() {
    let mut problem = draw(3, (20, 50), 10, 0.1);
    problem.measurements = Vector::filled(20, 0.0);
    let (sensing, stop) = (sensing(&problem), Stop::relative(1e-6).unwrap());
    let niht = Iht::normalised(sensing, room(4)).unwrap();
    let report = solve(&niht, &mut niht.start(), stop);
    assert_eq!((report.status, report.iterations), (Status::Converged, 0));
    let htp = Htp::new(sensing, room(4), refit(4)).unwrap();
    let report = solve(&htp, &mut htp.start(), stop);
    assert_eq!((report.status, report.iterations), (Status::Converged, 0));
    let omp = Omp::new(sensing, vec![0; 4], refit(4)).unwrap();
    let report = solve(&omp, &mut omp.start(), stop);
    assert_eq!((report.status, report.iterations), (Status::Converged, 0));

    let sparsity = |asked, most| Some(RecoveryError::Sparsity { asked, most });
    let step = StepSize::automatic(&problem.dictionary).unwrap();
    assert_eq!(Iht::new(sensing, room(0), step).err(), sparsity(0, 50));
    assert_eq!(Iht::normalised(sensing, room(51)).err(), sparsity(51, 50));
    // More than M places have no one answer.
    assert_eq!(Htp::new(sensing, room(21), refit(21)).err(), sparsity(21, 20));
    assert_eq!(Omp::new(sensing, vec![0; 21], refit(21)).err(), sparsity(21, 20));
    assert_eq!(Omp::new(sensing, vec![], refit(0)).err(), sparsity(0, 20));
    let length = Some(RecoveryError::Length { expected: 4, found: 3 });
    assert_eq!(Htp::new(sensing, room(4), refit(3)).err(), length);
}

#[test]
fn the_largest_are_kept_and_the_first_of_equals() {
    let keep = |k: usize, v: &[f64]| {
        let mut v = v.to_vec();
        room(k).keep(&mut v);
        v
    };
    assert_eq!(keep(2, &[1.0, -1.0, 1.0, 0.5]), [1.0, -1.0, 0.0, 0.0]);
    assert_eq!(keep(3, &[0.0, 2.0, 0.0]), [0.0, 2.0, 0.0]);
    assert_eq!(keep(1, &[]), Vec::<f64>::new());
    assert!(keep(1, &[3.0, f64::NAN, 9.0])[1].is_nan());
    // Against sorting.
    let mut random = rand_pcg::Pcg32::new(5, 5);
    for k in 1..12 {
        let v: Vec<f64> = (0..40).map(|_| crate::problem::normal(&mut random)).collect();
        let mut sizes: Vec<f64> = v.iter().map(|v| v.abs()).collect();
        sizes.sort_by(f64::total_cmp);
        let least = sizes[40 - k];
        let kept: Vec<f64> = v.iter().map(|v| if v.abs() < least { 0.0 } else { *v }).collect();
        assert_eq!(keep(k, &v), kept);
    }
}
