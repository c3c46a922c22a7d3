//! Recursive recalibration against plain weighted least squares.

use crate::problem::{normal, uniform};
use nalgebra::{DMatrix, DVector};
use rand_pcg::Pcg32;
use solvekit::calibration::{CalibrationError, Recalibration, RecalibrationState, Sample};
use solvekit::direct::packed;
use solvekit::operator::zeros;
use solvekit::{Real, SVector};

const N: usize = 4;
const LAMBDA: f64 = 0.97;
const WORTH: f64 = 3.0;
const CENTRE: [f64; N] = [200.0, 30.0, -5.0, 0.0];
const SPREAD: [f64; N] = [50.0, 4.0, 1.0, 0.01];
const ANCHOR: [f64; N] = [0.1, -1.0, 2.0, 50.0];

type State<R> = RecalibrationState<R, SVector<R, 5>, SVector<R, { packed(5) }>>;

fn model<R: Real>() -> Recalibration<R, SVector<R, N>> {
    let v = |v: [f64; N]| SVector::from(v.map(R::from_f64));
    Recalibration::new(v(CENTRE), v(SPREAD), R::from_f64(LAMBDA), R::from_f64(WORTH)).unwrap()
}

fn start<R: Real>(model: &Recalibration<R, SVector<R, N>>) -> State<R> {
    let anchor = ANCHOR.map(R::from_f64);
    model.start(&anchor, R::from_f64(7.0), zeros(), zeros()).unwrap()
}

/// Features and references of a sensor that drifts by so much a sample.
fn samples(count: usize, creep: f64) -> Vec<([f64; N], f64)> {
    let mut random = Pcg32::new(1, 0xa1);
    (0..count)
        .map(|t| {
            let f = [0, 1, 2, 3].map(|j| CENTRE[j] + SPREAD[j] * normal(&mut random));
            let drift = 1.0 + creep * t as f64;
            let y = 0.12 * drift * f[0] - 0.8 * f[1] + 2.5 * f[2] + 30.0 * f[3] + 5.0 * drift;
            (f, y + 0.3 * normal(&mut random))
        })
        .collect()
}

/// Weights and offset by the normal equations of the documented sum.
fn naive(samples: &[([f64; N], f64)]) -> [f64; N + 1] {
    let row = |f: &[f64; N]| {
        DVector::from_fn(N + 1, |j, _| if j < N { (f[j] - CENTRE[j]) / SPREAD[j] } else { 1.0 })
    };
    let moved: f64 = (0..N).map(|j| ANCHOR[j] * CENTRE[j]).sum();
    let anchor =
        DVector::from_fn(N + 1, |j, _| if j < N { ANCHOR[j] * SPREAD[j] } else { 7.0 + moved });
    let mut h = DMatrix::identity(N + 1, N + 1) * WORTH;
    let mut g = anchor * WORTH;
    for (k, (f, y)) in samples.iter().rev().enumerate() {
        let (weight, row) = (LAMBDA.powi(k as i32), row(f));
        h += weight * &row * row.transpose();
        g += weight * *y * row;
    }
    let w = h.cholesky().expect("regular").solve(&g);
    let raw: Vec<f64> = (0..N).map(|j| w[j] / SPREAD[j]).collect();
    let offset = w[N] - (0..N).map(|j| raw[j] * CENTRE[j]).sum::<f64>();
    [raw[0], raw[1], raw[2], raw[3], offset]
}

#[test]
fn weights_are_those_of_the_documented_sum() {
    let (model, all) = (model::<f64>(), samples(300, 0.002));
    let mut state = start(&model);
    for (t, (f, y)) in all.iter().enumerate() {
        let before = model.predict(&state, f).unwrap();
        let Sample::Learned { innovation, .. } = model.learn(&mut state, f, *y).unwrap() else {
            panic!("a good sample")
        };
        assert_eq!(innovation, y - before);
        let mut weights = [0.0; N];
        let offset = model.weights(&state, &mut weights).unwrap();
        let due = naive(&all[..=t]);
        for (found, due) in weights.iter().chain([&offset]).zip(due) {
            assert!((found - due).abs() < 1e-10 * (1.0 + due.abs()), "{t}: {found} {due}");
        }
    }
    // Noise of .3, and what the weights lag behind.
    assert!((0.3..10.0).contains(&state.noise()), "{}", state.noise());
}

#[test]
fn single_precision_follows_for_thousands_of_samples() {
    let (wide, narrow) = (model::<f64>(), model::<f32>());
    let (mut state, mut other) = (start(&wide), start(&narrow));
    let mut worst = 0.0_f64;
    for (f, y) in samples(5000, 0.002) {
        let _ = wide.learn(&mut state, &f, y).unwrap();
        let _ = narrow.learn(&mut other, &f.map(|f| f as f32), y as f32).unwrap();
        let apart = wide.predict(&state, &f).unwrap()
            - f64::from(narrow.predict(&other, &f.map(|f| f as f32)).unwrap());
        worst = worst.max(apart.abs() / (1.0 + y.abs()));
    }
    println!("{worst}");
    // Features of 200 ± 50 and references up to 250 in f32: some hundreds of roundings.
    assert!(worst < 3e-5, "{worst}");
}

#[test]
fn what_references_do_not_tell_comes_from_the_anchor() {
    // One and the same sample over and over: only what it tells may change.
    let model = model::<f64>();
    let mut state = start(&model);
    for _ in 0..100_000 {
        let _ = model.learn(&mut state, &CENTRE, 40.0).unwrap();
    }
    let mut weights = [0.0; N];
    let _ = model.weights(&state, &mut weights).unwrap();
    for (w, anchor) in weights.iter().zip(ANCHOR) {
        assert!((w - anchor).abs() < 1e-9 * anchor.abs(), "{weights:?}");
    }
    let due = (40.0 / (1.0 - LAMBDA) + WORTH * (7.0 + dot())) / (1.0 / (1.0 - LAMBDA) + WORTH);
    assert!((model.predict(&state, &CENTRE).unwrap() - due).abs() < 1e-9);
}

/// w₀ᵀ centre.
fn dot() -> f64 {
    ANCHOR.iter().zip(CENTRE).map(|(w, c)| w * c).sum()
}

#[test]
fn bad_samples_are_passed_over_and_a_copy_goes_on_to_the_same_bits() {
    let (model, all) = (model::<f64>(), samples(60, 0.002));
    let (mut state, mut cut) = (start(&model), start(&model));
    for (t, (f, y)) in all.into_iter().enumerate() {
        let before = state;
        for bad in [f64::NAN, f64::INFINITY] {
            assert_eq!(model.learn(&mut state, &f, bad), Ok(Sample::NoReference));
            let mut torn = f;
            torn[t % N] = bad;
            let missing = Sample::NoFeature { place: t % N };
            assert_eq!(model.learn(&mut state, &torn, y), Ok(missing));
        }
        assert_eq!(model.learn(&mut state, &f, 1e200), Ok(Sample::Implausible));
        assert_eq!(model.learn(&mut state, &[1.0; 3], y).err(), length(4, 3));
        // Only room to work in may have changed.
        let same = |a: &State<f64>, b: &State<f64>| model.predict(a, &f) == model.predict(b, &f);
        assert!(same(&state, &before) && state.learned() == before.learned());
        let whole = model.learn(&mut state, &f, y).unwrap();
        let text = serde_json::to_string(&cut).expect("serialisable");
        cut = serde_json::from_str(&text).expect("what was written");
        assert_eq!(model.learn(&mut cut, &f, y).unwrap(), whole);
        assert_eq!(model.predict(&cut, &f), model.predict(&state, &f));
    }
}

fn length(expected: usize, found: usize) -> Option<CalibrationError> {
    Some(CalibrationError::Length { expected, found })
}

#[test]
fn a_prediction_is_within_its_deviation_about_as_often_as_it_should() {
    let (model, all) = (model::<f64>(), samples(3000, 0.0));
    let mut state = start(&model);
    let (mut inside, mut random) = (0, Pcg32::new(3, 3));
    for (t, (f, y)) in all.iter().enumerate() {
        let deviation = model.deviation(&mut state, f).unwrap();
        assert_eq!(deviation.is_infinite(), t == 0);
        let predicted = model.predict(&state, f).unwrap();
        if t >= 300 {
            inside += usize::from((y - predicted).abs() < 1.96 * deviation);
        }
        if t == 0 || uniform(&mut random) < 0.7 {
            let _ = model.learn(&mut state, f, *y).unwrap();
        }
    }
    let share = inside as f64 / 2700.0;
    println!("{share}");
    // 95 %; innovations, from which the deviation is, have the errors of weights in them too.
    assert!((0.92..0.99).contains(&share), "{share}");
}

#[test]
fn refusals_name_what_is_wrong() {
    let of = |centre: [f64; 2], spread: [f64; 2], forgetting, worth| {
        Recalibration::new(SVector::from(centre), SVector::from(spread), forgetting, worth).err()
    };
    let (zero, one) = ([0.0; 2], [1.0; 2]);
    let bad = |place| Some(CalibrationError::NonFiniteStart { place });
    assert_eq!(of([0.0, f64::NAN], one, 1.0, 1.0), bad(1));
    assert_eq!(of(zero, [0.0, 1.0], 1.0, 1.0), bad(0));
    for forgetting in [0.0, 1.1, f64::NAN] {
        assert_eq!(of(zero, one, forgetting, 1.0), Some(CalibrationError::Step));
    }
    for worth in [0.0, -1.0, f64::INFINITY, f64::NAN] {
        assert_eq!(of(zero, one, 1.0, worth), Some(CalibrationError::Precision));
    }
    let model = model::<f64>();
    let room = SVector::<f64, 5>::zeros();
    let none = model.start(&[1.0; 3], 0.0, room, SVector::<f64, { packed(5) }>::zeros()).err();
    assert_eq!(none, length(4, 3));
    let short = model.start(&ANCHOR, 0.0, room, SVector::<f64, 14>::zeros()).err();
    assert_eq!(short, length(15, 14));
    let nan = model.start(&ANCHOR, f64::NAN, room, SVector::<f64, 15>::zeros()).err();
    assert_eq!(nan, bad(4));
}
