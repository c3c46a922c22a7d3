//! What is no calibration.

use crate::problem::{Shape, draw, empty, moments, start};
use solvekit::calibration::array::{
    ArrayCounts, ArrayError, FactorFit, Moments, Origin, SensorNoise, SubspaceFit, room,
};
use solvekit::direct::packed;
use solvekit::{Status, Stop, solve};
use solvekit_host::{matrix::DenseMatrix, vector::Vector};

#[test]
fn frames_that_are_none_change_nothing() {
    let mut sums = empty::<f32>(3);
    sums.add(&[1.0, 2.0, 3.0]).expect("a good frame");
    let before = sums.clone();
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let refused = sums.add(&[1.0, 2.0, bad]);
        assert_eq!(refused, Err(ArrayError::NonFiniteMeasurement { sensor: 2 }));
    }
    assert_eq!(sums.add(&[1.0; 2]), Err(ArrayError::Length { expected: 3, found: 2 }));
    assert_eq!(sums.add(&[1e30, 0.0, 0.0]), Err(ArrayError::Size));
    assert_eq!(sums, before);
    for lambda in [0.0, -1.0, 1.5, f32::NAN] {
        assert_eq!(sums.clone().with_forgetting(lambda).err(), Some(ArrayError::Forgetting));
    }
    let none = Moments::new(Vector::filled(0, 0.0_f32), Vector::filled(0, 0.0));
    assert_eq!(none.err(), Some(ArrayError::Empty));
    let short = Moments::new(Vector::filled(3, 0.0_f32), Vector::filled(5, 0.0));
    assert_eq!(short.err(), Some(ArrayError::Length { expected: 6, found: 5 }));
}

/// Weighted sums, written out.
#[test]
fn moments_are_the_sums_they_say() {
    let frames: Vec<[f64; 2]> =
        (0..9).map(|l| [f64::from(l * l % 5) + 3.0, f64::from(l * 2 % 7) - 1.0]).collect();
    for lambda in [1.0, 0.75] {
        for centred in [false, true] {
            let sums = empty::<f64>(2).with_forgetting(lambda).expect("a factor");
            let mut sums = if centred { sums.centred() } else { sums };
            frames.iter().for_each(|frame| sums.add(frame).expect("a frame"));
            let weight = |l: usize| lambda.powi(8 - l as i32);
            let over = |term: &dyn Fn(&[f64; 2]) -> f64| -> f64 {
                frames.iter().enumerate().map(|(l, y)| weight(l) * term(y)).sum()
            };
            let whole = over(&|_| 1.0);
            let mean = [over(&|y| y[0]) / whole, over(&|y| y[1]) / whole];
            let about = if centred { mean } else { [0.0; 2] };
            for (place, (i, j)) in [(0, 0), (1, 0), (1, 1)].into_iter().enumerate() {
                let due = over(&|y| (y[i] - about[i]) * (y[j] - about[j]));
                // Nine additions of numbers of about 30.
                assert!((sums.squares()[place] - due).abs() < 1e-12, "{lambda} {centred} {i} {j}");
            }
            assert!((sums.mean()[0] - mean[0]).abs() < 1e-14);
            let square: f64 = (0..9).map(|l| weight(l).powi(2)).sum();
            assert!((sums.effective_frames() - whole * whole / square).abs() < 1e-12);
        }
    }
}

fn refused(sums: &crate::problem::Sums<f64>, basis: &DenseMatrix<f64>) -> Option<ArrayError> {
    crate::problem::Array::new(sums, basis).err()
}

#[test]
fn what_cannot_be_fitted_is_refused_with_its_reason() {
    let problem = draw(1, Shape { m: 8, k: 3, p: 4 }, 0.5, 30.0);
    let basis = problem.matrix::<f64>();
    // One frame: 5 equations for 7 gains.
    let counts = ArrayCounts { sensors: 8, signals: 3, frames: 1, offsets: false };
    let one = moments::<f64>(&problem.frames[..1], false);
    assert_eq!(refused(&one, &basis), Some(ArrayError::Unidentifiable(counts)));
    assert_eq!(
        ArrayError::Unidentifiable(counts).to_string(),
        "1 frames of 8 sensors cannot fix their gains: 7 equations are needed, 5 given"
    );
    // Two of them, one of which goes into the mean.
    let two = moments::<f64>(&problem.frames[..2], true);
    let counts = ArrayCounts { frames: 2, offsets: true, ..counts };
    assert_eq!(refused(&two, &basis), Some(ArrayError::Unidentifiable(counts)));
    let sums = moments::<f64>(&problem.frames, false);
    // As many signals as sensors.
    let unit = |m: usize, k: usize| {
        let values = (0..m * k).map(|e| f64::from(u8::from(e % m == e / m))).collect();
        DenseMatrix::from_columns(m, values).expect("whole columns")
    };
    let full = Some(ArrayError::Signals { sensors: 8, signals: 8 });
    assert_eq!(refused(&sums, &unit(8, 8)), full);
    assert_eq!(refused(&sums, &unit(8, 3)), Some(ArrayError::Blind { sensor: 3 }));
    let short = Some(ArrayError::Length { expected: 8, found: 7 });
    assert_eq!(refused(&sums, &unit(7, 3)), short);
    let skew = |place: usize, value: f64| {
        let mut values = basis.values().to_vec();
        values[place] += value;
        DenseMatrix::from_columns(8, values).expect("whole columns")
    };
    let first = Some(ArrayError::NotOrthonormal { first: 0, second: 0 });
    assert_eq!(refused(&sums, &skew(0, 0.1)), first);
    let nan = refused(&sums, &skew(9, f64::NAN));
    assert!(matches!(nan, Some(ArrayError::NotOrthonormal { .. })), "{nan:?}");
    let mut same = basis.values().to_vec();
    same.copy_within(0..8, 16);
    let same = DenseMatrix::from_columns(8, same).expect("whole columns");
    let twice = Some(ArrayError::NotOrthonormal { first: 0, second: 2 });
    assert_eq!(refused(&sums, &same), twice);
    // Nothing was measured.
    let silent = moments::<f64>(&vec![vec![0.0; 8]; 4], false);
    assert_eq!(refused(&silent, &basis), Some(ArrayError::Silent));
    let constant = moments::<f64>(&vec![vec![0.5; 8]; 4], true);
    assert_eq!(refused(&constant, &basis), Some(ArrayError::Silent));
    let tiny: Vec<Vec<f64>> =
        problem.frames.iter().map(|frame| frame.iter().map(|y| y * 1e-160).collect()).collect();
    assert_eq!(refused(&moments::<f64>(&tiny, false), &basis), Some(ArrayError::Size));
    // Rooms and starts.
    let fit = SubspaceFit::new(&sums, &basis).expect("enough frames");
    let memory = |n: usize| Vector::filled(n, 0.0_f64);
    let length = |expected, found| Some(ArrayError::Length { expected, found });
    let (m, r) = (packed(8), room(8, 3));
    assert_eq!(fit.start(memory(3), memory(r)).err(), length(m, 3));
    assert_eq!(fit.start(memory(m), memory(3)).err(), length(r, 3));
    assert_eq!(fit.start_at(memory(7), memory(m), memory(r)).err(), length(8, 7));
    let mut torn = memory(8);
    torn[5] = f64::NAN;
    let nan = fit.start_at(torn, memory(m), memory(r)).err();
    assert_eq!(nan, Some(ArrayError::NonFiniteStart { sensor: 5 }));
    let mut state = start(&fit);
    let mut z = memory(3);
    let mut y = [1.0; 8];
    y[4] = f64::INFINITY;
    let torn = fit.signal(&mut state, &y, &mut z).err();
    assert_eq!(torn, Some(ArrayError::NonFiniteMeasurement { sensor: 4 }));
}

/// One signal again and again says nothing of most gains.
#[test]
fn one_signal_is_a_breakdown() {
    let problem = draw(2, Shape { m: 8, k: 3, p: 1 }, 0.5, f64::INFINITY);
    let frames = vec![problem.frames[0].clone(); 6];
    let (sums, basis) = (moments::<f64>(&frames, false), problem.matrix::<f64>());
    let fit = SubspaceFit::new(&sums, &basis).expect("enough frames by number");
    let mut state = start(&fit);
    let report = solve(&fit, &mut state, Stop::relative(1e-9).expect("a tolerance"));
    assert_eq!(report.status, Status::Breakdown, "{report:?}");
    assert!(fit.errors(&mut state, &mut Vector::filled(8, 0.0)).is_none());
}

#[test]
fn factor_models_that_cannot_be_are_refused() {
    let frames: Vec<Vec<f64>> = (0..10)
        .map(|l| (0..3).map(|i| f64::from(l * l % 7) + f64::from(l * i % 3)).collect())
        .collect();
    let take = |m: usize| -> Vec<Vec<f64>> { frames.iter().map(|y| y[..m].to_vec()).collect() };
    let refused = |frames: &[Vec<f64>], centred, noise| {
        FactorFit::new(&moments::<f64>(frames, centred), noise).err()
    };
    let own = SensorNoise::Own;
    assert_eq!(refused(&frames, true, own), None);
    assert_eq!(refused(&frames, false, own), Some(ArrayError::NotCentred));
    assert_eq!(refused(&take(1), true, SensorNoise::Equal), Some(ArrayError::OneSensor));
    assert_eq!(refused(&take(2), true, own), Some(ArrayError::TwoSensors));
    assert_eq!(refused(&take(2), true, SensorNoise::Equal), None);
    let few = Some(ArrayError::Frames { needed: 4, given: 3 });
    assert_eq!(refused(&frames[..3], true, own), few);
    let mut still = frames.clone();
    still.iter_mut().for_each(|frame| frame[1] = 4.0);
    assert_eq!(refused(&still, true, own), Some(ArrayError::Constant { sensor: 1 }));
    assert_eq!(refused(&vec![vec![1.0; 3]; 5], true, own), Some(ArrayError::Silent));
    let sums = moments::<f64>(&frames, true);
    let fit = FactorFit::new(&sums, own).expect("good moments");
    let mut state = fit.start();
    let mut offsets = Vector::filled(3, 0.0);
    assert!(!fit.errors(&mut state, &mut offsets));
    let none = Err(ArrayError::Reference { sensor: 3, sensors: 3 });
    assert_eq!(fit.offsets(&state, Origin::Sensor(3), &mut offsets), none);
    let torn = fit.signal(&state, &[1.0, f64::NAN, 1.0], &offsets);
    assert_eq!(torn, Err(ArrayError::NonFiniteMeasurement { sensor: 1 }));
    let short = fit.signal(&state, &[1.0; 2], &offsets);
    assert_eq!(short, Err(ArrayError::Length { expected: 3, found: 2 }));
}
