//! What goes in comes out.

use crate::model::{COLUMNS, LAYERS, ROWS, dictionary, models};
use solvekit::network::CoupledLayer;
use solvekit_host::network::{Matrix, Model, Numbers, read, to_bytes, write};
use std::fs;

/// All numbers of a model, as bits.
fn bits(model: &Model) -> Vec<u32> {
    let of_layers = |layers: &[CoupledLayer<f32>]| -> Vec<f32> {
        layers.iter().flat_map(|l| [l.step, l.threshold, l.passing]).collect()
    };
    let numbers: Vec<f32> = match &model.numbers {
        Numbers::UnfoldedIsta { lambda, steps } | Numbers::UnfoldedIht { lambda, steps } => {
            [&[*lambda], &**steps].concat()
        }
        Numbers::ListaCp { layers, weights } => {
            let weights = weights.iter().flat_map(|w| w.dense().values().to_vec());
            of_layers(layers).into_iter().chain(weights).collect()
        }
        Numbers::Alista { layers, weight } => {
            [&*of_layers(layers), weight.dense().values()].concat()
        }
        Numbers::HyperLista { numbers, weight, inverse_scales } => {
            let three = [numbers.threshold, numbers.momentum, numbers.passing];
            [&three, weight.dense().values(), inverse_scales].concat()
        }
        Numbers::Lista { thresholds, weights: [b, c] } => {
            [thresholds, b.dense().values(), c.dense().values()].concat()
        }
        Numbers::AdaLista { layers, weights: [w1, w2] } => {
            let layers: Vec<f32> = layers.iter().flat_map(|l| [l.step, l.threshold]).collect();
            [&layers, w1.dense().values(), w2.dense().values()].concat()
        }
        Numbers::Tista { density, variance, noise, steps, weight } => {
            [&[*density, *variance, *noise], &**steps, weight.dense().values()].concat()
        }
        other => panic!("a kind without a test: {other:?}"),
    };
    numbers.into_iter().map(f32::to_bits).collect()
}

#[test]
fn every_kind_comes_back_to_the_bit() {
    let folder = tempfile::tempdir().expect("a folder");
    let a = dictionary(1);
    for model in models(&a) {
        let path = folder.path().join(format!("{}.json", model.kind()));
        write(&model, &path).expect("written");
        let back = read(&path).expect("read");
        assert_eq!(back, model);
        assert_eq!(bits(&back), bits(&model), "{}", model.kind());
        back.check(&a).expect("a network");
        // The same model has the same file.
        assert_eq!(to_bytes(&back).expect("bytes"), fs::read(&path).expect("a file"));
    }
}

/// Zeros with a sign, the smallest and the largest numbers, and those without a short decimal.
#[test]
fn every_finite_number_comes_back_to_the_bit() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut model = models(&dictionary(1)).swap_remove(3);
    let awkward = [-0.0, f32::from_bits(1), f32::MIN_POSITIVE, f32::MAX, f32::MIN, 1.0 / 3.0];
    let more = (0..).map(|k: u32| f32::from_bits(k.wrapping_mul(2_654_435_761)));
    let values = awkward.into_iter().chain(more.filter(|value| value.is_finite()));
    let values: Vec<f64> = values.map(f64::from).take(ROWS * COLUMNS).collect();
    let weight = Matrix::rounded(ROWS, &values).expect("whole columns");
    let layers =
        vec![CoupledLayer { step: f32::from_bits(1), threshold: -0.0, passing: 1.0 / 7.0 }; LAYERS];
    model.numbers = Numbers::Alista { layers, weight };
    let path = folder.path().join("awkward.json");
    write(&model, &path).expect("written");
    assert_eq!(bits(&read(&path).expect("read")), bits(&model));
}

#[test]
fn a_file_that_cannot_be_written_leaves_the_old_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let model = models(&dictionary(1)).swap_remove(0);
    let error = write(&model, &folder.path().join("no/such.json")).expect_err("no folder");
    assert!(error.to_string().contains("no/such.json: No such file"), "{error}");
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
}
