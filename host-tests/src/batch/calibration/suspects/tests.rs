//! The search against a fit without the sensor, and against a device alone.

use super::super::CalibrationBatch;
use super::super::shared::Shared;
use super::super::steps::{Start, Step};
use super::*;
use crate::batch::{Backend, Runner};
use crate::matrix::DenseMatrix;
use nalgebra::{DMatrix, DVector};
use solvekit::Lanes;
use solvekit::calibration::Sensor;

type Eight = Lanes<8, f64>;

const SIZES: [(usize, usize, usize); 7] =
    [(4, 6, 5), (7, 7, 7), (6, 9, 8), (3, 5, 3), (2, 4, 6), (5, 6, 11), (9, 7, 13)];

fn wave(k: usize) -> f64 {
    (0.37 * (k * k) as f64 + k as f64).sin()
}

fn sensing((n, m, p): (usize, usize, usize)) -> DenseMatrix<f64> {
    let entries = (0..n * m * p).map(|k| wave(5_000 + k)).collect();
    DenseMatrix::from_columns(n, entries).expect("whole columns")
}

/// Measurements with noise of a thousandth.
fn measured(sensing: &DenseMatrix<f64>, sensors: usize, device: usize) -> Vec<f64> {
    let count = sensing.values().len() / sensing.column(0).len();
    let seen = |k: usize| {
        let row = sensing.column(k).iter().enumerate();
        let seen: f64 = row.map(|(j, a)| a * wave(1_000 + 7 * device + j)).sum();
        let noise = 1e-3 * wave(90_000 + device * count + k);
        (1.0 + 0.3 * wave(31 * device + k % sensors)) * seen + noise
    };
    (0..count).map(seen).collect()
}

/// The fit of eight devices where suspects are looked for.
fn fitted<'s>(shared: &'s Shared<f64>, y: &[f64]) -> Fit<'s, Eight> {
    let mut fit = Fit::new(shared);
    fit.load(y);
    Eight::apart(Start(&mut fit));
    fit.two_steps();
    Eight::apart(Step(&mut fit));
    fit
}

/// Rows −γ (I − u uᵀ / ‖u‖²) A of a lane's sensors but `without`, and their residuals.
fn others(fit: &Fit<'_, Eight>, lane: usize, without: usize) -> (DMatrix<f64>, DVector<f64>) {
    let (n, p) = (fit.x.len(), fit.shared.counts.snapshots);
    let (mut rows, mut residuals) = (Vec::new(), Vec::new());
    for sensor in (0..fit.gains.len()).filter(|sensor| *sensor != without) {
        let of = |all: &[Eight]| -> DVector<f64> {
            let own = all[sensor * p..(sensor + 1) * p].iter().map(|x| x.0[lane]);
            DVector::from_vec(own.collect())
        };
        let (u, y, gain) = (of(&fit.u), of(&fit.y), fit.gains[sensor].0[lane]);
        let a = DMatrix::from_row_slice(p, n, fit.shared.of(sensor));
        let aside = DMatrix::identity(p, p) - &u * u.transpose() / u.norm_squared();
        rows.push(-gain * aside * a);
        residuals.push(gain * u - y);
    }
    // Nothing changes along x: a row closes that direction, so that the columns are independent.
    rows.push(DMatrix::from_fn(1, n, |_, j| fit.x[j].0[lane]));
    residuals.push(DVector::zeros(1));
    let rows: Vec<_> = rows.iter().flat_map(|part| part.row_iter()).collect();
    let residuals: Vec<f64> = residuals.iter().flat_map(|part| part.iter().copied()).collect();
    (DMatrix::from_rows(&rows), DVector::from_vec(residuals))
}

/// What is left of the residuals where x may be any.
fn left((rows, r): (DMatrix<f64>, DVector<f64>)) -> f64 {
    let q = rows.qr().q();
    let taken = &q * q.tr_mul(&r);
    (r - taken).norm_squared()
}

#[test]
fn the_loss_is_that_of_a_fit_without_the_sensor() {
    for (n, m, p) in SIZES {
        let sensing = sensing((n, m, p));
        let y: Vec<f64> = (0..8).flat_map(|device| measured(&sensing, m, device)).collect();
        let batch = CalibrationBatch::new(&sensing, m, &y).expect("whole devices");
        let shared = Shared::new(&batch).expect("an ordinary size");
        let mut fit = fitted(&shared, &y);
        let sure: Vec<usize> = (0..8).filter(|lane| fit.doubt.0[*lane] == 0.0).collect();
        assert!(sure.len() >= 4, "n {n}, m {m}, p {p}: {} of 8", sure.len());
        // To where rounding begins, which may raise f: what is compared is linear about the best x.
        (0..40).for_each(|_| fit.two_steps());
        Eight::apart(Step(&mut fit));
        let mut room = Room::new(n, m, p);
        fit.residuals(&mut room.residuals);
        for sensor in 0..m {
            let (loss, least) = fit.loss(sensor, &mut room);
            for lane in &sure {
                let whole = left(others(&fit, *lane, m));
                let known = whole - left(others(&fit, *lane, sensor));
                // Rounding in numbers of about 1, of which the residuals are a thousandth, times the conditioning.
                let what = format!("n {n}, m {m}, p {p}, lane {lane}, sensor {sensor}");
                let apart = (loss.0[*lane] - known).abs();
                assert!(apart <= 1e-6 * whole, "{what}: {} and {known}", loss.0[*lane]);
                assert!(least.0[*lane] > 0.0, "{what}");
            }
        }
    }
}

/// A spike that grows until the device alone has an erratic sensor: there lanes have to doubt, and half of it is no
/// reason to.
#[test]
fn where_a_sensor_begins_to_be_erratic_its_device_is_doubted() {
    let mut told = 0;
    for (n, m, p) in SIZES {
        let sensing = sensing((n, m, p));
        for device in 0..4 {
            let with = |spike: f64| {
                let mut y = measured(&sensing, m, device);
                y[m + device % m] += spike;
                y
            };
            let is_erratic = |spike: f64| {
                let y = with(spike);
                let batch = CalibrationBatch::new(&sensing, m, &y).expect("one device");
                let found = Runner::new(Backend::Scalar).run(&batch).expect("scalar");
                let outcome = found.outcomes[0].as_ref().expect("an outcome");
                outcome.as_ref().is_ok_and(|found| found.sensors.contains(&Sensor::Erratic))
            };
            let (mut low, mut high) = (0.0, 0.1);
            if is_erratic(low) || !is_erratic(high) {
                continue;
            }
            for _ in 0..30 {
                let middle = 0.5 * (low + high);
                (low, high) = if is_erratic(middle) { (low, middle) } else { (middle, high) };
            }
            let y: Vec<f64> = [0.0, 0.5, 1.0, 1.0 + 1e-6, 1.001, 1.01, 1.1, 2.0]
                .into_iter()
                .flat_map(|part| with(part * high))
                .collect();
            let batch = CalibrationBatch::new(&sensing, m, &y).expect("whole devices");
            let shared = Shared::new(&batch).expect("an ordinary size");
            let mut fit = fitted(&shared, &y);
            if fit.doubt.0.iter().any(|doubt| *doubt != 0.0) {
                continue;
            }
            let mut room = Room::new(n, m, p);
            let whole = fit.residuals(&mut room.residuals);
            fit.suspects(&mut room, whole);
            let doubts: Vec<bool> = fit.doubt.0.iter().map(|doubt| *doubt != 0.0).collect();
            let expected = [false, false, true, true, true, true, true, true];
            assert_eq!(doubts, expected, "n {n}, m {m}, p {p}, device {device}");
            told += 1;
        }
    }
    assert!(told >= 10, "{told} devices");
}
