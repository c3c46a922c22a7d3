//! `calibrate gains`.

use super::check;
use crate::desk::Desk;
use std::fmt::Write as _;

const SENSORS: usize = 6;
const UNKNOWNS: usize = 4;

/// Entry j of the row of a sensor in a snapshot; nothing is special about these numbers.
fn entry(snapshot: usize, sensor: usize, j: usize) -> f64 {
    let k = ((snapshot * SENSORS + sensor) * UNKNOWNS + j) as f64;
    (1.7 * k + 0.3 * k * k).sin() + 0.1 * k.cos()
}

fn sensing(snapshots: usize) -> String {
    let mut text = String::new();
    for row in 0..snapshots * SENSORS {
        let entries = (0..UNKNOWNS).map(|j| entry(row / SENSORS, row % SENSORS, j).to_string());
        writeln!(text, "{}", entries.collect::<Vec<_>>().join(",")).expect("a text");
    }
    text
}

/// The same as an array in either order.
fn array(snapshots: usize, order: npyz::Order) -> Vec<u8> {
    use npyz::WriterBuilder as _;
    let mut bytes = Vec::new();
    let shape = [snapshots, SENSORS, UNKNOWNS].map(|size| size as u64);
    let options = npyz::WriteOptions::new().default_dtype().order(order).shape(&shape);
    let mut writer = options.writer(&mut bytes).begin_nd().expect("writes to memory");
    for k in 0..snapshots * SENSORS * UNKNOWNS {
        let (l, i, j) = match order {
            npyz::Order::C => (k / (SENSORS * UNKNOWNS), k / UNKNOWNS % SENSORS, k % UNKNOWNS),
            npyz::Order::Fortran => {
                (k % snapshots, k / snapshots % SENSORS, k / (snapshots * SENSORS))
            }
        };
        writer.push(&entry(l, i, j)).expect("writes to memory");
    }
    writer.finish().expect("writes to memory");
    bytes
}

fn observations(device: &str, gains: [f64; SENSORS], snapshots: usize) -> String {
    let x = [0.5, -1.0, 2.0, 0.25];
    let mut text = String::new();
    for l in 0..snapshots {
        let seen = (0..SENSORS).map(|i| {
            let u: f64 = (0..UNKNOWNS).map(|j| entry(l, i, j) * x[j]).sum();
            (gains[i] * u).to_string()
        });
        let seen = seen.collect::<Vec<_>>().join(",");
        writeln!(text, "{device},{seen}").expect("a text");
    }
    text
}

const HEADER: &str = "unit,a,b,c,d,e,f\n";
/// Of mean 1.
const GAINS: [f64; SENSORS] = [1.2, 0.7, 1.1, 0.9, 1.4, 0.7];

/// Side by side by default: with the answer, word for word, that each device has when it is asked for alone.
#[test]
fn a_fleet_has_the_answers_of_its_devices() {
    let mut text = HEADER.to_owned();
    for k in 0..14_usize {
        let gains = GAINS.map(|gain| gain + 0.01 * (k as f64 * gain).sin());
        // Two devices with noise of another kind, one that is silent, one with a row too few.
        let rows = observations(&format!("u{k}"), gains, if k == 9 { 4 } else { 5 });
        let rows = match k {
            3 => rows.replace(['1', '2'], "5"),
            6 => rows.replace('7', "8"),
            8 => rows.lines().map(|_| "u8,0,0,0,0,0,0\n").collect(),
            _ => rows,
        };
        text += &rows;
    }
    // A missing number, which is left out with its row.
    let mut rows: Vec<&str> = text.lines().collect();
    let missing = rows.iter().position(|row| row.starts_with("u5,")).expect("a row");
    rows[missing] = "u5,nan,1,1,1,1,1";
    let desk = Desk::with(&[("a.csv", &sensing(5)), ("y.csv", &(rows.join("\n") + "\n"))]);
    let words =
        "calibrate gains --sensing a.csv --observations y.csv --device unit --missing skip --json";
    let all = desk.run(words).json();
    let devices = all["devices"].as_array().expect("devices");
    assert_eq!(devices.len(), 14);
    for device in devices {
        let name = device["device"].as_str().expect("a name");
        let alone = desk.run(&format!("{words} --only {name}")).json();
        assert_eq!(device, &alone["devices"][0], "{name}");
    }
    let refused = devices.iter().filter(|device| device["status"] == "refused");
    assert_eq!(refused.count(), 2, "{all}");
    let by_lanes = desk.run(&format!("{words} --backend simd --threads 2")).json();
    assert_eq!(by_lanes["devices"], all["devices"]);
    // One that has nobody beside it, lanes or not.
    let alone = desk.run(&format!("{words} --backend simd --only u2")).json();
    assert_eq!(alone["devices"][0], devices[2]);
}

#[test]
fn every_method_finds_the_gains() {
    let text = format!("{HEADER}{}", observations("u", GAINS, 5));
    let desk = Desk::with(&[("a.csv", &sensing(5)), ("y.csv", &text)])
        .and("c.npy", array(5, npyz::Order::C))
        .and("fortran.npy", array(5, npyz::Order::Fortran));
    for (words, sensing, tolerance) in [
        ("", "a.csv", 1e-9),
        ("", "c.npy", 1e-9),
        ("--offsets", "fortran.npy", 1e-9),
        ("--method gauss-newton", "a.csv", 1e-9),
        // It stops at a relative change of 1e-8.
        ("--method gradient", "a.csv", 1e-5),
        ("--method gradient --radius 0.6", "a.csv", 1e-5),
        ("--method gradient --sparsity 4", "a.csv", 1e-5),
    ] {
        let told = desk.run(&format!(
            "calibrate gains --sensing {sensing} --observations y.csv --sensors a,b,c,d,e,f {words} --json"
        ));
        assert_eq!(told.code, Some(0), "{words}: {told:?}");
        let json = told.json();
        assert_eq!(json["status"], "converged", "{words}");
        check(&json["gains"], &GAINS, tolerance);
        check(&json["signal"], &[0.5, -1.0, 2.0, 0.25], 10.0 * tolerance);
        assert_eq!(json["identifiability"]["equations"], 30);
        check(&json["residuals"]["after"], &[0.0; SENSORS], 10.0 * tolerance);
        assert!(json["residuals"]["before"][0].as_f64().is_some_and(|before| before > 0.01));
    }
}

#[test]
fn devices_are_calibrated_by_themselves() {
    let mut dead = GAINS;
    dead[3] = 0.0;
    let hole = observations("hole", GAINS, 5).replacen("hole,", "hole,nan,", 1);
    let hole: String = hole
        .lines()
        .map(|line| line.splitn(8, ',').take(7).collect::<Vec<_>>().join(",") + "\n")
        .collect();
    let few = observations("few", GAINS, 4);
    let text = format!(
        "{HEADER}{}{}{hole}{few}",
        observations("good", GAINS, 5),
        observations("dead", dead, 5)
    );
    let desk = Desk::with(&[("a.csv", &sensing(5)), ("y.csv", &text)]);
    let words = "calibrate gains --sensing a.csv --observations y.csv --device unit --json";
    let told = desk.run(words);
    assert_eq!(told.code, Some(1), "{told:?}");
    let json = told.json();
    check(&json["devices"][0]["gains"], &GAINS, 1e-9);
    assert_eq!(json["devices"][1]["sensors"][3], "dead");
    let warning = json["devices"][1]["warnings"][0].as_str().expect("a warning");
    assert_eq!(warning, "sensor d is dead");
    assert_eq!(json["devices"][2]["status"], "refused");
    let reason = json["devices"][3]["reason"].as_str().expect("a reason");
    assert_eq!(reason, "4 rows of observations for 5 snapshots in A");
    // With the row left out, the other snapshots keep their matrices.
    let json = desk.run(&format!("{words} --missing skip --only hole")).json();
    let hole = &json["devices"][0];
    assert_eq!((&hole["status"], &hole["skipped"]), (&"converged".into(), &1.into()));
    // All of the row was shifted by the hole in front of it: the others tell the gains.
    check(&hole["gains"], &GAINS, 1e-9);
}

#[test]
fn what_cannot_be_told_is_refused_with_numbers() {
    let text = format!("{HEADER}{}", observations("u", GAINS, 1));
    let desk = Desk::with(&[("a.csv", &sensing(1)), ("y.csv", &text)]);
    let words = "calibrate gains --sensing a.csv --observations y.csv --device unit --json";
    let told = desk.run(words);
    assert_eq!(told.code, Some(1));
    assert_eq!(
        told.json()["devices"][0]["reason"],
        "1 snapshot of 6 sensors cannot fix 6 gains and 4 unknowns: 9 equations are needed, 6 given"
    );
    // The same snapshot three times over.
    let same = |text: String, header: &str| format!("{header}{}", text.repeat(3));
    desk.put("a.csv", same(sensing(1), "").as_bytes());
    desk.put("y.csv", same(observations("u", GAINS, 1), HEADER).as_bytes());
    let told = desk.run(words);
    assert_eq!(told.code, Some(1));
    let reason = told.json()["devices"][0]["reason"].as_str().expect("a reason").to_owned();
    assert!(reason.contains("too much alike"), "{reason}");
}

#[test]
fn shapes_and_options_are_named() {
    let text = format!("{HEADER}{}", observations("u", GAINS, 5));
    let desk = Desk::with(&[("a.csv", &sensing(5)), ("odd.csv", "1,2\n3,4\n"), ("y.csv", &text)])
        .and("a.npy", array(5, npyz::Order::C));
    let refused = |words: &str, named: &str| {
        let told = desk.run(&format!("calibrate gains --observations y.csv {words}"));
        assert_eq!(told.code, Some(2), "{told:?}");
        assert!(told.stderr.contains(named), "`{named}` is not in: {}", told.stderr);
    };
    refused("--sensing odd.csv --device unit", "2 rows are no whole snapshots of 6 sensors");
    refused("--sensing a.npy --sensors a,b", "6 sensors in A for 2 columns of observations");
    refused("--sensing a.csv", "`u` is not a number");
    refused("--sensing a.csv --device device", "there is no column `device`");
    let on = |words: &str, named: &str| {
        refused(&format!("--sensing a.csv --device unit {words}"), named)
    };
    on("--noise 0", "--noise: 0 is not a finite number above 0");
    on("--radius 0.5", "--radius: only for --method gradient");
    on("--method gradient --radius 1.5", "--radius: 1.5 does not lie between 0 and 1");
    on("--method gradient --noise 1", "--noise: only for --method auto");
    on("--method gradient --offsets", "--offsets: the projected gradient knows none");
    on("--tol 1e-3", "--tol: auto ends by itself");
    on("--method gradient --sparsity 0", "--sparsity: 1 or more is needed");
}
