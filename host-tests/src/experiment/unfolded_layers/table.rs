//! [`Row`]: one curve; the table and the figures.

use super::problem::Noise;
use super::{Classical, NETWORKS};
use crate::experiment::table::finish;
use crate::figure::{
    BLACK_INK, BLUE, BROWN, Figure, GREEN, GREY, Legend, ORANGE, PURPLE, RED, SKY, YELLOW,
};
use plotters::style::RGBColor;
use std::path::Path;

/// The errors of one method.
#[derive(Clone, Debug)]
pub struct Row {
    /// On which measurements.
    pub noise: Noise,
    /// Which method.
    pub name: &'static str,
    /// Was it trained?
    pub learned: bool,
    /// NMSE after 1, 2, … layers or steps.
    pub decibels: Vec<f64>,
}

/// One for each network, and one for plain steps.
const COLORS: [RGBColor; NETWORKS.len() + 1] =
    [GREY, SKY, BROWN, YELLOW, ORANGE, PURPLE, BLACK_INK, RED, BLUE, GREEN];

/// Two figures: the networks beside plain ISTA, and the classical methods. Fourteen curves are too
/// many for one.
pub(super) fn draw(rows: &[Row], noise: Noise, folder: &Path) -> anyhow::Result<()> {
    let own = || rows.iter().filter(move |row| row.noise == noise);
    let plain = Classical::Ista.name();
    let networks: Vec<&Row> = own().filter(|row| row.learned || row.name == plain).collect();
    let classical: Vec<&Row> = own().filter(|row| !row.learned).collect();
    let name = noise.name();
    figure(&networks, "layers", noise).write(&folder.join(format!("layers-{name}.svg")))?;
    figure(&classical, "steps", noise).write(&folder.join(format!("steps-{name}.svg")))
}

fn figure(rows: &[&Row], x: &str, noise: Noise) -> Figure {
    let lowest = rows.iter().flat_map(|row| &row.decibels).copied().fold(0.0, f64::min);
    let bottom = 10.0 * (lowest / 10.0).floor();
    let title = format!("NMSE in dB ({})", noise.name());
    let mut figure = Figure::new(x, &title).between(bottom, 5.0).legend(Legend::BottomLeft);
    for (row, color) in rows.iter().zip(COLORS) {
        let points = row.decibels.iter().enumerate().map(|(k, db)| ((k + 1) as f64, *db));
        let points: Vec<_> = points.collect();
        figure.line(row.name, &points, color);
        figure.points("", &points, color);
    }
    figure
}

pub(super) fn write(rows: &[Row], path: &Path) -> anyhow::Result<()> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(["noise", "method", "trained", "layers", "nmse_db"])?;
    for row in rows {
        for (k, decibels) in row.decibels.iter().enumerate() {
            csv.write_record([
                row.noise.name().to_string(),
                row.name.to_string(),
                row.learned.to_string(),
                (k + 1).to_string(),
                format!("{decibels:.3}"),
            ])?;
        }
    }
    finish(csv, path)
}
