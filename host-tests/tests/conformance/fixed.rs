//! Solvers in fixed point. Their states hold no NaN and no infinity, so none is put into them.

use crate::case::Case;
use nalgebra::{DMatrix, DVector};
use solvekit::fixed::{
    Cholesky, Dictionary, Format, HyperLista, I1F15, I1F31, Iht, Ista, Refinement, Sensing, Sor,
    quantize, words,
};
use solvekit::network::HyperNumbers;
use solvekit::{Iteration, Report, Stop, solve};
use std::fmt::Debug;

const N: usize = 8;

/// Symmetric, with row sums below 1 and eigenvalues between 0.1 and 0.9.
fn matrix<F: Format>() -> [[F; N]; N] {
    std::array::from_fn(|i| {
        std::array::from_fn(|j| {
            let apart = i.abs_diff(j) as i32;
            F::from_num(if apart == 0 { 0.5 } else { 0.18 * (-0.5_f64).powi(apart) })
        })
    })
}

fn side() -> [I1F31; N] {
    std::array::from_fn(|i| I1F31::from_num(0.1 * ((3 * i + 1) as f64).sin()))
}

fn answer<F: Format>(a: &[[F; N]; N]) -> Vec<f64> {
    let a = DMatrix::from_fn(N, N, |i, j| a[i][j].to_num::<f64>());
    let b = DVector::from_iterator(N, side().map(|b| b.to_num()));
    a.lu().solve(&b).expect("regular").as_slice().to_vec()
}

/// What reads the numbers of a state, and what puts one into it.
type Hands<S> = (fn(&S) -> Vec<f64>, fn(&mut S, usize, f64));

/// No step of a run cuts anything off.
fn holds<I: Iteration<Real = f32>>(
    name: &'static str,
    iteration: &I,
    (start, answer): (I::State, Vec<f64>),
    (tolerance, accuracy): (f64, f64),
    (read, poke): Hands<I::State>,
) where
    I::State: Debug,
{
    let stop = Stop::relative(tolerance as f32).expect("a valid tolerance");
    let report: Report<f32> = solve(iteration, &mut start.clone(), stop);
    assert_eq!(report.overflows, 0, "{name}: {report:?}");
    Case { name, iteration, start, read, poke, answer, accuracy, tolerance, ceiling: 400 }
        .check_finite();
}

/// Reads and pokes the public x of a state.
macro_rules! x {
    () => {
        (
            |state| state.x.iter().map(|x| x.to_num()).collect(),
            |state, i, value| state.x[i] = I1F31::saturating_from_num(value),
        )
    };
}

fn systems<F: Format + Debug>() {
    let (a, b) = (matrix::<F>(), side());
    let answer = answer(&a);
    let sor = Sor::new(&a, &b, 1.1).expect("valid");
    holds("Sor", &sor, (sor.start(), answer.clone()), (1e-6, 1e-5), x!());
    let mut memory = [0; words(N)];
    // A factor of a matrix that is near: more than one step.
    let mut near = a;
    near[0][0] += F::from_num(0.05);
    let factor = Cholesky::factor(&near, &mut memory).expect("positive definite");
    let direct = Refinement::new(&a, &b, factor);
    holds("Refinement", &direct, (direct.start(), answer), (1e-7, 1e-6), x!());
    assert!(a == matrix::<F>() && b == side(), "the input was changed");
}

/// More rows than columns for ISTA; the same by columns as codes.
fn tall() -> DMatrix<f64> {
    DMatrix::from_fn(14, 12, |i, j| {
        let own = if i == j { 0.7 } else { 0.0 };
        own + 0.2 * ((i * i * 7 + j * j * 13 + i * j * 5) as f64 * 0.37).sin()
    })
}

fn codes<F: Format, const R: usize, const C: usize>(dense: &DMatrix<f64>) -> ([[F; R]; C], i32) {
    let values: Vec<f32> = dense.iter().map(|value| *value as f32).collect();
    let mut columns = [[F::ZERO; R]; C];
    let exponent = quantize(&values, columns.as_flattened_mut()).expect("finite");
    (columns, exponent)
}

/// What the codes are.
fn seen<F: Format, const R: usize, const C: usize>(
    (columns, exponent): &([[F; R]; C], i32),
) -> DMatrix<f64> {
    DMatrix::from_fn(R, C, |i, j| columns[j][i].to_num::<f64>() * 2.0_f64.powi(*exponent))
}

/// Cyclic coordinate descent for very many passes.
fn lasso(a: &DMatrix<f64>, y: &[I1F31], lambda: f64) -> Vec<f64> {
    let mut r = DVector::from_iterator(y.len(), y.iter().map(|y| y.to_num::<f64>()));
    let mut x = vec![0.0_f64; a.ncols()];
    for _ in 0..5_000 {
        for (j, x) in x.iter_mut().enumerate() {
            let square = a.column(j).norm_squared();
            let v = a.column(j).dot(&r) + square * *x;
            let new = v.signum() * (v.abs() - lambda).max(0.0) / square;
            r -= a.column(j) * (new - *x);
            *x = new;
        }
    }
    x
}

fn step(a: &DMatrix<f64>) -> f32 {
    (0.98 / (a.transpose() * a).symmetric_eigenvalues().max()) as f32
}

fn convex<F: Format + Debug>() {
    let a = codes::<F, 14, 12>(&tall());
    let y: [I1F31; 14] = std::array::from_fn(|i| I1F31::from_num(0.2 * (7.0 * i as f64).sin()));
    let dictionary = Dictionary::new(&a.0, a.1).expect("of a size");
    let sensing = Sensing::new(dictionary, &y);
    let lambda = 0.2 * sensing.largest_correlation();
    let dense = seen(&a);
    let ista = Ista::new(sensing, lambda, step(&dense)).expect("valid");
    let answer = lasso(&dense, &y, lambda.into());
    holds("Ista", &ista, (ista.start(), answer), (1e-6, 1e-4), x!());
}

/// Six of 32 are not zero; x is an eighth of the conformance suite's in floating point.
fn greedy<F: Format + Debug>() {
    let entry = |i: usize, j: usize| i * i * 7 + j * j * 13 + i * j * 5 + 91 * (i + 3 * j);
    let wide = DMatrix::from_fn(20, 32, |i, j| 0.25 * (entry(i, j) as f64 * 0.37).sin());
    let a = codes::<F, 20, 32>(&wide);
    let dense = seen(&a);
    let x = DVector::from_fn(32, |j, _| {
        let sign = if j % 2 == 0 { 1.0 } else { -1.0 };
        if j % 5 == 1 && j < 30 { 0.05 * (1.0 + 0.25 * sign * j as f64) } else { 0.0 }
    });
    let y: [I1F31; 20] = std::array::from_fn(|i| I1F31::from_num((dense.row(i) * &x)[0]));
    let dictionary = Dictionary::new(&a.0, a.1).expect("of a size");
    let sensing = Sensing::new(dictionary, &y);
    let answer = x.as_slice().to_vec();
    let iht = Iht::new(sensing, 6, step(&dense)).expect("valid");
    holds("Iht", &iht, (iht.start(), answer.clone()), (1e-5, 1e-3), x!());

    let mut w = (&dense * dense.transpose()).cholesky().expect("full rank").solve(&dense);
    let inverse: Vec<f64> = (0..32).map(|j| dense.column(j).dot(&w.column(j))).collect();
    w.column_iter_mut().zip(&inverse).for_each(|(mut column, inverse)| column /= *inverse);
    let scales: [F; 32] = std::array::from_fn(|j| F::saturating_from_num(inverse[j]));
    let w = codes::<F, 20, 32>(&w);
    let weight = Dictionary::new(&w.0, w.1).expect("of a size");
    let numbers = HyperNumbers { threshold: 0.15, momentum: 0.02, passing: 0.1 };
    let network = HyperLista::new(sensing, weight, &scales, numbers).expect("valid");
    holds("HyperLista", &network, (network.start(), answer), (1e-5, 1e-3), x!());
}

#[test]
fn in_16_bits() {
    systems::<I1F15>();
    convex::<I1F15>();
    greedy::<I1F15>();
}

#[test]
fn in_32_bits() {
    systems::<I1F31>();
    convex::<I1F31>();
    greedy::<I1F31>();
}
