//! One model of each kind, with numbers of no particular skill.

use crate::problem::{draw, normal};
use rand_pcg::Pcg32;
use solvekit::network::{AdaLayer, CoupledLayer, HyperNumbers};
use solvekit_host::matrix::DenseMatrix;
use solvekit_host::network::{
    Digest, Matrix, Model, Numbers, Provenance, Splines, analytic, pseudo_inverse,
};
use solvekit_host::vector::Vector;

pub(crate) const ROWS: usize = 6;
pub(crate) const COLUMNS: usize = 9;
pub(crate) const LAYERS: usize = 4;

/// A random dictionary in f32.
pub(crate) fn dictionary(seed: u64) -> DenseMatrix<f32> {
    let dictionary = draw(seed, (ROWS, COLUMNS), 2, 0.0).dictionary;
    let values = dictionary.values().iter().map(|value| *value as f32).collect();
    DenseMatrix::from_columns(ROWS, values).expect("whole columns")
}

/// Columns of measurements of two entries each, and a little noise.
pub(crate) fn measurements(dictionary: &DenseMatrix<f32>, columns: usize) -> Vec<Vector<f32>> {
    let mut random = Pcg32::new(77, 0);
    let mut column = |j: usize| {
        let mut y = Vector::filled(ROWS, 0.0);
        for (place, size) in [(j % COLUMNS, 1.0), ((3 * j + 4) % COLUMNS, -0.7)] {
            for (y, a) in y.iter_mut().zip(dictionary.column(place)) {
                *y += size * a + 0.01 * normal(&mut random) as f32;
            }
        }
        y
    };
    (0..columns).map(&mut column).collect()
}

/// The kinds of [`models`] with two matrices, or with a prior.
pub(crate) fn matrix_models(a: &DenseMatrix<f32>) -> Vec<Model> {
    let matrix = |(rows, columns): (usize, usize), entry: &dyn Fn(usize, usize) -> f32| {
        let entries = (0..rows * columns).map(|place| entry(place % rows, place / rows));
        Matrix::from(DenseMatrix::from_columns(rows, entries.collect()).expect("whole columns"))
    };
    let uneven = |i: usize, j: usize| 0.01 * ((3 * i + 7 * j) as f32).sin();
    let unit = |i: usize, j: usize| f32::from(u8::from(i == j));
    let b = |i: usize, j: usize| 0.3 * a.column(i)[j] + uneven(i, j);
    let c = |i: usize, j: usize| {
        let gram: f32 = a.column(i).iter().zip(a.column(j)).map(|(a, b)| a * b).sum();
        unit(i, j) - 0.3 * gram + uneven(j, i)
    };
    let w1 = |i: usize, j: usize| unit(i, j) + uneven(i, j);
    let w2 = |i: usize, j: usize| unit(i, j) - uneven(j, i);
    let thresholds: Vec<f32> = (0..LAYERS).map(|k| 0.05 * 0.7_f32.powi(k as i32)).collect();
    let steps: Vec<f32> = (0..LAYERS).map(|k| 0.3 + 0.1 * (k as f32).sin()).collect();
    let both = steps.iter().zip(&thresholds);
    [
        Numbers::AdaLista {
            layers: both.map(|(s, t)| AdaLayer { step: *s, threshold: *t }).collect(),
            weights: [matrix((ROWS, ROWS), &w1), matrix((ROWS, ROWS), &w2)],
        },
        Numbers::Lista {
            thresholds,
            weights: [matrix((COLUMNS, ROWS), &b), matrix((COLUMNS, COLUMNS), &c)],
        },
        Numbers::Tista {
            density: 0.2,
            variance: 0.8,
            noise: 1e-4,
            steps,
            weight: pseudo_inverse(a).expect("independent rows"),
        },
    ]
    .map(|numbers| of_numbers(a, numbers))
    .into()
}

/// Every kind of network for a dictionary.
pub(crate) fn models(a: &DenseMatrix<f32>) -> Vec<Model> {
    simple_models(a).into_iter().chain(matrix_models(a)).collect()
}

/// The kinds of [`models`] whose weights, if any, are of the dictionary's shape, and without a prior.
pub(crate) fn simple_models(a: &DenseMatrix<f32>) -> Vec<Model> {
    let found = analytic(a).expect("rows that do not depend on each other");
    // Numbers without a short decimal.
    let steps: Vec<f32> = (0..LAYERS).map(|k| 0.3 + 0.1 * (k as f32).sin()).collect();
    let layer = |k: usize| CoupledLayer {
        step: 0.9 + 0.01 * k as f32,
        threshold: 0.2 * 0.7_f32.powi(k as i32),
        passing: 0.11 * k as f32,
    };
    let layers: Vec<_> = (0..LAYERS).map(layer).collect();
    let scaled = |k: usize| {
        let values = found.weight.dense().values().iter().map(|w| w * (1.0 + 0.01 * k as f32));
        DenseMatrix::from_columns(ROWS, values.collect()).expect("whole columns")
    };
    let weights = (0..LAYERS).map(|k| Matrix::from(scaled(k))).collect();
    let weight = found.weight.clone();
    [
        Numbers::UnfoldedIsta { lambda: 0.02, steps: steps.clone() },
        Numbers::UnfoldedIht { lambda: 0.01, steps },
        Numbers::ListaCp { layers: layers.clone(), weights },
        Numbers::Alista { layers, weight: weight.clone() },
        Numbers::HyperLista {
            numbers: HyperNumbers { threshold: 0.02, momentum: 0.03, passing: 0.05 },
            weight,
            inverse_scales: found.inverse_scales,
        },
    ]
    .map(|numbers| of_numbers(a, numbers))
    .into()
}

fn of_numbers(a: &DenseMatrix<f32>, numbers: Numbers) -> Model {
    Model {
        numbers,
        rows: ROWS,
        columns: COLUMNS,
        layers: LAYERS,
        varying: None,
        splines: Splines::default(),
        dictionary: Digest::of_matrix(ROWS, a.values()),
        provenance: Provenance {
            loss: Some("supervised".to_owned()),
            seed: Some(u64::MAX),
            nmse_db: Some(-30.1),
            ..Provenance::default()
        },
    }
}
