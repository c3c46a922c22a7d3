//! Sparse recovery and its networks in both precisions.

use crate::case::Case;
use crate::iterate::Iterate;
use crate::sor::uneven;
use solvekit::direct::packed;
use solvekit::network::{Check, Hyper, HyperNumbers, Network, Safeguarded, Unfolded};
use solvekit::operator::zeros;
use solvekit::penalty::L1;
use solvekit::recovery::{Fista, Htp, Iht, Ista, Largest, Omp, Refit, Sensing, StepSize};
use solvekit::{Iteration, Real, SMatrix, SVector};
use std::fmt::Debug;

const M: usize = 14;
const N: usize = 12;

/// Well enough conditioned that an error in x is a few tolerances; enough columns that the fourth
/// step finds the run still going.
fn dictionary<R: Real>() -> SMatrix<R, M, N> {
    SMatrix::from_fn(|i, j| {
        let own = if i == j { 2.0 } else { 0.0 };
        R::from_f64(own + 0.5 * ((i * i * 7 + j * j * 13 + i * j * 5) as f64 * 0.37).sin())
    })
}

fn measurements<R: Real>() -> SVector<R, M> {
    SVector::from_fn(|i, _| uneven(5 * i + 1))
}

/// A fifth of the weight that leaves nothing.
fn weight() -> f64 {
    0.2 * (dictionary::<f64>().transpose() * measurements::<f64>()).amax()
}

/// Cyclic coordinate descent for very many passes.
fn lasso(lambda: f64) -> Vec<f64> {
    let (a, mut r) = (dictionary::<f64>(), measurements::<f64>());
    let mut x = vec![0.0; N];
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

/// A dictionary with more columns than rows, on which pursuits need several steps.
fn wide<R: Real>() -> SMatrix<R, 20, 32> {
    let entry = |i: usize, j: usize| i * i * 7 + j * j * 13 + i * j * 5 + 91 * (i + 3 * j);
    SMatrix::from_fn(|i, j| R::from_f64((entry(i, j) as f64 * 0.37).sin()))
}

/// Six of 32 are not zero.
fn sparse() -> SVector<f64, 32> {
    SVector::from_fn(|j, _| {
        let sign = if j % 2 == 0 { 1.0 } else { -1.0 };
        if j % 5 == 1 && j < 30 { 1.0 + 0.25 * sign * j as f64 } else { 0.0 }
    })
}

fn seen<R: Real>() -> SVector<R, 20> {
    (wide::<f64>() * sparse()).map(R::from_f64)
}

/// Tolerance of the run and accuracy of x.
fn sizes<R: Real + Into<f64>>() -> (f64, f64) {
    if R::EPSILON.into() < 1e-10 { (1e-10, 1e-9) } else { (1e-5, 1e-4) }
}

fn check<R: Real + Into<f64>, I: Iteration<Real = R>>(
    name: &'static str,
    iteration: &I,
    start: I::State,
    answer: Vec<f64>,
) where
    I::State: Iterate<R> + Debug,
{
    let (tolerance, accuracy) = sizes::<R>();
    Case {
        name,
        iteration,
        start,
        read: |state| state.clone().x().iter().map(|x| (*x).into()).collect(),
        poke: |state, i, value| state.x()[i] = R::from_f64(value),
        answer,
        accuracy,
        tolerance,
        ceiling: 400,
    }
    .check();
}

fn convex<R: Real + Into<f64>>() {
    let (a, y) = (dictionary::<R>(), measurements::<R>());
    let sensing = Sensing::new(&a, &y).expect("valid data");
    let l1 = L1::new(R::from_f64(weight())).expect("a valid weight");
    let automatic = StepSize::automatic(&a).expect("a dictionary of a size");
    for step in [automatic, StepSize::Fixed(automatic.initial())] {
        let ista = Ista::new(sensing, l1, step).expect("a valid step");
        check("Ista", &ista, ista.start(), lasso(weight()));
        let fista = Fista::new(sensing, l1, step).expect("a valid step");
        check("Fista", &fista, fista.start(), lasso(weight()));
    }
    assert_eq!((a, y), (dictionary(), measurements()), "the input was changed");
}

fn greedy<R: Real + Into<f64>>() {
    let (a, y, answer) = (wide::<R>(), seen::<R>(), sparse().as_slice().to_vec());
    let sensing = Sensing::new(&a, &y).expect("valid data");
    let automatic = StepSize::automatic(&a).expect("a dictionary of a size");
    let room = || Largest::new([0; 6], zeros::<R, 6, 1>());
    let refit = || Refit::new(zeros::<R, 6, 1>(), zeros::<R, { packed(6) }, 1>());
    for step in [automatic, StepSize::Fixed(automatic.initial())] {
        let iht = Iht::new(sensing, room(), step).expect("valid");
        check("Iht", &iht, iht.start(), answer.clone());
    }
    let iht = Iht::normalised(sensing, room()).expect("valid");
    check("Iht, normalised", &iht, iht.start(), answer.clone());
    let htp = Htp::new(sensing, room(), refit()).expect("valid");
    check("Htp", &htp, htp.start(), answer.clone());
    let omp = Omp::new(sensing, [0; 6], refit()).expect("valid");
    check("Omp", &omp, omp.start(), answer);
    assert_eq!((a, y), (wide(), seen()), "the input was changed");
}

/// Layers without end, and layers that end in plain steps.
fn networks<R: Real + Into<f64>>() {
    let r = R::from_f64;
    let (a, y) = (wide::<R>(), seen::<R>());
    let sensing = Sensing::new(&a, &y).expect("valid data");
    // ALISTA's weight by nalgebra.
    let dense = wide::<f64>();
    let mut w = (dense * dense.transpose()).cholesky().expect("full rank").solve(&dense);
    let inverse: Vec<f64> = (0..32).map(|j| dense.column(j).dot(&w.column(j))).collect();
    w.column_iter_mut().zip(&inverse).for_each(|(mut column, inverse)| column /= *inverse);
    let (w, inverse) = (w.map(r), inverse.into_iter().map(r).collect::<Vec<_>>());
    let numbers = HyperNumbers { threshold: r(0.15), momentum: r(0.02), passing: r(0.1) };
    let hyper = Hyper::new(&a, &w, inverse, numbers).expect("valid");
    let network = Network::new(sensing, &hyper);
    check("Network", &network, network.start(), sparse().as_slice().to_vec());

    let (a, y) = (dictionary::<R>(), measurements::<R>());
    let sensing = Sensing::new(&a, &y).expect("valid data");
    let l1 = L1::new(r(weight())).expect("a valid weight");
    let step = StepSize::automatic(&a).expect("a dictionary of a size");
    let ista = Ista::new(sensing, l1, step).expect("a valid step");
    let steps = [step.initial(), r(1.7) * step.initial(), r(40.0) * step.initial()];
    let layers = Unfolded::new(l1, steps).expect("positive steps");
    for when in [Check::EachLayer, Check::LastLayer] {
        let safe = Safeguarded::new(Network::new(sensing, layers), ista.clone(), when);
        check("Safeguarded", &safe, safe.start(), lasso(weight()));
    }
}

#[test]
fn in_f32() {
    convex::<f32>();
    greedy::<f32>();
    networks::<f32>();
}
#[test]
fn in_f64() {
    convex::<f64>();
    greedy::<f64>();
    networks::<f64>();
}
