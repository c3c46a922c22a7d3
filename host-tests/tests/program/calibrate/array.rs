//! `calibrate array`.

use super::check;
use crate::desk::Desk;
use std::f64::consts::PI;
use std::fmt::Write as _;

/// Of mean 1.
const GAINS: [f64; 6] = [1.2, 0.8, 1.1, 0.9, 1.3, 0.7];

/// Orthonormal cosines on six places.
fn basis(i: usize, j: usize) -> f64 {
    let scale = if j == 0 { 1.0_f64 / 6.0 } else { 1.0 / 3.0 };
    scale.sqrt() * (PI * j as f64 * (i as f64 + 0.5) / 6.0).cos()
}

fn wave(k: usize) -> f64 {
    (1.3 * k as f64 + 0.4 * (k * k) as f64).sin()
}

/// Frames y = γ ∘ (U z) + o, or of one signal; a row a frame.
fn frames(device: &str, count: usize, field: impl Fn(usize, usize) -> f64, offset: f64) -> String {
    let mut text = String::new();
    for l in 0..count {
        let y = GAINS.iter().enumerate().map(|(i, gain)| {
            // A thousandth of noise, so that errors are known.
            let noise = 1e-3 * (((l * 7 + i * 13 + l * i) % 17) as f64 / 8.0 - 1.0);
            (gain * field(l, i) + offset * (i as f64 - 2.0) + noise).to_string()
        });
        let y: Vec<String> = y.collect();
        writeln!(text, "{device}{}", y.join(",")).expect("a text");
    }
    text
}

fn in_subspace(l: usize, i: usize) -> f64 {
    basis(i, 0) * wave(2 * l) * 3.0 + basis(i, 1) * wave(2 * l + 1) * 3.0
}

#[test]
fn signals_in_a_subspace_and_shared_ones_give_the_gains() {
    let table: String = (0..6).map(|i| format!("{},{}\n", basis(i, 0), basis(i, 1))).collect();
    let desk = Desk::with(&[
        ("u.csv", &table),
        ("field.csv", &frames("", 60, in_subspace, 0.0)),
        ("shifted.csv", &frames("", 60, in_subspace, 0.5)),
        ("shared.csv", &frames("", 80, |l, _| wave(l), 0.5)),
    ]);
    for (words, offsets) in [
        ("--observations field.csv --subspace u.csv", false),
        ("--observations shifted.csv --subspace u.csv --offsets", false),
        ("--observations shared.csv --reference 2 --output gains.csv", true),
        ("--observations shared.csv --reference 2 --equal-noise --figures plots", true),
    ] {
        let told = desk.run(&format!("calibrate array {words} --json"));
        assert_eq!(told.code, Some(0), "{words}: {told:?}");
        let json = told.json();
        assert_eq!((&json["status"], &json["answer"]), (&"converged".into(), &"likelihood".into()));
        // Noise of a thousandth in some sixty frames: six times its error in a mean.
        check(&json["gains"], &GAINS, 3e-3);
        let error = json["standard_errors"][0].as_f64().expect("a number");
        assert!(error > 1e-5 && error < 2e-3, "{error}");
        if offsets {
            let meant: Vec<f64> = (0..6).map(|i| 0.5 * (f64::from(i) - 2.0)).collect();
            check(&json["offsets"], &meant, 3e-3);
        }
    }
    assert!(desk.path("plots").join("device-gains.svg").exists());
    let table = std::fs::read_to_string(desk.path("gains.csv")).expect("a table");
    assert!(
        table.starts_with("device,status,reason,rows,skipped,sigma,gain_0,gain_0_error,offset_0,")
    );
}

#[test]
fn faulty_sensors_and_devices_are_named() {
    let header = "unit,a,b,c,d,e,f\n";
    let good = frames("good,", 80, |l, _| wave(l), 0.0);
    let dead: String = good
        .lines()
        .map(|line| {
            let mut fields: Vec<&str> = line.split(',').collect();
            (fields[0], fields[4]) = ("dead", "0.0");
            fields.join(",") + "\n"
        })
        .collect();
    let few: String = frames("few,", 2, |l, _| wave(l), 0.0);
    let desk = Desk::with(&[("all.csv", &format!("{header}{good}{dead}{few}"))]);
    let told = desk.run("calibrate array --observations all.csv --device unit --json");
    assert_eq!(told.code, Some(1), "{told:?}");
    let json = told.json();
    assert_eq!(json["devices"][0]["status"], "converged");
    let warning = json["devices"][1]["warnings"][0].as_str().expect("a warning");
    assert_eq!(warning, "sensor d is dead", "{json}");
    assert_eq!(json["devices"][2]["status"], "refused");
}

#[test]
fn shapes_and_options_are_named() {
    let desk = Desk::with(&[
        ("y.csv", &frames("", 20, |l, _| wave(l), 0.0)),
        ("u.csv", "1,0\n0,1\n"),
        ("skew.csv", "1,1\n0,1\n0,0\n0,0\n0,0\n0,0\n"),
    ]);
    let refused = |words: &str, code: i32, named: &str| {
        let told = desk.run(&format!("calibrate array --observations y.csv {words}"));
        assert_eq!(told.code, Some(code), "{told:?}");
        assert!(told.stderr.contains(named), "`{named}` is not in: {}", told.stderr);
    };
    refused("--subspace u.csv", 2, "u.csv: 2 rows for 6 columns of observations");
    refused("--sensors 0", 2, "--sensors: one sensor has no other to be compared with");
    refused("--reference q", 2, "--reference: there is no sensor `q` among 0, 1, 2, 3, 4, 5");
    refused("--offsets", 2, "--subspace");
    refused("--subspace u.csv --equal-noise", 2, "--equal-noise");
    // What is wrong with the numbers is told of the device.
    refused("--subspace skew.csv", 1, "columns 0 and 1 of the basis are not orthogonal");
    refused("--sensors 0,1", 1, "noise");
}
