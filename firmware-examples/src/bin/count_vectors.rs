//! Counts a dense matrix and its transpose times a vector, a dot product and an axpy, in f32.
#![no_std]
#![no_main]

use core::hint::black_box;
use firmware_examples::region;
use scenarios::Line;
use solvekit::sum::{axpy, dot};
use solvekit::{LinearOperator, SMatrix, SVector};

firmware_examples::kernels!(count);

fn count(say: &mut impl FnMut(Line)) {
    square::<16>(["matrix times vector, 16 x 16", "transpose times vector, 16 x 16"], say);
    square::<32>(["matrix times vector, 32 x 32", "transpose times vector, 32 x 32"], say);
    let x: [f32; 64] = black_box(core::array::from_fn(|k| 1.0 / (k as f32 + 0.7)));
    let mut y = black_box(x.map(|x| 1.0 - x));
    let product = region("dot product, 64", || inner(&x, &y));
    say(Line::Real("dot product", product));
    region("axpy, 64", || add(black_box(0.3), &x, &mut y));
    say(Line::Real("last of axpy", y[63]));
}

#[inline(never)]
fn square<const N: usize>([forth, back]: [&'static str; 2], say: &mut impl FnMut(Line)) {
    let a = black_box(SMatrix::<f32, N, N>::from_fn(|i, j| 1.0 / (1 + i + 2 * j) as f32));
    let x = black_box(SVector::<f32, N>::from_fn(|i, _| 0.1 * i as f32 - 1.0));
    let mut y = black_box(SVector::zeros());
    region(forth, || apply(&a, &x, &mut y));
    say(Line::Real("last of A x", y[N - 1]));
    region(back, || adjoint(&a, &x, &mut y));
    say(Line::Real("last of A' x", y[N - 1]));
}

#[inline(never)]
fn apply<const N: usize>(a: &SMatrix<f32, N, N>, x: &SVector<f32, N>, y: &mut SVector<f32, N>) {
    a.apply(x, y);
}

#[inline(never)]
fn adjoint<const N: usize>(a: &SMatrix<f32, N, N>, x: &SVector<f32, N>, y: &mut SVector<f32, N>) {
    a.apply_adjoint(x, y);
}

#[inline(never)]
fn inner(x: &[f32; 64], y: &[f32; 64]) -> f32 {
    dot(x, y)
}

#[inline(never)]
fn add(a: f32, x: &[f32; 64], y: &mut [f32; 64]) {
    axpy(a, x, y);
}
