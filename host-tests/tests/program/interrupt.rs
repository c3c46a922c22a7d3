//! A Ctrl-C, which ends the work early and keeps what there is.
//!
//! Each program reads one file from a named pipe that the test fills: then it listens for signals, and is
//! about to begin.

use crate::desk::{Desk, Told, laplacian};
use serde_json::Value;
use std::fs;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::Duration;

/// Work that nobody would wait for.
const ENDLESS: &str = "--max-iterations 4000000000";

/// Of a grid large enough that not even the floor of the precision comes soon.
const SIDE: usize = 100;

/// Fills the pipe, gives the work a moment, and presses Ctrl-C.
fn interrupted(desk: &Desk, words: &str, pipe: &str, content: &str) -> (Told, Value) {
    let made = Command::new("mkfifo").arg(desk.path(pipe)).status().expect("mkfifo");
    assert!(made.success());
    let child = desk.begin(words);
    fs::write(desk.path(pipe), content).expect("a reader");
    // Not for the test to pass, but for it to meet the work under way.
    sleep(Duration::from_millis(300));
    press(&child);
    let told = Told::of(child.wait_with_output().expect("an end"));
    assert_eq!(told.code, Some(130), "{told:?}");
    assert!(told.stderr.contains("interrupted: "), "{told:?}");
    let json = told.json();
    (told, json)
}

fn press(child: &Child) {
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(sent.success());
}

fn column(desk: &Desk, file: &str) -> Vec<Vec<f64>> {
    let text = fs::read_to_string(desk.path(file)).expect("a file was written");
    let number = |word: &str| word.parse().expect("a number");
    text.lines().map(|line| line.split(',').map(number).collect()).collect()
}

fn ones(count: usize) -> String {
    "1\n".repeat(count)
}

#[test]
fn a_solve_keeps_its_last_iterate_and_goes_on_from_it() {
    let desk = Desk::with(&[("a.mtx", &laplacian(SIDE))]);
    let words = format!("solve --matrix a.mtx --rhs b.csv --omega 1 --tol 0 {ENDLESS}");
    let (_, json) =
        interrupted(&desk, &format!("{words} --json --output x.csv"), "b.csv", &ones(SIDE * SIDE));
    assert_eq!(json["status"], "running");
    let x = column(&desk, "x.csv");
    assert!(x.len() == SIDE * SIDE && x.iter().all(|row| row[0].is_finite()));
    // One more sweep from there is one more sweep of the same solve.
    let done = json["iterations"].as_u64().expect("a count");
    fs::remove_file(desk.path("b.csv")).expect("the pipe");
    let desk = desk.and("b.csv", ones(SIDE * SIDE));
    let again = |words: &str| {
        desk.run(&format!("solve --matrix a.mtx --rhs b.csv --omega 1 --tol 0 {words}"));
    };
    again("--initial x.csv --max-iterations 1 --output on.csv");
    again(&format!("--max-iterations {} --output whole.csv", done + 1));
    assert_eq!(column(&desk, "on.csv"), column(&desk, "whole.csv"));
}

#[test]
fn systems_apart_are_each_told_begun_or_not() {
    let desk = Desk::with(&[("a.mtx", &laplacian(SIDE))]);
    let rows = "1,2,3,4,5,6\n".repeat(SIDE * SIDE);
    let words = format!(
        "solve --matrix a.mtx --rhs b.csv --omega 1 --tol 0 --threads 2 {ENDLESS} --json --output x.csv"
    );
    let (_, json) = interrupted(&desk, &words, "b.csv", &rows);
    let reports = json["reports"].as_array().expect("reports");
    assert!(reports.len() == 6 && reports.iter().all(|one| one["status"] == "running"));
    assert!(reports.iter().any(|one| one["iterations"] == 0), "none waited: {json}");
    let x = column(&desk, "x.csv");
    assert!(x.len() == SIDE * SIDE && x.iter().all(|row| row.len() == 6));
}

#[test]
fn systems_in_turn_end_with_the_one_in_work() {
    let desk = Desk::with(&[("a.mtx", &laplacian(SIDE)), ("c.csv", "0\n0.1\n0.2\n")]);
    let words = format!(
        "solve --matrix a.mtx --rhs b.csv --shifts c.csv --omega tsallis --tol 1e-300 {ENDLESS} --json \
         --output x.csv"
    );
    let (_, json) = interrupted(&desk, &words, "b.csv", &ones(SIDE * SIDE));
    let reports = json["reports"].as_array().expect("reports");
    let columns = column(&desk, "x.csv")[0].len();
    assert!(reports.len() <= 3 && columns == reports.len(), "{json}");
}

#[test]
fn a_recovery_keeps_its_columns() {
    let desk = crate::train::desk();
    let y = fs::read_to_string(desk.path("y.csv")).expect("measurements");
    // A minute's work: two hundred times the same columns.
    let y: String = y.lines().map(|line| [line; 200].join(",") + "\n").collect();
    let words = format!(
        "recover --dictionary a.csv --measurements pipe.csv --method ista --lambda 1e-9 --tol 1e-300 \
         {ENDLESS} --threads 1 --json --output x.csv"
    );
    let (_, json) = interrupted(&desk, &words, "pipe.csv", &y);
    let reports = json["reports"].as_array().expect("reports");
    assert_eq!((reports.len(), column(&desk, "x.csv").len()), (3000, 32));
    assert!(reports.iter().any(|one| one["iterations"] == 0), "none waited");
}

#[test]
fn a_fleet_keeps_the_devices_that_are_done() {
    let (sensors, snapshots, devices) = (60, 4, 200);
    let number = |k: usize| ((0.37 * (k * k) as f64 + k as f64).sin() * 1e3).round().to_string();
    let row =
        |k: usize| (0..sensors).map(|j| number(k * sensors + j)).collect::<Vec<_>>().join(",");
    let rows = |count: usize| (0..count).map(|k| row(k) + "\n").collect::<String>();
    let desk = Desk::with(&[("a.csv", &rows(snapshots * sensors))]);
    // Noise and nothing else, of which every device takes its time.
    let name = |k: usize| format!("u{},{}\n", k / snapshots, row(7_000 + k));
    let head = (0..sensors).fold("unit".to_owned(), |head, j| format!("{head},s{j}"));
    let y = (0..devices * snapshots).fold(head + "\n", |text, k| text + &name(k));
    let words = "calibrate gains --sensing a.csv --observations y.csv --device unit --threads 1 --json \
                 --output gains.csv";
    let (told, json) = interrupted(&desk, words, "y.csv", &y);
    let all = json["devices"].as_array().expect("devices");
    assert_eq!(all.len(), devices);
    let waiting = all.iter().filter(|device| device["status"] == "interrupted").count();
    assert!(waiting > 0 && waiting < devices, "{waiting} waited: {told:?}");
    let written = fs::read_to_string(desk.path("gains.csv")).expect("a file was written");
    assert_eq!(written.lines().count(), devices + 1);
}

#[test]
fn a_training_keeps_its_network_and_goes_on() {
    let desk = crate::train::desk();
    let a = fs::read_to_string(desk.path("a.csv")).expect("a dictionary");
    let small = "--layers 3 --batch 16 --validation 40 --steps 1000000 --sparsity 0.1";
    let words = format!(
        "train --dictionary pipe.csv --network alista {small} --checkpoint c.json --json --output n.json"
    );
    let (_, json) = interrupted(&desk, &words, "pipe.csv", &a);
    assert_eq!(json["status"], "interrupted");
    assert!(desk.names().contains(&"c.json".to_owned()), "{:?}", desk.names());
    let told = desk.run(
        "recover --dictionary a.csv --measurements y.csv --method network --network n.json --json",
    );
    assert_eq!(told.json()["status"], "inferred");
}
