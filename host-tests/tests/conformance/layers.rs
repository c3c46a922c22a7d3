//! Every kind of layer that ends in an answer of its own, in both precisions.

use crate::case::Case;
use crate::iterate::Iterate;
use crate::sor::uneven;
use solvekit::network::{
    AdaLayer, AdaLista, BernoulliGaussian, Coupled, CoupledLayer, Layers, Lista, Network, Spline,
    Tista,
};
use solvekit::recovery::{Sensing, StepSize};
use solvekit::{Buffer, LinearOperator, Real, SMatrix, SVector};
use std::fmt::Debug;
use std::slice::from_ref;

const M: usize = 14;
const N: usize = 12;
/// More layers than any case needs.
const T: usize = 400;

/// Of condition 4, so that an error in x is a few tolerances.
fn dictionary<R: Real>() -> SMatrix<R, M, N> {
    SMatrix::from_fn(|i, j| {
        let own = if i == j { 2.0 } else { 0.0 };
        R::from_f64(own + 0.5 * ((i * i * 7 + j * j * 13 + i * j * 5) as f64 * 0.37).sin())
    })
}

fn truth() -> SVector<f64, N> {
    SVector::from_fn(|i, _| uneven::<f64>(5 * i + 1))
}

/// Thresholds that fade, so that layers end at the x which explains y.
fn fading<R: Real>(k: usize) -> R {
    R::from_f64(0.2 * 0.8_f64.powi(i32::try_from(k).expect("a few hundred")))
}

/// Holds layers to the promises. `tolerance` and `accuracy` in f64; f32 has its own.
fn check<R, A, L>(
    name: &'static str,
    sensing: Sensing<'_, R, A>,
    layers: &L,
    answer: &[f64],
    (tolerance, accuracy): (f64, f64),
) where
    R: Real + Into<f64>,
    A: LinearOperator<R>,
    L: Layers<R, A>,
    L::Memory: Debug,
{
    let double = R::EPSILON.into() < 1e-10;
    let (tolerance, accuracy) = if double { (tolerance, accuracy) } else { (1e-5, 1e-4) };
    let network = Network::new(sensing, layers);
    Case {
        name,
        iteration: &network,
        start: network.start(),
        read: |state| state.x.as_slice().iter().map(|x| (*x).into()).collect(),
        poke: |state, i, value| state.x()[i] = R::from_f64(value),
        answer: answer.to_vec(),
        accuracy,
        tolerance,
        ceiling: 400,
    }
    .check();
}

fn tied_to_the_dictionary<R: Real + Into<f64>>() {
    let r = R::from_f64;
    let a = dictionary::<R>();
    let y = (dictionary::<f64>() * truth()).map(r);
    let sensing = Sensing::new(&a, &y).expect("valid data");
    let step = StepSize::automatic(&a).expect("a dictionary of a size").initial();
    let (answer, sizes) = (truth(), (1e-10, 1e-9));

    let dense = dictionary::<f64>();
    let tied = dense.transpose() * step.into();
    let kept = SMatrix::<f64, N, N>::identity() - tied * dense;
    let (b, c): (SMatrix<R, N, M>, SMatrix<R, N, N>) = (tied.map(r), kept.map(r));
    let thresholds: Vec<R> = (0..T).map(fading).collect();
    let lista = Lista::new(&a, from_ref(&b), from_ref(&c), thresholds).expect("valid");
    check("Lista", sensing, &lista, answer.as_slice(), sizes);

    // W₁ᵀ = W₂ᵀW₂, of norm at most 1.2².
    let w2 = SMatrix::<f64, M, M>::from_fn(|i, j| {
        if i == j { 1.0 } else { 0.1 * ((3 * i + 5 * j) as f64).sin() / M as f64 }
    });
    let (w1, w2) = ((w2.transpose() * w2).map(r), w2.map(r));
    let layer = |k| AdaLayer { step: r(0.7) * step, threshold: fading(k) };
    let ada = AdaLista::new(&a, &w1, &w2, (0..T).map(layer).collect::<Vec<_>>()).expect("valid");
    check("AdaLista", sensing, &ada, answer.as_slice(), sizes);

    let layer = |k| CoupledLayer { step, threshold: fading(k), passing: R::ZERO };
    let coupled = Coupled::new(&a, from_ref(&a), (0..T).map(layer).collect::<Vec<_>>());
    let firm = Spline::new(&[r(0.5), r(1.0), r(2.5)], &[r(0.0), r(0.25), r(2.0)]).expect("rises");
    let splined = coupled.expect("valid").with_shrinkage(firm).expect("one for all");
    check("Coupled, spline", sensing, &splined, answer.as_slice(), sizes);
    assert_eq!(a, dictionary(), "the input was changed");
}

/// A dictionary with more columns than rows.
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

fn by_estimates<R: Real + Into<f64>>() {
    let r = R::from_f64;
    let (a, dense) = (wide::<R>(), wide::<f64>());
    let y = (dense * sparse()).map(r);
    let w = (dense * dense.transpose()).cholesky().expect("full rank").solve(&dense).map(r);
    let prior = BernoulliGaussian::new(r(0.2), r(20.0)).expect("valid");
    let tista = Tista::new(&a, &w, prior, R::ZERO, vec![r(0.7); T]).expect("valid");
    let sensing = Sensing::new(&a, &y).expect("valid data");
    // The least v² keeps the residual from falling below 1e-9 or so.
    check("Tista", sensing, &tista, sparse().as_slice(), (1e-8, 1e-7));
    assert_eq!(a, wide(), "the input was changed");
}

#[test]
fn in_f32() {
    tied_to_the_dictionary::<f32>();
    by_estimates::<f32>();
}

#[test]
fn in_f64() {
    tied_to_the_dictionary::<f64>();
    by_estimates::<f64>();
}
