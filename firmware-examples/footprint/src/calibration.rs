//! Calibration: checked, calibrated, with its errors.

use crate::Vector;
use core::hint::black_box;
use solvekit::calibration::ferraris::{Axis, FerrarisCalibration, FerrarisOptions, Part, Session};
use solvekit::calibration::norm::{NormCalibration, NormOptions, Samples};
use solvekit::calibration::{Auto, GaussNewton, Order, Sensor, Snapshots, search};
use solvekit::direct::packed;
use solvekit::operator::zeros;
use solvekit::{Iteration, SMatrix, SVector};

type Rows = SMatrix<f32, 16, 64>;
type Readings = SVector<f32, 64>;

pub(crate) fn gauss_newton() {
    let (rows, y) = (black_box(Rows::repeat(0.1)), black_box(Readings::repeat(1.0)));
    let Ok(snapshots) = Snapshots::new(&rows, &y, Vector::zeros(), Order::BySnapshot) else {
        return;
    };
    let Ok(fit) = GaussNewton::new(snapshots) else { return };
    let Ok(mut state) = fit.start(zeros::<f32, { packed(16) }, 1>()) else { return };
    (0..3).for_each(|_| fit.step(&mut state));
    let (mut of_gains, mut of_signal) = (Vector::zeros(), Vector::zeros());
    black_box((fit.errors(&mut state, &mut of_gains, &mut of_signal), of_gains, of_signal));
    black_box((state.x(), state.gains()));
}

pub(crate) fn auto() {
    let (rows, y) = (black_box(Rows::repeat(0.1)), black_box(Readings::repeat(1.0)));
    let Ok(snapshots) = Snapshots::new(&rows, &y, Vector::zeros(), Order::BySnapshot) else {
        return;
    };
    let Ok(auto) = Auto::new(snapshots) else { return };
    let room = zeros::<f32, { search(16, 4) }, 1>();
    let memory = zeros::<f32, { packed(16) }, 1>();
    let Ok(mut state) = auto.start(memory, room, [Sensor::Sound; 16]) else { return };
    let answer = auto.solve(&mut state).answer;
    black_box((answer, state.x(), state.gains(), state.sensors()));
}

pub(crate) fn norm() {
    let readings = black_box([[1.0_f32, 0.5, 0.25]; 24]);
    let Ok(samples) = Samples::new(&readings) else { return };
    if let Ok(found) = NormCalibration::of(&samples, &NormOptions::new(black_box(None))) {
        black_box(found.model.apply(readings[0]));
    }
}

pub(crate) fn ferraris() {
    let mut session = Session::<f32>::new();
    for _ in 0..black_box(9) {
        let part = black_box(Part::Up(Axis::X));
        black_box(session.add(part, black_box([1.0; 3]), black_box([2.0; 3])).is_ok());
    }
    let options = FerrarisOptions::new(black_box(9.81), black_box(100.0));
    if let Ok(found) = FerrarisCalibration::of(&session, &options) {
        black_box(found);
    }
}
