//! SOR on every operator and both precisions.

use crate::case::holds;
use crate::oracle::{answer, dense, naive_sor};
use solvekit::sor::{AdaptiveSor, AutoMemory, AutoSor, Forward, Halves, Multicolor, Sor};
use solvekit::{
    Buffer, CsrVec, FivePoint, Iteration, LinearOperator, Real, RowOperator, SMatrix, SVector,
};

type Sparse<R> = CsrVec<R, 12, 12, 64>;

/// A dense, diagonally heavy SPD matrix that is not consistently ordered.
pub(crate) fn dense_spd<R: Real, const N: usize>() -> SMatrix<R, N, N> {
    SMatrix::from_fn(|i, j| {
        let near = 1.0 / (1.0 + (i as f64 - j as f64).abs());
        R::from_f64(if i == j { 3.0 + 0.1 * i as f64 } else { 0.5 * near })
    })
}

/// The five-point stencil of a 4 × 3 grid, as stencil and as sparse matrix.
pub(crate) fn grid<R: Real>() -> (FivePoint<R, 4, 3>, Sparse<R>) {
    let weight = R::from_f64;
    let stencil =
        FivePoint { center: weight(4.2), vertical: weight(-1.0), horizontal: weight(-0.9) };
    let mut triplets = Vec::new();
    for j in 0..12 {
        let mut unit = stencil.zero_domain();
        unit[j] = R::ONE;
        let mut column: SMatrix<R, 4, 3> = stencil.zero_range();
        stencil.apply(&unit, &mut column);
        let entries = column.iter().enumerate().filter(|(_, v)| **v != R::ZERO);
        triplets.extend(entries.map(|(i, v)| (i, j, *v)));
    }
    (stencil, Sparse::from_triplets(triplets).expect("it fits"))
}

/// An uneven right-hand side.
pub(crate) fn uneven<R: Real>(k: usize) -> R {
    R::from_f64(((k * 7 + 3) % 11) as f64 - 4.5)
}

pub(crate) fn read<R: Real + Into<f64>, X: Buffer<R>>(x: &X) -> Vec<f64> {
    x.as_slice().iter().map(|x| (*x).into()).collect()
}

/// `auto` on one operator: the first solve, which knows nothing, and one that knows the mode.
fn check_auto<R: Real + Into<f64>, A: RowOperator<R>, O: Halves<R, A> + Copy>(
    name: [&'static str; 2],
    a: &A,
    b: &A::Range,
    order: O,
) {
    let tolerance = if R::EPSILON.into() < 1e-10 { 1e-10 } else { 1e-5 };
    let stop = solvekit::Stop::relative(R::from_f64(tolerance)).expect("valid");
    let mut memory = AutoMemory::new(a.zero_domain());
    for name in name {
        let sor = AutoSor::ordered(a, b, &memory, R::from_f64(tolerance), order).expect("valid");
        holds(name, &sor, sor.start(), answer(a, b.as_slice()), 40);
        let mut state = sor.start();
        let report = solvekit::solve(&sor, &mut state, stop);
        memory.learn(&sor, &state, &report);
        assert_eq!(memory.solves(), 1 + memory.charged().min(1), "{name}");
    }
}

/// Both solvers on one operator.
fn check<R: Real + Into<f64>, A: RowOperator<R>>(
    name: [&'static str; 4],
    a: &A,
    b: &A::Range,
    ceiling: u32,
) {
    let answer = answer(a, b.as_slice());
    let before = format!("{b:?}");
    let sor = Sor::new(a, b, R::from_f64(1.1)).expect("a valid system");
    holds(name[0], &sor, sor.start(), answer.clone(), ceiling);
    let adaptive = AdaptiveSor::starting_at(a, b, R::from_f64(1.1)).expect("a valid system");
    holds(name[1], &adaptive, adaptive.start(), answer, ceiling);
    check_auto([name[2], name[3]], a, b, Forward);
    assert_eq!(before, format!("{b:?}"), "the right-hand side was changed");
}

fn on_dense<R: Real + Into<f64>>() {
    let (a, b) = (dense_spd::<R, 9>(), SVector::<R, 9>::from_fn(|k, _| uneven(k)));
    let before = a;
    check(
        ["Sor, dense", "AdaptiveSor, dense", "AutoSor, dense, first", "AutoSor, dense"],
        &a,
        &b,
        40,
    );
    assert_eq!(a, before);
}

fn on_grid<R: Real + Into<f64>>() {
    let (stencil, sparse) = grid::<R>();
    check(
        ["Sor, stencil", "AdaptiveSor, stencil", "AutoSor, stencil, first", "AutoSor, stencil"],
        &stencil,
        &SMatrix::from_fn(|i, j| uneven(i + 4 * j)),
        40,
    );
    check_auto(
        ["AutoSor, red–black, first", "AutoSor, red–black"],
        &stencil,
        &SMatrix::from_fn(|i, j| uneven(i + 4 * j)),
        Multicolor,
    );
    let before = sparse.clone();
    check(
        ["Sor, sparse", "AdaptiveSor, sparse", "AutoSor, sparse, first", "AutoSor, sparse"],
        &sparse,
        &SVector::from_fn(|k, _| uneven(k)),
        40,
    );
    assert_eq!(sparse, before);
}

#[test]
fn dense_f32() {
    on_dense::<f32>();
}
#[test]
fn dense_f64() {
    on_dense::<f64>();
}
#[test]
fn grid_and_sparse_f32() {
    on_grid::<f32>();
}
#[test]
fn grid_and_sparse_f64() {
    on_grid::<f64>();
}

#[test]
fn every_sweep_agrees_with_the_textbook() {
    let a = dense_spd::<f64, 9>();
    let b = SVector::<f64, 9>::from_fn(|k, _| uneven(k));
    for omega in [0.3, 1.0, 1.3, 1.9] {
        let sor = Sor::new(&a, &b, omega).expect("a valid system");
        let mut state = sor.start();
        for sweeps in 1..=30 {
            sor.step(&mut state);
            let oracle = naive_sor(&dense(&a), b.as_slice(), omega, sweeps);
            let worst =
                state.x.iter().zip(&oracle).fold(0.0, |m: f64, (x, o)| m.max((x - o).abs()));
            // 30 sweeps of 9-term sums of numbers below 10: a few hundred roundings of 1e-15.
            assert!(worst < 1e-12, "omega {omega}, sweep {sweeps}: off by {worst}");
        }
    }
}

#[test]
fn omega_one_is_gauss_seidel() {
    let (stencil, _) = grid::<f64>();
    let b = SMatrix::<f64, 4, 3>::from_fn(|i, j| uneven(i + 4 * j));
    let sor = Sor::new(&stencil, &b, 1.0).expect("a valid system");
    let mut state = sor.start();
    let a = dense(&stencil);
    let mut x = vec![0.0; 12];
    for _ in 0..10 {
        sor.step(&mut state);
        for i in 0..12 {
            let others: f64 = (0..12).filter(|j| *j != i).map(|j| a[(i, j)] * x[j]).sum();
            x[i] = (b[i] - others) / a[(i, i)];
        }
        let worst = state.x.iter().zip(&x).fold(0.0, |m: f64, (p, q)| m.max((p - q).abs()));
        // One rounding per operation on numbers below 10.
        assert!(worst < 1e-13, "off by {worst}");
    }
}

#[test]
fn sparse_dense_and_stencil_take_the_same_sweeps() {
    let (stencil, sparse) = grid::<f64>();
    let (bs, bv) = (
        SMatrix::<f64, 4, 3>::from_fn(|i, j| uneven(i + 4 * j)),
        SVector::<f64, 12>::from_fn(|k, _| uneven(k)),
    );
    let full = SMatrix::<f64, 12, 12>::from_fn(|i, j| dense(&stencil)[(i, j)]);
    let stop = solvekit::Stop::relative(1e-10).expect("valid");
    fn sweeps<A: RowOperator<f64>>(a: &A, b: &A::Range, stop: solvekit::Stop<f64>) -> u32 {
        let sor = Sor::new(a, b, 1.2).expect("a valid system");
        solvekit::solve(&sor, &mut sor.start(), stop).iterations
    }
    let counts =
        [sweeps(&stencil, &bs, stop), sweeps(&sparse, &bv, stop), sweeps(&full, &bv, stop)];
    assert!(counts.iter().all(|c| *c == counts[0]), "{counts:?}");
}
