//! What calibration learned: kept through a power cut at any word, and never restored where unsound.

use super::mirror::{accepts, opened, refuses};
use scenarios::nor::{Nor, Tear};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use solvekit::calibration::tracking::{Frame, FrameReport, FrameRoom, GainTracker, Track};
use solvekit::calibration::{Order, Recalibration, RecalibrationState, Sample};
use solvekit::direct::packed;
use solvekit::operator::zeros;
use solvekit::storage::{Memory, TwoSlots, decode, encode, longest, tag};
use solvekit::{Buffer, Real, SMatrix, SVector};
use std::fmt::Debug;

const N: usize = 3;
const M: usize = 5;
const MP: usize = 15;

type Gains<R> = Track<R, SVector<R, M>>;
type Both<R> = Track<R, SVector<R, M>, SVector<R, M>>;
type Weights<R> = RecalibrationState<R, SVector<R, 3>, SVector<R, { packed(3) }>>;

fn wave(k: usize) -> f64 {
    ((k * k * 7 + 3 * k) as f64 * 0.37).sin()
}

/// Frame number `t` of five sensors whose gains wander.
fn frame<R: Real>(t: usize) -> (SMatrix<R, N, MP>, SVector<R, MP>) {
    let rows = SMatrix::<f64, N, MP>::from_fn(|j, k| wave(31 * t + 5 * k + 11 * j + k * j));
    let y = SVector::<R, MP>::from_fn(|k, _| {
        let dot: f64 = (0..N).map(|j| rows[(j, k)] * wave(t + 2 * j + 1)).sum();
        let gain = 1.0 + 0.2 * wave(k % M) + 0.001 * (t as f64) * wave(k % M + 9);
        R::from_f64(gain * dot + 0.01 * wave(t + 13 * k))
    });
    (SMatrix::from_fn(|j, k| R::from_f64(rows[(j, k)])), y)
}

fn next<R: Real, O: Buffer<R>>(track: &mut Track<R, SVector<R, M>, O>, t: usize) -> FrameReport<R> {
    let (rows, mut y) = frame::<R>(t);
    if t % 5 == 2 {
        y[t % MP] = R::INFINITY;
    }
    let room = (zeros::<R, M, 1>(), zeros::<R, { packed(N) }, 1>());
    let mut room = FrameRoom::new(&rows, room.0, room.1).expect("room");
    let frame = Frame::new(&rows, &y, M, Order::BySnapshot).expect("a frame");
    GainTracker::steered().advance(track, &frame, &mut room).expect("a room of that size")
}

fn followed<R: Real>(frames: usize) -> Gains<R> {
    let mut track = GainTracker::steered().start(zeros::<R, M, 1>());
    (0..frames).for_each(|t| {
        let _ = next(&mut track, t);
    });
    track
}

/// With offsets.
fn followed_both<R: Real>(frames: usize) -> Both<R> {
    let track = GainTracker::steered().start(zeros::<R, M, 1>());
    let mut track = track.with_offsets(zeros::<R, M, 1>()).expect("five numbers");
    (0..frames).for_each(|t| {
        let _ = next(&mut track, t);
    });
    track
}

fn model<R: Real>() -> Recalibration<R, SVector<R, 2>> {
    let (centre, spread) = ([200.0, 30.0].map(R::from_f64), [50.0, 4.0].map(R::from_f64));
    let (forgetting, worth) = (R::from_f64(0.98), R::from_f64(5.0));
    Recalibration::new(SVector::from(centre), SVector::from(spread), forgetting, worth)
        .expect("valid")
}

fn learn<R: Real>(state: &mut Weights<R>, t: usize) -> Sample<R> {
    let features = [200.0 + 50.0 * wave(t), 30.0 + 4.0 * wave(t + 7)].map(R::from_f64);
    let y = 0.4 * features[0].into_f64() - 10.0 + 0.1 * wave(t + 3);
    model().learn(state, &features, R::from_f64(y)).expect("two features")
}

trait IntoF64 {
    fn into_f64(self) -> f64;
}

impl<R: Real> IntoF64 for R {
    /// Through comparison alone, as the kit's numbers have no way back.
    fn into_f64(self) -> f64 {
        let (mut low, mut high) = (-1e6, 1e6);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if R::from_f64(middle) <= self { low = middle } else { high = middle }
        }
        low
    }
}

fn corrected<R: Real>(samples: usize) -> Weights<R> {
    let anchor = [0.3, 0.0].map(R::from_f64);
    let mut state = model().start(&anchor, R::ZERO, zeros(), zeros()).expect("sizes that fit");
    (0..samples).for_each(|t| {
        let _ = learn(&mut state, t);
    });
    state
}

/// Every cut of every save: what is then stored is of that save or of the one before, and goes on.
fn every_cut<T: Memory + PartialEq + Debug + Clone, const BYTES: usize, const WRITE: usize>(
    values: &[T],
) {
    let half = BYTES as u32 / 2;
    let regions = || [0..half, half..2 * half];
    let mut buffer = vec![0; TwoSlots::<Nor<BYTES, WRITE, 256>, T>::BUFFER];
    let (mut cuts, mut kept) = (0, 0);
    for tear in Tear::ALL {
        for steps in 0.. {
            let mut flash = Nor::<BYTES, WRITE, 256>::new(steps + 1);
            flash.cut_after(steps, tear);
            let mut slots = TwoSlots::new(flash, regions()).expect("slots");
            let failed = values.iter().position(|value| slots.save(value, &mut buffer).is_err());
            let Some(failed) = failed else { break };
            cuts += 1;
            let mut flash = slots.into_flash();
            flash.reboot();
            let mut slots = TwoSlots::new(flash, regions()).expect("slots");
            let found: Option<T> = slots.load(&mut buffer).expect("a buffer").value();
            let place = found.as_ref().map(|found| {
                values.iter().position(|value| value == found).expect("a value that was saved")
            });
            assert!(
                place == Some(failed) || place == failed.checked_sub(1),
                "save {failed}, {steps} {tear:?}: {place:?}"
            );
            kept += usize::from(found.is_some());
            // Nothing that a cut leaves is in the way of the next save.
            let last = values.last().expect("values");
            slots.save(last, &mut buffer).expect("saved");
            assert_eq!(slots.load(&mut buffer).expect("a buffer").value().as_ref(), Some(last));
        }
    }
    assert!(cuts > 6 * values.len() && kept > cuts / 2, "{cuts} cuts, {kept} kept");
}

#[test]
fn gains_survive_a_cut_at_every_word() {
    let values: Vec<_> = (0..5).map(|save| followed::<f32>(7 * save)).collect();
    every_cut::<_, 1024, 8>(&values);
    every_cut::<_, 1024, 4>(&values);
    let values: Vec<_> = (0..5).map(|save| followed_both::<f32>(7 * save)).collect();
    every_cut::<_, 1024, 8>(&values);
}

#[test]
fn weights_survive_a_cut_at_every_word() {
    let values: Vec<_> = (0..5).map(|save| corrected::<f32>(7 * save)).collect();
    every_cut::<_, 1024, 8>(&values);
    every_cut::<_, 1024, 16>(&values);
}

fn track_goes_on<R: Real, O: Buffer<R> + PartialEq>(
    mut steady: Track<R, SVector<R, M>, O>,
    before: usize,
) where
    Track<R, SVector<R, M>, O>: Memory + PartialEq + Debug,
{
    let mut buffer = vec![0; longest::<Track<R, SVector<R, M>, O>>()];
    let mut bytes = encode(&steady, &mut buffer).expect("sound").to_vec();
    let mut restored: Track<R, SVector<R, M>, O> = decode(&bytes).expect("whole");
    for t in before..before + 60 {
        assert_eq!(next(&mut restored, t), next(&mut steady, t), "frame {t}");
    }
    assert_eq!(restored, steady);
    for bit in 0..8 * bytes.len() {
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(decode::<Track<R, SVector<R, M>, O>>(&bytes).is_err(), "bit {bit}");
        bytes[bit / 8] ^= 1 << (bit % 8);
    }
}

fn goes_on<R: Real + Serialize + DeserializeOwned>()
where
    Gains<R>: Memory,
    Both<R>: Memory,
    Weights<R>: Memory,
{
    for before in [0, 1, 40] {
        track_goes_on(followed::<R>(before), before);
        track_goes_on(followed_both::<R>(before), before);
        let mut steady = corrected::<R>(before);
        let mut buffer = vec![0; longest::<Weights<R>>()];
        let bytes = encode(&steady, &mut buffer).expect("sound").to_vec();
        let mut restored: Weights<R> = decode(&bytes).expect("whole");
        for t in before..before + 60 {
            assert_eq!(learn(&mut restored, t), learn(&mut steady, t), "sample {t}");
        }
        assert_eq!(restored, steady);
    }
}

#[test]
fn what_was_restored_goes_on_as_what_never_stopped() {
    goes_on::<f32>();
    goes_on::<f64>();
}

/// Ordinary numbers, and powers of ten to the ends of f32 and beyond.
fn wild(k: usize) -> f32 {
    match k % 11 {
        0 => 10_f32.powi((k * 7 % 76) as i32 - 38),
        1 => -(10_f32.powi((k * 5 % 76) as i32 - 38)),
        2 => f32::NAN,
        3 => 0.0,
        4 => f32::INFINITY,
        _ => wave(k) as f32,
    }
}

/// A sound memory that is refused would be a memory lost.
#[test]
fn what_frames_of_any_kind_leave_is_never_refused() {
    any_frames(followed::<f32>);
    any_frames(followed_both::<f32>);
}

fn any_frames<O: Buffer<f32>>(followed: impl Fn(usize) -> Track<f32, SVector<f32, M>, O>)
where
    Track<f32, SVector<f32, M>, O>: Memory,
{
    for run in 0..40 {
        let mut track = followed(run % 4);
        for t in 0..60 {
            let (rows, mut y) = frame::<f32>(t);
            let own = (run * 131 + t * 17) % 1000;
            if run % 2 == 0 || t % 3 == 0 {
                y.iter_mut().enumerate().for_each(|(k, y)| *y *= wild(own + k * (1 + run % 5)));
            }
            let room = (zeros::<f32, M, 1>(), zeros::<f32, { packed(N) }, 1>());
            let mut room = FrameRoom::new(&rows, room.0, room.1).expect("room");
            let frame = Frame::new(&rows, &y, M, Order::BySnapshot).expect("a frame");
            let report = GainTracker::steered().advance(&mut track, &frame, &mut room);
            assert!(track.is_sound(), "run {run}, frame {t}: {report:?} {track:?}");
        }
    }
}

#[test]
fn what_samples_of_any_kind_leave_is_never_refused() {
    for run in 0..40 {
        let mut state = corrected::<f32>(run % 4);
        for t in 0..60 {
            let own = run * 131 + t * 17;
            let features = [wild(own), wild(own + 5)];
            let sample = model().learn(&mut state, &features, wild(own + 9));
            assert!(state.is_sound(), "run {run}, sample {t}: {sample:?} {state:?}");
            let _ = model().deviation(&mut state, &features).expect("two features");
            assert!(state.is_sound(), "run {run}, deviation {t}: {features:?} {state:?}");
        }
    }
}

#[test]
fn tags_tell_sizes_and_precisions_apart() {
    let tags = [
        <Gains<f32> as Memory>::TAG,
        <Gains<f64> as Memory>::TAG,
        <Track<f32, SVector<f32, 6>> as Memory>::TAG,
        <Both<f32> as Memory>::TAG,
        <Both<f64> as Memory>::TAG,
        // What tracks had before there were offsets.
        tag("Track 1", &[4, M]),
        tag("Track 1", &[8, M]),
        <Weights<f32> as Memory>::TAG,
        <Weights<f64> as Memory>::TAG,
    ];
    for (i, tag) in tags.iter().enumerate() {
        assert!(!tags[..i].contains(tag), "{i}");
    }
}

#[derive(Clone, Serialize, Deserialize)]
struct TrackFields<O> {
    gains: [f32; M],
    information: [f32; M],
    previous: [f32; M],
    offsets: O,
    offset_information: O,
    cross: O,
    previous_offsets: O,
    previous_square: f32,
    previous_offset_square: f32,
    scale: f32,
    keep: f32,
    offset_keep: f32,
    noise: f32,
    predicted: f32,
    freedom: u32,
    age: u32,
    frames: u32,
    locks: u32,
    gauge: u8,
}

#[test]
fn an_unsound_track_is_refused() {
    const NAN: f32 = f32::NAN;
    let sound: TrackFields<[f32; 0]> = opened(&followed::<f32>(30));
    assert!(sound.frames == 30 && sound.locks == 1 && sound.gauge == 0);
    refuses::<Gains<f32>, _>(
        &sound,
        &[
            ("a gain that is NaN", |t| t.gains[2] = NAN),
            ("information below zero", |t| t.information[0] = -1.0),
            ("information without end", |t| t.information[4] = f32::INFINITY),
            ("an innovation that is NaN", |t| t.previous[1] = NAN),
            ("a square below zero", |t| t.previous_square = -1.0),
            ("a scale that is NaN", |t| t.scale = NAN),
            ("gains without a scale", |t| t.scale = 0.0),
            ("K above 1", |t| t.keep = 1.5),
            ("K below 0", |t| t.keep = -0.1),
            ("K that is NaN", |t| t.keep = NAN),
            ("noise below zero", |t| t.noise = -1e-9),
            ("an infinite mean", |t| t.predicted = f32::INFINITY),
            ("frames before gains", |t| t.age = 0),
            ("more locks than frames", |t| t.locks = 31),
        ],
    );
    let mut longest = sound;
    (longest.freedom, longest.age, longest.frames) = (u32::MAX, u32::MAX, u32::MAX);
    longest.locks = u32::MAX;
    accepts::<Gains<f32>>(&longest);
    let declared = <Gains<f32> as Memory>::LONGEST;
    assert_eq!(postcard::to_stdvec(&longest).expect("serialisable").len(), declared);
}

#[test]
fn an_unsound_track_with_offsets_is_refused() {
    const NAN: f32 = f32::NAN;
    let sound: TrackFields<[f32; M]> = opened(&followed_both::<f32>(30));
    assert!(sound.frames == 30 && sound.offset_information.iter().all(|v| *v > 0.0));
    accepts::<Both<f32>>(&sound);
    refuses::<Both<f32>, _>(
        &sound,
        &[
            ("a gain that is NaN", |t| t.gains[2] = NAN),
            ("an offset that is NaN", |t| t.offsets[2] = NAN),
            ("information below zero", |t| t.offset_information[0] = -1.0),
            ("information without end", |t| t.offset_information[4] = f32::INFINITY),
            ("an innovation that is NaN", |t| t.previous_offsets[1] = NAN),
            ("a square below zero", |t| t.previous_offset_square = -1.0),
            ("K above 1", |t| t.offset_keep = 1.5),
            ("K that is NaN", |t| t.offset_keep = NAN),
            ("sums that no numbers have", |t| {
                t.cross[3] = 1.01 * (t.information[3] * t.offset_information[3]).sqrt();
            }),
            ("shared with no information", |t| (t.information[3], t.cross[3]) = (0.0, 1.0)),
            ("a cross that is NaN", |t| t.cross[0] = NAN),
        ],
    );
    let mut longest = sound;
    (longest.freedom, longest.age, longest.frames) = (u32::MAX, u32::MAX, u32::MAX);
    longest.locks = u32::MAX;
    accepts::<Both<f32>>(&longest);
    let declared = <Both<f32> as Memory>::LONGEST;
    assert_eq!(postcard::to_stdvec(&longest).expect("serialisable").len(), declared);
}

#[test]
fn a_record_with_offsets_is_none_without_and_the_other_way_round() {
    let mut buffer = vec![0; longest::<Both<f32>>()];
    let with = encode(&followed_both::<f32>(9), &mut buffer).expect("sound").to_vec();
    assert!(decode::<Both<f32>>(&with).is_ok() && decode::<Gains<f32>>(&with).is_err());
    let without = encode(&followed::<f32>(9), &mut buffer).expect("sound").to_vec();
    assert!(decode::<Gains<f32>>(&without).is_ok() && decode::<Both<f32>>(&without).is_err());
}

#[derive(Clone, Serialize, Deserialize)]
struct WeightFields {
    anchor: [f32; 3],
    weights: [f32; 3],
    triangle: [f32; 6],
    side: [f32; 3],
    factor: [f32; 6],
    room: [f32; 3],
    square: f32,
    count: f32,
    learned: u32,
}

#[test]
fn unsound_weights_are_refused() {
    const NAN: f32 = f32::NAN;
    let sound: WeightFields = opened(&corrected::<f32>(30));
    refuses::<Weights<f32>, _>(
        &sound,
        &[
            ("an anchor that is NaN", |t| t.anchor[0] = NAN),
            ("an infinite weight", |t| t.weights[2] = f32::INFINITY),
            ("a triangle with NaN", |t| t.triangle[5] = NAN),
            ("a side with NaN", |t| t.side[1] = NAN),
            ("a factor with NaN", |t| t.factor[0] = NAN),
            ("a square below zero", |t| t.square = -1.0),
            ("samples without a count", |t| t.count = 0.0),
            ("a count without samples", |t| t.learned = 0),
        ],
    );
    let longest = WeightFields { learned: u32::MAX, ..sound };
    accepts::<Weights<f32>>(&longest);
    let declared = <Weights<f32> as Memory>::LONGEST;
    assert_eq!(postcard::to_stdvec(&longest).expect("serialisable").len(), declared);
}
