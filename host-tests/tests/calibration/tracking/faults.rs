//! Missing measurements, silence, rubbish: nothing of it harms, and all of it is named.

use super::walk::{Walk, advance, off, room, zeros};
use crate::problem::Shape;
use solvekit::calibration::CalibrationError;
use solvekit::calibration::tracking::{
    Forgetting, FrameStatus, GainTracker, Relock, SeenSensor, Skipped,
};
use solvekit_host::vector::Vector;

const SHAPE: Shape = Shape { n: 6, m: 8, p: 4 };

#[test]
fn missing_sensors_keep_their_gains_and_lose_certainty() {
    let mut walk = Walk::new(1, SHAPE, 0.0, 40.0);
    let tracker = GainTracker::new(Forgetting::Fixed { gain: 0.1 }).unwrap();
    let (mut track, mut room) = (tracker.start(zeros(8)), room(SHAPE));
    let (mut before, mut known) = (0.0, 0.0);
    for t in 0..60 {
        let mut problem = walk.next();
        let lost = (30..50).contains(&t);
        if lost {
            // All of sensor 2, half of sensor 5.
            for k in [2, 10, 18, 26, 5, 13] {
                problem.y[k] = f64::NAN;
            }
        }
        let report = advance(&tracker, &mut track, &problem, &mut room);
        assert_eq!(report.missing, usize::from(lost), "{t}: {report:?}");
        assert_eq!(room.seen(2) == SeenSensor::Missing, lost);
        assert_eq!(room.seen(5), SeenSensor::Sound);
        match t {
            29 => (before, known) = (track.gains()[2] / track.gains()[3], track.error(2)),
            49 => {
                // λ²⁰ of the information is left.
                let ratio = track.error(2) / known;
                assert!((ratio / 0.9_f64.powi(-10) - 1.0).abs() < 0.2, "{ratio}");
                assert!((track.gains()[2] / track.gains()[3] / before - 1.0).abs() < 0.01);
                assert!(track.error(5) < 2.0 * track.error(4));
            }
            _ => {}
        }
        assert!(t < 20 || off(&track, &problem.gains) < 0.005, "{t}");
    }
}

#[test]
fn frames_that_tell_nothing_are_skipped_and_say_why() {
    let mut walk = Walk::new(2, SHAPE, 0.0, 40.0);
    let tracker = GainTracker::steered();
    let (mut track, mut room) = (tracker.start(zeros(8)), room(SHAPE));
    let skipped = |track: &mut _, room: &mut _, change: &dyn Fn(&mut crate::problem::Problem)| {
        let mut problem = Walk::new(9, SHAPE, 0.0, 40.0).next();
        change(&mut problem);
        advance(&tracker, track, &problem, room).status
    };
    for locked in [false, true] {
        let fill = |value: f64| {
            move |problem: &mut crate::problem::Problem| {
                problem.y.iter_mut().for_each(|y| *y = value)
            }
        };
        let gains = track.gains().clone();
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let status = skipped(&mut track, &mut room, &fill(bad));
            assert_eq!(status, FrameStatus::Skipped(Skipped::TooFew));
        }
        let status = skipped(&mut track, &mut room, &fill(0.0));
        assert_eq!(status, FrameStatus::Skipped(Skipped::Silent));
        let status = skipped(&mut track, &mut room, &|problem| {
            // Sensors enough for six numbers, but not for a seventh.
            problem.y.iter_mut().enumerate().for_each(|(k, y)| {
                if k >= 6 {
                    *y = f64::NAN;
                }
            });
        });
        assert_eq!(status, FrameStatus::Skipped(Skipped::TooFew));
        let status = skipped(&mut track, &mut room, &|problem| {
            let first = problem.rows.column(0).to_vec();
            let rows = solvekit_host::matrix::DenseMatrix::from_columns(6, first.repeat(32));
            problem.rows = rows.expect("whole rows");
        });
        assert_eq!(status, FrameStatus::Skipped(Skipped::Singular), "{locked}");
        let status = skipped(&mut track, &mut room, &|problem| {
            problem.y.iter_mut().for_each(|y| *y *= 1e200);
        });
        if locked {
            assert_eq!(status, FrameStatus::Skipped(Skipped::Implausible));
        } else {
            // Of a first frame any size will do.
            assert_eq!(status, FrameStatus::Locked(Relock::First));
            track = tracker.start(zeros(8));
        }
        assert_eq!(track.gains().to_vec(), if locked { gains.to_vec() } else { vec![1.0; 8] });
        assert_eq!(track.is_locked(), locked);
        for _ in 0..20 {
            let report = advance(&tracker, &mut track, &walk.next(), &mut room);
            assert!(report.error.is_finite());
        }
    }
    assert!(off(&track, &walk.gains) < 0.005);
}

#[test]
fn measurements_of_any_size_are_followed_alike() {
    for scale in [1.0, 1e-150, 1e150] {
        let mut walk = Walk::new(3, SHAPE, 0.003, 30.0);
        let tracker = GainTracker::steered();
        let (mut track, mut room) = (tracker.start(zeros(8)), room(SHAPE));
        for _ in 0..60 {
            let mut problem = walk.next();
            problem.y.iter_mut().for_each(|y| *y *= scale);
            let report = advance(&tracker, &mut track, &problem, &mut room);
            assert!(!matches!(report.status, FrameStatus::Skipped(_)), "{report:?}");
        }
        assert!(off(&track, &walk.gains) < 0.02, "{scale}");
        assert!((0.01..0.1).contains(&(track.noise() / scale)), "{}", track.noise());
    }
}

#[test]
fn gains_of_any_sign_are_followed() {
    use solvekit::calibration::Gauge;
    let mut walk = Walk::new(5, SHAPE, 0.0, 40.0);
    for i in [1, 3, 4, 6] {
        walk.gains[i] = -walk.gains[i];
    }
    // Of mean square 1, as the gauge will be.
    let square: f64 = walk.gains.iter().map(|gain| gain * gain).sum();
    let root = (square / 8.0).sqrt();
    walk.gains.iter_mut().for_each(|gain| *gain /= root);
    let tracker = GainTracker::steered();
    let (mut track, mut room) = (tracker.start(zeros(8)), room(SHAPE));
    for t in 0..60 {
        // Not brought to a mean of 1 by the walk, which has been near zero.
        let gains = walk.gains.clone();
        let problem = walk.next();
        walk.gains = gains;
        let report = advance(&tracker, &mut track, &problem, &mut room);
        assert!(!matches!(report.status, FrameStatus::Skipped(_)), "{report:?}");
        let sign = (track.gains()[0] / problem.gains[0]).signum();
        let turned: Vec<f64> = problem.gains.iter().map(|gain| sign * gain).collect();
        assert!(t < 30 || off(&track, &turned) < 0.005, "{t}: {}", off(&track, &turned));
    }
    assert_eq!(track.gauge(), Gauge::Square);
    assert_eq!(track.locks(), 1);
}

/// Numbers of all kinds in rows of all kinds: everything stays a number, and ends.
#[test]
fn rubbish_leaves_only_numbers() {
    let wild = [0.0, 1.0, -3.0, 1e-300, 1e300, f64::NAN, f64::INFINITY, 1e-9, 1e12, 2.0];
    let tracker = GainTracker::steered();
    let (mut track, mut room) = (tracker.start(zeros(8)), room(SHAPE));
    let mut walk = Walk::new(4, SHAPE, 0.01, 20.0);
    for t in 0..400_usize {
        let mut problem = walk.next();
        for (k, y) in problem.y.iter_mut().enumerate() {
            if (k * 7 + t * 13) % 5 < t % 4 {
                *y *= wild[(k * k + 3 * t) % 10];
            }
        }
        let report = advance(&tracker, &mut track, &problem, &mut room);
        assert!(track.gains().iter().all(|gain| gain.is_finite()), "{t}: {report:?}");
        assert!(report.gain.is_finite() && report.noise.is_finite(), "{t}: {report:?}");
        assert!(!report.error.is_nan() && report.innovation.is_finite(), "{t}: {report:?}");
    }
}

#[test]
fn refusals_name_what_is_wrong() {
    let refused = |forgetting| GainTracker::<f64>::new(forgetting).err();
    for gain in [0.0, 1.0, -0.1, f64::NAN] {
        assert_eq!(refused(Forgetting::Fixed { gain }), Some(CalibrationError::Step));
    }
    for rate in [0.0, f64::INFINITY, f64::NAN] {
        assert_eq!(refused(Forgetting::Steered { rate }), Some(CalibrationError::Step));
    }
    for (drift, noise) in [(-1.0, 1.0), (1.0, 0.0), (f64::NAN, 1.0), (0.1, f64::INFINITY)] {
        let known = Forgetting::Known { drift, noise };
        assert_eq!(refused(known), Some(CalibrationError::Precision));
    }
    let tracker = GainTracker::steered();
    let of = |gains: Vec<f64>, error| tracker.start_at(Vector::from(gains), error).err();
    assert_eq!(of(vec![], 0.1), Some(CalibrationError::Empty));
    let place = CalibrationError::NonFiniteStart { place: 1 };
    assert_eq!(of(vec![1.0, f64::NAN], 0.1), Some(place));
    assert_eq!(of(vec![1.0, -1.0], 0.1), Some(CalibrationError::NoMean));
    for error in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(of(vec![1.0, 1.0], error), Some(CalibrationError::Precision));
    }
    let mut track = tracker.start(zeros(7));
    let problem = Walk::new(1, SHAPE, 0.0, 30.0).next();
    let frame = solvekit::calibration::tracking::Frame::new(
        &problem.rows,
        &problem.y,
        8,
        solvekit::calibration::Order::BySnapshot,
    );
    let refused = tracker.advance(&mut track, &frame.unwrap(), &mut room(SHAPE)).err();
    assert_eq!(refused, Some(CalibrationError::Length { expected: 8, found: 7 }));
}
