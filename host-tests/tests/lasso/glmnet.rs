//! glmnet's stored answers.

use crate::data::{HostLasso, run};
use solvekit::lasso::Lasso;
use solvekit_host::{matrix::DenseMatrix, vector::Vector};
use std::collections::HashMap;
use std::fs;
use std::path::Path;

/// Mean 0 and standard deviation 1, with one degree of freedom less than numbers.
fn standardise(v: &[f64]) -> Vec<f64> {
    let n = v.len() as f64;
    let mean = v.iter().sum::<f64>() / n;
    let squares: f64 = v.iter().map(|v| (v - mean) * (v - mean)).sum();
    let deviation = (squares / (n - 1.0)).sqrt();
    v.iter().map(|v| (v - mean) / deviation).collect()
}

#[test]
#[allow(clippy::print_stdout, reason = "says why nothing was tested")]
fn all_of_glmnets_answers_are_met() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let named = std::env::var_os("SOLVEKIT_DATA").filter(|name| !name.is_empty());
    let folder = root.join(named.unwrap_or_else(|| "../shared/data".into())).join("lasso");
    let read = |name: &str| fs::read_to_string(folder.join(name));
    let Ok((data, results)) = read("glmnet_300x5_data.csv")
        .and_then(|data| Ok((data, read("glmnet_300x5_results.json")?)))
    else {
        println!("skipped: no data in {}", folder.display());
        return;
    };
    let data: Vec<Vec<f64>> = data
        .lines()
        .filter_map(|line| line.split(',').map(|field| field.trim().parse().ok()).collect())
        .collect();
    let results: HashMap<String, Vec<f64>> = serde_json::from_str(&results).expect("numbers");
    assert_eq!(results.len(), 81);
    for row in results.values() {
        let (n, p, share, lambda) = (row[0] as usize, row[1] as usize, row[2], row[3]);
        let column = |k: usize| -> Vec<f64> { data[..n].iter().map(|line| line[k]).collect() };
        let y = Vector::from(standardise(&column(0)));
        let values: Vec<f64> = (1..=p).flat_map(|k| standardise(&column(k))).collect();
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
