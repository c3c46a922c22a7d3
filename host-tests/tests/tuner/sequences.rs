//! Sequences of symmetric positive definite systems, easy and hard for over-relaxation.

use crate::toy::uniforms;
use scenarios::sequence::{Sequence as Draws, Variance};
use solvekit::sor::{AdaptiveSor, Sor};
use solvekit::tuner::{Choice, Cost, Guard};
use solvekit::{FivePoint, LinearOperator, RowOperator, SMatrix, SVector, Status, Stop};
use solvekit_host::experiment::auto::Drifting;
use solvekit_host::file::read_matrix;
use std::cell::Cell;
use std::path::{Path, PathBuf};

/// Unknowns of the dense systems.
const N: usize = 32;
/// Sweeps after which a solve gives up.
pub(crate) const CAP: u32 = 10_000;

/// One system, and what is known of it: a number in [0, 1].
pub(crate) struct System<A: LinearOperator<f64>> {
    pub(crate) a: A,
    pub(crate) b: A::Range,
    pub(crate) context: f64,
}

/// Systems of one kind.
pub(crate) enum Sequence {
    Grid(Vec<System<FivePoint<f64, 10, 10>>>),
    Dense(Vec<System<SMatrix<f64, N, N>>>),
    Sparse(Vec<System<Drifting>>),
}

impl Sequence {
    pub(crate) fn contexts(&self) -> Vec<f64> {
        fn all<A: LinearOperator<f64>>(systems: &[System<A>]) -> Vec<f64> {
            systems.iter().map(|system| system.context).collect()
        }
        match self {
            Self::Grid(systems) => all(systems),
            Self::Dense(systems) => all(systems),
            Self::Sparse(systems) => all(systems),
        }
    }

    /// Solves system `k` as chosen; what was paid, and what that tells.
    pub(crate) fn solve(&self, k: usize, choice: Choice<f64>) -> Cost<f64> {
        match self {
            Self::Grid(systems) => solve(&systems[k], choice),
            Self::Dense(systems) => solve(&systems[k], choice),
            Self::Sparse(systems) => solve(&systems[k], choice),
        }
    }
}

/// When every solve ends.
pub(crate) fn stop() -> Stop<f64> {
    Stop::relative(1e-8).expect("valid")
}

fn solve<A: RowOperator<f64>>(system: &System<A>, choice: Choice<f64>) -> Cost<f64> {
    let (a, b) = (&system.a, &system.b);
    let mut guard = Guard::new(stop(), CAP, choice);
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

/// All of the suite; `length` systems in each dense sequence.
///
/// The real matrices are not part of the project; one that is not there is told of and left out.
#[allow(clippy::print_stdout, reason = "what was left out must be seen")]
pub(crate) fn suite(length: usize) -> Vec<(&'static str, Sequence)> {
    let mut all = vec![
        ("low", laplacians(Variance::Low)),
        ("high", laplacians(Variance::High)),
        ("heat, drifting", heat(|t| 5.0 * 10_f64.powf((t / 100.0 * std::f64::consts::TAU).sin()))),
        ("heat, switching", heat(|t| [0.5, 5.0, 50.0][(t / 25.0) as usize % 3])),
        ("jump to where Gauss–Seidel is best", heat(|t| if t < 150.0 { 200.0 } else { 0.02 })),
        ("jump away", heat(|t| if t < 150.0 { 0.02 } else { 200.0 })),
        ("Gram", dense(length, gram)),
        ("RBF", dense(length, radial)),
        ("AR(1)", dense(length, autoregressive)),
        ("low rank + I", dense(length, low_rank)),
        ("AR(1) and springs, 7 each", dense(length, turns(7, autoregressive, springs))),
        ("AR(1) and low rank + I in turn", dense(length, turns(1, autoregressive, low_rank))),
    ];
    for name in ["bcsstk01", "nos4", "mesh1e1", "gr_30_30", "airfoil", "unit_square"] {
        let path = folder().join("matrices").join(name).with_extension("mtx");
        if path.exists() {
            all.push((name, shifted(&path)));
        } else {
            println!("{name:36} skipped: {} is not there (see SOLVEKIT_DATA)", path.display());
        }
    }
    all
}

fn folder() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let named = std::env::var_os("SOLVEKIT_DATA").filter(|name| !name.is_empty());
    root.join(named.unwrap_or_else(|| "../shared/data".into()))
}

fn laplacians(variance: Variance) -> Sequence {
    let mut sequence = Draws::new(variance, 99, 0);
    let system = |_| {
        let mut b = SMatrix::zeros();
        let a: FivePoint<f64, 10, 10> = sequence.next_system(&mut b);
        System { a, b, context: (a.center - 3.85) / 0.6 }
    };
    Sequence::Grid((0..300).map(system).collect())
}

/// I + r L, divided by r.
fn heat(r: impl Fn(f64) -> f64) -> Sequence {
    let mut random = uniforms(5);
    let system = |t| {
        let r = r(f64::from(t));
        let b = SMatrix::from_fn(|_, _| random.next().expect("endless") - 0.5);
        let a = FivePoint::laplacian(1.0 / r);
        // ln r from 0.01 to 1000.
        System { a, b, context: (r.log10() + 2.0) / 5.0 }
    };
    Sequence::Grid((0..300).map(system).collect())
}

/// A family over a parameter in [0, 1], which is the context.
fn dense(length: usize, family: impl Make) -> Sequence {
    let mut random = uniforms(7);
    let mut signed = move || 2.0 * random.next().expect("endless") - 1.0;
    let system = |_| {
        let context = 0.5 * (signed() + 1.0);
        let a = family(context, &mut signed);
        let b = SVector::from_fn(|_, _| signed());
        System { a, b, context }
    };
    Sequence::Dense((0..length).map(system).collect())
}

/// A + s·diag(A): s walks in [0.002, 0.05] by uniform steps of ±0.005, reflected at the ends. The
/// context is s in units of 0.05. One of the matrices is singular without the shift.
fn shifted(path: &Path) -> Sequence {
    let base = Drifting::new(read_matrix(path).expect("a matrix"));
    // Enough to learn from; the largest would take its time.
    let length = if base.rows() > 500 { 60 } else { 150 };
    let mut random = uniforms(9);
    let mut next = move || random.next().expect("endless");
    let mut shift: f64 = 0.025;
    let system = |_| {
        shift += 0.01 * next() - 0.005;
        shift = shift.min(0.1 - shift).max(0.004 - shift);
        let mut a = base.clone();
        a.shift = shift;
        let b = (0..a.rows()).map(|_| 2.0 * next() - 1.0).collect();
        System { a, b, context: shift / 0.05 }
    };
    Sequence::Sparse((0..length).map(system).collect())
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

fn springs(context: f64, _: &mut dyn FnMut() -> f64) -> SMatrix<f64, N, N> {
    SMatrix::from_fn(|i, j| match i.abs_diff(j) {
        0 => 2.1 + context,
        1 => -1.0,
        _ => 0.0,
    })
}

/// A parameter in [0, 1] and a source of numbers in [−1, 1] make a matrix.
trait Make: Fn(f64, &mut dyn FnMut() -> f64) -> SMatrix<f64, N, N> {}

impl<F: Fn(f64, &mut dyn FnMut() -> f64) -> SMatrix<f64, N, N>> Make for F {}

/// So many systems of one family, then as many of the other.
fn turns(each: usize, one: impl Make, other: impl Make) -> impl Make {
    let count = Cell::new(0);
    move |context: f64, signed: &mut dyn FnMut() -> f64| {
        let turn = count.replace(count.get() + 1) / each;
        if turn.is_multiple_of(2) { one(context, signed) } else { other(context, signed) }
    }
}
