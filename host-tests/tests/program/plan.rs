//! `solvekit plan`.

use crate::desk::{Desk, Told};
use crate::recover::network::{Trained, name};
use serde_json::Value;

const SOLVERS: [&str; 8] = [
    "unfolded-ista",
    "unfolded-iht",
    "lista-cp",
    "alista",
    "hyperlista",
    "lista",
    "ada-lista",
    "tista",
];
const TARGETS: [&str; 7] = ["M0", "M3", "M4F", "M7F", "M33F", "RV32imac", "RV32imafc"];

fn plan(desk: &Desk, words: &str) -> Told {
    desk.run(&format!("plan {words}"))
}

fn number(json: &Value, key: &str) -> u64 {
    json[key].as_u64().unwrap_or_else(|| panic!("{key} is no number in {json}"))
}

#[test]
fn every_kind_on_every_core() {
    let desk = Desk::with(&[]);
    for solver in SOLVERS {
        for target in TARGETS {
            let told = plan(
                &desk,
                &format!("--solver {solver} --rows 64 --columns 128 --target {target} --json"),
            );
            let json = told.json();
            assert_eq!((told.code, &json["fits"]), (Some(0), &true.into()), "{json}");
            assert_eq!((&json["target"], &json["network"]), (&target.into(), &solver.into()));
            let matrices = match solver {
                "lista-cp" => 17 * 64 * 128,
                "alista" | "hyperlista" | "tista" => 2 * 64 * 128,
                // B and C; A, W₁ and W₂.
                "lista" => 128 * 64 + 128 * 128,
                "ada-lista" => 64 * 128 + 2 * 64 * 64,
                _ => 64 * 128,
            };
            let numbers = match solver {
                "lista-cp" | "alista" => 48,
                "hyperlista" => 128,
                "ada-lista" => 32,
                _ => 16,
            };
            // The tables, and the recorded run.
            let tables = 4 * (matrices + numbers + 64 + 128);
            assert_eq!(number(&json["parts"], "table_bytes"), tables, "{json}");
            assert!(number(&json, "flash_bytes") > tables);
            let memory = match solver {
                "hyperlista" => 129,
                "ada-lista" => 64,
                _ => 0,
            };
            assert_eq!(number(&json["parts"], "state_bytes"), 4 * (2 * 128 + 64 + 2 + memory));
            // A product with A and one with W at the very least, 16 times.
            assert!(number(&json, "instructions") > 16 * 2 * 64 * 128, "{json}");
        }
    }
}

#[test]
fn more_of_everything_takes_more() {
    let desk = Desk::with(&[]);
    let of = |words: &str| {
        let words = format!("--solver alista --target M0 --json {words}");
        let json = plan(&desk, &words).json();
        ["flash_bytes", "ram_bytes", "instructions"].map(|key| number(&json, key))
    };
    let small = of("--rows 16 --columns 32 --layers 4");
    let large = of("--rows 32 --columns 64 --layers 4");
    assert!(small.iter().zip(large).all(|(small, large)| *small < large), "{small:?} {large:?}");
    let deep = of("--rows 16 --columns 32 --layers 8");
    assert_eq!((deep[0] - small[0], deep[1]), (4 * 12, small[1]));
    assert!(deep[2] > small[2]);
}

/// In words too.
#[test]
fn splines_take_flash_and_time() {
    let desk = Desk::with(&[]);
    for solver in ["alista", "lista-cp", "lista", "ada-lista"] {
        for target in TARGETS {
            let words = format!("--solver {solver} --rows 24 --columns 48 --target {target}");
            let of = |more: &str| plan(&desk, &format!("{words} --json {more}")).json();
            let (soft, few, many) =
                (of(""), of("--shrinkage spline:2"), of("--shrinkage spline:16 --weights q8"));
            let tables = |json: &Value| number(&json["parts"], "table_bytes");
            assert_eq!(tables(&few) - tables(&soft), 16 * 196);
            assert!(
                number(&few, "instructions") < number(&of("--shrinkage spline"), "instructions")
            );
            assert!(
                (&few["knots"], &many["knots"], &soft["knots"])
                    == (&2.into(), &16.into(), &Value::Null)
            );
        }
    }
    let told = plan(&desk, "--solver lista --rows 6 --columns 9 --target M0 --shrinkage spline");
    let words = "lista of 16 layers with splines of 8 knots, 6 x 9, f32 on M0\n";
    assert!(told.stderr.starts_with(words), "{told:?}");
}

#[test]
fn a_file_says_kind_and_size() {
    let trained = Trained::new(1);
    for model in &trained.models {
        let json = |words: &str| plan(&trained.desk, &format!("{words} --target M3 --json")).json();
        let of_file = json(&format!("--network {}", name(model)));
        let by_words = json(&format!("--solver {} --rows 6 --columns 9 --layers 4", model.kind()));
        assert_eq!(of_file, by_words);
        let q8 = json(&format!("--network {} --weights q8", name(model)));
        // Its code is the larger one, which so small tables do not make up for.
        let tables = |json: &Value| number(&json["parts"], "table_bytes");
        assert!(tables(&q8) < tables(&of_file), "{q8}");
        assert!(number(&q8, "instructions") > 0, "{q8}");
    }
}

#[test]
fn over_a_budget_is_an_exit_of_1_that_says_what_and_by_how_much() {
    let desk = Desk::with(&[]);
    let words = "--solver hyperlista --rows 64 --columns 128 --target M4F";
    let json = plan(&desk, &format!("{words} --json")).json();
    let (flash, ram) = (number(&json, "flash_bytes"), number(&json, "ram_bytes"));
    let told = plan(&desk, &format!("{words} --flash {flash} --ram {ram}"));
    assert_eq!(told.code, Some(0), "{told:?}");
    let told = plan(&desk, &format!("{words} --flash {} --ram {ram} --json", flash - 3));
    assert_eq!((told.code, &told.json()["fits"]), (Some(1), &false.into()), "{told:?}");
    let less = flash - 3;
    let words_told =
        format!("over budget: flash: {flash} bytes are needed, 3 more than the {less} there are");
    assert_eq!(told.stderr.trim(), words_told);
    let told = plan(&desk, &format!("{words} --ram 100"));
    let over = format!("RAM: {ram} bytes are needed, {} more than the 100 there are", ram - 100);
    assert!(told.code == Some(1) && told.stderr.contains(&over), "{told:?}");
}

#[test]
fn bad_input_is_refused() {
    let trained = Trained::new(1);
    let refuses = |words: &str, cause: &str| {
        let told = plan(&trained.desk, &format!("{words} --json"));
        assert_eq!((told.code, told.stdout.as_str()), (Some(2), ""), "{words}: {told:?}");
        assert!(told.stderr.contains(cause), "`{cause}` is not in: {}", told.stderr);
    };
    refuses("--target M4F", "--solver: it is needed where there is no --network");
    refuses("--target M4F --solver alista --columns 9", "--rows: it is needed");
    refuses("--target M4F --solver alista --rows 6", "--columns: it is needed");
    refuses("--target M4F --solver jacobi --rows 6 --columns 9", "possible values: unfolded-ista");
    refuses("--target Z80 --solver alista --rows 6 --columns 9", "M0, M3, M4F");
    let large = u64::MAX;
    for (rows, columns, layers) in [(0, 9, 4), (6, 0, 4), (6, 9, 0), (large, large, large)] {
        let words = format!("--rows {rows} --columns {columns} --layers {layers}");
        refuses(&format!("--target M0 --solver lista-cp {words}"), "is no network that a board");
    }
    refuses("--target M4F --network no.json", "no.json: No such file");
    refuses("--target M4F --network a.csv", "a.csv: not a network file");
    refuses("--target M4F --network alista.json --rows 6", "--rows: --network says it already");
    refuses("--target M4F --network alista.json --layers 5", "5 layers of a network of 4");
    let soft = "--shrinkage: --network says it already";
    refuses("--target M4F --network alista.json --shrinkage soft", soft);
    for kind in ["unfolded-ista", "unfolded-iht", "hyperlista", "tista"] {
        let words = format!("--target M4F --solver {kind} --rows 6 --columns 9");
        let own = format!("--shrinkage: {kind} has a shrinkage of its own");
        refuses(&format!("{words} --shrinkage spline"), &own);
    }
    let alista = "--target M4F --solver alista --rows 6 --columns 9 --shrinkage";
    refuses(&format!("{alista} spline:17"), "17 knots: from 2 to 16 are possible");
    refuses(&format!("{alista} hard"), "`soft`, `spline` or `spline:KNOTS` is needed");
}

/// Of a solver: figures with their errors, and what fits.
#[test]
fn solvers_are_foretold_with_their_errors() {
    let desk = Desk::with(&[]);
    let json = |words: &str| plan(&desk, &format!("{words} --target M4F --json")).json();
    let measured = json("--solver sor --rows 10 --columns 10 --steps 5");
    assert_eq!(measured["parts"]["source"], "measured");
    let of = |json: &Value, part: &str| json["parts"][part]["value"].as_u64().unwrap();
    assert_eq!(
        number(&measured, "instructions"),
        of(&measured, "first") + 4 * of(&measured, "step")
    );
    assert_eq!(number(&measured, "ram_bytes"), 400 + number(&measured["parts"], "stack_bytes"));
    let foretold = json("--solver sor --rows 9 --columns 11");
    assert_eq!(foretold["parts"]["source"], "foretold");
    assert_eq!((of(&foretold, "state_bytes"), &foretold["instructions"]), (4 * 99, &Value::Null));
    let call = json("--solver cholesky --columns 16");
    assert_eq!(call["call"], "a factorisation and a solve");
    assert_eq!(number(&call, "instructions"), of(&call, "run"));
    for target in ["M0", "M4F", "M7F", "RV32imafc"] {
        let of = |opt| {
            let words = "--solver cholesky --columns 16";
            let told = plan(&desk, &format!("{words} --target {target} --opt {opt} --json")).json();
            assert_eq!(told["parts"]["source"], "measured");
            number(&told, "instructions")
        };
        assert!(of("s") > of("3"), "{target}: what is small takes longer");
    }
    let told = plan(&desk, "--solver ista --rows 32 --columns 18 --target M4F --steps 3");
    for words in ["foretold from other sizes", " %) instructions for the first", "for 3 steps"] {
        assert!(told.code == Some(0) && told.stderr.contains(words), "`{words}`: {told:?}");
    }
}

/// A deadline holds so many steps, and one that holds none does not fit.
#[test]
fn steps_within_a_deadline() {
    let desk = Desk::with(&[]);
    let words = "--solver cg --rows 10 --columns 10 --target M4F";
    let json = plan(&desk, &format!("{words} --instructions 100000 --json")).json();
    let part = |part: &str| json["parts"][part]["value"].as_u64().unwrap();
    let within = 1 + (100_000 - part("first")) / part("step");
    assert_eq!((number(&json, "steps_within"), &json["fits"]), (within, &true.into()));
    let told = plan(&desk, &format!("{words} --instructions 10"));
    let over = format!("{} more than the 10 there are", part("first") - 10);
    assert!(told.code == Some(1) && told.stderr.contains(&over), "{told:?}");
    let told = plan(&desk, &format!("{words} --steps {} --instructions 100000", within + 1));
    assert!(told.code == Some(1) && told.stderr.contains("over budget: instructions"), "{told:?}");
    let network = "--solver hyperlista --rows 64 --columns 128 --target M4F --instructions 10";
    let told = plan(&desk, network);
    assert!(told.code == Some(1) && told.stderr.contains("over budget: instructions"), "{told:?}");
}

#[test]
fn what_a_solver_has_no_use_for_is_refused() {
    let desk = Desk::with(&[]);
    let refuses = |words: &str, cause: &str| {
        let told = plan(&desk, &format!("{words} --target M4F --json"));
        assert_eq!((told.code, told.stdout.as_str()), (Some(2), ""), "{words}: {told:?}");
        assert!(told.stderr.contains(cause), "`{cause}` is not in: {}", told.stderr);
    };
    let sor = "--solver sor --rows 9 --columns 9";
    refuses(&format!("{sor} --layers 3"), "--layers: sor is no network");
    refuses(&format!("{sor} --weights f32"), "--weights: sor is no network");
    refuses(&format!("{sor} --shrinkage soft"), "--shrinkage: sor is no network");

    refuses(&format!("{sor} --steps 0"), "--steps: at least one is needed");
    refuses(&format!("{sor} --snapshots 3"), "--snapshots: the size of sor has no such number");
    refuses("--solver cholesky --columns 9 --steps 3", "--steps: cholesky does not go in steps");
    refuses("--solver cholesky", "--columns: cholesky needs it");
    let network = "--solver alista --rows 6 --columns 9";
    refuses(&format!("{network} --steps 3"), "--steps: a network has none");
    refuses(&format!("{network} --snapshots 3"), "--snapshots: a network has none");
    refuses(&format!("{network} --opt s"), "networks were measured at opt-level 3 alone");
}
