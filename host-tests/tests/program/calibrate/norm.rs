//! `calibrate norm`.

use crate::desk::Desk;
use serde_json::Value;

/// Readings of y = v / scale + offset, v of length 9.81 in fixed directions of the whole sphere.
pub(super) fn readings(offset: [f64; 3], scale: f64) -> Vec<[f64; 3]> {
    let direction = |k: u32| {
        // A spiral from pole to pole.
        let (height, angle) = (1.0 - (2.0 * f64::from(k) + 1.0) / 24.0, f64::from(k) * 2.4);
        let radius = (1.0 - height * height).sqrt();
        [radius * angle.cos(), radius * angle.sin(), height]
    };
    let read = |n: [f64; 3]| [0, 1, 2].map(|k| 9.81 * n[k] / scale + offset[k]);
    (0..24).map(direction).map(read).collect()
}

pub(super) fn log(device: &str, readings: &[[f64; 3]]) -> String {
    readings.iter().map(|[x, y, z]| format!("{device},{x},{y},{z}\n")).collect()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("an array").iter().map(|v| v.as_f64().expect("a number")).collect()
}

#[test]
fn a_sensor_is_calibrated() {
    let text: String = readings([0.5, -0.25, 1.0], 1.02)
        .iter()
        .map(|[x, y, z]| format!("{x} {y} {z}\n"))
        .collect();
    let desk = Desk::with(&[("rest.log", &text)]);
    let told = desk.run("calibrate norm --log rest.log --norm 9.81 --json --output cal.csv");
    assert_eq!(told.code, Some(0), "{told:?}");
    let json = told.json();
    assert_eq!((&json["status"], &json["device"]), (&"converged".into(), &Value::Null));
    for (found, meant) in numbers(&json["offset"]).iter().zip([0.5, -0.25, 1.0]) {
        assert!((found - meant).abs() < 1e-9, "{found} {meant}");
    }
    for (i, row) in json["matrix"].as_array().expect("rows").iter().enumerate() {
        for (k, found) in numbers(row).iter().enumerate() {
            let meant = if i == k { 1.02 } else { 0.0 };
            assert!((found - meant).abs() < 1e-9, "{found} {meant}");
        }
    }
    assert_eq!(json["identifiability"]["octants"], 8);
    let table = std::fs::read_to_string(desk.path("cal.csv")).expect("a table");
    assert!(table.starts_with("device,status,reason,rows,skipped,norm,offset_x,offset_x_error,"));
    assert_eq!(table.lines().count(), 2);
}

#[test]
fn a_bad_device_does_not_stop_the_others() {
    let flat: Vec<[f64; 3]> =
        readings([0.0; 3], 1.0).iter().map(|[x, y, _]| [*x, *y, 0.0]).collect();
    let text = format!(
        "unit,ax,ay,az\n{}{}{}hole,1,,3\n",
        log("good", &readings([0.1, 0.2, 0.3], 1.0)),
        log("flat", &flat),
        log("far", &readings([0.1, 0.2, 0.3], 2.0)),
    );
    let desk = Desk::with(&[("all.csv", &text)]);
    let words = "calibrate norm --log all.csv --columns ax,ay,az --device unit --norm 9.81 --json";
    let told = desk.run(&format!("{words} --only good,flat,far,hole,absent --figures plots"));
    assert_eq!(told.code, Some(1), "{told:?}");
    let json = told.json();
    assert_eq!((&json["calibrated"], &json["refused"]), (&2.into(), &3.into()));
    let device = |k: usize| &json["devices"][k];
    assert_eq!(device(0)["status"], "converged");
    let refused = |k: usize, words: &str| {
        assert_eq!(device(k)["status"], "refused", "{json}");
        let reason = device(k)["reason"].as_str().expect("a reason");
        assert!(reason.contains(words), "{reason}");
    };
    refused(1, "not turned enough");
    // Half the length: the units are suspicious, and it is said.
    assert_eq!(device(2)["status"], "converged");
    let warning = device(2)["warnings"][0].as_str().expect("a warning");
    assert!(warning.contains("0.500 times the length of 9.81"), "{warning}");
    refused(3, "all.csv, line 74: a number of column `ay` is missing");
    refused(4, "there are no rows of it");
    let plots = std::fs::read_dir(desk.path("plots")).expect("a folder").count();
    assert_eq!(plots, 4, "two for each calibrated device");
}

#[test]
fn windows_at_rest_are_found() {
    // Each pose for ten rows, and shaken in between.
    let mut text = String::new();
    for ([x, y, z], k) in readings([0.5, -0.25, 1.0], 1.02).iter().zip(0..) {
        for _ in 0..10 {
            text.push_str(&format!("{x},{y},{z}\n"));
        }
        for shake in 0..10 {
            text.push_str(&format!("{},{y},{z}\n", x + f64::from((shake * 7 + k) % 10)));
        }
    }
    let desk = Desk::with(&[("shaken.csv", &text)]);
    let words = "calibrate norm --log shaken.csv --norm 9.81 --window 10 --json";
    let json = desk.run(&format!("{words} --rest 0.01")).json();
    assert_eq!((&json["samples"], &json["rung"]), (&24.into(), &"full".into()));
    assert!((numbers(&json["offset"])[2] - 1.0).abs() < 1e-9);
    // Every window of twice the length holds a shake.
    let told = desk.run(&words.replace("--window 10", "--window 20 --rest 0.01"));
    assert_eq!(told.code, Some(1), "{told:?}");
    let reason = told.json()["reason"].as_str().expect("a reason").to_owned();
    assert!(reason.contains("in no window of 20 rows"), "{reason}");
}

#[test]
fn bad_options_are_named() {
    let desk = Desk::with(&[("a.csv", "1,2,3\n4,5,6\n")]);
    let refused = |words: &str, named: &str| {
        let told = desk.run(&format!("calibrate norm --log a.csv {words}"));
        assert_eq!(told.code, Some(2), "{told:?}");
        assert!(told.stderr.contains(named), "`{named}` is not in: {}", told.stderr);
        assert_eq!(desk.names(), ["a.csv"]);
    };
    refused("--columns 0,1", "three columns are needed, 2 were given");
    refused("--columns 0,1,z", "there is no column `z`; the columns are 0, 1, 2");
    refused("--norm -1", "--norm: -1 is not a finite number above 0");
    refused("--norm nan", "--norm");
    refused("--window 1", "--window: 2 rows or more are needed");
    refused("--rest 0", "--rest");
    refused("--output cal.npy", "the name must end in .csv or .json");
    refused("--output none/cal.csv", "none/cal.csv");
    refused("--only x", "--device");
}
