//! Systems side by side in the processor's registers against one after the other. Times are per system.

use super::dense::{matrix, right_hand_side, rounding};
use crate::case::Case;
use crate::number::{Number, agree};
use crate::peer::cholesky;
use crate::peer::dense::Column;
use solvekit::Stop;
use solvekit::sor::{Forward, relax};
use solvekit_host::batch::lanes::{self, Laned, OnLanes, Registers, Side};
use solvekit_host::batch::{Backend, CholeskyBatch, Matrices, Rows, Runner, Systems};
use solvekit_host::vector::Vector;
use std::hint::black_box;

/// Where relaxation stops to converge: errors neither grow nor fall, and a sweep that is repeated for long
/// meets no denormal numbers, which would be measured in its place.
const OMEGA: f64 = 2.0;
/// Systems of a batch: some groups of lanes, and all in the second cache at n = 16.
const BATCH: usize = 256;

/// Different systems, row by row and one behind the other.
fn systems<T: Number + Laned, const N: usize>(count: usize) -> (Vec<T>, Vec<T>) {
    let all = (0..count).map(|k| matrix::<T, N>(0.1 * (k % 32) as f64));
    // Symmetric: rows are columns.
    let matrices = all.flat_map(|a| a.as_slice().to_vec()).collect();
    (matrices, (0..count * N).map(|k| right_hand_side(k % N + 5 * (k / N))).collect())
}

/// Dense sweeps of systems that are in lanes already, by one register and by two.
pub fn sweep<T: Number + Laned, const N: usize>() -> Case {
    let mut case = Case::new("sweep of one system");
    let count = 32;
    let (a, b) = systems::<T, N>(count);
    let mut columns: Vec<_> = (0..count)
        .map(|k| Column::<T, N>::new(&a[k * N * N..][..N * N], &b[k * N..][..N]))
        .collect();
    let mut known = columns.clone();
    for column in &mut known {
        (0..3).for_each(|_| column.sweep(T::of(OMEGA)));
    }
    case = case.with_jobs("column form", count as u32, move || {
        columns.iter_mut().for_each(|column| black_box(column).sweep(T::of(OMEGA)));
    });
    for (registers, label) in [(Registers::One, "one register"), (Registers::Two, "two registers")]
    {
        let lanes = lanes::count::<T>(registers);
        let job = |times| Sweeps::<T, N> { a: &a, b: &b, times };
        let x = lanes::dispatch(registers, job(3));
        for (k, known) in known.iter().enumerate().take(lanes) {
            agree("three sweeps", &x[k * N..][..N], &known.x, 16.0 * rounding::<T>());
        }
        let (a, b) = (a.clone(), b.clone());
        let label = format!("{lanes} systems, {label}");
        case = case.with_run(label, lanes as u32, move |times| {
            black_box(lanes::dispatch(registers, Sweeps::<T, N> { a: &a, b: &b, times }));
        });
    }
    case
}

/// So many sweeps of as many systems as there are lanes; gives x, system by system.
struct Sweeps<'a, T, const N: usize> {
    a: &'a [T],
    b: &'a [T],
    times: u32,
}

impl<R: Number + Laned, const N: usize> OnLanes<R> for Sweeps<'_, R, N> {
    type Output = Vec<R>;

    #[inline(always)]
    fn run<T: Side<Real = R>>(self) -> Vec<R> {
        let mut a = vec![T::ZERO; N * N];
        lanes::gather(&self.a[..T::LANES * N * N], &mut a);
        let mut b = Vector::filled(N, T::ZERO);
        lanes::gather(&self.b[..T::LANES * N], &mut b);
        let inverse: Vector<T> = (0..N).map(|i| T::ONE / a[i * (N + 1)]).collect();
        let mut x = Vector::filled(N, T::ZERO);
        let omega = T::splat(R::of(OMEGA));
        let mut done = 0;
        while done < self.times {
            let rows = Rows::new(N, black_box(&a));
            relax(&rows, black_box(&mut x), [&b, &inverse], omega, Forward);
            done += 1;
        }
        let mut numbers = vec![R::ZERO; T::LANES * N];
        for (lane, own) in numbers.chunks_exact_mut(N).enumerate() {
            lanes::scatter(&x, lane, own);
        }
        numbers
    }
}

/// Whole direct solutions, system by system as a caller has them: in lanes they are transposed, looked
/// at, factored, solved, and their residuals evaluated.
pub fn cholesky<T: Number + Laned, const N: usize>() -> Case {
    let (a, b) = systems::<T, N>(BATCH);
    let stop = Stop::relative(T::of(T::TOLERANCE)).expect("valid");
    let (mut plain, mut x) = (vec![[[T::ZERO; N]; N]; BATCH], [T::ZERO; N]);
    for (k, own) in plain.iter_mut().enumerate() {
        *own = std::array::from_fn(|i| std::array::from_fn(|j| a[k * N * N + i * N + j]));
    }
    let batch = move |backend, a: &[T], b: &[T]| {
        let systems = Systems::new(N, Matrices::Own(a), b).expect("whole systems");
        Runner::new(backend).run(&CholeskyBatch::new(systems, stop)).expect("on the processor")
    };
    let found = batch(Backend::Simd, &a, &b);
    for k in 0..BATCH {
        x.copy_from_slice(&b[k * N..][..N]);
        cholesky::solve(&plain[k], &mut x);
        agree("x", found.answer(k), &x, 64.0 * rounding::<T>());
    }
    let right_hand_sides = b.clone();
    let (a_scalar, b_scalar) = (a.clone(), b.clone());
    let (a_lanes, b_lanes) = (a.clone(), b.clone());
    let mut case = Case::new("solution of one system")
        .with_jobs("plain Cholesky", BATCH as u32, move || {
            for (a, b) in plain.iter().zip(right_hand_sides.chunks_exact(N)) {
                x.copy_from_slice(b);
                cholesky::solve(black_box(a), black_box(&mut x));
            }
        })
        .with_jobs("scalar batch", BATCH as u32, move || {
            black_box(batch(Backend::Scalar, &a_scalar, &b_scalar));
        })
        .with_jobs("simd batch", BATCH as u32, move || {
            black_box(batch(Backend::Simd, &a_lanes, &b_lanes));
        });
    for (registers, label) in [(Registers::One, "one register"), (Registers::Two, "two registers")]
    {
        let lanes = lanes::count::<T>(registers);
        let (a, b) = (a.clone(), b.clone());
        case = case.with_run(format!("{lanes} in lanes, {label}"), lanes as u32, move |times| {
            black_box(lanes::dispatch(registers, Factors::<T, N> { a: &a, b: &b, times }));
        });
    }
    case
}

/// So many factors and solutions of as many systems as there are lanes, which lie there already.
struct Factors<'a, T, const N: usize> {
    a: &'a [T],
    b: &'a [T],
    times: u32,
}

impl<R: Number + Laned, const N: usize> OnLanes<R> for Factors<'_, R, N> {
    type Output = R;

    #[inline(always)]
    fn run<T: Side<Real = R>>(self) -> R {
        let mut a = vec![T::ZERO; N * N];
        lanes::gather(&self.a[..T::LANES * N * N], &mut a);
        let mut b = vec![T::ZERO; N];
        lanes::gather(&self.b[..T::LANES * N], &mut b);
        let lower = (0..N).flat_map(|i| (0..=i).map(move |j| i * N + j));
        let lower: Vec<T> = lower.map(|place| a[place]).collect();
        let (mut l, mut x) = (lower.clone(), b.clone());
        let mut done = 0;
        while done < self.times {
            l.copy_from_slice(black_box(&lower));
            x.copy_from_slice(black_box(&b));
            lanes::factor(&mut l, N, T::ZERO);
            lanes::solve(&l, &mut x);
            black_box(&x);
            done += 1;
        }
        x[0].lanes()[0]
    }
}
