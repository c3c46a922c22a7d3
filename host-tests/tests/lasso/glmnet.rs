//! glmnet's stored answers are met.

use crate::data::{HostLasso, run};
use crate::stored::{Stored, deviation, mean};
use solvekit::lasso::Lasso;
use solvekit_host::{matrix::DenseMatrix, vector::Vector};

/// Mean 0 and standard deviation 1.
fn standardise(v: &[f64]) -> Vec<f64> {
    let (mean, deviation) = (mean(v), deviation(v));
    v.iter().map(|v| (v - mean) / deviation).collect()
}

#[test]
fn all_of_glmnets_answers_are_met() {
    let Some(stored) = Stored::read() else { return };
    assert_eq!(stored.answers.len(), 81);
    for row in &stored.answers {
        let (n, p, share, lambda) = (row[0] as usize, row[1] as usize, row[2], row[3]);
        let y = Vector::from(standardise(&stored.column(n, 0)));
        let values: Vec<f64> = (1..=p).flat_map(|k| standardise(&stored.column(n, k))).collect();
        let design = DenseMatrix::from_columns(n, values).expect("whole columns");
        // Its loss is divided by n, and its ridge weight by the deviation with n in the place of n − 1.
        let rows = n as f64;
        let l1 = rows * share * lambda;
        let ridge = rows * lambda * (1.0 - share) / ((rows - 1.0) / rows).sqrt();
        let total = l1 + ridge;
        let lasso: HostLasso<'_> = Lasso::new(&design, &y, total).expect("valid data");
        let lasso = lasso.with_share(l1 / total).expect("a share");
        let (state, report) = run(&lasso, &design, p, 1e-13);
        assert!(report.converged(), "{row:?}: {report:?}");
        for (x, expected) in state.x().iter().zip(&row[4..]) {
            assert!((x - expected).abs() <= 5e-6, "{row:?}: {x} and {expected}");
        }
    }
}
