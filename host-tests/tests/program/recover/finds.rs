//! What was planted is found, and what is told of it is true.

use super::{METHODS, Planted, UNKNOWNS, decibels, dot, number, product, recover, recovered};

#[test]
fn every_method_finds_what_was_planted() {
    let planted = Planted::draw(3);
    let desk = planted.desk();
    for (method, needed) in METHODS {
        let options = format!("--method {method} {needed} --truth x.csv --tol 1e-9");
        let (code, json, found) = recovered(&desk, &options);
        assert_eq!((code, &json["status"]), (Some(0), &"converged".into()), "{method}: {json}");
        assert_eq!((found.len(), found[0].len()), (3, UNKNOWNS), "{method}");
        // λ shrinks each entry by about a part of it; the others end at the truth to the tolerance,
        // which a dictionary near an isometry hardly magnifies.
        let bound = if needed.starts_with("--lambda") { -30.0 } else { -160.0 };
        let told = number(&json, "nmse_db");
        assert!(told < bound, "{method}: {told} dB");
        // The file has every digit of x; errors near 1e-9 leave few of their own.
        let counted = decibels(&found, &planted.x);
        assert!((told - counted).abs() < 1e-3, "{method}: {told} and {counted}");
        let nonzeros = found.iter().flatten().filter(|x| **x != 0.0).count();
        assert_eq!((&json["nonzeros"], &json["columns"]), (&nonzeros.into(), &3.into()));
        assert_eq!(json["method"], method);
        for (x, truth) in found.iter().zip(&planted.x) {
            for (x, truth) in x.iter().zip(truth) {
                assert!((x - truth).abs() < 0.1, "{method}: {x} for {truth}");
            }
        }
        if needed.starts_with("--sparsity") {
            assert_eq!((nonzeros, &json["lambda"]), (12, &().into()), "{method}");
            assert_eq!(json["sparsity"], 4);
        }
    }
}

/// The conditions of the least objective, in plain numbers.
#[test]
fn shrinkage_ends_at_the_least_objective() {
    let planted = Planted::draw(2);
    let desk = planted.desk();
    let largest = |y: &[f64]| planted.a.iter().map(|a| dot(a, y).abs()).fold(0.0, f64::max);
    for method in ["ista", "fista"] {
        for (weight, fraction, fixed) in
            [("--lambda-fraction 0.3", 0.3, 0.0), ("", 0.1, 0.0), ("--lambda 0.05", 0.0, 0.05)]
        {
            let options = format!("--method {method} {weight} --tol 1e-7");
            let (code, json, found) = recovered(&desk, &options);
            assert_eq!(code, Some(0), "{json}");
            for (j, (x, y)) in found.iter().zip(&planted.y).enumerate() {
                let lambda = fixed + fraction * largest(y);
                let told = number(&json["reports"][j], "lambda");
                assert!((told - lambda).abs() <= 1e-14 * lambda, "{told} and {lambda}");
                let image = product(&planted.a, x);
                let r: Vec<f64> = y.iter().zip(&image).map(|(y, z)| y - z).collect();
                // What the certificate promises, and a hundredth for rounding.
                let slack = 1.01e-7 * largest(y);
                for (a, x) in planted.a.iter().zip(x) {
                    let pull = dot(a, &r);
                    let off = if *x == 0.0 {
                        pull.abs() - lambda
                    } else {
                        (pull - lambda * x.signum()).abs()
                    };
                    assert!(off <= slack, "{options}: {off} above {slack}");
                }
            }
            // A fraction is another λ for each column.
            assert_eq!(json["lambda"].is_null(), fixed == 0.0, "{json}");
        }
    }
}

#[test]
fn one_column_is_told_without_reports() {
    let planted = Planted::draw(1);
    let desk = planted.desk();
    let (code, json, found) = recovered(&desk, "--method omp --sparsity 4 --truth x.csv");
    assert_eq!((code, found.len()), (Some(0), 1), "{json}");
    let null = ["reports", "lambda"];
    assert!(null.iter().all(|key| json[key].is_null()), "{json}");
    assert_eq!((&json["iterations"], &json["nonzeros"]), (&4.into(), &4.into()), "{json}");
    assert_eq!((&json["rows"], &json["unknowns"]), (&60.into(), &80.into()), "{json}");
    assert_eq!(json["entries"], 4800, "{json}");
    assert!(number(&json, "seconds") >= 0.0 && number(&json, "residual") <= 1e-6, "{json}");
    assert_eq!(number(&json, "tolerance"), 1e-6);
    let (_, json, _) = recovered(&desk, "--method omp --sparsity 4");
    assert!(json["nmse_db"].is_null(), "no truth: {json}");
    let told = recover(&desk, "--method omp --sparsity 4 --truth x.csv");
    assert!(told.stdout.is_empty(), "{told:?}");
    for words in ["60 measurements, 80 unknowns", "converged after 4 steps", "NMSE -", "4 of 80"] {
        assert!(told.stderr.contains(words), "`{words}` is not in {}", told.stderr);
    }
}

#[test]
fn several_columns_have_a_report_each() {
    let planted = Planted::draw(3);
    let desk = planted.desk();
    let (_, json, found) = recovered(&desk, "--method niht --sparsity 4 --truth x.csv");
    let reports = json["reports"].as_array().expect("a report for each");
    assert_eq!(reports.len(), 3);
    let total: f64 = reports.iter().map(|one| number(one, "iterations")).sum();
    assert_eq!(number(&json, "iterations"), total);
    let worst = reports.iter().map(|one| number(one, "residual")).fold(0.0, f64::max);
    assert_eq!(number(&json, "residual"), worst);
    for (j, report) in reports.iter().enumerate() {
        assert_eq!((&report["status"], &report["nonzeros"]), (&"converged".into(), &4.into()));
        let counted = decibels(&found[j..=j], &planted.x[j..=j]);
        assert!((number(report, "nmse_db") - counted).abs() < 1e-3, "{report} and {counted}");
    }
}

/// Each column by itself has the bits that it has among others.
#[test]
fn columns_do_not_know_of_each_other() {
    let planted = Planted::draw(3);
    let desk = planted.desk();
    for (method, needed) in METHODS {
        let options = format!("--method {method} {needed}");
        desk.put("y.csv", super::csv(&planted.y).as_bytes());
        let (_, _, all) = recovered(&desk, &options);
        for (y, x) in planted.y.iter().zip(&all) {
            desk.put("y.csv", super::csv(std::slice::from_ref(y)).as_bytes());
            let (_, _, one) = recovered(&desk, &options);
            assert_eq!(&one[0], x, "{method}");
        }
    }
}
