//! [`Figure`]: one plot as SVG, in one style for the whole kit (drawn by plotters).

use anyhow::Context;
use plotters::coord::Shift;
use plotters::prelude::*;
use std::path::Path;

/// Colours that stay apart in print and for most eyes (Okabe and Ito).
pub const BLUE: RGBColor = RGBColor(0, 114, 178);
/// See [`BLUE`].
pub const GREEN: RGBColor = RGBColor(0, 158, 115);
/// See [`BLUE`].
pub const GREY: RGBColor = RGBColor(110, 110, 110);
/// See [`BLUE`].
pub const ORANGE: RGBColor = RGBColor(230, 159, 0);
/// See [`BLUE`].
pub const PURPLE: RGBColor = RGBColor(204, 121, 167);
/// See [`BLUE`].
pub const RED: RGBColor = RGBColor(213, 94, 0);

/// Width and height in pixels.
const SIZE: (u32, u32) = (820, 520);

enum Layer {
    Line(Vec<(f64, f64)>),
    Points(Vec<(f64, f64)>),
    Level(f64),
    Shares(Vec<(f64, f64)>),
}

/// A plot with labelled axes: lines, points, horizontal levels, and bars that show shares.
pub struct Figure {
    x: String,
    y: String,
    layers: Vec<(String, Layer, RGBColor)>,
}

impl Figure {
    /// An empty plot with what its axes mean.
    pub fn new(x: &str, y: &str) -> Self {
        Self { x: x.to_string(), y: y.to_string(), layers: Vec::new() }
    }

    /// A line through points.
    pub fn line(&mut self, label: &str, points: &[(f64, f64)], color: RGBColor) {
        self.layers.push((label.to_string(), Layer::Line(points.to_vec()), color));
    }

    /// Dots.
    pub fn points(&mut self, label: &str, points: &[(f64, f64)], color: RGBColor) {
        self.layers.push((label.to_string(), Layer::Points(points.to_vec()), color));
    }

    /// A horizontal line.
    pub fn level(&mut self, label: &str, y: f64, color: RGBColor) {
        self.layers.push((label.to_string(), Layer::Level(y), color));
    }

    /// Bars at x whose heights are shares between 0 and 1 of half the plot's height.
    pub fn shares(&mut self, label: &str, shares: &[(f64, f64)], color: RGBColor) {
        self.layers.push((label.to_string(), Layer::Shares(shares.to_vec()), color));
    }

    /// Draws the plot and writes it, whole or not at all.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        let mut svg = String::new();
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        self.draw(&area).map_err(|error| anyhow::anyhow!("cannot draw the figure: {error}"))?;
        drop(area);
        crate::file::write_whole(path, svg.as_bytes())
            .with_context(|| format!("cannot write {}", path.display()))
    }

    /// The range of x and the top of y over everything drawn.
    fn extent(&self) -> (f64, f64, f64) {
        let mut extent = (f64::INFINITY, f64::NEG_INFINITY, 0.0_f64);
        for (_, layer, _) in &self.layers {
            match layer {
                Layer::Line(points) | Layer::Points(points) => points.iter().for_each(|(x, y)| {
                    extent = (extent.0.min(*x), extent.1.max(*x), extent.2.max(*y));
                }),
                Layer::Level(y) => extent.2 = extent.2.max(*y),
                Layer::Shares(shares) => shares.iter().for_each(|(x, _)| {
                    extent = (extent.0.min(*x), extent.1.max(*x), extent.2);
                }),
            }
        }
        let (low, high) = if extent.0 < extent.1 { (extent.0, extent.1) } else { (0.0, 1.0) };
        (low, high, if extent.2 > 0.0 { extent.2 } else { 1.0 })
    }

    fn draw(
        &self,
        area: &DrawingArea<SVGBackend<'_>, Shift>,
    ) -> Result<(), Box<dyn std::error::Error + '_>> {
        let (low, high, top) = self.extent();
        let margin = 0.03 * (high - low);
        area.fill(&WHITE)?;
        let mut chart = ChartBuilder::on(area)
            .margin(12)
            .x_label_area_size(44)
            .y_label_area_size(78)
            .build_cartesian_2d(low - margin..high + margin, 0.0..1.05 * top)?;
        chart
            .configure_mesh()
            .light_line_style(WHITE)
            .bold_line_style(RGBColor(228, 228, 228))
            .axis_desc_style(("sans-serif", 16))
            .label_style(("sans-serif", 13))
            .x_label_formatter(&|x| tick(*x))
            .y_label_formatter(&|y| tick(*y))
            .x_desc(&self.x)
            .y_desc(&self.y)
            .draw()?;
        for (label, layer, color) in &self.layers {
            let color = *color;
            let style = color.stroke_width(2);
            let drawn = match layer {
                Layer::Line(points) => {
                    chart.draw_series(LineSeries::new(points.iter().copied(), style))?
                }
                Layer::Points(points) => chart.draw_series(
                    points.iter().map(|point| Circle::new(*point, 3, color.filled())),
                )?,
                Layer::Level(y) => {
                    let ends = [(low - margin, *y), (high + margin, *y)];
                    chart.draw_series(DashedLineSeries::new(ends, 6, 4, style))?
                }
                Layer::Shares(shares) => {
                    let half = 0.3 * (high - low) / shares.len().max(2) as f64;
                    let bar = |(x, share): &(f64, f64)| {
                        let corners = [(x - half, 0.0), (x + half, 0.5 * top * share)];
                        Rectangle::new(corners, color.mix(0.35).filled())
                    };
                    chart.draw_series(shares.iter().map(bar))?
                }
            };
            if !label.is_empty() {
                drawn.label(label).legend(move |(x, y)| {
                    PathElement::new(vec![(x, y), (x + 18, y)], color.stroke_width(3))
                });
            }
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperMiddle)
            .background_style(WHITE.mix(0.85))
            .label_font(("sans-serif", 14))
            .draw()?;
        area.present()?;
        Ok(())
    }
}

/// A tick's number without needless digits: 1.65, 250, 1,400,000.
fn tick(value: f64) -> String {
    if value.abs() < 1000.0 {
        return format!("{}", (value * 1e6).round() / 1e6);
    }
    let mut text = format!("{value:.0}");
    let mut place = text.len();
    while place > 3 + usize::from(value < 0.0) {
        place -= 3;
        text.insert(place, ',');
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn ticks_read_like_numbers() {
        let ticks = [0.30000000000000004, 250.0, -1000.0, 1_400_000.0].map(super::tick);
        assert_eq!(ticks, ["0.3", "250", "-1,000", "1,400,000"]);
    }
}
