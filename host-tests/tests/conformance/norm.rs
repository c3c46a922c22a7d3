//! Norm calibration in both precisions: what is sought is the sensor that made the readings.

use crate::case::Case;
use nalgebra::{Matrix3, Vector3};
use solvekit::Real;
use solvekit::calibration::norm::{NormFit, NormModel, Rung, Samples};

const NORM: f64 = 9.75;
const OFFSET: [f64; 3] = [0.75, -0.5, 0.25];
/// xx, yy, zz, xy, xz, yz.
const MATRIX: [f64; 6] = [1.0625, 0.9375, 1.03125, 0.03125, -0.015625, 0.0078125];

fn readings<R: Real>() -> Vec<[R; 3]> {
    let [xx, yy, zz, xy, xz, yz] = MATRIX;
    let t = Matrix3::new(xx, xy, xz, xy, yy, yz, xz, yz, zz).try_inverse().expect("regular");
    let wave = |k: usize, axis: usize| ((k * k * 7 + 13 * axis * k + 5 * axis) as f64).sin();
    let one = |k: usize| {
        let n = Vector3::from_fn(|axis, _| wave(k, axis)).normalize();
        let y = t * n * NORM + Vector3::from(OFFSET);
        [y[0], y[1], y[2]].map(R::from_f64)
    };
    (1..41).map(one).collect()
}

fn check<R: Real + Into<f64>>() {
    let readings = readings::<R>();
    let samples = Samples::new(&readings).expect("good readings");
    let fit = NormFit::new(&samples, Some(R::from_f64(NORM)), Rung::Full).expect("a good fit");
    // On the sphere of radius 1.
    let radius: f64 = samples.radius().into();
    let centre = samples.centre().map(Into::into);
    let offset = [0, 1, 2].map(|k| (OFFSET[k] - centre[k]) / radius);
    let answer = [&offset[..], &MATRIX.map(|t| t * radius / NORM)].concat();
    // So that it takes more than the three steps after which faults are put in.
    let far = NormModel {
        offset: [5.0, -4.0, 3.0].map(R::from_f64),
        matrix: [1.5, 0.75, 1.25, 0.0, 0.25, 0.0].map(R::from_f64),
    };
    // The least eigenvalue of H is about 1/20.
    let (tolerance, accuracy) =
        if R::EPSILON.into() < 1e-10 { (1e-12, 1e-10) } else { (1e-6, 2e-5) };
    Case {
        name: "NormFit::new",
        iteration: &fit,
        start: fit.start_from(&far),
        read: |state| {
            let NormModel { offset, matrix } = *state.clone().model_mut();
            offset.iter().chain(&matrix).map(|v| (*v).into()).collect()
        },
        poke: |state, i, value| {
            let NormModel { offset, matrix } = state.model_mut();
            let slot = if i < 3 { &mut offset[i] } else { &mut matrix[i - 3] };
            *slot = R::from_f64(value);
        },
        answer,
        accuracy,
        tolerance,
        ceiling: 25,
    }
    .check();
}

#[test]
fn norm_f64() {
    check::<f64>();
}

#[test]
fn norm_f32() {
    check::<f32>();
}
