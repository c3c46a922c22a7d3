//! [`Map`]: a table of numbers from 0 to 1 as colours.

use super::{BLUE, SIZE};
use anyhow::Context;
use plotters::prelude::*;
use std::path::Path;

/// A table of numbers from 0 (white) to 1 (blue), each a cell. Those outside are shown as the nearest.
pub struct Map<'a> {
    /// What columns mean.
    pub x: &'a str,
    /// What rows mean.
    pub y: &'a str,
    /// The columns' labels.
    pub columns: Vec<String>,
    /// The rows' labels, from below.
    pub rows: Vec<String>,
    /// The rows, from below.
    pub values: Vec<Vec<f64>>,
    /// What the numbers are; shown in the cells where it is not empty.
    pub label: &'a str,
}

impl Map<'_> {
    /// Draws the map and writes it, whole or not at all.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        let mut svg = String::new();
        let size = if self.label.is_empty() { (SIZE.1, SIZE.1) } else { SIZE };
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        self.draw(&area).map_err(|error| anyhow::anyhow!("cannot draw the map: {error}"))?;
        drop(area);
        crate::file::write_whole(path, svg.as_bytes())
            .with_context(|| format!("cannot write {}", path.display()))
    }

    fn draw(&self, area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>) -> super::Drawn {
        area.fill(&WHITE)?;
        let (columns, rows) = (self.columns.len(), self.rows.len());
        let labelled = !self.label.is_empty();
        let mut builder = ChartBuilder::on(area);
        builder.margin(12);
        if labelled {
            builder.x_label_area_size(44).y_label_area_size(78);
            builder.caption(self.label, ("sans-serif", 16));
        }
        let mut chart = builder.build_cartesian_2d(0.0..columns as f64, 0.0..rows as f64)?;
        if labelled {
            // Labels at the middles of cells, where plotters puts ticks only by its own rule.
            chart
                .configure_mesh()
                .disable_mesh()
                .axis_desc_style(("sans-serif", 16))
                .x_labels(0)
                .y_labels(0)
                .x_desc(self.x)
                .y_desc(self.y)
                .draw()?;
        }
        let cell = |i: usize, k: usize, value: f64| {
            let share = value.clamp(0.0, 1.0);
            let mix = |channel: u8| (255.0 - share * (255.0 - f64::from(channel))).round() as u8;
            let color = RGBColor(mix(BLUE.0), mix(BLUE.1), mix(BLUE.2));
            let corners = [(k as f64, i as f64), (k as f64 + 1.0, i as f64 + 1.0)];
            Rectangle::new(corners, color.filled())
        };
        for (i, row) in self.values.iter().enumerate() {
            chart.draw_series(row.iter().enumerate().map(|(k, value)| cell(i, k, *value)))?;
        }
        if !labelled {
            area.present()?;
            return Ok(());
        }
        let style = |color: RGBColor| ("sans-serif", 13).into_font().color(&color);
        for (i, row) in self.values.iter().enumerate() {
            chart.draw_series(row.iter().enumerate().map(|(k, value)| {
                let color = if *value > 0.55 { WHITE } else { BLACK };
                let place = (k as f64 + 0.36, i as f64 + 0.6);
                Text::new(format!("{value:.2}"), place, style(color))
            }))?;
        }
        let plot = chart.plotting_area();
        let at = |x: f64, y: f64| plot.map_coordinate(&(x, y));
        let labels = self.columns.iter().enumerate().map(|(k, label)| {
            let (x, y) = at(k as f64 + 0.36, 0.0);
            (label, (x, y + 6))
        });
        let rows = self.rows.iter().enumerate().map(|(i, label)| {
            let (x, y) = at(0.0, i as f64 + 0.6);
            (label, (x - 40, y))
        });
        for (label, place) in labels.chain(rows) {
            area.draw_text(label, &style(BLACK).into_text_style(area), place)?;
        }
        area.present()?;
        Ok(())
    }
}
