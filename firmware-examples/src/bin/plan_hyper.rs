//! Counts layers of HyperLISTA at several sizes.
#![no_std]
#![no_main]

use core::hint::black_box;
use solvekit::SMatrix;
use solvekit::network::{Hyper, HyperNumbers};

firmware_examples::count_layers!("HyperLISTA", layers);

fn layers<const M: usize, const N: usize>(
    a: &SMatrix<f32, M, N>,
) -> Hyper<'_, f32, SMatrix<f32, M, N>, [f32; N]> {
    let numbers = HyperNumbers { threshold: 0.01, momentum: 0.01, passing: 0.02 };
    let Ok(layers) = Hyper::new(a, a, black_box([0.5; N]), black_box(numbers)) else {
        panic!("the layers were refused")
    };
    layers
}
