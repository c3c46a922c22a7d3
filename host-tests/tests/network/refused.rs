//! What is no network is refused, with its cause and place.

use crate::analytic::weight;
use crate::problem::draw;
use solvekit::network::{Coupled, CoupledLayer, Hyper, HyperNumbers, NetworkError, Unfolded};
use solvekit::penalty::L1;
use solvekit_host::matrix::DenseMatrix;
use std::slice::from_ref;

#[test]
fn steps_are_positive_numbers() {
    let new = |steps: &[f64]| Unfolded::new(L1::new(0.1).unwrap(), steps.to_vec()).err();
    assert_eq!(new(&[]), Some(NetworkError::Empty));
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(new(&[1.0, 2.0, bad]), Some(NetworkError::Layer { layer: 2 }), "{bad}");
    }
    assert_eq!(new(&[35.0]), None);
}

#[test]
fn weights_have_the_dictionary_s_shape_and_layers_their_ranges() {
    let problem = draw(1, (6, 9), 2, 0.0);
    let (a, (w, _)) = (&problem.dictionary, weight(&problem.dictionary, 6));
    let layer = CoupledLayer { step: 1.0, threshold: 0.1, passing: 0.2 };
    let new = |weights: &[DenseMatrix<f64>], layers: &[CoupledLayer<f64>]| {
        Coupled::new(a, weights, layers.to_vec()).err()
    };
    assert_eq!(new(from_ref(&w), &[]), Some(NetworkError::Empty));
    let length = NetworkError::Length { expected: 3, found: 2 };
    assert_eq!(new(&[w.clone(), w.clone()], &[layer; 3]), Some(length));
    let other = DenseMatrix::from_columns(6, vec![0.0; 48]).unwrap();
    let shape = Some(NetworkError::Shape { layer: 1 });
    assert_eq!(new(&[w.clone(), other], &[layer; 2]), shape);
    let mut values = w.values().to_vec();
    values[7] = f64::NAN;
    let broken = DenseMatrix::from_columns(6, values).unwrap();
    assert_eq!(new(&[broken], &[layer]), Some(NetworkError::NonFiniteWeight { layer: 0 }));
    let refused = |layer| new(from_ref(&w), &[layer]);
    let bad = Some(NetworkError::Layer { layer: 0 });
    assert_eq!(refused(CoupledLayer { step: 0.0, ..layer }), bad);
    assert_eq!(refused(CoupledLayer { threshold: -0.1, ..layer }), bad);
    assert_eq!(refused(CoupledLayer { threshold: f64::INFINITY, ..layer }), bad);
    assert_eq!(refused(CoupledLayer { passing: 1.1, ..layer }), bad);
    assert_eq!(refused(CoupledLayer { passing: f64::NAN, ..layer }), bad);
    assert_eq!(refused(CoupledLayer { passing: 1.0, ..layer }), None);
}

#[test]
fn three_numbers_and_scales_are_not_negative() {
    let problem = draw(1, (6, 9), 2, 0.0);
    let (w, scales) = weight(&problem.dictionary, 6);
    let good = HyperNumbers { threshold: 0.1, momentum: 0.1, passing: 0.1 };
    let new = |scales: &[f64], numbers| {
        Hyper::new(&problem.dictionary, &w, scales.to_vec(), numbers).err()
    };
    assert_eq!(new(&scales, good), None);
    let length = NetworkError::Length { expected: 9, found: 8 };
    assert_eq!(new(&scales[1..], good), Some(length));
    let parameter = Some(NetworkError::Parameter);
    assert_eq!(new(&[f64::NAN; 9], good), parameter);
    assert_eq!(new(&scales, HyperNumbers { threshold: -1.0, ..good }), parameter);
    assert_eq!(new(&scales, HyperNumbers { momentum: f64::NAN, ..good }), parameter);
    assert_eq!(new(&scales, HyperNumbers { passing: f64::INFINITY, ..good }), parameter);
}
