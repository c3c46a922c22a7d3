//! Experiments of "Let's Make Block Coordinate Descent Converge Faster": data sets A to E, and the
//! paper's figures 4 to 13.

mod bounded;
mod check;
mod contender;
pub mod data;
mod panel;
mod problem;
mod shared;
mod table;
mod tree;

pub use bounded::{BoundedRow, bounded};
pub use check::{Check, checks};
pub use contender::{Selection, Step};
pub use panel::{Panel, panels};
pub use problem::{Curve, Cut, Method, STEPS, Set, trace};
pub use table::Row;
pub use tree::{TARGET, TreeRow, trees};

use super::Options;
use anyhow::{Context, Result};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::fs;

/// What a curve depends on.
type Key = (Set, usize, Method);

/// Block sizes of figures 7 and 13.
const SIZES: [usize; 3] = [5, 50, 100];

/// What a run traced.
#[derive(Clone, Debug)]
pub struct Traced {
    /// Figures 4, 5 and 8 to 12.
    pub rows: Vec<Row>,
    /// Figure 6.
    pub trees: Vec<TreeRow>,
    /// Figures 7 and 13.
    pub bounded: Vec<BoundedRow>,
    /// What the paper says of them.
    pub checks: Vec<Check>,
}

/// Runs every panel and writes `table.csv`, `trees.csv`, `bounded.csv`, `checks.csv` and the figures
/// into the output folder.
///
/// `scale` multiplies the numbers of rows and unknowns of the data sets; block sizes and iterations
/// stay as they are.
///
/// # Errors
/// An output folder that cannot be written.
pub fn run(options: &Options) -> Result<Traced> {
    fs::create_dir_all(&options.output)
        .with_context(|| format!("cannot create {}", options.output.display()))?;
    let panels = panels();
    let work = work(&panels);
    let sets = [Set::D, Set::E];
    let counted = work.values().map(Vec::len).sum::<usize>() + sets.len() + 12 * SIZES.len();
    let bar = options.progress(counted as u64);
    let done = || bar.inc(1);
    let (curves, (trees, bounded)) = rayon::join(
        || curves(&work, options, &done),
        || {
            let trees = || {
                let trees = sets.into_par_iter().map(|set| {
                    let rows = trees(set, options.scale, options.seed);
                    done();
                    rows
                });
                trees.collect::<Result<Vec<_>>>()
            };
            let bounded = || bounded(&SIZES, (options.scale, options.seed), &done);
            rayon::join(trees, bounded)
        },
    );
    bar.finish_and_clear();
    let (curves, trees, bounded) = (curves?, trees?.concat(), bounded?);
    let rows: Vec<Row> = panels
        .iter()
        .flat_map(|panel| {
            let row = |method: &Method| {
                let gaps = curves.get(&(panel.set, panel.size, *method))?.clone();
                let (figure, set, size) = (panel.figure, panel.set, panel.size);
                Some(Row { figure, set, size, method: *method, gaps })
            };
            panel.methods.iter().filter_map(row).collect::<Vec<_>>()
        })
        .collect();
    table::write(&rows, &options.output.join("table.csv"))?;
    for panel in &panels {
        let own: Vec<&Row> = rows.iter().filter(|row| row.is_of(panel)).collect();
        table::draw(&own, &options.output.join(format!("{}.svg", panel.name())))?;
    }
    table::write_trees(&trees, &options.output)?;
    table::write_bounded(&bounded, &options.output)?;
    let checks = checks(&rows, &trees, &bounded, options.scale);
    table::write_checks(&checks, &options.output)?;
    Ok(Traced { rows, trees, bounded, checks })
}

/// Every curve once, however many panels show it.
fn work(panels: &[Panel]) -> BTreeMap<Set, Vec<Curve>> {
    let mut work: BTreeMap<Set, Vec<Curve>> = BTreeMap::new();
    for panel in panels {
        let known = work.entry(panel.set).or_default();
        for method in &panel.methods {
            let curve = (panel.size, *method);
            if !known.contains(&curve) {
                known.push(curve);
            }
        }
    }
    work
}

fn curves(
    work: &BTreeMap<Set, Vec<Curve>>,
    options: &Options,
    done: &(dyn Fn() + Sync),
) -> Result<BTreeMap<Key, Vec<f64>>> {
    let traced = work.par_iter().map(|(set, curves)| {
        let gaps = trace(*set, curves, (options.scale, options.seed), done)
            .with_context(|| format!("data set {set}"))?;
        let keys = curves.iter().map(|(size, method)| (*set, *size, *method));
        Ok(keys.zip(gaps).collect::<Vec<_>>())
    });
    Ok(traced.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
}
