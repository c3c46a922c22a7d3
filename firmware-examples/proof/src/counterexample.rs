//! What must not link: a solve, and after it an index that may be out of bounds.
//!
//! Small, because what it shows is that the very same settings catch a panic, not which of the
//! entries are free of one.

use core::hint::black_box;
use solvekit::{SMatrix, SVector, Stop, solve, sor::Sor};

/// Solves, then panics perhaps.
pub(crate) fn call() {
    let a = SMatrix::<f32, 3, 3>::from_element(black_box(2.0));
    let b = SVector::<f32, 3>::from_element(black_box(1.0));
    if let (Ok(sor), Ok(stop)) = (Sor::new(&a, &b, black_box(1.5)), Stop::relative(1e-5)) {
        let mut state = sor.start();
        let _ = black_box(solve(&sor, &mut state, stop));
        black_box(state.x.as_slice()[black_box(1)]);
    }
}
