//! [`Policy`]: a way to solve every step's system, and what it costs over the simulation.

use super::{Heat, HeatStep};
use rand_core::Rng;
use rand_pcg::Pcg32;
use solvekit::krylov::{Cg, SsorCg};
use solvekit::tuner::{
    Arms, ChebCb, Cost, Interval, OmegaTuner, Round, TsallisBins, TsallisInf, TunerError,
};
use solvekit::{SMatrix, Stop, solve};
use std::fmt;

/// Relative tolerance of every solve.
const TOLERANCE: f64 = 1e-8;
/// Iterations after which a solve gives up.
const CAP: u32 = 10_000;
/// Arms of the learners: 1, 1.05, …, 1.95.
pub const ARMS: usize = 20;
/// Bins of the diffusivity.
const BINS: usize = 6;
/// Terms of the regression.
const TERMS: usize = 6;

/// A way to solve the system of every step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Policy {
    /// Conjugate gradients without a preconditioner.
    Cg,
    /// SSOR with the same ω for all steps.
    Fixed(f64),
    /// ω by Tsallis-INF over the arms.
    Tsallis,
    /// ω by Tsallis-INF in six bins of the diffusivity.
    TsallisBins,
    /// ω by ChebCB with six terms in the diffusivity.
    ChebCb,
    /// The arm that is best for each step, which no learner knows.
    Oracle,
}

/// What one policy cost in one simulation.
#[derive(Clone, Debug)]
pub struct Trial {
    /// Iterations of each step; a solve that hit the cap counts with the cap.
    pub iterations: Vec<u32>,
    /// ω of each step; none without a preconditioner.
    pub omegas: Vec<f64>,
    /// Solves that did not converge.
    pub failures: u32,
}

impl Trial {
    /// Iterations in all.
    pub fn total(&self) -> u64 {
        self.iterations.iter().copied().map(u64::from).sum()
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cg => f.write_str("CG"),
            Self::Fixed(omega) => write!(f, "omega {omega}"),
            Self::Tsallis => f.write_str("Tsallis-INF"),
            Self::TsallisBins => f.write_str("Tsallis-INF-CB"),
            Self::ChebCb => f.write_str("ChebCB"),
            Self::Oracle => f.write_str("best arm of each step"),
        }
    }
}

/// How one step's solve ended.
struct Solved<const N: usize> {
    u: SMatrix<f64, N, N>,
    iterations: u32,
    converged: bool,
}

impl<const N: usize> Solved<N> {
    /// What a tuner hears; a solve that failed is no success.
    fn cost(&self) -> Cost<f64> {
        let iterations = f64::from(self.iterations);
        if self.converged { Cost::Solved(iterations) } else { Cost::Censored(f64::from(CAP)) }
    }

    fn cg(step: &HeatStep<N>, start: &SMatrix<f64, N, N>) -> anyhow::Result<Self> {
        let cg = Cg::new(&step.a, &step.b)?;
        let mut state = cg.start_at(*start)?;
        let report = solve(&cg, &mut state, Stop::relative(TOLERANCE)?.max_iterations(CAP));
        Ok(Self { u: state.x, iterations: report.iterations, converged: report.converged() })
    }

    fn ssor(
        step: &HeatStep<N>,
        start: &SMatrix<f64, N, N>,
        omega: f64,
        cap: u32,
    ) -> anyhow::Result<Self> {
        let ssor = SsorCg::new(&step.a, &step.b, omega)?;
        let mut state = ssor.start_at(*start)?;
        let report = solve(&ssor, &mut state, Stop::relative(TOLERANCE)?.max_iterations(cap));
        Ok(Self { u: state.x, iterations: report.iterations, converged: report.converged() })
    }

    /// The arm with the fewest iterations, the one nearest to `last` among equals.
    fn best(
        step: &HeatStep<N>,
        start: &SMatrix<f64, N, N>,
        last: f64,
    ) -> anyhow::Result<(f64, Self)> {
        let mut arms = *Arms::<f64, ARMS>::evenly(1.0, 1.95)?.values();
        // The likely ones first: the others are given up once they are worse.
        arms.sort_by(|x, y| (x - last).abs().total_cmp(&(y - last).abs()));
        let mut best = (last, Self::ssor(step, start, arms[0], CAP)?);
        for omega in arms {
            let found = Self::ssor(step, start, omega, best.1.iterations)?;
            if found.converged && (found.iterations < best.1.iterations || !best.1.converged) {
                best = (omega, found);
            }
        }
        Ok(best)
    }
}

impl Policy {
    /// Takes `steps` steps on (N + 1)² cells, each solve starting from the step before.
    ///
    /// `seed` and `trial` select a learner's own randomness; the problem is always the same.
    ///
    /// # Errors
    /// None for these systems: none is refused.
    pub fn run<const N: usize>(self, seed: u64, trial: u64, steps: usize) -> anyhow::Result<Trial> {
        let mut draws = Pcg32::new(seed, trial);
        // The first output of neighbouring streams is related; the second is not.
        let _ = draws.next_u32();
        let mut heat = Heat::<N>::new();
        let mut tuner = self.tuner()?;
        let mut last = 1.5;
        let mut run = Trial { iterations: Vec::new(), omegas: Vec::new(), failures: 0 };
        for _ in 0..steps {
            let step = heat.next_step();
            let (omega, solved) = match (self, &mut tuner) {
                (_, Some(tuner)) => {
                    let uniform = f64::from(draws.next_u32()) / 4_294_967_296.0;
                    let omega = tuner.select(Round::with_context(uniform, step.context))?.omega;
                    let solved = Solved::ssor(&step, heat.u(), omega, CAP)?;
                    tuner.update(solved.cost())?;
                    (Some(omega), solved)
                }
                (Self::Fixed(omega), _) => {
                    (Some(omega), Solved::ssor(&step, heat.u(), omega, CAP)?)
                }
                (Self::Oracle, _) => {
                    let (omega, solved) = Solved::best(&step, heat.u(), last)?;
                    last = omega;
                    (Some(omega), solved)
                }
                _ => (None, Solved::cg(&step, heat.u())?),
            };
            run.iterations.push(solved.iterations);
            run.omegas.extend(omega);
            run.failures += u32::from(!solved.converged);
            heat.advance(solved.u);
        }
        Ok(run)
    }

    /// Whether its cost depends on chance.
    pub const fn learns(self) -> bool {
        matches!(self, Self::Tsallis | Self::TsallisBins | Self::ChebCb)
    }

    /// The tuner of a policy that learns; its context is κ in [0, 10].
    fn tuner(self) -> Result<Option<Box<dyn OmegaTuner<f64>>>, TunerError> {
        let arms = Arms::<f64, ARMS>::evenly(1.0, 1.95)?;
        let range = Interval::new(0.0, 10.0)?;
        Ok(match self {
            Self::Tsallis => Some(Box::new(TsallisInf::new(arms))),
            Self::TsallisBins => Some(Box::new(TsallisBins::<f64, ARMS, BINS>::new(arms, range)?)),
            Self::ChebCb => Some(Box::new(ChebCb::<f64, ARMS, TERMS>::new(arms, range)?)),
            Self::Cg | Self::Fixed(_) | Self::Oracle => None,
        })
    }
}
