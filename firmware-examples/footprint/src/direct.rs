//! Cholesky: factored and solved; and refined, with a report.

use crate::N;
use crate::data::{DENSE, RIGHT};
use crate::measure::{call, run};
use core::hint::black_box;
use solvekit::direct::{Cholesky, Factor, Refinement, packed};

pub(crate) fn cholesky() {
    let (a, mut b) = (black_box(&DENSE), black_box(RIGHT));
    let mut memory = black_box([0.0; packed(N)]);
    let solved = call(size_of_val(&memory) + size_of_val(&b), || {
        Cholesky::factor(a, &mut memory).map(|factor| factor.solve(b.as_mut_slice()))
    });
    black_box((solved.is_ok(), &b));
}

pub(crate) fn refinement() {
    let (a, b) = (black_box(&DENSE), black_box(&RIGHT));
    let mut memory = black_box([0.0; packed(N)]);
    if let Ok(factor) = Cholesky::factor(a, &mut memory)
        && let Ok(direct) = Refinement::new(a, b, factor)
    {
        run(&direct, direct.start());
    }
}
