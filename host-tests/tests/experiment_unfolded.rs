//! The experiments on unrolled networks, a twentieth of their size and less: the tables are whole, and
//! what was learned is better than what was not.

use solvekit_host::experiment::Options;
use solvekit_host::experiment::unfolded::{
    self, CONDITIONS, Condition, LAYERS, Problem, Recovery, Row,
};
use solvekit_host::experiment::unfolded_layers::{self, Classical, NETWORKS, NOISES};
use std::path::Path;

fn options(output: &Path, scale: f64) -> Options {
    Options { output: output.to_path_buf(), scale, full: false, seed: 1 }
}

fn lines(path: &Path) -> usize {
    std::fs::read_to_string(path).map_or(0, |text| text.lines().count())
}

fn objective(rows: &[Row], problem: Problem, recovery: Recovery, condition: Condition) -> f64 {
    let own = rows
        .iter()
        .find(|row| (row.problem, row.recovery, row.condition) == (problem, recovery, condition));
    own.expect("a row").score.objective
}

#[test]
fn learned_steps_end_lower_than_as_many_plain_ones() {
    let folder = tempfile::tempdir().expect("a folder");
    let found = unfolded::run(&options(folder.path(), 0.05)).expect("a run");
    let all = Problem::ALL.len() * Recovery::ALL.len() * CONDITIONS.len();
    assert_eq!(found.rows.len(), all);
    assert_eq!(lines(&folder.path().join("table.csv")), all + 1);
    assert_eq!(lines(&folder.path().join("steps.csv")), 4 * LAYERS + 1);
    assert_eq!(lines(&folder.path().join("checks.csv")), found.checks.len() + 1);
    for problem in Problem::ALL {
        for figure in ["steps", "mismatch"] {
            assert!(folder.path().join(format!("{figure}-{problem}.svg")).is_file());
        }
        let of = |recovery| objective(&found.rows, problem, recovery, CONDITIONS[0]);
        let (plain, least) = (of(Recovery::Plain), of(Recovery::Converged));
        assert!(of(Recovery::Unsupervised) < plain, "{problem}: {:?}", found.rows);
        // Of a convex problem nothing is below the least, to what 2000 steps leave.
        if problem == Problem::Ista {
            for row in found.rows.iter().filter(|row| row.problem == problem) {
                let least = objective(&found.rows, problem, Recovery::Converged, row.condition);
                assert!(row.score.objective > 0.999 * least, "{row:?}, {least}");
            }
        }
        assert!(least < plain);
    }
}

#[test]
fn networks_with_weights_are_ahead_of_plain_steps() {
    let folder = tempfile::tempdir().expect("a folder");
    let rows = unfolded_layers::run(&options(folder.path(), 0.005)).expect("a run");
    assert_eq!(rows.len(), NOISES.len() * (Classical::ALL.len() + NETWORKS.len()));
    let table = lines(&folder.path().join("table.csv"));
    assert_eq!(table, rows.len() * unfolded_layers::LAYERS + 1);
    for noise in NOISES {
        for of in ["layers", "steps"] {
            assert!(folder.path().join(format!("{of}-{}.svg", noise.name())).is_file());
        }
        let end = |name: &str| {
            let own = rows.iter().find(|row| row.noise == noise && row.name == name);
            *own.expect("a row").decibels.last().expect("layers")
        };
        for name in
            ["ALISTA", "ALISTA, splines", "LISTA-CP", "LISTA", "Ada-LISTA", "TISTA", "HyperLISTA"]
        {
            assert!(end(name) < end("ISTA"), "{name}: {} {}", end(name), end("ISTA"));
        }
    }
}
