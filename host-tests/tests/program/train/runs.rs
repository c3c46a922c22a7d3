//! Trainings that end, and what they leave.

use super::{SMALL, desk};
use serde_json::Value;
use solvekit_host::matrix::DenseMatrix;
use solvekit_host::network::{Kind, Numbers, read};
use std::fs;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

const KINDS: [(&str, &str, Kind); 8] = [
    ("unfolded-ista", "--lambda 0.05", Kind::UnfoldedIsta),
    ("unfolded-iht", "--lambda 0.05 --loss unsupervised", Kind::UnfoldedIht),
    ("alista", "--passing 0.03", Kind::Alista),
    ("lista-cp", "--fine-steps 5", Kind::ListaCp),
    ("lista", "--weight-rate 0.001", Kind::Lista),
    ("ada-lista", "--longest-step 10", Kind::AdaLista),
    ("tista", "--snr 20", Kind::Tista),
    ("hyperlista", "", Kind::HyperLista),
];

fn dictionary(desk: &crate::desk::Desk) -> DenseMatrix<f32> {
    let columns = crate::recover::columns(desk, "a.csv");
    let values = columns.iter().flatten().map(|value| *value as f32).collect();
    DenseMatrix::from_columns(20, values).expect("whole columns")
}

#[test]
fn every_network_is_trained_and_written() {
    let desk = desk();
    let a = dictionary(&desk);
    for (name, options, kind) in KINDS {
        let words = format!("train {SMALL} --network {name} {options} --sparsity 0.1 --json");
        let told = desk.run(&format!("{words} --output net.json"));
        assert_eq!((told.code, told.stderr.as_str()), (Some(0), ""), "{name}: {told:?}");
        let json = told.json();
        assert_eq!(json["status"], "done", "{json}");
        for key in ["loss", "nmse_db", "steps", "seconds"] {
            assert!(json[key].is_number(), "{key} of {json}");
        }
        let model = read(&desk.path("net.json")).expect("a network");
        model.check(&a).expect("of this dictionary");
        assert_eq!((model.kind(), model.layers), (kind, 3));
        assert_eq!(model.provenance.validation_loss, json["loss"].as_f64());
        assert_eq!(model.provenance.seed, Some(1));
        // The same words, the same bytes.
        let bytes = fs::read(desk.path("net.json")).expect("the file");
        assert_eq!(desk.run(&format!("{words} --output again.json")).code, Some(0));
        assert!(bytes == fs::read(desk.path("again.json")).expect("the file"), "{name}");
        let other = desk.run(&format!("{words} --seed 2 --output other.json"));
        assert_eq!(other.code, Some(0));
        assert!(bytes != fs::read(desk.path("other.json")).expect("the file"), "{name}");
    }
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let desk = desk();
    for (name, options, _) in KINDS {
        let words = format!("train {SMALL} --network {name} {options} --sparsity 0.1 --json");
        let bytes = ["--threads 1", "--threads 3"].map(|threads| {
            let told = desk.run(&format!("{words} {threads} --output net.json"));
            assert_eq!((told.code, told.stderr.as_str()), (Some(0), ""), "{name}: {told:?}");
            fs::read(desk.path("net.json")).expect("the file")
        });
        assert!(bytes[0] == bytes[1], "{name}");
    }
}

#[test]
fn a_learned_shrinkage() {
    let desk = desk();
    for (network, how, knots) in [
        ("alista", "spline", 8),
        ("lista-cp", "spline:3", 3),
        ("lista", "spline:2", 2),
        ("ada-lista", "spline:16", 16),
        ("alista", "soft", 0),
        ("lista", "soft", 0),
    ] {
        let told = desk.run(&format!(
            "train {SMALL} --network {network} --shrinkage {how} --sparsity 0.1 --json \
             --output net.json"
        ));
        assert_eq!(told.code, Some(0), "{told:?}");
        let full = if how == "spline" { "spline:8" } else { how };
        assert_eq!(told.json()["shrinkage"], full);
        let model = read(&desk.path("net.json")).expect("a network");
        assert_eq!(model.splines.len(), if knots > 0 { 3 } else { 0 });
        assert!(model.splines.iter().all(|spline| spline.knots().len() == knots));
        if let Numbers::Alista { layers, .. } | Numbers::ListaCp { layers, .. } = &model.numbers {
            assert!(layers.iter().all(|layer| (layer.passing == 0.0) == (knots > 0)));
        }
        let files = "--dictionary a.csv --measurements y.csv --method network --network net.json";
        let told = desk.run(&format!("recover {files} --json"));
        assert_eq!((told.code, &told.json()["status"]), (Some(0), &"inferred".into()), "{told:?}");
        // What it takes is in the module's head, and what `plan` says of it with a file or without.
        let words = "export net.json --dictionary a.csv --target M4F --output net.rs --json";
        let told = desk.run(words);
        assert_eq!(told.code, Some(0), "{told:?}");
        let exported = told.json();
        let text = fs::read_to_string(desk.path("net.rs")).expect("a module");
        assert_eq!(text.contains("pub static SPLINES: [Spline<f32>; 3] = ["), knots > 0, "{text}");
        let tables = &exported["parts"]["table_bytes"];
        assert!(text.contains(&format!("bytes of flash ({tables} of tables)")), "{text}");
        let of_file = desk.run("plan --network net.json --target M4F --json").json();
        let sizes = format!("--solver {network} --rows 20 --columns 32 --layers 3");
        let of_words =
            desk.run(&format!("plan {sizes} --shrinkage {how} --target M4F --json")).json();
        assert_eq!(of_file, of_words);
        assert_eq!(of_file["parts"], exported["parts"]);
        let told_knots = if knots > 0 { Value::from(knots) } else { Value::Null };
        assert_eq!(of_file["knots"], told_knots);
        // Three layers of 16 knots, values and slopes, and how many there are.
        let soft = desk.run(&format!("plan {sizes} --target M4F --json")).json();
        let splines = if knots > 0 { 3 * 4 * 49 } else { 0 };
        let soft = soft["parts"]["table_bytes"].as_u64().expect("a number");
        assert_eq!(tables.as_u64(), Some(soft + splines));
    }
    let told = desk.run(&format!("train {SMALL} --network tista --sparsity 0.1 --json"));
    assert_eq!(told.json()["shrinkage"], Value::Null);
}

#[test]
fn dictionaries_that_vary() {
    let desk = desk();
    let words = format!("train {SMALL} --network ada-lista --sparsity 0.1");
    let train = |options: &str| {
        let told = desk.run(&format!("{words} {options}"));
        assert_eq!(told.code, Some(0), "{told:?}");
        told
    };
    assert_eq!(train("--json --output one.json").json()["vary"], Value::Null);
    for how in ["permuted", "noisy:12.5"] {
        let json = train(&format!("--vary {how} --json --output net.json")).json();
        assert_eq!(json["vary"], how);
        let varying = read(&desk.path("net.json")).expect("a network").varying;
        assert_eq!(varying.map(|varying| varying.to_string()).as_deref(), Some(how));
        let told = train(&format!("--vary {how}"));
        let words = format!("32 unknowns, dictionaries {how}, soft shrinkage\n");
        assert!(told.stderr.contains(&words), "{told:?}");
    }
    // Another dictionary of the same shape, and its own: the first column comes last.
    let a = crate::recover::columns(&desk, "a.csv");
    let turned: Vec<Vec<f64>> = a[1..].iter().chain(&a[..1]).cloned().collect();
    desk.put("turned.csv", crate::recover::csv(&turned).as_bytes());
    let recover = |a: &str, net: &str, options: &str| {
        desk.run(&format!(
            "recover --dictionary {a} --measurements y.csv --method network --network {net} {options}"
        ))
    };
    for (a, own) in [("a.csv", true), ("turned.csv", false)] {
        let told = recover(a, "net.json", "--json");
        assert_eq!((told.code, &told.json()["own_dictionary"]), (Some(0), &own.into()), "{told:?}");
        let told = recover(a, "net.json", "");
        let said = told.stderr.contains("another dictionary than the network's own");
        assert_eq!(said, !own, "{told:?}");
    }
    let told = recover("turned.csv", "one.json", "--json");
    assert_eq!(told.code, Some(2));
    assert!(told.stderr.contains("one.json: the network is for the dictionary "), "{told:?}");
}

#[test]
fn files_of_signals_and_of_measurements() {
    let desk = desk();
    let ista =
        format!("train {SMALL} --network unfolded-ista --lambda 0.05 --json --output n.json");
    let run = |options: &str| {
        let told = desk.run(&format!("{ista} {options}"));
        assert_eq!(told.code, Some(0), "{told:?}");
        told.json()
    };
    let both = run("--signals x.csv --measurements y.csv");
    assert!(both["nmse_db"].is_number() && both["data"].is_string(), "{both}");
    let alone = run("--signals x.csv");
    assert!(alone["nmse_db"].is_number(), "{alone}");
    let measured = run("--measurements y.csv --loss unsupervised");
    assert_eq!(measured["nmse_db"], Value::Null);
    let data = read(&desk.path("n.json")).expect("a network").provenance.data.expect("a digest");
    assert_eq!(measured["data"], data.as_str());
}

#[test]
fn lambda_from_known_signals() {
    let desk = desk();
    let words = format!("train {SMALL} --network unfolded-ista --sparsity 0.1 --snr 15 --json");
    let told = desk.run(&format!("{words} --lambda auto"));
    assert_eq!(told.code, Some(0), "{told:?}");
    let lambda = told.json()["lambda"].as_f64().expect("a number");
    assert!(lambda > 0.0);
    assert_eq!(desk.run(&format!("{words} --lambda auto")).json()["lambda"], lambda);
}

#[test]
fn words_for_people() {
    let desk = desk();
    let told = desk.run(&format!("train {SMALL} --network alista --sparsity 0.1"));
    assert_eq!((told.code, told.stdout.as_str()), (Some(0), ""));
    for word in ["alista, 3 layers, 20 measurements, 32 unknowns", "done after 60 steps", "dB"] {
        assert!(told.stderr.contains(word), "{word}: {told:?}");
    }
}

/// Killed where it happens to be; the rest gives the bytes of a training that nobody stopped.
#[test]
fn a_killed_training_goes_on() {
    let desk = desk();
    let words = "train --dictionary a.csv --network lista-cp --sparsity 0.1 --layers 4 --steps 300 \
                 --batch 40 --validation 40 --checkpoint state --checkpoint-every 25";
    let whole = desk.run(&format!("{words} --output whole.json"));
    assert_eq!(whole.code, Some(0), "{whole:?}");
    fs::remove_file(desk.path("state")).expect("the last checkpoint");
    let mut child = Command::new(env!("CARGO_BIN_EXE_solvekit"))
        .args(words.split_whitespace())
        .args(["--output", "killed.json"])
        .current_dir(desk.path("."))
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let started = Instant::now();
    // A machine that is busy takes its time; one that never writes is broken.
    while !desk.path("state").exists() && started.elapsed() < Duration::from_secs(60) {
        sleep(Duration::from_millis(1));
    }
    child.kill().expect("it is killed, or has ended");
    child.wait().expect("it has ended");
    let told = desk.run(&format!("{words} --resume state --output resumed.json"));
    assert_eq!(told.code, Some(0), "{told:?}");
    let bytes = |name: &str| fs::read(desk.path(name)).expect("a network");
    assert!(bytes("whole.json") == bytes("resumed.json"));
    // The last checkpoint is of the end: resumed again, it is there at once.
    let told = desk.run(&format!("{words} --resume state --output end.json"));
    assert_eq!(told.code, Some(0), "{told:?}");
    assert!(bytes("whole.json") == bytes("end.json"));
}

#[test]
fn what_diverges_is_told_and_the_best_is_written() {
    let desk = desk();
    let told = desk.run(
        "train --dictionary a.csv --network unfolded-ista --lambda 0.001 --loss unsupervised \
         --sparsity 0.1 --layers 16 --steps 30 --rate 1 --batch 16 --validation 40 --json \
         --output best.json",
    );
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!(told.stderr.contains("diverged: what was best before"), "{told:?}");
    assert_eq!(told.json()["status"], "diverged");
    let model = read(&desk.path("best.json")).expect("a network");
    model.check(&dictionary(&desk)).expect("of this dictionary");
    assert_eq!(model.provenance.validation_loss, told.json()["loss"].as_f64());
}
