//! [`NormFit`]: the least-squares fit of one rung.

use super::model::length;
use super::samples::CHUNK;
use super::system::{System, inverse_diagonal};
use super::{NormError, NormModel, NormOptions, Rung, Samples};
use crate::sum::max_abs;
use crate::{Certificate, Iteration, Real, Report, Stop, solve};

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
/// Storage: the samples are borrowed; 185 numbers in [`NormFitState`]. Cost of a step: one pass over
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
    /// The sums at the model that a step tries; before, the factor that leads there.
    trial: Normal<R>,
    /// The sums of samples that have not joined the others.
    part: Normal<R>,
    /// Γ.
    smoothness: R,
    /// Steps that were taken.
    taken: u32,
}

impl<R: Real> NormFitState<R> {
    /// Room for a fit that has not begun.
    pub(super) const fn blank() -> Self {
        Self {
            model: NormModel::IDENTITY,
            at: NormModel::IDENTITY,
            normal: Normal::new(),
            trial: Normal::new(),
            part: Normal::new(),
            smoothness: R::ONE,
            taken: 0,
        }
    }

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

    pub(super) const fn samples(&self) -> &'a Samples<'a, R> {
        self.samples
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
        let mut state = NormFitState::blank();
        self.restart(&mut state);
        state
    }

    /// [`start`](Self::start) in a state that is there.
    fn restart(&self, state: &mut NormFitState<R>) {
        let mut model = NormModel::IDENTITY;
        if let (Rung::Offset, Some(g)) = (self.rung, self.norm) {
            let fixed = self.samples.radius() / g;
            model.matrix = [fixed, fixed, fixed, R::ZERO, R::ZERO, R::ZERO];
        }
        self.begin(state, model);
    }

    fn begin(&self, state: &mut NormFitState<R>, model: NormModel<R>) {
        self.evaluate(&model, &mut state.normal, &mut state.part);
        (state.model, state.at) = (model, model);
        (state.smoothness, state.taken) = (R::ONE, 0);
    }

    /// From the start to the end, in a state that is there.
    #[inline(never)]
    pub(super) fn run(
        &self,
        state: &mut NormFitState<R>,
        options: &NormOptions<R>,
    ) -> Option<Report<R>> {
        let stop = Stop::relative(options.tolerance).ok()?.max_iterations(options.iterations);
        self.restart(state);
        Some(solve(self, state, stop))
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
        let mut state = NormFitState::blank();
        self.begin(&mut state, model);
        state
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
        let mut normal = state.normal;
        self.amplified(&mut normal)
    }

    /// [`amplification`](Self::amplification) with the factor in the room of a step.
    pub(super) fn amplification_in(&self, state: &mut NormFitState<R>) -> [R; 9] {
        state.trial = state.normal;
        self.amplified(&mut state.trial)
    }

    fn amplified(&self, normal: &mut Normal<R>) -> [R; 9] {
        let count = self.count();
        let regular = normal.factor(count, R::ZERO).is_some();
        let mut all = [R::ZERO; MOST];
        for (i, one) in all.iter_mut().enumerate().take(count) {
            let square = if regular {
                inverse_diagonal::<R, MOST>(&normal.matrix, count, i)
            } else {
                R::INFINITY
            };
            *one = square.sqrt();
        }
        all
    }

    /// Numbers that are fitted.
    pub(super) fn count(&self) -> usize {
        self.rung.parameters(self.norm.is_some())
    }

    /// Sums over all samples at a model, divided by their number.
    fn evaluate(&self, model: &NormModel<R>, all: &mut Normal<R>, part: &mut Normal<R>) {
        let mut held = 0;
        all.clear();
        part.clear();
        for u in self.samples.normalised() {
            let (row, e) = self.row(model, u);
            part.add(row, e);
            held += 1;
            if held == CHUNK {
                all.join(part);
                part.clear();
                held = 0;
            }
        }
        all.join(part);
        let count = u32::try_from(self.samples.readings().len()).unwrap_or(u32::MAX);
        all.scale(R::ONE / R::from_u32(count));
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
        state.model == state.at || self.settle(state)
    }

    // Rare, and so no part of what calls it.
    #[inline(never)]
    fn settle(&self, state: &mut NormFitState<R>) -> bool {
        self.evaluate(&state.model, &mut state.trial, &mut state.part);
        if !square(self.gradient(&state.trial)).is_finite() {
            return false;
        }
        (state.at, state.normal) = (state.model, state.trial);
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
        state.trial = state.normal;
        if state.trial.factor(self.count(), lambda).is_none() {
            // Γ was too large for this precision.
            state.smoothness *= R::from_f64(0.5);
            return;
        }
        let System { matrix, image, .. } = &mut state.trial;
        if let Some(d) = image.get_mut(..self.count()) {
            crate::direct::solve_in_place(matrix, d);
        }
        let model = self.moved(&state.model, &state.trial.image);
        self.evaluate(&model, &mut state.trial, &mut state.part);
        let after = square(self.gradient(&state.trial));
        let half = R::from_f64(0.5);
        let down = half * (state.normal.square - state.trial.square);
        let enough = down * R::from_f64(8.0) * lambda >= after;
        // Close to the end f changes by less than it is rounded; a smaller gradient says what it cannot.
        // Sums of chunks of 32.
        let rounding = R::from_f64(32.0) * R::EPSILON * state.normal.square;
        let quiet = down >= -rounding && after < before;
        if (enough || quiet) && model.is_sound() && after.is_finite() {
            (state.model, state.at) = (model, model);
            state.normal = state.trial;
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
