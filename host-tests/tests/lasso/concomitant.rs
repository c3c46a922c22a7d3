//! The concomitant lasso: scales, solutions, certificates, against naive descent on x and σ in turn.

use crate::data::gaussian;
use solvekit::fit::FitError;
use solvekit::lasso::{
    Concomitant, ConcomitantState, Lasso, LassoError, Path, Workspace, indices, numbers,
};
use solvekit::operator::zeros;
use solvekit::{Iteration, LinearOperator, Report, Run, SMatrix, SVector, Status, Stop, solve};
use solvekit_host::{matrix::DenseMatrix, vector::Vector};

type Host<'a> = Concomitant<'a, f64, DenseMatrix<f64>, Vector<f64>, Vec<usize>>;
type State = ConcomitantState<f64, Vector<f64>, Vector<f64>, Vector<f64>, Vec<usize>>;

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The problem as one would write it on paper.
#[derive(Clone, Copy)]
struct Plain<'a> {
    design: &'a DenseMatrix<f64>,
    y: &'a [f64],
    lambda: f64,
    floor: f64,
    nonnegative: bool,
}

impl Plain<'_> {
    fn columns(&self) -> impl Iterator<Item = &[f64]> {
        (0..self.design.columns()).map(|j| self.design.column(j))
    }

    fn rows(&self) -> f64 {
        self.y.len() as f64
    }

    fn residual(&self, x: &[f64]) -> Vec<f64> {
        let mut r = self.y.to_vec();
        for (a, x) in self.columns().zip(x) {
            r.iter_mut().zip(a).for_each(|(r, a)| *r -= x * a);
        }
        r
    }

    fn sigma(&self, r: &[f64]) -> f64 {
        (dot(r, r) / self.rows()).sqrt().max(self.floor)
    }

    /// P(x, σ).
    fn joint(&self, x: &[f64], sigma: f64) -> f64 {
        let r = self.residual(x);
        let size: f64 = x.iter().map(|x| x.abs()).sum();
        dot(&r, &r) / (2.0 * self.rows() * sigma) + sigma / 2.0 + self.lambda * size
    }

    fn objective(&self, x: &[f64]) -> f64 {
        self.joint(x, self.sigma(&self.residual(x)))
    }

    /// The largest distance from the optimality conditions at the best σ, in units of λ.
    fn violation(&self, x: &[f64]) -> f64 {
        let r = self.residual(x);
        let unit = self.rows() * self.sigma(&r) * self.lambda;
        let distance = |(a, x): (&[f64], &f64)| {
            let pull = dot(a, &r) / unit;
            if *x != 0.0 {
                (pull - x.signum()).abs()
            } else if self.nonnegative {
                (pull - 1.0).max(0.0)
            } else {
                (pull.abs() - 1.0).max(0.0)
            }
        };
        self.columns().zip(x).map(distance).fold(0.0, f64::max)
    }

    /// Cyclic coordinate descent for very many passes, σ in its closed form between them.
    fn solution(&self) -> (Vec<f64>, f64) {
        let mut x = vec![0.0; self.design.columns()];
        let mut r = self.y.to_vec();
        for _ in 0..200_000 {
            let weight = self.rows() * self.sigma(&r) * self.lambda;
            let mut largest = 0.0_f64;
            for (a, x) in self.columns().zip(&mut x) {
                let square = dot(a, a);
                let v = dot(a, &r) + square * *x;
                let mut new = v.signum() * (v.abs() - weight).max(0.0) / square;
                if self.nonnegative {
                    new = new.max(0.0);
                }
                r.iter_mut().zip(a).for_each(|(r, a)| *r -= (new - *x) * a);
                largest = largest.max((new - *x).abs());
                *x = new;
            }
            r = self.residual(&x);
            if largest < 1e-15 {
                break;
            }
        }
        let sigma = self.sigma(&r);
        (x, sigma)
    }
}

fn start(lasso: &Host<'_>, columns: usize, capacity: usize) -> State {
    let (numbers, indices) = (numbers(capacity), indices(columns, capacity));
    let memory = Workspace::new(capacity, Vector::filled(numbers, 0.0), vec![0; indices]);
    lasso.start(memory).expect("enough memory")
}

fn run(lasso: &Host<'_>, columns: usize, capacity: usize, tolerance: f64) -> (State, Report<f64>) {
    let mut state = start(lasso, columns, capacity);
    let stop = Stop::relative(tolerance).expect("a tolerance");
    let report = solve(lasso, &mut state, stop.max_iterations(1_000_000));
    assert_eq!(report.certificate, Host::CERTIFICATE);
    (state, report)
}

/// λ as a part of λ_max, σ₀ as a part of ‖y‖/√n, x ≥ 0.
const KINDS: [(f64, f64, bool); 7] = [
    (0.9, 0.01, false),
    (0.5, 0.01, false),
    (0.2, 0.01, false),
    (0.05, 0.01, false),
    (0.2, 0.01, true),
    (0.3, 0.5, false),
    (0.1, 3.0, false),
];

/// All the memory, and, where λ is not so small that passes without memory stand still for thousands of
/// steps, as those of the plain lasso do, little and none at all.
fn memories(columns: usize, (part, ..): (f64, f64, bool)) -> Vec<usize> {
    if part < 0.2 { vec![columns] } else { vec![columns, 3, 0] }
}

fn problem<'a>(
    design: &'a DenseMatrix<f64>,
    y: &'a Vector<f64>,
    (part, floor, nonnegative): (f64, f64, bool),
) -> (Host<'a>, Plain<'a>) {
    let floor = floor * (dot(y, y) / y.len() as f64).sqrt();
    let lasso: Host<'_> = Concomitant::new(design, y, 0.0).unwrap().with_floor(floor).unwrap();
    let lasso = if nonnegative { lasso.nonnegative() } else { lasso };
    let lambda = part * lasso.largest_lambda();
    (lasso.with_lambda(lambda).unwrap(), Plain { design, y, lambda, floor, nonnegative })
}

#[test]
fn every_kind_is_solved_and_its_gap_is_true() {
    for (rows, columns) in [(20, 8), (12, 30), (40, 150)] {
        for rho in [0.0, 0.9] {
            let (design, y) = gaussian(rows, columns, rho, 51 + rows as u64);
            for kind in KINDS {
                let (lasso, plain) = problem(&design, &y, kind);
                let told = format!("{rows}x{columns}, rho {rho}, {kind:?}");
                for capacity in memories(columns, kind) {
                    let (state, report) = run(&lasso, columns, capacity, 1e-9);
                    assert_eq!(report.status, Status::Converged, "{told}, {capacity}: {report:?}");
                    // Below σ₀ the gap bounds squares.
                    let worst = plain.violation(state.x());
                    assert!(worst < 1e-4, "{told}, {capacity}: off by {worst}");
                    let sigma = plain.sigma(&plain.residual(state.x()));
                    assert!((state.sigma() / sigma - 1.0).abs() < 1e-12, "{told}");
                    let own = lasso.objective(state.x());
                    assert!((own / plain.objective(state.x()) - 1.0).abs() < 1e-12);
                }
                // The tightest run stands for the true minimum.
                let (best, tight) = run(&lasso, columns, columns, 1e-12);
                assert!(tight.converged(), "{told}: {tight:?}");
                let least = plain.objective(best.x());
                for tolerance in [1e-1, 1e-3, 1e-6] {
                    let (state, report) = run(&lasso, columns, columns, tolerance);
                    let above = plain.objective(state.x()) - least;
                    assert!(report.converged(), "{told}: {report:?}");
                    // 1e-13: what the objectives themselves are rounded by.
                    assert!(above <= report.residual + 1e-13 * least, "{told}: {report:?}");
                }
            }
        }
    }
}

#[test]
fn naive_descent_finds_the_same_x_and_the_same_scale() {
    let (design, y) = gaussian(30, 12, 0.5, 52);
    for kind in KINDS {
        let (lasso, plain) = problem(&design, &y, kind);
        let (x, sigma) = plain.solution();
        let (state, report) = run(&lasso, 12, 12, 1e-12);
        assert!(report.converged(), "{kind:?}: {report:?}");
        for (found, expected) in state.x().iter().zip(&x) {
            // √gap, where σ is σ₀.
            assert!((found - expected).abs() < 2e-6, "{kind:?}: {found} and {expected}");
            assert_eq!(*found == 0.0, *expected == 0.0, "{kind:?}");
        }
        assert!((state.sigma() / sigma - 1.0).abs() < 1e-7, "{kind:?}: {} {sigma}", state.sigma());
        let apart = lasso.objective(state.x()) - plain.objective(&x);
        assert!(apart.abs() < 1e-12 * report.reference, "{kind:?}: {apart}");
    }
}

#[test]
fn the_dual_point_of_the_report_is_what_the_paper_says() {
    // Computed in full: D(u) = ⟨u, y⟩ + σ₀ (1 − n‖u‖²)/2 for the best feasible u along r.
    let (design, y) = gaussian(15, 9, 0.7, 53);
    for kind in KINDS {
        let (lasso, plain) = problem(&design, &y, kind);
        let n = plain.rows();
        let mut state = start(&lasso, 9, 9);
        for step in 0..8 {
            let mut looked = state.clone();
            let told = Run::new(Stop::relative(0.0).unwrap()).advance(&lasso, &mut looked, 0);
            let r = plain.residual(state.x());
            let largest = plain
                .columns()
                .map(|a| dot(a, &r))
                .map(|c| if plain.nonnegative { c.max(0.0) } else { c.abs() });
            let largest = largest.fold(0.0, f64::max);
            let most = (plain.lambda / largest).min(1.0 / (n * dot(&r, &r)).sqrt());
            let value =
                |s: f64| s * dot(&r, &y) + 0.5 * plain.floor * (1.0 - n * s * s * dot(&r, &r));
            let best = (0..=10_000).map(|k| value(most * f64::from(k) / 10_000.0));
            let gap = plain.objective(state.x()) - best.fold(f64::NEG_INFINITY, f64::max);
            // Parts of 1e-4 of the way lose no more than their square where it curves.
            assert!(
                (told.residual - gap).abs() <= 1e-7 * told.reference,
                "{kind:?}, {step}: {gap} {told:?}"
            );
            lasso.step(&mut state);
        }
    }
}

#[test]
fn x_and_sigma_follow_the_unit_of_the_response_and_lambda_does_not() {
    let (design, y) = gaussian(40, 60, 0.5, 54);
    for part in [0.6, 0.2] {
        let one: Host<'_> = Concomitant::new(&design, &y, 0.0).unwrap();
        let lambda = part * one.largest_lambda();
        let one = one.with_lambda(lambda).unwrap();
        let (state, report) = run(&one, 60, 60, 1e-9);
        // A power of two scales every number exactly: to the bit.
        for c in [2.0_f64.powi(-20), 1024.0] {
            let scaled: Vector<f64> = y.iter().map(|y| c * y).collect();
            let other: Host<'_> = Concomitant::new(&design, &scaled, lambda).unwrap();
            assert_eq!(other.largest_lambda(), one.largest_lambda());
            let (found, told) = run(&other, 60, 60, 1e-9);
            assert_eq!((told.status, told.iterations), (report.status, report.iterations));
            assert_eq!(found.sigma(), c * state.sigma());
            assert!(found.x().iter().zip(state.x().iter()).all(|(a, b)| *a == c * b));
        }
        let scaled: Vector<f64> = y.iter().map(|y| -3.7 * y).collect();
        let other: Host<'_> = Concomitant::new(&design, &scaled, lambda).unwrap();
        let (found, _) = run(&other, 60, 60, 1e-9);
        assert!((found.sigma() / (3.7 * state.sigma()) - 1.0).abs() < 1e-9);
        for (a, b) in found.x().iter().zip(state.x().iter()) {
            assert!((a + 3.7 * b).abs() < 1e-7, "{a} and {b}");
        }
    }
}

#[test]
fn the_joint_objective_never_grows() {
    for (columns, rho) in [(8, 0.0), (60, 0.5), (60, 0.95)] {
        let (design, y) = gaussian(30, columns, rho, 55);
        for kind in KINDS {
            for capacity in memories(columns, kind) {
                let (lasso, plain) = problem(&design, &y, kind);
                let mut state = start(&lasso, columns, capacity);
                let mut run = Run::new(Stop::relative(1e-10).unwrap().max_iterations(100_000));
                let mut report = run.advance(&lasso, &mut state, 0);
                let (mut used, mut before) = (state.scale(), f64::INFINITY);
                let mut changes = 0;
                while report.status == Status::Running {
                    report = run.advance(&lasso, &mut state, 1);
                    let next = state.scale();
                    if next == used {
                        continue;
                    }
                    // A lasso is solved: no worse at its own σ, and no worse at the next one.
                    for sigma in [used, next] {
                        let now = plain.joint(state.x(), sigma);
                        // Rounding of the objectives.
                        let told = format!("{kind:?}, {capacity}, {changes}: {now} after {before}");
                        assert!(now <= before * (1.0 + 1e-14), "{told}");
                        before = now;
                    }
                    used = next;
                    changes += 1;
                }
                assert_eq!(report.status, Status::Converged, "{kind:?}");
                // Measured: at most 20; by the closed form alone 51.
                let most = if capacity == columns { 25 } else { 10_000 };
                assert!(changes <= most, "{kind:?}, {capacity}: {changes}");
            }
        }
    }
}

#[test]
fn from_the_largest_weight_on_zero_is_certain_at_once() {
    let (design, y) = gaussian(30, 50, 0.5, 56);
    for (floor, nonnegative) in [(0.01, false), (0.01, true), (1.0, false), (2.5, false)] {
        for part in [1.0, 1.5, 1e6] {
            let (lasso, plain) = problem(&design, &y, (part, floor, nonnegative));
            let (state, report) = run(&lasso, 50, 10, 0.0);
            assert_eq!((report.status, report.iterations), (Status::Converged, 0), "{part}");
            assert_eq!(report.residual, 0.0);
            assert!(state.x().iter().all(|x| *x == 0.0));
            assert_eq!(state.sigma(), plain.sigma(&y));
        }
        let (lasso, plain) = problem(&design, &y, (0.999, floor, nonnegative));
        let (state, report) = run(&lasso, 50, 10, 1e-12);
        assert!(report.converged() && state.x().iter().any(|x| *x != 0.0));
        // ‖Aᵀy‖_∞ / (√n ‖y‖) where σ₀ is below ‖y‖/√n.
        if floor <= 1.0 && !nonnegative {
            let pulls = plain.columns().map(|a| dot(a, &y).abs()).fold(0.0, f64::max);
            let largest = pulls / (30.0 * dot(&y, &y)).sqrt();
            assert!((lasso.largest_lambda() / largest - 1.0).abs() < 1e-14);
        }
    }
}

/// What it is for: one λ for a sensor whose noise grows tenfold.
#[test]
fn one_weight_serves_both_levels_of_noise() {
    let (rows, columns) = (100, 50);
    let (design, _) = gaussian(rows, columns, 0.3, 57);
    let (_, noise) = gaussian(rows, 1, 0.0, 58);
    // What is left of a response of one column is noise of a deviation of about ½.
    let (first, _) = gaussian(rows, 1, 0.0, 58);
    let mut noise: Vec<f64> =
        noise.iter().zip(first.column(0)).map(|(y, a)| y - (1.0 - 2.0 + 0.5) * a).collect();
    let size = (dot(&noise, &noise) / rows as f64).sqrt();
    noise.iter_mut().for_each(|e| *e /= size);
    let truth = [(3, 4.0), (20, -3.0), (41, 5.0)];
    let lambda = (2.0 * (columns as f64).ln() / rows as f64).sqrt();
    let mut fixed = Vec::new();
    for level in [0.1, 1.0] {
        let mut y = Vector::from(noise.iter().map(|e| level * e).collect::<Vec<f64>>());
        for (j, weight) in truth {
            y.iter_mut().zip(design.column(j)).for_each(|(y, a)| *y += weight * a);
        }
        let lasso: Host<'_> = Concomitant::new(&design, &y, lambda).unwrap();
        let (state, report) = run(&lasso, columns, columns, 1e-9);
        assert!(report.converged(), "{report:?}");
        let support: Vec<usize> = (0..columns).filter(|j| state.x()[*j] != 0.0).collect();
        assert!(truth.iter().all(|(j, _)| support.contains(j)), "{level}: {support:?}");
        assert!(support.len() <= 5, "{level}: {support:?}");
        // Shrinking biases σ upwards by what λ takes from three coefficients: 1 + λ² s/2, twice that here.
        assert!((0.9..1.3).contains(&(state.sigma() / level)), "{level}: {}", state.sigma());
        // A plain lasso with what suits the lower level finds noise at the higher one.
        let plain = Lasso::new(&design, &y, rows as f64 * lambda * 0.1).unwrap();
        let memory = Workspace::new(
            columns,
            Vector::filled(numbers(columns), 0.0),
            vec![0_usize; indices(columns, columns)],
        );
        let mut state = plain.start(memory).unwrap();
        assert!(solve(&plain, &mut state, Stop::relative(1e-9).unwrap()).converged());
        fixed.push(state.x().iter().filter(|x| **x != 0.0).count());
    }
    // Measured: 4 and 38 of 50.
    assert!(fixed[0] <= 5 && fixed[1] >= 20, "{fixed:?}");
}

#[test]
fn nothing_to_explain_and_nothing_left_over_end_truthfully() {
    let (design, y) = gaussian(20, 6, 0.3, 59);
    let nothing = Vector::filled(20, 0.0);
    let lasso: Host<'_> = Concomitant::new(&design, &nothing, 0.1).unwrap();
    assert_eq!((lasso.largest_lambda(), lasso.floor()), (0.0, 0.0));
    let (state, report) = run(&lasso, 6, 6, 1e-6);
    assert_eq!((report.status, report.iterations, report.residual), (Status::Converged, 0, 0.0));
    assert_eq!((state.sigma(), state.x().iter().all(|x| *x == 0.0)), (0.0, true));
    // No noise at all: σ comes down to σ₀ and stays.
    let mut exact = Vector::filled(20, 0.0);
    exact.iter_mut().zip(design.column(2)).for_each(|(y, a)| *y = 3.0 * a);
    let lasso: Host<'_> = Concomitant::new(&design, &exact, 0.05).unwrap();
    let (state, report) = run(&lasso, 6, 6, 1e-9);
    assert!(report.converged(), "{report:?}");
    assert_eq!(state.sigma(), lasso.floor());
    assert!((state.x()[2] - 3.0).abs() < 0.05, "{:?}", state.x());
    // λ = 0: least squares, whose residual is no direction of a feasible dual point but where it is zero.
    let lasso: Host<'_> = Concomitant::new(&design, &y, 0.0).unwrap();
    let mut state = start(&lasso, 6, 6);
    let report = solve(&lasso, &mut state, Stop::relative(1e-6).unwrap().max_iterations(500));
    assert!(!report.converged() && report.residual.is_finite(), "{report:?}");
}

#[test]
fn what_is_no_problem_is_refused_and_faults_end_truthfully() {
    let (design, y) = gaussian(10, 12, 0.0, 60);
    let new = |y: &Vector<f64>, lambda: f64| {
        let lasso: Result<Host<'_>, _> = Concomitant::new(&design, y, lambda);
        lasso.map(|lasso| lasso.lambda())
    };
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut broken = y.clone();
        broken[3] = bad;
        let error = LassoError::Fit(FitError::NonFiniteResponse { row: 3 });
        assert_eq!(new(&broken, 0.1), Err(error));
        assert_eq!(new(&y, bad), Err(LassoError::Lambda));
        let lasso: Host<'_> = Concomitant::new(&design, &y, 0.1).unwrap();
        assert_eq!(lasso.with_floor(bad).err(), Some(LassoError::Scale));
    }
    assert_eq!(new(&y, -0.1), Err(LassoError::Lambda));
    let lasso: Host<'_> = Concomitant::new(&design, &y, 0.02).unwrap();
    for bad in [0.0, -1.0] {
        assert_eq!(lasso.clone().with_floor(bad).err(), Some(LassoError::Scale));
    }
    for when in 0..6 {
        let mut state = start(&lasso, 12, 12);
        let mut run = Run::new(Stop::relative(1e-9).unwrap());
        assert_eq!(run.advance(&lasso, &mut state, when).status, Status::Running);
        state.x_mut()[5] = f64::NAN;
        let report = run.advance(&lasso, &mut state, u32::MAX);
        assert_eq!(report.status, Status::NonFinite);
        assert!(state.x().iter().all(|x| x.is_finite()) && state.sigma().is_finite());
        // The same state is good again.
        assert!(solve(&lasso, &mut state, Stop::relative(1e-9).unwrap()).converged());
    }
}

#[test]
fn a_path_and_fixed_memory_give_the_same_as_single_runs_on_the_heap() {
    let (design, y) = gaussian(24, 10, 0.5, 61);
    let mut lasso: Host<'_> = Concomitant::new(&design, &y, 0.0).unwrap();
    let stop = Stop::relative(1e-10).unwrap();
    let mut path = Path::new(&lasso, 0.05, 6, stop).unwrap();
    let mut state = start(&lasso, 10, 10);
    while let Some(point) = path.next(&mut lasso, &mut state) {
        assert!(point.report.converged(), "{point:?}");
        let alone = lasso.clone().with_lambda(point.lambda).unwrap();
        let (found, _) = run(&alone, 10, 10, 1e-10);
        assert!((found.sigma() / state.sigma() - 1.0).abs() < 1e-8, "{point:?}");
    }
    let fixed = SMatrix::<f64, 24, 10>::from_fn(|i, j| design.column(j)[i]);
    let fixed_y = SVector::<f64, 24>::from_column_slice(&y);
    let small = Concomitant::new(&fixed, &fixed_y, lasso.lambda()).unwrap();
    let memory = Workspace::new(10, zeros::<f64, { numbers(10) }, 1>(), [0; indices(10, 10)]);
    let mut fixed_state = small.start(memory).unwrap();
    let report = solve(&small, &mut fixed_state, stop);
    let (state, host) = run(&lasso, 10, 10, 1e-10);
    assert_eq!(report, host);
    assert_eq!(fixed_state.x().as_slice(), &state.x()[..]);
}
