//! Solvers in fixed point: the systems and the dictionary of those in floating point, scaled.

use crate::N;
use crate::data::{DENSE, DESIGN, M, RESPONSE, RIGHT};
use crate::measure::{call, run};
use core::hint::black_box;
use solvekit::Iteration;
use solvekit::fixed::{
    Cholesky, Dictionary, HyperLista, I1F15, I1F31, Iht, Ista, Refinement, Saturations, Sensing,
    Sor, words,
};
use solvekit::network::HyperNumbers;

type Matrix = [[I1F31; N]; N];
type Columns = [[I1F15; M]; N];

/// `from_num` of a float panics for NaN.
fn long(x: f32) -> I1F31 {
    I1F31::from_bits((x * 2_147_483_648.0) as i32)
}

fn short(x: f32) -> I1F15 {
    I1F15::from_bits((x * 32_768.0) as i16)
}

/// Row sums of 5 and less become less than 1. Opaque, or the compiler would scale every entry itself,
/// minutes long.
fn system() -> (Matrix, [I1F31; N]) {
    let (a, b) = black_box((&DENSE, &RIGHT));
    let b = core::array::from_fn(|i| long(b[i] / 128.0));
    (core::array::from_fn(|i| core::array::from_fn(|j| long(a[(i, j)] / 8.0))), b)
}

/// Columns of about 1.
fn problem() -> (Columns, [I1F31; M]) {
    let (a, y) = black_box((&DESIGN, &RESPONSE));
    let columns = core::array::from_fn(|j| core::array::from_fn(|i| short(a[(i, j)] / 4.0)));
    (columns, core::array::from_fn(|i| long(y[i] / 16.0)))
}

pub(crate) fn cholesky() {
    let (a, mut x) = black_box(system());
    let mut memory = black_box([0; words(N)]);
    let mut saturations = Saturations::NONE;
    let solved = call(size_of_val(&memory) + size_of_val(&x), || {
        Cholesky::factor(&a, &mut memory).map(|factor| factor.solve(&mut x, &mut saturations))
    });
    black_box((solved.is_ok(), &x, saturations.count()));
}

pub(crate) fn refinement() {
    let (a, b) = black_box(system());
    let mut memory = black_box([0; words(N)]);
    if let Ok(factor) = Cholesky::factor(&a, &mut memory) {
        let direct = Refinement::new(&a, &b, factor);
        run(&direct, direct.start());
    }
}

pub(crate) fn sor() {
    let (a, b) = black_box(system());
    if let Ok(sor) = Sor::new(&a, &b, black_box(1.1)) {
        run(&sor, sor.start());
    }
}

pub(crate) fn ista() {
    let (columns, y) = black_box(problem());
    let Ok(a) = Dictionary::new(&columns, 0) else { return };
    if let Ok(ista) = Ista::new(Sensing::new(a, &y), black_box(0.01), black_box(0.2)) {
        run(&ista, ista.start());
    }
}

pub(crate) fn iht() {
    let (columns, y) = black_box(problem());
    let Ok(a) = Dictionary::new(&columns, 0) else { return };
    if let Ok(iht) = Iht::new(Sensing::new(a, &y), black_box(3), black_box(0.2)) {
        run(&iht, iht.start());
    }
}

pub(crate) fn hyperlista() {
    let (columns, y) = black_box(problem());
    let Ok(a) = Dictionary::new(&columns, 0) else { return };
    let scales = black_box([short(0.5); N]);
    let numbers = black_box(HyperNumbers { threshold: 0.1, momentum: 0.1, passing: 0.1 });
    if let Ok(network) = HyperLista::new(Sensing::new(a, &y), a, &scales, numbers) {
        let mut state = network.start();
        call(size_of_val(&state), || (0..16).for_each(|_| network.step(&mut state)));
        black_box(&state);
    }
}
