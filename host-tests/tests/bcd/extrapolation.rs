//! Anderson extrapolation: fewer passes, never a worse objective, and the same answers.

use crate::problem::signed;
use rand_core::SeedableRng;
use rand_pcg::Pcg32;
use solvekit::bcd::rule::Cyclic;
use solvekit::bcd::update::Coordinate;
use solvekit::bcd::{Descent, Extrapolated, ExtrapolationError, Partition, history};
use solvekit::fit::{DataFit, LeastSquares, Logistic, Quadratic};
use solvekit::penalty::{Bounds, ElasticNet, L1, NonNegative, Unpenalized};
use solvekit::{Iteration, LinearOperator, Run, SMatrix, SVector, Separable, Status, Stop, solve};
use solvekit_host::{matrix::DenseMatrix, vector::Vector};

const N: usize = 40;
const K: usize = 5;
type Square = SMatrix<f64, N, N>;
type Unknowns = SVector<f64, N>;
type Memory = Vector<f64>;

fn memory(n: usize) -> Memory {
    Vector::filled(history(K, n), 0.0)
}

fn in_turn(n: usize, size: usize) -> Cyclic<Vec<usize>> {
    Cyclic::new(Partition::consecutive(vec![0; n], size).expect("blocks"))
}

/// Rows whose neighbouring columns have the correlation ρ, and a response of some of them and noise.
fn correlated(rows: usize, columns: usize, rho: f64) -> (DenseMatrix<f64>, Vector<f64>) {
    let mut generator = Pcg32::seed_from_u64(71);
    let mut values = vec![0.0; rows * columns];
    for i in 0..rows {
        let mut last = signed(&mut generator);
        for j in 0..columns {
            if j > 0 {
                last = rho * last + (1.0 - rho * rho).sqrt() * signed(&mut generator);
            }
            values[j * rows + i] = last;
        }
    }
    let design = DenseMatrix::from_columns(rows, values).expect("whole columns");
    let mut y = Vector::filled(rows, 0.0);
    for (k, weight) in [1.0, -2.0, 0.5, 1.5].into_iter().enumerate() {
        let column = design.column((k * 9 + 1) % columns);
        y.iter_mut().zip(column).for_each(|(y, a)| *y += weight * a);
    }
    y.iter_mut().for_each(|y| *y += 0.2 * signed(&mut generator));
    (design, y)
}

/// A random positive definite matrix with hardly more rows behind it than it has unknowns.
fn quadratic() -> (Square, Unknowns) {
    let mut generator = Pcg32::seed_from_u64(72);
    let root = SMatrix::<f64, 45, N>::from_fn(|_, _| signed(&mut generator));
    let a = root.transpose() * root + Square::identity() * 0.01;
    ((a + a.transpose()) * 0.5, Unknowns::from_fn(|_, _| signed(&mut generator)))
}

/// Passes with and without, both to the same x; the objective never grows, and what a leap would
/// make larger is undone.
fn passes<F, P>(name: &str, fit: &F, start: &F::Point, penalty: P, tolerance: f64) -> [u32; 2]
where
    F: DataFit<Real = f64> + Clone,
    P: Separable<f64> + Copy,
{
    let n = fit.unknowns();
    let stop = Stop::relative(tolerance).expect("a tolerance").max_iterations(1_000_000);
    let descent = || Descent::new(fit.clone(), penalty, in_turn(n, n), Coordinate);
    let plain = descent();
    let mut alone = plain.start_from(start.clone());
    let without = solve(&plain, &mut alone, stop);
    assert!(without.converged(), "{name}: {without:?}");
    let leaping: Extrapolated<_, _, _, _, Memory> =
        Extrapolated::new(descent(), K).expect("passes");
    let mut state = leaping.start_from(start.clone(), memory(n)).expect("memory");
    let mut run = Run::new(stop);
    let mut report = run.advance(&leaping, &mut state, 0);
    let mut before = f64::INFINITY;
    while report.status == Status::Running {
        report = run.advance(&leaping, &mut state, 1);
        let now = plain.objective(&state.descent.point);
        // The objective is a sum of roundings.
        let slack = 1e-13 * now.abs();
        assert!(now <= before + slack, "{name}: {now} after {before}");
        before = now;
    }
    assert!(report.converged(), "{name}: {report:?}");
    // Recomputed from scratch: what was told is true.
    let mut point = state.descent.point.clone();
    fit.refresh(&mut point);
    let distances = penalty.stationarity(fit.x(&point), |j| fit.partial(&point, j));
    assert!(distances <= report.tolerance * 1.001, "{name}: {distances} {report:?}");
    [without.iterations, report.iterations]
}

#[test]
fn leaps_save_passes_where_passes_crawl() {
    let (a, b) = quadratic();
    let fit = Quadratic::new(&a, &b).expect("positive definite");
    let [plain, leaping] = passes("quadratic", &fit, &fit.start(), Unpenalized, 1e-8);
    // Measured: 1061 and 145.
    assert!(5 * leaping < plain, "{plain} {leaping}");
    let [plain, leaping] =
        passes("not negative", &fit, &fit.start(), NonNegative::new(0.0).expect("a weight"), 1e-8);
    // Measured: 39 and 25.
    assert!(leaping < plain, "{plain} {leaping}");
    for (rows, columns) in [(100, 50), (60, 120)] {
        let (design, y) = correlated(rows, columns, 0.95);
        let fit = LeastSquares::new(&design, &y).expect("data");
        for part in [0.1, 0.01] {
            let weight = part * fit.largest_correlation();
            let name = format!("lasso {rows}x{columns}, {part}");
            let penalty = L1::new(weight).expect("a weight");
            let [plain, leaping] = passes(&name, &fit, &fit.start(), penalty, 1e-8);
            // Measured: 287 and 110, 271 and 116, 273 and 75, 326 and 160.
            assert!(2 * leaping < plain, "{name}: {plain} {leaping}");
        }
    }
}

type Fit = LeastSquares<'static, f64, DenseMatrix<f64>>;
type Leaping = Extrapolated<Fit, L1<f64>, Vec<usize>, Coordinate, Memory>;

/// A problem where a step of the descent is a pass, or a third of one.
fn lasso(design: &DenseMatrix<f64>, y: &Vector<f64>, size: usize) -> Leaping {
    // Leaked, so that one function can make it: a few kilobytes of a test.
    let (design, y) = (Box::leak(Box::new(design.clone())), Box::leak(Box::new(y.clone())));
    let n = design.columns();
    let fit = LeastSquares::new(design, y).expect("data");
    let penalty = L1::new(0.05 * fit.largest_correlation()).expect("a weight");
    let descent = Descent::new(fit, penalty, in_turn(n, size), Coordinate);
    Extrapolated::new(descent, K).expect("passes")
}

#[test]
fn a_leap_is_the_regularised_combination_of_the_passes_before_it() {
    let (a, b) = quadratic();
    let fit = Quadratic::new(&a, &b).expect("positive definite");
    let descent = || Descent::new(fit, Unpenalized, in_turn(N, N), Coordinate);
    let plain = descent();
    let leaping: Extrapolated<_, _, _, _, Memory> =
        Extrapolated::new(descent(), K).expect("passes");
    let mut state = leaping.start_from(fit.start(), memory(N)).expect("memory");
    let mut alone = plain.start_from(fit.start());
    let mut iterates = vec![alone.point.x];
    for _ in 0..K {
        leaping.step(&mut state);
        plain.step(&mut alone);
        iterates.push(alone.point.x);
    }
    // By nalgebra, in full.
    let steps = SMatrix::<f64, N, K>::from_fn(|i, k| iterates[k + 1][i] - iterates[k][i]);
    let gram = steps.transpose() * steps;
    let gram = gram + SMatrix::<f64, K, K>::identity() * (f64::EPSILON * gram.trace());
    let z = gram.lu().solve(&SVector::<f64, K>::repeat(1.0)).expect("regular");
    let mut expected = Unknowns::zeros();
    for k in 0..K {
        expected += iterates[k + 1] * (z[k] / z.sum());
    }
    assert_eq!((state.tried(), state.accepted()), (1, 1));
    let apart = (state.descent.point.x - expected).amax();
    // The condition of the regularised system times a rounding.
    assert!(apart < 1e-5 * expected.amax(), "{apart}");
    let objective = |x: &Unknowns| 0.5 * (x.transpose() * a * x)[0] - b.dot(x);
    assert!(objective(&state.descent.point.x) < objective(&iterates[K]));
}

#[test]
fn leaps_come_after_whole_passes_and_zeros_stay_zero() {
    let (design, y) = correlated(60, 50, 0.9);
    for size in [50, 20, 7] {
        let leaping = lasso(&design, &y, size);
        let blocks = 50_usize.div_ceil(size) as u32;
        let fit = leaping.descent().fit();
        let mut state = leaping.start_from(fit.start(), memory(50)).expect("memory");
        for step in 1..=40 * blocks {
            leaping.step(&mut state);
            assert_eq!(state.tried(), step / (K as u32 * blocks), "{size}, step {step}");
        }
        // Zero once and for all, and so to the bit in every iterate and every leap.
        let zeros = state.descent.point.x.iter().filter(|x| **x == 0.0).count();
        assert!(zeros > 10, "{zeros}");
        let before = state.descent.point.x.clone();
        (0..K as u32 * blocks).for_each(|_| leaping.step(&mut state));
        for (now, before) in state.descent.point.x.iter().zip(before.iter()) {
            assert_eq!(*now == 0.0, *before == 0.0);
        }
        assert_eq!(state.tried(), 8 + 1);
    }
}

/// A bound that a combination of points inside leaves: the leap is undone to the bit.
#[test]
fn what_is_outside_the_bounds_is_never_kept() {
    let (a, b) = quadratic();
    let fit = Quadratic::new(&a, &b).expect("positive definite");
    let upper = Unknowns::repeat(0.3);
    let bounds = Bounds::new(-upper, upper).expect("bounds");
    let descent = Descent::new(fit, bounds, in_turn(N, N), Coordinate);
    let leaping: Extrapolated<_, _, _, _, Memory> = Extrapolated::new(descent, K).expect("passes");
    let mut state = leaping.start_from(fit.start(), memory(N)).expect("memory");
    let mut undone = 0;
    for _ in 0..400 {
        let (tried, accepted) = (state.tried(), state.accepted());
        let mut plain = state.clone();
        leaping.step(&mut state);
        leaping.descent().step(&mut plain.descent);
        if state.tried() > tried && state.accepted() == accepted {
            assert_eq!(state.descent, plain.descent, "as if nothing had been tried");
            undone += 1;
        }
        assert!(state.descent.point.x.iter().all(|x| x.abs() <= 0.3));
    }
    assert!(undone > 0 && state.accepted() > 0, "{undone} {}", state.accepted());
}

#[test]
fn other_fits_and_penalties_end_where_passes_alone_do() {
    let (design, y) = correlated(60, 30, 0.9);
    let fit = LeastSquares::new(&design, &y).expect("data");
    let net = ElasticNet::new(1.0, 0.1).expect("weights");
    let [plain, leaping] = passes("elastic net", &fit, &fit.start(), net, 1e-9);
    // Measured: 199 and 60.
    assert!(2 * leaping < plain, "{plain} {leaping}");
    let labels: Vector<f64> = y.iter().map(|y| y.signum()).collect();
    let fit = Logistic::new(&design, &labels).expect("labels");
    let penalty = L1::new(0.1).expect("a weight");
    let [plain, leaping] = passes("logistic", &fit, &fit.start(), penalty, 1e-8);
    // Measured: 6799 and 470.
    assert!(5 * leaping < plain, "{plain} {leaping}");
}

#[test]
fn nothing_to_do_faults_and_bad_memory_end_truthfully() {
    let (design, y) = correlated(20, 8, 0.5);
    let leaping = lasso(&design, &y, 8);
    for count in [0, 1, 65, usize::MAX] {
        let descent = leaping.descent().clone();
        let refused: Result<Extrapolated<_, _, _, _, Memory>, _> =
            Extrapolated::new(descent, count);
        assert_eq!(refused.err(), Some(ExtrapolationError::Passes));
    }
    let start = || leaping.descent().fit().start();
    let short = Vector::filled(history(K, 8) - 1, 0.0);
    let error = ExtrapolationError::Memory { expected: 5 * 8 + 15 + 5, found: 59 };
    assert_eq!(leaping.start_from(start(), short).err(), Some(error));
    // At the solution no pass moves anything: no leap is tried, none is needed.
    let stop = Stop::relative(1e-13).unwrap();
    let mut state = leaping.start_from(start(), memory(8)).expect("memory");
    assert!(solve(&leaping, &mut state, stop).converged());
    (0..200).for_each(|_| leaping.step(&mut state));
    let (x, tried) = (state.descent.point.x.clone(), state.tried());
    (0..20).for_each(|_| leaping.step(&mut state));
    assert!((state.descent.point.x[1] - x[1]).abs() < 1e-14 && state.tried() <= tried + 4);
    for when in 0..7 {
        let mut state = leaping.start_from(start(), memory(8)).expect("memory");
        let mut run = Run::new(stop);
        let _ = run.advance(&leaping, &mut state, when);
        state.descent.point.x[3] = f64::NAN;
        let report = run.advance(&leaping, &mut state, u32::MAX);
        assert_eq!(report.status, Status::NonFinite, "{when}");
        assert!(state.descent.point.x.iter().all(|x| x.is_finite()));
        assert!(solve(&leaping, &mut state, stop).converged());
    }
}
