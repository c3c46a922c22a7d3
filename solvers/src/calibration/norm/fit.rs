//! [`NormFit`]: the least-squares fit of one rung.

use super::model::length;
use super::samples::CHUNK;
use super::system::{System, inverse_diagonal};
use super::{NormError, NormModel, Rung, Samples};
use crate::sum::max_abs;
use crate::{Certificate, Iteration, Real};

/// The most numbers that are fitted.
const MOST: usize = 9;
/// The lower triangle of their matrix.
const PAIRS: usize = 45;

type Normal<R> = System<R, MOST, PAIRS>;

/// Makes f = ½ mean (‖T (y − o)‖ / g − 1)² least over what a [`Rung`] leaves free.
///
/// A step tries x − (H + λ I)⁻¹∇f with the Gauss–Newton matrix H and λ = ‖∇f‖ / Γ. It is taken where
/// f comes down by ‖∇f⁺‖² / (8 λ), and Γ doubled; elsewhere Γ is halved. So f never rises (but for
/// its own rounding), far from the solution steps are short, and close to it they become
/// Gauss–Newton's: no parameter is to be chosen. Everything is computed on the sphere of
/// [`Samples`], moved to zero and scaled to 1, so that the readings' units do not matter.
///
/// The certificate is ‖∇f‖_∞ in these units, compared as it is: a sensor whose readings are 1 % off
/// has f of 5e-5, and tolerances of 1e-6 in `f32` and 1e-12 in `f64` can be reached.
///
/// Storage: the samples are borrowed; 75 numbers in [`NormFitState`]. Cost of a step: one pass over
/// the samples, about 90 multiplications and a square root each, and a factorisation of 9 × 9.
///
/// ```
/// use solvekit::calibration::norm::{NormFit, Rung, Samples};
/// use solvekit::{Stop, solve};
/// // One axis reads half, all are off by something.
/// let pose = |x: f64, y: f64, z: f64| [0.5 * x + 0.1, y - 0.2, z + 0.3];
/// let s = 0.5_f64.sqrt();
/// let poses = [
///     pose(1., 0., 0.), pose(-1., 0., 0.), pose(0., 1., 0.), pose(0., -1., 0.),
///     pose(0., 0., 1.), pose(0., 0., -1.), pose(s, s, 0.), pose(0., -s, s),
/// ];
/// let samples = Samples::new(&poses)?;
/// let fit = NormFit::new(&samples, Some(1.0), Rung::Scale)?;
/// let mut state = fit.start();
/// let report = solve(&fit, &mut state, Stop::relative(1e-12)?.max_iterations(100));
/// let found = fit.model(&state);
/// assert!((found.matrix[0] - 2.0).abs() < 1e-9 && (found.offset[1] + 0.2).abs() < 1e-9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Semenov, Jaggi and Doikov, *Gradient-Normalized Smoothness*, ICLR 2026.
#[derive(Clone, Copy, Debug)]
pub struct NormFit<'a, R> {
    samples: &'a Samples<'a, R>,
    rung: Rung,
    /// g, where it is known.
    norm: Option<R>,
}

/// What a fit changes.
#[derive(Clone, Debug)]
pub struct NormFitState<R> {
    /// On the sphere of radius 1.
    model: NormModel<R>,
    /// The model whose sums are in `normal`: the last one whose numbers were finite.
    at: NormModel<R>,
    normal: Normal<R>,
    /// Γ.
    smoothness: R,
    /// Steps that were taken.
    taken: u32,
}

impl<R: Copy> NormFitState<R> {
    /// Steps that were taken, of those that were tried.
    #[must_use]
    pub const fn taken(&self) -> u32 {
        self.taken
    }

    /// o and T where the sphere of the samples has the radius 1 about zero. What is written here is
    /// evaluated before the next step.
    pub const fn model_mut(&mut self) -> &mut NormModel<R> {
        &mut self.model
    }
}

impl<'a, R: Real> NormFit<'a, R> {
    /// The fit of a rung. Where g is `None` it is the radius of the sphere through the samples.
    ///
    /// # Errors
    /// [`NormError`]: `Norm`; `TooFew` where there are no more samples than numbers to be fitted.
    pub fn new(
        samples: &'a Samples<'a, R>,
        norm: Option<R>,
        rung: Rung,
    ) -> Result<Self, NormError<R>> {
        let sound = |g: R| {
            let ratio = g / samples.radius();
            g > R::ZERO
                && g.is_finite()
                && ratio > R::ZERO
                && (R::ONE / ratio).is_finite()
                && ratio.is_finite()
        };
        if norm.is_some_and(|g| !sound(g)) {
            return Err(NormError::Norm);
        }
        let (needed, given) = (rung.parameters(norm.is_some()) + 1, samples.readings().len());
        if given < needed {
            return Err(NormError::TooFew { needed, given });
        }
        Ok(Self { samples, rung, norm })
    }

    /// Which rung.
    #[must_use]
    pub const fn rung(&self) -> Rung {
        self.rung
    }

    /// g: what was given, or the radius of the sphere.
    #[must_use]
    pub fn norm(&self) -> R {
        self.norm.unwrap_or(self.samples.radius())
    }

    /// The sphere of the samples.
    #[must_use]
    pub fn start(&self) -> NormFitState<R> {
        let mut model = NormModel::IDENTITY;
        if let (Rung::Offset, Some(g)) = (self.rung, self.norm) {
            let fixed = self.samples.radius() / g;
            model.matrix = [fixed, fixed, fixed, R::ZERO, R::ZERO, R::ZERO];
        }
        let normal = self.evaluated(&model);
        NormFitState { model, at: model, normal, smoothness: R::ONE, taken: 0 }
    }

    /// The same from a model that was found before, on this rung or a lower one.
    #[must_use]
    pub fn start_from(&self, found: &NormModel<R>) -> NormFitState<R> {
        let (radius, [a, b, c]) = (self.samples.radius(), self.samples.centre());
        let [x, y, z] = found.offset;
        let offset = [(x - a) / radius, (y - b) / radius, (z - c) / radius];
        let factor = radius / self.norm();
        let model = NormModel { offset, matrix: found.matrix.map(|t| t * factor) };
        if !model.is_sound() || self.rung == Rung::Offset {
            return self.start();
        }
        let normal = self.evaluated(&model);
        NormFitState { model, at: model, normal, smoothness: R::ONE, taken: 0 }
    }

    /// What was found, in the readings' units.
    #[must_use]
    pub fn model(&self, state: &NormFitState<R>) -> NormModel<R> {
        let (radius, [a, b, c]) = (self.samples.radius(), self.samples.centre());
        let [x, y, z] = state.model.offset;
        let factor = self.norm() / radius;
        NormModel {
            offset: [a + radius * x, b + radius * y, c + radius * z],
            matrix: state.model.matrix.map(|t| t * factor),
        }
    }

    /// √(mean (‖T (y − o)‖ / g − 1)²).
    #[must_use]
    pub fn spread(&self, state: &NormFitState<R>) -> R {
        state.normal.square.sqrt()
    }

    /// By how much the noise of one reading shows in each fitted number, on the sphere of radius 1:
    /// the roots of the diagonal of H⁻¹. Directions that are spread evenly make them 1.7 (offsets),
    /// 2.4 (scales) and 1.9 (cross terms). Infinite where H is singular.
    #[must_use]
    pub fn amplification(&self, state: &NormFitState<R>) -> [R; 9] {
        let count = self.count();
        let factor = state.normal.factored(count, R::ZERO);
        let mut all = [R::ZERO; MOST];
        for (i, one) in all.iter_mut().enumerate().take(count) {
            let square = factor
                .as_ref()
                .map_or(R::INFINITY, |factor| inverse_diagonal::<R, MOST>(factor, count, i));
            *one = square.sqrt();
        }
        all
    }

    /// Numbers that are fitted.
    pub(super) fn count(&self) -> usize {
        self.rung.parameters(self.norm.is_some())
    }

    /// Sums over all samples at a model, divided by their number.
    fn evaluated(&self, model: &NormModel<R>) -> Normal<R> {
        let (mut all, mut part, mut held) = (Normal::new(), Normal::new(), 0);
        for u in self.samples.normalised() {
            let (row, e) = self.row(model, u);
            part.add(row, e);
            held += 1;
            if held == CHUNK {
                all.join(&part);
                (part, held) = (Normal::new(), 0);
            }
        }
        all.join(&part);
        let count = u32::try_from(self.samples.readings().len()).unwrap_or(u32::MAX);
        all.scale(R::ONE / R::from_u32(count));
        all
    }

    /// The error of one sample and its derivatives: −T n by the offset, nᵢ dⱼ + nⱼ dᵢ by T.
    fn row(&self, model: &NormModel<R>, u: [R; 3]) -> ([R; MOST], R) {
        let d = model.centred(u);
        let w = model.product(d);
        let size = length(w);
        // A sample at the centre points nowhere.
        let scale = if size > R::ZERO { R::ONE / size } else { R::ZERO };
        let n = w.map(|w| w * scale);
        let [a, b, c] = model.product(n);
        let ([x, y, z], [p, q, r]) = (n, d);
        let by_offset = [-a, -b, -c];
        let [o0, o1, o2] = by_offset;
        let zero = R::ZERO;
        let row = match self.rung {
            Rung::Offset => [o0, o1, o2, x * p + y * q + z * r, zero, zero, zero, zero, zero],
            Rung::Scale => [o0, o1, o2, x * p, y * q, z * r, zero, zero, zero],
            Rung::Full => {
                [o0, o1, o2, x * p, y * q, z * r, x * q + y * p, x * r + z * p, y * r + z * q]
            }
        };
        (row, size - R::ONE)
    }

    /// The model moved by −d.
    fn moved(&self, model: &NormModel<R>, d: &[R; MOST]) -> NormModel<R> {
        let [a, b, c, rest @ ..] = *d;
        let [x, y, z] = model.offset;
        let mut matrix = model.matrix;
        match self.rung {
            Rung::Offset if self.norm.is_some() => {}
            Rung::Offset => {
                let [by, ..] = rest;
                matrix.iter_mut().take(3).for_each(|t| *t -= by);
            }
            Rung::Scale => matrix.iter_mut().zip(rest).take(3).for_each(|(t, by)| *t -= by),
            Rung::Full => matrix.iter_mut().zip(rest).for_each(|(t, by)| *t -= by),
        }
        NormModel { offset: [x - a, y - b, z - c], matrix }
    }

    /// Evaluates a model that was written from outside. Is it finite, with all its sums?
    fn is_settled(&self, state: &mut NormFitState<R>) -> bool {
        if state.model == state.at {
            return true;
        }
        let normal = self.evaluated(&state.model);
        if !square(self.gradient(&normal)).is_finite() {
            return false;
        }
        (state.at, state.normal) = (state.model, normal);
        true
    }

    /// ∇f of what is free.
    fn gradient<'s>(&self, normal: &'s Normal<R>) -> &'s [R] {
        normal.image.get(..self.count()).unwrap_or(&[])
    }
}

/// Σ g².
fn square<R: Real>(gradient: &[R]) -> R {
    gradient.iter().map(|g| *g * *g).fold(R::ZERO, |sum, g| sum + g)
}

impl<R: Real> Iteration for NormFit<'_, R> {
    type Real = R;
    type State = NormFitState<R>;
    const CERTIFICATE: Certificate = Certificate::Stationarity;

    fn step(&self, state: &mut Self::State) {
        if !self.is_settled(state) {
            return;
        }
        let before = square(self.gradient(&state.normal));
        let lambda = before.sqrt() / state.smoothness;
        let Some(factor) = state.normal.factored(self.count(), lambda) else {
            // Γ was too large for this precision.
            state.smoothness *= R::from_f64(0.5);
            return;
        };
        let mut d = state.normal.image;
        if let Some(d) = d.get_mut(..self.count()) {
            crate::direct::solve_in_place(&factor, d);
        }
        let model = self.moved(&state.model, &d);
        let normal = self.evaluated(&model);
        let after = square(self.gradient(&normal));
        let half = R::from_f64(0.5);
        let down = half * (state.normal.square - normal.square);
        let enough = down * R::from_f64(8.0) * lambda >= after;
        // Close to the end f changes by less than it is rounded; a smaller gradient says what it cannot.
        // Sums of chunks of 32.
        let rounding = R::from_f64(32.0) * R::EPSILON * state.normal.square;
        let quiet = down >= -rounding && after < before;
        if (enough || quiet) && model.is_sound() && after.is_finite() {
            (state.model, state.at) = (model, model);
            state.normal = normal;
            state.smoothness *= R::from_f64(2.0);
            state.taken = state.taken.saturating_add(1);
        } else {
            state.smoothness *= half;
        }
        let floor = R::from_f64(1e-9);
        if !(state.smoothness > floor && state.smoothness.is_finite()) {
            state.smoothness = R::ONE;
        }
    }

    fn residual(&self, state: &mut Self::State) -> R {
        if self.is_settled(state) { max_abs(self.gradient(&state.normal)) } else { R::INFINITY }
    }

    /// The certificate is compared as it is.
    fn reference(&self) -> R {
        R::ONE
    }

    /// The last model that was finite.
    fn restore(&self, state: &mut Self::State) {
        state.model = state.at;
    }
}
