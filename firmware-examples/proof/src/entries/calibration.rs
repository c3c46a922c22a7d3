//! Blind calibration.

use core::hint::black_box;
use solvekit::calibration::array::{
    ArrayCounts, FactorCalibration, FactorFit, Moments, Origin, Scenes, SensorNoise,
    SubspaceCalibration, SubspaceFit, room,
};
use solvekit::calibration::ferraris::{Axis, FerrarisCalibration, FerrarisOptions, Part, Session};
use solvekit::calibration::norm::{
    NormCalibration, NormFit, NormModel, NormOptions, Rung, Samples,
};
use solvekit::calibration::tracking::{Forgetting, Frame, FrameRoom, GainTracker};
use solvekit::calibration::{
    Auto, Form, GaussNewton, Order, ProjectedGradient, Recalibration, Sensor, SharedGains,
    Snapshots, SparseProjectedGradient, Steps, Subspace, half_life, search, shared_room,
    student_quantile,
};
use solvekit::dictionary::Signs;
use solvekit::direct::packed;
use solvekit::operator::zeros;
use solvekit::recovery::Largest;
use solvekit::{ColumnOperator, Run, SMatrix, SVector, Stop, Transposed};

/// Unknowns, sensors and rows of three snapshots, none a multiple of 4.
const N: usize = 5;
const M: usize = 6;
const MP: usize = 18;

#[inline(never)]
pub(super) fn calibrate() {
    let rows = SMatrix::<f32, N, MP>::from_element(black_box(2.0));
    let y = SVector::<f32, MP>::from_element(black_box(1.0));
    all(&rows, &y);
    all(&Transposed(&Signs::<f32, MP, N>::new(black_box(1))), &y);
    black_box(student_quantile::<f32>(black_box(5)));
    norm();
    ferraris();
    array();
}

type Sums = Moments<f32, SVector<f32, M>, SVector<f32, { packed(M) }>>;

fn array() {
    let Ok(sums) = Moments::new(zeros::<f32, M, 1>(), zeros::<f32, { packed(M) }, 1>()) else {
        return;
    };
    let sums = if black_box(true) { sums } else { sums.centred() };
    let Ok(mut sums) = sums.with_forgetting(black_box(0.99)) else { return };
    for _ in 0..black_box(9) {
        black_box(sums.add(&black_box([1.0, 0.5, 0.25, 2.0, 1.5, 0.75])).is_ok());
    }
    black_box((sums.effective_frames(), sums.mean()));
    let counts = ArrayCounts { sensors: M, signals: 2, frames: black_box(3), offsets: false };
    black_box(counts.check().is_ok());
    subspace(&sums);
    factor(&sums);
    scenes();
}

fn scenes() {
    let memory = zeros::<f32, { packed(M) }, 1>();
    let mut gains = SVector::<f32, M>::from_element(black_box(1.0));
    let Ok(mut scenes) = Scenes::new(gains, 2, memory, zeros::<f32, { room(M, 2) }, 1>()) else {
        return;
    };
    let sensing = SMatrix::<f32, M, 2>::from_element(black_box(0.5));
    for _ in 0..black_box(9) {
        black_box(scenes.add(&sensing, &black_box([1.0, 0.5, 0.25, 2.0, 1.5, 0.75])).is_ok());
    }
    let mut errors = gains;
    black_box(scenes.solve(memory, &mut gains, &mut errors).is_ok());
    black_box((scenes.reweigh(gains).is_ok(), scenes.frames(), gains, errors));
}

fn subspace(sums: &Sums) {
    let basis = SMatrix::<f32, M, 2>::from_element(black_box(0.5));
    let memory = || zeros::<f32, { packed(M) }, 1>();
    let space = || zeros::<f32, { room(M, 2) }, 1>();
    let (mut of_gains, mut z) = (zeros::<f32, M, 1>(), zeros::<f32, 2, 1>());
    let y = black_box([1.0_f32; M]);
    if let (Ok(fit), Ok(stop)) = (SubspaceFit::new(sums, &basis), Stop::relative(black_box(1e-5))) {
        let Ok(mut state) = fit.start(memory(), space()) else { return };
        let _ = black_box(Run::new(stop).advance(&fit, &mut state, black_box(10)));
        black_box(fit.errors(&mut state, &mut of_gains));
        black_box(fit.signal(&mut state, &y, &mut z).is_ok());
        fit.offsets(&mut state, &mut of_gains);
        black_box((of_gains, z, state.gauge(), state.conditioning()));
        if let Ok(mut again) = fit.start_at(black_box(*state.gains()), memory(), space()) {
            black_box(again.gains_mut());
        }
    }
    if let Ok(calibration) = SubspaceCalibration::new(sums, &basis) {
        let marks = [Sensor::Sound; M];
        let Ok(mut state) = calibration.start(memory(), space(), marks) else { return };
        black_box(calibration.advance(&mut state, black_box(3)));
        let _ = black_box(calibration.solve(&mut state));
        black_box(calibration.signal(&mut state, &y, &mut z).is_ok());
        calibration.offsets(&mut state, &mut of_gains);
        black_box((state.gains(), state.gain_errors(), state.sensors(), of_gains));
    }
}

fn factor(sums: &Sums) {
    let noise = if black_box(true) { SensorNoise::Own } else { SensorNoise::Equal };
    let (mut offsets, mut errors) = (zeros::<f32, M, 1>(), zeros::<f32, M, 1>());
    let y = black_box([1.0_f32; M]);
    let origin = if black_box(true) { Origin::Balanced } else { Origin::Sensor(black_box(1)) };
    if let (Ok(fit), Ok(stop)) = (FactorFit::new(sums, noise), Stop::relative(black_box(1e-5))) {
        let mut state = fit.start();
        let _ = black_box(Run::new(stop).advance(&fit, &mut state, black_box(10)));
        black_box(fit.errors(&mut state, &mut errors));
        black_box(fit.offsets(&state, origin, &mut offsets).is_ok());
        black_box(fit.offset_errors(&mut state, origin, &mut errors).is_ok());
        black_box(fit.signal(&state, &y, &offsets).is_ok());
        black_box((state.spread(), state.gauge(), *state.gains_mut(), *state.variances_mut()));
    }
    if let Ok(calibration) = FactorCalibration::new(sums, noise) {
        let Ok(mut state) = calibration.start([Sensor::Sound; M]) else { return };
        black_box(calibration.advance(&mut state, black_box(3)));
        let _ = black_box(calibration.solve(&mut state));
        black_box(calibration.offsets(&state, origin, &mut offsets, &mut errors).is_ok());
        black_box(calibration.signal(&state, &y, &offsets).is_ok());
        black_box((state.gains(), state.gain_errors(), state.sensors(), offsets, errors));
    }
    recalibrate();
}

fn recalibrate() {
    let (centre, spread) = black_box((SVector::from([1.0_f32; 3]), SVector::from([2.0; 3])));
    let forgetting = half_life(black_box(60.0));
    let Ok(model) = Recalibration::new(centre, spread, forgetting, black_box(10.0)) else { return };
    let (anchor, room) = (black_box([1.0; 3]), zeros::<f32, 4, 1>());
    let memory = zeros::<f32, { packed(4) }, 1>();
    let Ok(mut state) = model.start(&anchor, black_box(1.0), room, memory) else { return };
    let features = black_box([1.0, 2.0, 3.0]);
    black_box(model.learn(&mut state, &features, black_box(5.0)).is_ok());
    black_box(model.predict(&state, &features).is_ok());
    black_box(model.deviation(&mut state, &features).is_ok());
    let mut weights = anchor;
    black_box(model.weights(&state, &mut weights).is_ok());
    black_box((weights, state.noise(), state.learned()));
}

fn track<A: ColumnOperator<f32, Domain = SVector<f32, MP>, Range = SVector<f32, N>>>(
    rows: &A,
    y: &A::Domain,
    order: Order,
) {
    let rule = black_box(Forgetting::Known { drift: 0.01, noise: 0.1 });
    let Ok(tracker) = GainTracker::new(rule) else { return };
    let gains = zeros::<f32, M, 1>();
    let started = tracker.start_at(black_box(SVector::from([1.0; M])), black_box(0.1));
    let mut track = if let Ok(track) = started { track } else { tracker.start(gains) };
    let Ok(frame) = Frame::new(rows, y, M, order) else { return };
    let Ok(mut room) = FrameRoom::new(rows, gains, zeros::<f32, { packed(N) }, 1>()) else {
        return;
    };
    for _ in 0..black_box(3) {
        if let Ok(report) = tracker.advance(&mut track, &frame, &mut room) {
            let _ = black_box(report);
        }
    }
    black_box((room.seen(black_box(1)), room.innovation(black_box(9)), room.x()));
    let mut errors = gains;
    track.errors(&mut errors);
    black_box((errors, track));
    let Ok(tracker) = tracker.forgetting_offsets(rule) else { return };
    let unknown = tracker.start(gains).with_offsets(gains);
    let track = if let Ok(track) = started { track } else { tracker.start(gains) };
    let known = track.with_offsets_at(black_box(gains), black_box(0.1));
    let Ok(mut both) = (if black_box(true) { unknown } else { known }) else { return };
    for _ in 0..black_box(3) {
        if let Ok(report) = tracker.advance(&mut both, &frame, &mut room) {
            let _ = black_box(report);
        }
    }
    black_box((both.offset_error(black_box(1)), both.mean_offset_error(), both));
}

fn share<A>(snapshots: Seen<'_, A>)
where
    A: ColumnOperator<f32, Domain = SVector<f32, MP>, Range = SVector<f32, N>>,
{
    let signals = [snapshots, snapshots];
    let Ok(stop) = Stop::relative(black_box(1e-5)) else { return };
    let Ok(fit) = SharedGains::new(&signals) else { return };
    let memory = zeros::<f32, { shared_room(N, M) }, 1>();
    let Ok(mut state) = fit.start([zeros(); 2], memory) else { return };
    let _ = black_box(Run::new(stop).advance(&fit, &mut state, black_box(10)));
    let (mut of_gains, mut of_signal) = (zeros::<f32, M, 1>(), zeros::<f32, N, 1>());
    black_box(fit.errors(&mut state, &mut of_gains));
    black_box(fit.signal_errors(&mut state, black_box(1), &mut of_signal));
    black_box((of_gains, of_signal, fit.signal(&state, black_box(0)), *state.gains_mut()));
}

fn norm() {
    let readings = black_box([[1.0_f32, 0.5, 0.25]; 12]);
    let Ok(samples) = Samples::new(&readings) else { return };
    black_box(samples.coverage().octants());
    if let Ok(fit) = NormFit::new(&samples, black_box(None), black_box(Rung::Full)) {
        let mut state = fit.start_from(&black_box(NormModel::IDENTITY));
        if let Ok(stop) = Stop::relative(black_box(1e-5)) {
            let _ = black_box(Run::new(stop).advance(&fit, &mut state, black_box(10)));
        }
        black_box((fit.amplification(&state), fit.spread(&state)));
    }
    let options = NormOptions::new(black_box(Some(9.81)));
    if let Ok(found) = NormCalibration::of(&samples, &options) {
        black_box(found.model.apply(black_box([1.0, 2.0, 3.0])));
    }
}

fn ferraris() {
    let mut session = Session::<f32>::new();
    for part in [Part::Up(Axis::X), Part::Down(Axis::Y), Part::Turn(Axis::Z)] {
        let _ = black_box(session.add(black_box(part), black_box([1.0; 3]), black_box([2.0; 3])));
    }
    black_box(session.mean(black_box(Part::Up(Axis::Z))).deviation());
    let options = FerrarisOptions::new(black_box(9.81), black_box(100.0));
    if let Ok(found) = FerrarisCalibration::of(&session, &options) {
        let acceleration = found.accelerometer.apply(black_box([1.0, 2.0, 3.0]));
        if let Some(gyroscope) = found.gyroscope {
            black_box(gyroscope.apply(black_box([1.0, 2.0, 3.0]), acceleration));
        }
    }
}

fn all<A: ColumnOperator<f32, Domain = SVector<f32, MP>, Range = SVector<f32, N>>>(
    rows: &A,
    y: &A::Domain,
) {
    let order = if black_box(true) { Order::BySnapshot } else { Order::BySensor };
    let Ok(snapshots) = Snapshots::new(rows, y, zeros::<f32, M, 1>(), order) else { return };
    black_box(snapshots.counts().check().is_ok());
    gradient(snapshots);
    fit(snapshots);
    share(snapshots);
    track(rows, y, order);
}

type Seen<'a, A> = Snapshots<'a, f32, A, SVector<f32, M>>;

fn gradient<A>(snapshots: Seen<'_, A>)
where
    A: ColumnOperator<f32, Domain = SVector<f32, MP>, Range = SVector<f32, N>>,
{
    let Ok(stop) = Stop::relative(black_box(1e-5)) else { return };
    let fixed = Steps::Fixed { signal: black_box(0.1), gains: black_box(0.2) };
    for steps in [Steps::Joint, Steps::Alternating, fixed] {
        let Ok(descent) = ProjectedGradient::new(snapshots, steps) else { return };
        let Ok(descent) = descent.within(black_box(0.5)) else { return };
        let mut state = descent.start();
        let _ = black_box(Run::new(stop).advance(&descent, &mut state, black_box(10)));
        black_box(state.objective());
        if let Ok(again) = descent.start_at(black_box(state.x), black_box(state.gains)) {
            black_box(again.gains);
        }
    }
    let signals = SMatrix::<f32, N, 2>::from_element(black_box(0.5));
    let gains = SMatrix::<f32, M, 2>::from_element(black_box(0.5));
    let (Ok(signals), Ok(gains)) = (Subspace::new(&signals), Subspace::new(&gains)) else { return };
    if let Ok(descent) = ProjectedGradient::new(snapshots, Steps::Joint)
        .and_then(|descent| descent.signal_in(signals))
        .and_then(|descent| descent.gains_in(gains))
    {
        let mut state = descent.start();
        let _ = black_box(Run::new(stop).advance(&descent, &mut state, black_box(10)));
    }
    let room = Largest::new(black_box([0; 3]), zeros::<f32, 3, 1>());
    if let Ok(descent) = SparseProjectedGradient::new(snapshots, room) {
        let mut state = descent.start();
        let _ = black_box(Run::new(stop).advance(&descent, &mut state, black_box(10)));
        black_box(state.objective());
        if let Ok(again) = descent.start_at(black_box(state.x), black_box(state.gains)) {
            black_box(again.gains);
        }
    }
}

fn fit<A>(snapshots: Seen<'_, A>)
where
    A: ColumnOperator<f32, Domain = SVector<f32, MP>, Range = SVector<f32, N>>,
{
    let Ok(stop) = Stop::relative(black_box(1e-5)) else { return };
    let memory = || zeros::<f32, { packed(N) }, 1>();
    if let Ok(fit) = GaussNewton::new(snapshots) {
        let form = if black_box(true) { Form::Cholesky } else { Form::Rotations };
        let fit = fit.in_form(form);
        let fit = if black_box(true) { Ok(fit) } else { fit.with_offsets() };
        let Ok(fit) = fit.and_then(|fit| fit.drawn_to_one(black_box(0.1))) else { return };
        let Ok(mut state) = fit.start(memory()) else { return };
        let _ = black_box(Run::new(stop).advance(&fit, &mut state, black_box(10)));
        let (mut of_gains, mut of_signal) = (zeros::<f32, M, 1>(), zeros::<f32, N, 1>());
        black_box(fit.errors(&mut state, &mut of_gains, &mut of_signal));
        fit.offsets(&state, &mut of_gains);
        black_box((of_gains, of_signal, state.gauge(), state.conditioning(), *state.gains()));
        if let Ok(mut again) = fit.start_at(black_box(*state.x()), memory()) {
            black_box(again.x_mut());
        }
    }
    if let Ok(auto) = Auto::new(snapshots) {
        let auto = if black_box(true) { Ok(auto) } else { auto.with_offsets() };
        let auto =
            auto.and_then(
                |auto| {
                    if black_box(true) { Ok(auto) } else { auto.with_noise(black_box(0.1)) }
                },
            );
        let Ok(auto) = auto else { return };
        let room = zeros::<f32, { search(N, MP / M) }, 1>();
        let Ok(mut state) = auto.start(memory(), room, [Sensor::Sound; M]) else { return };
        black_box(auto.advance(&mut state, black_box(3)));
        let _ = black_box(auto.solve(&mut state));
        let mut offsets = zeros::<f32, M, 1>();
        auto.offsets(&state, &mut offsets);
        black_box((offsets, state.gain_errors(), state.signal_errors(), state.sensors()));
        black_box((state.x(), state.gains(), state.verdict()));
    }
}
