//! Counts what keeps a calibration right: a frame of gains that are tracked, with and without offsets, a
//! reference of a linear model, and a step of gains that several signals share.
#![no_std]
#![no_main]

use core::hint::black_box;
use firmware_examples::region;
use scenarios::Line;
use scenarios::drift::{Device, M, MP, N, P, masks};
use solvekit::calibration::tracking::{Forgetting, Frame, FrameRoom, FrameStatus, GainTracker};
use solvekit::calibration::{
    Order, Recalibration, Sample, SharedGains, Snapshots, half_life, shared_room,
};
use solvekit::direct::packed;
use solvekit::operator::zeros;
use solvekit::{Iteration, LinearOperator, SMatrix, SVector, Transposed};

firmware_examples::kernels!(count);

fn count(say: &mut impl FnMut(Line)) {
    stored(say);
    seeded(say);
    recalibration(say);
    shared(say);
}

const FIRST: [&str; 2] =
    ["first frame, 8 x 8, 4 snapshots", "first frame with offsets, 8 x 8, 4 snapshots"];
const NEXT: [&str; 2] =
    ["tracked frame, 8 x 8, 4 snapshots", "tracked frame with offsets, 8 x 8, 4 snapshots"];
const FAST: &str = "tracked frame where gains move fast, 8 x 8, 4 snapshots";

type Rows = SMatrix<f32, 8, 32>;
type Eight = SVector<f32, 8>;

/// 8 unknowns, 8 sensors, 4 snapshots; some of the readings are off.
fn snapshots(number: usize) -> (Rows, SVector<f32, 32>) {
    let rows = Rows::from_fn(|j, k| {
        ((k * k * 7 + 13 * j * k + 5 * j + 11 * number) % 29) as f32 / 14.0 - 1.0
    });
    let y = SVector::<f32, 32>::from_fn(|k, _| {
        let off = ((5 * k + 3 * number) % 7) as f32 / 1000.0;
        (1.0 + 0.05 * (k % 8) as f32) * rows.column(k).iter().sum::<f32>() + off
    });
    (rows, y)
}

/// The first frame of a track and another one.
#[inline(never)]
fn stored(say: &mut impl FnMut(Line)) {
    let Ok(tracker) = GainTracker::new(Forgetting::Fixed { gain: black_box(0.1) }) else {
        panic!("K was refused")
    };
    let Ok(fast) = GainTracker::new(Forgetting::Fixed { gain: black_box(0.5) }) else {
        panic!("K was refused")
    };
    let ((rows, y), none) = (black_box(snapshots(0)), Eight::zeros());
    let memory = zeros::<f32, { packed(8) }, 1>();
    let Ok(mut room) = FrameRoom::new(&rows, none, memory) else { panic!("no room") };
    let mut track = tracker.start(none);
    let Ok(mut both) = tracker.start(none).with_offsets(none) else { panic!("no room") };
    let Ok(frame) = Frame::new(&rows, &y, 8, Order::BySnapshot) else { panic!("no frame") };
    let reports = [
        region(FIRST[0], || tracker.advance(&mut track, &frame, &mut room)),
        region(FIRST[1], || tracker.advance(&mut both, &frame, &mut room)),
    ];
    let locked = |status| matches!(status, FrameStatus::Locked(_));
    assert!(reports.iter().all(|report| report.is_ok_and(|report| locked(report.status))));
    let (rows, y) = black_box(snapshots(1));
    let Ok(frame) = Frame::new(&rows, &y, 8, Order::BySnapshot) else { panic!("no frame") };
    let mut moved = track;
    let reports = [
        region(NEXT[0], || tracker.advance(&mut track, &frame, &mut room)),
        region(NEXT[1], || tracker.advance(&mut both, &frame, &mut room)),
        region(FAST, || fast.advance(&mut moved, &frame, &mut room)),
    ];
    let tracked = |status| status == FrameStatus::Tracked;
    assert!(reports.iter().all(|report| report.is_ok_and(|report| tracked(report.status))));
    say(Line::Real("gain of sensor 7", track.gains()[7]));
    say(Line::Real("gain of sensor 7, with offsets", both.gains()[7]));
    say(Line::Real("gain of sensor 7, moving fast", moved.gains()[7]));
}

/// A frame of the story `drift`, whose rows take no memory.
#[inline(never)]
fn seeded(say: &mut impl FnMut(Line)) {
    let (tracker, mut device) = (GainTracker::steered(), Device::new());
    let (gains, offsets) = device.truth();
    let track = tracker
        .start_at(SVector::<f32, M>::from(gains), 0.01)
        .and_then(|track| track.with_offsets_at(SVector::<f32, M>::from(offsets), 0.01));
    let Ok(mut track) = track else { panic!("the gains were refused") };
    let first = masks(0);
    let memory = zeros::<f32, { packed(N) }, 1>();
    let room = FrameRoom::new(&Transposed(&first), SVector::<f32, M>::zeros(), memory);
    let Ok(mut room) = room else { panic!("no room") };
    for number in 0..3 {
        let (seed, y) = black_box(device.frame());
        let (masks, y): (_, SVector<f32, MP>) = (masks(seed), y);
        let rows = Transposed(&masks);
        let Ok(frame) = Frame::new(&rows, &y, M, Order::BySnapshot) else { panic!("no frame") };
        let mut advance = || tracker.advance(&mut track, &frame, &mut room);
        let report = if number == 2 {
            region(
                "tracked frame with offsets, 16 sensors, 8 unknowns, 4 seeded snapshots",
                advance,
            )
        } else {
            advance()
        };
        assert!(report.is_ok_and(|report| report.status == FrameStatus::Tracked));
    }
    const { assert!(N == 8 && P == 4) }
    say(Line::Real("gain of sensor 7", track.gains()[7]));
}

/// Three features.
#[inline(never)]
fn recalibration(say: &mut impl FnMut(Line)) {
    let (centre, spread) = (SVector::from([20.0_f32, 50.0, 1.0]), SVector::from([5.0, 20.0, 0.5]));
    let model = Recalibration::new(centre, spread, half_life(black_box(60.0)), black_box(10.0));
    let Ok(model) = model else { panic!("the model was refused") };
    let room = zeros::<f32, 4, 1>();
    let memory = zeros::<f32, { packed(4) }, 1>();
    let Ok(mut state) = model.start(&black_box([0.5, -0.1, 2.0]), 1.0, room, memory) else {
        panic!("the anchor was refused")
    };
    let features = |t: u8| {
        let t = f32::from(t);
        [20.0 + t, 50.0 - 3.0 * t, 1.0 + 0.1 * t]
    };
    for t in 0..4 {
        let sample = model.learn(&mut state, &black_box(features(t)), 10.0 + f32::from(t));
        assert!(matches!(sample, Ok(Sample::Learned { .. })));
    }
    let own = black_box(features(5));
    let sample = region("reference of Recalibration, 3 features", || {
        model.learn(&mut state, &own, black_box(14.0))
    });
    assert!(matches!(sample, Ok(Sample::Learned { .. })));
    let y = region("prediction of Recalibration, 3 features", || model.predict(&state, &own));
    say(Line::Real("prediction", y.unwrap_or(0.0)));
}

/// Two signals of 8 unknowns, 8 sensors, 2 snapshots each.
#[inline(never)]
fn shared(say: &mut impl FnMut(Line)) {
    let all = [0_usize, 1].map(|signal| {
        let rows = SMatrix::<f32, 8, 16>::from_fn(|j, k| {
            ((k * k * 7 + 13 * j * k + 5 * j + 11 * signal) % 29) as f32 / 14.0 - 1.0
        });
        let (x, mut y) =
            (Eight::from_fn(|j, _| 1.0 + 0.1 * (j * signal) as f32), SVector::<f32, 16>::zeros());
        rows.apply_adjoint(&x, &mut y);
        y.iter_mut().enumerate().for_each(|(k, y)| *y *= 1.0 + 0.05 * (k % 8) as f32);
        (rows, y)
    });
    let all = black_box(&all);
    let [first, second] =
        all.each_ref().map(|(rows, y)| Snapshots::new(rows, y, Eight::zeros(), Order::BySnapshot));
    let (Ok(first), Ok(second)) = (first, second) else { panic!("the snapshots were refused") };
    let signals = [first, second];
    let Ok(fit) = SharedGains::new(&signals) else { panic!("there are too few") };
    let memory = zeros::<f32, { shared_room(8, 8) }, 1>();
    let Ok(mut state) = fit.start([Eight::zeros(); 2], memory) else { panic!("no room") };
    region("shared gains start, 2 signals, 8 x 8, 2 snapshots", || fit.step(&mut state));
    region("shared gains step, 2 signals, 8 x 8, 2 snapshots", || fit.step(&mut state));
    say(Line::Real("gain of sensor 7", state.gains()[7]));
}
