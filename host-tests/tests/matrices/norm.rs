//! Three accelerometers and a magnetometer, against SciPy's `least_squares` of the same model.

use crate::data::trial_in;
use libtest_mimic::Trial;
use solvekit::calibration::norm::{NormCalibration, NormOptions, Rung, Samples};
use std::path::Path;

/// Rows of a window.
const WINDOW: usize = 100;
/// The deviation of each axis in a window at rest, in m/s².
const REST: f64 = 0.1;
const GRAVITY: f64 = 9.80665;

pub(crate) fn trials() -> Vec<Trial> {
    let trial = |file: &'static str, test: fn(&Path)| {
        trial_in("imu", format!("norm::{file}::it_is_the_least_squares_fit"), file, test)
    };
    vec![
        trial("imu0.log", |path| accelerometer(path, 108, 0.004_821)),
        trial("imu1.log", |path| accelerometer(path, 109, 0.005_652)),
        trial("imu2.log", |path| accelerometer(path, 110, 0.005_273)),
        trial("mag_out.txt", magnetometer),
    ]
}

/// The first three columns.
fn read(path: &Path) -> Vec<[f64; 3]> {
    let text = std::fs::read_to_string(path).expect("a file");
    let row = |line: &str| {
        let mut words = line.split_whitespace().map(|word| word.parse().expect("a number"));
        [0; 3].map(|_| words.next().expect("three columns"))
    };
    text.lines().map(row).collect()
}

/// Means of the windows in which nothing moves.
fn at_rest(rows: &[[f64; 3]]) -> Vec<[f64; 3]> {
    let window = |rows: &[[f64; 3]]| {
        let count = rows.len() as f64;
        let mean = [0, 1, 2].map(|k| rows.iter().map(|row| row[k]).sum::<f64>() / count);
        let quiet = (0..3).all(|k| {
            let squares = rows.iter().map(|row| (row[k] - mean[k]).powi(2)).sum::<f64>();
            (squares / count).sqrt() < REST
        });
        quiet.then_some(mean)
    };
    rows.as_chunks::<WINDOW>().0.iter().filter_map(|rows| window(rows)).collect()
}

/// The deviation of ‖v‖ about its own mean.
fn deviation(found: &NormCalibration<f64>, rows: &[[f64; 3]]) -> (f64, f64) {
    let lengths: Vec<f64> = rows
        .iter()
        .map(|y| found.model.apply(*y).iter().map(|v| v * v).sum::<f64>().sqrt())
        .collect();
    let mean = lengths.iter().sum::<f64>() / lengths.len() as f64;
    let squares: f64 = lengths.iter().map(|length| (length - mean).powi(2)).sum();
    ((squares / lengths.len() as f64).sqrt(), mean)
}

fn accelerometer(path: &Path, windows: usize, scipy: f64) {
    let rows = at_rest(&read(path));
    assert_eq!(rows.len(), windows);
    let samples = Samples::new(&rows).expect("good readings");
    let options = NormOptions::new(Some(GRAVITY));
    let found = NormCalibration::of(&samples, &options).expect("a calibration");
    assert_eq!(found.rung, Rung::Full);
    let (spread, _) = deviation(&found, &rows);
    // SciPy's, to the digits printed: four.
    assert!((spread - scipy).abs() < 5.1e-7, "{spread} {scipy}");
    assert!((GRAVITY * found.spread - scipy).abs() < 1e-6, "{}", GRAVITY * found.spread);
}

fn magnetometer(path: &Path) {
    let rows = read(path);
    assert_eq!(rows.len(), 347);
    let samples = Samples::new(&rows).expect("good readings");
    let found = NormCalibration::of(&samples, &NormOptions::new(None)).expect("a calibration");
    assert_eq!(found.rung, Rung::Full);
    assert!((found.spread_before - 0.3677).abs() < 1e-4, "{}", found.spread_before);
    let (spread, mean) = deviation(&found, &rows);
    // SciPy's ellipsoid.
    assert!(spread / mean <= 0.0206, "{}", spread / mean);
    assert!((spread / mean - 0.020_583).abs() < 1e-6, "{}", spread / mean);
}
