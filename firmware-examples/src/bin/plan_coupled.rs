//! Counts layers of ALISTA, which are also those of LISTA-CP, at several sizes.
#![no_std]
#![no_main]

use core::hint::black_box;
use core::slice::from_ref;
use firmware_examples::sizes::LAYERS;
use solvekit::SMatrix;
use solvekit::network::{Coupled, CoupledLayer};

firmware_examples::count_layers!("ALISTA", layers);

fn layers<const M: usize, const N: usize>(
    a: &SMatrix<f32, M, N>,
) -> Coupled<'_, SMatrix<f32, M, N>, [CoupledLayer<f32>; LAYERS]> {
    let mut threshold = 0.05;
    let numbers: [CoupledLayer<f32>; LAYERS] = core::array::from_fn(|k| {
        threshold *= 0.8;
        CoupledLayer { step: 1.0, threshold, passing: 0.008 * k as f32 }
    });
    let Ok(layers) = Coupled::new(a, from_ref(a), black_box(numbers)) else {
        panic!("the layers were refused")
    };
    layers
}
