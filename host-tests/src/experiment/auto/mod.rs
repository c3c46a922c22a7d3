//! `omega: auto` against what knows more: Young's ω of every system, and the best fixed ω of a
//! sequence in hindsight.
//!
//! Shifted Laplacians (those of [`relax`](super::relax)), implicit steps of a heat equation whose
//! diffusivity drifts or switches, real matrices and dense families with a drifting shift. Products
//! with A beyond the sweeps are charged as whole sweeps. The real matrices are not part of the
//! project: they are looked for in `matrices/` below the folder that `SOLVEKIT_DATA` names,
//! `../shared/data` by default, and a row without its file says so.

mod dense;
mod drifting;
mod heat;
mod laplacian;
mod learner;
mod table;
mod task;

pub use dense::Family;
pub use drifting::{Drifting, Start, Walk, walk};
pub use heat::{Diffusivity, heat};
pub use laplacian::{Mode, laplacians, reference};
pub use table::Row;

use crate::experiment::Options;
use crate::figure::{BLUE, Figure, GREEN, GREY, RED};
use anyhow::Context;
use learner::Learner;
use scenarios::sequence::Variance;
use std::fs;
use std::path::Path;
use task::Task;

/// What one policy spent on each system of a sequence, charged products included.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// Sweeps of each solve; one that hit the cap counts with the cap.
    pub costs: Vec<u32>,
    /// Solves that did not converge.
    pub failures: u32,
}

impl Totals {
    fn of<X>(learner: Learner<X>) -> Self {
        Self { costs: learner.costs, failures: learner.failures }
    }

    /// Sweeps in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.costs.iter().copied().map(u64::from).sum()
    }
}

/// Runs the experiment and writes `table.csv` and `learning.svg` into the output folder.
///
/// `scale` multiplies the length of every sequence (at least 100 systems) and the number of trials
/// (at least one). At scale 1 there are 8 trials of 5000 Laplacians, three seeds of 500 heat steps,
/// and 10 seeds of 500 systems for each matrix.
///
/// # Errors
/// If the output folder cannot be written.
pub fn run(options: &Options) -> anyhow::Result<Vec<Row>> {
    fs::create_dir_all(&options.output)
        .with_context(|| format!("cannot create {}", options.output.display()))?;
    let tasks = Task::all();
    let bar = options.progress(tasks.len() as u64);
    let mut rows = Vec::new();
    for task in tasks {
        rows.push(task.row(options)?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    table::write(&rows, &options.output.join("table.csv"))?;
    learning(options, &options.output.join("learning.svg"))?;
    Ok(rows)
}

/// Systems of a sequence that has `full` of them at scale 1.
fn systems(options: &Options, full: f64) -> usize {
    (full * options.scale).round().max(100.0) as usize
}

/// Sweeps spent against systems solved on the first trial of low variance.
fn learning(options: &Options, path: &Path) -> anyhow::Result<()> {
    let systems = systems(options, 5000.0);
    let mut figure = Figure::new("systems solved", "sweeps in all");
    let curves = [
        ("instance-optimal (Young)", None, GREY),
        ("auto", Some(Mode::Natural), RED),
        ("auto with context", Some(Mode::Context), BLUE),
        ("auto, red-black", Some(Mode::RedBlack), GREEN),
    ];
    for (label, mode, color) in curves {
        let totals = match mode {
            Some(mode) => laplacians(mode, Variance::Low, options.seed, 0, systems)?,
            None => reference(None, Variance::Low, options.seed, 0, systems)?,
        };
        let mut sum = 0.0;
        let stride = systems.div_ceil(200).max(1);
        let points = totals.costs.iter().enumerate().filter_map(|(k, cost)| {
            sum += f64::from(*cost);
            ((k + 1) % stride == 0).then_some(((k + 1) as f64, sum))
        });
        figure.line(label, &points.collect::<Vec<_>>(), color);
    }
    figure.write(path)
}
