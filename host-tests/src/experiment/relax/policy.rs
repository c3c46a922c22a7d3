//! [`Policy`]: a way to choose ω, and what it costs over one sequence.

use scenarios::sequence::{Grid, Laplacian, SIDE, Sequence, Variance};
use solvekit::sor::{AdaptiveSor, AutoMemory, AutoSor, Halves, Multicolor, Sor, young_omega};
use solvekit::tuner::{
    Arms, ChebCb, Choice, Cost, CutOff, Guard, Interval, OmegaTuner, Round, Safe, TsallisBins,
    TsallisInf, TunerError, UnimodalUcb,
};
use solvekit::{Iteration, Stop, solve};
use std::fmt;

/// Relative tolerance of every solve.
const TOLERANCE: f64 = 1e-8;
/// Arms of the bandit: 1, 1.05, …, 1.95.
pub const ARMS: usize = 20;
/// Bins of the shift.
const BINS: usize = 5;
/// Terms of the regression.
const TERMS: usize = 6;
/// Sweeps after which a solve gives up.
const CAP: u32 = 10_000;

/// A way to choose ω for each system of a sequence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Policy {
    /// The same ω for all.
    Fixed(f64),
    /// Tsallis-INF over the arms.
    Tsallis,
    /// Tsallis-INF in five bins of the shift.
    TsallisBins,
    /// ChebCB with six terms in the shift.
    ChebCb,
    /// A learner with one of the options that the paper does not have.
    Variant(Variant),
    /// Found by the kit's `auto`, which is told nothing.
    Auto(Told),
    /// Adapted inside each solve; nothing is carried over.
    Adaptive,
    /// The arm that is best for each system, which no learner knows.
    Oracle,
    /// Young's ω of each system, which no learner knows.
    Young,
}

/// A learner beyond the paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// Tsallis-INF with losses relative to the mean.
    TsallisBaseline,
    /// Tsallis-INF in bins, with losses relative to the mean.
    BinsBaseline,
    /// ChebCB over arms uniform in ln(2 − ω) from 1.3 to 1.92.
    ChebCbLogarithmic,
    /// Unimodal UCB.
    Unimodal,
    /// Tsallis-INF; after three times the best arm's mean a solve goes on with that arm.
    CutOff,
    /// Tsallis-INF, held to Gauss–Seidel's total.
    Safe,
}

impl Variant {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::TsallisBaseline,
        Self::BinsBaseline,
        Self::ChebCbLogarithmic,
        Self::Unimodal,
        Self::CutOff,
        Self::Safe,
    ];
}

/// What `auto` works with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Natural order, and nothing else.
    Nothing,
    /// Natural order, and the shift.
    Shift,
    /// Red–black order with Golub and Varga's weights.
    RedBlack,
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
        f.write_str(match self {
            Self::Fixed(omega) => return write!(f, "omega {omega}"),
            Self::Tsallis => "Tsallis-INF",
            Self::TsallisBins => "Tsallis-INF-CB",
            Self::ChebCb => "ChebCB",
            Self::Variant(Variant::TsallisBaseline) => "Tsallis-INF with baseline",
            Self::Variant(Variant::BinsBaseline) => "Tsallis-INF-CB with baseline",
            Self::Variant(Variant::ChebCbLogarithmic) => "ChebCB with logarithmic arms",
            Self::Variant(Variant::Unimodal) => "unimodal UCB",
            Self::Variant(Variant::CutOff) => "Tsallis-INF cut off",
            Self::Variant(Variant::Safe) => "Tsallis-INF safe",
            Self::Auto(Told::Nothing) => "auto",
            Self::Auto(Told::Shift) => "auto with context",
            Self::Auto(Told::RedBlack) => "auto red-black",
            Self::Adaptive => "adaptive",
            Self::Oracle => "best arm of each system",
            Self::Young => "instance-optimal (Young)",
        })
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
        let mut tuner = self.tuner()?;
        let mut solves = Solves { stop: Stop::relative(TOLERANCE)?, failures: 0 };
        let mut memory = AutoMemory::new(Grid::zeros());
        if self == Self::Auto(Told::Shift) {
            memory = memory.with_context(-0.15, 0.65)?;
        }
        let mut late_plays = [0; ARMS];
        let mut b = Grid::zeros();
        let mut sweeps = Vec::with_capacity(systems);
        for round in 0..systems {
            let a: Laplacian<f64> = sequence.next_system(&mut b);
            sweeps.push(match (self, &mut tuner) {
                (_, Some(tuner)) => {
                    // The shift, which the diagonal shows.
                    let round_of = Round::with_context(draws.uniform(), a.center - 4.0);
                    let choice = tuner.select(round_of)?;
                    let arm = tuner.arms().iter().position(|arm| *arm == choice.omega);
                    if let Some(plays) = arm.filter(|_| round >= systems / 2) {
                        late_plays[plays] += 1;
                    }
                    let (sweeps, cost) = solves.chosen(&a, &b, choice)?;
                    tuner.update(cost)?;
                    sweeps
                }
                (Self::Adaptive, _) => {
                    let sor = AdaptiveSor::new(&a, &b)?;
                    solves.count(&sor, sor.start())
                }
                (Self::Auto(told), _) => solves.auto(&a, &b, told, &mut memory)?,
                (Self::Oracle, _) => solves.best_of_arms(&a, &b)?,
                (Self::Fixed(omega), _) => solves.fixed(&a, &b, omega)?,
                _ => solves.fixed(&a, &b, young_omega(jacobi_radius(&a))?)?,
            });
        }
        Ok(Trial { sweeps, failures: solves.failures, late_plays })
    }

    /// Whether it plays arms.
    #[must_use]
    pub const fn learns(self) -> bool {
        matches!(self, Self::Tsallis | Self::TsallisBins | Self::ChebCb | Self::Variant(_))
    }

    /// The tuner of a policy that learns.
    fn tuner(self) -> Result<Option<Box<dyn OmegaTuner<f64>>>, TunerError> {
        let arms = Arms::<f64, ARMS>::evenly(1.0, 1.95)?;
        let shifts = Interval::new(-0.15, 0.65)?;
        let tsallis = TsallisInf::new(arms);
        let bins = TsallisBins::<f64, ARMS, BINS>::new(arms, shifts)?;
        Ok(Some(match self {
            Self::Tsallis => Box::new(tsallis),
            Self::TsallisBins => Box::new(bins),
            Self::ChebCb => Box::new(ChebCb::<f64, ARMS, TERMS>::new(arms, shifts)?),
            Self::Variant(Variant::TsallisBaseline) => Box::new(tsallis.with_baseline()),
            Self::Variant(Variant::BinsBaseline) => Box::new(bins.with_baseline()),
            Self::Variant(Variant::ChebCbLogarithmic) => {
                let arms = Arms::<f64, ARMS>::logarithmic(1.3, 1.92)?;
                Box::new(ChebCb::<f64, ARMS, TERMS>::new(arms, shifts)?)
            }
            Self::Variant(Variant::Unimodal) => Box::new(UnimodalUcb::new(arms)),
            Self::Variant(Variant::CutOff) => Box::new(CutOff::<f64, _, ARMS>::new(tsallis, 3.0)?),
            Self::Variant(Variant::Safe) => Box::new(Safe::new(tsallis)),
            Self::Fixed(_) | Self::Auto(_) | Self::Adaptive | Self::Oracle | Self::Young => {
                return Ok(None);
            }
        }))
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

    /// The sweeps, and the products beyond them, each counted as a whole sweep.
    fn auto(
        &mut self,
        a: &Laplacian<f64>,
        b: &Grid<f64>,
        told: Told,
        memory: &mut AutoMemory<f64, Grid<f64>>,
    ) -> anyhow::Result<u32> {
        memory.tell_context(a.center - 4.0);
        if told == Told::RedBlack {
            let sor = AutoSor::ordered(a, b, memory, TOLERANCE, Multicolor)?;
            return Ok(self.remember(&sor, memory));
        }
        let sor = AutoSor::new(a, b, memory, TOLERANCE)?;
        Ok(self.remember(&sor, memory))
    }

    fn remember<O: Halves<f64, Laplacian<f64>>>(
        &mut self,
        sor: &AutoSor<'_, f64, Laplacian<f64>, O>,
        memory: &mut AutoMemory<f64, Grid<f64>>,
    ) -> u32 {
        let mut state = sor.start();
        let report = solve(sor, &mut state, self.stop);
        self.failures += u32::from(!report.converged());
        report.iterations + memory.learn(sor, &state, &report)
    }

    /// As a tuner chose: the sweeps, and what they tell it.
    fn chosen(
        &mut self,
        a: &Laplacian<f64>,
        b: &Grid<f64>,
        choice: Choice<f64>,
    ) -> anyhow::Result<(u32, Cost<f64>)> {
        let mut sor = Sor::new(a, b, choice.omega)?;
        let mut state = sor.start();
        let mut guard = Guard::new(self.stop, CAP, choice);
        let report = guard.solve(&mut sor, &mut state);
        self.failures += u32::from(!report.converged());
        Ok((report.iterations, guard.cost().unwrap_or_else(|| Cost::of(&report, CAP))))
    }

    /// The fewest sweeps that any arm needs.
    fn best_of_arms(&mut self, a: &Laplacian<f64>, b: &Grid<f64>) -> anyhow::Result<u32> {
        let young = young_omega(jacobi_radius(a))?;
        let mut arms = *Arms::<f64, ARMS>::evenly(1.0, 1.95)?.values();
        // The likely ones first: the others are given up once they are worse.
        arms.sort_by(|x, y| (x - young).abs().total_cmp(&(y - young).abs()));
        let mut least = CAP;
        let mut solved = false;
        for omega in arms {
            let sor = Sor::new(a, b, omega)?;
            let report = solve(&sor, &mut sor.start(), self.stop.max_iterations(least));
            if report.converged() {
                (least, solved) = (report.iterations, true);
            }
        }
        self.failures += u32::from(!solved);
        Ok(least)
    }

    fn count<I: Iteration<Real = f64>>(&mut self, iteration: &I, mut state: I::State) -> u32 {
        let report = solve(iteration, &mut state, self.stop);
        self.failures += u32::from(!report.converged());
        report.iterations
    }
}
