//! One rung at a time.

use crate::oracle;
use crate::sensor::Sensor;
use solvekit::calibration::norm::{NormFit, NormModel, Rung, Samples};
use solvekit::{Iteration, Run, Status, Stop, solve};

fn far(a: &NormModel<f64>, b: &NormModel<f64>) -> f64 {
    let (left, right) = (a.offset.iter().chain(&a.matrix), b.offset.iter().chain(&b.matrix));
    left.zip(right).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

#[test]
fn it_is_the_least_squares_fit_of_every_rung() {
    let readings = Sensor { noise: 0.05, ..Sensor::usual() }.readings(80, 1);
    let samples = Samples::new(&readings).expect("good readings");
    for rung in [Rung::Offset, Rung::Scale, Rung::Full] {
        let fit = NormFit::new(&samples, Some(9.80665), rung).expect("a good fit");
        let mut state = fit.start();
        let report = solve(&fit, &mut state, Stop::relative(1e-13).expect("a tolerance"));
        assert!(matches!(report.status, Status::Converged | Status::Stalled), "{report:?}");
        let expected = oracle::fitted(&readings, 9.80665, rung);
        // Differences of 1e-6 leave the oracle's stationary point to about 1e-9.
        assert!(far(&fit.model(&state), &expected) < 1e-7, "{rung:?}: {:?}", fit.model(&state));
    }
}

#[test]
fn without_noise_it_finds_what_the_sensor_was_made_of() {
    let sensor = Sensor::usual();
    let readings = sensor.readings(40, 2);
    let samples = Samples::new(&readings).expect("good readings");
    let fit = NormFit::new(&samples, Some(sensor.norm), Rung::Full).expect("a good fit");
    let mut state = fit.start();
    let report = solve(&fit, &mut state, Stop::relative(1e-14).expect("a tolerance"));
    assert_eq!(report.status, Status::Converged);
    assert!(report.iterations <= 20, "{report:?}");
    let truth = NormModel { offset: sensor.offset, matrix: sensor.matrix };
    assert!(far(&fit.model(&state), &truth) < 1e-11);
    assert!(fit.spread(&state) < 1e-12);
}

#[test]
fn the_objective_never_rises_and_slices_change_no_bit() {
    let readings = Sensor { noise: 0.3, ..Sensor::usual() }.readings(50, 3);
    let samples = Samples::new(&readings).expect("good readings");
    let fit = NormFit::new(&samples, None, Rung::Full).expect("a good fit");
    let stop = Stop::relative(0.0).expect("a tolerance").max_iterations(15);
    let (mut whole, mut sliced) = (fit.start(), fit.start());
    let _ = solve(&fit, &mut whole, stop);
    let mut run = Run::new(stop);
    let mut before = fit.spread(&sliced);
    loop {
        let report = run.advance(&fit, &mut sliced, 1);
        // Its own rounding.
        assert!(fit.spread(&sliced) <= before * (1.0 + 1e-15));
        before = fit.spread(&sliced);
        if report.status.is_final() {
            break;
        }
    }
    assert_eq!(fit.model(&whole), fit.model(&sliced));
}

/// The gradient against differences of f, far from the solution, in all rungs.
#[test]
fn the_certificate_is_the_slope_of_the_objective() {
    let readings = Sensor { noise: 0.3, ..Sensor::usual() }.readings(30, 4);
    let samples = Samples::new(&readings).expect("good readings");
    let (radius, norm) = (samples.radius(), 9.0);
    let fit = NormFit::new(&samples, Some(norm), Rung::Full).expect("a good fit");
    let mut at = NormModel::IDENTITY;
    (at.offset, at.matrix) = ([0.5, 0.1, -0.2], [1.1, 0.9, 1.2, 0.1, -0.05, 0.07]);
    let half_square = |model: &NormModel<f64>| 0.5 * fit.spread(&fit.start_from(model)).powi(2);
    let mut largest = 0.0_f64;
    for k in 0..9 {
        // A unit of the certificate: the radius, or g over it.
        let unit = 1e-6 * if k < 3 { radius } else { norm / radius };
        let moved = |by: f64| {
            let mut model = at;
            if k < 3 {
                model.offset[k] += by
            } else {
                model.matrix[k - 3] += by
            }
            half_square(&model)
        };
        largest = largest.max(((moved(unit) - moved(-unit)) / 2e-6).abs());
    }
    let found = fit.residual(&mut fit.start_from(&at));
    // Differences of 1e-6 are good to about 1e-9.
    assert!((found - largest).abs() < 1e-8, "{found} {largest}");
}

/// What the units of the readings are changes nothing but the units of the answer.
#[test]
fn other_units_are_the_same_fit() {
    let readings = Sensor { noise: 0.1, ..Sensor::usual() }.readings(40, 5);
    let scaled: Vec<[f64; 3]> = readings.iter().map(|y| y.map(|y| 1024.0 * y)).collect();
    let found = [&readings, &scaled].map(|readings| {
        let samples = Samples::new(readings).expect("good readings");
        let fit = NormFit::new(&samples, Some(1.0), Rung::Full).expect("a good fit");
        let mut state = fit.start();
        let _ = solve(&fit, &mut state, Stop::relative(1e-12).expect("a tolerance"));
        fit.model(&state)
    });
    // A power of two: to the bit.
    assert_eq!(found[0].offset.map(|o| 1024.0 * o), found[1].offset);
    assert_eq!(found[0].matrix.map(|t| t / 1024.0), found[1].matrix);
}

#[test]
fn single_precision_is_enough() {
    let sensor = Sensor::usual();
    let readings: Vec<[f32; 3]> =
        sensor.readings(200, 6).into_iter().map(|y| y.map(|y| y as f32)).collect();
    let samples = Samples::new(&readings).expect("good readings");
    let fit = NormFit::new(&samples, Some(sensor.norm as f32), Rung::Full).expect("a good fit");
    let mut state = fit.start();
    let report = solve(&fit, &mut state, Stop::relative(1e-6).expect("a tolerance"));
    assert_eq!(report.status, Status::Converged);
    let found = fit.model(&state);
    let near = |found: &[f32], truth: &[f64], unit: f64| {
        found.iter().zip(truth).all(|(a, b)| (f64::from(*a) - b).abs() < 4e-6 * unit)
    };
    // A few roundings of readings of 10.
    assert!(near(&found.matrix, &sensor.matrix, 1.0), "{found:?}");
    assert!(near(&found.offset, &sensor.offset, 10.0), "{found:?}");
}

#[test]
fn a_model_is_the_symmetric_matrix_it_says() {
    let model = NormModel { offset: [0.5_f64, -1.0, 2.0], matrix: [2.0, 3.0, 4.0, 0.5, -0.7, 0.9] };
    let t = nalgebra::Matrix3::new(2.0_f64, 0.5, -0.7, 0.5, 3.0, 0.9, -0.7, 0.9, 4.0);
    let v = t * nalgebra::Vector3::new(1.0, 3.0, -1.0);
    // A few roundings of numbers below 30.
    assert!(model.apply([1.5, 2.0, 1.0]).iter().zip(v.iter()).all(|(a, b)| (a - b).abs() < 1e-14));
    assert!((model.determinant() - t.determinant()).abs() < 1e-13);
    assert!(model.is_sound());
    for place in 0..3 {
        let mut other = model;
        other.matrix[place] = -1.0;
        assert!(!other.is_sound(), "{place}");
    }
    let mut other = model;
    other.matrix[3..].copy_from_slice(&[2.0, 2.0, -2.0]);
    assert!(!other.is_sound(), "a saddle");
    other.matrix = model.matrix;
    other.offset[1] = f64::NAN;
    assert!(!other.is_sound());
}
