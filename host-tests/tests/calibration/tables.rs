//! The published tables: success, iterations and noise.

use crate::problem::{Problem, Shape, draw, error, median};
use solvekit::Iteration;
use solvekit::calibration::{ProjectedGradient, SparseProjectedGradient, Steps};
use solvekit::recovery::Largest;
use solvekit_host::vector::Vector;

const TRIALS: u64 = 20;

/// Iterations until f < 10⁻⁹, at most `most`, and the error there.
fn descend(problem: &Problem, steps: Steps<f64>, most: u32) -> (u32, f64) {
    let descent = ProjectedGradient::new(problem.snapshots(), steps).unwrap();
    let mut state = descent.start();
    for iterations in 0..most {
        descent.residual(&mut state);
        if state.objective() < 1e-9 || state.objective().is_nan() {
            return (iterations, problem.error(&state.x, &state.gains));
        }
        descent.step(&mut state);
    }
    (most, problem.error(&state.x, &state.gains))
}

/// Successes of 20, and the median of their iterations.
fn cell(shape: Shape, rho: f64, steps: Steps<f64>) -> (u32, f64) {
    let runs = (0..TRIALS)
        .map(|seed| descend(&draw(seed, shape, shape.n, rho, f64::INFINITY), steps, 1500));
    let solved: Vec<f64> =
        runs.filter(|(_, error)| *error < 1e-3).map(|(its, _)| f64::from(its)).collect();
    let count = solved.len() as u32;
    (count, if solved.is_empty() { f64::NAN } else { median(solved) })
}

/// May two counts of 20 come from the same probability? Fisher's exact test at 1 in 1000.
fn same(a: u32, b: u32) -> bool {
    let choose =
        |n: u32, k: u32| (0..k).map(|i| f64::from(n - i) / f64::from(i + 1)).product::<f64>();
    let total = a + b;
    let chance = |k: u32| choose(20, k) * choose(20, total - k) / choose(40, total);
    let own = chance(a);
    let all = (0..=20).filter(|k| *k <= total && total - k <= 20).map(chance);
    all.filter(|c| *c <= own * (1.0 + 1e-9)).sum::<f64>() > 1e-3
}

/// m, p, published successes of 20 for ρ = .1, .5, .9, and the median iterations for ρ = .5.
type Row = (usize, usize, [u32; 3], Option<f64>);

fn holds((m, p, published, iterations): Row) {
    let shape = Shape { n: 64, m, p };
    for (rho, published) in [0.1, 0.5, 0.9].into_iter().zip(published) {
        let (solved, median) = cell(shape, rho, Steps::Joint);
        println!("m {m} p {p} rho {rho}: {solved} of 20 ({published}), {median} iterations");
        assert!(same(solved, published), "m {m} p {p} rho {rho}: {solved}, {published} published");
        // Too few successes have no median to speak of.
        if let (Some(iterations), true) = (iterations, rho == 0.5 && solved >= 10) {
            // Medians of 20 draws whose logarithms spread by about .3.
            let ratio = median / iterations;
            assert!((0.75..1.34).contains(&ratio), "m {m} p {p}: {median} for {iterations}");
        }
    }
}

#[test]
fn a_few_cells_of_the_success_table() {
    holds((32, 8, [20, 20, 20], Some(75.0)));
    holds((64, 4, [20, 20, 20], Some(231.0)));
}

#[test]
#[ignore = "the whole table takes minutes"]
fn the_success_table() {
    let rows: [Row; 16] = [
        (16, 4, [0, 0, 0], None),
        (16, 6, [19, 16, 0], Some(1305.0)),
        (16, 8, [20, 20, 20], Some(292.0)),
        (16, 12, [20, 20, 20], Some(94.0)),
        (32, 3, [0, 0, 0], None),
        (32, 4, [20, 20, 16], Some(689.0)),
        (32, 6, [20, 20, 20], Some(136.0)),
        (32, 8, [20, 20, 20], Some(75.0)),
        (64, 2, [0, 0, 0], None),
        (64, 3, [19, 18, 16], Some(587.0)),
        (64, 4, [20, 20, 20], Some(231.0)),
        (64, 6, [20, 20, 20], Some(85.0)),
        (128, 2, [9, 2, 4], Some(1101.0)),
        (128, 3, [20, 17, 16], Some(551.0)),
        (128, 4, [20, 19, 20], Some(229.0)),
        (128, 8, [20, 20, 20], Some(51.0)),
    ];
    rows.into_iter().for_each(holds);
}

#[test]
#[ignore = "takes a minute"]
fn the_step_table() {
    let shape = Shape { n: 64, m: 64, p: 4 };
    let fixed = |mu: f64| Steps::Fixed { signal: mu, gains: 64.0 * mu };
    for (name, steps, published, iterations) in [
        ("line search", Steps::Joint, 20, Some(225.0)),
        ("alternating", Steps::Alternating, 20, None),
        (".25", fixed(0.25), 19, Some(387.0)),
        (".5", fixed(0.5), 11, None),
        ("1", fixed(1.0), 0, None),
        ("1.5", fixed(1.5), 0, None),
    ] {
        let (solved, median) = cell(shape, 0.5, steps);
        println!("{name}: {solved} of 20 ({published}), {median} iterations");
        assert!(same(solved, published), "{name}: {solved}, {published} published");
        if let Some(iterations) = iterations {
            assert!((0.75..1.34).contains(&(median / iterations)), "{name}: {median}");
        }
    }
}

#[test]
fn the_noise_table() {
    // The published medians of 30 trials have a spread of their own of about 4 %; ours are those of
    // 60, and with them the difference has one of about 5 %, so that 12 % are to be kept in all.
    let shape = Shape { n: 64, m: 64, p: 6 };
    for (snr, published) in
        [(50.0, 0.00165), (40.0, 0.00519), (30.0, 0.0161), (20.0, 0.0509), (10.0, 0.157)]
    {
        let errors = |seed: u64| {
            let problem = draw(100 + seed, shape, 64, 0.5, snr);
            let descent = ProjectedGradient::new(problem.snapshots(), Steps::Joint).unwrap();
            let mut state = descent.start();
            (0..100).for_each(|_| descent.step(&mut state));
            error(&state.x, &problem.x)
        };
        let found = median((0..60).map(errors).collect());
        println!("{snr} dB: {found} ({published})");
        assert!((found / published - 1.0).abs() < 0.12, "{snr} dB: {found} for {published}");
    }
}

#[test]
#[ignore = "takes a minute"]
fn the_sparse_table() {
    let cells: [(usize, usize, usize, u32); 23] = [
        (4, 16, 3, 18),
        (4, 16, 4, 19),
        (4, 16, 6, 20),
        (4, 32, 2, 15),
        (4, 32, 3, 20),
        (4, 64, 1, 0),
        (4, 64, 2, 14),
        (4, 64, 3, 20),
        (8, 16, 3, 5),
        (8, 16, 4, 15),
        (8, 16, 6, 20),
        (8, 32, 2, 6),
        (8, 32, 3, 19),
        (8, 32, 4, 20),
        (8, 64, 1, 0),
        (8, 64, 2, 17),
        (8, 64, 3, 19),
        (16, 16, 4, 5),
        (16, 16, 6, 19),
        (16, 32, 2, 0),
        (16, 32, 3, 10),
        (16, 32, 4, 20),
        (16, 64, 2, 11),
    ];
    for (k, m, p, published) in cells {
        let solved = (0..TRIALS)
            .filter(|seed| {
                let problem = draw(*seed, Shape { n: 128, m, p }, k, 0.5, f64::INFINITY);
                let room = Largest::new(vec![0; k], Vector::filled(k, 0.0));
                let descent = SparseProjectedGradient::new(problem.snapshots(), room).unwrap();
                let mut state = descent.start();
                (0..1500).for_each(|_| descent.step(&mut state));
                problem.error(&state.x, &state.gains) < 1e-3
            })
            .count() as u32;
        println!("k {k} m {m} p {p}: {solved} of 20 ({published})");
        assert!(same(solved, published), "k {k} m {m} p {p}: {solved}, {published} published");
    }
}
