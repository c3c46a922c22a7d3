//! Experiments of "Let's Make Block Coordinate Descent Converge Faster": data sets A to E, and the
//! paper's figures 4 to 13.

mod bounded;
mod check;
mod contender;
pub mod data;
mod panel;
mod problem;
mod table;
mod tree;

pub use bounded::{BoundedRow, bounded};
pub use check::{Check, checks};
pub use contender::{Selection, Step};
pub use panel::{Panel, panels};
pub use problem::{Cut, Method, STEPS, Set, trace};
pub use table::Row;
pub use tree::{TARGET, TreeRow, trees};

use super::Options;
use anyhow::{Context, Result};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::fs;

/// What a curve depends on.
type Key = (Set, usize, Method);

/// What a run traced.
#[derive(Clone, Debug)]
pub struct Traced {
    /// Figures 4, 5 and 8 to 12.
    pub rows: Vec<Row>,
    /// Figure 6.
    pub trees: Vec<TreeRow>,
    /// Figures 7 and 13.
    pub bounded: Vec<BoundedRow>,
}

/// Runs every panel and writes `table.csv` and the figures into the output folder.
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
    let curves = curves(&panels, options)?;
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
    let trees = [Set::D, Set::E].map(|set| trees(set, options.scale, options.seed));
    let trees: Vec<_> = trees.into_iter().collect::<Result<Vec<_>>>()?.concat();
    let sizes = [5, 50, 100];
    let bounded = sizes.into_par_iter().map(|size| bounded(size, options.scale, options.seed));
    let bounded: Vec<_> = bounded.collect::<Result<Vec<_>>>()?.concat();
    table::write_trees(&trees, &options.output)?;
    table::write_bounded(&bounded, &options.output)?;
    Ok(Traced { rows, trees, bounded })
}

/// Every curve once, however many panels show it.
fn curves(panels: &[Panel], options: &Options) -> Result<BTreeMap<Key, Vec<f64>>> {
    let mut methods: BTreeMap<(Set, usize), Vec<Method>> = BTreeMap::new();
    for panel in panels {
        let known = methods.entry((panel.set, panel.size)).or_default();
        for method in &panel.methods {
            if !known.contains(method) {
                known.push(*method);
            }
        }
    }
    let bar = options.progress(methods.len() as u64);
    let work: Vec<_> = methods.into_iter().collect();
    let traced = work.par_iter().with_max_len(1).map(|((set, size), methods)| {
        let curves = trace(*set, *size, methods, (options.scale, options.seed))
            .with_context(|| format!("data set {set}, blocks of {size}"));
        bar.inc(1);
        curves
    });
    let traced: Vec<_> = traced.collect::<Result<_>>()?;
    bar.finish_and_clear();
    let keyed = work.into_iter().zip(traced).flat_map(|(((set, size), methods), curves)| {
        methods.into_iter().map(move |method| (set, size, method)).zip(curves)
    });
    Ok(keyed.collect())
}
