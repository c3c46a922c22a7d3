//! [`Shrinkage`]: soft thresholding, or a spline that is learned.

use serde::{Deserialize, Serialize};
use solvekit::network::{MAX_KNOTS, Spline};
use std::fmt;
use std::str::FromStr;

/// Where the last knot lies, in thresholds: from there on entries are moved by a constant.
const LAST: f64 = 8.0;
/// Knots where their number is not said.
const KNOTS: usize = 8;
/// ln of what an increment can be. Less is nothing beside 1 in `f32`.
const LEAST: f64 = -20.0;
/// More is far beyond the last knot.
const MOST: f64 = 5.0;

/// What a layer does to each entry by its threshold.
///
/// A learned one is a [`Spline`] of its own for each layer. Its knots stay where they are, in units
/// of the threshold: the first one at 1, the last one at 8, each the same multiple of the one before.
/// Up to the first one all is zero, so that layers leave few entries. At the others the increments
/// wᵢ − wᵢ₋₁ are learned, by their logarithms: no step can make the function fall. They start as soft
/// thresholding has them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shrinkage {
    /// Soft thresholding.
    #[default]
    Soft,
    /// A learned spline.
    Spline {
        /// K, from 2 to 16.
        knots: usize,
    },
}

/// As it is typed.
impl fmt::Display for Shrinkage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Soft => f.write_str("soft"),
            Self::Spline { knots } => write!(f, "spline:{knots}"),
        }
    }
}

impl FromStr for Shrinkage {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let knots = match text {
            "soft" => return Ok(Self::Soft),
            "spline" => Some(KNOTS),
            _ => text.strip_prefix("spline:").and_then(|knots| knots.parse().ok()),
        };
        let knots = knots.ok_or("`soft`, `spline` or `spline:KNOTS` is needed")?;
        let shrinkage = Self::Spline { knots };
        shrinkage.check().map(|()| shrinkage)
    }
}

impl Shrinkage {
    /// # Errors
    /// A number of knots that no spline has, in words.
    pub(super) fn check(self) -> Result<(), String> {
        match self {
            Self::Spline { knots } if !(2..=MAX_KNOTS).contains(&knots) => {
                Err(format!("{knots} knots: from 2 to {MAX_KNOTS} are possible"))
            }
            _ => Ok(()),
        }
    }

    /// How many there are; none of soft thresholding.
    pub(crate) const fn count(self) -> usize {
        match self {
            Self::Soft => 0,
            Self::Spline { knots } => knots,
        }
    }

    /// uᵢ; none of soft thresholding.
    fn knots(self) -> Vec<f32> {
        let Self::Spline { knots } = self else { return Vec::new() };
        let place = |k: usize| LAST.powf(k as f64 / (knots - 1) as f64) as f32;
        (0..knots).map(place).collect()
    }

    /// ln of the increments after the first knot, as soft thresholding has them.
    pub(super) fn start(self) -> Vec<f64> {
        let gap = |pair: &[f32]| (f64::from(pair[1]) - f64::from(pair[0])).ln();
        self.knots().windows(2).map(gap).collect()
    }

    /// How many numbers a layer learns.
    pub(super) const fn increments(self) -> usize {
        match self {
            Self::Soft => 0,
            Self::Spline { knots } => knots - 1,
        }
    }

    /// The splines of layers that have these increments, side by side.
    pub(super) fn splines(self, increments: &[f64]) -> Vec<Spline<f32>> {
        let knots = self.knots();
        let layers = increments.chunks_exact(self.increments().max(1));
        layers.filter_map(|own| Spline::new(&knots, &values(own)).ok()).collect()
    }

    /// From derivatives by the values of each layer to those by the increments as they are moved.
    pub(super) fn derivatives(self, increments: &[f64], by_value: &[Vec<f64>]) -> Vec<f64> {
        let layers = increments.chunks_exact(self.increments().max(1)).zip(by_value);
        let one = |(own, by_value): (&[f64], &Vec<f64>)| {
            // An increment lifts its own value and all later ones.
            let mut above = 0.0;
            let later = by_value.iter().skip(1).zip(own).rev();
            let sums = later.map(|(slope, log)| {
                above += slope;
                above * log.exp()
            });
            let mut sums: Vec<f64> = sums.collect();
            sums.reverse();
            sums
        };
        layers.flat_map(one).collect()
    }

    /// Keeps them where they make a spline.
    pub(super) fn clamp(increments: &mut [f64]) {
        for log in increments {
            *log = log.clamp(LEAST, MOST);
        }
    }
}

/// Zero at the first knot, then the sums of the increments; rounded sums never fall either.
fn values(increments: &[f64]) -> Vec<f32> {
    let mut sum = 0.0;
    let later = increments.iter().map(|log| {
        sum += log.exp();
        sum as f32
    });
    std::iter::once(0.0).chain(later).collect()
}

#[cfg(test)]
mod tests {
    use super::Shrinkage;

    #[test]
    fn words_come_back() {
        for shrinkage in [Shrinkage::Soft, Shrinkage::Spline { knots: 2 }] {
            assert_eq!(shrinkage.to_string().parse(), Ok(shrinkage));
        }
        assert_eq!("spline".parse(), Ok(Shrinkage::Spline { knots: 8 }));
        for bad in ["", "hard", "spline:", "spline:x", "spline:1", "spline:17", "spline:-3"] {
            assert!(bad.parse::<Shrinkage>().is_err(), "{bad}");
        }
    }

    #[test]
    fn it_starts_as_soft_thresholding() {
        for knots in [2, 5, 16] {
            let shrinkage = Shrinkage::Spline { knots };
            let all = shrinkage.splines(&[shrinkage.start(), shrinkage.start()].concat());
            assert_eq!(all.len(), 2);
            assert_eq!(all[0], all[1]);
            for z in [0.0_f32, 0.3, -0.5, 0.7, -1.9, 3.0, 4.1, -50.0] {
                let soft = z.signum() * (z.abs() - 0.5).max(0.0);
                // Logarithms and sums of a few numbers, rounded.
                assert!((all[0].value(z, 0.5) - soft).abs() <= 1e-6 * z.abs(), "{z}");
            }
        }
    }

    /// Whatever the optimiser makes of the logarithms.
    #[test]
    fn no_step_makes_it_fall() {
        let shrinkage = Shrinkage::Spline { knots: 6 };
        for wild in [1e9, -1e9, 0.3, f64::INFINITY, f64::NEG_INFINITY] {
            let mut increments = [wild, -wild, wild, 0.1, -wild];
            Shrinkage::clamp(&mut increments);
            let all = shrinkage.splines(&increments);
            let values = all[0].values();
            assert!(values.is_sorted() && values[0] == 0.0, "{values:?}");
        }
    }

    #[test]
    fn increments_lift_all_later_values() {
        let shrinkage = Shrinkage::Spline { knots: 4 };
        let increments = [0.5_f64.ln(), 2.0_f64.ln(), 1.0_f64.ln()];
        let found = shrinkage.derivatives(&increments, &[vec![100.0, 1.0, 10.0, -4.0]]);
        // The first value is no variable.
        for (found, exact) in found.iter().zip([0.5 * 7.0, 2.0 * 6.0, -4.0]) {
            assert!((found - exact).abs() < 1e-12, "{found} {exact}");
        }
    }
}
