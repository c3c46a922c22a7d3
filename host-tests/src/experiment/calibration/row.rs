//! [`Row`]: a cell of the table.

use super::problem::Shape;
use crate::experiment::table::finish;
use anyhow::Result;
use std::path::Path;

/// Which figure a row belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Successes of noiseless trials; iterations of the successful ones.
    Success,
    /// Those with fixed steps.
    Steps,
    /// Those of sparse signals.
    Sparse,
    /// Successes over the number of equations and the deviation of the gains.
    Transition,
    /// The median error of the signal under noise.
    Noise,
    /// The median error of the signal near the counting bound.
    Bound,
    /// The signal over its error in an image, in dB.
    Imaging,
    /// The error of gains that drift; ρ is the step of a gain between frames.
    Drift,
}

impl Part {
    /// In a word, as in the table.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Steps => "steps",
            Self::Sparse => "sparse",
            Self::Transition => "transition",
            Self::Noise => "noise",
            Self::Bound => "bound",
            Self::Imaging => "imaging",
            Self::Drift => "drift",
        }
    }
}

/// A cell of the table.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its figure.
    pub part: Part,
    /// The method.
    pub method: String,
    /// Sizes.
    pub shape: Shape,
    /// Non-zeros of the signal.
    pub nonzeros: usize,
    /// The largest deviation of a gain from 1.
    pub rho: f64,
    /// In dB; infinite without noise.
    pub snr: f64,
    /// Draws.
    pub trials: u32,
    /// What [`Part`] says.
    pub measured: f64,
    /// Steps: the median of successful trials, or those of a curve's point.
    pub iterations: Option<f64>,
    /// What the reference gave.
    pub reference: Option<f64>,
    /// Could both come from the same law?
    pub agrees: Option<bool>,
}

pub(super) fn write(rows: &[Row], path: &Path) -> Result<()> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record([
        "part",
        "method",
        "n",
        "m",
        "p",
        "ratio",
        "nonzeros",
        "rho",
        "snr_db",
        "trials",
        "measured",
        "iterations",
        "reference",
        "agrees",
    ])?;
    let shown = |number: Option<f64>| number.map_or_else(String::new, |number| number.to_string());
    for row in rows {
        let Shape { n, m, p } = row.shape;
        table.write_record([
            row.part.name().to_owned(),
            row.method.clone(),
            n.to_string(),
            m.to_string(),
            p.to_string(),
            format!("{:.4}", row.shape.ratio()),
            row.nonzeros.to_string(),
            row.rho.to_string(),
            shown(row.snr.is_finite().then_some(row.snr)),
            row.trials.to_string(),
            row.measured.to_string(),
            shown(row.iterations),
            shown(row.reference),
            row.agrees.map_or_else(String::new, |agrees| agrees.to_string()),
        ])?;
    }
    finish(table, path)
}

pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        count if count.is_multiple_of(2) => 0.5 * (values[half - 1] + values[half]),
        _ => values[half],
    }
}
