//! [`Row`]: one curve; and the table and the plots of many.

use super::bounded::BoundedRow;
use super::check::Check;
use super::panel::Panel;
use super::problem::{Method, STEPS, Set};
use super::tree::TreeRow;
use crate::experiment::table::finish;
use crate::figure::{
    BLACK_INK, BLUE, BROWN, Figure, GREEN, GREY, Legend, ORANGE, PURPLE, RED, SKY, YELLOW,
};
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
    finish(csv, path)
}

/// Figure 6: trees.csv and a plot for each data set.
pub(super) fn write_trees(rows: &[TreeRow], folder: &Path) -> anyhow::Result<()> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(["data_set", "blocks", "start", "steps_to_0.001"])?;
    for row in rows {
        let start = row.gaps.first().copied().unwrap_or(f64::NAN);
        let steps = row.steps().map_or(String::new(), |steps| steps.to_string());
        csv.write_record([
            row.set.to_string(),
            row.name.to_string(),
            format!("{start:.4e}"),
            steps,
        ])?;
    }
    finish(csv, &folder.join("trees.csv"))?;
    for set in [Set::D, Set::E] {
        let own = rows.iter().filter(|row| row.set == set).map(|row| (row.name, &row.gaps[..]));
        plot(own, "steps", &folder.join(format!("figure-6-{set}.svg")))?;
    }
    Ok(())
}

/// Figures 7 and 13: bounded.csv and a plot for each block size.
pub(super) fn write_bounded(rows: &[BoundedRow], folder: &Path) -> anyhow::Result<()> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record([
        "figure",
        "block_size",
        "update",
        "start",
        "end",
        "iterations",
        "identified",
    ])?;
    for row in rows {
        let at = |gap: Option<&f64>| gap.map_or(String::new(), |gap| format!("{gap:.4e}"));
        csv.write_record([
            row.figure.to_string(),
            row.size.to_string(),
            row.name.clone(),
            at(row.gaps.first()),
            at(row.gaps.last()),
            (row.gaps.len().saturating_sub(1)).to_string(),
            row.identified.map_or(String::new(), |step| step.to_string()),
        ])?;
    }
    finish(csv, &folder.join("bounded.csv"))?;
    let mut panels: Vec<_> = rows.iter().map(|row| (row.figure, row.size)).collect();
    panels.dedup();
    for (figure, size) in panels {
        let own = rows.iter().filter(|row| (row.figure, row.size) == (figure, size));
        let own = own.map(|row| (row.name.as_str(), &row.gaps[..]));
        plot(own, "iterations", &folder.join(format!("figure-{figure}-A-{size}.svg")))?;
    }
    Ok(())
}

/// checks.csv.
pub(super) fn write_checks(checks: &[Check], folder: &Path) -> anyhow::Result<()> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(["claim", "asked", "measured", "holds"])?;
    for check in checks {
        let holds = check.holds.to_string();
        csv.write_record([&check.claim, &check.asked, &check.measured, &holds])?;
    }
    finish(csv, &folder.join("checks.csv"))
}

/// One panel.
pub(super) fn draw(rows: &[&Row], path: &Path) -> anyhow::Result<()> {
    let names: Vec<_> = rows.iter().map(|row| row.method.to_string()).collect();
    let curves = names.iter().zip(rows).map(|(name, row)| (name.as_str(), &row.gaps[..]));
    plot(curves, "iterations", path)
}

/// Curves in one plot.
fn plot<'a>(
    curves: impl Iterator<Item = (&'a str, &'a [f64])>,
    counted: &str,
    path: &Path,
) -> anyhow::Result<()> {
    let colors = [BLUE, RED, GREEN, ORANGE, PURPLE, SKY, BLACK_INK, GREY, BROWN, YELLOW];
    let curves: Vec<_> = curves.collect();
    let mut figure = Figure::new(counted, "distance to the least objective")
        .logarithmic()
        .legend(emptiest_corner(&curves));
    for ((name, gaps), color) in curves.into_iter().zip(colors.into_iter().cycle()) {
        let points: Vec<_> = gaps.iter().enumerate().map(|(k, gap)| (k as f64, *gap)).collect();
        figure.line(name, &points, color);
    }
    figure.write(path)
}

/// Where the legend hides least of the curves, on a logarithmic axis.
fn emptiest_corner(curves: &[(&str, &[f64])]) -> Legend {
    let points = || {
        let each = curves.iter().flat_map(|(_, gaps)| gaps.iter().enumerate());
        each.filter(|(_, gap)| **gap > 0.0).map(|(k, gap)| (k as f64, gap.ln()))
    };
    let right = points().fold(0.0, |most, (k, _)| f64::max(most, k));
    let (low, high) = points()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (_, y)| (low.min(y), high.max(y)));
    // About the size of the longest legends: a line of text is a twentieth of the height.
    let (width, height) = (0.3 * right, (0.06 + 0.045 * curves.len() as f64) * (high - low));
    let hidden = |corner: &Legend| {
        let inside = |(k, y): &(f64, f64)| match corner {
            Legend::BottomRight => *k > right - width && *y < low + height,
            Legend::TopRight => *k > right - width && *y > high - height,
            _ => *k < width && *y < low + height,
        };
        points().filter(inside).count()
    };
    let corners = [Legend::BottomLeft, Legend::TopRight, Legend::BottomRight];
    corners.into_iter().min_by_key(hidden).unwrap_or(Legend::BottomLeft)
}
