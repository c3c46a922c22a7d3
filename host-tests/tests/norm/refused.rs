//! What is no calibration.

use crate::sensor::Sensor;
use solvekit::calibration::norm::{
    NormCalibration, NormError, NormFit, NormOptions, Rung, Samples,
};

#[test]
fn bad_readings_are_named() {
    let mut readings = Sensor::usual().readings(20, 1);
    readings[7][2] = f64::NAN;
    let refused = Samples::new(&readings).unwrap_err();
    assert_eq!(refused, NormError::NonFinite { sample: 7, axis: 2 });
    assert_eq!(refused.to_string(), "axis 2 of sample 7 is not a finite number");
    let refused = Samples::new(&readings[..3]).unwrap_err();
    assert_eq!(refused, NormError::TooFew { needed: 4, given: 3 });
    for same in [0.0, 3.5, 1e300, 1e-300] {
        // One point; and points whose squares are none.
        let mut all = [[same; 3]; 6];
        if same != 0.0 && same != 3.5 {
            all[0] = [-same, 0.0, 0.0];
        }
        assert_eq!(Samples::new(&all).unwrap_err(), NormError::Size, "{same}");
    }
}

#[test]
fn readings_in_a_plane_are_refused_with_their_coverage() {
    // A magnetometer that was turned on a table.
    let plane: Vec<[f64; 3]> = (0..50)
        .map(|k| f64::from(k) * 0.3)
        .map(|angle| [20.0 * angle.cos() + 3.0, 20.0 * angle.sin() - 5.0, -40.0])
        .collect();
    let refused = match Samples::new(&plane) {
        Err(refused) => refused,
        Ok(samples) => NormCalibration::of(&samples, &NormOptions::new(None)).unwrap_err(),
    };
    assert!(matches!(refused, NormError::Coverage(_)), "{refused:?}");
}

#[test]
fn a_norm_is_a_positive_number() {
    let readings = Sensor::usual().readings(20, 2);
    let samples = Samples::new(&readings).expect("good readings");
    for norm in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let refused = NormFit::new(&samples, Some(norm), Rung::Full).unwrap_err();
        assert_eq!(refused, NormError::Norm);
    }
    let few = Samples::new(&readings[..9]).expect("good readings");
    let refused = NormFit::new(&few, Some(9.8), Rung::Full).unwrap_err();
    assert_eq!(refused, NormError::TooFew { needed: 10, given: 9 });
}

/// Readings of something that is not constant at all end in a refusal or a large spread, never in a
/// panic or a number that is none.
#[test]
fn noise_is_no_sphere() {
    for seed in 0..50 {
        let sensor = Sensor { noise: 30.0, ..Sensor::usual() };
        let readings = sensor.readings(25, seed);
        let Ok(samples) = Samples::new(&readings) else { continue };
        if let Ok(found) = NormCalibration::of(&samples, &NormOptions::new(Some(9.8))) {
            assert!(found.spread > 0.1 && found.model.is_sound(), "{found:?}");
            assert!(found.standard_errors.iter().all(|error| error.is_finite()));
        }
    }
}
