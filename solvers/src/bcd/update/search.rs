//! [`Backtrack`]: shorter and shorter steps by interpolation.

use crate::Real;

/// A backtracking line search along a direction of descent: it begins with the full step; what the
/// refused ones have shown says how much shorter the next one is, between a tenth and a half.
///
/// Source: Nocedal and Wright 2006, §3.5.
#[derive(Clone, Copy, Debug)]
pub(super) struct Backtrack<R> {
    slope: R,
    length: R,
    /// The step refused before, and the change there.
    before: Option<(R, R)>,
}

impl<R: Real> Backtrack<R> {
    /// `slope` is the derivative at the start, negative.
    pub(super) const fn new(slope: R) -> Self {
        Self { slope, length: R::ONE, before: None }
    }

    pub(super) const fn length(&self) -> R {
        self.length
    }

    /// The present length changed the value by `change`, which is not enough.
    pub(super) fn refuse(&mut self, change: R) {
        let (length, slope) = (self.length, self.slope);
        let bend = change - slope * length;
        let least = match self.before {
            None => -slope * length * length / (bend + bend),
            Some((before, bend_before)) => {
                // c(α) = a α³ + b α² + slope α through both.
                let (square, square_before) = (length * length, before * before);
                let scale = square * square_before * (length - before);
                let a = (square_before * bend - square * bend_before) / scale;
                let b = (square * length * bend_before - square_before * before * bend) / scale;
                let three = R::from_f64(3.0);
                ((b * b - three * a * slope).sqrt() - b) / (three * a)
            }
        };
        self.before = Some((length, bend));
        let (tenth, half) = (R::from_f64(0.1) * length, R::from_f64(0.5) * length);
        // A half also where the model has no least value.
        let known = least >= tenth && least <= half;
        self.length = if known {
            least
        } else if least < tenth {
            tenth
        } else {
            half
        };
    }
}

#[cfg(test)]
mod tests {
    use super::Backtrack;

    #[test]
    fn a_parabola_and_a_cubic_are_met_at_their_least_values() {
        // c(α) = −α + 2α², least at ¼.
        let mut search = Backtrack::new(-1.0_f64);
        search.refuse(1.0);
        assert!((search.length() - 0.25).abs() < 1e-15);
        // c(α) = −α + 24α³ has its least value at √(1/72) = 0.1178…
        let c = |alpha: f64| 24.0 * alpha.powi(3) - alpha;
        let mut search = Backtrack::new(-1.0);
        search.refuse(c(1.0));
        let first = search.length();
        assert_eq!(first, 0.1);
        let mut search = Backtrack { slope: -1.0, length: 0.5, before: Some((1.0, 24.0)) };
        search.refuse(c(0.5));
        assert!((search.length() - (1.0_f64 / 72.0).sqrt()).abs() < 1e-15);
    }

    #[test]
    fn what_is_not_a_number_halves_the_step() {
        let mut search = Backtrack::new(-1.0_f32);
        for expected in [0.5, 0.25] {
            search.refuse(f32::NAN);
            assert_eq!(search.length(), expected);
        }
    }
}
