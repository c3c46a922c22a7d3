//! What is no calibration.

use crate::device::{Device, GRAVITY, RATE};
use solvekit::calibration::ferraris::{
    Axis, FerrarisCalibration, FerrarisError, FerrarisOptions, Part, Session,
};

fn options() -> FerrarisOptions<f64> {
    FerrarisOptions::new(GRAVITY, RATE)
}

/// The usual session, with parts exchanged as `rename` says.
fn renamed(rename: impl Fn(Part) -> Option<Part>) -> Session<f64> {
    let all = Device::usual().session(360.0, 1);
    let mut session = Session::new();
    for part in Part::ALL {
        let Some(name) = rename(part) else { continue };
        let mean = all.mean(part);
        for _ in 0..mean.count() {
            session.add(name, mean.acceleration(), mean.rate()).expect("finite");
        }
    }
    session
}

#[test]
fn a_missing_part_is_named() {
    for absent in Part::ALL {
        let session = renamed(|part| (part != absent).then_some(part));
        let refused = FerrarisCalibration::of(&session, &options()).unwrap_err();
        assert_eq!(refused, FerrarisError::Missing(absent));
    }
    let nothing = FerrarisCalibration::of(&Session::new(), &options()).unwrap_err();
    assert_eq!(nothing.to_string(), "there are no readings of part x_p");
}

#[test]
fn a_reading_that_is_no_number_is_named_and_leaves_the_session() {
    let mut session = Device::usual().session(360.0, 1);
    let before = session;
    let part = Part::Down(Axis::Y);
    let refused = session.add(part, [1.0, 2.0, 3.0], [0.0, f64::NAN, 0.0]).unwrap_err();
    assert_eq!(refused, FerrarisError::NonFinite { part, sample: 200, channel: 4 });
    assert_eq!(refused.to_string(), "rate 1 of reading 200 of part y_a is not a finite number");
    assert_eq!(session, before);
}

#[test]
fn gravity_rate_and_angle_are_numbers() {
    let session = Device::usual().session(360.0, 1);
    let refused = |options| FerrarisCalibration::of(&session, &options).unwrap_err();
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(refused(FerrarisOptions { gravity: bad, ..options() }), FerrarisError::Gravity);
        assert_eq!(refused(FerrarisOptions { rate: bad, ..options() }), FerrarisError::Rate);
    }
    for bad in [0.0, f64::NAN, f64::NEG_INFINITY] {
        assert_eq!(refused(FerrarisOptions { angle: bad, ..options() }), FerrarisError::Angle);
    }
}

#[test]
fn poses_that_changed_names_are_found() {
    // x for y: the middles of what is then called x are those of y.
    let swapped = |part| match part {
        Part::Up(Axis::X) => Some(Part::Up(Axis::Y)),
        Part::Up(Axis::Y) => Some(Part::Up(Axis::X)),
        other => Some(other),
    };
    let refused = FerrarisCalibration::of(&renamed(swapped), &options()).unwrap_err();
    assert!(matches!(refused, FerrarisError::Poses { .. } | FerrarisError::Disagree { .. }));

    // Up for down: a mirrored frame.
    let turned = |part| match part {
        Part::Up(Axis::Z) => Some(Part::Down(Axis::Z)),
        Part::Down(Axis::Z) => Some(Part::Up(Axis::Z)),
        other => Some(other),
    };
    let found = FerrarisCalibration::of(&renamed(turned), &options()).expect("six poses");
    assert!(found.mirrored);

    // Three times the same pair of poses.
    let all = renamed(Some);
    let mut same = Session::new();
    for part in Part::ALL.into_iter().filter(|part| part.is_rest()) {
        let up = matches!(part, Part::Up(_));
        let pose = if up { Part::Up(Axis::X) } else { Part::Down(Axis::X) };
        same.add(part, all.mean(pose).acceleration(), [0.0; 3]).expect("finite");
    }
    let refused = FerrarisCalibration::of(&same, &options()).unwrap_err();
    assert!(matches!(refused, FerrarisError::Poses { .. }), "{refused:?}");
}

#[test]
fn a_device_that_moved_is_told() {
    let mut session = Device::usual().session(360.0, 1);
    let part = Part::Up(Axis::Y);
    let [x, y, z] = session.mean(part).acceleration();
    for k in 0..200 {
        let shake = if k % 2 == 0 { 300.0 } else { -300.0 };
        session.add(part, [x + shake, y, z], [0.0; 3]).expect("finite");
    }
    let refused = FerrarisCalibration::of(&session, &options()).unwrap_err();
    // Half of the readings 300 off, of 208 · 9.81 for gravity.
    let FerrarisError::Moved { part: named, deviation } = refused else { panic!("{refused:?}") };
    assert_eq!(named, part);
    assert!((deviation - 300.0 / 2.0_f64.sqrt() / (208.0 * GRAVITY)).abs() < 1e-3, "{deviation}");
}

#[test]
fn a_device_that_was_not_turned_is_told() {
    let rest = renamed(|part| part.is_rest().then_some(part));
    let mut session = rest;
    for axis in Axis::ALL {
        let mean = rest.mean(Part::Up(axis));
        session.add(Part::Turn(axis), mean.acceleration(), mean.rate()).expect("finite");
    }
    let refused = FerrarisCalibration::of(&session, &options()).unwrap_err();
    assert!(matches!(refused, FerrarisError::Turns { .. }), "{refused:?}");
}

/// Huge and tiny readings end in a calibration or a refusal, never in a number that is none.
#[test]
fn no_number_is_called_a_calibration_that_is_none() {
    for size in [1e-300, 1e-160, 1e-20, 1e20, 1e150, 1e300] {
        let all = renamed(Some);
        let mut session = Session::new();
        for part in Part::ALL {
            let mean = all.mean(part);
            let scaled = |y: [f64; 3]| y.map(|y| y * size);
            session.add(part, scaled(mean.acceleration()), scaled(mean.rate())).expect("finite");
        }
        if let Ok(found) = FerrarisCalibration::of(&session, &options()) {
            let acc = found.accelerometer;
            let all = acc.scale.iter().chain(acc.inverse.iter().flatten());
            assert!(all.into_iter().all(|number| number.is_finite()), "{size}: {acc:?}");
        }
    }
}
