//! Ends that are no success, and measurements that say nothing.

use super::{METHODS, Planted, csv, number, recover, recovered};

/// A measurement of zeros is answered: zeros, at once. Its neighbour is recovered.
#[test]
fn all_zero_measurements_give_zeros() {
    let mut planted = Planted::draw(2);
    planted.x[0] = vec![0.0; 80];
    planted.y[0] = vec![0.0; 60];
    let desk = planted.desk();
    for (method, needed) in METHODS {
        let options = format!("--method {method} {needed} --truth x.csv");
        let (code, json, found) = recovered(&desk, &options);
        assert_eq!((code, &json["status"]), (Some(0), &"converged".into()), "{method}: {json}");
        assert!(found[0].iter().all(|x| *x == 0.0), "{method}");
        let report = &json["reports"][0];
        assert_eq!((&report["iterations"], &report["residual"]), (&0.into(), &0.0.into()));
        // Nothing over nothing is no number.
        assert!(report["nmse_db"].is_null() && number(&json, "nmse_db") < -20.0, "{json}");
    }
    desk.put("y.csv", csv(&planted.y[..1]).as_bytes());
    desk.put("x.csv", csv(&planted.x[..1]).as_bytes());
    for (method, needed) in METHODS {
        let options = format!("--method {method} {needed} --truth x.csv");
        let (code, json, _) = recovered(&desk, &options);
        assert_eq!((code, &json["nmse_db"]), (Some(0), &().into()), "{method}: {json}");
        assert_eq!((&json["nonzeros"], &json["iterations"]), (&0.into(), &0.into()));
    }
}

#[test]
fn from_the_largest_correlation_on_nothing_is_left() {
    let desk = Planted::draw(2).desk();
    for method in ["ista", "fista"] {
        for weight in ["--lambda-fraction 1", "--lambda 1e6"] {
            let (code, json, _) = recovered(&desk, &format!("--method {method} {weight}"));
            assert_eq!((code, &json["nonzeros"]), (Some(0), &0.into()), "{method}: {json}");
        }
    }
}

#[test]
fn a_cap_that_comes_first_is_told_and_x_is_written() {
    let desk = Planted::draw(2).desk();
    for (method, needed) in METHODS {
        for cap in [0, 1] {
            // One step of pursuit can find all places: not with a tolerance of zero.
            let options = format!("--method {method} {needed} --tol 0 --max-iterations {cap}");
            let (code, json, found) = recovered(&desk, &options);
            assert_eq!((code, found.len()), (Some(1), 2), "{method}: {json}");
            assert_eq!(json["status"], "iteration_limit", "{method}: {json}");
            assert_eq!(json["iterations"], 2 * cap, "{method}: {json}");
            let told = recover(&desk, &options);
            assert!(told.stderr.contains("not converged: iteration_limit: try"), "{told:?}");
        }
    }
}

/// The worst column is told, and the others keep their own ends.
#[test]
fn one_column_that_does_not_converge_makes_the_exit_1() {
    let mut planted = Planted::draw(3);
    // A signal of eight entries, of which matching pursuit may take four.
    planted.x[1][1] = 3.0;
    planted.x[1][21] = 3.0;
    planted.x[1][41] = 3.0;
    planted.x[1][61] = 3.0;
    planted.y[1] = super::product(&planted.a, &planted.x[1]);
    let desk = planted.desk();
    let (code, json, found) = recovered(&desk, "--method omp --sparsity 4");
    assert_eq!((code, &json["status"]), (Some(1), &"breakdown".into()), "{json}");
    let status = |j: usize| json["reports"][j]["status"].as_str().expect("a word");
    assert_eq!([status(0), status(1), status(2)], ["converged", "breakdown", "converged"]);
    assert_eq!(found[1].iter().filter(|x| **x != 0.0).count(), 4);
    let told = recover(&desk, "--method omp --sparsity 4");
    for words in ["2 of 3 columns converged", "of ‖y‖; where that is noise, give it as --tol"] {
        assert!(told.stderr.contains(words), "`{words}` is not in {}", told.stderr);
    }
    // What the advice says.
    let (code, json, _) = recovered(&desk, "--method omp --sparsity 12");
    assert_eq!((code, &json["status"]), (Some(0), &"converged".into()), "{json}");
}

/// An error of nothing has no finite decibels.
#[test]
fn an_exact_answer_has_no_decibels_in_json() {
    let desk = crate::desk::Desk::with(&[
        ("a.csv", "1,0,0\n0,1,0\n"),
        ("y.csv", "2\n0\n"),
        ("x.csv", "2\n0\n0\n"),
    ]);
    let options = "--method omp --sparsity 1 --truth x.csv";
    let (code, json, found) = recovered(&desk, options);
    assert_eq!((code, &found[0]), (Some(0), &vec![2.0, 0.0, 0.0]), "{json}");
    assert!(json["nmse_db"].is_null(), "{json}");
    let told = recover(&desk, options);
    assert!(told.stderr.contains("NMSE -inf dB"), "{told:?}");
}

/// Squares are taken of scaled numbers only.
#[test]
fn measurements_may_be_as_large_as_their_norm_allows() {
    let desk = crate::desk::Desk::with(&[
        ("a.csv", "1,0,0,0.6\n0,1,0,0\n0,0,1,0.8\n"),
        ("y.csv", "1.2e300\n0\n1.6e300\n"),
    ]);
    for method in ["ista", "fista"] {
        let (code, json, found) = recovered(&desk, &format!("--method {method}"));
        assert_eq!((code, &json["status"]), (Some(0), &"converged".into()), "{json}");
        // λ is 0.1 of 2e300, which the last column alone carries.
        assert!((found[0][3] / 1.8e300 - 1.0).abs() < 1e-5, "{found:?}");
    }
}
