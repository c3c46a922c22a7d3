//! One signal for all sensors.

use crate::problem::{Scene, error, median, moments};
use nalgebra::{DMatrix, DVector};
use solvekit::calibration::array::{FactorFit, Origin, SensorNoise};
use solvekit::calibration::student_quantile;
use solvekit::{Status, Stop, solve};
use solvekit_host::vector::Vector;

fn covariance(frames: &[Vec<f64>]) -> DMatrix<f64> {
    let (m, p) = (frames[0].len(), frames.len());
    let mut y = DMatrix::from_fn(m, p, |i, l| frames[l][i]);
    for mut row in y.row_iter_mut() {
        let mean = row.mean();
        row.add_scalar_mut(-mean);
    }
    &y * y.transpose() / (p - 1) as f64
}

/// Maximum likelihood by expectation and maximisation, in plain numbers: loads and variances.
fn likelihood(s: &DMatrix<f64>) -> (DVector<f64>, DVector<f64>) {
    let m = s.nrows();
    let mut load = s.diagonal().map(|v| (0.5 * v).sqrt());
    let mut noise = s.diagonal() * 0.5;
    for _ in 0..100_000 {
        let sigma = &load * load.transpose() + DMatrix::from_diagonal(&noise);
        let beta = sigma.try_inverse().expect("regular") * &load;
        let second = 1.0 - beta.dot(&load) + (beta.transpose() * s * &beta)[0];
        let next = s * &beta / second;
        let moved = (&next - &load).amax();
        noise = DVector::from_fn(m, |i, _| s[(i, i)] - next[i] * (s.row(i) * &beta)[0]);
        load = next;
        if moved < 1e-15 {
            break;
        }
    }
    (load, noise)
}

fn relative(load: &DVector<f64>) -> Vec<f64> {
    let mean = load.mean();
    load.iter().map(|l| l / mean).collect()
}

fn tight() -> Stop<f64> {
    Stop::relative(1e-12).expect("a tolerance")
}

#[test]
fn it_is_the_maximum_likelihood_answer() {
    for (seed, m, snr) in [(1, 4, 10.0), (2, 5, 20.0), (3, 8, 10.0)] {
        let scene = Scene::drawn(seed, m, 200, snr, 3.0);
        let sums = moments::<f64>(&scene.frames, true);
        let fit = FactorFit::new(&sums, SensorNoise::Own).expect("good moments");
        let mut state = fit.start();
        let report = solve(&fit, &mut state, tight());
        assert_eq!(report.status, Status::Converged, "{report:?}");
        let (load, noise) = likelihood(&covariance(&scene.frames));
        // What expectation and maximisation still lack where it moves by 1e-15 a round.
        assert!(error(state.gains(), &relative(&load)) < 1e-9);
        assert!(
            error(state.variances(), noise.as_slice()) < 1e-8,
            "{:?} {noise:?}",
            state.variances()
        );
        assert!((state.spread() / load.mean() - 1.0).abs() < 1e-9);
    }
}

#[test]
fn equal_noise_is_the_principal_component_also_of_two() {
    for m in [2, 3, 6] {
        let scene = Scene::drawn(4, m, 100, 15.0, 1.0);
        let sums = moments::<f64>(&scene.frames, true);
        let fit = FactorFit::new(&sums, SensorNoise::Equal).expect("good moments");
        let mut state = fit.start();
        let report = solve(&fit, &mut state, tight());
        assert_eq!(report.status, Status::Converged, "{report:?}");
        let eigen = covariance(&scene.frames).symmetric_eigen();
        let (most, largest) = eigen.eigenvalues.argmax();
        let due = relative(&eigen.eigenvectors.column(most).into_owned());
        assert!(error(state.gains(), &due) < 1e-10);
        let noise = (eigen.eigenvalues.sum() - largest) / (m - 1) as f64;
        assert!((state.variances()[0] / noise - 1.0).abs() < 1e-10);
    }
}

#[test]
fn three_sensors_explain_their_covariances_exactly() {
    let scene = Scene::drawn(5, 3, 500, 15.0, 3.0);
    let sums = moments::<f64>(&scene.frames, true);
    let fit = FactorFit::new(&sums, SensorNoise::Own).expect("good moments");
    let mut state = fit.start();
    let report = solve(&fit, &mut state, tight());
    assert!(report.converged() && report.iterations <= 2, "{report:?}");
    let s = covariance(&scene.frames);
    let load = |i: usize| state.gains()[i] * state.spread();
    for (i, j) in [(0, 1), (0, 2), (1, 2)] {
        assert!((load(i) * load(j) / s[(i, j)] - 1.0).abs() < 1e-12);
    }
}

#[test]
fn signs_units_and_offsets_come_back() {
    let mut scene = Scene::drawn(6, 6, 400, 30.0, 3.0);
    scene.flip(&[1, 4]);
    let factor = 2.0_f64.powi(-60);
    let scaled: Vec<Vec<f64>> =
        scene.frames.iter().map(|frame| frame.iter().map(|y| y * factor).collect()).collect();
    let found = [&scene.frames, &scaled].map(|frames| {
        let sums = moments::<f64>(frames, true);
        let fit = FactorFit::new(&sums, SensorNoise::Own).expect("good moments");
        let mut state = fit.start();
        let report = solve(&fit, &mut state, tight());
        assert_eq!(report.status, Status::Converged, "{report:?}");
        let mut offsets = [Vector::filled(6, 0.0), Vector::filled(6, 0.0)];
        fit.offsets(&state, Origin::Balanced, &mut offsets[0]).expect("an origin");
        fit.offsets(&state, Origin::Sensor(2), &mut offsets[1]).expect("an origin");
        let z = fit.signal(&state, &frames[0], &offsets[1]).expect("a good frame");
        (state.gains().clone(), offsets, z)
    });
    let (gains, [balanced, referred], z) = &found[0];
    // Of mean square 1 or of mean 1: compared by direction. Noise of 3 % over 400 frames.
    let along = gains[0] / scene.gains[0];
    let due: Vec<f64> = scene.gains.iter().map(|gain| gain * along).collect();
    assert!(error(gains, &due) < 0.01, "{gains:?} {due:?}");
    let dot: f64 = balanced.iter().zip(gains.iter()).map(|(o, g)| o * g).sum();
    assert!(dot.abs() < 1e-12 && referred[2] == 0.0);
    let level = scene.offsets[2] / scene.gains[2];
    for i in 0..6 {
        let due = scene.offsets[i] - scene.gains[i] * level;
        assert!((referred[i] - due).abs() < 0.05, "{i}: {} {due}", referred[i]);
    }
    assert!((z * along - scene.signal[0] - level).abs() < 0.1, "{z}");
    // A power of two: nothing is rounded but the last step.
    assert_eq!(gains, &found[1].0);
    assert!((found[1].2 - factor * z).abs() <= 1e-15 * (factor * z).abs());
}

#[test]
fn single_precision_is_enough() {
    let scene = Scene::drawn(7, 6, 300, 20.0, 3.0);
    let (single, double) =
        (moments::<f32>(&scene.frames, true), moments::<f64>(&scene.frames, true));
    let fit = FactorFit::new(&single, SensorNoise::Own).expect("good moments");
    let mut state = fit.start();
    let report = solve(&fit, &mut state, Stop::relative(1e-5).expect("a tolerance"));
    assert_eq!(report.status, Status::Converged, "{report:?}");
    let exact = FactorFit::new(&double, SensorNoise::Own).expect("good moments");
    let mut due = exact.start();
    let _ = solve(&exact, &mut due, tight());
    let found: Vec<f64> = state.gains().iter().map(|gain| f64::from(*gain)).collect();
    // Some roundings of squares, which noise of a hundredth makes ten times larger.
    assert!(error(&found, due.gains()) < 2e-5);
}

/// Errors of the factor model, of the principal component and of a regression on the true signal.
fn rivals(seed: u64, m: usize, p: usize, spread: f64) -> [f64; 3] {
    let scene = Scene::drawn(seed, m, p, 10.0, spread);
    let sums = moments::<f64>(&scene.frames, true);
    let [own, equal] = [SensorNoise::Own, SensorNoise::Equal].map(|noise| {
        let fit = FactorFit::new(&sums, noise).expect("good moments");
        let mut state = fit.start();
        let _ = solve(&fit, &mut state, Stop::relative(1e-6).expect("a tolerance"));
        error(state.gains(), &scene.gains)
    });
    let mean = scene.signal.iter().sum::<f64>() / p as f64;
    let slope = |i: usize| {
        let centred = scene.signal.iter().map(|z| z - mean);
        let cross: f64 = centred.clone().zip(&scene.frames).map(|(z, y)| z * y[i]).sum();
        cross / centred.map(|z| z * z).sum::<f64>()
    };
    let slopes = DVector::from_fn(m, |i, _| slope(i));
    [own, equal, error(&relative(&slopes), &scene.gains)]
}

fn table(m: usize, p: usize, spread: f64, trials: u64) -> [f64; 3] {
    let all: Vec<[f64; 3]> = (0..trials).map(|seed| rivals(seed, m, p, spread)).collect();
    [0, 1, 2].map(|k| median(all.iter().map(|one| one[k]).collect()))
}

#[test]
fn it_is_as_good_as_knowing_the_signal() {
    for (m, p) in [(4, 100), (8, 1000)] {
        let [own, equal, oracle] = table(m, p, 10.0, 60);
        println!("m {m} p {p}: factor {own:.4}, principal {equal:.4}, oracle {oracle:.4}");
        // Medians of 60 draws of about the same error: to a tenth.
        assert!(own < 1.15 * oracle && equal > 1.3 * own, "{own} {equal} {oracle}");
    }
}

#[test]
#[ignore = "prints a table"]
fn the_table_of_rivals() {
    for (m, p) in [(3, 100), (3, 1000), (4, 100), (4, 1000), (8, 100), (8, 1000), (16, 1000)] {
        for spread in [10.0, 1.0] {
            let [own, equal, oracle] = table(m, p, spread, 400);
            println!(
                "m {m} p {p} spread {spread}: principal {equal:.4}, factor {own:.4}, oracle {oracle:.4}"
            );
        }
    }
}

/// Shares of 95 % intervals that hold gains, balanced offsets and referred ones.
fn coverage(m: usize, p: usize, snr: f64, trials: u64) -> [f64; 3] {
    let mut held = [0_u32; 3];
    let quantile = student_quantile::<f64>(p - 2);
    for seed in 0..trials {
        let scene = Scene::drawn(5000 + seed, m, p, snr, 3.0);
        let sums = moments::<f64>(&scene.frames, true);
        let fit = FactorFit::new(&sums, SensorNoise::Own).expect("good moments");
        let mut state = fit.start();
        let _ = solve(&fit, &mut state, Stop::relative(1e-6).expect("a tolerance"));
        let (mut found, mut errors) = (Vector::filled(m, 0.0), Vector::filled(m, 0.0));
        let mut count = |slot: usize, found: &[f64], due: &[f64], errors: &[f64]| {
            let pairs = found.iter().zip(due).zip(errors);
            let within = pairs.filter(|((a, b), e)| (*a - *b).abs() <= quantile * **e);
            held[slot] += within.count() as u32;
        };
        assert!(fit.errors(&mut state, &mut errors));
        count(0, state.gains(), &scene.gains, &errors);
        let square: f64 = scene.gains.iter().map(|g| g * g).sum();
        let dot: f64 = scene.gains.iter().zip(&scene.offsets).map(|(g, o)| g * o).sum();
        for (slot, origin, level) in [
            (1, Origin::Balanced, dot / square),
            (2, Origin::Sensor(0), scene.offsets[0] / scene.gains[0]),
        ] {
            fit.offsets(&state, origin, &mut found).expect("an origin");
            assert!(fit.offset_errors(&mut state, origin, &mut errors).expect("an origin"));
            let due: Vec<f64> =
                scene.gains.iter().zip(&scene.offsets).map(|(g, o)| o - g * level).collect();
            let first = usize::from(slot == 2);
            count(slot, &found[first..], &due[first..], &errors[first..]);
        }
    }
    let share = |held: u32, m: usize| f64::from(held) / (trials as usize * m) as f64;
    [share(held[0], m), share(held[1], m), share(held[2], m - 1)]
}

#[test]
fn standard_errors_are_what_errors_are() {
    for (m, p) in [(4, 100), (6, 300)] {
        let found = coverage(m, p, 10.0, 300);
        println!("m {m} p {p}: gains and offsets {found:.3?}");
        // 1200 intervals or more, a few of a draw each.
        assert!(found.iter().all(|share| (0.925..0.975).contains(share)), "{found:?}");
    }
}

#[test]
#[ignore = "prints a table"]
fn the_coverage_table() {
    for (m, p) in [(3, 100), (3, 1000), (4, 20), (4, 100), (8, 20), (8, 100), (8, 1000)] {
        for snr in [40.0, 20.0, 10.0] {
            println!("m {m} p {p} {snr} dB: {:.3?}", coverage(m, p, snr, 500));
        }
    }
}

#[test]
fn what_has_nothing_in_common_is_a_breakdown() {
    // Each of three falls where another rises: no loads have three negative products.
    let shapes = [[1.0, -0.5, -0.5], [-0.5, 1.0, -0.5], [-0.5, -0.5, 1.0]];
    let frames: Vec<Vec<f64>> =
        (0..12).map(|l| shapes[l % 3].map(|y| if l % 2 == 0 { y } else { -y }).to_vec()).collect();
    let sums = moments::<f64>(&frames, true);
    let fit = FactorFit::new(&sums, SensorNoise::Own).expect("good moments");
    let mut state = fit.start();
    let report = solve(&fit, &mut state, tight());
    assert_eq!(report.status, Status::Breakdown, "{report:?}");
    assert!(state.gains().iter().all(|gain| *gain == 1.0));
}
