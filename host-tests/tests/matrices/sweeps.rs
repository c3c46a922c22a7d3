//! Sweeps against SciPy's: natural order, b = A·1, x₀ = 0, ‖r‖ ≤ 1e-8 ‖b‖, at most 20,000.

use crate::data::trial;
use libtest_mimic::Trial;
use solvekit::sor::Sor;
use solvekit::{LinearOperator, Report, Status, Stop, solve};
use solvekit_host::file::read_matrix;
use solvekit_host::matrix::CsrMatrix;
use solvekit_host::precision::Precision;
use solvekit_host::vector::Vector;
use std::path::Path;

/// The columns of the table; none where SOR diverges.
const OMEGAS: [f64; 5] = [1.0, 1.2, 1.5, 1.8, 1.9];

struct Known {
    file: &'static str,
    size: usize,
    entries: usize,
    sweeps: [Option<u32>; 5],
    best: (f64, u32),
}

const TABLE: [Known; 5] = [
    Known {
        file: "bcsstk01.mtx",
        size: 48,
        entries: 400,
        sweeps: [Some(2031), Some(1493), Some(881), Some(355), Some(177)],
        best: (1.9, 177),
    },
    Known {
        file: "nos4.mtx",
        size: 100,
        entries: 594,
        sweeps: [Some(3308), Some(2219), Some(1130), Some(360), Some(206)],
        best: (1.9, 206),
    },
    Known {
        file: "gr_30_30.mtx",
        size: 900,
        entries: 7744,
        sweeps: [Some(997), Some(663), Some(327), Some(98), Some(186)],
        best: (1.8, 98),
    },
    Known {
        file: "mesh1e1.mtx",
        size: 48,
        entries: 306,
        sweeps: [Some(14), Some(15), Some(30), Some(86), Some(180)],
        best: (1.05, 12),
    },
    Known {
        file: "fs_183_1.mtx",
        size: 183,
        entries: 1069,
        sweeps: [Some(52), Some(952), None, None, None],
        best: (1.05, 47),
    },
];

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for known in &TABLE {
        let file = known.file;
        trials.push(trial(format!("sweeps::{file}::size"), file, |path| size(path, known)));
        for (omega, sweeps) in OMEGAS.into_iter().zip(known.sweeps) {
            let name = format!("sweeps::{file}::omega_{omega}");
            trials.push(trial(name, file, move |path| match sweeps {
                Some(sweeps) => converges(path, omega, sweeps),
                None => diverges(path, omega),
            }));
        }
        trials.push(trial(format!("sweeps::{file}::best_omega"), file, |path| best(path, known)));
    }
    for omega in OMEGAS {
        let name = format!("sweeps::bcsstk01.mtx::f32_as_f64_omega_{omega}");
        trials.push(trial(name, "bcsstk01.mtx", move |path| single(path, omega)));
    }
    trials
}

/// At most one sweep or 0.2 % away.
fn close(sweeps: u32, known: u32) -> bool {
    f64::from(sweeps.abs_diff(known)) <= (0.002 * f64::from(known)).max(1.0)
}

fn read<T: Precision>(path: &Path) -> CsrMatrix<T> {
    read_matrix(path).unwrap_or_else(|error| panic!("{error}"))
}

/// Solves for x = 1, and gives the report and x.
fn run<T: Precision>(a: &CsrMatrix<T>, omega: f64, tol: f64, cap: u32) -> (Report<T>, Vector<T>) {
    let mut b = a.zero_range();
    a.apply(&Vector::filled(a.columns(), T::ONE), &mut b);
    let sor = Sor::new(a, &b, T::from_f64(omega)).expect("a good system");
    let mut state = sor.start();
    let stop = Stop::relative(T::from_f64(tol)).expect("a good tolerance");
    let report = solve(&sor, &mut state, stop.max_iterations(cap));
    (report, state.x)
}

fn size(path: &Path, known: &Known) {
    let a = read::<f64>(path);
    assert_eq!((a.rows(), a.columns(), a.entries()), (known.size, known.size, known.entries));
}

fn converges(path: &Path, omega: f64, sweeps: u32) {
    let (report, _) = run(&read::<f64>(path), omega, 1e-8, 20_000);
    assert_eq!(report.status, Status::Converged);
    assert!(close(report.iterations, sweeps), "{} sweeps, known {sweeps}", report.iterations);
}

fn diverges(path: &Path, omega: f64) {
    let (report, x) = run(&read::<f64>(path), omega, 1e-8, 20_000);
    assert!(matches!(report.status, Status::Diverged | Status::NonFinite), "{report:?}");
    assert!(x.iter().all(|x| x.is_finite()), "the last finite iterate is kept");
}

/// On ω = 0.05, 0.10, … 1.95 none is faster than the best one.
fn best(path: &Path, known: &Known) {
    let a = read::<f64>(path);
    let (omega, sweeps) = known.best;
    converges(path, omega, sweeps);
    for step in 1..40 {
        let omega = f64::from(step) * 0.05;
        // More sweeps than the best one's are not of interest.
        let (report, _) = run(&a, omega, 1e-8, sweeps + 1);
        let faster = report.converged() && report.iterations + 1 < sweeps;
        assert!(!faster, "ω = {omega} needs {} sweeps, the best {sweeps}", report.iterations);
    }
}

fn single(path: &Path, omega: f64) {
    let (double, _) = run(&read::<f64>(path), omega, 1e-5, 20_000);
    let (single, _) = run(&read::<f32>(path), omega, 1e-5, 20_000);
    assert_eq!((double.status, single.status), (Status::Converged, Status::Converged));
    let (double, single) = (double.iterations, single.iterations);
    assert!(double.abs_diff(single) <= 2, "{single} sweeps in f32, {double} in f64");
}
