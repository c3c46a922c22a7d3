//! Counts one cyclic pass of a lasso of 32 measurements and 16 candidates with the residual kept:
//! solvekit's, and the same loop in plain arrays and indices; both again over the Gram matrix, which
//! is what `Form::cheaper` says for this shape; and the first steps of `Lasso`.
#![no_std]
#![no_main]

use core::hint::black_box;
use firmware_examples::region;
use scenarios::Line;
use solvekit::bcd::{Descent, Partition, rule::Cyclic, update::Coordinate};
use solvekit::fit::{LeastSquares, Quadratic};
use solvekit::lasso::{Lasso, Workspace, indices, numbers};
use solvekit::operator::zeros;
use solvekit::penalty::L1;
use solvekit::{Iteration, SMatrix, SVector};

/// Measurements.
const M: usize = 32;
/// Candidates.
const N: usize = 16;
/// λ, about a tenth of the one from which on nothing is left.
const LAMBDA: f32 = 3.0;
/// Passes and steps counted.
const PASSES: usize = 4;
type Design = SMatrix<f32, M, N>;
type Response = SVector<f32, M>;

firmware_examples::kernels!(count);

fn count(say: &mut impl FnMut(Line)) {
    // Columns that know of each other, and a response of three of them.
    let design = Design::from_fn(|i, j| ((i * 37 + j * 11 + i * j * 5) % 23) as f32 * 0.125 - 1.0);
    let response = design.column(2) * 2.0 - design.column(7) + design.column(11) * 0.5;
    let (design, response) = (black_box(&design), black_box(&response));
    by_descent(design, response, say);
    by_plain_loops(design, response, say);
    by_gram(design, response, say);
    by_lasso(design, response, say);
}

#[inline(never)]
fn by_descent(design: &Design, response: &Response, say: &mut impl FnMut(Line)) {
    let Ok(fit) = LeastSquares::new(design, response) else { panic!("the data were refused") };
    let Ok(penalty) = L1::new(black_box(LAMBDA)) else { panic!("the weight was refused") };
    let Ok(all) = Partition::consecutive([0; N], N) else { panic!("the partition was refused") };
    let descent = Descent::new(fit, penalty, Cyclic::new(all), Coordinate);
    let mut state = black_box(descent.start_from(descent.fit().start()));
    for _ in 0..PASSES {
        region("lasso pass, dense 32 x 16", || step(&descent, &mut state));
    }
    say(Line::Real("lasso pass, dense 32 x 16", state.point.x[2]));
}

/// What the plain loop works on.
struct Plain<'a> {
    a: &'a [[f32; M]; N],
    squares: [f32; N],
    lambda: f32,
    x: [f32; N],
    r: [f32; M],
}

#[inline(never)]
fn by_plain_loops(design: &Design, response: &Response, say: &mut impl FnMut(Line)) {
    let a: &[[f32; M]; N] = &design.data.0;
    let mut squares = [0.0; N];
    for j in 0..N {
        squares[j] = a[j].iter().map(|entry| entry * entry).sum();
    }
    let r = response.data.0[0];
    let mut plain = black_box(Plain { a, squares, lambda: LAMBDA, x: [0.0; N], r });
    for _ in 0..PASSES {
        region("lasso pass in plain loops, dense 32 x 16", || plain_pass(&mut plain));
    }
    say(Line::Real("lasso pass in plain loops, dense 32 x 16", plain.x[2]));
}

/// As one writes it in C.
#[allow(clippy::needless_range_loop, reason = "this is how one writes it in C")]
#[inline(never)]
fn plain_pass(plain: &mut Plain<'_>) {
    for j in 0..N {
        let mut v = plain.squares[j] * plain.x[j];
        for i in 0..M {
            v += plain.a[j][i] * plain.r[i];
        }
        let new = if v > plain.lambda {
            (v - plain.lambda) / plain.squares[j]
        } else if v < -plain.lambda {
            (v + plain.lambda) / plain.squares[j]
        } else {
            0.0
        };
        let delta = new - plain.x[j];
        if delta != 0.0 {
            for i in 0..M {
                plain.r[i] -= delta * plain.a[j][i];
            }
            plain.x[j] = new;
        }
    }
}

/// Both over AᵀA and Aᵀy.
#[inline(never)]
fn by_gram(design: &Design, response: &Response, say: &mut impl FnMut(Line)) {
    let Ok(fit) = LeastSquares::new(design, response) else { panic!("the data were refused") };
    let (mut gram, mut b) = (zeros::<f32, N, N>(), zeros::<f32, N, 1>());
    let Ok(_) = fit.gram(gram.as_mut_slice(), b.as_mut_slice()) else { panic!("lengths") };
    let (gram, b) = (black_box(&gram), black_box(&b));
    let Ok(fit) = Quadratic::new(gram, b) else { panic!("the Gram matrix was refused") };
    let Ok(penalty) = L1::new(black_box(LAMBDA)) else { panic!("the weight was refused") };
    let Ok(all) = Partition::consecutive([0; N], N) else { panic!("the partition was refused") };
    let descent = Descent::new(fit, penalty, Cyclic::new(all), Coordinate);
    let mut state = black_box(descent.start_from(descent.fit().start()));
    for _ in 0..PASSES {
        region("lasso pass, Gram 16 x 16", || step(&descent, &mut state));
    }
    say(Line::Real("lasso pass, Gram 16 x 16", state.point.x[2]));
    let pull = b.data.0[0].map(|b| -b);
    let mut plain =
        black_box(PlainGram { gram: &gram.data.0, lambda: LAMBDA, x: [0.0; N], gradient: pull });
    for _ in 0..PASSES {
        region("lasso pass in plain loops, Gram 16 x 16", || plain_gram_pass(&mut plain));
    }
    say(Line::Real("lasso pass in plain loops, Gram 16 x 16", plain.x[2]));
}

/// What the plain loop over the Gram matrix works on.
struct PlainGram<'a> {
    gram: &'a [[f32; N]; N],
    lambda: f32,
    x: [f32; N],
    gradient: [f32; N],
}

/// As one writes it in C.
#[allow(clippy::needless_range_loop, reason = "this is how one writes it in C")]
#[inline(never)]
fn plain_gram_pass(plain: &mut PlainGram<'_>) {
    for j in 0..N {
        let square = plain.gram[j][j];
        let v = square * plain.x[j] - plain.gradient[j];
        let new = if v > plain.lambda {
            (v - plain.lambda) / square
        } else if v < -plain.lambda {
            (v + plain.lambda) / square
        } else {
            0.0
        };
        let delta = new - plain.x[j];
        if delta != 0.0 {
            for i in 0..N {
                plain.gradient[i] += delta * plain.gram[j][i];
            }
            plain.x[j] = new;
        }
    }
}

/// From x = 0: a look, then the columns in work and the pieces of a path.
#[inline(never)]
fn by_lasso(design: &Design, response: &Response, say: &mut impl FnMut(Line)) {
    let Ok(lasso) = Lasso::new(design, response, black_box(LAMBDA)) else {
        panic!("the data were refused")
    };
    let memory =
        Workspace::new(N, zeros::<f32, { numbers(N) }, 1>(), black_box([0; indices(N, N)]));
    let Ok(mut state) = lasso.start(memory) else { panic!("the memory was refused") };
    for _ in 0..PASSES {
        region("Lasso step, dense 32 x 16", || step(&lasso, &mut state));
    }
    say(Line::Real("Lasso step, dense 32 x 16", state.x()[2]));
    say(Line::Real("gap", state.gap()));
}

#[inline(never)]
fn step<I: Iteration>(solver: &I, state: &mut I::State) {
    solver.step(state);
}
