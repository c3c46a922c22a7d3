//! [`Row`]: one policy at one variance, over all trials; and the table as CSV.

use super::{Policy, Trial, name};
use crate::experiment::table::finish;
use scenarios::sequence::Variance;
use std::path::Path;

/// One line of the table.
#[derive(Clone, Debug)]
pub struct Row {
    /// How far the shifts spread.
    pub variance: Variance,
    /// How ω was chosen.
    pub policy: Policy,
    /// Every trial.
    pub trials: Vec<Trial>,
    /// Mean over trials of the sweeps in all.
    pub mean: f64,
    /// Standard deviation over trials (divided by their number).
    pub deviation: f64,
    /// Mean over trials of the sweeps in the second half of the sequence, the middle system included.
    pub second_half: f64,
}

impl Row {
    pub(super) fn new(variance: Variance, policy: Policy, trials: Vec<Trial>) -> Self {
        let count = trials.len().max(1) as f64;
        let mean = trials.iter().map(Trial::total).sum::<u64>() as f64 / count;
        let square = |trial: &Trial| (trial.total() as f64 - mean).powi(2);
        let deviation = (trials.iter().map(square).sum::<f64>() / count).sqrt();
        let late = |trial: &Trial| {
            let half = trial.sweeps.len() / 2;
            trial.sweeps[half..].iter().map(|s| f64::from(*s)).sum::<f64>()
        };
        let second_half = trials.iter().map(late).sum::<f64>() / count;
        Self { variance, policy, trials, mean, deviation, second_half }
    }

    /// Mean sweeps of one solve.
    pub fn per_system(&self) -> f64 {
        let systems = self.trials.first().map_or(1, |trial| trial.sweeps.len().max(1));
        self.mean / systems as f64
    }

    /// Solves that did not converge.
    pub fn failures(&self) -> u64 {
        self.trials.iter().map(|trial| u64::from(trial.failures)).sum()
    }
}

/// Writes the table; a run that is cut off leaves the previous one.
pub(super) fn write(rows: &[Row], path: &Path) -> anyhow::Result<()> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record([
        "variance",
        "policy",
        "systems",
        "trials",
        "total_mean",
        "total_deviation",
        "second_half_mean",
        "not_converged",
    ])?;
    for row in rows {
        csv.write_record([
            name(row.variance).to_string(),
            row.policy.to_string(),
            row.trials.first().map_or(0, |trial| trial.sweeps.len()).to_string(),
            row.trials.len().to_string(),
            format!("{:.1}", row.mean),
            format!("{:.1}", row.deviation),
            format!("{:.1}", row.second_half),
            row.failures().to_string(),
        ])?;
    }
    finish(csv, path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::relax::ARMS;

    #[test]
    fn a_row_sums_up_its_trials() {
        let trial = |sweeps: [u32; 5], failures| Trial {
            sweeps: sweeps.to_vec(),
            failures,
            late_plays: [0; ARMS],
        };
        // Totals 24 and 6, 17 and 4 of them in the second half, the middle system included.
        let trials = vec![trial([3, 4, 5, 5, 7], 2), trial([1, 1, 2, 0, 2], 3)];
        let row = Row::new(Variance::Low, Policy::Young, trials);
        assert_eq!((row.mean, row.deviation, row.second_half), (15.0, 9.0, 10.5));
        assert_eq!((row.per_system(), row.failures()), (3.0, 5));
        assert_eq!((row.variance, row.policy, row.trials.len()), (Variance::Low, Policy::Young, 2));
    }
}
