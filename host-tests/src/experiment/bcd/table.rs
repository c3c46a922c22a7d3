//! [`Row`]: one curve; and the table and the plots of many.

use super::panel::Panel;
use super::problem::{Method, STEPS, Set};
use crate::figure::{
    BLACK_INK, BLUE, BROWN, Figure, GREEN, GREY, Legend, ORANGE, PURPLE, RED, SKY, YELLOW,
};
use anyhow::Context;
use std::path::Path;

/// One curve of one panel.
#[derive(Clone, Debug)]
pub struct Row {
    /// The paper's figure.
    pub figure: u32,
    /// The data set.
    pub set: Set,
    /// τ.
    pub size: usize,
    /// The method.
    pub method: Method,
    /// The distance to the least objective, at the start and after every iteration.
    pub gaps: Vec<f64>,
}

impl Row {
    /// After a share of the iterations, the start included.
    #[must_use]
    pub fn at(&self, share: f64) -> f64 {
        let place = (share * STEPS as f64).round() as usize;
        self.gaps.get(place).or(self.gaps.last()).copied().unwrap_or(f64::NAN)
    }

    /// After the last iteration.
    #[must_use]
    pub fn end(&self) -> f64 {
        self.at(1.0)
    }

    pub(super) fn is_of(&self, panel: &Panel) -> bool {
        (self.figure, self.set, self.size) == (panel.figure, panel.set, panel.size)
    }
}

/// Writes the table; a run that is cut off leaves the previous one.
pub(super) fn write(rows: &[Row], path: &Path) -> anyhow::Result<()> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record([
        "figure",
        "data_set",
        "block_size",
        "update",
        "partition",
        "rule",
        "start",
        "after_100",
        "after_250",
        "after_500",
    ])?;
    for row in rows {
        csv.write_record([
            row.figure.to_string(),
            row.set.to_string(),
            row.size.to_string(),
            row.method.step.to_string(),
            row.method.cut.to_string(),
            row.method.selection.to_string(),
            format!("{:.4e}", row.at(0.0)),
            format!("{:.4e}", row.at(0.2)),
            format!("{:.4e}", row.at(0.5)),
            format!("{:.4e}", row.end()),
        ])?;
    }
    let bytes = csv.into_inner().context("the table did not fit in memory")?;
    crate::file::write_whole(path, &bytes)
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Curves in one plot.
pub(super) fn draw(rows: &[&Row], path: &Path) -> anyhow::Result<()> {
    let colors = [BLUE, RED, GREEN, ORANGE, PURPLE, SKY, BLACK_INK, GREY, BROWN, YELLOW];
    let mut figure = Figure::new("iterations", "distance to the least objective")
        .logarithmic()
        .legend(Legend::BottomLeft);
    for (row, color) in rows.iter().zip(colors.into_iter().cycle()) {
        let points: Vec<_> = row.gaps.iter().enumerate().map(|(k, gap)| (k as f64, *gap)).collect();
        figure.line(&row.method.to_string(), &points, color);
    }
    figure.write(path)
}
