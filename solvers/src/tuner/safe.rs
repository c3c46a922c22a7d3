//! [`Safe`]: never much worse than Gauss–Seidel.

use super::{Choice, Cost, Cut, OmegaTuner, Round, TunerError};
use crate::Real;

/// Another tuner's ω while the account allows it, and ω = 1, Gauss–Seidel, otherwise. What is paid in
/// all stays below
///
/// 1.05 × what Gauss–Seidel costs on all systems + 3 d × its largest cost on one,
///
/// d the inner tuner's number of arms (at least 1), for a sequence of symmetric positive definite systems, under
/// two conditions: between two rounds of Gauss–Seidel its cost does not fall below the smaller one of
/// the two (on average; noise evens out), and going on with ω = 1 after a cut costs no more than its
/// largest cost. The second holds up to a little because SOR never increases the energy norm of the
/// error.
///
/// How: let g be Gauss–Seidel's largest cost so far. A round of the inner tuner is cut off after
/// 2 g and goes on with ω = 1, so it costs at most 3 g. It is played while no more than 2 (d − 1) g are
/// owed. Owed is what was paid less 1.05 times what Gauss–Seidel would have cost, which is taken as
/// zero until the next round of Gauss–Seidel tells: the rounds in between then count as the smaller
/// one of the two that enclose them. A surplus is kept, but once 64 g were paid since the last
/// round of Gauss–Seidel there is another one, so that its cost is known wherever it drifts to.
///
/// A round in which the inner tuner itself chooses ω = 1 counts as one of Gauss–Seidel. In the other
/// rounds of Gauss–Seidel the inner tuner is not asked and learns nothing.
///
/// Storage: the inner tuner, and 8 words of 32 bits in f32.
///
/// ```
/// use solvekit::tuner::{Cost, Fixed, OmegaTuner, Round, Safe};
/// // An ω that costs 40 where Gauss–Seidel costs 10.
/// let mut tuner = Safe::new(Fixed::new(1.9_f32)?);
/// let (mut paid, mut gauss_seidel) = (0.0, 0.0);
/// for _ in 0..500 {
///     let choice = tuner.select(Round::new(0.5))?;
///     let cost = match choice.cut {
///         None => Cost::Solved(10.0), // ω = 1
///         Some(cut) => Cost::Censored(cut.cost + 10.0),
///     };
///     tuner.update(cost)?;
///     (paid, gauss_seidel) = (paid + cost.value(), gauss_seidel + 10.0);
/// }
/// assert!(paid > gauss_seidel && paid <= 1.05 * gauss_seidel + 3.0 * 10.0);
/// # Ok::<(), solvekit::tuner::TunerError>(())
/// ```
///
/// Source: the idea of Wu, Shariff, Lattimore and Szepesvári, *Conservative Bandits*, 2016.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Safe<R, T> {
    inner: T,
    /// What is owed for the rounds that are enclosed.
    owed: R,
    /// What was paid since the last round of Gauss–Seidel, and in how many rounds.
    pending: R,
    pending_rounds: u32,
    /// Gauss–Seidel's last cost and its largest.
    latest: R,
    largest: R,
    playing: Playing,
}

/// Whose round it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
enum Playing {
    Nobody,
    GaussSeidel,
    Inner,
    /// The inner tuner's, which chose ω = 1.
    Both,
}

/// What may be paid for one unit of Gauss–Seidel.
const FACTOR: f64 = 1.05;
/// Largest costs after which the inner tuner's round is cut off.
const CUT: u32 = 2;
/// Largest costs that are paid at most between two rounds of Gauss–Seidel.
const UNMEASURED: u32 = 64;
/// Largest costs that a surplus is kept of, so that the sums stay exact enough.
const SURPLUS: u32 = 16_384;

impl<R: Real, T: OmegaTuner<R>> Safe<R, T> {
    /// Around `inner`. The first round is Gauss–Seidel's.
    pub const fn new(inner: T) -> Self {
        Self {
            inner,
            owed: R::ZERO,
            pending: R::ZERO,
            pending_rounds: 0,
            latest: R::ZERO,
            largest: R::ZERO,
            playing: Playing::Nobody,
        }
    }

    /// The tuner inside.
    pub const fn inner(&self) -> &T {
        &self.inner
    }

    /// What was paid beyond 1.05 times Gauss–Seidel, as far as is known: rounds since its last one
    /// count in full. Negative: a surplus.
    pub fn owed(&self) -> R {
        self.owed + self.pending
    }

    /// Whether every field of its own has a value that [`new`](Self::new), `select` and `update`
    /// could have left there: what was restored from storage need not.
    #[cfg(feature = "storage")]
    pub(crate) fn check(&self) -> bool {
        let amount = |value: R| value >= R::ZERO && value.is_finite();
        // Before Gauss–Seidel's first cost nothing is owed, and the inner tuner is not asked.
        let asked = matches!(self.playing, Playing::Inner | Playing::Both);
        amount(self.largest)
            && self.latest >= R::ZERO
            && self.latest <= self.largest
            && amount(self.pending)
            && (self.pending_rounds > 0 || self.pending == R::ZERO)
            && self.owed.is_finite()
            && self.owed >= -(R::from_u32(SURPLUS) * self.largest)
            && (self.largest > R::ZERO
                || (self.owed == R::ZERO && self.pending_rounds == 0 && !asked))
    }

    /// What may be owed before a round of the inner tuner: 2 (d − 1) g.
    fn room(&self) -> R {
        let others = (self.inner.arms().len() as u32).saturating_sub(1);
        R::from_u32(CUT.saturating_mul(others)) * self.largest
    }

    /// The account after a round of Gauss–Seidel that cost `cost`: what is owed.
    fn enclosed(&self, cost: R) -> R {
        let factor = R::from_f64(FACTOR);
        let credit = factor * R::from_u32(self.pending_rounds) * self.latest.min(cost);
        let owed = self.owed + (self.pending - credit) + (cost - factor * cost);
        owed.max(-(R::from_u32(SURPLUS) * self.largest.max(cost)))
    }
}

impl<R: Real, T: OmegaTuner<R>> OmegaTuner<R> for Safe<R, T> {
    fn select(&mut self, round: Round<R>) -> Result<Choice<R>, TunerError> {
        round.draw()?;
        let measured = self.pending <= R::from_u32(UNMEASURED) * self.largest;
        if !(self.largest > R::ZERO && measured && self.owed() <= self.room()) {
            self.playing = Playing::GaussSeidel;
            return Ok(Choice::fixed(R::ONE));
        }
        let mut choice = self.inner.select(round)?;
        if choice.omega == R::ONE && !choice.adapt {
            self.playing = Playing::Both;
            return Ok(Choice::fixed(R::ONE));
        }
        let worst = R::from_u32(CUT) * self.largest;
        let cost = choice.cut.map_or(worst, |cut| cut.cost.min(worst));
        choice.cut = Some(Cut { cost, omega: R::ONE });
        self.playing = Playing::Inner;
        Ok(choice)
    }

    fn update(&mut self, cost: Cost<R>) -> Result<(), TunerError> {
        let value = cost.checked()?.value();
        let pending = self.pending + value;
        let owed = self.enclosed(value);
        let gauss_seidel = match self.playing {
            Playing::Nobody => return Err(TunerError::NothingSelected),
            Playing::GaussSeidel | Playing::Both => true,
            Playing::Inner => false,
        };
        if !(if gauss_seidel { owed } else { pending }).is_finite() {
            return Err(TunerError::Cost);
        }
        if self.playing != Playing::GaussSeidel {
            self.inner.update(cost)?;
        }
        self.playing = Playing::Nobody;
        if gauss_seidel {
            self.owed = owed;
            self.pending = R::ZERO;
            self.pending_rounds = 0;
            self.latest = value;
            self.largest = self.largest.max(value);
        } else {
            self.pending = pending;
            self.pending_rounds = self.pending_rounds.saturating_add(1);
        }
        Ok(())
    }

    fn arms(&self) -> &[R] {
        self.inner.arms()
    }
}
