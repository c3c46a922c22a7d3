//! [`Policy`]: a way to choose ω, and what it costs over one sequence.

use scenarios::sequence::{Grid, Laplacian, Sequence, Variance};
use solvekit::sor::{AdaptiveSor, Sor, young_omega};
use solvekit::tuner::{OmegaTuner, TsallisInf};
use solvekit::{Iteration, Stop, solve};

/// Relative tolerance of every solve.
pub const TOLERANCE: f64 = 1e-8;
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
    /// Sweeps of each solve.
    pub sweeps: Vec<u32>,
}

impl Trial {
    /// Sweeps in all.
    pub fn total(&self) -> u64 {
        self.sweeps.iter().copied().map(u64::from).sum()
    }
}

impl Policy {
    /// Solves `systems` systems of one trial's sequence.
    pub fn run(
        self,
        variance: Variance,
        seed: u64,
        trial: u64,
        systems: usize,
    ) -> anyhow::Result<Trial> {
        let mut sequence = Sequence::new(variance, seed, trial);
        let mut draws = Sequence::new(variance, seed ^ 0x5EED, trial);
        let mut tuner = TsallisInf::<f64, ARMS>::evenly(1.0, 1.95)?;
        let stop = Stop::relative(TOLERANCE)?;
        let mut b = Grid::zeros();
        let mut sweeps = Vec::with_capacity(systems);
        for _ in 0..systems {
            let a: Laplacian<f64> = sequence.next_system(&mut b);
            sweeps.push(match self {
                Self::Fixed(omega) => sweep_count(&a, &b, omega, stop)?,
                Self::Young => {
                    let beta = 4.0 * (std::f64::consts::PI / 11.0).cos() / a.center;
                    sweep_count(&a, &b, young_omega(beta)?, stop)?
                }
                Self::Adaptive => {
                    let sor = AdaptiveSor::new(&a, &b)?;
                    count(&sor, sor.start(), stop)
                }
                Self::Tsallis => {
                    let omega = tuner.select(draws.uniform())?;
                    let cost = sweep_count(&a, &b, omega, stop)?;
                    tuner.update(f64::from(cost))?;
                    cost
                }
            });
        }
        Ok(Trial { sweeps })
    }
}

fn sweep_count(
    a: &Laplacian<f64>,
    b: &Grid<f64>,
    omega: f64,
    stop: Stop<f64>,
) -> anyhow::Result<u32> {
    let sor = Sor::new(a, b, omega)?;
    Ok(count(&sor, sor.start(), stop))
}

fn count<I: Iteration<Real = f64>>(iteration: &I, mut state: I::State, stop: Stop<f64>) -> u32 {
    solve(iteration, &mut state, stop).iterations
}
