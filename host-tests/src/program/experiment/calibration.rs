//! `solvekit experiment calibration`.

use super::Common;
use crate::experiment::calibration::{self, Part, Row, Shape};
use crate::program::{Ending, tell};
use anyhow::Context;
use std::fmt::Write;

pub(super) fn run(common: &Common) -> anyhow::Result<Ending> {
    let rows = calibration::run(&common.into())?;
    let mut table = format!(
        "{:<12}{:<28}{:>5}{:>5}{:>4}{:>7}{:>6}{:>7}{:>12}{:>9}{:>12}\n",
        "part", "method", "n", "m", "p", "ratio", "rho", "dB", "measured", "steps", "reference"
    );
    // The map's cells are in the table and the figures.
    for row in rows.iter().filter(|row| row.part != Part::Transition) {
        let Shape { n, m, p } = row.shape;
        let snr = if row.snr.is_finite() { format!("{:.0}", row.snr) } else { String::new() };
        let shown = |number: f64| shown(row, number);
        let steps = row.iterations.map_or_else(String::new, |steps| format!("{steps:.0}"));
        writeln!(
            table,
            "{:<12}{:<28}{n:>5}{m:>5}{p:>4}{:>7.2}{:>6}{snr:>7}{:>12}{steps:>9}{:>12}{}",
            row.part.name(),
            row.method,
            row.shape.ratio(),
            row.rho,
            shown(row.measured),
            row.reference.map_or_else(String::new, shown),
            if row.agrees == Some(false) { "  DIFFERS" } else { "" }
        )?;
    }
    let compared = rows.iter().filter_map(|row| row.agrees).count();
    let agree = rows.iter().filter(|row| row.agrees == Some(true)).count();
    writeln!(table, "{agree} of {compared} figures agree with the reference")?;
    let place = format!("table.csv and the figures are in {}", common.output.display());
    tell(&format!("{table}{place}")).context(place)?;
    Ok(Ending::Done)
}

/// Successes as counts, errors in three digits, images in dB.
fn shown(row: &Row, number: f64) -> String {
    match row.part {
        Part::Noise | Part::Bound | Part::Drift => format!("{number:.2e}"),
        Part::Imaging => format!("{number:.1} dB"),
        _ => format!("{number} of {}", row.trials),
    }
}
