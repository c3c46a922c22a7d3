//! [`Row`]: one curve; the table and the figures.

use super::problem::Noise;
use crate::experiment::table::finish;
use crate::figure::{
    BLACK_INK, BLUE, BROWN, Figure, GREEN, GREY, Legend, ORANGE, PURPLE, RED, SKY, YELLOW,
};
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

const COLORS: [plotters::style::RGBColor; 10] =
    [GREY, SKY, BROWN, YELLOW, PURPLE, BLACK_INK, RED, BLUE, ORANGE, GREEN];

pub(super) fn draw(rows: &[Row], noise: Noise, path: &Path) -> anyhow::Result<()> {
    let own: Vec<&Row> = rows.iter().filter(|row| row.noise == noise).collect();
    let lowest = own.iter().flat_map(|row| &row.decibels).copied().fold(0.0, f64::min);
    let bottom = 10.0 * (lowest / 10.0).floor();
    let title = format!("NMSE in dB ({})", noise.name());
    let mut figure =
        Figure::new("layers or steps", &title).between(bottom, 5.0).legend(Legend::BottomLeft);
    for (row, color) in own.iter().zip(COLORS) {
        let points = row.decibels.iter().enumerate().map(|(k, db)| ((k + 1) as f64, *db));
        let points: Vec<_> = points.collect();
        figure.line(row.name, &points, color);
        if row.learned {
            figure.points("", &points, color);
        }
    }
    figure.write(path)
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
