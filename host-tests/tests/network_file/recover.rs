//! A model recovers what its layers do in fixed memory, to the bit.

use crate::model::{COLUMNS, LAYERS, ROWS, dictionary, measurements, models};
use solvekit::network::{
    AdaLista, BernoulliGaussian, Coupled, Hyper, Layers, Lista, Network, Tista, Unfolded,
};
use solvekit::penalty::{L0, L1};
use solvekit::recovery::Sensing;
use solvekit::{Iteration, SMatrix, SVector};
use solvekit_host::matrix::DenseMatrix;
use solvekit_host::network::{Matrix, ModelError, Numbers};
use std::slice::from_ref;

type Fixed = SMatrix<f32, ROWS, COLUMNS>;

fn fixed(matrix: &DenseMatrix<f32>) -> Fixed {
    shaped(matrix)
}

fn shaped<const M: usize, const N: usize>(matrix: &DenseMatrix<f32>) -> SMatrix<f32, M, N> {
    SMatrix::from_column_slice(matrix.values())
}

/// As a microcontroller does it.
fn on_board<L: Layers<f32, Fixed>>(a: &Fixed, y: &[f32], layers: &L, depth: usize) -> Vec<u32> {
    let y = SVector::<f32, ROWS>::from_column_slice(y);
    let network = Network::new(Sensing::new(a, &y).expect("good numbers"), layers);
    let mut state = network.start();
    (0..depth).for_each(|_| network.step(&mut state));
    state.x.iter().map(|x| x.to_bits()).collect()
}

#[test]
fn every_kind_has_the_bits_of_fixed_memory() {
    let dictionary = dictionary(1);
    let a = fixed(&dictionary);
    let columns = measurements(&dictionary, 7);
    for model in models(&dictionary) {
        for depth in [None, Some(1), Some(3)] {
            let found = model.recover(&dictionary, &columns, depth).expect("recovered");
            let steps_made = depth.map_or(LAYERS, |depth| depth as usize);
            for (y, x) in columns.iter().zip(&found) {
                let expected = match &model.numbers {
                    Numbers::UnfoldedIsta { lambda, steps } => {
                        let penalty = L1::new(*lambda).expect("a weight");
                        let layers = Unfolded::new(penalty, &steps[..]).expect("steps");
                        on_board(&a, y, &layers, steps_made)
                    }
                    Numbers::UnfoldedIht { lambda, steps } => {
                        let penalty = L0::new(*lambda).expect("a weight");
                        let layers = Unfolded::new(penalty, &steps[..]).expect("steps");
                        on_board(&a, y, &layers, steps_made)
                    }
                    Numbers::ListaCp { layers, weights } => {
                        let weights: Vec<Fixed> =
                            weights.iter().map(|weight| fixed(weight.dense())).collect();
                        let layers = Coupled::new(&a, &weights, &layers[..]).expect("layers");
                        on_board(&a, y, &layers, steps_made)
                    }
                    Numbers::Alista { layers, weight } => {
                        let weight = [fixed(weight.dense())];
                        let layers = Coupled::new(&a, &weight, &layers[..]).expect("layers");
                        on_board(&a, y, &layers, steps_made)
                    }
                    Numbers::HyperLista { numbers, weight, inverse_scales } => {
                        let weight = fixed(weight.dense());
                        let layers = Hyper::new(&a, &weight, &inverse_scales[..], *numbers);
                        on_board(&a, y, &layers.expect("layers"), steps_made)
                    }
                    Numbers::Lista { thresholds, weights: [b, c] } => {
                        let b: SMatrix<f32, COLUMNS, ROWS> = shaped(b.dense());
                        let c: SMatrix<f32, COLUMNS, COLUMNS> = shaped(c.dense());
                        let layers = Lista::new(&a, from_ref(&b), from_ref(&c), &thresholds[..]);
                        on_board(&a, y, &layers.expect("layers"), steps_made)
                    }
                    Numbers::AdaLista { layers, weights: [w1, w2] } => {
                        let w1: SMatrix<f32, ROWS, ROWS> = shaped(w1.dense());
                        let w2 = shaped(w2.dense());
                        let layers = AdaLista::new(&a, &w1, &w2, &layers[..]).expect("layers");
                        on_board(&a, y, &layers, steps_made)
                    }
                    Numbers::Tista { density, variance, noise, steps, weight } => {
                        let weight = fixed(weight.dense());
                        let prior = BernoulliGaussian::new(*density, *variance).expect("a prior");
                        let layers = Tista::new(&a, &weight, prior, *noise, &steps[..]);
                        on_board(&a, y, &layers.expect("layers"), steps_made)
                    }
                    other => panic!("a kind without a test: {other:?}"),
                };
                let found: Vec<u32> = x.iter().map(|x| x.to_bits()).collect();
                assert_eq!(found, expected, "{} after {steps_made}", model.kind());
                assert!(x.iter().any(|x| *x != 0.0), "{}", model.kind());
            }
        }
    }
}

#[test]
fn no_more_layers_than_there_are() {
    let a = dictionary(1);
    let columns = measurements(&a, 1);
    for model in models(&a) {
        let asked = |depth| model.recover(&a, &columns, Some(depth));
        let told = asked(0).expect_err("none").to_string();
        assert_eq!(told, "0 layers of a network of 4");
        assert!(asked(LAYERS as u32).is_ok());
        let more = asked(LAYERS as u32 + 1);
        match model.numbers {
            Numbers::HyperLista { .. } => assert!(more.is_ok()),
            _ => assert!(matches!(more, Err(ModelError::Depth { asked: 5, most: 4 }))),
        }
    }
}

#[test]
fn bad_measurements_are_named() {
    let a = dictionary(1);
    let mut columns = measurements(&a, 5);
    columns[3][2] = f32::NAN;
    columns[4][0] = f32::INFINITY;
    for model in models(&a) {
        let told = model.recover(&a, &columns, None).expect_err("NaN").to_string();
        assert_eq!(told, "column 4 of the measurements: measurement 2 is not a finite number");
        let zeros = [solvekit_host::vector::Vector::filled(ROWS, 0.0)];
        let found = model.recover(&a, &zeros, None).expect("nothing measured");
        assert!(found[0].iter().all(|x| x.to_bits() == 0), "{}", model.kind());
        let short = [solvekit_host::vector::Vector::filled(ROWS - 1, 1.0)];
        let told = model.recover(&a, &short, None).expect_err("short").to_string();
        assert_eq!(told, "column 1 of the measurements: 6 entries are needed, 5 were given");
    }
}

/// Rounding to f32 and back is none where a matrix was in f32.
#[test]
fn a_rounded_matrix_is_itself() {
    let a = dictionary(3);
    let wide: Vec<f64> = a.values().iter().copied().map(f64::from).collect();
    assert_eq!(Matrix::rounded(ROWS, &wide).expect("whole").dense(), &a);
}
