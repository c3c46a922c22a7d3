//! Offsets followed along with the gains.

use super::offset_walk::{OffsetWalk, Offsets, centred, followed, ignored, rms};
use super::walk::{advance, room, room_of, zeros};
use crate::problem::{Problem, Shape};
use nalgebra::{DMatrix, DVector, Matrix2, Vector2};
use solvekit::SVector;
use solvekit::calibration::tracking::{
    Forgetting, Frame, FrameStatus, GainTracker, Relock, SeenSensor, Skipped,
};
use solvekit::calibration::{CalibrationError, Order};
use solvekit_host::vector::Vector;

const SHAPE: Shape = Shape { n: 6, m: 8, p: 4 };

fn both(gain: f64, offset: f64) -> GainTracker<f64> {
    GainTracker::new(Forgetting::Fixed { gain })
        .and_then(|own| own.forgetting_offsets(Forgetting::Fixed { gain: offset }))
        .expect("valid")
}

fn fresh(tracker: &GainTracker<f64>, m: usize) -> Offsets {
    tracker.start(zeros(m)).with_offsets(zeros(m)).expect("m numbers")
}

/// Gains, offsets and what is known of each pair, in plain algebra.
#[derive(Clone)]
struct Plain {
    gains: Vec<f64>,
    offsets: Vec<f64>,
    known: Vec<Matrix2<f64>>,
}

impl Plain {
    fn there(problem: &Problem) -> Vec<usize> {
        (0..problem.y.len()).filter(|k| problem.y[*k].is_finite()).collect()
    }

    /// Least squares in x, gains and offsets, linear or of one Gauss–Newton step with priors of weight κ.
    fn signal(&self, problem: &Problem, refined: Option<&[Matrix2<f64>]>) -> DVector<f64> {
        let (m, n, there) = (problem.shape.m, problem.shape.n, Self::there(problem));
        let a = |k: usize, j: usize| problem.rows.column(k)[j];
        let linear =
            DMatrix::from_fn(there.len(), n, |r, j| self.gains[there[r] % m] * a(there[r], j));
        let y =
            DVector::from_fn(there.len(), |r, _| problem.y[there[r]] - self.offsets[there[r] % m]);
        let x = linear.svd(true, true).solve(&y, 1e-12).expect("a decomposition");
        let Some(priors) = refined else { return x };
        let sums = self.sums(problem, &x);
        let rows = there.len() + 2 * m;
        let (mut j, mut r) = (DMatrix::zeros(rows, n + 2 * m), DVector::zeros(rows));
        for i in 0..m {
            let (own, left) = sums[i];
            let moved = (own + priors[i]).lu().solve(&left).expect("regular");
            let gain = self.gains[i] + moved[0];
            for (row, &k) in there.iter().enumerate().filter(|(_, k)| **k % m == i) {
                let u: f64 = (0..n).map(|c| a(k, c) * x[c]).sum();
                (0..n).for_each(|c| j[(row, c)] = gain * a(k, c));
                (j[(row, n + i)], j[(row, n + m + i)]) = (u, 1.0);
                r[row] = gain * u + self.offsets[i] + moved[1] - problem.y[k];
            }
            // Rows whose squares are the prior: a factor of it.
            let factor = priors[i].cholesky().expect("positive").l().transpose();
            let drawn = factor * moved;
            for c in 0..2 {
                let row = there.len() + 2 * i + c;
                (j[(row, n + i)], j[(row, n + m + i)]) = (factor[(c, 0)], factor[(c, 1)]);
                r[row] = drawn[c];
            }
        }
        let d = j.svd(true, true).solve(&-r, 1e-13).expect("a decomposition");
        x + d.rows(0, n)
    }

    /// Σ (u, 1)(u, 1)ᵀ and Σ (u, 1) r of each sensor.
    fn sums(&self, problem: &Problem, x: &DVector<f64>) -> Vec<(Matrix2<f64>, Vector2<f64>)> {
        let m = problem.shape.m;
        let mut sums = vec![(Matrix2::zeros(), Vector2::zeros()); m];
        for k in Self::there(problem) {
            let u: f64 = problem.rows.column(k).iter().zip(x).map(|(a, x)| a * x).sum();
            let own = Vector2::new(u, 1.0);
            sums[k % m].0 += own * own.transpose();
            let r = problem.y[k] - self.gains[k % m] * u - self.offsets[k % m];
            sums[k % m].1 += own * r;
        }
        sums
    }

    /// Σ of what the best gain and offset of each sensor leave, over the degrees of freedom.
    fn noise(&self, problem: &Problem, x: &DVector<f64>) -> f64 {
        let (m, there) = (problem.shape.m, Self::there(problem));
        let sums = self.sums(problem, x);
        let mut left = 0.0;
        for &k in &there {
            let (own, side) = sums[k % m];
            let moved = own.lu().solve(&side).expect("two measurements");
            let u: f64 = problem.rows.column(k).iter().zip(x).map(|(a, x)| a * x).sum();
            left += (problem.y[k]
                - (self.gains[k % m] + moved[0]) * u
                - (self.offsets[k % m] + moved[1]))
                .powi(2);
        }
        left / (there.len() + 1 - problem.shape.n - 2 * m) as f64
    }

    fn faded(&self, keep: [f64; 2]) -> Vec<Matrix2<f64>> {
        let d = Matrix2::from_diagonal(&Vector2::from(keep.map(|keep| (1.0 - keep).sqrt())));
        self.known.iter().map(|known| d * known * d).collect()
    }

    /// One frame; returns the noise that it shows.
    fn step(&mut self, problem: &Problem, keep: [f64; 2], refined: bool) -> f64 {
        let m = problem.shape.m;
        let there = Self::there(problem).len();
        let leverage = 1.0 - problem.shape.n as f64 / there as f64;
        let faded = self.faded(keep);
        let priors: Vec<_> = faded.iter().map(|known| known / leverage).collect();
        let x = self.signal(problem, refined.then_some(&priors));
        let noise = self.noise(problem, &x);
        let sums = self.sums(problem, &x);
        for i in 0..m {
            let (own, side) = sums[i];
            self.known[i] = faded[i] + own * leverage;
            let moved = self.known[i].lu().solve(&(side * leverage)).expect("regular");
            self.gains[i] += moved[0];
            self.offsets[i] += moved[1];
        }
        let mean = self.gains.iter().sum::<f64>() / m as f64;
        self.gains.iter_mut().for_each(|gain| *gain /= mean);
        let d = Matrix2::from_diagonal(&Vector2::new(mean, 1.0));
        self.known.iter_mut().for_each(|known| *known = d * *known * d);
        noise
    }
}

#[test]
fn two_steps_are_those_of_dense_algebra() {
    const ERRORS: [f64; 2] = [0.02, 0.05];
    for seed in 0..4 {
        for (keep, mean) in [([0.1, 0.2], 0.0), ([0.25, 0.05], 0.7), ([0.6, 0.1], 0.3)] {
            let mut walk = OffsetWalk { mean, ..OffsetWalk::new(seed, SHAPE, [0.01, 0.02], 30.0) };
            let (gains, offsets) = (walk.gains.clone(), walk.offsets.clone());
            let tracker = both(keep[0], keep[1]);
            let mut track = tracker
                .start_at(Vector::from(gains.clone()), ERRORS[0])
                .and_then(|track| track.with_offsets_at(Vector::from(offsets.clone()), ERRORS[1]))
                .expect("valid");
            let mut plain = Plain { gains, offsets, known: Vec::new() };
            let (mut room, mut noises) = (room(SHAPE), Vec::new());
            for t in 0..2 {
                let mut problem = walk.next();
                // One measurement of sensor 1.
                problem.y[9] = f64::NAN;
                let scale = if track.is_locked() { 1.0 } else { 0.0 };
                if scale == 0.0 {
                    let x = plain.signal(&problem, None);
                    let noise = plain.noise(&problem, &x);
                    let own = ERRORS.map(|error| noise / error.powi(2));
                    plain.known = vec![Matrix2::from_diagonal(&Vector2::from(own)); SHAPE.m];
                }
                let refined = t == 0 || keep[0] > 0.3;
                noises.push(plain.step(&problem, keep, refined));
                let report = advance(&tracker, &mut track, &problem, &mut room);
                assert_eq!(report.status, FrameStatus::Tracked);
                // Both frames have the same degrees of freedom.
                let noise = noises.iter().sum::<f64>() / noises.len() as f64;
                assert!((track.noise() / noise.sqrt() - 1.0).abs() < 1e-4, "{t}");
                for i in 0..SHAPE.m {
                    // A ridge of 1e-6 of the mean diagonal in the refining step.
                    let apart =
                        [track.gains()[i] - plain.gains[i], track.offsets()[i] - plain.offsets[i]];
                    assert!(apart.iter().all(|v| v.abs() < 1e-6), "{seed} {keep:?} {t}: {apart:?}");
                    let inverse = plain.known[i].try_inverse().expect("regular");
                    let errors = [track.error(i), track.offset_error(i)];
                    for (k, error) in errors.into_iter().enumerate() {
                        let ratio = error / (noise * inverse[(k, k)]).sqrt();
                        assert!((ratio - 1.0).abs() < 1e-4, "{seed} {keep:?} {t}: {ratio}");
                    }
                }
            }
        }
    }
}

#[test]
fn the_first_frame_is_a_fit_with_offsets_and_its_errors() {
    use solvekit::calibration::GaussNewton;
    use solvekit::direct::packed;
    use solvekit::{Iteration, SVector};
    for seed in 0..4 {
        let problem = OffsetWalk::new(seed, SHAPE, [0.0; 2], 40.0).next();
        let tracker = GainTracker::steered();
        let mut track = fresh(&tracker, 8);
        let report = advance(&tracker, &mut track, &problem, &mut room(SHAPE));
        assert_eq!(report.status, FrameStatus::Locked(Relock::First));
        let fit = GaussNewton::new(problem.snapshots()).unwrap().with_offsets().unwrap();
        let mut state = fit.start(SVector::<f64, { packed(6) }>::zeros()).unwrap();
        (0..3).for_each(|_| fit.step(&mut state));
        let (gains, mut offsets) = (state.gains().clone(), zeros(8));
        fit.offsets(&state, &mut offsets);
        let (mut errors, mut of_signal) = (zeros(8), zeros(6));
        fit.errors(&mut state, &mut errors, &mut of_signal).expect("freedom is left");
        for i in 0..8 {
            assert!((track.gains()[i] - gains[i]).abs() < 1e-11);
            assert!((track.offsets()[i] - offsets[i]).abs() < 1e-11);
            assert!((track.error(i) / errors[i] - 1.0).abs() < 1e-8, "{i}");
            assert!(track.offset_error(i) < 0.1 && track.offset_error(i) > 0.001);
        }
    }
}

#[test]
fn without_noise_both_are_exact() {
    for (shape, mean) in [
        (SHAPE, 0.0),
        (SHAPE, 1.0),
        // Three snapshots, as few measurements as can be: m (p − 2) = n − 1 + 3.
        (Shape { n: 6, m: 8, p: 3 }, 0.0),
    ] {
        for seed in 0..3 {
            let mut walk =
                OffsetWalk { mean, ..OffsetWalk::new(seed, shape, [0.0; 2], f64::INFINITY) };
            let tracker = GainTracker::steered();
            let (mut track, mut room) = (fresh(&tracker, shape.m), room(shape));
            for t in 0..20 {
                let offsets = walk.offsets.clone();
                let problem = walk.next();
                let report = advance(&tracker, &mut track, &problem, &mut room);
                assert!(!matches!(report.status, FrameStatus::Skipped(_)), "{report:?}");
                let off = rms(track.gains(), &problem.gains).max(rms(track.offsets(), &offsets));
                // Rounding of 1e-16, times what the start's condition, squared, makes of it.
                assert!(off < 1e-8, "{shape:?} {mean} seed {seed}, frame {t}: {off}");
                assert!(rms(room.x(), &problem.x) < 1e-8);
            }
        }
    }
}

#[test]
fn a_walk_of_both_is_followed_as_well_as_by_the_best_fixed_gains() {
    let shape = Shape { n: 8, m: 16, p: 4 };
    let walk = OffsetWalk::new(1, shape, [0.003, 0.003], 30.0);
    let mut best = [f64::INFINITY; 2];
    for gain in [0.1, 0.2, 0.35] {
        for offset in [0.1, 0.2, 0.35] {
            let found = followed(&walk, both(gain, offset), 150).errors;
            best = [best[0].min(found[0]), best[1].min(found[1])];
        }
    }
    let steered = followed(&walk, GainTracker::steered(), 150);
    // One run of a hundred frames: the table of 200 frames and two seeds has 1.05 and 1.04.
    assert!(steered.errors[0] < 1.15 * best[0], "{steered:?} {best:?}");
    assert!(steered.errors[1] < 1.15 * best[1], "{steered:?} {best:?}");
    // K is learned, which 1.96 errors do not count.
    assert!(steered.covered.iter().all(|part| (0.88..=1.0).contains(part)), "{steered:?}");
    // Freeing every frame of its offsets throws away what the frames before tell of them: a twelfth.
    let other = [0.1, 0.2, 0.35].map(|keep| centred(&walk, keep, 150));
    let other = other.into_iter().fold(f64::INFINITY, f64::min);
    assert!(best[0] < 0.97 * other, "{best:?} {other}");
    // Offsets of half a signal that nobody thinks of.
    let blind = ignored(&walk, Forgetting::Steered { rate: 0.2 }, 150);
    assert!(steered.errors[0] < 0.2 * blind, "{steered:?} {blind}");
}

#[test]
fn an_offset_that_jumps_is_named_and_found_again() {
    let shape = Shape { n: 8, m: 16, p: 4 };
    for seed in 0..3 {
        let mut walk = OffsetWalk::new(seed, shape, [0.0; 2], 30.0);
        let tracker = GainTracker::steered();
        let (mut track, mut room) = (fresh(&tracker, 16), room(shape));
        for t in 0..48 {
            if t == 40 {
                walk.offsets[3] += 0.7;
            }
            let offsets = walk.offsets.clone();
            let problem = walk.next();
            let report = advance(&tracker, &mut track, &problem, &mut room);
            if t == 40 {
                assert_eq!(report.suspicious, 1, "{report:?}");
                assert_eq!(room.seen(3), SeenSensor::Suspicious);
                assert_eq!(report.status, FrameStatus::Tracked);
            }
            let off = (track.offsets()[3] - offsets[3]).abs();
            // σ is .03, and a frame has four measurements of it.
            assert!(t < 40 || off < 0.06, "seed {seed}, frame {t}: {off}");
            assert!(t < 30 || rms(track.gains(), &problem.gains) < 0.015, "{t} {report:?}");
        }
        assert_eq!(track.locks(), 1);
    }
}

#[test]
fn one_snapshot_a_frame_is_enough_where_both_are_known_to_begin_with() {
    for p in [1, 2] {
        let shape = Shape { n: 6, m: 16, p };
        let mut walk = OffsetWalk::new(3, shape, [0.002, 0.002], 30.0);
        let tracker = GainTracker::steered();
        let mut track = tracker
            .start_at(Vector::from(walk.gains.clone()), 0.01)
            .and_then(|track| track.with_offsets_at(Vector::from(walk.offsets.clone()), 0.01))
            .expect("valid");
        let (mut room, mut square, mut offset) = (room(shape), 0.0, 0.0);
        for t in 0..200 {
            let offsets = walk.offsets.clone();
            let problem = walk.next();
            let report = advance(&tracker, &mut track, &problem, &mut room);
            assert!(!matches!(report.status, FrameStatus::Skipped(_)), "{report:?}");
            if t >= 100 {
                square += rms(track.gains(), &problem.gains).powi(2) / 100.0;
                offset += rms(track.offsets(), &offsets).powi(2) / 100.0;
            }
        }
        println!("p {p}: {:.4} {:.4}", square.sqrt(), offset.sqrt());
        // What is not followed is off by .002 √150 = .024 by then.
        assert!(square.sqrt() < 0.02 && offset.sqrt() < 0.02, "{p}: {square} {offset}");
        assert_eq!(track.locks(), 0);
    }
}

#[test]
fn given_gains_are_enough_to_find_unknown_offsets() {
    let mut walk = OffsetWalk::new(4, SHAPE, [0.0; 2], 40.0);
    let tracker = GainTracker::steered();
    let given = tracker.start_at(Vector::from(walk.gains.clone()), 0.01).expect("valid");
    let mut track = given.with_offsets(zeros(8)).expect("m numbers");
    let (offsets, mut room) = (walk.offsets.clone(), room(SHAPE));
    for t in 0..30 {
        let report = advance(&tracker, &mut track, &walk.next(), &mut room);
        assert_eq!(report.status, FrameStatus::Tracked);
        let off = rms(track.offsets(), &offsets);
        // σ is .01, four measurements each, of which the signal takes a fifth.
        assert!(off < if t < 20 { 0.03 } else { 0.005 }, "{t}: {off}");
    }
}

#[test]
fn a_first_frame_that_tells_both_badly_is_not_believed() {
    let shape = Shape { n: 16, m: 16, p: 3 };
    for seed in 0..3 {
        let mut walk = OffsetWalk::new(seed, shape, [0.001, 0.001], 20.0);
        let tracker = GainTracker::steered();
        let (mut track, mut room, mut last) = (fresh(&tracker, 16), room(shape), [0.0; 2]);
        for _ in 0..200 {
            let offsets = walk.offsets.clone();
            let problem = walk.next();
            let _ = advance(&tracker, &mut track, &problem, &mut room);
            last = [rms(track.gains(), &problem.gains), rms(track.offsets(), &offsets)];
        }
        println!("{last:?} {}", track.locks());
        // Gains of 1 are off by .3, offsets of 0 by .5.
        assert!(last[0] < 0.06 && last[1] < 0.06, "seed {seed}: {last:?}");
    }
}

#[test]
fn two_snapshots_cannot_begin_and_everything_refused_is_named() {
    let shape = Shape { p: 2, ..SHAPE };
    let tracker = GainTracker::steered();
    let mut track = fresh(&tracker, 8);
    let problem = OffsetWalk::new(1, shape, [0.0; 2], 40.0).next();
    let report = advance(&tracker, &mut track, &problem, &mut room(shape));
    assert_eq!(report.status, FrameStatus::Skipped(Skipped::TooFew));
    assert!(!track.is_locked() && track.offset_error(0) == f64::INFINITY);
    let start = || tracker.start(zeros(8));
    let length = CalibrationError::Length { expected: 8, found: 7 };
    assert_eq!(start().with_offsets(zeros(7)).err(), Some(length));
    assert_eq!(start().with_offsets_at(zeros(7), 1.0).err(), Some(length));
    let mut torn = zeros(8);
    torn[5] = f64::NAN;
    let place = CalibrationError::NonFiniteStart { place: 5 };
    assert_eq!(start().with_offsets_at(torn, 1.0).err(), Some(place));
    for error in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-200] {
        let refused = start().with_offsets_at(zeros(8), error).err();
        assert_eq!(refused, Some(CalibrationError::Precision), "{error}");
    }
    let refused = |forgetting| tracker.forgetting_offsets(forgetting).err();
    let (step, precision) = (CalibrationError::Step, CalibrationError::Precision);
    assert_eq!(refused(Forgetting::Fixed { gain: 1.0 }), Some(step));
    assert_eq!(refused(Forgetting::Steered { rate: 0.0 }), Some(step));
    assert_eq!(refused(Forgetting::Known { drift: -1.0, noise: 1.0 }), Some(precision));
    let mut other = fresh(&tracker, 7);
    let problem = OffsetWalk::new(1, SHAPE, [0.0; 2], 40.0).next();
    let frame = Frame::new(&problem.rows, &problem.y, 8, Order::BySnapshot).unwrap();
    assert_eq!(tracker.advance(&mut other, &frame, &mut room(SHAPE)).err(), Some(length));
}

/// Numbers of all kinds in measurements: everything stays a number, and ends.
#[test]
fn rubbish_leaves_only_numbers() {
    let wild = [0.0, 1.0, -3.0, 1e-300, 1e300, f64::NAN, f64::INFINITY, 1e-9, 1e12, 2.0];
    for p in [1, 2, 4] {
        let shape = Shape { p, ..SHAPE };
        let tracker = GainTracker::steered();
        let mut walk = OffsetWalk::new(4, shape, [0.01, 0.01], 20.0);
        let given = tracker.start_at(Vector::from(walk.gains.clone()), 0.1).expect("valid");
        let mut track = given.with_offsets(zeros(8)).expect("m numbers");
        let mut room = room(shape);
        for t in 0..400_usize {
            let mut problem = walk.next();
            for (k, y) in problem.y.iter_mut().enumerate() {
                if (k * 7 + t * 13) % 5 < t % 4 {
                    *y *= wild[(k * k + 3 * t) % 10];
                }
            }
            let report = advance(&tracker, &mut track, &problem, &mut room);
            let numbers = track.gains().iter().chain(track.offsets().iter());
            assert!(numbers.copied().all(f64::is_finite), "{t}: {report:?}");
            let reported = [report.gain, report.offset_gain, report.noise, report.innovation];
            assert!(reported.iter().all(|v| v.is_finite()), "{t}: {report:?}");
            assert!(!report.error.is_nan() && !report.offset_error.is_nan(), "{t}: {report:?}");
        }
    }
}

#[test]
fn a_missing_sensor_keeps_both_and_loses_certainty() {
    let mut walk = OffsetWalk::new(1, SHAPE, [0.0; 2], 40.0);
    let tracker = both(0.1, 0.05);
    let (mut track, mut room) = (fresh(&tracker, 8), room(SHAPE));
    let mut before = [0.0; 3];
    for t in 0..60 {
        let mut problem = walk.next();
        let lost = (30..50).contains(&t);
        if lost {
            [2, 10, 18, 26].into_iter().for_each(|k| problem.y[k] = f64::NAN);
        }
        let report = advance(&tracker, &mut track, &problem, &mut room);
        assert_eq!(report.missing, usize::from(lost), "{t}: {report:?}");
        let now = [track.offsets()[2], track.error(2), track.offset_error(2)];
        match t {
            29 => before = now,
            49 => {
                assert_eq!(now[0].to_bits(), before[0].to_bits());
                // λ²⁰ of the information is left; noise and gauge move a little.
                for (k, kept) in [(1, 0.9_f64), (2, 0.95)] {
                    let ratio = now[k] / before[k] / kept.powi(-10);
                    assert!((ratio - 1.0).abs() < 0.1, "{k}: {ratio}");
                }
            }
            _ => {}
        }
    }
}

#[test]
fn a_copy_with_offsets_goes_on_to_the_same_bits() {
    let tracker = GainTracker::steered();
    let mut walk = OffsetWalk::new(1, SHAPE, [0.02, 0.02], 30.0);
    let none = SVector::<f64, 8>::zeros();
    let mut steady = tracker.start(none).with_offsets(none).expect("eight numbers");
    let (mut one_room, mut cut) = (room_of(SHAPE, none), steady);
    for t in 0..40 {
        let mut problem = walk.next();
        if t % 7 == 3 {
            problem.y[t % 32] = f64::NAN;
        }
        let report = advance(&tracker, &mut steady, &problem, &mut one_room);
        let text = serde_json::to_string(&cut).expect("serialisable");
        cut = serde_json::from_str(&text).expect("what was written");
        assert_eq!(advance(&tracker, &mut cut, &problem, &mut room_of(SHAPE, none)), report);
        assert_eq!(cut, steady);
    }
}
