//! Success and iterations, of dense and of sparse signals.

use super::method::Method;
use super::problem::{At, Draw, Problem, Shape};
use super::reference;
use super::row::{Part, Row, median};
use crate::experiment::Options;
use rayon::prelude::*;

/// Steps of the projected gradient.
const MOST: u32 = 1500;

/// Counts the trials that end within 10⁻³ of signal and gains.
pub(super) fn cell(part: Part, method: Method, draw: Draw, options: &Options) -> Row {
    let trials = trials(reference::TRIALS, options);
    let one = |trial: u32| {
        let problem = Problem::draw(options.seed.wrapping_add(trial.into()), draw);
        let solved = method.solve(&problem)?;
        let (x, gains) = problem.errors(&solved.x, &solved.gains);
        (x.max(gains) < 1e-3).then_some(f64::from(solved.iterations))
    };
    let successes: Vec<f64> = (0..trials).into_par_iter().filter_map(one).collect();
    Row {
        part,
        method: method.name(),
        shape: draw.shape,
        nonzeros: draw.nonzeros,
        rho: draw.rho,
        snr: f64::INFINITY,
        trials,
        measured: successes.len() as f64,
        iterations: (!successes.is_empty()).then(|| median(successes)),
        reference: None,
        agrees: None,
    }
}

/// At least 2.
pub(super) fn trials(reference: u32, options: &Options) -> u32 {
    ((f64::from(reference) * options.scale).round() as u32).max(2)
}

/// A row beside what the reference counted of as many trials.
fn beside(row: Row, reference: u32, options: &Options) -> Row {
    if options.scale != 1.0 {
        return row;
    }
    let agrees = same(row.measured as u32, reference);
    Row { reference: Some(reference.into()), agrees: Some(agrees), ..row }
}

/// The reference table for every ρ; `auto` beside it, and the step rules.
pub(super) fn rows(options: &Options) -> Vec<Row> {
    let mut rows = Vec::new();
    for (m, p, reference, iterations) in reference::SUCCESS {
        for (rho, reference) in [0.1, 0.5, 0.9].into_iter().zip(reference) {
            let shape = Shape { n: 64, m, p }.scaled(options);
            let draw = Draw { shape, nonzeros: shape.n, rho, snr: f64::INFINITY, at: At::Output };
            let row = cell(Part::Success, Method::Gradient(MOST), draw, options);
            let mut row = beside(row, reference, options);
            // Medians of 20 draws whose logarithms spread by about .3, where there are enough.
            if let (Some(found), Some(iterations), true) = (row.iterations, iterations, rho == 0.5)
                && row.measured >= 10.0
                && options.scale == 1.0
            {
                let ratio = found / iterations;
                row.agrees = row.agrees.map(|agrees| agrees && (0.75..1.34).contains(&ratio));
            }
            rows.push(row);
            // Below the counting bound it refuses.
            if shape.ratio() > 1.0 {
                rows.push(cell(Part::Success, Method::Auto, draw, options));
            }
        }
    }
    let shape = Shape { n: 64, m: 64, p: 4 }.scaled(options);
    let draw = Draw { shape, nonzeros: shape.n, rho: 0.5, snr: f64::INFINITY, at: At::Output };
    rows.push(cell(Part::Steps, Method::Alternating(MOST), draw, options));
    for (step, reference) in reference::STEPS {
        let row = cell(Part::Steps, Method::Fixed(step, MOST), draw, options);
        rows.push(beside(row, reference, options));
    }
    rows
}

/// The reference table of sparse signals.
pub(super) fn sparse_rows(options: &Options) -> Vec<Row> {
    let row = |(nonzeros, m, p, reference): (usize, usize, usize, u32)| {
        let shape = Shape { n: 128, m, p }.scaled(options);
        let nonzeros = nonzeros.min(shape.n);
        let draw = Draw { shape, nonzeros, rho: 0.5, snr: f64::INFINITY, at: At::Output };
        let row = cell(Part::Sparse, Method::Sparse(nonzeros, MOST), draw, options);
        beside(row, reference, options)
    };
    reference::SPARSE.into_iter().map(row).collect()
}

/// May two counts of 20 come from the same probability? Fisher's exact test at 1 in 1000: of some 80
/// cells, one in twelve such tables would have one that does not agree.
fn same(a: u32, b: u32) -> bool {
    let choose =
        |n: u32, k: u32| (0..k).map(|i| f64::from(n - i) / f64::from(i + 1)).product::<f64>();
    let (each, total) = (reference::TRIALS, a + b);
    let chance = |k: u32| choose(each, k) * choose(each, total - k) / choose(2 * each, total);
    let own = chance(a);
    let all = (0..=each).filter(|k| *k <= total && total - k <= each).map(chance);
    all.filter(|chance| *chance <= own * (1.0 + 1e-9)).sum::<f64>() > 1e-3
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn counts_are_compared_by_chance() {
        assert!(same(20, 20) && same(0, 0) && same(20, 14) && same(9, 4));
        assert!(!same(20, 9) && !same(0, 10));
    }
}
