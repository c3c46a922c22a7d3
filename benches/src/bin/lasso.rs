//! Time of a lasso to a duality gap of 1e-6 · ½‖y‖², from raw data, beside a plain residual-form
//! cyclic coordinate descent that stops as scikit-learn's kernel does: nanoseconds per case.
//!
//! `lasso [ar|equal] [filter]`: the columns' correlation is ρ^|i−j| or ρ throughout.
#![allow(clippy::print_stdout, reason = "a program that reports to a terminal")]
#![forbid(unsafe_code)]

use rand_pcg::Pcg64;
use rand_pcg::rand_core::{Rng, SeedableRng};
use solvekit::lasso::{Lasso, Workspace, indices, numbers};
use solvekit::{Stop, solve};
use solvekit_host::{matrix::DenseMatrix, vector::Vector};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Standard normal numbers, by Box and Muller.
struct Normal(Pcg64, Option<f64>);

impl Normal {
    fn draw(&mut self) -> f64 {
        if let Some(second) = self.1.take() {
            return second;
        }
        let mut uniform = || ((self.0.next_u64() >> 11) as f64 + 0.5) / (1u64 << 53) as f64;
        let (radius, angle) = ((-2.0 * uniform().ln()).sqrt(), uniform() * std::f64::consts::TAU);
        self.1 = Some(radius * angle.sin());
        radius * angle.cos()
    }
}

/// Columns with the correlation asked, and a response of a tenth of them and noise.
fn data(rows: usize, columns: usize, rho: f64, equal: bool, seed: u64) -> (Vec<f64>, Vec<f64>) {
    let mut normal = Normal(Pcg64::seed_from_u64(seed), None);
    let mut design = vec![0.0; rows * columns];
    for i in 0..rows {
        let (common, mut last) = (normal.draw(), 0.0);
        for j in 0..columns {
            let own = normal.draw();
            last = match (equal, j) {
                (true, _) => rho.sqrt() * common + (1.0 - rho).sqrt() * own,
                (false, 0) => own,
                (false, _) => rho * last + (1.0 - rho * rho).sqrt() * own,
            };
            design[j * rows + i] = last;
        }
    }
    let mut response = vec![0.0; rows];
    for k in 0..(columns / 10).clamp(3, rows / 4) {
        let j = (k * 7919) % columns;
        let weight = if k % 2 == 0 { 1.0 } else { -1.0 };
        for (y, a) in response.iter_mut().zip(&design[j * rows..]) {
            *y += weight * a;
        }
    }
    let size = (response.iter().map(|y| y * y).sum::<f64>() / rows as f64).sqrt();
    response.iter_mut().for_each(|y| *y += size / 3.0 * normal.draw());
    (design, response)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    solvekit::sum::dot(a, b)
}

/// Cyclic coordinate descent as scikit-learn has it: the gap is looked at when no coordinate moved
/// by much.
fn plain(design: &[f64], y: &[f64], lambda: f64, tolerance: f64) -> (Vec<f64>, u32) {
    let rows = y.len();
    let columns: Vec<&[f64]> = design.chunks_exact(rows).collect();
    let squares: Vec<f64> = columns.iter().map(|a| dot(a, a)).collect();
    let (mut x, mut r) = (vec![0.0; columns.len()], y.to_vec());
    let bound = tolerance * dot(y, y);
    for pass in 1..100_000 {
        let (mut largest, mut change) = (0.0_f64, 0.0_f64);
        for (j, a) in columns.iter().enumerate() {
            let v = dot(a, &r) + squares[j] * x[j];
            let new = v.signum() * (v.abs() - lambda).max(0.0) / squares[j];
            let delta = new - x[j];
            if delta != 0.0 {
                r.iter_mut().zip(*a).for_each(|(r, a)| *r -= delta * a);
                x[j] = new;
            }
            change = change.max(delta.abs());
            largest = largest.max(new.abs());
        }
        if change <= 1e-4 * largest || largest == 0.0 {
            let most = columns.iter().map(|a| dot(a, &r).abs()).fold(0.0, f64::max);
            let s = (lambda / most).min(1.0);
            let size: f64 = x.iter().map(|x| x.abs()).sum();
            let rr = dot(&r, &r);
            if 0.5 * rr * (1.0 + s * s) + lambda * size - s * dot(&r, y) <= 0.5 * bound {
                return (x, pass);
            }
        }
    }
    (x, u32::MAX)
}

fn ours(design: &DenseMatrix<f64>, y: &Vector<f64>, lambda: f64) -> (Vector<f64>, u32) {
    let n = design.column(0).len();
    let columns = solvekit::LinearOperator::columns(design);
    let capacity = columns.min((4 * n).max(64));
    let lasso = Lasso::new(design, y, lambda).expect("valid data");
    let memory = Workspace::new(
        capacity,
        Vector::filled(numbers(capacity), 0.0),
        vec![0; indices(columns, capacity)],
    );
    let mut state = lasso.start(memory).expect("enough memory");
    let report = solve(&lasso, &mut state, Stop::relative(1e-6).expect("a tolerance"));
    assert!(report.converged(), "{report:?}");
    (state.into_x(), report.iterations)
}

/// The median time of a call, in nanoseconds.
fn median(mut call: impl FnMut()) -> f64 {
    let start = Instant::now();
    call();
    let each = start.elapsed().max(Duration::from_nanos(100));
    let batch = (Duration::from_micros(200).as_nanos() / each.as_nanos()).max(1) as u32;
    let mut times: Vec<f64> = Vec::new();
    let begin = Instant::now();
    while times.len() < 9 || (begin.elapsed() < Duration::from_millis(150) && times.len() < 201) {
        let start = Instant::now();
        (0..batch).for_each(|_| call());
        times.push(start.elapsed().as_nanos() as f64 / f64::from(batch));
    }
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let equal = arguments.next().is_some_and(|kind| kind == "equal");
    let filter = arguments.next().unwrap_or_default();
    let mut logs = 0.0;
    let mut cases = 0;
    for (rows, columns) in [(32, 16), (64, 32), (100, 500), (200, 2000)] {
        for rho in [0.0, 0.5, 0.95] {
            let (design, y) = data(rows, columns, rho, equal, 7 + rows as u64);
            let most = design.chunks_exact(rows).map(|a| dot(a, &y).abs()).fold(0.0, f64::max);
            for part in [10.0, 100.0] {
                let name = format!("{rows}x{columns} rho {rho} lambda_max/{part}");
                if !name.contains(&filter) {
                    continue;
                }
                let lambda = most / part;
                let matrix = DenseMatrix::from_columns(rows, design.clone()).expect("whole");
                let response = Vector::from(y.clone());
                let (x, steps) = ours(&matrix, &response, lambda);
                let (peer, passes) = plain(&design, &y, lambda, 1e-6);
                let objective = |x: &[f64]| {
                    let mut r = y.clone();
                    for (a, x) in design.chunks_exact(rows).zip(x) {
                        r.iter_mut().zip(a).for_each(|(r, a)| *r -= x * a);
                    }
                    0.5 * dot(&r, &r) + lambda * x.iter().map(|x| x.abs()).sum::<f64>()
                };
                let apart = (objective(&x) - objective(&peer)).abs() / (0.5 * dot(&y, &y));
                assert!(apart <= 1e-6, "{name}: objectives differ by {apart}");
                let own = median(|| {
                    black_box(ours(black_box(&matrix), &response, black_box(lambda)));
                });
                let other = median(|| {
                    black_box(plain(black_box(&design), &y, black_box(lambda), 1e-6));
                });
                logs += (own / other).ln();
                cases += 1;
                let nonzero = x.iter().filter(|x| **x != 0.0).count();
                println!(
                    "{name:34} {own:12.0} ns ({steps:4} steps, {nonzero:3} nonzero)  plain \
                     {other:12.0} ns ({passes:5} passes)  ratio {:.3}",
                    own / other
                );
            }
        }
    }
    if cases > 0 {
        println!("geometric mean of the ratios: {:.3}", (logs / f64::from(cases)).exp());
    }
}
