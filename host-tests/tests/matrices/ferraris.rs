//! A session with six poses and three turns, against the calibration that came with it.

use crate::data::trial_in;
use libtest_mimic::Trial;
use solvekit::calibration::ferraris::{Axes, FerrarisCalibration, FerrarisOptions, Part, Session};
use std::path::Path;

pub(crate) fn trials() -> Vec<Trial> {
    vec![trial_in(
        "imu",
        "ferraris::it_is_the_stored_calibration",
        "imucal_annotated_session.csv",
        it_is_the_stored_calibration,
    )]
}

fn it_is_the_stored_calibration(path: &Path) {
    let mut session = Session::new();
    for row in csv::Reader::from_path(path).expect("a file").records() {
        let row = row.expect("a row");
        let part = Part::named(&row[0]).expect("a part");
        let number = |k: usize| row[k].parse::<f64>().expect("a number");
        let rate = [number(5), number(6), number(7)];
        session.add(part, [number(2), number(3), number(4)], rate).expect("finite");
    }
    // As the stored calibration was made: 204.8 readings a second, turned clockwise.
    let options = FerrarisOptions { angle: -360.0, ..FerrarisOptions::new(9.81, 204.8) };
    let found = FerrarisCalibration::of(&session, &options).expect("a calibration");

    let stored = std::fs::read_to_string(path.with_file_name("example_cal.json")).expect("a file");
    let stored: serde_json::Value = serde_json::from_str(&stored).expect("JSON");
    let number = |value: &serde_json::Value| value.as_f64().expect("a number");
    let close = |name: &str, own: f64, theirs: f64| {
        // All printed digits; an entry of about 0.01 is a difference of numbers of about 2,000.
        assert!((own - theirs).abs() < 1e-12 * theirs.abs().max(1e3), "{name}: {own} {theirs}");
    };
    let axes = |own: &Axes<f64>, [k, r, b]: [&str; 3]| {
        for i in 0..3 {
            close(k, own.scale[i], number(&stored[k][i][i]));
            close(b, own.offset[i], number(&stored[b][i]));
            for j in 0..3 {
                close(r, own.directions[i][j], number(&stored[r][i][j]));
            }
        }
    };
    axes(&found.accelerometer, ["K_a", "R_a", "b_a"]);
    let gyro = found.gyroscope.expect("there were turns");
    axes(&gyro.axes, ["K_g", "R_g", "b_g"]);
    for i in 0..3 {
        for j in 0..3 {
            close("K_ga", gyro.sensitivity[i][j], number(&stored["K_ga"][i][j]));
        }
    }
}
