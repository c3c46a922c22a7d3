//! The main job as a story: a device solves a sequence of related systems and learns ω on the way.

use crate::sequence::{Grid, Laplacian, N, Sequence, Variance};
use crate::{Line, Meter, NoMeter};
use solvekit::sor::{AdaptiveSor, Sor};
use solvekit::tuner::{OmegaTuner, TsallisInf};
use solvekit::{Iteration, Report, Stop, solve};

/// Relative tolerance in f32, whose floor here is a few 1e-6.
pub const TOLERANCE: f32 = 1e-5;
/// Values of ω that the tuner chooses from: 1, 1.05, …, 1.95.
pub const ARMS: usize = 20;
/// Seed of the story and of the demo.
pub const SEED: u64 = 20_231_004;
/// The tuner as the stories use it.
pub type Tuner = TsallisInf<f32, ARMS>;

/// How ω is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// ω = 1: Gauss–Seidel, what one does without knowing better.
    GaussSeidel,
    /// Learned from solve to solve by Tsallis-INF.
    Tuned,
    /// Adapted inside each solve.
    Adaptive,
}

/// What a whole sequence came to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Sweeps in all.
    pub sweeps: u32,
    /// Solves that did not converge.
    pub failures: u32,
    /// The largest ‖r‖ / ‖b‖ at the end of a solve.
    pub residual: f32,
    /// The last solve's ω.
    pub omega: f32,
    /// The bits of every x of every solve, folded into one number.
    pub checksum: u32,
}

impl Outcome {
    fn record(&mut self, report: Report<f32>, omega: f32, x: &Grid<f32>) {
        self.sweeps += report.iterations;
        self.failures += u32::from(!report.converged());
        self.residual = self.residual.max(report.residual / report.reference);
        self.omega = omega;
        let fold = |sum: u32, x: &f32| sum.rotate_left(5) ^ x.to_bits();
        self.checksum = x.as_slice().iter().fold(self.checksum, fold);
    }

    /// The outcome as a story tells it.
    pub fn tell(&self, say: &mut impl FnMut(Line)) {
        say(Line::Count("  sweeps", self.sweeps));
        say(Line::Count("  not converged", self.failures));
        say(Line::Real("  worst residual", self.residual));
        say(Line::Real("  last omega", self.omega));
        say(Line::Count("  checksum of all solutions", self.checksum));
    }
}

/// Solves the first `systems` systems of a sequence in f32. `meter` runs every solve, and nothing
/// but solves: drawing the systems is not part of the job.
///
/// # Panics
/// If the sequence holds a system that SOR refuses; it holds none.
pub fn campaign(
    policy: Policy,
    variance: Variance,
    systems: u32,
    meter: &mut impl Meter,
) -> (Outcome, Tuner) {
    let mut sequence = Sequence::new(variance, SEED, 0);
    let mut draws = Sequence::new(variance, SEED, 1);
    let mut tuner = Tuner::evenly(1.0, 1.95).expect("valid arms");
    let stop = Stop::relative(TOLERANCE).expect("a valid tolerance");
    let mut outcome = Outcome::default();
    let mut b = Grid::zeros();
    for _ in 0..systems {
        let a: Laplacian<f32> = sequence.next_system(&mut b);
        if policy == Policy::Adaptive {
            let sor = AdaptiveSor::new(&a, &b).expect("a valid system");
            let mut state = sor.start();
            let report = meter.measure(|| run(&sor, &mut state, stop));
            outcome.record(report, state.omega, &state.x);
        } else {
            let omega = match policy {
                Policy::Tuned => tuner.select(draws.uniform()).expect("a valid draw"),
                _ => 1.0,
            };
            let sor = Sor::new(&a, &b, omega).expect("a valid system");
            let mut state = sor.start();
            let report = meter.measure(|| run(&sor, &mut state, stop));
            outcome.record(report, omega, &state.x);
            if policy == Policy::Tuned {
                tuner.update(report.iterations as f32).expect("a valid cost");
            }
        }
    }
    (outcome, tuner)
}

/// Kept as one function of its own, so that what is measured is the solve.
#[inline(never)]
fn run<I: Iteration<Real = f32>>(
    iteration: &I,
    state: &mut I::State,
    stop: Stop<f32>,
) -> Report<f32> {
    solve(iteration, state, stop)
}

/// Tells how each policy fares over `systems` systems.
pub fn compare(systems: u32, meter: &mut impl Meter, say: &mut impl FnMut(Line)) {
    say(Line::Count("unknowns", N as u32));
    say(Line::Count("systems", systems));
    for (policy, title) in [
        (Policy::GaussSeidel, "Gauss-Seidel"),
        (Policy::Tuned, "omega learned from solve to solve"),
        (Policy::Adaptive, "omega adapted inside each solve"),
    ] {
        say(Line::Text(title));
        let (outcome, tuner) = campaign(policy, Variance::Low, systems, meter);
        outcome.tell(say);
        if policy == Policy::Tuned {
            say(Line::Real("  favourite omega", tuner.favourite()));
            say(Line::Real("  mean cost", tuner.mean_cost()));
        }
    }
}

/// The story: 24 systems, three ways.
pub fn story(say: &mut impl FnMut(Line)) {
    compare(24, &mut NoMeter, say);
}
