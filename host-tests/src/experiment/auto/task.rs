//! [`Task`]: one row of the table, run.

use super::table::mean;
use super::{
    Diffusivity, Family, Mode, Row, Start, Totals, Walk, heat, laplacians, reference, systems, walk,
};
use crate::experiment::Options;
use crate::file::read_matrix;
use rayon::prelude::*;
use scenarios::sequence::Variance;
use std::path::PathBuf;

/// Systems of a Laplacian sequence and of every other one, at scale 1.
const LAPLACIANS: f64 = 5000.0;
const STEPS: f64 = 500.0;

/// One row.
#[derive(Clone, Copy, Debug)]
pub(super) enum Task {
    Laplacians(Mode, Variance, f64),
    Heat(Diffusivity, usize, bool),
    Matrix(&'static str, Start, f64),
    Dense(Family, Start),
}

/// Seeds of the heat sequences.
const HEAT_SEEDS: [u64; 3] = [20_000, 60_000, 100_000];

impl Task {
    pub(super) fn all() -> Vec<Self> {
        let mut tasks = Vec::new();
        for (mode, low, high) in [
            (Mode::Natural, 216_000.0, 286_000.0),
            (Mode::Context, 211_000.0, 281_000.0),
            (Mode::RedBlack, 202_000.0, 276_000.0),
        ] {
            tasks.push(Self::Laplacians(mode, Variance::Low, low));
            tasks.push(Self::Laplacians(mode, Variance::High, high));
        }
        for diffusivity in [Diffusivity::Drifting, Diffusivity::Switching] {
            for side in [8, 16, 24] {
                tasks.extend([false, true].map(|colored| Self::Heat(diffusivity, side, colored)));
            }
        }
        for (file, asked) in
            [("bcsstk01", 1.0), ("nos4", 1.0), ("gr_30_30", 1.0), ("mesh1e1", 1.12)]
        {
            tasks.extend([Start::Cold, Start::Warm].map(|start| Self::Matrix(file, start, asked)));
        }
        for family in Family::ALL {
            tasks.extend([Start::Cold, Start::Warm].map(|start| Self::Dense(family, start)));
        }
        tasks
    }

    pub(super) fn row(self, options: &Options) -> anyhow::Result<Row> {
        match self {
            Self::Laplacians(mode, variance, asked) => {
                laplacian_row(mode, variance, asked, options)
            }
            Self::Heat(diffusivity, side, colored) => heat_row(diffusivity, side, colored, options),
            Self::Matrix(file, start, asked) => {
                let path = data().join("matrices").join(file).with_extension("mtx");
                let name = format!("{file}, {}", start_name(start));
                if !path.exists() {
                    return Ok(walk_row(name, asked, &[]));
                }
                let matrix = read_matrix::<f64>(&path)?;
                let steps = systems(options, STEPS);
                let walks = seeds(options, 10.0).map(|seed| walk(&matrix, start, seed + 1, steps));
                Ok(walk_row(name, asked, &walks.collect::<anyhow::Result<Vec<_>>>()?))
            }
            Self::Dense(family, start) => {
                let steps = systems(options, STEPS);
                let walks = seeds(options, 6.0)
                    .map(|seed| walk(&family.matrix(seed + 1)?, start, seed + 1, steps));
                let walks = walks.collect::<anyhow::Result<Vec<_>>>()?;
                Ok(walk_row(format!("{family}, {}", start_name(start)), 1.08, &walks))
            }
        }
    }
}

fn data() -> PathBuf {
    let named = std::env::var_os("SOLVEKIT_DATA").filter(|name| !name.is_empty());
    named.map_or_else(|| PathBuf::from("../shared/data"), PathBuf::from)
}

fn start_name(start: Start) -> &'static str {
    match start {
        Start::Cold => "cold",
        Start::Warm => "warm",
    }
}

/// Trials 0, 1, … of which there are `full` at scale 1.
fn seeds(options: &Options, full: f64) -> impl ParallelIterator<Item = u64> + use<> {
    (0..(full * options.scale).round().clamp(1.0, full) as u64).into_par_iter()
}

fn laplacian_row(
    mode: Mode,
    variance: Variance,
    asked: f64,
    options: &Options,
) -> anyhow::Result<Row> {
    let systems = systems(options, LAPLACIANS);
    let seed = options.seed;
    let runs = seeds(options, 8.0).map(|trial| {
        let auto = laplacians(mode, variance, seed, trial, systems)?;
        let young = reference(None, variance, seed, trial, systems)?;
        let plain = reference(Some(1.0), variance, seed, trial, systems)?;
        anyhow::Ok((auto, young, plain))
    });
    let runs = runs.collect::<anyhow::Result<Vec<_>>>()?;
    let size = LAPLACIANS / systems as f64;
    let total = |pick: fn(&(Totals, Totals, Totals)) -> &Totals| {
        mean(&runs.iter().map(|run| pick(run).total() as f64).collect::<Vec<_>>())
    };
    let how = match mode {
        Mode::Natural => "natural",
        Mode::Context => "natural with context",
        Mode::RedBlack => "red-black",
    };
    Ok(Row {
        name: format!("Laplacians, {}, {how}", super::super::relax::name(variance)),
        against: "sweeps for 5000 systems",
        asked,
        measured: runs.iter().map(|run| run.0.total() as f64 * size).collect(),
        sweeps: [total(|run| &run.0), total(|run| &run.1), total(|run| &run.2)],
        failures: runs.iter().map(|run| run.0.failures).sum(),
    })
}

fn heat_row(
    diffusivity: Diffusivity,
    side: usize,
    colored: bool,
    options: &Options,
) -> anyhow::Result<Row> {
    let steps = systems(options, STEPS);
    let run = match side {
        8 => heat::<8>,
        16 => heat::<16>,
        _ => heat::<24>,
    };
    let runs = HEAT_SEEDS.into_par_iter().map(|seed| run(diffusivity, seed, steps));
    let runs = runs.collect::<anyhow::Result<Vec<_>>>()?;
    let own = |run: &[Totals; 3]| run[usize::from(colored)].clone();
    let total = |totals: &Totals| totals.total() as f64;
    let sweeps =
        |pick: &dyn Fn(&[Totals; 3]) -> f64| mean(&runs.iter().map(pick).collect::<Vec<_>>());
    let how = if colored { "red-black" } else { "natural" };
    let kind = match diffusivity {
        Diffusivity::Drifting => "drifting",
        Diffusivity::Switching => "switching",
    };
    Ok(Row {
        name: format!("heat, {kind}, {side} x {side}, {how}"),
        against: "Young's omega of each step, natural order",
        asked: if colored { 0.95 } else { 1.10 },
        measured: runs.iter().map(|run| total(&own(run)) / total(&run[2])).collect(),
        sweeps: [sweeps(&|run| total(&own(run))), sweeps(&|run| total(&run[2])), None],
        failures: runs.iter().map(|run| own(run).failures).sum(),
    })
}

fn walk_row(name: String, asked: f64, walks: &[Walk]) -> Row {
    let each = |value: fn(&Walk) -> f64| walks.iter().map(value).collect::<Vec<_>>();
    let auto = |walk: &Walk| walk.auto.total() as f64;
    Row {
        name,
        against: "the best fixed omega in hindsight",
        asked,
        measured: walks.iter().map(|walk| auto(walk) / walk.best() as f64).collect(),
        sweeps: [
            mean(&each(|walk| walk.auto.total() as f64)),
            mean(&each(|walk| walk.best() as f64)),
            mean(&each(|walk| walk.fixed.first().map_or(0.0, |fixed| fixed.total() as f64))),
        ],
        failures: walks.iter().map(|walk| walk.auto.failures).sum(),
    }
}
