//! Solvers in fixed point.

use core::hint::black_box;
use solvekit::fixed::{
    Cholesky, Dictionary, Format, HyperLista, HyperListaState, I1F15, I1F31, Iht, IhtState, Ista,
    IstaState, Refinement, RefinementState, Saturations, Scale, Sensing, Sor, SorState, quantize,
    signal, words,
};
use solvekit::network::HyperNumbers;
use solvekit::{Iteration, Run, Stop};

/// Unknowns, and rows and columns: none a multiple of 8.
const N: usize = 7;
const M: usize = 13;

#[inline(never)]
pub(super) fn solve() {
    let Ok(stop) = Stop::relative(black_box(1e-5)) else { return };
    let mut b = [I1F31::ZERO; N];
    black_box(signal(&black_box([0.1; N]), &mut b));
    systems::<I1F15>(&b, stop);
    systems::<I1F31>(&b, stop);
    let mut y = [I1F31::ZERO; M];
    black_box(signal(&black_box([0.1; M]), &mut y));
    recover::<I1F15>(&y, stop);
    recover::<I1F31>(&y, stop);
    black_box(Scale::from_f32(black_box(0.1)).map(Scale::to_f32));
}

fn advance<I: Iteration<Real = f32>>(iteration: &I, state: &mut I::State, stop: Stop<f32>) {
    let _ = black_box(Run::new(stop).advance(iteration, state, black_box(10)));
    black_box(state);
}

fn systems<F: Format>(b: &[I1F31; N], stop: Stop<f32>) {
    let mut a = [[F::ZERO; N]; N];
    let _ = black_box(quantize(&black_box([0.1; N * N]), a.as_flattened_mut()));
    let mut memory = black_box([0; words(N)]);
    if let Ok(factor) = Cholesky::factor(&a, &mut memory) {
        let (mut x, mut saturations) = (*b, Saturations::NONE);
        factor.solve(&mut x, &mut saturations);
        black_box((x, saturations.count()));
        let direct = Refinement::new(&a, b, factor);
        advance(&direct, &mut direct.start(), stop);
        advance(&direct, &mut RefinementState::new(black_box(x)), stop);
    }
    if let Ok(sor) = Sor::new(&a, b, black_box(1.2)) {
        advance(&sor, &mut sor.start(), stop);
        advance(&sor, &mut SorState::new(black_box(*b)), stop);
    }
}

fn recover<F: Format>(y: &[I1F31; M], stop: Stop<f32>) {
    let (mut a, mut scales) = ([[F::ZERO; M]; N], [F::ZERO; N]);
    let exponent = quantize(&black_box([0.1; M * N]), a.as_flattened_mut());
    let _ = black_box(quantize(&black_box([0.1; N]), &mut scales));
    let Ok(Ok(a)) = exponent.map(|exponent| Dictionary::new(&a, exponent)) else { return };
    let sensing = Sensing::new(a, y);
    black_box((sensing.largest_correlation(), sensing.y_norm()));
    let x = black_box([I1F31::ZERO; N]);
    if let Ok(ista) = Ista::new(sensing, black_box(0.1), black_box(0.1)) {
        advance(&ista, &mut ista.start(), stop);
        advance(&ista, &mut IstaState::new(x), stop);
    }
    if let Ok(iht) = Iht::new(sensing, black_box(3), black_box(0.1)) {
        advance(&iht, &mut iht.start(), stop);
        advance(&iht, &mut IhtState::new(x), stop);
    }
    let number = || black_box(0.1);
    let numbers = HyperNumbers { threshold: number(), momentum: number(), passing: number() };
    if let Ok(network) = HyperLista::new(sensing, a, &scales, numbers) {
        advance(&network, &mut network.start(), stop);
        let mut state = HyperListaState::new(x);
        advance(&network, &mut state, stop);
        black_box(state.layer());
    }
}
