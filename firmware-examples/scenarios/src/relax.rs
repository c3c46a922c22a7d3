//! The main job as a story: a device solves a sequence of related systems and learns ω on the way.

use crate::sequence::{Grid, Laplacian, N, Sequence, Variance};
use crate::{Line, Meter, NoMeter};
use solvekit::sor::{AdaptiveSor, Sor};
use solvekit::tuner::{Cost, OmegaTuner, Round, TsallisInf};
use solvekit::{Iteration, Report, Scalar, Stop, solve};

/// Relative tolerance in f32, whose floor here is a few 1e-6.
pub const TOLERANCE: f32 = 1e-5;
/// Values of ω that the tuner chooses from: 1, 1.05, …, 1.95.
pub const ARMS: usize = 20;
/// Sweeps after which a solve gives up.
const CAP: u32 = 10_000;
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

impl Policy {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 3] = [Self::GaussSeidel, Self::Tuned, Self::Adaptive];

    /// What a reader calls it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::GaussSeidel => "Gauss-Seidel",
            Self::Tuned => "omega learned from solve to solve",
            Self::Adaptive => "omega adapted inside each solve",
        }
    }
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
    pub(crate) fn record(&mut self, report: Report<f32>, omega: f32, x: &Grid<f32>) {
        self.sweeps += report.iterations;
        self.failures += u32::from(!report.converged());
        // Of core: NaN wins, where f32's own `max` would drop it.
        self.residual = Scalar::max(self.residual, report.relative());
        self.omega = omega;
        self.checksum = checksum(self.checksum, x.as_slice());
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

/// Folds the bits of x into a running checksum.
pub fn checksum(sum: u32, x: &[f32]) -> u32 {
    x.iter().fold(sum, |sum, x| sum.rotate_left(5) ^ x.to_bits())
}

/// A sequence being solved under one policy, system by system.
#[derive(Clone, Debug)]
pub struct Campaign {
    policy: Policy,
    sequence: Sequence,
    draws: Sequence,
    stop: Stop<f32>,
    b: Grid<f32>,
    /// What it learned.
    pub tuner: Tuner,
    /// What it came to so far.
    pub outcome: Outcome,
}

impl Campaign {
    /// Before the first system.
    ///
    /// # Panics
    /// If the arms or the tolerance were wrong; they are constants.
    pub fn new(policy: Policy, variance: Variance) -> Self {
        Self {
            policy,
            sequence: Sequence::new(variance, SEED, 0),
            draws: Sequence::new(variance, SEED, 1),
            stop: Stop::relative(TOLERANCE).expect("a valid tolerance").max_iterations(CAP),
            b: Grid::zeros(),
            tuner: Tuner::evenly(1.0, 1.95).expect("valid arms"),
            outcome: Outcome::default(),
        }
    }

    /// Solves the next system in f32 and returns its ω and its sweeps. `meter` runs the solve and
    /// nothing else: drawing the system is not part of the job.
    ///
    /// # Panics
    /// If the sequence holds a system that SOR refuses; it holds none.
    pub fn next(&mut self, meter: &mut impl Meter) -> (f32, u32) {
        let a: Laplacian<f32> = self.sequence.next_system(&mut self.b);
        let title = self.policy.title();
        let (report, omega) = if self.policy == Policy::Adaptive {
            let sor = AdaptiveSor::new(&a, &self.b).expect("a valid system");
            let mut state = sor.start();
            let report = meter.measure(title, || run(&sor, &mut state, self.stop));
            self.outcome.record(report, state.omega(), &state.x);
            (report, state.omega())
        } else {
            let omega = match self.policy {
                Policy::Tuned => {
                    let round = Round::new(self.draws.uniform());
                    self.tuner.select(round).expect("a valid draw").omega
                }
                _ => 1.0,
            };
            let sor = Sor::new(&a, &self.b, omega).expect("a valid system");
            let mut state = sor.start();
            let report = meter.measure(title, || run(&sor, &mut state, self.stop));
            self.outcome.record(report, omega, &state.x);
            (report, omega)
        };
        if self.policy == Policy::Tuned {
            self.tuner.update(Cost::of(&report, CAP)).expect("a valid cost");
        }
        (omega, report.iterations)
    }
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

/// Tells how each policy fares over `systems` systems of low variance.
pub fn compare(systems: u32, meter: &mut impl Meter, say: &mut impl FnMut(Line)) {
    say(Line::Count("unknowns", N as u32));
    say(Line::Count("systems", systems));
    for policy in Policy::ALL {
        let mut campaign = Campaign::new(policy, Variance::Low);
        for _ in 0..systems {
            campaign.next(meter);
        }
        say(Line::Text(policy.title()));
        campaign.outcome.tell(say);
        if policy == Policy::Tuned {
            say(Line::Real("  favourite omega", campaign.tuner.favourite()));
            say(Line::Real("  mean cost", campaign.tuner.mean_cost()));
        }
    }
}

/// The story: 24 systems, three ways.
pub fn story(say: &mut impl FnMut(Line)) {
    compare(24, &mut NoMeter, say);
}
