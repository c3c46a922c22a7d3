//! `calibrate ferraris`.

use crate::desk::Desk;
use std::fmt::Write as _;

/// Scale 100 and an offset of (1, 2, 3); the gyroscope's scale is 10, and a turn takes a second of ten
/// readings.
fn session(parts: &[&str]) -> String {
    let mut text = "part,acc_x,acc_y,acc_z,gyr_x,gyr_y,gyr_z\n".to_owned();
    for part in parts {
        let axis = usize::from(part.as_bytes()[0] - b'x');
        let mut acc = [1.0, 2.0, 3.0];
        let mut gyr = [0.5, 0.25, 0.0];
        match &part[2..] {
            "p" => acc[axis] += 981.0,
            "a" => acc[axis] -= 981.0,
            "rot" => gyr[axis] += 3600.0,
            _ => {}
        }
        for _ in 0..10 {
            let [[a, b, c], [d, e, f]] = [acc, gyr];
            writeln!(text, "{part},{a},{b},{c},{d},{e},{f}").expect("a text");
        }
    }
    text
}

const ALL: [&str; 10] =
    ["x_p", "x_a", "y_p", "y_a", "x_moved", "z_p", "z_a", "x_rot", "y_rot", "z_rot"];

#[test]
fn both_sensors_are_calibrated() {
    let desk = Desk::with(&[("s.csv", &session(&ALL))]);
    let words = "calibrate ferraris --log s.csv --gravity 9.81 --rate 10 --json";
    let json = desk.run(words).json();
    assert_eq!(json["status"], "converged");
    assert_eq!(json["passed_over"], 10);
    let near = |value: &serde_json::Value, meant: f64| {
        let found = value.as_f64().expect("a number");
        assert!((found - meant).abs() < 1e-9, "{found} {meant}");
    };
    for k in 0..3 {
        near(&json["accelerometer"]["offset"][k], [1.0, 2.0, 3.0][k]);
        near(&json["accelerometer"]["scale"][k], 100.0);
        near(&json["gyroscope"]["offset"][k], [0.5, 0.25, 0.0][k]);
        near(&json["gyroscope"]["scale"][k], 10.0);
    }
    // The accelerometer alone.
    let words = "calibrate ferraris --log s.csv --gravity 9.81 --turning none --json";
    let json = desk.run(words).json();
    assert_eq!((&json["status"], &json["gyroscope"]), (&"converged".into(), &().into()));
    near(&json["accelerometer"]["scale"][1], 100.0);
}

#[test]
fn a_missing_pose_is_named() {
    let desk = Desk::with(&[("s.csv", &session(&["x_p", "x_a", "y_p", "z_p", "z_a"]))]);
    let told = desk.run("calibrate ferraris --log s.csv --rate 10 --json");
    assert_eq!(told.code, Some(1), "{told:?}");
    assert_eq!(told.json()["reason"], "there are no readings of part y_a");
}

#[test]
fn bad_options_are_named() {
    let desk = Desk::with(&[("s.csv", &session(&ALL))]);
    let refused = |words: &str, named: &str| {
        let told = desk.run(&format!("calibrate ferraris --log s.csv {words}"));
        assert_eq!(told.code, Some(2), "{told:?}");
        assert!(told.stderr.contains(named), "`{named}` is not in: {}", told.stderr);
    };
    refused("", "--rate: it is needed for the turns");
    refused("--rate 0", "--rate: 0 is not");
    refused("--rate 10 --gravity -9", "--gravity");
    refused("--rate 10 --angle 0", "--angle: 0 is not a finite number other than 0");
    refused("--rate 10 --turning gyr_x", "--turning: three columns are needed, 1 were given");
    refused("--rate 10 --part pose", "there is no column `pose`; the columns are part, acc_x");
}
