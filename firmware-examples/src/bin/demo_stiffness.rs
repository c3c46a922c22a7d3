//! The demo's stiffness matrix, from a table in flash that the build was given.
#![no_std]
#![no_main]

use solvekit::{CsrSlice, SVector};

include!(concat!(env!("OUT_DIR"), "/matrix.rs"));

/// The matrix costs no RAM.
static MATRIX: CsrSlice<'static, f32, N, N> = CsrSlice::from_parts(ROW_ENDS, &COLUMNS, &VALUES);

firmware_examples::kernels!(demo);

fn demo(say: &mut impl FnMut(scenarios::Line)) {
    assert!(MATRIX.check().is_ok(), "the table is not a sparse matrix");
    let b = SVector::from(RIGHT_HAND_SIDE);
    scenarios::stiffness::compare(&MATRIX, &b, &mut firmware_examples::Regions, say);
}
