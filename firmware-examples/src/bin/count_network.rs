//! Counts the layers of unrolled networks at 64 measurements of 128 unknowns, beside two plain
//! products with matrices of that size: ALISTA, HyperLISTA and unfolded ISTA, each some layers in;
//! the same products with 8-bit codes, of a vector without zeros and of a sparse one; and the whole
//! of a HyperLISTA network of 16 layers, whose stack is all the memory it takes.
#![no_std]
#![no_main]

use core::hint::black_box;
use core::slice::from_ref;
use firmware_examples::region;
use scenarios::Line;
use solvekit::dictionary::Quantized;
use solvekit::network::{Coupled, CoupledLayer, Hyper, HyperNumbers, Layers, Network, Unfolded};
use solvekit::penalty::L1;
use solvekit::recovery::Sensing;
use solvekit::{Iteration, LinearOperator, SMatrix, SVector};

/// Measurements.
const M: usize = 64;
/// Unknowns.
const N: usize = 128;
/// Layers of a network.
const T: usize = 16;
/// Layers counted, in the middle: signals are sparse there, and entries pass.
const COUNTED: core::ops::Range<u32> = 4..12;
type Table = [[f32; M]; N];
type Matrix = SMatrix<f32, M, N>;
type Vector = SVector<f32, N>;

/// 64 rows of the orthonormal cosine transform of 128 numbers, those of the squares modulo 127:
/// aᵢⱼ = √(2/N) cos(π (2 j + 1) k / 2 N) with k = i² mod 127 (a √2 less in row 0). AAᵀ = I.
static A: Matrix = SMatrix::from_array_storage(solvekit::nalgebra::ArrayStorage(TABLES.0));
/// ALISTA's weight: with AAᵀ = I its columns are aⱼ / ‖aⱼ‖².
static W: Matrix = SMatrix::from_array_storage(solvekit::nalgebra::ArrayStorage(TABLES.1));
/// ‖aⱼ‖².
static SQUARES: [f32; N] = TABLES.2;

/// W in 8-bit codes, 127 of them to the largest entry of 16.
static CODES: [[i8; M]; N] = QUANTIZED.0;
static SCALES: [[f32; M / 16]; N] = QUANTIZED.1;
const QUANTIZED: ([[i8; M]; N], [[f32; M / 16]; N]) = quantized();

const TABLES: (Table, Table, [f32; N]) = tables();

const fn tables() -> (Table, Table, [f32; N]) {
    let wave = wave();
    let (mut a, mut w, mut squares) = ([[0.0; M]; N], [[0.0; M]; N], [0.0; N]);
    let mut j = 0;
    while j < N {
        let (mut i, mut square) = (0, 0.0);
        while i < M {
            let size = if i == 0 { 0.088_388_347_648_318_45 } else { 0.125 };
            let entry = size * wave[(2 * j + 1) * (i * i % 127) % (4 * N)];
            a[j][i] = entry as f32;
            square += entry * entry;
            i += 1;
        }
        squares[j] = square as f32;
        i = 0;
        while i < M {
            w[j][i] = (a[j][i] as f64 / square) as f32;
            i += 1;
        }
        j += 1;
    }
    (a, w, squares)
}

/// cos(2π m / 4 N), turn by turn from cos and sin of 2π / 4 N.
const fn wave() -> [f64; 4 * N] {
    const COS: f64 = 0.999_924_701_839_144_5;
    const SIN: f64 = 0.012_271_538_285_719_925;
    let mut wave = [0.0; 4 * N];
    let (mut cos, mut sin, mut m) = (1.0, 0.0, 0);
    while m < 4 * N {
        wave[m] = cos;
        (cos, sin) = (cos * COS - sin * SIN, sin * COS + cos * SIN);
        m += 1;
    }
    wave
}

const fn quantized() -> ([[i8; M]; N], [[f32; M / 16]; N]) {
    let (mut codes, mut scales) = ([[0; M]; N], [[0.0; M / 16]; N]);
    let mut block = 0;
    while block < N * M / 16 {
        let (j, first) = (block / (M / 16), block % (M / 16) * 16);
        let (mut most, mut i) = (0.0_f32, first);
        while i < first + 16 {
            most = most.max(TABLES.1[j][i].abs());
            i += 1;
        }
        let scale = most / 127.0;
        scales[j][first / 16] = scale;
        i = first;
        while i < first + 16 {
            // From 1.5 · 2²³ on a sum is rounded to a whole number.
            codes[j][i] = (TABLES.1[j][i] / scale + 12_582_912.0 - 12_582_912.0) as i8;
            i += 1;
        }
        block += 1;
    }
    (codes, scales)
}

firmware_examples::kernels!(count);

fn count(say: &mut impl FnMut(Line)) {
    let y = black_box(measured());
    products(&y, say);
    quantized_products(&y, say);
    alista(&y, say);
    hyper(&y, say);
    unfolded(&y, say);
    let found = region("HyperLISTA, 64 x 128, 16 layers, all its memory", || whole(&y));
    say(Line::Real("x[97] of 16 layers", found));
}

/// Eight of 128, and a little that nothing explains.
#[inline(never)]
fn measured() -> SVector<f32, M> {
    let mut y = SVector::zeros();
    A.apply(&signal(), &mut y);
    for (i, y) in y.iter_mut().enumerate() {
        *y += ((i * 29 + 7) % 17) as f32 * 1e-4 - 8e-4;
    }
    y
}

fn signal() -> Vector {
    Vector::from_fn(|j, _| if j % 16 == 1 { ((j * 5) % 11) as f32 * 0.2 - 0.9 } else { 0.0 })
}

fn sensing(y: &SVector<f32, M>) -> Sensing<'_, f32, Matrix> {
    let Ok(sensing) = Sensing::new(black_box(&A), y) else { panic!("the data were refused") };
    sensing
}

/// A x and Wᵀ r as a plain program would ask for them.
#[inline(never)]
fn products(y: &SVector<f32, M>, say: &mut impl FnMut(Line)) {
    let (a, w) = (black_box(&A), black_box(&W));
    let x = black_box(signal());
    let (mut image, mut back) = (SVector::zeros(), Vector::zeros());
    region("two products, dense 64 x 128", || both(a, w, (&x, y), (&mut image, &mut back)));
    say(Line::Real("A x", image[5]));
    say(Line::Real("W' y", back[97]));
}

#[inline(never)]
fn both<A>(
    a: &A,
    w: &A,
    (x, y): (&Vector, &SVector<f32, M>),
    (image, back): (&mut SVector<f32, M>, &mut Vector),
) where
    A: LinearOperator<f32, Domain = Vector, Range = SVector<f32, M>>,
{
    a.apply(x, image);
    w.apply_adjoint(y, back);
}

/// The same of codes.
#[inline(never)]
fn quantized_products(y: &SVector<f32, M>, say: &mut impl FnMut(Line)) {
    let (codes, scales) = (CODES.as_flattened(), SCALES.as_flattened());
    let Ok(w) = Quantized::<M, N>::new(black_box(codes), black_box(scales)) else {
        panic!("the tables were refused")
    };
    let (mut image, mut back) = (SVector::zeros(), Vector::zeros());
    let full = black_box(Vector::from_fn(|j, _| ((j * 23 + 5) % 31) as f32 * 0.07 - 1.0));
    let out = (&mut image, &mut back);
    region("two products, 8-bit 64 x 128", || both(&w, &w, (&full, y), out));
    say(Line::Real("W x", image[5]));
    say(Line::Real("W' y", back[97]));
    let (x, out) = (black_box(signal()), (&mut image, &mut back));
    region("two products, 8-bit 64 x 128, 8 of x not zero", || both(&w, &w, (&x, y), out));
    say(Line::Real("W x", image[5]));
}

#[inline(never)]
fn alista(y: &SVector<f32, M>, say: &mut impl FnMut(Line)) {
    let mut threshold = 0.25;
    let numbers: [CoupledLayer<f32>; T] = core::array::from_fn(|k| {
        threshold *= 0.75;
        CoupledLayer { step: 1.0, threshold, passing: (0.012 * (k as f32 + 1.0)).min(0.13) }
    });
    let Ok(layers) = Coupled::new(&A, from_ref(black_box(&W)), black_box(numbers)) else {
        panic!("the layers were refused")
    };
    layers_of("ALISTA layer, 64 x 128", y, &layers, say);
}

#[inline(never)]
fn hyper(y: &SVector<f32, M>, say: &mut impl FnMut(Line)) {
    let numbers = black_box(NUMBERS);
    let Ok(layers) = Hyper::new(&A, black_box(&W), black_box(&SQUARES), numbers) else {
        panic!("the layers were refused")
    };
    layers_of("HyperLISTA layer, 64 x 128", y, &layers, say);
}

const NUMBERS: HyperNumbers<f32> = HyperNumbers { threshold: 0.04, momentum: 0.01, passing: 0.01 };

#[inline(never)]
fn unfolded(y: &SVector<f32, M>, say: &mut impl FnMut(Line)) {
    let Ok(penalty) = L1::new(black_box(0.01)) else { panic!("the weight was refused") };
    // ‖A‖ = 1; long steps in between, as training finds them.
    let steps: [f32; T] = core::array::from_fn(|k| if k % 3 == 2 { 4.0 } else { 1.2 });
    let Ok(layers) = Unfolded::new(penalty, black_box(steps)) else {
        panic!("the layers were refused")
    };
    layers_of("unfolded ISTA layer, 64 x 128", y, &layers, say);
}

/// Counts layers in the middle; says how many entries are left at their end, and how far x is from
/// the signal after the last.
#[inline(never)]
fn layers_of<L: Layers<f32, Matrix>>(
    name: &'static str,
    y: &SVector<f32, M>,
    layers: &L,
    say: &mut impl FnMut(Line),
) {
    let network = Network::new(sensing(y), layers);
    let mut state = black_box(network.start());
    for layer in 0..T as u32 {
        if COUNTED.contains(&layer) {
            region(name, || step(&network, &mut state));
        } else {
            network.step(&mut state);
        }
        if layer + 1 == COUNTED.end {
            let left = state.x.iter().filter(|x| **x != 0.0).count();
            say(Line::Count("entries left", left as u32));
        }
    }
    let error = (state.x - signal()).norm_squared() / signal().norm_squared();
    say(Line::Real("squared error", error));
}

#[inline(never)]
fn step<I: Iteration>(solver: &I, state: &mut I::State) {
    solver.step(state);
}

/// Everything but the tables and the measurements on the stack.
#[inline(never)]
fn whole(y: &SVector<f32, M>) -> f32 {
    let Ok(layers) = Hyper::new(&A, black_box(&W), &SQUARES, black_box(NUMBERS)) else {
        panic!("the layers were refused")
    };
    let network = Network::new(sensing(y), layers);
    let mut state = network.start();
    for _ in 0..T {
        network.step(&mut state);
    }
    state.x[97]
}
