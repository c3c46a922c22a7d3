//! `solvekit export`.

use crate::desk::Told;
use crate::model::dictionary;
use crate::recover::network::{Trained, name, table};
use std::fs;

/// Exports one of the models of a desk.
fn export(trained: &Trained, net: &str, options: &str) -> Told {
    trained.desk.run(&format!("export {net} --dictionary a.csv --target M4F {options}"))
}

/// A module without what its head says of file names and targets.
fn body(text: &str) -> String {
    text.lines().filter(|line| !line.starts_with("//!")).map(|line| format!("{line}\n")).collect()
}

#[test]
fn every_kind_is_written_as_its_committed_module() {
    let trained = Trained::new(1);
    for model in &trained.models {
        for (weights, ending) in [("f32", ""), ("q8", "_q8")] {
            let options = format!("--output net.rs --weights {weights} --json");
            let told = export(&trained, &name(model), &options);
            assert_eq!(told.code, Some(0), "{told:?}");
            let text = fs::read_to_string(trained.desk.path("net.rs")).expect("a module");
            let committed = format!(
                "{}/../firmware-examples/scenarios/src/deployed/{}{ending}.rs",
                env!("CARGO_MANIFEST_DIR"),
                model.kind().to_string().replace('-', "_")
            );
            let committed = fs::read_to_string(committed).expect("a committed module");
            assert!(body(&text) == body(&committed), "{} in {weights}", model.kind());
            let json = told.json();
            for words in ["//! mod net;\n", "//! - M4F: ", &format!("stored as {weights}\n")] {
                assert!(text.contains(words), "`{words}` is not in {text}");
            }
            let flash = json["flash_bytes"].as_u64().expect("a number");
            assert!(text.contains(&format!("{flash} bytes of flash")), "{json}");
            let parts = &json["parts"];
            let part = |key: &str| parts[key].as_u64().expect("a number");
            assert_eq!(flash, part("table_bytes") + part("code_bytes"));
            let ram = part("state_bytes") + part("measurement_bytes") + part("stack_bytes");
            assert_eq!(json["ram_bytes"], ram);
            let checksum = json["checksum"].as_u64().expect("a number");
            assert!(text.contains(&format!("CHECKSUM: u32 = {checksum:#010x};")), "{json}");
            assert_eq!(json["quantisation_db"].is_null(), weights == "f32", "{json}");
            assert!(json["instructions"].as_u64().expect("a number") > 0, "{json}");
        }
    }
}

#[test]
fn a_name_is_one_that_rust_knows() {
    let trained = Trained::new(1);
    let told = export(&trained, "alista.json", "--output 7-nets.rs --name seven_nets");
    assert_eq!(told.code, Some(0), "{told:?}");
    assert!(told.stderr.contains("7-nets.rs: flash "), "{told:?}");
    let text = fs::read_to_string(trained.desk.path("7-nets.rs")).expect("a module");
    assert!(text.contains("//! mod seven_nets;\n"));
}

/// Before anything is written; what stood there stays.
#[test]
fn over_a_budget_nothing_is_written() {
    let trained = Trained::new(1);
    let told = export(&trained, "alista.json", "--output net.rs --json");
    let json = told.json();
    let [flash, ram] =
        ["flash_bytes", "ram_bytes"].map(|key| json[key].as_u64().expect("a number"));
    let exact = format!("--output net.rs --flash {flash} --ram {ram}");
    assert_eq!(export(&trained, "alista.json", &exact).code, Some(0));
    trained.desk.put("net.rs", b"old\n");
    for (budget, words) in [
        (
            format!("--flash {} --ram {ram}", flash - 1),
            vec![format!(
                "over budget: flash: {flash} bytes are needed, 1 more than the {}",
                flash - 1
            )],
        ),
        (
            format!("--flash {flash} --ram {}", ram - 7),
            vec![format!("over budget: RAM: {ram} bytes are needed, 7 more than the {}", ram - 7)],
        ),
        (
            "--flash 0 --ram 0".to_owned(),
            vec![
                format!("flash: {flash} bytes are needed"),
                format!("RAM: {ram} bytes are needed"),
            ],
        ),
    ] {
        let names = trained.desk.names();
        let told = export(&trained, "alista.json", &format!("--output net.rs --json {budget}"));
        assert_eq!((told.code, told.stdout.as_str()), (Some(2), ""), "{told:?}");
        for words in words {
            assert!(told.stderr.contains(&words), "`{words}` is not in {}", told.stderr);
        }
        let text = fs::read_to_string(trained.desk.path("net.rs")).expect("the old file");
        assert_eq!((text.as_str(), trained.desk.names()), ("old\n", names));
    }
}

#[test]
fn bad_input_is_refused_by_name() {
    let trained = Trained::new(1);
    let desk = &trained.desk;
    let good = fs::read_to_string(desk.path("alista.json")).expect("a file");
    desk.put("damaged.json", good.replacen("0.9", "0.8", 1).as_bytes());
    desk.put("b.csv", table(&dictionary(2)).as_bytes());
    desk.put("short.csv", b"1,2\n3,4\n");
    let refuses = |words: &str, cause: &[&str]| {
        let before = desk.names();
        let told = desk.run(&format!("export {words} --json"));
        assert_eq!((told.code, told.stdout.as_str()), (Some(2), ""), "{words}: {told:?}");
        for cause in cause {
            assert!(told.stderr.contains(cause), "`{cause}` is not in: {}", told.stderr);
        }
        assert_eq!(desk.names(), before, "nothing is written");
    };
    let with = |net: &str, a: &str, rest: &str, cause: &[&str]| {
        refuses(&format!("{net} --dictionary {a} {rest}"), cause);
    };
    let to = "--target M4F --output net.rs";
    with("no.json", "a.csv", to, &["no.json: No such file"]);
    with("damaged.json", "a.csv", to, &["damaged.json: the checksum is that of other content"]);
    with("alista.json", "no.csv", to, &["no.csv: No such file"]);
    with("alista.json", "b.csv", to, &["alista.json: the network is for the dictionary "]);
    let shape = "alista.json: the network is for a dictionary of (6, 9), this one is (2, 2)";
    with("alista.json", "short.csv", to, &[shape]);
    with("alista.json", "a.csv", "--target M4F --output net.txt", &["net.txt", ".rs"]);
    with("alista.json", "a.csv", "--target M4F --output no/net.rs", &["no/net.rs: No such file"]);
    let word = "--output: `1net` is no name of a module";
    with("alista.json", "a.csv", "--target M4F --output 1net.rs", &[word]);
    let word = "--name: `a-b` is no name of a module";
    with("alista.json", "a.csv", "--target M4F --output net.rs --name a-b", &[word]);
    with("alista.json", "a.csv", "--output net.rs", &["--target"]);
    with("alista.json", "a.csv", "--target Z80 --output net.rs", &["M0, M3, M4F, M7F, M33F"]);
    with("alista.json", "a.csv", &format!("{to} --weights f16"), &["f32, q8"]);
    with("alista.json", "a.csv", &format!("{to} --flash -1"), &["--flash"]);
}

#[test]
fn help_lists_it() {
    let desk = crate::desk::Desk::with(&[]);
    let told = desk.run("--help");
    for command in ["  export ", "  plan "] {
        assert!(told.code == Some(0) && told.stdout.contains(command), "{told:?}");
    }
    let told = desk.run("export --help");
    for words in ["--dictionary <FILE>", "--weights <WEIGHTS>", "Exit codes: 0 written"] {
        assert!(told.stdout.contains(words), "`{words}` is not in {}", told.stdout);
    }
}
