//! The heat experiment: the problem against a textbook solver and the totals of the paper's note.

mod oracle;

use oracle::{Method, pcg};
use solvekit_host::experiment::relax_heat::{Heat, diffusivity};

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
