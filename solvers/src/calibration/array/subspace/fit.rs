//! [`SubspaceFit`]: the least-squares gains of an array whose signals lie in a known subspace.

use super::super::{ArrayCounts, ArrayError, Moments};
use super::kernel::{Fit, Kernel};
use crate::calibration::fit::Gauge;
use crate::sum::max_abs;
use crate::system::first_non_finite;
use crate::{Buffer, Certificate, ColumnOperator, Iteration, Real};
use core::marker::PhantomData;

/// The least Σ ‖γ ∘ U z_l − y_l‖² over gains γ and a signal z_l of each frame, from the moments S = Σ
/// y_l y_lᵀ alone.
///
/// m sensors see fields of k < m unknown numbers: U (m × k, orthonormal columns) says how, the gains γ
/// are unknown. Of (α γ, z / α) the one with gains of mean 1 is meant ([`Gauge::Square`] where signs
/// differ). The first step is a linear start: (I − U Uᵀ) ∘ S s = 1 has s = 1 / γ for its solution
/// without noise (and a second one by inverse iteration where gains have either sign; the better is
/// taken). Each further step is γ ← γ + t d with
///
/// (H + τ γ γᵀ) d = −∇f, H = (I − B B⁺) ∘ (U B⁺S B⁺ᵀUᵀ), B = diag(γ) U,
///
/// t = 1, ½, … so that f does not rise. One or two steps after the start are the maximum-likelihood
/// answer for noise that all sensors have alike. Gains may be negative. With moments about the mean
/// every sensor has an unknown offset too.
///
/// The certificate is ‖d‖ / ‖γ‖ of the step to come (1 before the start).
/// [`Breakdown`](crate::Status::Breakdown) means that the frames cannot tell the gains: all of one
/// signal, for one.
///
/// Shapes: γ is m, U is m × k, S is m × m. Storage: two borrows and two numbers here; 5 m + m (m + 1) /
/// 2 + [`room`](super::room) numbers and 3 more in [`SubspaceFitState`]. Cost of a step: 2 m² k + m k² +
/// m³ / 6 multiplications, however many frames there are.
///
/// ```
/// use solvekit::calibration::array::{Moments, SubspaceFit, room};
/// use solvekit::{SMatrix, SVector, Stop, direct::packed, operator::zeros, solve};
/// // Five sensors in a row see a field that is even or changes once.
/// let u = SMatrix::<f64, 5, 2>::from_fn(|i, j| match j {
///     0 => 0.2_f64.sqrt(),
///     _ => 0.4_f64.sqrt() * (std::f64::consts::PI * (i as f64 + 0.5) / 5.0).cos(),
/// });
/// let gains = [1.2, 0.8, 1.1, 0.9, 1.0];
/// let mut moments = Moments::new(SVector::<f64, 5>::zeros(), zeros::<f64, { packed(5) }, 1>())?;
/// for z in [[1.0, 0.3], [-0.4, 1.0], [0.2, -2.0]] {
///     let field = u * SVector::from(z);
///     moments.add(&[0, 1, 2, 3, 4].map(|i| gains[i] * field[i]))?;
/// }
/// let fit = SubspaceFit::new(&moments, &u)?;
/// let mut state = fit.start(zeros::<f64, { packed(5) }, 1>(), zeros::<f64, { room(5, 2) }, 1>())?;
/// let report = solve(&fit, &mut state, Stop::relative(1e-8)?);
/// assert!(report.converged() && report.iterations <= 3, "{report:?}");
/// assert!(state.gains().iter().zip(gains).all(|(found, gain)| (found - gain).abs() < 1e-7));
/// let mut z = SVector::<f64, 2>::zeros();
/// fit.signal(&mut state, &[0, 1, 2, 3, 4].map(|i| gains[i] * u[(i, 1)]), &mut z)?;
/// assert!(z[0].abs() < 1e-7 && (z[1] - 1.0).abs() < 1e-7);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Balzano and Nowak 2007, *Blind calibration of sensor networks* (the linear equations);
/// Golub and Pereyra 1973, Kaufman 1975 (variable projection).
#[derive(Debug)]
pub struct SubspaceFit<'a, R, Z, G, W, S> {
    kernel: Kernel<'a, R, Z, G, W>,
    room: PhantomData<S>,
}

// Not derived: what is borrowed need not be `Copy`.
impl<R: Copy, Z, G, W, S> Clone for SubspaceFit<'_, R, Z, G, W, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Copy, Z, G, W, S> Copy for SubspaceFit<'_, R, Z, G, W, S> {}

/// Gains and room: 5 m + m (m + 1) / 2 + [`room`](super::room) + 3 numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SubspaceFitState<R, G, W, S> {
    fit: Fit<G, W, S, R>,
    phase: Phase,
}

/// What of a state is up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
enum Phase {
    /// Nothing; the start comes next.
    Blank,
    /// The start, which is to come.
    Started,
    /// The gains.
    Given,
    /// What follows from them.
    Moved,
    /// The step to come.
    Proposed,
    /// There is no step to come.
    Broken,
}

impl<R: Real, G: Buffer<R>, W, S> SubspaceFitState<R, G, W, S> {
    /// The gains; 1 before the first step.
    pub const fn gains(&self) -> &G {
        &self.fit.gains
    }

    /// The gains, to be changed. Whoever does starts a new [`Run`](crate::Run), which looks at them
    /// anew.
    pub const fn gains_mut(&mut self) -> &mut G {
        self.phase = Phase::Given;
        &mut self.fit.gains
    }

    /// The least eigenvalue of H + τ γ γᵀ, relative to the mean one, where a step was looked for last; 1
    /// before. No step is made where this is rounding.
    pub const fn conditioning(&self) -> R {
        self.fit.conditioning
    }

    /// Which of all equivalent answers this is.
    pub const fn gauge(&self) -> Gauge {
        self.fit.gauge
    }
}

impl<'a, R, Z, G, W, S> SubspaceFit<'a, R, Z, G, W, S>
where
    R: Real,
    Z: ColumnOperator<R>,
    G: Buffer<R>,
    W: Buffer<R>,
    S: Buffer<R>,
{
    /// The fit to these moments, with offsets where they are about the mean.
    ///
    /// # Errors
    /// [`ArrayError`]: `Length` for a basis of other than m rows; `Empty`, `NotOrthonormal`, `Blind`,
    /// `Signals`, `Unidentifiable`, `Silent`, `Size`.
    pub fn new(moments: &'a Moments<R, G, W>, basis: &'a Z) -> Result<Self, ArrayError> {
        Ok(Self { kernel: Kernel::new(moments, basis)?, room: PhantomData })
    }

    /// m, k and p, and whether there are offsets.
    pub fn counts(&self) -> ArrayCounts {
        self.kernel.counts(&|_| true)
    }

    /// The state to begin with; `memory` has [`packed`](crate::direct::packed)`(m)` numbers, `room` has
    /// [`room`](super::room)`(m, k)`.
    ///
    /// # Errors
    /// [`ArrayError::Length`].
    pub fn start(&self, memory: W, room: S) -> Result<SubspaceFitState<R, G, W, S>, ArrayError> {
        self.kernel.check_room(&memory, &room)?;
        Ok(SubspaceFitState { fit: self.kernel.fresh(memory, room), phase: Phase::Blank })
    }

    /// The state with given gains, such as those of a while ago.
    ///
    /// # Errors
    /// [`ArrayError`]: `Length`, `NonFiniteStart`.
    pub fn start_at(
        &self,
        gains: G,
        memory: W,
        room: S,
    ) -> Result<SubspaceFitState<R, G, W, S>, ArrayError> {
        let (expected, found) = (self.kernel.sensors(), gains.as_slice().len());
        if expected != found {
            return Err(ArrayError::Length { expected, found });
        }
        if let Some(sensor) = first_non_finite(gains.as_slice()) {
            return Err(ArrayError::NonFiniteStart { sensor });
        }
        let mut state = self.start(memory, room)?;
        *state.gains_mut() = gains;
        Ok(state)
    }

    /// Standard errors of the gains into the buffer given, and returns the standard deviation σ of the
    /// noise, from what the fit leaves and the degrees of freedom. `None` before the start, where no
    /// step can be found, and where no degree of freedom is left.
    pub fn errors(&self, state: &mut SubspaceFitState<R, G, W, S>, of_gains: &mut G) -> Option<R> {
        if matches!(state.phase, Phase::Blank | Phase::Started) {
            return None;
        }
        state.phase = Phase::Given;
        self.propose(state);
        if state.phase != Phase::Proposed {
            return None;
        }
        let [per_frame, square] = self.kernel.noise(state.fit.objective, &|_| true)?;
        self.kernel.variances(&mut state.fit, &|_| true, of_gains);
        let deviation = per_frame.sqrt();
        of_gains.as_mut_slice().iter_mut().for_each(|v| *v = deviation * v.sqrt());
        Some((square / self.kernel.scale).sqrt())
    }

    /// The signal of a frame: the least-squares z of γ ∘ U z = y, into `z`. Offsets do not matter to it
    /// as far as they are no signal's.
    ///
    /// Cost: 2 m k multiplications more than the factorisation of k × k numbers.
    ///
    /// # Errors
    /// [`ArrayError`]: `Length`, `NonFiniteMeasurement`.
    pub fn signal(
        &self,
        state: &mut SubspaceFitState<R, G, W, S>,
        y: &[R],
        z: &mut Z::Domain,
    ) -> Result<(), ArrayError> {
        if matches!(state.phase, Phase::Given) {
            self.propose(state);
        }
        self.kernel.signal(&mut state.fit, y, z, &|_| true)
    }

    /// What the mean of the frames has that no signal explains: the offset of each sensor, up to
    /// those that look like a signal. Zero where the moments are not about the mean.
    pub fn offsets(&self, state: &mut SubspaceFitState<R, G, W, S>, offsets: &mut G) {
        self.kernel.offsets(&mut state.fit, offsets, &|_| true);
    }

    fn propose(&self, state: &mut SubspaceFitState<R, G, W, S>) {
        let SubspaceFitState { fit, phase } = state;
        let found = match phase {
            Phase::Started | Phase::Proposed | Phase::Broken => return,
            Phase::Blank => {
                fit.change = R::ONE;
                *phase = Phase::Started;
                self.kernel.propose_start(fit, &|_| true)
            }
            Phase::Given | Phase::Moved => {
                let size = max_abs(fit.gains.as_slice());
                if !size.is_finite() {
                    fit.change = size;
                    return;
                }
                let sound = *phase == Phase::Moved || self.kernel.look(fit, &|_| true);
                *phase = Phase::Proposed;
                if !sound {
                    fit.change = R::ONE;
                }
                if sound { self.kernel.propose_step(fit, &|_| true) } else { None }
            }
        };
        if found.is_none() {
            *phase = Phase::Broken;
        }
    }
}

impl<R, Z, G, W, S> Iteration for SubspaceFit<'_, R, Z, G, W, S>
where
    R: Real,
    Z: ColumnOperator<R>,
    G: Buffer<R>,
    W: Buffer<R>,
    S: Buffer<R>,
{
    type Real = R;
    type State = SubspaceFitState<R, G, W, S>;
    const CERTIFICATE: Certificate = Certificate::RelativeChange;

    fn step(&self, state: &mut Self::State) {
        self.propose(state);
        match state.phase {
            Phase::Started => self.kernel.take_start(&mut state.fit, &|_| true),
            Phase::Proposed => self.kernel.take_step(&mut state.fit, &|_| true),
            _ => return,
        }
        state.phase = Phase::Moved;
    }

    fn residual(&self, state: &mut Self::State) -> R {
        self.propose(state);
        state.fit.change
    }

    fn certify(&self, state: &mut Self::State) -> Option<R> {
        if !matches!(state.phase, Phase::Blank | Phase::Started) {
            state.phase = Phase::Given;
        }
        Some(self.residual(state))
    }

    fn breakdown(&self, state: &Self::State) -> bool {
        state.phase == Phase::Broken
    }

    fn reference(&self) -> R {
        R::ONE
    }

    fn restore(&self, state: &mut Self::State) {
        let gains = state.fit.gains.as_mut_slice();
        gains.iter_mut().for_each(|gain| *gain = gain.finite_or(R::ONE));
        state.phase = Phase::Given;
    }
}
