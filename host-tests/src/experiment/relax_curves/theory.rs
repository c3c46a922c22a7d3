//! β and τ against the offset, beside what the theory asks of them.

use super::cost::{cost, gaussian, omegas};
use super::{Splitting, table};
use crate::figure::{BLUE, Figure, Legend, RED};
use indicatif::ProgressBar;
use rayon::prelude::*;
use std::f64::consts::E;
use std::path::Path;

/// The theory wants τ at most this. It is not: the largest asymptocity, met near ω*, is 0.2 to 0.3 at
/// every offset. The surrogate bounds the cost whatever τ is.
pub const TAU_LIMIT: f64 = 1.0 / (E * E);
/// The theory wants β² at least this.
pub const BETA_SQUARED_LIMIT: f64 = 4.0 / (E * E) * (1.0 - 1.0 / (E * E));

/// One offset.
#[derive(Clone, Copy, Debug)]
pub struct Theory {
    /// c.
    pub offset: f64,
    /// ρ(I − D⁻¹A).
    pub beta: f64,
    /// The largest asymptocity over ω in [1, 1.9].
    pub tau: f64,
}

/// `count` offsets from −0.15 to 0.45, with one right-hand side for all.
pub(super) fn run(
    seed: u64,
    count: u32,
    step: f64,
    bar: &ProgressBar,
) -> anyhow::Result<Vec<Theory>> {
    let b = gaussian(seed, 0, 1).remove(0);
    let one = |k: u32| {
        let offset = -0.15 + 0.6 * f64::from(k) / f64::from(count - 1);
        let splitting = Splitting::new(offset)?;
        let mut tau = 0.0_f64;
        for omega in omegas(&splitting, step, 1.9) {
            let sweeps = cost(&splitting.a, &b, omega)?;
            tau = tau.max(splitting.asymptocity(omega, &[sweeps]));
        }
        bar.inc(1);
        Ok(Theory { offset, beta: splitting.beta, tau })
    };
    (0..count).into_par_iter().map(one).collect()
}

pub(super) fn write(theory: &[Theory], folder: &Path) -> anyhow::Result<()> {
    table::write(
        &folder.join("theory.csv"),
        &["offset", "beta", "tau", "beta_limit", "tau_limit"],
        theory.iter().map(|t| vec![t.offset, t.beta, t.tau, BETA_SQUARED_LIMIT.sqrt(), TAU_LIMIT]),
    )?;
    let curve = |value: fn(&Theory) -> f64| -> Vec<_> {
        theory.iter().map(|t| (t.offset, value(t))).collect()
    };
    let mut figure = Figure::new("offset c", "beta and tau").legend(Legend::Left);
    figure.line("beta", &curve(|t| t.beta), BLUE);
    figure.level("its least value in theory", BETA_SQUARED_LIMIT.sqrt(), BLUE);
    figure.line("tau", &curve(|t| t.tau), RED);
    figure.level("its largest value in theory, 1/e²", TAU_LIMIT, RED);
    figure.write(&folder.join("theory.svg"))
}
