//! Every fit against naive sums in f64 and finite differences.

use solvekit::fit::{DataFit, LeastSquares, Logistic, Quadratic, Softmax};
use solvekit::{Real, SMatrix, SVector, Transposed};
use solvekit_host::matrix::{CsrMatrix, Triplets};

pub(crate) const M: usize = 9;
pub(crate) const N: usize = 4;
pub(crate) const K: usize = 3;

pub(crate) type Design<R> = SMatrix<R, M, N>;
pub(crate) type Response<R> = SVector<R, M>;

/// Numbers without a pattern, exact in f32, of size up to 2.
pub(crate) fn number(k: usize) -> f64 {
    f64::from((2.0 * ((k * k) as f64 * 0.37 + k as f64 * 1.1).sin()) as f32)
}

pub(crate) fn design<R: Real>() -> Design<R> {
    // Some zeros, for the sparse twin.
    Design::from_fn(
        |i, j| if (i + 2 * j) % 5 == 0 { R::ZERO } else { R::from_f64(number(i * N + j)) },
    )
}

pub(crate) fn response<R: Real>() -> Response<R> {
    Response::from_fn(|i, _| R::from_f64(number(100 + i)))
}

pub(crate) fn labels<R: Real>() -> Response<R> {
    Response::from_fn(|i, _| if number(200 + i) > 0.0 { R::ONE } else { -R::ONE })
}

pub(crate) const CLASSES: [usize; M] = [0, 2, 1, 1, 0, 2, 2, 0, 1];

fn least_squares(x: &[f64]) -> f64 {
    let (a, y) = (design::<f64>(), response::<f64>());
    (y - a * SVector::<f64, N>::from_column_slice(x)).norm_squared() / 2.0
}

fn logistic(x: &[f64]) -> f64 {
    let (a, y) = (design::<f64>(), labels::<f64>());
    let scores = a * SVector::<f64, N>::from_column_slice(x);
    (0..M).map(|i| (-y[i] * scores[i]).exp().ln_1p()).sum()
}

fn softmax(x: &[f64]) -> f64 {
    let a = design::<f64>();
    let score = |i: usize, k: usize| (0..N).map(|j| a[(i, j)] * x[j * K + k]).sum::<f64>();
    (0..M).map(|i| (0..K).map(|k| score(i, k).exp()).sum::<f64>().ln() - score(i, CLASSES[i])).sum()
}

fn spd<R: Real>() -> SMatrix<R, N, N> {
    SMatrix::from_fn(|i, j| {
        R::from_f64(if i == j { 4.0 + i as f64 } else { number(i * j + 7) / 2.0 })
    })
}

fn quadratic(x: &[f64]) -> f64 {
    let x = SVector::<f64, N>::from_column_slice(x);
    let b = SVector::<f64, N>::from_fn(|i, _| number(300 + i));
    (x.transpose() * spd::<f64>() * x)[0] / 2.0 - b.dot(&x)
}

/// A fit in f64 with a start, and its definition.
trait Visit {
    fn visit<F: DataFit<Real = f64>>(&mut self, fit: &F, start: F::Point, naive: fn(&[f64]) -> f64);
}

fn transposed() -> CsrMatrix<f64> {
    let (a, mut triplets) = (design::<f64>(), Triplets::new(N, M).unwrap());
    for (i, j) in (0..M).flat_map(|i| (0..N).map(move |j| (i, j))).filter(|p| a[*p] != 0.0) {
        triplets.push(j, i, a[(i, j)]).unwrap();
    }
    triplets.into_csr().unwrap()
}

/// Every fit, dense and sparse.
fn each(visit: &mut impl Visit) {
    let (a, y, b) = (design(), response(), labels());
    let fit = LeastSquares::new(&a, &y).unwrap();
    visit.visit(&fit, fit.start(), least_squares);
    let fit = Logistic::new(&a, &b).unwrap();
    visit.visit(&fit, fit.start(), logistic);
    let room = [Response::<f64>::zeros(); K];
    let fit = Softmax::new(&a, &CLASSES, SVector::<f64, { N * K }>::zeros(), room).unwrap();
    visit.visit(&fit, fit.start(), softmax);
    let (matrix, b) = (spd(), SVector::<f64, N>::from_fn(|i, _| number(300 + i)));
    let fit = Quadratic::new(&matrix, &b).unwrap();
    visit.visit(&fit, fit.start(), quadratic);

    let stored = transposed();
    let sparse = Transposed(&stored);
    let vector = |v: Response<f64>| v.iter().copied().collect();
    let (y, b) = (vector(response()), vector(labels()));
    let fit = LeastSquares::new(&sparse, &y).unwrap();
    visit.visit(&fit, fit.start(), least_squares);
    let fit = Logistic::new(&sparse, &b).unwrap();
    visit.visit(&fit, fit.start(), logistic);
    let room = vec![solvekit_host::vector::Vector::filled(M, 0.0); K];
    let unknowns = solvekit_host::vector::Vector::filled(N * K, 0.0);
    let fit = Softmax::new(&sparse, &CLASSES, unknowns, room).unwrap();
    visit.visit(&fit, fit.start(), softmax);
}

/// Moves to somewhere, one coordinate after the other.
fn wander<F: DataFit<Real = f64>>(fit: &F, point: &mut F::Point, seed: usize) {
    for j in 0..fit.unknowns() {
        fit.shift(point, j, number(seed * 50 + j) - fit.x(point)[j]);
    }
}

#[test]
fn values_and_derivatives_are_those_of_the_definition() {
    struct Differences;
    impl Visit for Differences {
        fn visit<F: DataFit<Real = f64>>(
            &mut self,
            fit: &F,
            mut point: F::Point,
            naive: fn(&[f64]) -> f64,
        ) {
            let h = 1e-5;
            for seed in 0..8 {
                let x = fit.x(&point).to_vec();
                let at = |moves: &[(usize, f64)]| {
                    let mut x = x.clone();
                    moves.iter().for_each(|(j, by)| x[*j] += by);
                    naive(&x)
                };
                let value = at(&[]);
                assert!((fit.value(&point) - value).abs() < 1e-13 * (1.0 + value.abs()));
                for i in 0..fit.unknowns() {
                    // Truncation h² f‴, rounding ε f / h: about 1e-9 each.
                    let slope = (at(&[(i, h)]) - at(&[(i, -h)])) / (2.0 * h);
                    let partial = fit.partial(&point, i);
                    assert!((partial - slope).abs() < 2e-8, "{partial} for {slope}, {i}");
                    // The second derivative as a difference of first ones.
                    let (mut ahead, mut behind) = (point.clone(), point.clone());
                    fit.shift(&mut ahead, i, h);
                    fit.shift(&mut behind, i, -h);
                    for j in 0..fit.unknowns() {
                        let second = (fit.partial(&ahead, j) - fit.partial(&behind, j)) / (2.0 * h);
                        let found = fit.second(&point, i, j);
                        assert!((found - second).abs() < 1e-8, "{found} for {second}, {i} {j}");
                    }
                }
                let n = fit.unknowns();
                assert_eq!(fit.partial(&point, n), 0.0);
                assert_eq!(fit.lipschitz(n), 0.0);
                wander(fit, &mut point, seed + 1);
            }
        }
    }
    each(&mut Differences);
}

#[test]
fn shifts_and_blocks_of_them_agree_with_a_fresh_start() {
    struct Shifts;
    impl Visit for Shifts {
        fn visit<F: DataFit<Real = f64>>(
            &mut self,
            fit: &F,
            start: F::Point,
            _: fn(&[f64]) -> f64,
        ) {
            let n = fit.unknowns();
            let mut point = start.clone();
            (1..6).for_each(|seed| wander(fit, &mut point, seed));
            let mut block = start.clone();
            let all: Vec<usize> = (0..n).rev().collect();
            let moves: Vec<f64> = all.iter().map(|j| fit.x(&point)[*j]).collect();
            fit.shift_block(&mut block, &all, &moves);
            let mut fresh = point.clone();
            fit.refresh(&mut fresh);
            for j in 0..n {
                let expected = fit.partial(&fresh, j);
                for found in [fit.partial(&point, j), fit.partial(&block, j)] {
                    // A few dozen roundings of sums up to about 50.
                    assert!((found - expected).abs() < 1e-12, "{found} for {expected}");
                }
            }
            assert!((fit.value(&block) - fit.value(&fresh)).abs() < 1e-12);
            // What is not finite is not done, and what is outside neither.
            let before = fit.value(&block);
            fit.shift(&mut block, 0, f64::NAN);
            fit.shift(&mut block, 1, f64::INFINITY);
            fit.shift(&mut block, n, 1.0);
            fit.shift_block(&mut block, &[n + 3, 0], &[1.0, f64::NAN]);
            assert_eq!(fit.value(&block), before);
            fit.restore(&mut block);
            assert!((fit.value(&block) - before).abs() < 1e-12);
        }
    }
    each(&mut Shifts);
}

/// The least eigenvalue of a symmetric matrix.
fn least_eigenvalue(n: usize, entry: impl Fn(usize, usize) -> f64) -> f64 {
    let matrix = solvekit::nalgebra::DMatrix::from_fn(n, n, entry);
    assert_eq!(matrix, matrix.transpose());
    matrix.symmetric_eigenvalues().min()
}

#[test]
fn the_bound_is_never_below_the_second_derivatives() {
    struct Bounds;
    impl Visit for Bounds {
        fn visit<F: DataFit<Real = f64>>(
            &mut self,
            fit: &F,
            mut point: F::Point,
            _: fn(&[f64]) -> f64,
        ) {
            let n = fit.unknowns();
            let blocks: [&[usize]; 6] =
                [&[0, 1, 2, 3], &[0, 3], &[1, 2], &[0, 2, 3], &[3, 0, 1], &[2]];
            for seed in 0..12 {
                let (mut tight, second) = (false, |i, j| fit.second(&point, i, j));
                let difference = |i, j| fit.bound(i, j) - second(i, j);
                assert!(least_eigenvalue(n, difference) > -1e-13);
                for j in 0..n {
                    assert!(fit.lipschitz(j) <= fit.bound(j, j) + 1e-13);
                    assert!(fit.lipschitz(j) >= second(j, j) - 1e-13);
                }
                for block in blocks {
                    let mut packed = [0.0; 10];
                    fit.fill_bound(block, &mut packed);
                    let at = |i: usize, j: usize| packed[i.max(j) * (i.max(j) + 1) / 2 + i.min(j)];
                    let difference = |i, j| at(i, j) - second(block[i], block[j]);
                    let least = least_eigenvalue(block.len(), difference);
                    assert!(least > -1e-13, "{least} over {block:?}");
                    let looser = |i, j| fit.bound(block[i], block[j]) - at(i, j);
                    let least = least_eigenvalue(block.len(), looser);
                    assert!(least > -1e-13, "{least} over {block:?}");
                    tight |= looser(0, 0) > 1e-3;
                }
                // Of these fits only the one of many classes gains by it.
                assert_eq!(tight, n == N * K);
                let pairs = (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
                // At zero all classes are alike likely: of two the bound is reached, of K > 2 it is
                // ½(I − 11ᵀ/K) for (I − 11ᵀ/K)/K. Elsewhere only a quadratic reaches it.
                let ratio = if n == N * K { K as f64 / 2.0 } else { 1.0 };
                let reached = |(i, j)| (fit.bound(i, j) - ratio * second(i, j)).abs() < 1e-12;
                assert_eq!(pairs.into_iter().all(reached), seed == 0 || F::QUADRATIC);
                wander(fit, &mut point, seed + 1);
            }
        }
    }
    each(&mut Bounds);
}

#[test]
fn the_scale_of_the_gradient_is_that_of_zero() {
    struct Scale;
    impl Visit for Scale {
        fn visit<F: DataFit<Real = f64>>(
            &mut self,
            fit: &F,
            start: F::Point,
            _: fn(&[f64]) -> f64,
        ) {
            let largest = (0..fit.unknowns()).map(|j| fit.partial(&start, j).abs());
            assert_eq!(fit.gradient_scale(), largest.fold(0.0, f64::max));
        }
    }
    each(&mut Scale);
}
