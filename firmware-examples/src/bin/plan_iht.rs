//! Counts layers of unfolded IHT at several sizes.
#![no_std]
#![no_main]

use core::hint::black_box;
use firmware_examples::sizes::LAYERS;
use solvekit::SMatrix;
use solvekit::network::Unfolded;
use solvekit::penalty::L0;

firmware_examples::count_layers!("unfolded IHT", layers);

fn layers<const M: usize, const N: usize>(
    _: &SMatrix<f32, M, N>,
) -> Unfolded<L0<f32>, [f32; LAYERS]> {
    let penalty = L0::new(black_box(0.002));
    let Ok(Ok(layers)) = penalty.map(|penalty| Unfolded::new(penalty, black_box([0.9; LAYERS])))
    else {
        panic!("the layers were refused")
    };
    layers
}
