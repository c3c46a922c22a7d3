//! glmnet's stored answers are met, by the solver and by `solvekit lasso`.

use crate::data::{run, trial_in};
use crate::stored::{Stored, deviation, mean};
use libtest_mimic::Trial;
use solvekit::lasso::{Lasso, Workspace, indices, numbers};
use solvekit::{Stop, solve};
use solvekit_host::{matrix::DenseMatrix, vector::Vector};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const DATA: &str = "glmnet_300x5_data.csv";

pub(crate) fn trials() -> Vec<Trial> {
    let trial = |name: &str, test: fn(&Path)| {
        trial_in("lasso", format!("glmnet::{DATA}::{name}"), DATA, test)
    };
    vec![
        trial("all_of_its_answers_are_met", all_of_its_answers_are_met),
        trial("the_program_meets_rows_of_every_kind", the_program_meets_rows_of_every_kind),
    ]
}

/// Mean 0 and standard deviation 1.
fn standardise(v: &[f64]) -> Vec<f64> {
    let (mean, deviation) = (mean(v), deviation(v));
    v.iter().map(|v| (v - mean) / deviation).collect()
}

fn all_of_its_answers_are_met(data: &Path) {
    let stored = Stored::read(data);
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
        let lasso: Lasso<'_, f64, _, Vector<f64>, Vec<usize>> =
            Lasso::new(&design, &y, total).expect("valid data");
        let lasso = lasso.with_share(l1 / total).expect("a share");
        let memory = Workspace::new(p, Vector::filled(numbers(p), 0.0), vec![0; indices(p, p)]);
        let mut state = lasso.start(memory).expect("enough memory");
        let stop = Stop::relative(1e-13).expect("a tolerance").max_iterations(1_000_000);
        let report = solve(&lasso, &mut state, stop);
        assert!(report.converged(), "{row:?}: {report:?}");
        for (x, expected) in state.x().iter().zip(&row[4..]) {
            assert!((x - expected).abs() <= 5e-6, "{row:?}: {x} and {expected}");
        }
    }
}

/// On the raw data, with an intercept and standardised columns.
fn the_program_meets_rows_of_every_kind(data: &Path) {
    let stored = Stored::read(data);
    // A lasso, a ridge and one between, of the smallest and the largest data.
    for shares in [(100.0, 1.0), (100.0, 0.0), (300.0, 0.5)] {
        let of_this_kind = |row: &&Vec<f64>| (row[0], row[2]) == shares && row[1] == 5.0;
        let mut rows: Vec<&Vec<f64>> = stored.answers.iter().filter(of_this_kind).collect();
        rows.sort_by(|a, b| a[3].total_cmp(&b[3]));
        let row = rows[0];
        let (n, p, share, lambda) = (row[0] as usize, row[1] as usize, row[2], row[3]);
        let column = |k: usize| stored.column(n, k);
        let text = |from: usize, to: usize| -> String {
            let line = |line: &Vec<f64>| {
                line[from..to].iter().map(f64::to_string).collect::<Vec<_>>().join(",") + "\n"
            };
            stored.data[..n].iter().map(line).collect()
        };
        let folder = TempDir::new().expect("a temporary folder");
        let path = |name: &str| folder.path().join(name);
        fs::write(path("x.csv"), text(1, p + 1)).expect("a writable folder");
        fs::write(path("y.csv"), text(0, 1)).expect("a writable folder");
        // Its response too has a deviation of 1 there, and both deviations are of n − 1; its loss is
        // divided by n, and its ridge weight by the deviation with n in the place of n − 1.
        let m = n as f64;
        let (size, ratio) = (deviation(&column(0)), (m / (m - 1.0)).sqrt());
        let l1 = m * share * lambda * size * ratio;
        let ridge = m * lambda * (1.0 - share) * ratio * ratio * ratio;
        let (lambda, ratio) = (format!("{:e}", l1 + ridge), format!("{:e}", l1 / (l1 + ridge)));
        let (y, w) = (path("y.csv"), path("w.csv"));
        let options = [
            ["--response", y.to_str().expect("text")],
            ["--output", w.to_str().expect("text")],
            ["--gap", "1e-13"],
            ["--lambda", &lambda],
            ["--l1-ratio", &ratio],
        ];
        let options = [options.as_flattened(), &["--intercept", "--standardize"]].concat();
        let told = run("lasso", "--design", &path("x.csv"), &options);
        assert_eq!(told.code, Some(0), "{told:?}");
        let w = fs::read_to_string(w).expect("coefficients were written");
        let w: Vec<f64> = w.lines().map(|w| w.parse().expect("a number")).collect();
        assert_eq!(w.len(), p);
        let mut level = mean(&column(0));
        for (k, (w, expected)) in w.iter().zip(&row[4..]).enumerate() {
            let standardised = w * deviation(&column(k + 1)) / size;
            assert!((standardised - expected).abs() <= 5e-6, "{standardised}: {row:?}");
            level -= w * mean(&column(k + 1));
        }
        let intercept = told.json()["intercept"].as_f64().expect("an intercept");
        assert!((intercept - level).abs() <= 1e-9 * size, "{intercept} and {level}");
    }
}
