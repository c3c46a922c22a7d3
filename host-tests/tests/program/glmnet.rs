//! glmnet's stored answers, by `solvekit lasso --intercept --standardize` on the raw data.

use crate::desk::Desk;
use std::collections::HashMap;
use std::fs;
use std::path::Path;

fn mean(v: &[f64]) -> f64 {
    v.iter().sum::<f64>() / v.len() as f64
}

/// The standard deviation, with one degree of freedom less than numbers.
fn deviation(v: &[f64]) -> f64 {
    let mean = mean(v);
    let squares: f64 = v.iter().map(|v| (v - mean) * (v - mean)).sum();
    (squares / (v.len() as f64 - 1.0)).sqrt()
}

#[test]
#[allow(clippy::print_stdout, reason = "says why nothing was tested")]
fn rows_of_every_kind_are_met() {
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
    // A lasso, a ridge and one between, of the smallest and the largest data.
    for shares in [(100.0, 1.0), (100.0, 0.0), (300.0, 0.5)] {
        let mut rows: Vec<&Vec<f64>> =
            results.values().filter(|row| (row[0], row[2]) == shares && row[1] == 5.0).collect();
        rows.sort_by(|a, b| a[3].total_cmp(&b[3]));
        let row = rows[0];
        let (n, p, share, lambda) = (row[0] as usize, row[1] as usize, row[2], row[3]);
        let column = |k: usize| -> Vec<f64> { data[..n].iter().map(|line| line[k]).collect() };
        let text = |from: usize, to: usize| -> String {
            let line = |line: &Vec<f64>| {
                line[from..to].iter().map(f64::to_string).collect::<Vec<_>>().join(",") + "\n"
            };
            data[..n].iter().map(line).collect()
        };
        let desk = Desk::with(&[("x.csv", &text(1, p + 1)), ("y.csv", &text(0, 1))]);
        // Its response too has a deviation of 1 there, and both deviations are of n − 1; its loss is
        // divided by n, and its ridge weight by the deviation with n in the place of n − 1.
        let m = n as f64;
        let (size, ratio) = (deviation(&column(0)), (m / (m - 1.0)).sqrt());
        let l1 = m * share * lambda * size * ratio;
        let ridge = m * lambda * (1.0 - share) * ratio * ratio * ratio;
        let told = desk.run(&format!(
            "lasso --design x.csv --response y.csv --intercept --standardize --gap 1e-13 \
             --lambda {:e} --l1-ratio {:e} --output w.csv --json",
            l1 + ridge,
            l1 / (l1 + ridge)
        ));
        assert_eq!(told.code, Some(0), "{told:?}");
        let w = fs::read_to_string(desk.path("w.csv")).expect("coefficients were written");
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
