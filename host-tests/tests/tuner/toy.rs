//! A toy problem, draws for it, and shorter words for a round.

use solvekit::Real;
use solvekit::tuner::{Cost, OmegaTuner, Round, TunerError};

/// A small deterministic generator for the draws.
pub(crate) fn uniforms(seed: u64) -> impl Iterator<Item = f64> {
    let mut state = seed | 1;
    std::iter::repeat_with(move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / (1u64 << 24) as f64
    })
}

/// The cost of ω in the toy problem.
pub(crate) fn cost(omega: f64) -> f64 {
    30.0 + 300.0 * (omega - 1.6).abs()
}

/// A round without context, in which every solve ends.
pub(crate) trait Draw<R: Real>: OmegaTuner<R> {
    /// ω, or why there is none.
    fn try_draw(&mut self, uniform: R) -> Result<R, TunerError> {
        Ok(self.select(Round::new(uniform))?.omega)
    }

    /// ω.
    fn draw(&mut self, uniform: R) -> R {
        self.try_draw(uniform).expect("valid")
    }

    /// ω at a context.
    fn draw_at(&mut self, uniform: R, context: R) -> R {
        self.select(Round::with_context(uniform, context)).expect("valid").omega
    }

    /// What it cost.
    fn pay(&mut self, cost: R) -> Result<(), TunerError> {
        self.update(Cost::Solved(cost))
    }
}

impl<R: Real, T: OmegaTuner<R> + ?Sized> Draw<R> for T {}
