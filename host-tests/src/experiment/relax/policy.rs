//! [`Policy`]: a way to choose ω, and what it costs over one sequence.

use scenarios::sequence::{Grid, Laplacian, SIDE, Sequence, Variance};
use solvekit::sor::{AdaptiveSor, Sor, young_omega};
use solvekit::tuner::{OmegaTuner, TsallisInf};
use solvekit::{Iteration, Stop, solve};
use std::fmt;

/// Relative tolerance of every solve.
const TOLERANCE: f64 = 1e-8;
/// Arms of the bandit: 1, 1.05, …, 1.95.
pub const ARMS: usize = 20;

/// A way to choose ω for each system of a sequence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Policy {
    /// The same ω for all.
    Fixed(f64),
    /// Tsallis-INF over the arms.
    Tsallis,
    /// Adapted inside each solve; nothing is carried over.
    Adaptive,
    /// Young's ω of each system, which no learner knows.
    Young,
}

/// What one policy cost in one trial.
#[derive(Clone, Debug)]
pub struct Trial {
    /// Sweeps of each solve; a solve that hit the cap counts with the cap.
    pub sweeps: Vec<u32>,
    /// Solves that did not converge.
    pub failures: u32,
    /// How often each arm was played in the second half (the middle system included), for a policy
    /// that has arms.
    pub late_plays: [u32; ARMS],
}

impl Trial {
    /// Sweeps in all.
    pub fn total(&self) -> u64 {
        self.sweeps.iter().copied().map(u64::from).sum()
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(omega) => write!(f, "omega {omega}"),
            Self::Tsallis => f.write_str("Tsallis-INF"),
            Self::Adaptive => f.write_str("adaptive"),
            Self::Young => f.write_str("instance-optimal (Young)"),
        }
    }
}

impl Policy {
    /// Solves `systems` systems of one trial's sequence.
    ///
    /// # Errors
    /// None for these sequences: no system is refused.
    pub fn run(
        self,
        variance: Variance,
        seed: u64,
        trial: u64,
        systems: usize,
    ) -> anyhow::Result<Trial> {
        let mut sequence = Sequence::new(variance, seed, trial);
        // The learner's own randomness, the same systems with or without it.
        let mut draws = Sequence::new(variance, !seed, trial);
        let mut tuner = TsallisInf::<f64, ARMS>::evenly(1.0, 1.95)?;
        let mut solves = Solves { stop: Stop::relative(TOLERANCE)?, failures: 0 };
        let mut late_plays = [0; ARMS];
        let mut b = Grid::zeros();
        let mut sweeps = Vec::with_capacity(systems);
        for round in 0..systems {
            let a: Laplacian<f64> = sequence.next_system(&mut b);
            sweeps.push(match self {
                Self::Fixed(omega) => solves.fixed(&a, &b, omega)?,
                Self::Young => solves.fixed(&a, &b, young_omega(jacobi_radius(&a))?)?,
                Self::Adaptive => {
                    let sor = AdaptiveSor::new(&a, &b)?;
                    solves.count(&sor, sor.start())
                }
                Self::Tsallis => {
                    let omega = tuner.select(draws.uniform())?;
                    let cost = solves.fixed(&a, &b, omega)?;
                    tuner.update(f64::from(cost))?;
                    let arm = tuner.arms().iter().position(|arm| *arm == omega);
                    if let Some(plays) = arm.filter(|_| round >= systems / 2) {
                        late_plays[plays] += 1;
                    }
                    cost
                }
            });
        }
        Ok(Trial { sweeps, failures: solves.failures, late_plays })
    }
}

/// ρ(I − D⁻¹A) of a shifted Laplacian: 4 cos(π / 11) over the diagonal.
fn jacobi_radius(a: &Laplacian<f64>) -> f64 {
    4.0 * (std::f64::consts::PI / (SIDE + 1) as f64).cos() / a.center
}

/// Solves, and counts those that fail.
struct Solves {
    stop: Stop<f64>,
    failures: u32,
}

impl Solves {
    fn fixed(&mut self, a: &Laplacian<f64>, b: &Grid<f64>, omega: f64) -> anyhow::Result<u32> {
        let sor = Sor::new(a, b, omega)?;
        Ok(self.count(&sor, sor.start()))
    }

    fn count<I: Iteration<Real = f64>>(&mut self, iteration: &I, mut state: I::State) -> u32 {
        let report = solve(iteration, &mut state, self.stop);
        self.failures += u32::from(!report.converged());
        report.iterations
    }
}
