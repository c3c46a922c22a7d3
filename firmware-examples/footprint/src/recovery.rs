//! Sparse recovery: checked, run to the end, reported; a network: sixteen layers.

use crate::N;
use crate::data::{DESIGN, RESPONSE};
use crate::measure::{call, run};
use core::hint::black_box;
use solvekit::Iteration;
use solvekit::direct::packed;
use solvekit::network::{Hyper, HyperNumbers, Network};
use solvekit::operator::zeros;
use solvekit::penalty::L1;
use solvekit::recovery::{Fista, Iht, Ista, Largest, Omp, Refit, Sensing, StepSize};

pub(crate) fn fista() {
    let (a, y) = (black_box(&DESIGN), black_box(&RESPONSE));
    let (Ok(sensing), Ok(step)) = (Sensing::new(a, y), StepSize::automatic(a)) else { return };
    let Ok(penalty) = L1::new(black_box(0.1)) else { return };
    if let Ok(fista) = Fista::new(sensing, penalty, step) {
        run(&fista, fista.start());
    }
}

pub(crate) fn ista() {
    let (a, y) = (black_box(&DESIGN), black_box(&RESPONSE));
    let (Ok(sensing), Ok(step)) = (Sensing::new(a, y), StepSize::automatic(a)) else { return };
    let Ok(penalty) = L1::new(black_box(0.1)) else { return };
    if let Ok(ista) = Ista::new(sensing, penalty, step) {
        run(&ista, ista.start());
    }
}

pub(crate) fn iht() {
    let (a, y) = (black_box(&DESIGN), black_box(&RESPONSE));
    let (Ok(sensing), Ok(step)) = (Sensing::new(a, y), StepSize::automatic(a)) else { return };
    let largest = Largest::new([0; 3], zeros::<f32, 3, 1>());
    if let Ok(iht) = Iht::new(sensing, largest, step) {
        run(&iht, iht.start());
    }
}

pub(crate) fn omp() {
    let (a, y) = (black_box(&DESIGN), black_box(&RESPONSE));
    let Ok(sensing) = Sensing::new(a, y) else { return };
    let refit = Refit::new(zeros::<f32, 4, 1>(), zeros::<f32, { packed(4) }, 1>());
    if let Ok(omp) = Omp::new(sensing, [0; 4], refit) {
        run(&omp, omp.start());
    }
}

pub(crate) fn hyperlista() {
    let (a, y) = (black_box(&DESIGN), black_box(&RESPONSE));
    let Ok(sensing) = Sensing::new(a, y) else { return };
    let numbers = black_box(HyperNumbers { threshold: 0.1, momentum: 0.1, passing: 0.1 });
    if let Ok(hyper) = Hyper::new(a, a, black_box([0.5_f32; N]), numbers) {
        let network = Network::new(sensing, &hyper);
        let mut state = network.start();
        call(size_of_val(&state), || (0..16).for_each(|_| network.step(&mut state)));
        black_box(state.x);
    }
}
