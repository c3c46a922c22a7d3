//! Which rung, and how sure of it.

use crate::sensor::{Sensor, normal};
use rand_pcg::Pcg32;
use solvekit::calibration::norm::{NormCalibration, NormError, NormOptions, Rung, Samples};

fn calibrated(readings: &[[f64; 3]], norm: Option<f64>) -> NormCalibration<f64> {
    let samples = Samples::new(readings).expect("good readings");
    NormCalibration::of(&samples, &NormOptions::new(norm)).expect("a calibration")
}

#[test]
fn directions_all_over_the_sphere_tell_everything() {
    let sensor = Sensor { noise: 0.02, ..Sensor::usual() };
    let found = calibrated(&sensor.readings(100, 1), Some(sensor.norm));
    assert_eq!((found.rung, found.coverage.octants()), (Rung::Full, 8));
    assert!(found.spread < 0.05 * found.spread_before);
    // The evenest directions make it 2.4; a hundred random ones are not far from that.
    assert!((2.4..4.0).contains(&found.amplification), "{}", found.amplification);
    assert_eq!(found.suspicious_units, None);
}

#[test]
fn six_poses_tell_no_cross_terms() {
    let sensor =
        Sensor { matrix: [1.05, 0.97, 1.01, 0.0, 0.0, 0.0], noise: 0.01, ..Sensor::usual() };
    let mut random = Pcg32::new(3, 0);
    let poses =
        [[1., 0., 0.], [-1., 0., 0.], [0., 1., 0.], [0., -1., 0.], [0., 0., 1.], [0., 0., -1.]];
    let readings: Vec<[f64; 3]> =
        poses.iter().cycle().take(30).map(|pose| sensor.reading(*pose, &mut random)).collect();
    let found = calibrated(&readings, Some(sensor.norm));
    assert_eq!(found.rung, Rung::Scale);
    assert_eq!(found.model.matrix[3..], [0.0; 3]);
    assert_eq!(found.standard_errors[6..], [0.0; 3]);
}

#[test]
fn few_samples_tell_the_offset_alone() {
    let sensor = Sensor { matrix: [1.0, 1.0, 1.0, 0.0, 0.0, 0.0], ..Sensor::usual() };
    let found = calibrated(&sensor.readings(5, 4), Some(sensor.norm));
    assert_eq!(found.rung, Rung::Offset);
    // To rounding of numbers of 10.
    assert!(found.model.offset.iter().zip(sensor.offset).all(|(a, b)| (a - b).abs() < 1e-12));
}

/// Nothing known of g: the sphere's radius takes its place, and T is relative to it.
#[test]
fn an_unknown_norm_is_the_radius() {
    let sensor = Sensor { norm: 48.0, offset: [30.0, -12.0, 5.0], ..Sensor::usual() };
    let found = calibrated(&sensor.readings(60, 5), None);
    assert_eq!(found.rung, Rung::Full);
    assert!(found.spread < 1e-12);
    let ratio = found.model.matrix[0] / sensor.matrix[0];
    for (t, truth) in found.model.matrix.iter().zip(sensor.matrix) {
        assert!((t - ratio * truth).abs() < 1e-11);
    }
    assert!((found.norm / 48.0 - ratio).abs() < 1e-11);
}

#[test]
fn other_units_are_suspicious() {
    let sensor = Sensor { noise: 0.02, ..Sensor::usual() };
    let in_g: Vec<[f64; 3]> =
        sensor.readings(60, 6).into_iter().map(|y| y.map(|y| y / 9.80665)).collect();
    let ratio = calibrated(&in_g, Some(9.80665)).suspicious_units.expect("a warning");
    assert!((ratio * 9.80665 - 1.0).abs() < 0.05, "{ratio}");
}

/// 95 % intervals hold the truth in 95 of 100 cases: 3600 draws of them, whose own deviation is
/// .4 % if they were independent, and the nine of one fit are not quite.
#[test]
fn standard_errors_are_what_errors_are() {
    let sensor = Sensor { noise: 0.05, ..Sensor::usual() };
    let truth = [sensor.offset.as_slice(), &sensor.matrix].concat();
    let (mut held, mut all) = (0, 0);
    for seed in 0..400 {
        let found = calibrated(&sensor.readings(60, 1000 + seed), Some(sensor.norm));
        assert_eq!(found.rung, Rung::Full, "seed {seed}");
        let numbers = [found.model.offset.as_slice(), &found.model.matrix].concat();
        for ((number, truth), error) in numbers.iter().zip(&truth).zip(found.standard_errors) {
            // t of 51 degrees of freedom.
            held += usize::from((number - truth).abs() < 2.008 * error);
            all += 1;
        }
    }
    let share = held as f64 / f64::from(all);
    // Two deviations.
    assert!((0.942..0.958).contains(&share), "{share}");
}

/// A sensor that was only tilted by a few degrees.
#[test]
fn a_small_cap_is_refused_and_a_half_sphere_is_not() {
    let sensor = Sensor { noise: 0.02, ..Sensor::usual() };
    let mut random = Pcg32::new(7, 0);
    let mut readings = |width: f64, height: f64| -> Vec<[f64; 3]> {
        let one = |_| {
            let [x, y, z] = [0; 3].map(|_| normal(&mut random));
            sensor.reading([width * x, width * y, height + z.abs()], &mut random)
        };
        (0..200).map(one).collect()
    };
    let cap = readings(0.1, 1.0);
    let samples = Samples::new(&cap).expect("good readings");
    let refused = NormCalibration::of(&samples, &NormOptions::new(Some(sensor.norm))).unwrap_err();
    assert!(refused.to_string().contains("not turned enough"), "{refused}");
    let found = calibrated(&readings(1.0, 0.0), Some(sensor.norm));
    // Four, and what noise carries over the edge.
    assert!(found.rung == Rung::Full && found.coverage.octants() < 8);
    assert!(found.amplification > 4.0, "{}", found.amplification);
}

/// Too few readings for their noise.
#[test]
fn what_is_not_known_well_enough_is_refused() {
    let sensor = Sensor { noise: 2.0, ..Sensor::usual() };
    let readings = sensor.readings(30, 8);
    let samples = Samples::new(&readings).expect("good readings");
    let refused = NormCalibration::of(&samples, &NormOptions::new(Some(sensor.norm))).unwrap_err();
    assert!(matches!(refused, NormError::Uncertain { error } if error > 0.01), "{refused:?}");
}
