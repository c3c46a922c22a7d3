//! Blind calibration.

use core::hint::black_box;
use solvekit::calibration::array::{
    ArrayCounts, FactorCalibration, FactorFit, Moments, Origin, Scenes, SensorNoise,
    SubspaceCalibration, SubspaceFit, room,
};
use solvekit::calibration::norm::{
    NormCalibration, NormFit, NormModel, NormOptions, Rung, Samples,
};
use solvekit::calibration::{
    Auto, Form, GaussNewton, Order, ProjectedGradient, Sensor, Snapshots, SparseProjectedGradient,
    Steps, Subspace, search, student_quantile,
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

fn all<A: ColumnOperator<f32, Domain = SVector<f32, MP>, Range = SVector<f32, N>>>(
    rows: &A,
    y: &A::Domain,
) {
    let order = if black_box(true) { Order::BySnapshot } else { Order::BySensor };
    let Ok(snapshots) = Snapshots::new(rows, y, zeros::<f32, M, 1>(), order) else { return };
    black_box(snapshots.counts().check().is_ok());
    gradient(snapshots);
    fit(snapshots);
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
