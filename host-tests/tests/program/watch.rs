//! `solvekit watch`: streams that are whole, cut, or somebody else's.

use crate::desk::Desk;
use solvekit::telemetry::Wire;
use solvekit::{Armed, FivePoint, Run, SMatrix, Stop, sor::Sor};
use std::fs;
use std::io::Write;
use std::process::{Child, Command, Stdio};

/// What a target sends of a solve with each ω, the last one with steps too few; and the iterations.
fn stream(omegas: &[f32], most: u32) -> (Vec<u8>, Vec<u32>) {
    let plate = FivePoint::<f32, 8, 8>::laplacian(0.1);
    let source = SMatrix::repeat(1.0);
    let (mut sent, mut iterations) = (Vec::new(), Vec::new());
    let mut wire = Wire::new(|bytes: &[u8]| {
        sent.extend_from_slice(bytes);
        true
    });
    for (arm, omega) in omegas.iter().enumerate() {
        let sor = Sor::new(&plate, &source, *omega).expect("a sound system");
        let cap = if arm + 1 == omegas.len() { most } else { 1_000 };
        let stop = Stop::relative(1e-4).expect("a tolerance").max_iterations(cap);
        let mut armed = Armed { arm: arm as u16, observer: &mut wire };
        let mut run = Run::new(stop);
        let report = run.advance_observed(&sor, &mut sor.start(), u32::MAX, &mut armed);
        iterations.push(report.iterations);
    }
    (sent, iterations)
}

fn start(desk: &Desk, words: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_solvekit"))
        .args(words.split_whitespace())
        .current_dir(desk.path("."))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts")
}

#[test]
fn a_stream_is_told_solve_by_solve_and_drawn() {
    let (sent, iterations) = stream(&[1.0, 1.5, 1.0], 1_000);
    let desk = Desk::with(&[]).and("log.bin", &sent);
    let told = desk.run("watch log.bin --figure runs.svg");
    assert_eq!(told.code, Some(0), "{told:?}");
    for (solve, (omega, steps)) in
        ["1.0000", "1.5000", "1.0000"].iter().zip(&iterations).enumerate()
    {
        let begin = format!("solve {}: converged after {steps} iterations, residual ", solve + 1);
        let end = format!(", ω {omega}, arm {solve}\n");
        let line = told.stderr.split_inclusive('\n').nth(solve).unwrap_or_default();
        assert!(line.starts_with(&begin) && line.ends_with(&end), "{told:?}");
    }
    assert!(told.stdout.starts_with("3 solves: 3 converged, 0 ended otherwise\n"), "{told:?}");
    assert!(
        told.stdout
            .contains(&format!("arm 1: 1 solves, {:.1} iterations each", f64::from(iterations[1])))
    );
    let figure = fs::read_to_string(desk.path("runs.svg")).expect("a figure");
    for label in ["solve 1: converged, ω 1.000", "solve 2: converged, ω 1.500"] {
        assert!(figure.contains(label), "no `{label}`");
    }

    let told = desk.run("watch log.bin --json");
    let json = told.json();
    assert_eq!((told.code, told.stderr.as_str()), (Some(0), ""), "{told:?}");
    let looks = u64::from(iterations.iter().sum::<u32>()) + 3;
    assert_eq!(json["observations"], looks);
    assert_eq!((json["solves"].as_u64(), json["status"].as_str()), (Some(3), Some("converged")));
    assert_eq!(
        (json["iterations"].as_u64(), json["arm"].as_u64()),
        (Some(iterations[2].into()), Some(2))
    );
    assert_eq!(json["arms"][0]["mean_iterations"].as_f64(), Some(iterations[0].into()));
}

#[test]
fn a_solve_that_does_not_converge_is_exit_1() {
    let (sent, _) = stream(&[1.5, 1.0], 5);
    let desk = Desk::with(&[]).and("log.bin", &sent);
    let told = desk.run("watch log.bin --json");
    let json = told.json();
    assert_eq!((told.code, json["status"].as_str()), (Some(1), Some("iteration_limit")));
    assert_eq!((json["converged"].as_u64(), json["failed"].as_u64()), (Some(1), Some(1)));
}

#[test]
fn a_stream_cut_in_a_frame_tells_what_came_before() {
    let (sent, iterations) = stream(&[1.0], 1_000);
    let desk = Desk::with(&[]).and("log.bin", &sent[..sent.len() - 5]);
    let told = desk.run("watch log.bin --json");
    let json = told.json();
    assert_eq!((told.code, json["status"].as_str()), (Some(1), Some("running")), "{told:?}");
    assert_eq!((json["damaged"].as_u64(), json["foreign"].as_u64()), (Some(1), Some(0)));
    assert_eq!(json["observations"], iterations[0]);
    // And one whose beginning nobody heard.
    desk.put("log.bin", &sent[7..]);
    let json = desk.run("watch log.bin --json").json();
    // A frame without its beginning does not say whose it was.
    let passed_over = json["damaged"].as_u64().zip(json["foreign"].as_u64()).map(|(a, b)| a + b);
    assert_eq!((passed_over, json["status"].as_str()), (Some(1), Some("converged")));
}

#[test]
fn frames_of_another_firmware_are_passed_over_and_alone_they_are_exit_2() {
    let (sent, iterations) = stream(&[1.0], 1_000);
    let mut other = [0; 24];
    let length = cobs::encode(b"pressure 1013 hPa", &mut other[1..]);
    let other = &other[..length + 2];
    let mixed = [other, &sent, other, b"reset!\n\0".as_slice()].concat();
    let desk = Desk::with(&[]).and("log.bin", &mixed).and("other.bin", other.repeat(3));
    let json = desk.run("watch log.bin --json").json();
    assert_eq!(json["observations"], iterations[0] + 1);
    assert_eq!(json["foreign"].as_u64().zip(json["damaged"].as_u64()), Some((2, 1)));

    let told = desk.run("watch other.bin --json --figure none.svg");
    assert_eq!((told.code, told.stdout.as_str()), (Some(2), ""), "{told:?}");
    let expected = "no observation in 60 bytes: 0 damaged frames, 3 of something else";
    assert!(told.stderr.contains(expected), "{told:?}");
    let told = desk.and("empty.bin", "").run("watch empty.bin");
    assert!(told.code == Some(2) && told.stderr.contains("no observation in 0 bytes"), "{told:?}");
}

#[test]
fn a_pipe_that_stays_open_is_left_when_enough_was_seen() {
    let (sent, iterations) = stream(&[1.0, 1.5, 1.2], 1_000);
    let desk = Desk::with(&[]);
    for (words, solves) in [("watch --json --solves 2", 2), ("watch - --json --seconds 1.5", 3)] {
        let mut child = start(&desk, words);
        let mut pipe = child.stdin.take().expect("a pipe");
        // In pieces that end anywhere.
        sent.chunks(23).for_each(|piece| pipe.write_all(piece).expect("it reads"));
        let output = child.wait_with_output().expect("it ends by itself");
        drop(pipe);
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(
            (output.status.code(), json["solves"].as_u64()),
            (Some(0), Some(solves)),
            "{words}"
        );
        assert_eq!(json["iterations"], iterations[solves as usize - 1]);
    }
}

#[test]
fn what_cannot_be_watched_is_refused_by_name() {
    let desk = Desk::with(&[("log.bin", "\0"), ("image", "no image")]);
    for (words, expected) in [
        ("watch none.bin", "none.bin"),
        ("watch log.bin --defmt none", "--defmt none"),
        ("watch log.bin --defmt image", "no image with a table of log formats"),
        ("watch log.bin --baud 115200", "serial port log.bin at 115200"),
        ("watch log.bin --figure runs.png", ".svg"),
        ("watch log.bin --figure none/runs.svg", "none/runs.svg"),
        ("watch log.bin --seconds 0", "more than 0 seconds"),
        ("watch log.bin --solves 0", "--solves"),
        ("watch .", "."),
    ] {
        let told = desk.run(words);
        assert_eq!((told.code, told.stdout.as_str()), (Some(2), ""), "{words}: {told:?}");
        assert!(told.stderr.contains(expected), "{words}: {told:?}");
    }
}
