//! The story.

use super::{Device, M, MP, Masks, N, P, Readings, masks};
use crate::Line;
use crate::nor::{Nor, NorError, Tear};
use crate::relax::checksum;
use solvekit::calibration::tracking::{
    Frame, FrameReport, FrameRoom, FrameRoomOf, FrameStatus, GainTracker, SeenSensor, Track,
};
use solvekit::calibration::{Auto, Order, Sensor, Snapshots, search};
use solvekit::direct::packed;
use solvekit::operator::zeros;
use solvekit::storage::{StorageError, TwoSlots, longest};
use solvekit::{SMatrix, SVector, Transposed};

type PerSensor = SVector<f32, M>;
/// Gains and offsets, as they are kept in flash.
type Both = Track<f32, PerSensor, PerSensor>;
type Memory = SVector<f32, { packed(N) }>;
type Room = FrameRoomOf<f32, SMatrix<f32, N, MP>, PerSensor, Memory>;
/// Two pages of 640 bytes, words of 8 bytes.
type Flash = Nor<1280, 8, 640>;
type Slots<'a> = TwoSlots<&'a mut Flash, Both>;
type Buffer = [u8; Slots::BUFFER];

/// Stages of the calibration between two exposures.
const BUDGET: u32 = 1;
/// Frames between two saves.
const EVERY: u32 = 10;
/// Frames before power fails, and after it.
const BEFORE: u32 = 40;
const AFTER: u32 = 30;
/// Words written and pages erased before power fails: three saves, and part of the fourth.
const STEPS: u32 = 240;
/// The sensor that is unplugged, and the frames for which it is.
const UNPLUGGED: (usize, core::ops::Range<u32>) = (5, 15..25);
/// The sensor whose offset jumps, and the frame in which it does.
const JUMP: (usize, u32) = (9, 33);

/// Gains and offsets of a frame to begin with, a stage of the calibration between exposures that go on.
///
/// # Panics
/// If the readings were refused; they are not.
#[inline(never)]
fn calibrate(device: &mut Device, tracker: &GainTracker<f32>, say: &mut impl FnMut(Line)) -> Both {
    let (seed, readings) = device.frame();
    let masks = masks(seed);
    let rows = Transposed(&masks);
    let snapshots = Snapshots::new(&rows, &readings, PerSensor::zeros(), Order::BySnapshot)
        .expect("finite readings");
    let auto = Auto::new(snapshots).and_then(Auto::with_offsets).expect("enough exposures");
    let search = zeros::<f32, { search(N, P) }, 1>();
    let mut state =
        auto.start(Memory::zeros(), search, [Sensor::Sound; M]).expect("buffers that fit");
    let mut ticks = 0;
    let verdict = loop {
        let _ = device.tick();
        ticks += 1;
        if let Some(verdict) = auto.advance(&mut state, BUDGET) {
            break verdict;
        }
    };
    let mut offsets = PerSensor::zeros();
    auto.offsets(&state, &mut offsets);
    let answer = verdict.answer.is_given();
    say(Line::Text(if answer { "calibrated from one frame" } else { "refused" }));
    say(Line::Count("  exposures meanwhile", ticks));
    say(Line::Real("  error of a gain to be expected", verdict.predicted));
    // The offset of a sensor is a mean of P readings, of which the signal takes its part.
    tracker
        .start_at(*state.gains(), verdict.predicted)
        .and_then(|track| track.with_offsets_at(offsets, verdict.sigma))
        .expect("finite numbers")
}

/// One frame, in bounded time: rows from its seed.
///
/// # Panics
/// If the frame were of another size; it is not.
#[inline(never)]
fn advance(
    tracker: &GainTracker<f32>,
    track: &mut Both,
    room: &mut Room,
    (seed, readings): &(u8, Readings),
) -> FrameReport<f32> {
    let masks: Masks = masks(*seed);
    let rows = Transposed(&masks);
    let frame = Frame::new(&rows, readings, M, Order::BySnapshot).expect("sixteen sensors");
    tracker.advance(track, &frame, room).expect("room for it")
}

fn room() -> Room {
    let rows = masks(0);
    FrameRoom::new(&Transposed(&rows), PerSensor::zeros(), Memory::zeros()).expect("room that fits")
}

fn worst(found: &PerSensor, truth: &[f32; M]) -> f32 {
    found.iter().zip(truth).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

/// How well everything is known, and how well it is.
fn tell(track: &Both, device: &mut Device, say: &mut impl FnMut(Line)) {
    let (gains, offsets) = device.truth();
    say(Line::Real("  K of gains", track.gain()));
    say(Line::Real("  K of offsets", track.offset_gain()));
    say(Line::Real("  error of a gain to be expected", track.mean_error()));
    say(Line::Real("  largest", worst(track.gains(), &gains)));
    say(Line::Real("  error of an offset to be expected", track.mean_offset_error()));
    say(Line::Real("  largest", worst(track.offsets(), &offsets)));
    say(Line::Real("  error of sensor 5 to be expected", track.error(UNPLUGGED.0)));
}

/// One number for everything that later frames depend on.
fn fingerprint(track: &Both) -> u32 {
    let gains = checksum(track.frames(), track.gains().as_slice());
    let offsets = checksum(gains, track.offsets().as_slice());
    checksum(offsets, &[track.mean_error(), track.mean_offset_error(), track.noise()])
}

/// What was out of the ordinary in a frame.
fn remark(number: u32, report: &FrameReport<f32>, room: &Room, say: &mut impl FnMut(Line)) {
    let seen = |what: SeenSensor| (0..M).filter(move |i| room.seen(*i) == what);
    match report.status {
        FrameStatus::Tracked => {}
        FrameStatus::Locked(_) => say(Line::Count("found anew from one frame", number)),
        _ => say(Line::Count("skipped frame", number)),
    }
    if number == UNPLUGGED.1.start {
        seen(SeenSensor::Missing).for_each(|i| say(Line::Count("nothing from sensor", i as u32)));
    }
    if report.suspicious > 0 {
        say(Line::Count("frame with a surprise", number));
        let suspicious = seen(SeenSensor::Suspicious);
        suspicious.for_each(|i| say(Line::Count("  by sensor", i as u32)));
    }
}

/// The slots of a flash.
///
/// # Panics
/// If the two pages were no slots; they are.
fn slots(flash: &mut Flash) -> Slots<'_> {
    Slots::new(flash, [0..640, 640..1280]).expect("two pages")
}

/// The first boot: calibrated, followed and saved until power fails.
///
/// # Panics
/// If power failed before the fourth save, or not in it.
#[inline(never)]
fn first_boot(
    tracker: &GainTracker<f32>,
    device: &mut Device,
    flash: &mut Flash,
    buffer: &mut Buffer,
    say: &mut impl FnMut(Line),
) -> Both {
    let mut slots = slots(flash);
    let stored = slots.load(buffer).expect("a buffer that fits").value();
    assert!(stored.is_none(), "nothing is stored yet");
    let mut track = calibrate(device, tracker, say);
    // The frame that was begun meanwhile.
    let _ = device.frame();
    let mut room = room();
    for number in 1..=BEFORE {
        let connected = !UNPLUGGED.1.contains(&number);
        device.array.bus().unplugged = (!connected).then_some(UNPLUGGED.0);
        if number == JUMP.1 {
            device.array.bus().offsets[JUMP.0] += 0.1;
        }
        let report = advance(tracker, &mut track, &mut room, &device.frame());
        remark(number, &report, &room, say);
        if number.is_multiple_of(EVERY) {
            say(Line::Count("after frame", number));
            tell(&track, device, say);
            let saved = slots.save(&track, buffer);
            let cut = if number < BEFORE { Ok(()) } else { Err(NorError::NoPower) };
            assert_eq!(saved, cut.map_err(StorageError::Flash));
        }
    }
    say(Line::Text("power fails in the middle of the save after frame 40"));
    track
}

/// The second boot goes on from what is stored, beside what would have been, had power not failed.
///
/// # Panics
/// If nothing were stored, or what is stored at last went on to other bits.
#[inline(never)]
fn second_boot(
    tracker: &GainTracker<f32>,
    device: &mut Device,
    flash: &mut Flash,
    buffer: &mut Buffer,
    mut steady: Both,
    say: &mut impl FnMut(Line),
) {
    let mut slots = slots(flash);
    let stored = slots.load(buffer).expect("a buffer that fits").value();
    let mut track = stored.expect("the save before");
    say(Line::Count("resumed after frame", track.frames()));
    device.reset();
    let mut room = room();
    for number in 1..=AFTER {
        let frame = device.frame();
        let _ = advance(tracker, &mut steady, &mut room, &frame);
        let report = advance(tracker, &mut track, &mut room, &frame);
        remark(number, &report, &room, say);
        if number == 1 || number == AFTER {
            say(Line::Count("frames after the reset", number));
            tell(&track, device, say);
            say(Line::Text(" had power not failed"));
            tell(&steady, device, say);
        }
    }
    slots.save(&track, buffer).expect("there is power");
    let stored = slots.load(buffer).expect("a buffer that fits").value();
    steady = stored.expect("the last save");
    let frame = device.frame();
    let _ = advance(tracker, &mut track, &mut room, &frame);
    let _ = advance(tracker, &mut steady, &mut room, &frame);
    assert_eq!(steady, track);
    say(Line::Text("another frame with what was loaded: the same bits"));
    say(Line::Count("  checksum", fingerprint(&track)));
}

/// The story.
///
/// # Panics
/// If the flash refused a save while it has power; it does not.
pub fn story(say: &mut impl FnMut(Line)) {
    say(Line::Count("sensors", M as u32));
    say(Line::Count("unknowns of a frame", N as u32));
    say(Line::Count("exposures of a frame", P as u32));
    say(Line::Count("bytes that last", size_of::<Both>() as u32));
    say(Line::Count("bytes to work in", size_of::<Room>() as u32));
    say(Line::Count("longest record in bytes", longest::<Both>() as u32));
    let (tracker, mut device, mut buffer) =
        (GainTracker::steered(), Device::new(), [0; Slots::BUFFER]);
    let mut flash = Flash::new(1);
    flash.cut_after(STEPS, Tear::Partly);
    let track = first_boot(&tracker, &mut device, &mut flash, &mut buffer, say);
    flash.reboot();
    second_boot(&tracker, &mut device, &mut flash, &mut buffer, track, say);
    say(Line::Count("transfers tried again", device.array.retries));
}
