//! Exported networks on every board: the record from which `solvekit plan` foretells others.

use super::{Choice, board::BOARDS, counts, footprint::size, image::Kind};
use crate::shell;
use anyhow::{Context, Result};
use serde_json::{Map, Value, json};
use std::fs;

/// The kinds of layers, and the bytes of the tables in their footprint image: a dictionary of 24 × 48
/// that is its own weight, 16 layers' numbers, scales, and a recorded run.
const KINDS: &[(&str, u64)] = &[
    ("ista", DICTIONARY + 16 * 4),
    ("iht", DICTIONARY + 16 * 4),
    ("coupled", DICTIONARY + 16 * 12),
    ("hyper", DICTIONARY + 48 * 4),
];

const DICTIONARY: u64 = 4 * (24 * 48 + 24 + 48);

/// Where the program looks for it.
const RECORD: &str = "host-tests/src/plan/record.json";

/// Measures and writes the record.
pub(super) fn run() -> Result<()> {
    let stories = KINDS.iter().map(|(kind, _)| format!("plan_{kind}")).collect();
    let choice = Choice { stories, limit: 120, ..Choice::everything() };
    let (cells, failures) = counts::measure(&choice, &[Kind::Plan])?;
    // A record with holes would foretell nonsense.
    failures.finish()?;
    let mut cores = Map::new();
    for board in BOARDS {
        let empty = size(board, None)?;
        let mut kinds = Map::new();
        for (kind, tables) in KINDS {
            println!("{}: flash of exported {kind}", board.core);
            let whole = size(board, Some(&format!("exported_{kind}")))?;
            let code = whole
                .checked_sub(empty + tables)
                .with_context(|| format!("{kind} on {}: less than its tables", board.core))?;
            let name = format!("plan_{kind}");
            let cell = cells
                .iter()
                .find(|cell| cell.board == *board && cell.program.name == name)
                .with_context(|| format!("{name} on {}", board.core))?;
            let region = |region: &super::sweep::Region| {
                json!({
                    "region": region.name,
                    "instructions": region.instructions,
                    "stack_bytes": region.stack,
                })
            };
            let regions: Vec<Value> = cell.regions.iter().map(region).collect();
            kinds.insert((*kind).to_owned(), json!({ "code_bytes": code, "counted": regions }));
        }
        cores.insert(board.core.to_owned(), json!({ "target": board.target, "kinds": kinds }));
    }
    let rustc = shell::read(std::process::Command::new("rustc").arg("--version"))?;
    let record = json!({
        "note": "written by `cargo xtask emulate plan`; executed instructions, not cycles",
        "rustc": rustc.trim(),
        "cores": cores,
    });
    let path = shell::root().join(RECORD);
    fs::write(&path, serde_json::to_string_pretty(&record)? + "\n")
        .with_context(|| format!("cannot write {}", path.display()))?;
    println!("wrote {RECORD}");
    Ok(())
}
