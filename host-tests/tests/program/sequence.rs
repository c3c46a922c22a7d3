//! Sequences A + c·I, across which ω is learned.

use crate::desk::{Desk, GENERAL, laplacian};
use serde_json::Value;

/// The paper's grid and a sequence of shifts around its low variance.
fn desk(systems: usize) -> Desk {
    let shift = |t: usize| format!("{}\n", -0.1 + 0.2 * ((t * 7) % 10) as f64 / 10.0);
    let shifts: String = (0..systems).map(shift).collect();
    Desk::with(&[("a.mtx", &laplacian(10)), ("c.txt", &shifts)])
}

fn sweeps(json: &Value) -> u64 {
    json["iterations"].as_u64().expect("a count")
}

#[test]
fn every_system_has_its_report_and_its_column() {
    let desk = Desk::with_pair().and("c.csv", "0\n1\n-1\n").and("b.csv", "3\n3\n");
    let (code, json, x) = desk.solved("--rhs b.csv --shifts c.csv --omega 1 --tol 1e-12");
    assert_eq!(code, Some(0));
    for row in &x {
        // (4 + c) − 1 times x is 3.
        let expected = [1.0, 0.75, 1.5];
        assert!(row.iter().zip(expected).all(|(x, y)| (x - y).abs() < 1e-11), "{row:?}");
    }
    let reports = json["reports"].as_array().expect("a report each");
    let shifts: Vec<&Value> = reports.iter().map(|one| &one["shift"]).collect();
    assert_eq!(shifts, [0.0, 1.0, -1.0]);
    let total: u64 = reports.iter().map(sweeps).sum();
    assert_eq!(sweeps(&json), total);
    assert!(json["tuner"].is_null());
}

#[test]
fn every_system_may_have_its_own_right_hand_side() {
    let desk = Desk::with_pair().and("c.csv", "0\n1\n").and("b.csv", "3, 4\n3, 4\n");
    let (code, _, x) = desk.solved("--rhs b.csv --shifts c.csv --tol 1e-12");
    assert_eq!(code, Some(0));
    assert!(x.iter().flatten().all(|x| (x - 1.0).abs() < 1e-11), "{x:?}");
}

#[test]
fn the_default_right_hand_side_is_that_of_each_system() {
    let (code, _, x) = desk(5).solved("--shifts c.txt");
    assert_eq!(code, Some(0));
    assert!(x.iter().flatten().all(|x| (x - 1.0).abs() < 1e-6));
}

#[test]
fn one_shift_is_a_sequence_too() {
    let (_, json, _) = desk(1).solved("--shifts c.txt");
    assert_eq!(json["reports"].as_array().map(Vec::len), Some(1));
}

#[test]
fn tsallis_learns_and_tells_what() {
    let desk = desk(300);
    let (code, json, _) = desk.solved("--shifts c.txt --omega tsallis");
    assert_eq!(code, Some(0));
    assert!(json["omega"].is_null(), "there is not one ω");
    let tuner = &json["tuner"];
    assert_eq!((&tuner["name"], &tuner["rounds"]), (&"tsallis".into(), &300.into()));
    let numbers = |key: &str| -> Vec<f64> {
        let list = tuner[key].as_array().expect("a list");
        list.iter().map(|number| number.as_f64().expect("a number")).collect()
    };
    let (omegas, probabilities) = (numbers("omegas"), numbers("probabilities"));
    assert_eq!((omegas.len(), omegas[0]), (20, 1.0));
    assert!((omegas[19] - 1.95).abs() < 1e-12);
    assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    // The extremes cost four times the best: they must have become rare.
    let likely: f64 = probabilities[8..17].iter().sum();
    assert!(likely > 0.6, "{probabilities:?}");
    let uniform: f64 = ["1", "1.5", "1.95"]
        .iter()
        .map(|omega| sweeps(&desk.solved(&format!("--shifts c.txt --omega {omega}")).1) as f64)
        .sum();
    assert!((sweeps(&json) as f64) < uniform / 3.0, "better than not learning");
    let mean = sweeps(&json) as f64 / 300.0;
    assert!(tuner["mean_cost"].as_f64().is_some_and(|told| (told - mean).abs() < 1e-6 * mean));
}

#[test]
fn cheb_learns_an_omega_for_each_shift() {
    let desk = desk(400);
    let (code, json, _) = desk.solved("--shifts c.txt --omega cheb");
    assert_eq!(code, Some(0));
    let tuner = &json["tuner"];
    assert_eq!((&tuner["name"], &tuner["rounds"]), (&"cheb".into(), &400.into()));
    let chances = tuner["probabilities"].as_array().expect("a list");
    let sum: f64 = chances.iter().map(|p| p.as_f64().expect("a number")).sum();
    assert!(chances.len() == 20 && (sum - 1.0).abs() < 1e-9, "{chances:?}");
    // The context is worth more than a fifth of the sweeps that are left without it.
    let (_, blind, _) = desk.solved("--shifts c.txt --omega tsallis");
    assert!((sweeps(&json) as f64) < 0.8 * sweeps(&blind) as f64, "{json} {blind}");
    // A small shift wants a large ω.
    let reports = json["reports"].as_array().expect("a report each");
    let mean = |low: bool| {
        let late = reports[200..].iter();
        let own = late.filter(|one| one["shift"].as_f64().is_some_and(|c| (c < 0.0) == low));
        let omegas: Vec<f64> = own.map(|one| one["omega"].as_f64().expect("a number")).collect();
        omegas.iter().sum::<f64>() / omegas.len() as f64
    };
    assert!(mean(true) > mean(false) + 0.05, "{} {}", mean(true), mean(false));
}

#[test]
fn the_preconditioners_omega_is_learned_too() {
    let desk = desk(300);
    let steps = |omega: &str| {
        let words = format!("--shifts c.txt --method ssor-cg --omega {omega}");
        let (code, json, _) = desk.solved(&words);
        assert_eq!(code, Some(0), "{omega}");
        sweeps(&json) as f64
    };
    // What who learns nothing pays: an ω drawn at random.
    let mean = ["1", "1.25", "1.5", "1.75", "1.95"].into_iter().map(steps).sum::<f64>() / 5.0;
    let (blind, aware) = (steps("tsallis"), steps("cheb"));
    assert!(blind < mean && aware < mean, "tsallis {blind}, cheb {aware}, at random {mean}");
}

#[test]
fn cheb_takes_shifts_that_are_all_the_same() {
    let desk = Desk::with(&[("a.mtx", &laplacian(6)), ("c.txt", &"0.5\n".repeat(30))]);
    for precision in ["f32", "f64"] {
        let words = format!("--shifts c.txt --omega cheb --precision {precision}");
        let (code, json, _) = desk.solved(&words);
        assert_eq!((code, &json["tuner"]["rounds"]), (Some(0), &30.into()));
    }
}

#[test]
fn the_seed_decides_what_is_drawn() {
    let desk = desk(40);
    let run = |seed: u32, precision: &str| {
        let options = "--shifts c.txt --omega tsallis";
        let words = format!("{options} --seed {seed} --precision {precision}");
        let (code, json, _) = desk.solved(&words);
        assert_eq!(code, Some(0));
        json["reports"].clone()
    };
    assert_eq!(run(7, "f64"), run(7, "f64"));
    assert_ne!(run(7, "f64"), run(8, "f64"));
    assert_eq!(run(7, "f32"), run(7, "f32"));
}

#[test]
fn young_takes_each_system_s_own_radius() {
    let (code, json, _) = desk(4).solved("--shifts c.txt --omega young");
    assert_eq!(code, Some(0));
    for report in json["reports"].as_array().expect("a report each") {
        let shift = report["shift"].as_f64().expect("a number");
        let beta = (std::f64::consts::PI / 11.0).cos() * 4.0 / (4.0 + shift);
        let young = 2.0 / (1.0 + (1.0 - beta * beta).sqrt());
        let omega = report["omega"].as_f64().expect("a number");
        assert!((omega - young).abs() < 2e-3, "{omega} for {young}");
    }
}

#[test]
fn a_radius_for_all_shifts_is_refused() {
    desk(2).refuses(
        "--shifts c.txt --omega young --jacobi-radius 0.9",
        &["--jacobi-radius", "cannot be used with", "--shifts"],
    );
}

#[test]
fn a_system_that_fails_early_does_not_look_cheap_to_the_tuner() {
    // Coupled one way: ω = 1 takes about 90 sweeps, and 1.95 has diverged after about 20.
    let matrix = format!("{GENERAL}2 2 4\n1 1 1\n1 2 0.9\n2 1 -0.9\n2 2 1\n");
    let shifts: String = (0..300).map(|t| format!("{}\n", f64::from(t) * 1e-6)).collect();
    let desk = Desk::with(&[("a.mtx", &matrix), ("c.txt", &shifts)]);
    let (code, json, x) = desk.solved("--shifts c.txt --omega tsallis");
    assert_eq!((code, &json["status"]), (Some(1), &"diverged".into()));
    let favourite = json["tuner"]["favourite"].as_f64().expect("a number");
    assert!(favourite < 1.1, "{favourite}");
    let reports = json["reports"].as_array().expect("a report each");
    let converged = reports[200..].iter().filter(|one| one["status"] == "converged").count();
    assert!(converged > 80, "{converged} of the last 100");
    assert!(x.iter().flatten().all(|x| x.is_finite()));
}

#[test]
fn auto_needs_no_omega_and_learns_the_shifts() {
    let desk = desk(300);
    let run = |options: &str| {
        let (code, json, _) = desk.solved(&format!("--shifts c.txt {options}"));
        assert_eq!(code, Some(0), "{options}");
        json
    };
    let auto = run("");
    assert_eq!(auto["tuner"]["name"], "auto", "the default across systems");
    assert_eq!(auto["tuner"]["rounds"], 300);
    assert!(auto["tuner"]["omegas"].is_null() && auto["tuner"]["seed"].is_null());
    let extra = auto["tuner"]["extra_products"].as_u64().expect("a count");
    let young = sweeps(&run("--omega young"));
    // Each product beyond the sweeps counted as a whole one; Young's ω knows every matrix. The
    // first solves are dearer, and 300 systems are few: 4 % of room.
    assert!(
        (sweeps(&auto) + extra) * 100 <= young * 104,
        "{} + {extra} against {young}",
        sweeps(&auto)
    );
    let colored = run("--omega auto --order multicolor");
    let extra = colored["tuner"]["extra_products"].as_u64().expect("a count");
    assert!(sweeps(&colored) + extra <= young, "{} + {extra} against {young}", sweeps(&colored));
}

#[test]
fn one_system_is_nothing_to_remember_but_auto_solves_it_too() {
    let desk = Desk::with(&[("a.mtx", &laplacian(10))]);
    let (code, json, _) = desk.solved("--omega auto");
    assert_eq!(code, Some(0));
    assert!(json["tuner"].is_null());
    for precision in ["f32 --tol 0", "f64 --tol 1e-300"] {
        // A tolerance that foresees no length: it ends all the same, exactly or at the floor.
        let (code, json, _) = desk.solved(&format!("--omega auto --precision {precision}"));
        let status = json["status"].as_str().expect("a word");
        assert!(["converged", "stalled"].contains(&status) && code != Some(2), "{json}");
    }
}
