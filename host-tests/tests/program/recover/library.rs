//! The program's signals are those of the solvers that its words name, to the bit.

use super::{METHODS, Planted, ROWS, number, recovered};
use solvekit::direct::packed;
use solvekit::penalty::L1;
use solvekit::recovery::{Fista, Htp, Iht, Ista, Largest, Omp, Refit, Sensing, StepSize};
use solvekit::{Iteration, Stop, solve};
use solvekit_host::{matrix::DenseMatrix, vector::Vector};

/// Steps, and x.
fn run<I: Iteration<Real = f64>>(
    iteration: &I,
    mut state: I::State,
    x: impl Fn(I::State) -> Vector<f64>,
) -> (u32, Vec<f64>) {
    let report = solve(iteration, &mut state, Stop::relative(1e-6).expect("a tolerance"));
    (report.iterations, x(state).to_vec())
}

fn solved(method: &str, a: &DenseMatrix<f64>, y: &Vector<f64>) -> (u32, Vec<f64>) {
    let sensing = Sensing::new(a, y).expect("good data");
    let step = StepSize::automatic(a).expect("a step");
    let l1 = L1::new(0.01 * sensing.largest_correlation()).expect("a weight");
    let room = || Largest::new(vec![0; 4], Vector::filled(4, 0.0));
    let refit = Refit::new(Vector::filled(4, 0.0), Vector::filled(packed(4), 0.0));
    match method {
        "ista" => {
            let ista = Ista::new(sensing, l1, step).expect("a step");
            run(&ista, ista.start(), |state| state.x)
        }
        "fista" => {
            let fista = Fista::new(sensing, l1, step).expect("a step");
            run(&fista, fista.start(), |state| state.x)
        }
        "iht" => {
            let iht = Iht::new(sensing, room(), step).expect("a sparsity");
            run(&iht, iht.start(), |state| state.x)
        }
        "niht" => {
            let niht = Iht::normalised(sensing, room()).expect("a sparsity");
            run(&niht, niht.start(), |state| state.x)
        }
        "htp" => {
            let htp = Htp::new(sensing, room(), refit).expect("a sparsity");
            run(&htp, htp.start(), |state| state.x)
        }
        _ => {
            let omp = Omp::new(sensing, vec![0; 4], refit).expect("a sparsity");
            run(&omp, omp.start(), |state| state.x)
        }
    }
}

#[test]
fn the_program_has_the_solvers_bits() {
    let planted = Planted::draw(2);
    let desk = planted.desk();
    let a = DenseMatrix::from_columns(ROWS, planted.a.concat()).expect("whole columns");
    for (method, needed) in METHODS {
        let (_, json, found) = recovered(&desk, &format!("--method {method} {needed}"));
        for (j, (y, x)) in planted.y.iter().zip(&found).enumerate() {
            let (steps, expected) = solved(method, &a, &y.clone().into());
            assert_eq!(*x, expected, "{method}");
            assert_eq!(number(&json["reports"][j], "iterations"), f64::from(steps), "{method}");
        }
    }
}
