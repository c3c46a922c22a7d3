//! Counts layers of unfolded ISTA at several sizes.
#![no_std]
#![no_main]

use core::hint::black_box;
use firmware_examples::sizes::LAYERS;
use solvekit::SMatrix;
use solvekit::network::Unfolded;
use solvekit::penalty::L1;

firmware_examples::count_layers!("unfolded ISTA", layers);

fn layers<const M: usize, const N: usize>(
    _: &SMatrix<f32, M, N>,
) -> Unfolded<L1<f32>, [f32; LAYERS]> {
    let penalty = L1::new(black_box(0.01));
    let Ok(Ok(layers)) = penalty.map(|penalty| Unfolded::new(penalty, black_box([0.9; LAYERS])))
    else {
        panic!("the layers were refused")
    };
    layers
}
