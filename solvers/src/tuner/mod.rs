//! Which ω to use next, learned from what earlier solves cost.
//!
//! A tuner sees costs, never problems; randomness and context are passed in. One round is
//! [`OmegaTuner::select`], a solve, [`OmegaTuner::update`].
//!
//! | type | ω | needs |
//! |---|---|---|
//! | [`Fixed`] | always the same | nothing |
//! | [`Young`] | Young's | the Jacobi radius as context |
//! | [`Adaptive`] | raised inside the solve | nothing |
//! | [`TsallisInf`] | the best fixed one of its [`Arms`] | a random number |
//! | [`TsallisBins`] | the best one for each bin of the context | random number, context |
//! | [`ChebCb`] | the best one for the context, by regression | random number, context |
//! | [`UnimodalUcb`] | the best one, cost falling and then rising in ω | nothing |
//! | [`WindowedUcb`] | the same, by its last rounds alone | nothing |
//! | [`CutOff`] | another tuner's; a solve that takes too long goes on with the best one | |
//! | [`Safe`] | another tuner's, as long as Gauss–Seidel would not have been cheaper | |
//!
//! [`Guard`] runs a solve as a [`Choice`] says, and says what it cost.

mod arms;
mod bins;
mod cheb;
mod cutoff;
mod error;
mod fit;
mod given;
mod guard;
mod interval;
mod leader;
mod losses;
mod round;
mod safe;
mod tsallis;
mod unimodal;
mod window;
mod windowed;

pub use arms::Arms;
pub use bins::TsallisBins;
pub use cheb::ChebCb;
pub use cutoff::CutOff;
pub use error::TunerError;
pub use given::{Adaptive, Fixed, Young};
pub use guard::{Guard, Retunable};
pub use interval::Interval;
pub use round::{Choice, Cost, Cut, Round};
pub use safe::Safe;
pub use tsallis::TsallisInf;
pub use unimodal::UnimodalUcb;
pub use windowed::WindowedUcb;

use crate::Real;

/// Chooses ω for a sequence of solves.
///
/// ```
/// use solvekit::tuner::{Adaptive, Arms, Cost, Fixed, OmegaTuner, Round, TsallisInf};
/// /// Ten rounds of a problem that any ω solves in 30 sweeps.
/// fn play(tuner: &mut impl OmegaTuner<f32>) -> Result<f32, solvekit::tuner::TunerError> {
///     let mut last = 0.0;
///     for k in 0..10_u8 {
///         last = tuner.select(Round::new(f32::from(k) / 10.0))?.omega;
///         tuner.update(Cost::Solved(30.0))?;
///     }
///     Ok(last)
/// }
/// assert_eq!(play(&mut Fixed::new(1.5)?)?, 1.5);
/// assert_eq!(play(&mut Adaptive::default())?, 1.5); // where it starts
/// assert_eq!(play(&mut TsallisInf::new(Arms::new([1.0, 1.9])?))?, 1.9);
/// # Ok::<(), solvekit::tuner::TunerError>(())
/// ```
pub trait OmegaTuner<R: Real> {
    /// The ω for the next solve, and how to use it.
    ///
    /// Selecting again without an update in between forgets the first selection.
    ///
    /// # Errors
    /// [`TunerError::Uniform`]; [`TunerError::NoContext`] or [`TunerError::JacobiRadius`] where the
    /// tuner needs a context. The state is as before.
    fn select(&mut self, round: Round<R>) -> Result<Choice<R>, TunerError>;

    /// Reports what the solve with the last selected ω cost, in units that stay the same and in
    /// which the least cost is about 1: sweeps, or time in a unit much shorter than a solve.
    ///
    /// # Errors
    /// [`TunerError::Cost`], [`TunerError::NothingSelected`]; what was learned is as before.
    fn update(&mut self, cost: Cost<R>) -> Result<(), TunerError>;

    /// The values of ω it chooses from; none where it does not choose among any.
    fn arms(&self) -> &[R] {
        &[]
    }
}
