//! [`Figure`]: one plot as SVG, in one style for the whole kit (drawn by plotters).

mod axis;
mod map;

pub use map::Map;

use anyhow::Context;
use axis::{Extent, Logarithmic};
use plotters::coord::Shift;
use plotters::coord::ranged1d::{Ranged, ValueFormatter};
use plotters::coord::types::RangedCoordf64;
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

/// See [`BLUE`].
pub const SKY: RGBColor = RGBColor(86, 180, 233);
/// See [`BLUE`]; for a ninth curve.
pub const BROWN: RGBColor = RGBColor(140, 86, 75);
/// See [`BLUE`]; for a tenth.
pub const YELLOW: RGBColor = RGBColor(200, 190, 40);
/// See [`BLUE`].
pub const BLACK_INK: RGBColor = RGBColor(0, 0, 0);

/// Width and height in pixels.
const SIZE: (u32, u32) = (820, 520);

type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

enum Layer {
    Line(Vec<(f64, f64)>),
    Points(Vec<(f64, f64)>),
    Level(f64),
    Mark(f64),
    Band(Vec<(f64, f64, f64)>),
    Shares(Vec<(f64, f64)>),
}

/// Where the legend stands; the caller knows where the curves leave room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Legend {
    /// Along the top.
    Top,
    /// In the upper left corner.
    TopLeft,
    /// In the upper right corner.
    TopRight,
    /// In the lower right corner.
    BottomRight,
    /// In the lower left corner.
    BottomLeft,
    /// At half the height, on the left.
    Left,
}

/// A plot with labelled axes: lines, points, bands, horizontal and vertical lines, and bars that show
/// shares.
pub struct Figure {
    x: String,
    y: String,
    logarithmic: bool,
    range: Option<(f64, f64)>,
    legend: Legend,
    layers: Vec<(String, Layer, RGBColor)>,
}

impl Figure {
    /// An empty plot with what its axes mean.
    pub fn new(x: &str, y: &str) -> Self {
        Self {
            x: x.to_string(),
            y: y.to_string(),
            logarithmic: false,
            range: None,
            legend: Legend::Top,
            layers: Vec::new(),
        }
    }

    /// The same plot with a logarithmic y axis; what is not positive does not show.
    #[must_use]
    pub fn logarithmic(self) -> Self {
        Self { logarithmic: true, ..self }
    }

    /// The same plot with a y axis from `low` to `high` instead of from zero to what is drawn.
    #[must_use]
    pub fn between(self, low: f64, high: f64) -> Self {
        Self { range: Some((low, high)), ..self }
    }

    /// The same plot with its legend elsewhere than along the top.
    #[must_use]
    pub fn legend(self, legend: Legend) -> Self {
        Self { legend, ..self }
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

    /// A vertical line.
    pub fn mark(&mut self, label: &str, x: f64, color: RGBColor) {
        self.layers.push((label.to_string(), Layer::Mark(x), color));
    }

    /// The area between a lower and an upper value at every x: (x, lower, upper).
    pub fn band(&mut self, label: &str, band: &[(f64, f64, f64)], color: RGBColor) {
        self.layers.push((label.to_string(), Layer::Band(band.to_vec()), color));
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

    /// The ranges of x and of y over everything drawn.
    fn extent(&self) -> Extent {
        let mut extent = Extent::default();
        for (_, layer, _) in &self.layers {
            match layer {
                Layer::Line(points) | Layer::Points(points) => {
                    points.iter().for_each(|(x, y)| extent.cover(*x, *y));
                }
                Layer::Band(band) => band.iter().for_each(|(x, lower, upper)| {
                    extent.cover(*x, *lower);
                    extent.cover(*x, *upper);
                }),
                Layer::Level(y) => extent.cover_y(*y),
                Layer::Mark(x) => extent.cover_x(*x),
                Layer::Shares(shares) => shares.iter().for_each(|(x, _)| extent.cover_x(*x)),
            }
        }
        extent
    }

    fn draw(&self, area: &DrawingArea<SVGBackend<'_>, Shift>) -> Drawn {
        let extent = self.extent();
        area.fill(&WHITE)?;
        let mut builder = ChartBuilder::on(area);
        builder.margin(12).x_label_area_size(44).y_label_area_size(78);
        if self.logarithmic {
            let axis = Logarithmic::new(extent.logarithmic_y());
            self.draw_on(builder.build_cartesian_2d(extent.x(), axis)?, &extent)?;
        } else {
            let y = self.range.map_or_else(|| extent.y(), |(low, high)| low..high);
            self.draw_on(builder.build_cartesian_2d(extent.x(), y)?, &extent)?;
        }
        area.present()?;
        Ok(())
    }

    fn draw_on<'a, 'b: 'a, Y: Ranged<ValueType = f64> + ValueFormatter<f64>>(
        &self,
        mut chart: ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, Y>>,
        extent: &Extent,
    ) -> Drawn {
        let (left, right) = (chart.x_range().start, chart.x_range().end);
        let (bottom, top) = (chart.y_range().start, chart.y_range().end);
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
                    let ends = [(left, *y), (right, *y)];
                    chart.draw_series(DashedLineSeries::new(ends, 6, 4, style))?
                }
                Layer::Mark(x) => {
                    let ends = [(*x, bottom), (*x, top)];
                    chart.draw_series(DashedLineSeries::new(ends, 2, 4, style))?
                }
                Layer::Band(band) => {
                    let upper = band.iter().map(|(x, _, upper)| (*x, *upper));
                    let lower = band.iter().rev().map(|(x, lower, _)| (*x, *lower));
                    let outline: Vec<_> = upper.chain(lower).collect();
                    chart.draw_series([Polygon::new(outline, color.mix(0.25).filled())])?
                }
                Layer::Shares(shares) => {
                    let half = 0.3 * extent.width() / shares.len().max(2) as f64;
                    let bar = |(x, share): &(f64, f64)| {
                        let corners = [(x - half, bottom), (x + half, 0.5 * extent.top() * share)];
                        Rectangle::new(corners, color.mix(0.35).filled())
                    };
                    chart.draw_series(shares.iter().map(bar))?
                }
            };
            if !label.is_empty() {
                let (gap, style) = swatch(layer, color);
                drawn.label(label).legend(move |place| {
                    EmptyElement::at(place)
                        + PathElement::new(vec![(0, 0), (9 - gap, 0)], style)
                        + PathElement::new(vec![(9 + gap, 0), (18, 0)], style)
                });
            }
        }
        let place = match self.legend {
            Legend::Top => SeriesLabelPosition::UpperMiddle,
            Legend::TopLeft => SeriesLabelPosition::UpperLeft,
            Legend::TopRight => SeriesLabelPosition::UpperRight,
            Legend::BottomRight => SeriesLabelPosition::LowerRight,
            Legend::BottomLeft => SeriesLabelPosition::LowerLeft,
            Legend::Left => SeriesLabelPosition::MiddleLeft,
        };
        chart
            .configure_series_labels()
            .position(place)
            .background_style(WHITE.mix(0.85))
            .label_font(("sans-serif", 14))
            .draw()?;
        Ok(())
    }
}

/// How a layer shows in the legend: the width of the gap in its stroke, and the stroke. A dashed line
/// has a gap, a band is a patch.
fn swatch(layer: &Layer, color: RGBColor) -> (i32, ShapeStyle) {
    match layer {
        Layer::Level(_) | Layer::Mark(_) => (2, color.stroke_width(3)),
        Layer::Band(_) | Layer::Shares(_) => (0, color.mix(0.3).stroke_width(9)),
        Layer::Line(_) | Layer::Points(_) => (0, color.stroke_width(3)),
    }
}

/// A tick's number without needless digits: 1.65, 250, 1,400,000.
fn tick(value: f64) -> String {
    if value != 0.0 && !(1e-4..1e7).contains(&value.abs()) {
        return format!("{value:.0e}");
    }
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
        let ticks = [0.30000000000000004, 250.0, -1000.0, 1_400_000.0, 1e-9, 1e8].map(super::tick);
        assert_eq!(ticks, ["0.3", "250", "-1,000", "1,400,000", "1e-9", "1e8"]);
    }
}
