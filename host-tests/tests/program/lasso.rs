//! `solvekit lasso`, from the outside.

use crate::desk::{Desk, Told};
use serde_json::Value;
use std::fs;

/// Six measurements of three features.
const X: &str = "1, 2, 0.5\n2, -1, 1\n3, 0.25, -1\n4, 1, 2\n5, -2, 0\n6, 0.5, 1\n";
const Y: &str = "4\n2\n7\n9\n8\n13.5\n";
/// The same design by entries, its zero left out.
const SPARSE: &str = "%%MatrixMarket matrix coordinate real general\n6 3 17\n\
    1 1 1\n1 2 2\n1 3 0.5\n2 1 2\n2 2 -1\n2 3 1\n3 1 3\n3 2 0.25\n3 3 -1\n\
    4 1 4\n4 2 1\n4 3 2\n5 1 5\n5 2 -2\n6 1 6\n6 2 0.5\n6 3 1\n";
/// And as an array, column by column.
const ARRAY: &str = "%%MatrixMarket matrix array real general\n6 3\n\
    1\n2\n3\n4\n5\n6\n2\n-1\n0.25\n1\n-2\n0.5\n0.5\n1\n-1\n2\n0\n1\n";

fn desk() -> Desk {
    let files = [("x.csv", X), ("y.csv", Y), ("x.mtx", SPARSE), ("array.mtx", ARRAY)];
    Desk::with(&files)
}

fn lasso(desk: &Desk, options: &str) -> Told {
    desk.run(&format!("lasso --response y.csv {options}"))
}

/// Exit code, JSON, and the columns of w.
#[track_caller]
fn fitted(desk: &Desk, options: &str) -> (Option<i32>, Value, Vec<Vec<f64>>) {
    let told = lasso(desk, &format!("{options} --json --output w.csv"));
    let json = told.json();
    let text = fs::read_to_string(desk.path("w.csv")).expect("coefficients were written");
    let number = |word: &str| word.parse().expect("a number");
    let rows: Vec<Vec<f64>> =
        text.lines().map(|line| line.split(',').map(number).collect()).collect();
    let columns = (0..rows[0].len()).map(|k| rows.iter().map(|row| row[k]).collect()).collect();
    (told.code, json, columns)
}

#[track_caller]
fn refuses(desk: &Desk, options: &str, words: &[&str]) {
    let before = desk.names();
    let told = desk.run(&format!("lasso {options} --json --output refused.npy"));
    assert_eq!((told.code, told.stdout.as_str()), (Some(2), ""), "{told:?}");
    for word in words {
        assert!(told.stderr.contains(word), "`{word}` is not in: {}", told.stderr);
    }
    assert_eq!(desk.names(), before, "nothing is written");
}

fn table(text: &str) -> Vec<Vec<f64>> {
    let fields =
        |line: &str| line.split(',').map(|f| f.trim().parse().expect("a number")).collect();
    text.lines().map(fields).collect()
}

/// What is penalised and how.
struct Problem {
    lambda: f64,
    share: f64,
    intercept: bool,
    standardize: bool,
    nonnegative: bool,
}

impl Problem {
    /// Cyclic coordinate descent for very many passes, on columns prepared naively: w and the
    /// constant in the files' units, the objective, and λ_max.
    fn answer(&self) -> (Vec<f64>, f64, f64, f64) {
        let (x, y) = (table(X), table(Y));
        let (rows, columns) = (x.len(), x[0].len());
        let mean = |v: &[f64]| v.iter().sum::<f64>() / rows as f64;
        let mut r: Vec<f64> = y.iter().map(|y| y[0]).collect();
        let level = if self.intercept { mean(&r) } else { 0.0 };
        r.iter_mut().for_each(|r| *r -= level);
        let mut prepared = Vec::new();
        for j in 0..columns {
            let raw: Vec<f64> = x.iter().map(|row| row[j]).collect();
            let centre = if self.intercept { mean(&raw) } else { 0.0 };
            let squares = raw.iter().map(|x| (x - centre) * (x - centre)).sum::<f64>();
            let scale = if self.standardize { (squares / rows as f64).sqrt() } else { 1.0 };
            let column: Vec<f64> = raw.iter().map(|x| (x - centre) / scale).collect();
            prepared.push((column, centre, scale));
        }
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let (l1, ridge) = (self.lambda * self.share, self.lambda * (1.0 - self.share));
        let pull = |c: f64| if self.nonnegative { c.max(0.0) } else { c.abs() };
        let largest = prepared.iter().map(|(a, ..)| pull(dot(a, &r))).fold(0.0, f64::max);
        let mut w = vec![0.0; columns];
        for _ in 0..20_000 {
            for (w, (a, ..)) in w.iter_mut().zip(&prepared) {
                let v = dot(a, &r) + dot(a, a) * *w;
                let mut new = v.signum() * (v.abs() - l1).max(0.0) / (dot(a, a) + ridge);
                if self.nonnegative {
                    new = new.max(0.0);
                }
                r.iter_mut().zip(a).for_each(|(r, a)| *r -= (new - *w) * a);
                *w = new;
            }
        }
        let size: f64 = w.iter().map(|w| w.abs()).sum();
        let objective = 0.5 * dot(&r, &r) + l1 * size + 0.5 * ridge * dot(&w, &w);
        let told: Vec<f64> = w.iter().zip(&prepared).map(|(w, (.., scale))| w / scale).collect();
        let shift: f64 = told.iter().zip(&prepared).map(|(w, (_, centre, _))| w * centre).sum();
        (told, level - shift, objective, largest / self.share)
    }
}

#[test]
fn every_reader_and_every_option_meets_naive_descent() {
    let desk = desk();
    for bits in 0..16 {
        let on = |bit: u32| bits >> bit & 1 == 1;
        let problem = Problem {
            lambda: 1.5,
            share: if on(0) { 0.7 } else { 1.0 },
            intercept: on(1),
            standardize: on(2),
            nonnegative: on(3),
        };
        let (w, constant, objective, largest) = problem.answer();
        let flag = |on: bool, word: &'static str| if on { word } else { "" };
        for design in ["x.csv", "x.mtx", "array.mtx"] {
            let options = format!(
                "--design {design} --lambda 1.5 --gap 1e-14 --l1-ratio {} {} {} {}",
                problem.share,
                flag(on(1), "--intercept"),
                flag(on(2), "--standardize"),
                flag(on(3), "--nonnegative")
            );
            let (code, json, found) = fitted(&desk, &options);
            assert_eq!((code, &json["status"]), (Some(0), &"converged".into()), "{json}");
            let close = |a: &Value, b: f64| {
                let a = a.as_f64().unwrap_or(f64::NAN);
                // A gap of 1e-14 leaves w uncertain by its root.
                assert!((a - b).abs() <= 1e-6 * (1.0 + b.abs()), "{options}: {a} and {b}: {json}");
            };
            for (found, w) in found[0].iter().zip(&w) {
                close(&(*found).into(), *w);
            }
            close(&json["objective"], objective);
            close(&json["lambda_max"], largest);
            if problem.intercept {
                close(&json["intercept"], constant);
            } else {
                assert!(json["intercept"].is_null());
            }
            assert_eq!(json["nonzeros"], w.iter().filter(|w| **w != 0.0).count());
            assert_eq!(json["entries"], if design == "x.mtx" { 17 } else { 18 });
        }
    }
}

#[test]
fn a_path_goes_down_in_equal_ratios_and_ends_where_one_fit_does() {
    let desk = desk();
    let (code, json, found) = fitted(&desk, "--design x.csv --lambda-fraction 0.01 --path 5");
    assert_eq!((code, found.len()), (Some(0), 5));
    let reports = json["reports"].as_array().expect("a report for each");
    let number = |value: &Value, key: &str| value[key].as_f64().expect("a number");
    let lambdas: Vec<f64> = reports.iter().map(|report| number(report, "lambda")).collect();
    assert_eq!(lambdas[0], number(&json, "lambda_max"));
    assert!(lambdas.windows(2).all(|pair| (pair[1] / pair[0] - 0.1_f64.sqrt()).abs() < 1e-12));
    assert_eq!((&reports[0]["nonzeros"], &reports[0]["gap"]), (&0.into(), &0.0.into()));
    for key in ["status", "objective", "gap", "nonzeros", "lambda"] {
        assert_eq!(reports[4][key], json[key], "{key}");
    }
    let (_, one, _) = fitted(&desk, "--design x.csv --lambda-fraction 0.01");
    let gaps = number(&one, "gap") + number(&json, "gap");
    assert!((number(&one, "objective") - number(&json, "objective")).abs() <= gaps);
    assert!(one["reports"].is_null());
}

/// The scale of the noise is found with w: naive descent with σ in its closed form between passes.
#[test]
fn a_concomitant_fit_finds_the_noise_and_keeps_its_lambda() {
    let desk = desk().and("tenfold.csv", "40\n20\n70\n90\n80\n135\n");
    let (x, y) = (table(X), table(Y));
    let (n, lambda) = (6.0, 0.2);
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    for nonnegative in [false, true] {
        let columns: Vec<Vec<f64>> = (0..3).map(|j| x.iter().map(|row| row[j]).collect()).collect();
        let y: Vec<f64> = y.iter().map(|y| y[0]).collect();
        let (mut r, mut w, mut sigma) = (y.clone(), [0.0; 3], 0.0);
        for _ in 0..20_000 {
            sigma = (dot(&r, &r) / n).sqrt().max(0.01 * (dot(&y, &y) / n).sqrt());
            for (w, a) in w.iter_mut().zip(&columns) {
                let v = dot(a, &r) + dot(a, a) * *w;
                let mut new = v.signum() * (v.abs() - n * lambda * sigma).max(0.0) / dot(a, a);
                if nonnegative {
                    new = new.max(0.0);
                }
                r.iter_mut().zip(a).for_each(|(r, a)| *r -= (new - *w) * a);
                *w = new;
            }
        }
        let size: f64 = w.iter().map(|w: &f64| w.abs()).sum();
        let objective = dot(&r, &r) / (2.0 * n * sigma) + sigma / 2.0 + lambda * size;
        let flag = if nonnegative { "--nonnegative" } else { "" };
        for design in ["x.csv", "x.mtx"] {
            let options =
                format!("--design {design} --lambda 0.2 --concomitant --gap 1e-10 {flag}");
            let (code, json, found) = fitted(&desk, &options);
            assert_eq!((code, &json["status"]), (Some(0), &"converged".into()), "{json}");
            let close = |a: &Value, b: f64| {
                let a = a.as_f64().expect("a number");
                // A gap of 1e-10 leaves w uncertain by its root at most.
                assert!((a - b).abs() <= 1e-5 * (1.0 + b.abs()), "{a} and {b}: {json}");
            };
            found[0].iter().zip(w).for_each(|(found, w)| close(&(*found).into(), w));
            close(&json["sigma"], sigma);
            close(&json["objective"], objective);
        }
        // Ten times the response: ten times w and σ for the same λ.
        let options = format!("--design x.csv --lambda 0.2 --concomitant --gap 1e-10 {flag}");
        let told = desk.run(&format!("lasso --response tenfold.csv {options} --json")).json();
        let ratio = told["sigma"].as_f64().expect("a number") / sigma;
        assert!((ratio - 10.0).abs() < 1e-4, "{ratio}");
    }
    let (code, json, _) =
        fitted(&desk, "--design x.csv --concomitant --lambda-fraction 0.05 --path 4 --intercept");
    assert_eq!((code, json["reports"].as_array().map(Vec::len)), (Some(0), Some(4)), "{json}");
    assert_eq!(
        (&json["reports"][0]["nonzeros"], &json["reports"][0]["gap"]),
        (&0.into(), &0.0.into())
    );
    assert_eq!(json["reports"][3]["sigma"], json["sigma"]);
    let told = lasso(&desk, "--design x.csv --concomitant --lambda-fraction 0.5");
    assert!(told.stderr.contains(" of ½‖y‖/√n") && told.stderr.contains(", σ "), "{told:?}");
    let (_, plain, _) = fitted(&desk, "--design x.csv --lambda 1");
    assert!(plain["sigma"].is_null(), "{plain}");
}

#[test]
fn from_lambda_max_on_nothing_is_left_and_the_gap_is_zero() {
    let desk = desk();
    for options in ["--lambda-fraction 1", "--lambda 1e6", "--lambda 1e6 --intercept --standardize"]
    {
        let (code, json, w) = fitted(&desk, &format!("--design x.csv {options}"));
        assert_eq!((code, &json["gap"]), (Some(0), &0.0.into()), "{json}");
        assert_eq!((&json["nonzeros"], &w[0]), (&0.into(), &vec![0.0; 3]));
    }
}

#[test]
fn columns_that_say_nothing_get_zero() {
    // A zero column, a constant one, and the same with rounding in its mean.
    let x = "0, 0.1, 1\n0, 0.1, 2\n0, 0.1, 3\n";
    let desk = Desk::with(&[("x.csv", x), ("y.csv", "1\n2\n3.5\n")]);
    let options = "--design x.csv --lambda 0.1 --intercept --standardize";
    let (code, json, w) = fitted(&desk, options);
    assert_eq!((code, w[0][0], w[0][1]), (Some(0), 0.0, 0.0), "{json}");
    assert!(w[0][2] > 1.0);
    let (code, ..) = fitted(&desk, "--design x.csv --lambda 0.1");
    assert_eq!(code, Some(0));
}

#[test]
fn a_constant_response_is_its_intercept() {
    let desk = desk().and("y.csv", "0.1\n".repeat(6));
    for options in ["--lambda-fraction 0.1", "--lambda 0.5", "--lambda 0"] {
        let (code, json, w) = fitted(&desk, &format!("--design x.csv --intercept {options}"));
        assert_eq!((code, &json["intercept"]), (Some(0), &0.1.into()), "{json}");
        assert_eq!((&json["gap"], &w[0]), (&0.0.into(), &vec![0.0; 3]));
    }
    let options = "--design x.csv --response y.csv --intercept --lambda-fraction 0.1 --path 3";
    refuses(&desk, options, &["--path: λ_max is 0"]);
}

/// With λ = 0 a fit is certified only where it is exact, as with more columns than rows.
#[test]
fn lambda_zero_ends_truthfully() {
    let wide = Desk::with(&[("x.csv", "1, 2, 0.5\n2, -1, 1\n"), ("y.csv", "4\n2\n")]);
    let (code, json, w) = fitted(&wide, "--design x.csv --lambda 0");
    assert_eq!(code, Some(0), "{json}");
    let residual = 4.0 - (w[0][0] + 2.0 * w[0][1] + 0.5 * w[0][2]);
    // ½r² ≤ the gap of 1e-6 · ½‖y‖².
    assert!(residual.abs() <= 1e-3 * 20.0_f64.sqrt(), "{residual}");
    let (code, json, _) = fitted(&desk(), "--design x.csv --lambda 0 --max-iterations 300");
    assert_eq!(code, Some(1), "{json}");
    let told = lasso(&desk(), "--design x.csv --lambda 0 --max-iterations 300");
    assert!(told.stderr.contains("certifies only an exact fit"), "{}", told.stderr);
}

#[test]
fn bad_options_are_refused() {
    let desk = desk();
    let refuses = |options: &str, word: &str| {
        refuses(&desk, &format!("--design x.csv --response y.csv {options}"), &[word]);
    };
    refuses("", "--lambda: give it, or --lambda-fraction");
    refuses("--lambda 1 --lambda-fraction 0.1", "--lambda-fraction: --lambda is given too");
    refuses("--lambda -1", "--lambda: -1 is not a finite number, zero or larger");
    refuses("--lambda nan", "--lambda: NaN is not");
    refuses("--lambda inf", "--lambda: inf is not");
    for fraction in ["0", "-0.5", "1.5", "nan"] {
        let options = format!("--lambda-fraction {fraction}");
        refuses(&options, "does not lie in (0, 1]");
    }
    refuses("--lambda 1 --l1-ratio 1.5", "--l1-ratio: 1.5 does not lie in [0, 1]");
    refuses("--lambda-fraction 0.1 --l1-ratio 0", "there is no λ_max");
    refuses("--lambda 0.1 --path 3 --l1-ratio 0", "there is no λ_max");
    refuses("--lambda 0.1 --concomitant --l1-ratio 0.5", "--concomitant: it has no ridge part");
    refuses("--lambda 0.1 --concomitant --gap 2", "it is relative to ½‖y‖/√n");
    refuses("--lambda 1 --gap -1", "--gap: ");
    refuses("--lambda 1 --gap 1", "--gap: 1 accepts w = 0 unsolved");
    refuses("--lambda 1 --path 1", "--path: 1 values of λ are no path");
    refuses("--lambda 1e9 --path 3", "is not below λ_max");
    refuses("--lambda 0 --path 3", "no equal ratios lead down to");
    refuses("--lambda-fraction 1 --path 3", "nothing to go down to");
    refuses("--lambda many", "--lambda");
}

#[test]
fn bad_files_are_refused() {
    let desk = desk()
        .and("short.csv", "1\n2\n")
        .and("wide.csv", "1, 2\n".repeat(6))
        .and("empty.csv", "")
        .and("nan.csv", "1\nnan\n3\n4\n5\n6\n")
        .and("huge.csv", "1e200\n".repeat(6))
        .and("tiny.csv", "1e-200\n".repeat(6))
        .and("bad.mtx", SPARSE.replace("17\n", "18\n"))
        .and("text.mtx", ARRAY.replace("-2", "two"));
    let with = |design: &str, response: &str, word: &str| {
        let options = format!("--design {design} --response {response} --lambda 1");
        refuses(&desk, &options, &[word]);
    };
    with("x.csv", "short.csv", "short.csv: 2 rows for the design's 6");
    with("x.csv", "wide.csv", "wide.csv: one column is expected");
    with("x.csv", "empty.csv", "empty.csv: the file is empty");
    with("empty.csv", "y.csv", "empty.csv: the file is empty");
    with("x.csv", "nan.csv", "nan.csv, line 2: `nan` is not a finite");
    with("nan.csv", "y.csv", "nan.csv, line 2: `nan` is not a finite");
    with("x.csv", "huge.csv", "huge.csv: its squares are beyond f64");
    with("x.csv", "tiny.csv", "tiny.csv: its squares are below f64");
    with("huge.csv", "y.csv", "huge.csv: the squares of column 1 are beyond f64");
    with("bad.mtx", "y.csv", "bad.mtx, line 19: the file ends after 17 of 18");
    with("text.mtx", "y.csv", "text.mtx, line 13: `two` is not a number");
    with("missing.csv", "y.csv", "missing.csv: No such file");
    with("x.csv", "x.mtx", "x.mtx, line 1: vectors are expected here");
}

#[test]
fn a_cap_that_comes_first_is_told() {
    let (code, json, w) = fitted(&desk(), "--design x.csv --lambda 0.1 --max-iterations 0");
    assert_eq!((code, w[0].len()), (Some(1), 3));
    assert_ne!(json["status"], "converged");
}

/// What the README shows is what the program says, but for the time it took.
#[test]
fn the_readmes_example_runs() {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
    let readme = fs::read_to_string(readme).expect("the README");
    let (command, answer) = readme
        .lines()
        .zip(readme.lines().skip(1))
        .find(|(line, _)| line.starts_with("solvekit lasso "))
        .expect("an example of the lasso");
    let matrix = readme.split("cat > A.mtx <<'END'\n").nth(1).expect("the matrix");
    let matrix = matrix.split("END\n").next().expect("its end");
    let desk = Desk::with(&[("A.mtx", matrix), ("y.txt", "1\n2\n0\n3\n")]);
    assert!(readme.contains("printf '1\\n2\\n0\\n3\\n' > y.txt"), "the response's line");
    let words = command.split('#').next().unwrap_or(command).trim();
    let told = desk.run(words.strip_prefix("solvekit ").expect("the program"));
    assert_eq!(told.code, Some(0), "{told:?}");
    let answer = answer.trim_start_matches("# ");
    assert!(told.stderr.contains(answer), "`{answer}` is not in {}", told.stderr);
}

#[test]
fn every_rule_meets_the_exact_path() {
    let desk = desk();
    for more in ["", "--nonnegative", "--intercept --standardize", "--l1-ratio 0.7"] {
        for lambda in ["--lambda 1.5", "--lambda-fraction 0.05 --path 3"] {
            let common = format!("--design x.csv {lambda} {more} --gap 1e-12");
            let (_, exact, path) = fitted(&desk, &common);
            let rules = ["cyclic", "permuted", "random", "greedy", "cyclic --block 2"];
            for rule in rules.into_iter().chain(["random --block 3", "greedy --block 1"]) {
                let options = format!("{common} --rule {rule}");
                let (code, json, found) = fitted(&desk, &options);
                assert_eq!((code, &json["status"]), (Some(0), &"converged".into()), "{json}");
                let number = |json: &Value, key: &str| json[key].as_f64().expect("a number");
                let scale = number(&exact, "objective");
                let apart = number(&json, "objective") - scale;
                // Both gaps are at most 1e-12 of ½‖y‖², which is no more than 1e3 of the objective.
                assert!(apart.abs() <= 1e-9 * scale, "{options}: {apart}");
                assert!(number(&json, "relative_gap") <= 1e-12, "{options}");
                for (found, exact) in found.iter().flatten().zip(path.iter().flatten()) {
                    assert!((found - exact).abs() < 1e-4, "{options}: {found} and {exact}");
                }
            }
        }
    }
    // λ_max leaves nothing, and says so at once.
    for more in ["", "--nonnegative", "--l1-ratio 0.5"] {
        let options = format!("--design x.mtx --lambda-fraction 1 --rule greedy {more}");
        let (code, json, found) = fitted(&desk, &options);
        assert_eq!((code, &json["nonzeros"], &json["iterations"]), (Some(0), &0.into(), &0.into()));
        assert!(found[0].iter().all(|w| *w == 0.0));
    }
    // Ridge regression has a gap too.
    let (code, json, _) =
        fitted(&desk, "--design x.csv --lambda 2 --l1-ratio 0 --rule cyclic --gap 1e-10");
    assert_eq!(code, Some(0), "{json}");
}

#[test]
fn blocks_that_cannot_be_are_refused() {
    let desk = desk();
    let common = "--design x.csv --response y.csv --lambda 1";
    refuses(&desk, &format!("{common} --block 2"), &["--block", "--rule"]);
    refuses(&desk, &format!("{common} --rule cyclic --block 0"), &["--block", "at least one"]);
    refuses(&desk, &format!("{common} --rule cyclic --block 4"), &["--block", "of 3 there are"]);
    refuses(&desk, &format!("{common} --rule tree"), &["--rule"]);
}
