//! Batches of blind calibrations, and of whatever else is not written for lanes.

use crate::same::{assert_equal, assert_same};
use solvekit::calibration::{Answer, CalibrationError, Sensor};
use solvekit_host::batch::{Backend, Batch, BatchError, CalibrationBatch, Laned, Runner, Tasks};
use solvekit_host::matrix::DenseMatrix;

const UNKNOWNS: usize = 4;
const SENSORS: usize = 6;
const SNAPSHOTS: usize = 5;
const DEVICES: usize = 40;

fn wave(k: usize) -> f64 {
    (0.37 * (k * k) as f64 + k as f64).sin()
}

/// γ of a device, with mean 1.
fn gains(device: usize) -> Vec<f64> {
    let raw: Vec<f64> = (0..SENSORS).map(|i| 1.0 + 0.3 * wave(31 * device + i)).collect();
    let mean = raw.iter().sum::<f64>() / SENSORS as f64;
    raw.iter().map(|gain| gain / mean).collect()
}

fn signal(device: usize) -> Vec<f64> {
    (0..UNKNOWNS).map(|j| wave(1_000 + 7 * device + j)).collect()
}

fn sensing() -> DenseMatrix<f64> {
    let numbers = (0..UNKNOWNS * SENSORS * SNAPSHOTS).map(|k| wave(5_000 + k)).collect();
    DenseMatrix::from_columns(UNKNOWNS, numbers).expect("whole columns")
}

fn observations(sensing: &DenseMatrix<f64>) -> Vec<f64> {
    let mut all = Vec::new();
    for device in 0..DEVICES {
        let (gains, x) = (gains(device), signal(device));
        for k in 0..SENSORS * SNAPSHOTS {
            let seen: f64 = sensing.column(k).iter().zip(&x).map(|(a, x)| a * x).sum();
            all.push(gains[k % SENSORS] * seen);
        }
    }
    all
}

#[test]
fn every_device_gets_its_own_gains_whoever_is_beside_it() {
    let sensing = sensing();
    let mut y = observations(&sensing);
    let size = SENSORS * SNAPSHOTS;
    y[3 * size + 8] = f64::NAN;
    // A sensor that has fallen silent.
    (0..SNAPSHOTS).for_each(|l| y[5 * size + l * SENSORS + 2] = 0.0);
    let batch = CalibrationBatch::new(&sensing, SENSORS, &y).expect("whole devices");
    let found = Runner::new(Backend::Scalar).run(&batch).expect("scalar");
    for device in (0..DEVICES).filter(|device| ![3, 5].contains(device)) {
        let calibrated = found.outcomes[device].as_ref().expect("an outcome").as_ref();
        let calibrated = calibrated.expect("an answer");
        assert_eq!(calibrated.verdict.answer, Answer::Likelihood, "device {device}");
        assert!(calibrated.sensors.iter().all(|sensor| *sensor == Sensor::Sound));
        let known = gains(device).into_iter().chain(signal(device));
        for (k, (found, known)) in found.answer(device).iter().zip(known).enumerate() {
            // Without noise only rounding is left, times a conditioning of some tens.
            assert!((found - known).abs() < 1e-11, "device {device}, number {k}: {found}");
        }
    }
    let place = |device: usize| found.outcomes[device].as_ref().expect("an outcome");
    let broken = CalibrationError::NonFiniteMeasurement { snapshot: 1, sensor: 2 };
    assert_eq!(*place(3), Err(broken));
    assert!(found.answer(3).iter().all(|x| *x == 0.0));
    assert_eq!(place(5).as_ref().expect("an answer").sensors[2], Sensor::Dead);

    for runner in [Runner::new(Backend::Scalar).threads(3), Runner::auto().threads(2)] {
        assert_equal(&runner.run(&batch).expect("threads"), &found, "on threads");
    }
}

in_both_precisions!(every_size);

/// Sizes that fill groups of four and that do not, near the counting bound too, noise from none to one that hides
/// the gains, and in every batch some devices that go another way.
fn every_size<R: Laned>() {
    let sizes = [
        (1, 2, 3),
        (2, 3, 3),
        (3, 5, 2),
        (4, 4, 6),
        (5, 9, 4),
        (8, 8, 8),
        (16, 16, 8),
        (9, 6, 5),
        (5, 6, 11),
        (4, 5, 13),
        (2, 2, 3),
        (12, 3, 7),
        (1, 2, 70),
    ];
    for (n, m, p) in sizes {
        for noise in [0.0, 1e-3, 0.03, 0.3] {
            let entries = (0..n * m * p).map(|k| R::from_f64(wave(5_000 + k))).collect();
            let sensing = DenseMatrix::<R>::from_columns(n, entries).expect("whole columns");
            let mut y = Vec::new();
            for device in 0..45 {
                for k in 0..m * p {
                    let seen =
                        (0..n).map(|j| wave(5_000 + k * n + j) * wave(1_000 + 7 * device + j));
                    let gain = 1.0 + 0.3 * wave(31 * device + k % m);
                    let own = noise * wave(90_000 + device * m * p + k);
                    y.push(R::from_f64(gain * seen.sum::<f64>() + own));
                }
            }
            // Silent, no number, stuck, loud, one spike, and of another size than the rest.
            let size = m * p;
            y[3 * size..4 * size].fill(R::ZERO);
            y[5 * size + 1] = R::from_f64(f64::NAN);
            (0..p).for_each(|l| y[9 * size + l * m] = R::ONE);
            y[11 * size] = R::INFINITY;
            y[13 * size + m] += R::from_f64(20.0);
            (17 * size..18 * size).for_each(|k| y[k] *= R::from_f64(1e20));
            (20 * size..21 * size).for_each(|k| y[k] *= R::from_f64(-1e-20));
            // Of all sizes between what chance explains and what it does not.
            for step in 0..20 {
                y[(25 + step) * size + step % m] += R::from_f64(noise * (1.0 + 0.4 * step as f64));
            }
            let batch = CalibrationBatch::new(&sensing, m, &y).expect("whole devices");
            let what = format!("n {n}, m {m}, p {p}, noise {noise}");
            assert_same(&batch, Backend::Simd, &what);
            let known = batch.noise(R::from_f64(0.01));
            assert_same(&known, Backend::Simd, &format!("{what}, known"));
        }
    }
}

/// So that a wish to stop is heard between two of them.
#[test]
fn large_devices_are_parts_by_themselves() {
    let grain = |n: usize, m: usize, p: usize| {
        let sensing = DenseMatrix::from_columns(n, vec![1.0; n * m * p]).expect("whole columns");
        CalibrationBatch::new(&sensing, m, &vec![1.0; m * p]).expect("one device").grain()
    };
    assert_eq!((grain(16, 16, 8), grain(250, 250, 4), grain(1, 4, 65)), (16, 1, 1));
}

#[test]
fn matrices_of_its_own_give_a_device_the_bits_of_a_batch_of_one() {
    let (shared, y) = (sensing(), observations(&sensing()));
    let (rows, size) = (UNKNOWNS * SENSORS * SNAPSHOTS, SENSORS * SNAPSHOTS);
    let mut entries: Vec<f64> = (0..3).flat_map(|_| shared.values().to_vec()).collect();
    entries[rows] = f64::NAN;
    let sizes = (UNKNOWNS, SENSORS, SNAPSHOTS);
    let batch = CalibrationBatch::own(&entries, sizes, &y[..3 * size]).expect("whole devices");
    let known = CalibrationBatch::new(&shared, SENSORS, &y[..3 * size]).expect("whole devices");
    let known = Runner::new(Backend::Scalar).run(&known).expect("scalar");
    for backend in [Backend::Scalar, Backend::Simd] {
        let found = Runner::new(backend).threads(2).run(&batch).expect("one by one");
        for device in [0, 2] {
            assert_eq!(found.outcomes[device], known.outcomes[device]);
            assert_eq!(found.answer(device), known.answer(device));
        }
        let broken = CalibrationError::NonFiniteEntry { snapshot: 0, sensor: 0, column: 0 };
        assert_eq!(found.outcomes[1], Some(Err(broken)));
    }
    let ragged = BatchError::Ragged { what: "sensing entries", size: rows, found: 3 * rows - 1 };
    let refused = CalibrationBatch::own(&entries[1..], sizes, &y[..3 * size]).expect_err("refused");
    assert_eq!(refused, ragged);
}

#[test]
fn what_is_not_written_for_lanes_says_so() {
    let refused = Runner::new(Backend::Simd).run(&Tasks::new("chores", 3, |k| k));
    let reason = "chores is not written for lanes".to_owned();
    let unavailable = BatchError::Unavailable { backend: Backend::Simd, reason };
    assert_eq!(refused.expect_err("refused"), unavailable);
}

#[test]
fn observations_that_do_not_fit_are_refused() {
    let (sensing, y) = (sensing(), [1.0; 30]);
    let refused = |sensors, y| CalibrationBatch::new(&sensing, sensors, y).expect_err("refused");
    assert_eq!(refused(0, &y[..]), BatchError::NoUnknowns);
    let ragged = BatchError::Ragged { what: "sensing rows", size: 7, found: 30 };
    assert_eq!(refused(7, &y[..]), ragged);
    let ragged = BatchError::Ragged { what: "observations", size: 30, found: 29 };
    assert_eq!(refused(SENSORS, &y[1..]), ragged);
}
