//! Sequences of symmetric positive definite systems, easy and hard for over-relaxation.

use crate::toy::uniforms;
use scenarios::sequence::{Sequence, Variance};
use solvekit::sor::{AdaptiveSor, Sor};
use solvekit::tuner::{Choice, Cost, Guard};
use solvekit::{FivePoint, RowOperator, SMatrix, SVector, Status, Stop};

/// Unknowns of the dense systems.
const N: usize = 32;
/// Sweeps after which a solve gives up.
pub(crate) const CAP: u32 = 10_000;

/// One system, and what is known of it.
pub(crate) struct System {
    matrix: Matrix,
    pub(crate) context: f64,
}

enum Matrix {
    Grid(FivePoint<f64, 10, 10>, Box<SMatrix<f64, 10, 10>>),
    Dense(Box<(SMatrix<f64, N, N>, SVector<f64, N>)>),
}

impl System {
    /// Solves it as chosen; what was paid, and what that tells.
    pub(crate) fn solve(&self, choice: Choice<f64>) -> Cost<f64> {
        match &self.matrix {
            Matrix::Grid(a, b) => solve(a, &**b, choice),
            Matrix::Dense(both) => solve(&both.0, &both.1, choice),
        }
    }
}

fn solve<A: RowOperator<f64>>(a: &A, b: &A::Range, choice: Choice<f64>) -> Cost<f64> {
    let stop = Stop::relative(1e-8).expect("valid");
    let mut guard = Guard::new(stop, CAP, choice);
    let report = if choice.adapt {
        let mut sor = AdaptiveSor::starting_at(a, b, choice.omega).expect("valid");
        let mut state = sor.start();
        guard.solve(&mut sor, &mut state)
    } else {
        let mut sor = Sor::new(a, b, choice.omega).expect("valid");
        let mut state = sor.start();
        guard.solve(&mut sor, &mut state)
    };
    // A cap is a cost too: an ω near 2 may need more sweeps than are allowed.
    assert!(report.converged() || report.status == Status::IterationLimit, "{report:?}");
    guard.cost().expect("a final status")
}

/// All of the suite, with a context in [0, 1].
pub(crate) fn suite() -> Vec<(&'static str, Vec<System>)> {
    vec![
        ("low", laplacians(Variance::Low)),
        ("high", laplacians(Variance::High)),
        ("heat, drifting", heat(|t| 5.0 * 10_f64.powf((t / 100.0 * std::f64::consts::TAU).sin()))),
        ("heat, switching", heat(|t| [0.5, 5.0, 50.0][(t / 25.0) as usize % 3])),
        ("jump to where Gauss–Seidel is best", heat(|t| if t < 150.0 { 200.0 } else { 0.02 })),
        ("jump away", heat(|t| if t < 150.0 { 0.02 } else { 200.0 })),
        ("Gram", dense(gram)),
        ("RBF", dense(radial)),
        ("AR(1)", dense(autoregressive)),
        ("low rank + I", dense(low_rank)),
    ]
}

fn laplacians(variance: Variance) -> Vec<System> {
    let mut sequence = Sequence::new(variance, 99, 0);
    let system = |_| {
        let mut b = SMatrix::zeros();
        let a: FivePoint<f64, 10, 10> = sequence.next_system(&mut b);
        System { context: (a.center - 3.85) / 0.6, matrix: Matrix::Grid(a, Box::new(b)) }
    };
    (0..300).map(system).collect()
}

/// I + r L, divided by r.
fn heat(r: impl Fn(f64) -> f64) -> Vec<System> {
    let mut random = uniforms(5);
    let system = |t| {
        let r = r(f64::from(t));
        let b = SMatrix::from_fn(|_, _| random.next().expect("endless") - 0.5);
        let a = FivePoint::laplacian(1.0 / r);
        // ln r from 0.01 to 1000.
        System { context: (r.log10() + 2.0) / 5.0, matrix: Matrix::Grid(a, Box::new(b)) }
    };
    (0..300).map(system).collect()
}

/// A family over a parameter in [0, 1], which is the context.
fn dense(family: impl Fn(f64, &mut dyn FnMut() -> f64) -> SMatrix<f64, N, N>) -> Vec<System> {
    let mut random = uniforms(7);
    let mut signed = move || 2.0 * random.next().expect("endless") - 1.0;
    let system = |_| {
        let context = 0.5 * (signed() + 1.0);
        let a = family(context, &mut signed);
        let b = SVector::from_fn(|_, _| signed());
        System { context, matrix: Matrix::Dense(Box::new((a, b))) }
    };
    (0..200).map(system).collect()
}

fn gram(context: f64, signed: &mut dyn FnMut() -> f64) -> SMatrix<f64, N, N> {
    let g = SMatrix::<f64, N, N>::from_fn(|_, _| signed());
    g * g.transpose() + SMatrix::identity() * (1.0 + 3.0 * context)
}

fn radial(context: f64, signed: &mut dyn FnMut() -> f64) -> SMatrix<f64, N, N> {
    let points = SVector::<f64, N>::from_fn(|_, _| signed());
    let width = 0.05 + 0.1 * context;
    let kernel = |i: usize, j: usize| (-((points[i] - points[j]) / width).powi(2) / 2.0).exp();
    SMatrix::from_fn(kernel) + SMatrix::identity() * 0.1
}

fn autoregressive(context: f64, _: &mut dyn FnMut() -> f64) -> SMatrix<f64, N, N> {
    let correlation: f64 = 0.3 + 0.4 * context;
    SMatrix::from_fn(|i, j| correlation.powi(i.abs_diff(j) as i32))
}

fn low_rank(context: f64, signed: &mut dyn FnMut() -> f64) -> SMatrix<f64, N, N> {
    let u = SMatrix::<f64, N, 3>::from_fn(|_, _| signed());
    u * u.transpose() * (0.2 + context) + SMatrix::identity()
}
