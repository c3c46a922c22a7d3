//! The paper's sequences: 500 systems of 100 unknowns, solved to 1e-8, the drawing not measured.

use super::sparse::{Direct, assemble};
use crate::case::{Case, keep};
use crate::number::agree;
use crate::peer::grid::Grid as Plain;
use nalgebra::{DMatrix, DVector};
use scenarios::sequence::{Grid, Laplacian, N, SIDE, Sequence, Variance};
use solvekit::sor::{AdaptiveSor, Sor, young_omega};
use solvekit::tuner::{Cost, OmegaTuner, Round, TsallisInf};
use solvekit::{Iteration, Stop, solve as run};
use std::hint::black_box;

const SYSTEMS: u32 = 500;
const TOLERANCE: f64 = 1e-8;
const SEED: u64 = 20_231_004;
const BORDERED: usize = SIDE + 2;

type System = (Laplacian<f64>, Grid<f64>);

/// Shifts that spread little; the best fixed ω is 1.65.
pub fn low() -> Case {
    sequence(Variance::Low, 1.65)
}

/// Shifts that spread; the best fixed ω is 1.8.
pub fn high() -> Case {
    sequence(Variance::High, 1.8)
}

fn sequence(variance: Variance, best: f64) -> Case {
    let mut draws = Sequence::new(variance, SEED, 0);
    let mut b = Grid::zeros();
    let mut draw = |_| (draws.next_system(&mut b), b);
    let systems: &'static [System] = keep((0..SYSTEMS).map(&mut draw).collect::<Vec<_>>());
    let uniforms: &'static [f64] = {
        let mut learner = Sequence::new(variance, !SEED, 0);
        keep((0..SYSTEMS).map(|_| learner.uniform()).collect::<Vec<_>>())
    };

    let fixed = move |omega: f64| total(systems, move |a, b| by_sor(a, b, omega));
    let young = move || total(systems, |a, b| by_sor(a, b, young(a)));
    let tuned = move || tuned(systems, uniforms);
    let adaptive = move || total(systems, by_adaptive);
    let peers: &'static [Plain<f64, SIDE, BORDERED>] = keep(
        systems.iter().map(|(a, b)| Plain { center: a.center, b: b.data.0 }).collect::<Vec<_>>(),
    );
    let plain = move || {
        let mut u = [[0.0; BORDERED]; BORDERED];
        let solve =
            |peer: &Plain<f64, SIDE, BORDERED>| u64::from(peer.solve(&mut u, best, TOLERANCE));
        black_box(peers).iter().map(solve).sum::<u64>()
    };

    // The two direct solvers: dense, and sparse with the pattern kept. A + c·I is made for each
    // system from one stored A, as a user would.
    let entries = assemble(&Laplacian::laplacian(0.0), N);
    let matrix = DMatrix::from(&entries);
    let mut sparse = Direct::new(&entries, &[0.0; N]);
    let stored = sparse.values().to_vec();
    let mut dense = move |(a, b): &System| {
        let mut shifted = matrix.clone();
        shifted.fill_diagonal(a.center);
        shifted
            .cholesky()
            .expect("positive definite")
            .solve(&DVector::from_column_slice(b.as_slice()))
    };
    let mut sparse = move |(a, b): &System| {
        let values: Vec<f64> =
            stored.iter().map(|v| if *v > 0.0 { a.center } else { *v }).collect();
        sparse.solve_with(&values, b.as_slice())
    };
    check(&systems[..20], best, &mut dense, &mut sparse);

    let (sweeps, tuned_sweeps) = (fixed(best), tuned());
    assert!(plain().abs_diff(sweeps) <= u64::from(SYSTEMS), "the peer needs other sweeps");
    assert!(tuned_sweeps < fixed(1.0), "nothing was learned");
    Case::new("solve, mean of the sequence")
        .with_jobs("nalgebra dense Cholesky", SYSTEMS, move || {
            systems.iter().for_each(|system| _ = black_box(dense(black_box(system))));
        })
        .with_jobs("nalgebra-sparse Cholesky, pattern kept", SYSTEMS, move || {
            systems.iter().for_each(|system| _ = black_box(sparse(black_box(system))));
        })
        .with_jobs(format!("index loops, ω = {best}"), SYSTEMS, move || _ = black_box(plain()))
        .sweeps(plain())
        .with_jobs(format!("Sor, ω = {best} (best fixed)"), SYSTEMS, move || {
            _ = black_box(fixed(best))
        })
        .sweeps(sweeps)
        .with_jobs("Sor, ω = 1 (Gauss–Seidel)", SYSTEMS, move || _ = black_box(fixed(1.0)))
        .sweeps(fixed(1.0))
        .with_jobs("Sor, ω = 1.5", SYSTEMS, move || _ = black_box(fixed(1.5)))
        .sweeps(fixed(1.5))
        .with_jobs("Sor tuned by TsallisInf", SYSTEMS, move || _ = black_box(tuned()))
        .sweeps(tuned_sweeps)
        .with_jobs("AdaptiveSor", SYSTEMS, move || _ = black_box(adaptive()))
        .sweeps(adaptive())
        .with_jobs("Sor, Young's ω", SYSTEMS, move || _ = black_box(young()))
        .sweeps(young())
}

/// Asserts that all ways give the dense Cholesky's answer.
fn check(
    systems: &[System],
    best: f64,
    dense: &mut impl FnMut(&System) -> DVector<f64>,
    sparse: &mut impl FnMut(&System) -> DMatrix<f64>,
) {
    for system in systems {
        let exact = dense(system);
        agree("sparse", sparse(system).as_slice(), exact.as_slice(), 1e-12);
        let (a, b) = system;
        for omega in [1.0, best, young(a)] {
            let (_, x) = by_sor(a, b, omega);
            agree("Sor", x.as_slice(), exact.as_slice(), 1e-6);
        }
        agree("AdaptiveSor", by_adaptive(a, b).1.as_slice(), exact.as_slice(), 1e-6);
    }
}

/// Sweeps of all solves.
fn total(
    systems: &[System],
    solve: impl Fn(&Laplacian<f64>, &Grid<f64>) -> (u32, Grid<f64>),
) -> u64 {
    let sweeps = |(a, b): &System| {
        let (sweeps, x) = solve(black_box(a), b);
        black_box(x);
        u64::from(sweeps)
    };
    systems.iter().map(sweeps).sum()
}

fn by_sor(a: &Laplacian<f64>, b: &Grid<f64>, omega: f64) -> (u32, Grid<f64>) {
    let sor = Sor::new(a, b, omega).expect("a sound system");
    let mut state = sor.start();
    (converge(&sor, &mut state), state.x)
}

fn by_adaptive(a: &Laplacian<f64>, b: &Grid<f64>) -> (u32, Grid<f64>) {
    let sor = AdaptiveSor::new(a, b).expect("a sound system");
    let mut state = sor.start();
    (converge(&sor, &mut state), state.x)
}

fn converge<I: Iteration<Real = f64>>(iteration: &I, state: &mut I::State) -> u32 {
    let report = run(iteration, state, Stop::relative(TOLERANCE).expect("valid"));
    assert!(report.converged(), "{report:?}");
    report.iterations
}

fn tuned(systems: &[System], uniforms: &[f64]) -> u64 {
    let mut tuner = TsallisInf::<f64, 20>::evenly(1.0, 1.95).expect("arms");
    let mut sweeps = 0;
    for ((a, b), uniform) in systems.iter().zip(uniforms) {
        let omega = tuner.select(Round::new(*uniform)).expect("a number in [0, 1)").omega;
        let (cost, x) = by_sor(a, b, omega);
        black_box(x);
        tuner.update(Cost::Solved(f64::from(cost))).expect("a finite cost");
        sweeps += u64::from(cost);
    }
    sweeps
}

/// Young's ω of one system.
fn young(a: &Laplacian<f64>) -> f64 {
    let radius = 4.0 * (std::f64::consts::PI / (SIDE + 1) as f64).cos() / a.center;
    young_omega(radius).expect("a radius below 1")
}
