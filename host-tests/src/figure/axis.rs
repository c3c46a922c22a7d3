//! [`Extent`] and [`Logarithmic`]: what the axes span, and one that plotters draws with too few ticks.

use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};
use std::ops::Range;

/// The smallest box around what is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    left: f64,
    right: f64,
    /// Smallest y above zero: what a logarithmic axis begins with.
    bottom: f64,
    top: f64,
}

impl Default for Extent {
    fn default() -> Self {
        Self { left: f64::INFINITY, right: f64::NEG_INFINITY, bottom: f64::INFINITY, top: 0.0 }
    }
}

impl Extent {
    pub(super) fn cover(&mut self, x: f64, y: f64) {
        self.cover_x(x);
        self.cover_y(y);
    }

    pub(super) fn cover_x(&mut self, x: f64) {
        self.left = self.left.min(x);
        self.right = self.right.max(x);
    }

    pub(super) fn cover_y(&mut self, y: f64) {
        self.top = self.top.max(y);
        if y > 0.0 {
            self.bottom = self.bottom.min(y);
        }
    }

    pub(super) fn width(&self) -> f64 {
        let (left, right) = self.ends();
        right - left
    }

    /// The top of what is drawn; 1 when nothing is.
    pub(super) fn top(&self) -> f64 {
        if self.top > 0.0 { self.top } else { 1.0 }
    }

    /// x, with a margin.
    pub(super) fn x(&self) -> Range<f64> {
        let ((left, right), margin) = (self.ends(), 0.03 * self.width());
        left - margin..right + margin
    }

    /// y from zero, with a margin.
    pub(super) fn y(&self) -> Range<f64> {
        0.0..1.05 * self.top()
    }

    /// y from its smallest value above zero, with margins of the same part of the height.
    pub(super) fn logarithmic_y(&self) -> Range<f64> {
        let bottom = if self.bottom < self.top() { self.bottom } else { 0.1 * self.top() };
        let margin = (self.top() / bottom).powf(0.04);
        bottom / margin..margin * self.top()
    }

    fn ends(&self) -> (f64, f64) {
        if self.left < self.right { (self.left, self.right) } else { (0.0, 1.0) }
    }
}

/// Ticks that an axis has at least, where finer ones help.
const FEWEST: usize = 3;
/// Powers of ten with a tick at most.
const MOST_DECADES: usize = 16;

/// A logarithmic axis with ticks at 1, 2 and 5 times the powers of ten, at some of the powers alone
/// where they are many, and closer together where they are few.
#[derive(Clone, Debug)]
pub(super) struct Logarithmic {
    range: Range<f64>,
}

impl Logarithmic {
    /// Over a range of positive numbers.
    pub(super) const fn new(range: Range<f64>) -> Self {
        Self { range }
    }

    fn ticks(&self, at_most: usize) -> Vec<f64> {
        let decades = self.range.start.log10().floor() as i32..=self.range.end.log10() as i32;
        let in_steps = |steps: &[f64], decades_apart: i32| -> Vec<f64> {
            let some = decades.clone().filter(|k| k % decades_apart == 0);
            let all = some.flat_map(|k| steps.iter().map(move |s| s * 10_f64.powi(k)));
            all.filter(|tick| self.range.contains(tick)).collect()
        };
        let usual = in_steps(&[1.0, 2.0, 5.0], 1);
        if usual.len() > at_most {
            let many = decades.clone().count().div_ceil(at_most.clamp(1, MOST_DECADES));
            return in_steps(&[1.0], many as i32);
        }
        if usual.len() >= FEWEST {
            return usual;
        }
        // Little more than one number: tenths of it, or what is closest to them and enough.
        let finer = [1.0, 0.5, 0.2, 0.1].map(|step: f64| {
            let steps: Vec<f64> = (0..(9.0 / step).round() as u32)
                .map(|k| (100.0 * (1.0 + f64::from(k) * step)).round() / 100.0)
                .collect();
            in_steps(&steps, 1)
        });
        let enough = finer.into_iter().find(|ticks| (FEWEST..=at_most).contains(&ticks.len()));
        enough.unwrap_or(usual)
    }
}

impl Ranged for Logarithmic {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let (low, high) = (self.range.start.ln(), self.range.end.ln());
        // What is not positive lies on the edge.
        let place = (value.max(self.range.start).ln() - low) / (high - low);
        limit.0 + (place * f64::from(limit.1 - limit.0)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        self.ticks(hint.max_num_points())
    }

    fn range(&self) -> Range<f64> {
        self.range.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithmic_ticks_are_round_and_few() {
        let axis = Logarithmic::new(18.0..1200.0);
        assert_eq!(axis.ticks(10), [20.0, 50.0, 100.0, 200.0, 500.0, 1000.0]);
        assert_eq!(axis.ticks(5), [100.0, 1000.0]);
        assert_eq!(Logarithmic::new(0.5..3.0).ticks(10), [0.5, 1.0, 2.0]);
        let narrow = Logarithmic::new(2400.0..4700.0);
        assert_eq!(narrow.ticks(10), [2500.0, 3000.0, 3500.0, 4000.0, 4500.0]);
        let wide = Logarithmic::new(0.9e-20..1.1e4).ticks(20);
        assert_eq!(wide.len(), 13);
        assert!(wide.windows(2).all(|pair| (pair[1] / pair[0] - 100.0).abs() < 1e-9));
    }

    #[test]
    fn a_decade_has_the_same_length_everywhere() {
        let axis = Logarithmic::new(1.0..1000.0);
        // Pixels count downwards.
        let places = [1.0, 10.0, 100.0, 1000.0, 0.0].map(|y| axis.map(&y, (300, 0)));
        assert_eq!(places, [300, 200, 100, 0, 300]);
    }

    #[test]
    fn axes_span_what_is_drawn() {
        let mut extent = Extent::default();
        assert_eq!((extent.x(), extent.y()), (-0.03..1.03, 0.0..1.05));
        extent.cover(2.0, 20.0);
        extent.cover(4.0, 0.0);
        extent.cover_y(10.0);
        assert_eq!((extent.x(), extent.y()), (1.94..4.06, 0.0..21.0));
        let (range, margin) = (extent.logarithmic_y(), 2_f64.powf(0.04));
        assert_eq!((range.start, range.end), (10.0 / margin, 20.0 * margin));
    }
}
