//! Calibration: checked, calibrated, with its errors.

use crate::data::{POSES, READINGS, ROWS, SENSORS, SNAPSHOTS};
use crate::measure::call;
use crate::{N, Vector};
use core::hint::black_box;
use solvekit::calibration::ferraris::{Axis, FerrarisCalibration, FerrarisOptions, Part, Session};
use solvekit::calibration::norm::{NormCalibration, NormOptions, NormRoom, Samples};
use solvekit::calibration::tracking::{Frame, FrameRoom, GainTracker};
use solvekit::calibration::{
    Auto, GaussNewton, Order, Recalibration, Sensor, SharedGains, Snapshots, half_life, search,
    shared_room,
};
use solvekit::direct::packed;
use solvekit::operator::zeros;
use solvekit::{Iteration, SVector};

/// One for each sensor.
type Gains = SVector<f32, SENSORS>;

pub(crate) fn gauss_newton() {
    let (rows, y) = (black_box(&ROWS), black_box(&READINGS));
    let Ok(snapshots) = Snapshots::new(rows, y, Gains::zeros(), Order::BySnapshot) else {
        return;
    };
    let Ok(fit) = GaussNewton::new(snapshots) else { return };
    let Ok(mut state) = fit.start(zeros::<f32, { packed(N) }, 1>()) else { return };
    call(size_of_val(&state), || (0..3).for_each(|_| fit.step(&mut state)));
    let (mut of_gains, mut of_signal) = (Gains::zeros(), Vector::zeros());
    black_box((fit.errors(&mut state, &mut of_gains, &mut of_signal), of_gains, of_signal));
    black_box((state.x(), state.gains()));
}

pub(crate) fn auto() {
    let (rows, y) = (black_box(&ROWS), black_box(&READINGS));
    let Ok(snapshots) = Snapshots::new(rows, y, Gains::zeros(), Order::BySnapshot) else {
        return;
    };
    let Ok(auto) = Auto::new(snapshots) else { return };
    let room = zeros::<f32, { search(N, SNAPSHOTS) }, 1>();
    let memory = zeros::<f32, { packed(N) }, 1>();
    let Ok(mut state) = auto.start(memory, room, [Sensor::Sound; SENSORS]) else { return };
    let answer = call(size_of_val(&state), || auto.solve(&mut state).answer);
    black_box((answer, state.x(), state.gains(), state.sensors()));
}

pub(crate) fn tracking() {
    let (rows, y) = (black_box(&ROWS), black_box(&READINGS));
    let tracker = GainTracker::steered();
    let mut track = tracker.start(Gains::zeros());
    let memory = zeros::<f32, { packed(N) }, 1>();
    let Ok(mut room) = FrameRoom::new(rows, Gains::zeros(), memory) else { return };
    let Ok(frame) = Frame::new(rows, y, SENSORS, Order::BySnapshot) else { return };
    let kept = size_of_val(&track) + size_of_val(&room);
    let _ = black_box(call(kept, || tracker.advance(&mut track, &frame, &mut room)));
    black_box((track.gains(), track.mean_error()));
}

pub(crate) fn tracking_offsets() {
    let (rows, y) = (black_box(&ROWS), black_box(&READINGS));
    let tracker = GainTracker::steered();
    let Ok(mut track) = tracker.start(Gains::zeros()).with_offsets(Gains::zeros()) else {
        return;
    };
    let memory = zeros::<f32, { packed(N) }, 1>();
    let Ok(mut room) = FrameRoom::new(rows, Gains::zeros(), memory) else { return };
    let Ok(frame) = Frame::new(rows, y, SENSORS, Order::BySnapshot) else { return };
    let kept = size_of_val(&track) + size_of_val(&room);
    let _ = black_box(call(kept, || tracker.advance(&mut track, &frame, &mut room)));
    black_box((track.gains(), track.offsets(), track.mean_error(), track.mean_offset_error()));
}

pub(crate) fn recalibration() {
    let (centre, spread) = black_box((SVector::from([1.0_f32; 3]), SVector::from([2.0; 3])));
    let Ok(model) = Recalibration::new(centre, spread, half_life(black_box(60.0)), 10.0) else {
        return;
    };
    let memory = zeros::<f32, { packed(4) }, 1>();
    let Ok(mut state) = model.start(&black_box([1.0; 3]), 1.0, zeros::<f32, 4, 1>(), memory) else {
        return;
    };
    let features = black_box([1.0, 2.0, 3.0]);
    let known = black_box(5.0);
    let learned = call(size_of_val(&state), || model.learn(&mut state, &features, known));
    let _ = black_box(learned);
    black_box(model.predict(&state, &features).is_ok());
}

pub(crate) fn shared_gains() {
    let (rows, y) = (black_box(&ROWS), black_box(&READINGS));
    let Ok(snapshots) = Snapshots::new(rows, y, Gains::zeros(), Order::BySnapshot) else {
        return;
    };
    let signals = [snapshots; 2];
    let Ok(fit) = SharedGains::new(&signals) else { return };
    let memory = zeros::<f32, { shared_room(N, SENSORS) }, 1>();
    let Ok(mut state) = fit.start([zeros(); 2], memory) else { return };
    call(size_of_val(&state), || (0..3).for_each(|_| fit.step(&mut state)));
    black_box((state.gains(), fit.signal(&state, 1)));
}

pub(crate) fn norm() {
    let readings = black_box(&POSES);
    let Ok(samples) = Samples::new(readings) else { return };
    let options = NormOptions::new(black_box(Some(1.0)));
    let mut room = NormRoom::new();
    let kept = size_of_val(&room);
    if let Ok(found) = call(kept, || NormCalibration::of_in(&samples, &options, &mut room)) {
        black_box(found.model.apply(readings[0]));
    }
}

pub(crate) fn ferraris() {
    let mut session = Session::<f32>::new();
    for part in black_box(Part::ALL) {
        let along = |axis, size: f32| Axis::ALL.map(|other| if other == axis { size } else { 0.1 });
        let (acceleration, rate) = match part {
            Part::Up(axis) => (along(axis, 9.9), [0.01; 3]),
            Part::Down(axis) => (along(axis, -9.7), [0.01; 3]),
            Part::Turn(axis) => ([0.1, 0.2, 9.8], along(axis, 6.3)),
        };
        for _ in 0..100 {
            black_box(session.add(part, acceleration, rate).is_ok());
        }
    }
    let options = FerrarisOptions::new(black_box(9.81), black_box(100.0));
    let found = call(size_of_val(&session), || FerrarisCalibration::of(&session, &options));
    if let Ok(found) = found {
        black_box(found);
    }
}
