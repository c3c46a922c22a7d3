//! The heat experiment: the problem against a textbook solver and the totals of the paper's note.

mod oracle;

use oracle::{Method, pcg};
use rayon::prelude::*;
use solvekit_host::experiment::relax_heat::{Heat, Policy, diffusivity};
use std::fs;
use std::process::Command;

const SEED: u64 = 20_231_004;

/// Iterations over the whole simulation at nx = 25.
fn total(method: Method) -> u32 {
    let mut heat = Heat::<24>::new();
    let mut sum = 0;
    for _ in 0..5000 {
        let step = heat.next_step();
        let (u, iterations) = pcg(&step.a, &step.b, *heat.u(), method);
        sum += iterations;
        heat.advance(u);
    }
    sum
}

#[test]
fn the_problem_is_that_of_the_paper_note() {
    for (method, known) in [
        (Method::Plain, 85_422),
        (Method::Ssor(1.0), 32_800),
        (Method::Ssor(1.3), 29_802),
        (Method::Ssor(1.5), 32_296),
        (Method::Ssor(1.75), 44_898),
        (Method::Ssor(1.95), 63_050),
    ] {
        // The totals came out equal. A platform's sine and exponential may round otherwise, and an
        // iteration more or less may decide in a step or two.
        let found = total(method);
        assert!(found.abs_diff(known) <= 5, "{method:?}: {found}, should be {known}");
    }
}

#[test]
fn the_diffusivity_alternates_between_slow_and_fast() {
    let near = |t: f64, expected: f64| {
        assert!((diffusivity(t) - expected).abs() < 1e-12, "{t}: {}", diffusivity(t));
    };
    for (t, kappa) in [(0.0, 0.0), (0.25, 0.1), (0.75, 10.0), (4.75, 10.0)] {
        near(t, kappa);
    }
    assert!((0..5000).all(|k| diffusivity(f64::from(k) * 1e-3) >= 0.0));
}

#[test]
fn without_a_source_the_slowest_mode_decays_as_crank_nicolson_says() {
    // sin πx sin πy is a mode of the five-point Laplacian with eigenvalue −λ = −8 sin²(πh/2)/h²; the
    // source enters the right-hand side only, so it is taken off by the step from u = 0.
    let silent = |u| {
        let mut heat = Heat::<9>::new();
        heat.advance(u);
        heat.next_step()
    };
    let h = 0.1;
    let place = |k: usize| (std::f64::consts::PI * h * (k + 1) as f64).sin();
    let mode = solvekit::SMatrix::from_fn(|i, j| place(i) * place(j));
    let (with, without) = (silent(mode), silent(solvekit::SMatrix::zeros()));
    let b = with.b - without.b;
    let u = pcg(&with.a, &b, mode, Method::Plain).0;
    let lambda = 8.0 * (std::f64::consts::FRAC_PI_2 * h).sin().powi(2) / (h * h);
    // One step had passed, so that the middle of this one is at 1.5 Δt.
    let half = 0.5e-3 * diffusivity(1.5e-3) * lambda;
    let decayed = mode * ((1.0 - half) / (1.0 + half));
    // The oracle's own tolerance; the change itself is a hundred times as large.
    assert!((u - decayed).norm() < 1e-8 * mode.norm(), "{}", (u - decayed).norm());
    assert!((mode - decayed).norm() > 1e-6 * mode.norm());
}

#[test]
fn every_solve_takes_the_iterations_of_a_textbook() {
    // The kit relaxes forwards first, the oracle backwards: the same on the grid turned around.
    let turned = |grid: &solvekit::SMatrix<f64, 24, 24>| {
        solvekit::SMatrix::<f64, 24, 24>::from_fn(|i, j| grid[(23 - i, 23 - j)])
    };
    // Into the fast half of the first period.
    let steps = 700;
    for (policy, method) in [
        (Policy::Cg, Method::Plain),
        (Policy::Fixed(1.0), Method::Ssor(1.0)),
        (Policy::Fixed(1.65), Method::Ssor(1.65)),
    ] {
        let run = policy.run::<24>(SEED, 0, steps).expect("no step is refused");
        let mut heat = Heat::<24>::new();
        let mut differences = 0;
        for found in &run.iterations {
            let step = heat.next_step();
            let (u, expected) = pcg(&step.a, &turned(&step.b), turned(heat.u()), method);
            differences += found.abs_diff(expected);
            heat.advance(turned(&u));
        }
        // Rounding may decide a step or two whose residual meets the tolerance by a hair.
        assert!(differences <= 3, "{policy}: {differences}");
        assert_eq!(run.failures, 0, "{policy}");
    }
}

#[test]
fn policies_are_ordered_as_in_the_note() {
    let policies = [
        Policy::Oracle,
        Policy::ChebCb,
        Policy::Fixed(1.4),
        Policy::TsallisBins,
        Policy::Fixed(1.3),
        Policy::Tsallis,
        Policy::Fixed(1.5),
        Policy::Fixed(1.0),
        Policy::Fixed(1.75),
        Policy::Fixed(1.95),
        Policy::Cg,
    ];
    let runs = policies.into_par_iter().map(|policy| {
        let trials = if policy.learns() { 3 } else { 1 };
        let total = |trial| {
            let run = policy.run::<24>(SEED, trial, 5000).expect("no step is refused");
            assert_eq!(run.failures, 0, "{policy}");
            run.total()
        };
        (policy, (0..trials).map(total).sum::<u64>() as f64 / trials as f64)
    });
    let runs: Vec<_> = runs.collect();
    let of = |policy| runs.iter().find(|run| run.0 == policy).expect("it has run").1;
    // The note ran the sweeps of the preconditioner in the other order, which is worth 0.2 %, and
    // its learners had other seeds, between which Tsallis-INF spreads by 1 %.
    for (policy, known, tolerance) in [
        (Policy::Oracle, 24_158.0, 0.005),
        (Policy::Fixed(1.4), 29_454.0, 0.005),
        (Policy::Fixed(1.3), 29_802.0, 0.005),
        (Policy::Tsallis, 30_638.0, 0.03),
        (Policy::TsallisBins, 29_595.0, 0.03),
        (Policy::Fixed(1.5), 32_296.0, 0.005),
        (Policy::Fixed(1.0), 32_800.0, 0.005),
        (Policy::Fixed(1.75), 44_898.0, 0.005),
        (Policy::Fixed(1.95), 63_050.0, 0.005),
        (Policy::Cg, 85_422.0, 0.0005),
    ] {
        let found = of(policy);
        assert!((found / known - 1.0).abs() <= tolerance, "{policy}: {found}, not {known}");
    }
    assert!(of(Policy::ChebCb) <= 25_068.0, "{}", of(Policy::ChebCb));
    // Tsallis-INF-CB stands by the best fixed ω and ω = 1.3, too near to be told apart by three
    // seeds; every other neighbours' gap is a multiple of the spread.
    let near = [Policy::TsallisBins];
    let rest: Vec<_> = runs.iter().filter(|run| !near.contains(&run.0)).collect();
    assert!(rest.is_sorted_by(|a, b| a.1 < b.1), "{rest:?}");
}

#[test]
fn the_program_writes_the_table_and_the_figures() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let run = |nx: &str| {
        Command::new(env!("CARGO_BIN_EXE_solvekit"))
            .args(["experiment", "relax-heat", "--scale", "0.01", "--nx", nx, "--output"])
            .arg(folder.path())
            .output()
            .expect("the program runs")
    };
    let bad = run("30");
    assert_eq!(bad.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&bad.stderr).contains("25, 50 or 100"), "{bad:?}");
    // The largest grid shows that the threads' stacks are large enough.
    let good = run("25,100,25");
    assert!(good.status.success(), "{}", String::from_utf8_lossy(&good.stderr));
    let told = String::from_utf8(good.stdout).expect("text");
    for shown in ["CG", "omega 1.75", "Tsallis-INF ", "Tsallis-INF-CB", "ChebCB", "the best"] {
        assert!(told.matches(shown).count() >= 2, "{shown}: {told}");
    }
    let table = fs::read_to_string(folder.path().join("table.csv")).expect("a table");
    assert!(table.starts_with("nx,unknowns,policy,steps,trials,total_mean,"), "{table}");
    // Plain CG, twenty ω, three learners and the oracle, on two grids.
    assert_eq!(table.lines().count(), 1 + 2 * 25, "{table}");
    assert!(table.contains("\n100,9801,ChebCB,50,3,"), "{table}");
    for figure in ["learning-25", "learning-100", "omega-25", "omega-100"] {
        let svg = fs::read_to_string(folder.path().join(figure).with_extension("svg"));
        let svg = svg.expect("a figure");
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"), "{figure}");
    }
}
