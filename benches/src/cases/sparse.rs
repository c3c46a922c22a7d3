//! A finite-element matrix of 1024 unknowns on the host: SOR against index loops and
//! nalgebra-sparse's Cholesky.

use super::dense::{right_hand_side, rounding};
use crate::case::{Case, keep};
use crate::number::{Number, agree};
use crate::peer::sparse::Sparse;
use nalgebra::DMatrix;
use nalgebra_sparse::{CooMatrix, CscMatrix, factorization::CscCholesky};
use solvekit::sor::{AdaptiveSor, Sor, SorState};
use solvekit::{Iteration, LinearOperator, RowOperator, Stop, operator, solve as run};
use solvekit_host::matrix::{CsrMatrix, Triplets};
use solvekit_host::vector::Vector;
use std::hint::black_box;

/// Nodes along one side, without the fixed border.
const SIDE: usize = 32;
/// Close to the best for this matrix.
const OMEGA: f64 = 1.8;

/// −div(k ∇u) + 0.02·u with bilinear elements on a unit grid, u = 0 on the border, k different in each
/// element: nine entries a row, symmetric positive definite.
fn finite_elements<T: Number>() -> CsrMatrix<T> {
    const ELEMENT: [[f64; 4]; 4] = [
        [4.0, -1.0, -2.0, -1.0],
        [-1.0, 4.0, -1.0, -2.0],
        [-2.0, -1.0, 4.0, -1.0],
        [-1.0, -2.0, -1.0, 4.0],
    ];
    let n = SIDE * SIDE;
    let mut entries = Triplets::new(n, n).expect("indices fit");
    for element in 0..(SIDE + 1) * (SIDE + 1) {
        let (row, column) = (element / (SIDE + 1), element % (SIDE + 1));
        let k = 0.5 + (element * 7919 % 97) as f64 / 97.0;
        let corners = [(row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column)];
        // Node 0 and node SIDE + 1 of each direction are the border.
        let unknown = |(i, j): (usize, usize)| {
            let inside = (1..=SIDE).contains(&i) && (1..=SIDE).contains(&j);
            inside.then(|| (i - 1) * SIDE + (j - 1))
        };
        for (p, weights) in corners.iter().zip(ELEMENT) {
            for (q, weight) in corners.iter().zip(weights) {
                if let (Some(i), Some(j)) = (unknown(*p), unknown(*q)) {
                    entries.push(i, j, T::of(k * weight / 6.0)).expect("inside");
                }
            }
        }
    }
    // Without the 0.02·u the floor of f32 is above 1e-5 for a smooth right-hand side.
    entries.into_csr().expect("a full matrix").shifted(T::of(0.02))
}

/// Any operator as a list of entries, column by column.
pub(crate) fn assemble<T: Number, A: LinearOperator<T>>(a: &A, n: usize) -> CooMatrix<T> {
    use solvekit::Buffer;
    let mut entries = CooMatrix::new(n, n);
    let (mut unit, mut column) = (a.zero_domain(), a.zero_range());
    for j in 0..n {
        unit.as_mut_slice()[j] = T::ONE;
        a.apply(&unit, &mut column);
        unit.as_mut_slice()[j] = T::ZERO;
        for (i, value) in column.as_slice().iter().enumerate() {
            if *value != T::ZERO {
                entries.push(i, j, *value);
            }
        }
    }
    entries
}

/// The sparse Cholesky of nalgebra-sparse; the pattern is analysed once.
pub(crate) struct Direct<T: Number> {
    a: CscMatrix<T>,
    b: DMatrix<T>,
    factor: CscCholesky<T>,
}

impl<T: Number> Direct<T> {
    /// Analyses the pattern and factors once.
    pub(crate) fn new(entries: &CooMatrix<T>, b: &[T]) -> Self {
        let a = CscMatrix::from(entries);
        let factor = CscCholesky::factor(&a).expect("positive definite");
        Self { a, b: DMatrix::from_column_slice(b.len(), 1, b), factor }
    }

    /// Factors and solves.
    pub(crate) fn solve(&mut self) -> DMatrix<T> {
        self.factor.refactor(black_box(self.a.values())).expect("positive definite");
        self.factor.solve(&self.b)
    }

    /// Solves with another system of the same pattern.
    pub(crate) fn solve_with(&mut self, values: &[T], b: &[T]) -> DMatrix<T> {
        self.factor.refactor(black_box(values)).expect("positive definite");
        self.b.copy_from_slice(b);
        self.factor.solve(&self.b)
    }

    /// The entries in the pattern's order.
    pub(crate) fn values(&self) -> &[T] {
        self.a.values()
    }
}

/// One system, as solvekit's and as the peer's.
struct System<T: Number> {
    a: CsrMatrix<T>,
    b: Vector<T>,
    peer: Sparse<T>,
}

impl<T: Number> System<T> {
    fn new() -> &'static Self {
        let a = finite_elements::<T>();
        let n = a.rows();
        let b: Vector<T> = (0..n).map(right_hand_side).collect();
        let (mut starts, mut columns, mut values) = (vec![0], Vec::new(), Vec::new());
        for (own_columns, own_values) in a.rows_in_order() {
            columns.extend_from_slice(own_columns);
            values.extend_from_slice(own_values);
            starts.push(values.len());
        }
        let inverse = (0..n).map(|i| T::ONE / a.diagonal(i)).collect();
        let peer = Sparse { starts, columns, values, inverse, b: b.to_vec() };
        keep(Self { a, b, peer })
    }
}

/// One sweep.
pub fn sweep<T: Number>() -> Case {
    let System { a, b, peer } = System::<T>::new();
    let omega = T::of(OMEGA);
    let sor = keep(Sor::new(a, b, omega).expect("a sound system"));
    let adaptive = keep(AdaptiveSor::new(a, b).expect("a sound system"));

    let mut plain = vec![T::ZERO; b.len()];
    let mut state = sor.start();
    for _ in 0..3 {
        peer.sweep(&mut plain, omega);
        sor_sweep(sor, &mut state);
    }
    agree("three sweeps", &state.x, &plain, 64.0 * rounding::<T>());

    let mut adapting = adaptive.start();
    Case::new("sweep")
        .with("index loops", move || black_box(peer).sweep(black_box(&mut plain), omega))
        .with("Sor", move || sor_sweep(black_box(sor), black_box(&mut state)))
        .with("AdaptiveSor", move || black_box(adaptive).step(black_box(&mut adapting)))
}

/// ‖b − A x‖₂.
pub fn residual<T: Number>() -> Case {
    let System { a, b, peer } = System::<T>::new();
    let x: Vector<T> = (0..b.len()).map(|i| right_hand_side(2 * i + 1)).collect();
    let ours = operator::residual_norm(a, b, &x, T::ONE);
    agree("residual", &[ours], &[peer.residual(&x)], 64.0 * rounding::<T>());
    let plain = x.clone();
    Case::new("residual")
        .with("index loops", move || _ = black_box(black_box(peer).residual(black_box(&plain))))
        .with("residual_norm", move || {
            black_box(operator::residual_norm(black_box(a), b, black_box(&x), T::ONE));
        })
}

/// A whole solve, the checks of A and b included.
pub fn solve<T: Number>() -> Case {
    let System { a, b, peer } = System::<T>::new();
    let (omega, tolerance) = (T::of(OMEGA), T::of(T::TOLERANCE));
    let stop = Stop::relative(tolerance).expect("valid");
    let sor = move || {
        let sor = Sor::new(black_box(a), b, omega).expect("a sound system");
        let mut state = sor.start();
        (run(&sor, &mut state, stop), state.x)
    };
    let adaptive = move || {
        let sor = AdaptiveSor::new(black_box(a), b).expect("a sound system");
        let mut state = sor.start();
        (run(&sor, &mut state, stop), state.x)
    };
    let entries = assemble(a, b.len());
    let whole = CscMatrix::from(&entries);
    let column = DMatrix::from_column_slice(b.len(), 1, b);
    let mut direct = Direct::new(&entries, b);

    let exact = direct.solve();
    let (report, x) = sor();
    let (adapted, y) = adaptive();
    let mut plain = vec![T::ZERO; b.len()];
    let sweeps = peer.solve(&mut plain, omega, tolerance);
    assert!(report.converged() && adapted.converged(), "{report:?} {adapted:?}");
    assert!(sweeps.abs_diff(report.iterations) <= 2, "{report:?}, the peer took {sweeps}");
    for (what, x) in [("Sor", x), ("AdaptiveSor", y)] {
        // The condition number, some hundreds, lies between residual and error.
        agree(what, &x, exact.as_slice(), 1000.0 * T::TOLERANCE);
    }
    Case::new("solve")
        .with("index loops", move || {
            black_box(black_box(peer).solve(black_box(&mut plain), omega, tolerance));
        })
        .sweeps(sweeps.into())
        .with("Sor, ω = 1.8", move || _ = black_box(sor()))
        .sweeps(report.iterations.into())
        .with("AdaptiveSor", move || _ = black_box(adaptive()))
        .sweeps(adapted.iterations.into())
        .with("nalgebra-sparse Cholesky, pattern kept", move || _ = black_box(direct.solve()))
        .with("nalgebra-sparse Cholesky", move || {
            let factor = CscCholesky::factor(black_box(&whole)).expect("positive definite");
            black_box(factor.solve(&column));
        })
}

#[inline(never)]
fn sor_sweep<T: Number>(sor: &Sor<'_, T, CsrMatrix<T>>, state: &mut SorState<Vector<T>>) {
    sor.step(state);
}
