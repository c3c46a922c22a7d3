//! Cholesky: factored and solved, without a report.

use crate::{Dense, Vector};
use core::hint::black_box;
use solvekit::direct::{Cholesky, Factor, packed};

pub(crate) fn cholesky() {
    let (a, mut b) = (black_box(Dense::repeat(0.1)), black_box(Vector::repeat(1.0)));
    let mut memory = black_box([0.0; packed(16)]);
    if let Ok(factor) = Cholesky::factor(&a, &mut memory) {
        factor.solve(b.as_mut_slice());
        black_box(&b);
    }
}
