//! Sensors that look faulty by their measurements alone, and are heard.
//!
//! Of a few measurements of a sound sensor, now and then all are small or all of the same size: of three
//! in one case out of thousands. What the other sensors tell of the signal decides.

use super::Auto;
use super::state::{AutoStateOf, Stage};
use crate::calibration::Sensor;
use crate::calibration::fit::FitOf;
use crate::calibration::student::tail_of_f;
use crate::sum::square;
use crate::{Buffer, ColumnOperator, Real};

/// What has been done about them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) enum Hearing {
    /// They are left out until there is a fit of the others.
    Due,
    /// The others are too few: they take part, and stay if all fits to rounding.
    Trial,
    /// They have been heard.
    Over,
}

const fn is_suspect(mark: Sensor) -> bool {
    matches!(mark, Sensor::Dead | Sensor::Stuck | Sensor::Clipped)
}

impl<R, A, G, W> Auto<'_, R, A, G, W>
where
    R: Real,
    A: ColumnOperator<R>,
    G: Buffer<R>,
    W: Buffer<R>,
{
    /// Marks sensors by their measurements. Where the others would be too few for a fit that can be
    /// checked, those that measure anything take part after all.
    #[inline(never)]
    pub(super) fn screen<S, F>(&self, state: &mut AutoStateOf<R, A, G, W, S, F>)
    where
        F: AsRef<[Sensor]> + AsMut<[Sensor]>,
    {
        self.kernel.screen(&mut state.fit.squares, state.sensors.as_mut());
        state.stage = Stage::Start;
        let left = self.kept(state.sensors.as_ref()).freedom();
        if state.hearing == Hearing::Due && left == 0 && self.counts().freedom() > 0 {
            let squares = state.fit.squares.as_slice();
            for (mark, square) in state.sensors.as_mut().iter_mut().zip(squares) {
                if is_suspect(*mark) && *square > R::ZERO {
                    (*mark, state.hearing) = (Sensor::Sound, Hearing::Trial);
                }
            }
        }
    }

    /// Ends a trial: marks are what they were before it.
    #[inline(never)]
    pub(super) fn withdraw<S, F>(&self, state: &mut AutoStateOf<R, A, G, W, S, F>)
    where
        F: AsRef<[Sensor]> + AsMut<[Sensor]>,
    {
        state.hearing = Hearing::Over;
        self.screen(state);
    }

    /// Clears suspects that fit the signal of the others within what their noise explains in 99 of
    /// 100 cases, by a gain that is not zero; true if there were any. σ is `state.sigma`.
    #[inline(never)]
    pub(super) fn acquit<S, F>(
        &self,
        state: &mut AutoStateOf<R, A, G, W, S, F>,
        freedom: usize,
    ) -> bool
    where
        F: AsRef<[Sensor]> + AsMut<[Sensor]>,
    {
        if state.hearing != Hearing::Due {
            return false;
        }
        state.hearing = Hearing::Over;
        let own = self.counts().snapshots - 1 - usize::from(self.kernel.centred);
        let fits = |fit: &FitOf<R, A, G, W>, sensor: usize, variance: R| {
            let u = fit.u.as_slice();
            let profile = self.kernel.profile(sensor, u, R::ZERO);
            let left = self.kernel.over(sensor, |k| square(self.kernel.residual(&profile, u, k)));
            let count = R::from_u32(u32::try_from(own).unwrap_or(u32::MAX));
            let likely = tail_of_f(left / count / variance, own, freedom) > R::from_f64(0.01);
            let seen = square(profile.gain) * profile.square;
            (left <= self.kernel.rounding() || likely)
                && seen > R::from_f64(9.0) * variance
                && seen > self.kernel.rounding()
        };
        let variance = square(state.sigma);
        let mut any = false;
        for (sensor, mark) in state.sensors.as_mut().iter_mut().enumerate() {
            if is_suspect(*mark) && fits(&state.fit, sensor, variance) {
                (*mark, any) = (Sensor::Sound, true);
            }
        }
        any
    }
}
