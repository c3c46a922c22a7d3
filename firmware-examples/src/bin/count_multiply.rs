//! Counts the product of two dense matrices in f32.
#![no_std]
#![no_main]

use core::hint::black_box;
use firmware_examples::region;
use scenarios::Line;
use solvekit::SMatrix;
use solvekit::dense::multiply;
use solvekit::sum::sum_of;

const N: usize = 16;
type Matrix = SMatrix<f32, N, N>;

firmware_examples::kernels!(count);

fn count(say: &mut impl FnMut(Line)) {
    let a = black_box(Matrix::from_fn(|i, j| 1.0 / (1 + i + 2 * j) as f32));
    let b = black_box(Matrix::from_fn(|i, j| 1.0 / (3 + 2 * i + j) as f32));
    let mut c = black_box(Matrix::zeros());
    region("matrix product, 16 x 16 x 16", || product(&a, &b, &mut c));
    let expected = Matrix::from_fn(|i, j| sum_of(N, |k| a[(i, k)] * b[(k, j)]));
    assert!(c == expected, "an entry is not its dot product");
    say(Line::Real("last entry", c[(N - 1, N - 1)]));
}

#[inline(never)]
fn product(a: &Matrix, b: &Matrix, c: &mut Matrix) {
    multiply(a, b, c);
}
