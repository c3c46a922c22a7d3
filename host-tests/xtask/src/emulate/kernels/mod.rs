//! `cargo xtask bench kernels`: our kernels of fixed size beside CMSIS-DSP's, nalgebra's and plain loops,
//! each alone in an image, in instructions that an emulated Cortex-M4F executes.

mod answers;
mod cmsis;
mod list;
mod measure;
mod record;

use super::{board::Board, counts::CAUTION, plugin::Plugin};
use crate::{chores::setup, failures::Failures};
use answers::Exact;
use anyhow::Result;
use cmsis::Library;
use list::{KERNELS, Kernel, Side};
use measure::{Counted, Images};

/// The core they are laid out for.
const CORE: &str = "M4F";

/// A kernel, and what was counted of it.
struct Row {
    kernel: &'static Kernel,
    sides: Vec<(Side, Counted)>,
}

/// All that was found.
struct Comparison {
    rows: Vec<Row>,
    library: Library,
}

/// Counts, compares the answers, shows the table, and writes the dated record when asked.
pub(crate) fn run(record: bool, date: Option<&str>) -> Result<()> {
    setup::emulation()?;
    let library = cmsis::library()?;
    if let Library::Skipped(why) = &library {
        println!("skipped: CMSIS-DSP: {why}");
    }
    let (board, plugin) = (Board::named(CORE)?, Plugin::build()?);
    let images = Images { board: &board, plugin: &plugin, library: &library };
    let exact = Exact::parse(&images.exact()?)?;
    let mut failures = Failures::default();
    let mut rows = Vec::new();
    for kernel in KERNELS {
        println!("counting: {}", kernel.title);
        rows.extend(failures.note(kernel.title, row(&images, &exact, kernel)));
    }
    let comparison = Comparison { rows, library };
    println!("\n{}\n{CAUTION}", record::table(&comparison).text());
    failures.finish()?;
    if record {
        record::write(&comparison, date)?;
        super::readme::write()?;
    }
    Ok(())
}

/// Every side that has it, and whether their answers agree.
fn row(images: &Images<'_>, exact: &Exact, kernel: &'static Kernel) -> Result<Row> {
    let mut sides = Vec::new();
    for side in Side::ALL {
        if kernel.is_by(side) && images.has(side) {
            sides.push((side, images.counted(kernel, side, exact)?));
        }
    }
    exact.agree(kernel, &sides)?;
    Ok(Row { kernel, sides })
}
