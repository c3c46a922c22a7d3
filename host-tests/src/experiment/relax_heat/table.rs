//! [`Row`]: one policy on one grid, over all trials; and the table as CSV.

use super::{Policy, Trial};
use crate::experiment::table::finish;
use std::path::Path;

/// One line of the table.
#[derive(Clone, Debug)]
pub struct Row {
    /// Cells along one side of the grid; it has (nx − 1)² unknowns.
    pub nx: usize,
    /// How the systems were solved.
    pub policy: Policy,
    /// Every trial; one where nothing depends on chance.
    pub trials: Vec<Trial>,
}

impl Row {
    fn totals(&self) -> impl Iterator<Item = f64> {
        self.trials.iter().map(|trial| trial.total() as f64)
    }

    /// Mean over trials of the iterations in all.
    pub fn mean(&self) -> f64 {
        self.totals().sum::<f64>() / self.trials.len().max(1) as f64
    }

    /// The fewest iterations of any trial.
    pub fn least(&self) -> f64 {
        self.totals().fold(f64::INFINITY, f64::min)
    }

    /// The most iterations of any trial.
    pub fn most(&self) -> f64 {
        self.totals().fold(0.0, f64::max)
    }

    /// Solves that did not converge, over all trials.
    pub fn failures(&self) -> u64 {
        self.trials.iter().map(|trial| u64::from(trial.failures)).sum()
    }
}

/// The fixed ω with the fewest iterations on one grid.
pub fn best_fixed(rows: &[Row], nx: usize) -> Option<&Row> {
    let fixed = rows.iter().filter(|r| r.nx == nx && matches!(r.policy, Policy::Fixed(_)));
    fixed.min_by(|a, b| a.mean().total_cmp(&b.mean()))
}

/// Writes the table; a run that is cut off leaves the previous one.
pub(super) fn write(rows: &[Row], path: &Path) -> anyhow::Result<()> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record([
        "nx",
        "unknowns",
        "policy",
        "steps",
        "trials",
        "total_mean",
        "total_least",
        "total_most",
        "not_converged",
    ])?;
    for row in rows {
        csv.write_record([
            row.nx.to_string(),
            (row.nx - 1).pow(2).to_string(),
            row.policy.to_string(),
            row.trials.first().map_or(0, |trial| trial.iterations.len()).to_string(),
            row.trials.len().to_string(),
            format!("{:.1}", row.mean()),
            row.least().to_string(),
            row.most().to_string(),
            row.failures().to_string(),
        ])?;
    }
    finish(csv, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_sums_up_its_trials() {
        let trial = |iterations: [u32; 3], failures| Trial {
            iterations: iterations.to_vec(),
            omegas: Vec::new(),
            failures,
        };
        let row = |nx, policy, iterations| Row {
            nx,
            policy,
            trials: vec![trial(iterations, 2), trial([1, 2, 3], 1)],
        };
        let rows = [
            row(25, Policy::Fixed(1.0), [4, 5, 6]),
            row(25, Policy::Fixed(1.5), [4, 5, 5]),
            row(25, Policy::Cg, [0, 0, 0]),
            row(50, Policy::Fixed(1.9), [1, 1, 1]),
        ];
        let first = &rows[0];
        assert_eq!((first.mean(), first.least(), first.most()), (10.5, 6.0, 15.0));
        assert_eq!(first.failures(), 3);
        let best = best_fixed(&rows, 25).expect("there are two");
        assert_eq!(best.policy, Policy::Fixed(1.5));
        assert!(best_fixed(&rows, 100).is_none());
    }
}
