//! [`Model`]: a quantity as a line in what it grows with, and how far off it may be.

use nalgebra::{DMatrix, DVector};

/// A measurement.
#[derive(Clone, Debug)]
pub(super) struct Point {
    /// What it grows with.
    pub(super) terms: Vec<f64>,
    /// What was measured.
    pub(super) value: f64,
    /// Does it lie between others, so that it says how well they foretell?
    pub(super) is_judged: bool,
}

/// Foretells a quantity from its terms.
#[derive(Clone, Debug)]
pub(super) struct Model {
    factors: DVector<f64>,
    /// The largest relative error of foretelling each judged measurement from the others; 0 of what is
    /// foretold to the byte.
    pub(super) error: f64,
}

/// What rounding leaves of a line that is exact.
const EXACT: f64 = 1e-6;

impl Model {
    /// The least squares of relative errors; `None` where there are not more measurements than terms,
    /// none is judged, or one is zero.
    pub(super) fn through(points: &[Point]) -> Option<Self> {
        let factors = fit(points.iter())?;
        let mut error: Option<f64> = None;
        for (place, Point { terms, value, .. }) in
            points.iter().enumerate().filter(|(_, point)| point.is_judged)
        {
            let others = points.iter().enumerate().filter(|(other, _)| *other != place);
            let without = fit(others.map(|(_, point)| point))?;
            let off = (dot(&without, terms) / value - 1.0).abs();
            error = Some(error.map_or(off, |error| error.max(off)));
        }
        let error = error?;
        Some(Self { factors, error: if error < EXACT { 0.0 } else { error } })
    }

    pub(super) fn at(&self, terms: &[f64]) -> u64 {
        dot(&self.factors, terms).round().max(0.0) as u64
    }
}

fn dot(factors: &DVector<f64>, terms: &[f64]) -> f64 {
    factors.iter().zip(terms).map(|(factor, term)| factor * term).sum()
}

fn fit<'a>(points: impl Iterator<Item = &'a Point>) -> Option<DVector<f64>> {
    let points: Vec<_> = points.collect();
    let width = points.first()?.terms.len();
    if points.len() < width || points.iter().any(|point| point.value == 0.0) {
        return None;
    }
    // Columns of one size: N³ beside 1 would pass for rank-deficient.
    let entry = |i: usize, k: usize| points[i].terms[k] / points[i].value;
    let largest = |k| (0..points.len()).map(|i| entry(i, k).abs()).fold(0.0, f64::max);
    let scale: Vec<f64> = (0..width).map(largest).collect();
    if scale.contains(&0.0) {
        return None;
    }
    let a = DMatrix::from_fn(points.len(), width, |i, k| entry(i, k) / scale[k]);
    let ones = DVector::repeat(points.len(), 1.0);
    let factors = a.svd(true, true).solve(&ones, 1e-12).ok()?;
    Some(DVector::from_fn(width, |k, _| factors[k] / scale[k]))
}

#[cfg(test)]
mod tests {
    use super::{Model, Point};

    const SIZES: [f64; 6] = [6.0, 8.0, 12.0, 16.0, 20.0, 32.0];

    fn quadratic(values: impl Fn(f64) -> f64) -> Vec<Point> {
        let of = |n: f64| Point {
            terms: vec![1.0, n, n * n],
            value: values(n),
            is_judged: n > 6.0 && n < 32.0,
        };
        SIZES.map(of).to_vec()
    }

    fn exact(n: f64) -> f64 {
        40.0 + 3.0 * n + 2.5 * n * n
    }

    #[test]
    fn a_line_is_found_again_and_has_no_error() {
        let model = Model::through(&quadratic(exact)).unwrap();
        assert_eq!((model.error, model.at(&[1.0, 24.0, 576.0])), (0.0, 1552));
    }

    /// Foretold from the others, which are a line, 1.3 times the line is 1/1.3 of what it is.
    #[test]
    fn the_error_is_that_of_the_worst_from_the_others() {
        let bent = |at: f64| move |n: f64| exact(n) * if n == at { 1.3 } else { 1.0 };
        let error = |at| Model::through(&quadratic(bent(at))).unwrap().error;
        let without = 1.0 - 1.0 / 1.3;
        assert!(error(12.0) >= without - 1e-9, "{}", error(12.0));
        // At the end it is not foretold from the others, but disturbs them.
        assert!(error(32.0) > 0.0);
    }

    #[test]
    fn too_few_measurements_foretell_nothing() {
        let all = quadratic(exact);
        assert!(Model::through(&all[..3]).is_none() && Model::through(&[]).is_none());
        assert!(Model::through(&quadratic(|_| 0.0)).is_none());
        let unjudged: Vec<_> = all.into_iter().map(|p| Point { is_judged: false, ..p }).collect();
        assert!(Model::through(&unjudged).is_none());
    }
}
