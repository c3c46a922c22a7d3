//! Counts solvers in fixed-point numbers: a dense system of 16 unknowns, a dictionary of 64 × 128.
#![no_std]
#![no_main]

use core::hint::black_box;
use firmware_examples::region;
use scenarios::Line;
use solvekit::Iteration;
use solvekit::fixed::{
    Cholesky, Dictionary, Format, HyperLista, I1F15, I1F31, Iht, Ista, Refinement, Saturations,
    Sensing, Sor, words,
};
use solvekit::network::HyperNumbers;

const N: usize = 16;
type Matrix<F> = [[F; N]; N];
type Vector = [I1F31; N];

firmware_examples::kernels!(count);

fn count(say: &mut impl FnMut(Line)) {
    let b: Vector = core::array::from_fn(|i| I1F31::from_num((1 + i) as f32 / 128.0));
    direct(&matrix(), black_box(&b), say);
    sor("SOR sweep in Q31, dense 16 x 16", &matrix::<I1F31>(), black_box(&b), say);
    sor("SOR sweep in Q15, dense 16 x 16", &matrix::<I1F15>(), black_box(&b), say);
    recover::<16, 32>(["ISTA step in Q15, 16 x 32", "IHT step in Q15, 16 x 32"], &SMALL, say);
    recover::<64, 128>(["ISTA step in Q15, 64 x 128", "IHT step in Q15, 64 x 128"], &LARGE, say);
    hyper(say);
}

/// What `count_direct` solves in floating point, divided by 8: row sums are below 0.6. b is divided by
/// 16 more, for the solution's head-room.
fn matrix<F: Format>() -> Matrix<F> {
    core::array::from_fn(|i| {
        core::array::from_fn(|j| {
            F::from_num(if i == j { 0.5 } else { 0.0125 / (1 + i + j) as f32 })
        })
    })
}

fn direct(a: &Matrix<I1F31>, b: &Vector, say: &mut impl FnMut(Line)) {
    let a = black_box(a);
    let mut memory = [0; words(N)];
    let Some(factor) = region("Cholesky factorisation in Q31, dense 16 x 16", || {
        factor(a, black_box(&mut memory))
    }) else {
        panic!("the matrix was refused")
    };
    let mut x = *b;
    let mut saturations = Saturations::NONE;
    region("Cholesky solution in Q31, dense 16 x 16", || back(&factor, &mut x, &mut saturations));
    said(&x, saturations.count(), say);
    let direct = Refinement::new(a, b, factor);
    let mut state = black_box(direct.start());
    for _ in 0..2 {
        region("refinement step in Q31, dense 16 x 16", || step(&direct, &mut state));
    }
    said(&state.x, direct.overflows(&state), say);
}

#[inline(never)]
fn factor<'a>(a: &Matrix<I1F31>, memory: &'a mut [i32]) -> Option<Cholesky<'a, N>> {
    Cholesky::factor(a, memory).ok()
}

#[inline(never)]
fn back(factor: &Cholesky<'_, N>, x: &mut Vector, saturations: &mut Saturations) {
    factor.solve(x, saturations);
}

#[inline(never)]
fn step<I: Iteration>(iteration: &I, state: &mut I::State) {
    iteration.step(state);
}

fn sor<F: Format>(name: &'static str, a: &Matrix<F>, b: &Vector, say: &mut impl FnMut(Line)) {
    let Ok(sor) = Sor::new(black_box(a), b, black_box(1.1)) else {
        panic!("the system was refused")
    };
    let mut state = black_box(sor.start());
    for _ in 0..4 {
        region(name, || step(&sor, &mut state));
    }
    said(&state.x, sor.overflows(&state), say);
}

static SMALL: [[I1F15; 16]; 32] = entries(14_188);
static LARGE: [[I1F15; 64]; 128] = entries(7_094);
static SCALES: [I1F15; 128] = [I1F15::from_bits(1 << 14); 128];

/// Without pattern, evenly in ± `most` units, so that columns are about 1 long.
const fn entries<const M: usize, const N: usize>(most: u32) -> [[I1F15; M]; N] {
    let mut columns = [[I1F15::ZERO; M]; N];
    let (mut drawn, mut j) = (1_u32, 0);
    while j < N {
        let mut i = 0;
        while i < M {
            drawn = drawn.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let unit = (drawn >> 16) % (2 * most + 1);
            columns[j][i] = I1F15::from_bits((unit.cast_signed() - most.cast_signed()) as i16);
            i += 1;
        }
        j += 1;
    }
    columns
}

/// A x of an x of which one entry in ten is not zero.
fn measured<const M: usize, const N: usize>(columns: &[[I1F15; M]; N]) -> [I1F31; M] {
    let mut y = [0.0_f32; M];
    for (j, column) in columns.iter().enumerate().filter(|(j, _)| j % 10 == 3) {
        let x = 0.1 + 0.001 * j as f32;
        y.iter_mut().zip(column).for_each(|(y, a)| *y += x * a.to_num::<f32>());
    }
    y.map(I1F31::from_num)
}

fn recover<const M: usize, const N: usize>(
    [ista_name, iht_name]: [&'static str; 2],
    columns: &'static [[I1F15; M]; N],
    say: &mut impl FnMut(Line),
) {
    let y = measured(columns);
    let Ok(a) = Dictionary::new(black_box(columns), 0) else { panic!("refused") };
    let sensing = Sensing::new(a, black_box(&y));
    let (Ok(ista), Ok(iht)) = (
        Ista::new(sensing, black_box(0.02), black_box(0.2)),
        Iht::new(sensing, black_box(N / 10), black_box(0.2)),
    ) else {
        panic!("refused")
    };
    let mut state = black_box(ista.start());
    for _ in 0..4 {
        region(ista_name, || step(&ista, &mut state));
    }
    said(&state.x, ista.overflows(&state), say);
    let mut state = black_box(iht.start());
    for _ in 0..4 {
        region(iht_name, || step(&iht, &mut state));
    }
    said(&state.x, iht.overflows(&state), say);
}

fn hyper(say: &mut impl FnMut(Line)) {
    let y = measured(&LARGE);
    let Ok(a) = Dictionary::new(black_box(&LARGE), 0) else { panic!("refused") };
    let numbers = HyperNumbers { threshold: 0.04, momentum: 0.01, passing: 0.02 };
    // Columns of random entries are nearly their own weights.
    let network = HyperLista::new(Sensing::new(a, black_box(&y)), a, black_box(&SCALES), numbers);
    let Ok(network) = network else { panic!("refused") };
    let mut state = black_box(network.start());
    for _ in 0..8 {
        region("HyperLISTA layer in Q15, 64 x 128", || step(&network, &mut state));
    }
    said(&state.x, network.overflows(&state), say);
}

/// Every bit of x in one number, and what was cut off.
fn said<const N: usize>(x: &[I1F31; N], overflows: u32, say: &mut impl FnMut(Line)) {
    let bits = x.iter().map(|x| x.to_bits().cast_unsigned());
    say(Line::Count("bits of x", bits.fold(0, |sum, x| sum.rotate_left(5) ^ x)));
    say(Line::Count("not zero", x.iter().filter(|x| !x.is_zero()).count() as u32));
    say(Line::Count("cut off", overflows));
}
