//! Counts blind calibration: the linear start, a Gauss–Newton step and standard errors, with stored rows
//! and with rows from a seed; and a norm calibration.
#![no_std]
#![no_main]

use core::hint::black_box;
use firmware_examples::region;
use scenarios::Line;
use scenarios::array::{FakeArray, M, MP, masks};
use solvekit::calibration::norm::{NormCalibration, NormOptions, Samples};
use solvekit::calibration::{GaussNewton, Order, Snapshots};
use solvekit::direct::packed;
use solvekit::operator::zeros;
use solvekit::{Iteration, RowOperator, SMatrix, SVector, Transposed};

firmware_examples::kernels!(count);

fn count(say: &mut impl FnMut(Line)) {
    stored(say);
    seeded(say);
    norm(say);
}

/// 8 unknowns, 8 sensors, 4 snapshots.
#[inline(never)]
fn stored(say: &mut impl FnMut(Line)) {
    let rows = SMatrix::<f32, 8, 32>::from_fn(|j, k| {
        ((k * k * 7 + 13 * j * k + 5 * j) % 29) as f32 / 14.0 - 1.0
    });
    let y = SVector::<f32, 32>::from_fn(|k, _| {
        (1.0 + 0.05 * (k % 8) as f32) * rows.column(k).iter().sum::<f32>()
    });
    let (rows, y) = (black_box(&rows), black_box(&y));
    let room = SVector::<f32, 8>::zeros();
    let Ok(snapshots) = Snapshots::new(rows, y, room, Order::BySnapshot) else {
        panic!("the snapshots were refused")
    };
    let Ok(fit) = GaussNewton::new(snapshots) else { panic!("there are too few") };
    let Ok(mut state) = fit.start(zeros::<f32, { packed(8) }, 1>()) else { panic!("no room") };
    region("calibration start, 8 x 8, 4 snapshots", || fit.step(&mut state));
    region("calibration step, 8 x 8, 4 snapshots", || fit.step(&mut state));
    // By the matrix of the step before.
    region("calibration second step, 8 x 8, 4 snapshots", || fit.step(&mut state));
    let (mut of_gains, mut of_signal) = (SVector::zeros(), SVector::zeros());
    region("calibration errors, 8 x 8, 4 snapshots", || {
        fit.errors(&mut state, &mut of_gains, &mut of_signal)
    });
    say(Line::Real("gain of sensor 7", state.gains()[7]));
}

/// 16 unknowns, 16 sensors, 8 snapshots whose rows take no memory.
#[inline(never)]
fn seeded(say: &mut impl FnMut(Line)) {
    let (fake, masks) = (FakeArray::new(), black_box(masks()));
    let rows = Transposed(&masks);
    let y = SVector::<f32, MP>::from_fn(|k, _| fake.gains[k % M] * masks.row_dot(k, &fake.scene));
    let room = SVector::<f32, M>::zeros();
    let Ok(snapshots) = Snapshots::new(&rows, black_box(&y), room, Order::BySnapshot) else {
        panic!("the snapshots were refused")
    };
    let Ok(fit) = GaussNewton::new(snapshots) else { panic!("there are too few") };
    let Ok(mut state) = fit.start(zeros::<f32, { packed(16) }, 1>()) else { panic!("no room") };
    region("calibration start, 16 x 16, 8 seeded snapshots", || fit.step(&mut state));
    region("calibration step, 16 x 16, 8 seeded snapshots", || fit.step(&mut state));
    region("calibration second step, 16 x 16, 8 seeded snapshots", || fit.step(&mut state));
    say(Line::Real("gain of sensor 7", state.gains()[7]));
}

/// 24 readings in a spiral from pole to pole.
#[inline(never)]
fn norm(say: &mut impl FnMut(Line)) {
    let mut readings = [[0.0_f32; 3]; 24];
    let (mut c, mut s) = (1.0_f32, 0.0_f32);
    for (k, reading) in readings.iter_mut().enumerate() {
        let height = 1.0 - (2 * k + 1) as f32 / 24.0;
        let radius = <f32 as solvekit::Scalar>::sqrt(1.0 - height * height);
        *reading = [10.0 * radius * c + 0.5, 9.5 * radius * s - 0.25, 10.5 * height + 1.0];
        // A turn of 2.4 rad.
        (c, s) = (-0.737_393_7 * c - 0.675_463_2 * s, 0.675_463_2 * c - 0.737_393_7 * s);
    }
    let readings = black_box(&readings);
    let found = region("norm calibration of 24 readings", || {
        let samples = Samples::new(readings).ok()?;
        NormCalibration::of(&samples, &NormOptions::new(None)).ok()
    });
    let Some(found) = found else { panic!("the readings were refused") };
    say(Line::Real("offset of x", found.model.offset[0]));
}
