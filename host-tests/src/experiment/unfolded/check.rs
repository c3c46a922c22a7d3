//! [`Check`]: what the paper's abstract says, asked of the regenerated table.

use super::row::{Recovery, Row};
use super::setup::Problem;

/// One claim, the numbers that it is about, and with how many dictionaries it holds.
#[derive(Clone, Debug)]
pub struct Check {
    /// What is compared.
    pub claim: &'static str,
    /// Under which condition.
    pub condition: &'static str,
    /// The numbers, means over dictionaries.
    pub measured: String,
    /// Dictionaries with which it holds.
    pub holds: usize,
    /// Dictionaries.
    pub of: usize,
}

impl Check {
    /// Does it hold with every dictionary?
    #[must_use]
    pub const fn always(&self) -> bool {
        self.holds == self.of
    }
}

type Measure = fn(&Row) -> f64;

fn objective(row: &Row) -> f64 {
    row.score.objective
}

fn error(row: &Row) -> f64 {
    row.score.error
}

/// Every claim.
#[must_use]
pub fn checks(rows: &[Row]) -> Vec<Check> {
    use Problem::{Iht, Ista};
    use Recovery::{Converged, Plain, Supervised, Unsupervised};
    let table = Table { rows };
    let trained = "as trained";
    let mut checks = vec![
        table.less(
            "ISTA: the supervised error is below the unsupervised",
            trained,
            Ista,
            error,
            [Supervised, Unsupervised],
        ),
        table.less(
            "ISTA: the unsupervised objective is below the supervised",
            trained,
            Ista,
            objective,
            [Unsupervised, Supervised],
        ),
        table.less(
            "ISTA: the supervised network does not minimise the objective",
            trained,
            Ista,
            objective,
            [Converged, Supervised],
        ),
        table.near(
            "ISTA: the unsupervised objective is within 3 % of the least",
            trained,
            Ista,
            [Unsupervised, Converged],
            1.03,
        ),
        table.less(
            "ISTA: ten learned layers are below ten plain steps",
            trained,
            Ista,
            objective,
            [Unsupervised, Plain],
        ),
        table.less(
            "IHT: the supervised objective is below that of 2000 plain steps",
            trained,
            Iht,
            objective,
            [Supervised, Converged],
        ),
        table.less(
            "IHT: the unsupervised objective is below that of 2000 plain steps",
            trained,
            Iht,
            objective,
            [Unsupervised, Converged],
        ),
        table.less(
            "IHT: the supervised error is below that of 2000 plain steps",
            trained,
            Iht,
            error,
            [Supervised, Converged],
        ),
        table.less(
            "IHT: the unsupervised error is below that of 2000 plain steps",
            trained,
            Iht,
            error,
            [Unsupervised, Converged],
        ),
        table.near(
            "IHT: both networks end with objectives within 10 % of each other",
            trained,
            Iht,
            [Unsupervised, Supervised],
            1.1,
        ),
    ];
    for condition in ["denser", "noisier", "sparser"] {
        checks.push(table.less(
            "IHT, mismatch: the unsupervised objective is below the supervised",
            condition,
            Iht,
            objective,
            [Unsupervised, Supervised],
        ));
        checks.push(table.less(
            "IHT, mismatch: the unsupervised error is below the supervised",
            condition,
            Iht,
            error,
            [Unsupervised, Supervised],
        ));
        checks.push(table.less(
            "IHT, mismatch: the unsupervised objective is below that of 2000 plain steps",
            condition,
            Iht,
            objective,
            [Unsupervised, Converged],
        ));
        checks.push(table.less(
            "IHT, mismatch: the supervised objective is below that of 2000 plain steps",
            condition,
            Iht,
            objective,
            [Supervised, Converged],
        ));
    }
    checks
}

#[derive(Clone, Copy)]
struct Table<'a> {
    rows: &'a [Row],
}

impl Table<'_> {
    /// What two recoveries have with each dictionary.
    fn pairs(
        self,
        condition: &str,
        problem: Problem,
        measure: Measure,
        [first, second]: [Recovery; 2],
    ) -> Vec<[f64; 2]> {
        let own = |recovery| {
            self.rows.iter().filter(move |row| {
                (row.problem, row.recovery, row.condition.name) == (problem, recovery, condition)
            })
        };
        own(first)
            .zip(own(second))
            .map(|(first, second)| [measure(first), measure(second)])
            .collect()
    }

    fn less(
        self,
        claim: &'static str,
        condition: &'static str,
        problem: Problem,
        measure: Measure,
        recoveries: [Recovery; 2],
    ) -> Check {
        self.judged(
            claim,
            condition,
            recoveries,
            &self.pairs(condition, problem, measure, recoveries),
            |[a, b]| a < b,
        )
    }

    /// Objectives within a factor of each other.
    fn near(
        self,
        claim: &'static str,
        condition: &'static str,
        problem: Problem,
        recoveries: [Recovery; 2],
        factor: f64,
    ) -> Check {
        let pairs = self.pairs(condition, problem, objective, recoveries);
        self.judged(claim, condition, recoveries, &pairs, |[a, b]| {
            a <= factor * b && b <= factor * a
        })
    }

    fn judged(
        self,
        claim: &'static str,
        condition: &'static str,
        recoveries: [Recovery; 2],
        pairs: &[[f64; 2]],
        holds: impl Fn([f64; 2]) -> bool,
    ) -> Check {
        let spread = |which: usize| {
            let values: Vec<f64> = pairs.iter().map(|pair| pair[which]).collect();
            let (mean, deviation) = spread(&values);
            format!("{} {mean:.3e} ± {deviation:.1e}", recoveries[which])
        };
        let measured = format!("{}, {}", spread(0), spread(1));
        let holds = pairs.iter().filter(|pair| holds(**pair)).count();
        Check { claim, condition, measured, holds, of: pairs.len() }
    }
}

/// The mean, and the standard deviation between dictionaries; zero of one.
#[must_use]
pub fn spread(values: &[f64]) -> (f64, f64) {
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, (squares / (count - 1.0).max(1.0)).sqrt())
}
