//! Conjugate directions on every operator and both precisions, and lanes against scalars.

use crate::case::{Case, holds};
use crate::oracle::answer;
use crate::sor::{dense_spd, grid, read, uneven};
use solvekit::direct::{Cholesky, Factor, Refinement, packed};
use solvekit::krylov::{Cg, CgState, ConjugateDirections, SsorCg, Sweep};
use solvekit::sor::{Forward, Symmetric};
use solvekit::{
    Buffer, CsrVec, FivePoint, Iteration, Lanes, LinearOperator, Real, RowOperator, SMatrix,
    SVector, Scalar,
};

/// Solves with twice the matrix that was factored.
struct Twice<F>(F);

impl<R: Real, F: Factor<R>> Factor<R> for Twice<F> {
    fn order(&self) -> usize {
        self.0.order()
    }
    fn solve(&self, x: &mut [R]) {
        self.0.solve(x);
        x.iter_mut().for_each(|x| *x *= R::from_f64(0.5));
    }
}

/// Every method on one operator.
fn check<R: Real + Into<f64>, A: RowOperator<R>>(a: &A, b: &A::Range, ceiling: u32)
where
    A::Domain: Copy,
{
    let answer = answer(a, b.as_slice());
    let before = format!("{b:?}");
    let cg = Cg::new(a, b).expect("a valid system");
    holds("Cg", &cg, cg.start(), answer.clone(), ceiling);
    // Far from the best ω, so that a fault in the fourth step finds it still running.
    let ssor = SsorCg::new(a, b, R::from_f64(1.9)).expect("a valid system");
    holds("SsorCg", &ssor, ssor.start(), answer.clone(), ceiling);
    let sweep = Sweep::new(a, R::from_f64(1.9), Forward).expect("a valid sweep");
    let shell = ConjugateDirections::new(a, b, sweep).expect("a valid system");
    // An unsymmetric direction does not end after N steps.
    holds("ConjugateDirections", &shell, shell.start(), answer.clone(), 4 * ceiling);
    // The factor of twice the matrix: every step halves the error, so that there are steps.
    let mut memory = vec![R::ZERO; packed(a.rows())];
    let stale = Twice(Cholesky::factor(a, &mut memory).expect("positive definite"));
    let direct = Refinement::new(a, b, stale).expect("a valid system");
    // 2⁻³⁴ < 1e-10.
    holds("Refinement", &direct, direct.start(), answer, 34);
    assert_eq!(before, format!("{b:?}"), "the right-hand side was changed");
}

fn everywhere<R: Real + Into<f64>>() {
    let (a, b) = (dense_spd::<R, 9>(), SVector::<R, 9>::from_fn(|k, _| uneven(k)));
    let before = a;
    check(&a, &b, 9);
    assert_eq!(a, before);
    let (stencil, sparse) = grid::<R>();
    check(&stencil, &SMatrix::from_fn(|i, j| uneven(i + 4 * j)), 12);
    let before = sparse.clone();
    check(&sparse, &SVector::from_fn(|k, _| uneven(k)), 12);
    assert_eq!(sparse, before);
}

#[test]
fn every_operator_in_f32() {
    everywhere::<f32>();
}
#[test]
fn every_operator_in_f64() {
    everywhere::<f64>();
}

const L: usize = 8;

/// Steps one wide and L single iterations side by side; every bit of x must agree, long after the
/// first of the systems is solved.
fn compare<R: Real, W, S>(
    wide: &W,
    mut state: W::State,
    single: &[(S, S::State); L],
    x: ReadBoth<R, W, S>,
) where
    W: Iteration,
    S: Iteration,
{
    let mut states: Vec<_> = single.iter().map(|(_, state)| state.clone()).collect();
    for step in 0..40 {
        wide.step(&mut state);
        let residual = wide.residual(&mut state);
        assert!(residual.is_finite(), "step {step}: a lane that is solved left {residual:?}");
        for (l, ((iteration, _), state_l)) in single.iter().zip(&mut states).enumerate() {
            iteration.step(state_l);
            for (i, (wide, x)) in (x.0)(&state).iter().zip((x.1)(state_l)).enumerate() {
                // Equality, and 1/x tells −0 from 0.
                let same = wide.0[l] == *x && R::ONE / wide.0[l] == R::ONE / *x;
                assert!(same, "lane {l}, step {step}, x[{i}]: {:?} and {x:?}", wide.0[l]);
            }
        }
    }
}

/// How to see the two iterates.
type ReadBoth<R, W, S> =
    (fn(&<W as Iteration>::State) -> &[Lanes<L, R>], fn(&<S as Iteration>::State) -> &[R]);

fn each<R: Real>(value: impl Fn(usize) -> R) -> Lanes<L, R> {
    Lanes(std::array::from_fn(value))
}

/// Lane l's right-hand side: of very different sizes, and nothing at all in lane 5.
fn side<R: Real>(k: usize, lane: usize) -> R {
    let size = if lane == 5 { 0.0 } else { 10f64.powi(4 * lane as i32 - 16) };
    uneven::<R>(k + 3 * lane) * R::from_f64(size)
}

fn compare_all<R: Real, A, W>(wide_a: &W, wide_b: &W::Range, systems: &[(A, A::Range); L])
where
    A: RowOperator<R>,
    W: RowOperator<Lanes<L, R>>,
{
    let wide = Cg::new(wide_a, wide_b).expect("valid lanes");
    let single = systems.each_ref().map(|(a, b)| {
        let cg = Cg::new(a, b).expect("valid");
        let start = cg.start();
        (cg, start)
    });
    compare(&wide, wide.start(), &single, (|s| s.x.as_slice(), |s| s.x.as_slice()));
    let omega = |l: usize| R::from_f64(0.9 + 0.13 * l as f64);
    let wide = SsorCg::new(wide_a, wide_b, each(omega)).expect("valid lanes");
    let single = std::array::from_fn(|l| {
        let (a, b) = &systems[l];
        let ssor = SsorCg::new(a, b, omega(l)).expect("valid");
        let start = ssor.start();
        (ssor, start)
    });
    compare(&wide, wide.start(), &single, (|s| s.x.as_slice(), |s| s.x.as_slice()));
    let sweep = Sweep::new(wide_a, each(omega), Symmetric).expect("valid lanes");
    let wide = ConjugateDirections::new(wide_a, wide_b, sweep).expect("valid lanes");
    let single = std::array::from_fn(|l| {
        let (a, b) = &systems[l];
        let sweep = Sweep::new(a, omega(l), Symmetric).expect("valid");
        let shell = ConjugateDirections::new(a, b, sweep).expect("valid");
        let start = shell.start();
        (shell, start)
    });
    compare(&wide, wide.start(), &single, (|s| s.x.as_slice(), |s| s.x.as_slice()));
}

fn lanes_are_scalars<R: Real>() {
    let shifted = |l: usize| FivePoint::<R, 4, 3>::laplacian(R::from_f64(0.1 * l as f64));
    let systems =
        std::array::from_fn(|l| (shifted(l), SMatrix::from_fn(|i, j| side(i + 4 * j, l))));
    let a = FivePoint::<Lanes<L, R>, 4, 3>::laplacian(each(|l| R::from_f64(0.1 * l as f64)));
    compare_all(&a, &SMatrix::from_fn(|i, j| each(|l| side(i + 4 * j, l))), &systems);

    let scaled = |l: usize| dense_spd::<R, 9>() * R::from_f64(10f64.powi(3 * l as i32 - 12));
    let systems = std::array::from_fn(|l| (scaled(l), SVector::<R, 9>::from_fn(|k, _| side(k, l))));
    let a = SMatrix::<Lanes<L, R>, 9, 9>::from_fn(|i, j| each(|l| scaled(l)[(i, j)]));
    compare_all(&a, &SVector::from_fn(|k, _| each(|l| side(k, l))), &systems);

    let (_, one) = grid::<R>();
    let systems =
        std::array::from_fn(|l| (one.clone(), SVector::<R, 12>::from_fn(|k, _| side(k, l))));
    let entries = (0..12).flat_map(|i| {
        let (columns, values) = one.row(i);
        columns.iter().zip(values).map(move |(j, v)| (i, usize::from(*j), Lanes::splat(*v)))
    });
    let a = CsrVec::<Lanes<L, R>, 12, 12, 64>::from_triplets(entries).expect("it fits");
    compare_all(&a, &SVector::from_fn(|k, _| each(|l| side(k, l))), &systems);
}

#[test]
fn lanes_are_scalars_in_f32() {
    lanes_are_scalars::<f32>();
}
#[test]
fn lanes_are_scalars_in_f64() {
    lanes_are_scalars::<f64>();
}

/// An operator without rows: the square of a stencil, formed as two products.
struct Squared<R>(FivePoint<R, 4, 3>);

impl<R: Real> LinearOperator<R> for Squared<R> {
    type Domain = SMatrix<R, 4, 3>;
    type Range = SMatrix<R, 4, 3>;
    fn rows(&self) -> usize {
        12
    }
    fn columns(&self) -> usize {
        12
    }
    fn zero_domain(&self) -> Self::Domain {
        self.0.zero_domain()
    }
    fn zero_range(&self) -> Self::Range {
        self.0.zero_range()
    }
    fn apply(&self, x: &Self::Domain, y: &mut Self::Range) {
        let mut half = self.0.zero_range();
        self.0.apply(x, &mut half);
        self.0.apply(&half, y);
    }
    fn apply_adjoint(&self, y: &Self::Range, x: &mut Self::Domain) {
        self.apply(y, x);
    }
    fn non_finite(&self) -> Option<(usize, usize)> {
        self.0.non_finite()
    }
}

#[test]
fn plain_cg_needs_no_rows() {
    let a = Squared(grid::<f64>().0);
    let b = SMatrix::<f64, 4, 3>::from_fn(|i, j| uneven(i + 4 * j));
    let cg = Cg::new(&a, &b).expect("a valid system");
    Case {
        name: "Cg, squared stencil",
        iteration: &cg,
        start: cg.start(),
        read: |state: &CgState<f64, _, _>| read(&state.x),
        poke: |state, i, value| state.x[i] = value,
        answer: answer(&a, b.as_slice()),
        // The condition number of the square is about 60.
        accuracy: 1e-8,
        tolerance: 1e-10,
        ceiling: 13,
    }
    .check();
}
