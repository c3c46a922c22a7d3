//! glmnet's stored answers, by `solvekit lasso --intercept --standardize` on the raw data.

use crate::desk::Desk;
use crate::stored::{Stored, deviation, mean};
use std::fs;

#[test]
fn rows_of_every_kind_are_met() {
    let Some(stored) = Stored::read() else { return };
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
