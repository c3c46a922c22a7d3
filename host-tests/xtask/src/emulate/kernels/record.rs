//! The comparison as a dated record, and as a table.

use super::{Comparison, Library, Row, Side, cmsis};
use crate::{
    emulate::{
        counts::CAUTION,
        record::{Versions, today},
        table::{Table, thousands},
    },
    shell,
};
use anyhow::{Context, Result};
use serde_json::{Map, Value, json};
use std::fs;

const PROFILE: &str = "opt-level 3, fat LTO, one codegen unit, panic = abort";

/// Of all that takes part.
struct Parts {
    here: Versions,
    nalgebra: String,
}

/// Writes `benches/records/DATE-kernels.{json,md}`.
pub(super) fn write(comparison: &Comparison, date: Option<&str>) -> Result<()> {
    let date = date.map_or_else(today, str::to_owned);
    let lock = shell::firmware().join("Cargo.lock");
    let lock = fs::read_to_string(&lock).with_context(|| lock.display().to_string())?;
    let nalgebra = locked(&lock, "nalgebra").context("nalgebra's version")?.to_owned();
    let parts = Parts { here: Versions::read()?, nalgebra };
    let folder = shell::root().join("benches/records");
    let json = serde_json::to_string_pretty(&data(&date, &parts, comparison))? + "\n";
    for (ending, text) in [("json", json), ("md", page(&date, &parts, comparison))] {
        let path = folder.join(format!("{date}-kernels.{ending}"));
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        println!("wrote benches/records/{date}-kernels.{ending}");
    }
    Ok(())
}

/// The version of a package in a lock file.
fn locked<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let (_, rest) = lock.split_once(&format!("name = \"{package}\"\nversion = \""))?;
    rest.split('"').next()
}

/// Kernels by sides, as Markdown or as text.
pub(super) fn table(comparison: &Comparison) -> Table {
    let sides = Side::ALL.map(Side::title);
    let heading = ["instructions", sides[0], "goal"].into_iter().chain(sides[1..].iter().copied());
    let mut table = Table::new(heading);
    for row in &comparison.rows {
        let by = |side| figure(comparison, row, side);
        let goal =
            row.kernel.goal.map_or("–".to_owned(), |goal| format!("≤ {}", thousands(goal)));
        let [ours, others @ ..] = Side::ALL.map(by);
        table.row([row.kernel.title.to_owned(), ours, goal].into_iter().chain(others));
    }
    table
}

fn figure(comparison: &Comparison, row: &Row, side: Side) -> String {
    let counted = row.sides.iter().find(|(of, _)| *of == side);
    match (counted, &comparison.library) {
        (Some((_, counted)), _) => thousands(counted.instructions),
        (None, Library::Skipped(_)) if side == Side::Cmsis && row.kernel.is_by(side) => {
            "skipped".to_owned()
        }
        _ => "–".to_owned(),
    }
}

fn data(date: &str, parts: &Parts, comparison: &Comparison) -> Value {
    let row = |row: &Row| {
        let mut instructions = Map::new();
        let mut shares = Map::new();
        for (side, counted) in &row.sides {
            instructions.insert(side.feature().to_owned(), counted.instructions.into());
            // Three digits: the others would differ in every diff, and tell nobody anything.
            let share = format!("{:.3}", counted.share).parse::<f64>().unwrap_or(counted.share);
            shares.insert(side.feature().to_owned(), share.into());
        }
        json!({
            "kernel": row.kernel.feature,
            "title": row.kernel.title,
            "goal": row.kernel.goal,
            "instructions": instructions,
            "error_of_bound": shares,
        })
    };
    let (gcc, skipped) = match &comparison.library {
        Library::There { gcc, .. } => (Some(gcc), None),
        Library::Skipped(why) => (None, Some(why)),
    };
    json!({
        "date": date,
        "rustc": parts.here.rustc,
        "qemu": parts.here.qemu,
        "gcc": gcc,
        "nalgebra": parts.nalgebra,
        "cmsisdsp": cmsis::VERSION,
        "cmsisdsp_sha256": cmsis::SHA256,
        "cmsisdsp_flags": cmsis::FLAGS,
        "cmsisdsp_skipped": skipped,
        "core": super::CORE,
        "profile": PROFILE,
        "note": CAUTION,
        "kernels": comparison.rows.iter().map(row).collect::<Vec<_>>(),
    })
}

fn page(date: &str, parts: &Parts, comparison: &Comparison) -> String {
    let library = match &comparison.library {
        Library::There { gcc, .. } => {
            format!("CMSIS-DSP {} by {gcc} with `{}`", cmsis::VERSION, cmsis::FLAGS.join(" "))
        }
        Library::Skipped(why) => format!("CMSIS-DSP skipped: {why}"),
    };
    format!(
        "# Kernels of fixed size beside their peers, {date}\n\n\
         Written by `cargo xtask bench kernels --record`. {}; {}; nalgebra {}; {library}. {PROFILE}; \
         Cortex-M4F. {CAUTION} A baseline belongs to these compilers' versions.\n\n\
         One kernel by one side in each image: other code beside it moves counts. Every answer was \
         within a bound for single precision of one by naive loops in double precision, and within \
         twice that of every other side's; how near, is in the JSON file beside this one.\n\n\
         ## Instructions\n\nCall and return included. Where a side has no such kernel: –.\n\n{}\n{}",
        parts.here.rustc,
        parts.here.qemu,
        parts.nalgebra,
        table(comparison).markdown(),
        NOTES,
    )
}

/// What each side does.
const NOTES: &str = "\
## What is compared

- Matrices lie column by column for ours, nalgebra and the plain loops, row by row for CMSIS-DSP. Ours and
  nalgebra know their sizes when they are compiled, the functions of CMSIS-DSP do not.
- Products: `LinearOperator::apply` and `apply_adjoint`, `dense::multiply`; nalgebra's `gemv`, `gemv_tr` and
  `mul_to`; `arm_mat_vec_mult_f32` and `arm_mat_mult_f32`.
- axpy: `arm_scale_f32`, then `arm_add_f32`: CMSIS-DSP has none.
- SPD solve: the factorisation and the solution of both triangular systems. nalgebra's copies the matrix, as its
  type wants; CMSIS-DSP's transposes the factor (`arm_mat_trans_f32`), which its upper solve wants.
- ISTA step: ours also looks whether the step is finite and keeps what the certificate needs. The others are a
  product for the residual, one with the transpose and a plain loop that steps and shrinks; CMSIS-DSP's works on
  Aᵀ kept beside A.
- SOR sweep: neither peer has one.
- Plain loops: over indices, one running sum, as one writes them first; sizes known.
";

#[cfg(test)]
mod tests {
    use super::super::{Counted, KERNELS};
    use super::*;

    fn comparison(library: Library) -> Comparison {
        let counted = Counted { instructions: 1_234, answer: vec![], share: 0.5 };
        let rows = vec![Row { kernel: &KERNELS[0], sides: vec![(Side::Ours, counted)] }];
        Comparison { rows, library }
    }

    #[test]
    fn a_side_that_was_skipped_says_so() {
        let text = table(&comparison(Library::Skipped("no network".to_owned()))).markdown();
        assert!(text.contains("| 1,234 | ≤ 590 | – | skipped | – |"), "{text}");
    }

    #[test]
    fn versions_are_found_in_the_lock_file() {
        let lock = "name = \"a\"\nversion = \"1.2.3\"\n\nname = \"ab\"\nversion = \"4.5.6\"\n";
        assert_eq!(locked(lock, "ab"), Some("4.5.6"));
        assert_eq!(locked(lock, "b"), None);
    }
}
