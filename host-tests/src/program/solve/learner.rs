//! ω learned across a sequence of systems.

use super::{Omega, Options, SolveError, TunerOutcome};
use crate::precision::Precision;
use rand::SeedableRng;
use rand_pcg::Pcg64;
use solvekit::Report;
use solvekit::tuner::{Arms, ChebCb, Cost, Interval, OmegaTuner, Round, TsallisInf, TunerError};

/// The values of ω that learners choose from: 1 to 1.95, the paper's.
const ARMS: usize = 20;
/// Terms of `cheb`, the paper's.
const TERMS: usize = 6;

/// A tuner and its random numbers.
pub(super) struct Learner<T> {
    tuner: Tuner<T>,
    random: Pcg64,
    /// As it was asked for.
    option: &'static str,
    /// The last system's shift.
    shift: T,
}

/// The tuners to learn with.
enum Tuner<T> {
    Tsallis(TsallisInf<T, ARMS>),
    Cheb(Box<ChebCb<T, ARMS, TERMS>>),
}

impl<T: Precision> Learner<T> {
    /// None where ω is not learned.
    /// `shifts` are the smallest and the largest there will be, where they are known.
    pub(super) fn new(
        options: &Options,
        shifts: Option<(T, T)>,
    ) -> Result<Option<Self>, SolveError> {
        let option = match options.omega {
            Some(Omega::Tsallis) => "--omega tsallis",
            Some(Omega::Cheb) => "--omega cheb",
            _ => return Ok(None),
        };
        let refused = |error: TunerError| SolveError::Option { option, cause: error.to_string() };
        let arms = Arms::evenly(T::ONE, T::from_f64(1.95)).map_err(refused)?;
        let tuner = if options.omega == Some(Omega::Cheb) {
            let shifts = range(shifts).map_err(refused)?;
            Tuner::Cheb(Box::new(ChebCb::new(arms, shifts).map_err(refused)?))
        } else {
            Tuner::Tsallis(TsallisInf::new(arms))
        };
        let random = Pcg64::seed_from_u64(options.seed);
        Ok(Some(Self { tuner, random, option, shift: T::ZERO }))
    }

    fn tuner(&mut self) -> &mut dyn OmegaTuner<T> {
        match &mut self.tuner {
            Tuner::Tsallis(tuner) => tuner,
            Tuner::Cheb(tuner) => &mut **tuner,
        }
    }

    /// ω for a system with this shift.
    pub(super) fn select(&mut self, shift: T) -> Result<T, SolveError> {
        self.shift = shift;
        let round = Round::with_context(T::uniform(&mut self.random), shift);
        let choice = self.tuner().select(round);
        Ok(choice.map_err(|error| self.broken(error))?.omega)
    }

    /// A solve that failed early must not look cheap: it costs the whole budget.
    pub(super) fn learn(&mut self, report: &Report<T>, budget: u32) -> Result<(), SolveError> {
        let learned = self.tuner().update(Cost::of(report, budget));
        learned.map_err(|error| self.broken(error))
    }

    fn broken(&self, error: TunerError) -> SolveError {
        SolveError::Option { option: self.option, cause: error.to_string() }
    }

    pub(super) fn outcome(&self, seed: u64) -> TunerOutcome {
        let (name, rounds, mean, favourite, arms, probabilities) = match &self.tuner {
            Tuner::Tsallis(t) => {
                ("tsallis", t.rounds(), t.mean_cost(), t.favourite(), t.arms(), t.probabilities())
            }
            Tuner::Cheb(t) => {
                let (favourite, chances) = (t.favourite(self.shift), t.probabilities(self.shift));
                ("cheb", t.rounds(), t.mean_cost(), favourite, t.arms(), chances)
            }
        };
        TunerOutcome {
            name,
            seed: Some(seed),
            rounds,
            mean_cost: mean.to_f64(),
            favourite: Some(favourite.to_f64()),
            omegas: Some(arms.map(T::to_f64).to_vec()),
            probabilities: Some(probabilities.map(T::to_f64).to_vec()),
            exponent: None,
            extra_products: None,
        }
    }
}

/// From the smallest shift to the largest; around them where they are all the same.
fn range<T: Precision>(shifts: Option<(T, T)>) -> Result<Interval<T>, TunerError> {
    let (low, high) = shifts.unwrap_or((T::ZERO, T::ZERO));
    if low < high {
        return Interval::new(low, high);
    }
    let margin = low.abs().max(T::ONE);
    Interval::new(low - margin, high + margin)
}
