//! [`Safeguarded`]: a network that never ends above its classical twin.

use super::{Layers, Network, NetworkState};
use crate::recovery::{Ista, IstaState, RecoveryError};
use crate::sum::max_abs;
use crate::{Buffer, Certificate, Iteration, LinearOperator, Penalty, Real};

/// When a network's iterate is held against that of its twin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Check {
    /// After each layer, so that stopping early is safe. For networks trained to be useful after
    /// every layer.
    EachLayer,
    /// After the last layer only. For networks whose long steps pass through higher objectives.
    LastLayer,
}

/// A [`Network`] beside plain [`Ista`], its twin, from the same start. Where F(x) = ½‖y − A x‖² +
/// g(x) of the network's iterate is above that of the twin's, or no number, the twin's takes its
/// place, and the network goes on from there. So wherever it is checked F is at most what ISTA has
/// after as many steps, on any input.
///
/// After the last layer ISTA goes on from what was found, so that a run may converge to any
/// tolerance. The certificate is ISTA's: max |x − prox(x − α ∇f(x))| / α.
///
/// Storage: what network and twin need, and one word. Cost of a step: both of theirs, one more
/// product with A in the last layer, and g of two iterates where it is checked; the certificate
/// costs one product each with A and Aᵀ.
///
/// ```
/// use solvekit::network::{Check, Network, Safeguarded, Unfolded};
/// use solvekit::recovery::{Ista, Sensing, StepSize};
/// use solvekit::{SMatrix, SVector, Stop, penalty::L1, solve};
/// let a = SMatrix::<f32, 2, 3>::new(1.0, 0.0, 0.6, 0.0, 1.0, 0.8);
/// let y = SVector::from([0.6, 0.8]);
/// let (sensing, penalty) = (Sensing::new(&a, &y)?, L1::new(0.01)?);
/// // Steps that diverge: nobody trained them.
/// let network = Network::new(sensing, Unfolded::new(penalty, [30.0, 40.0])?);
/// let twin = Ista::new(sensing, penalty, StepSize::automatic(&a)?)?;
/// let safe = Safeguarded::new(network, twin, Check::LastLayer);
/// let mut state = safe.start();
/// assert!(solve(&safe, &mut state, Stop::relative(1e-5)?).converged());
/// assert_eq!(state.refused(), 1);
/// assert!((state.x()[2] - 0.99).abs() < 1e-4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Heaton, Chen, Wang and Yin 2023, *Safeguarded Learned Convex Optimization*, for the
/// idea; there a sequence of energies takes the twin's part, which cannot say what a plain method
/// would have reached.
#[derive(Clone, Debug)]
pub struct Safeguarded<'a, R: Real, A: LinearOperator<R>, L, P> {
    network: Network<'a, R, A, L>,
    twin: Ista<'a, R, A, P>,
    check: Check,
}

/// The network's state and the twin's.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SafeguardedState<R, X, Y, S> {
    network: NetworkState<X, Y, S>,
    twin: IstaState<R, X, Y>,
    refused: u32,
    alone: bool,
}

impl<R: Real, X, Y, S> SafeguardedState<R, X, Y, S> {
    /// Before the first layer, both from the same x; `const`, and so unchecked.
    pub const fn new(network: NetworkState<X, Y, S>, twin: IstaState<R, X, Y>) -> Self {
        Self { network, twin, refused: 0, alone: false }
    }

    /// The iterate.
    pub const fn x(&self) -> &X {
        &self.network.x
    }

    /// The iterate, to be changed. Whoever does starts a new [`Run`](crate::Run).
    pub const fn x_mut(&mut self) -> &mut X {
        &mut self.network.x
    }

    /// How often the twin's iterate took the place of the network's.
    pub const fn refused(&self) -> u32 {
        self.refused
    }
}

type StateOf<R, A, L> = SafeguardedState<
    R,
    <A as LinearOperator<R>>::Domain,
    <A as LinearOperator<R>>::Range,
    <L as Layers<R, A>>::Memory,
>;

impl<'a, R, A, L, P> Safeguarded<'a, R, A, L, P>
where
    R: Real,
    A: LinearOperator<R>,
    L: Layers<R, A>,
    P: Penalty<R>,
{
    /// A network and its twin, on the same dictionary and measurements.
    pub const fn new(network: Network<'a, R, A, L>, twin: Ista<'a, R, A, P>, check: Check) -> Self {
        Self { network, twin, check }
    }

    /// The state with x = 0, before the first layer.
    pub fn start(&self) -> StateOf<R, A, L> {
        SafeguardedState::new(self.network.start(), self.twin.start())
    }

    /// The state with a given x, before the first layer.
    ///
    /// # Errors
    /// [`RecoveryError::Length`], [`RecoveryError::NonFiniteStart`].
    pub fn start_at(&self, x: A::Domain) -> Result<StateOf<R, A, L>, RecoveryError> {
        let network = self.network.start_at(x.clone())?;
        Ok(SafeguardedState::new(network, self.twin.start_at(x)?))
    }

    /// ½‖y − A x‖² + g(x); one product with A.
    pub fn objective(&self, x: &A::Domain) -> R {
        self.twin.objective(x)
    }

    /// Is the network to be held against its twin after the layer it has just applied?
    fn is_checked(&self, layer: u32) -> bool {
        let last = self.network.layers().layers() == Some(layer);
        last || self.check == Check::EachLayer
    }

    /// One step of the twin, and its iterate for the network's.
    fn plain(&self, state: &mut StateOf<R, A, L>) {
        let SafeguardedState { network, twin, alone, .. } = state;
        if !*alone {
            twin.restart_at(&network.x);
            *alone = true;
        }
        self.twin.step(twin);
        network.replace(&twin.x);
    }
}

impl<R, A, L, P> Iteration for Safeguarded<'_, R, A, L, P>
where
    R: Real,
    A: LinearOperator<R>,
    L: Layers<R, A>,
    P: Penalty<R>,
{
    type Real = R;
    type State = StateOf<R, A, L>;
    const CERTIFICATE: Certificate = Certificate::ProximalResidual;

    fn step(&self, state: &mut Self::State) {
        // From an x that is not finite no step is made: it has to show.
        if !max_abs(state.network.x.as_slice()).is_finite() {
            return;
        }
        let layers = self.network.layers().layers();
        if layers.is_some_and(|layers| state.network.layer() >= layers) {
            self.plain(state);
            return;
        }
        let SafeguardedState { network, twin, refused, .. } = state;
        self.twin.step(twin);
        self.network.step(network);
        if self.is_checked(network.layer()) {
            let own = self.network.energy(network, self.twin.penalty());
            // NaN is not below anything.
            if own <= self.twin.energy(twin) {
                return;
            }
        } else if max_abs(network.x.as_slice()).is_finite() {
            return;
        }
        network.replace(&twin.x);
        *refused += 1;
    }

    fn residual(&self, state: &mut Self::State) -> R {
        let SafeguardedState { network, twin, .. } = state;
        self.network.proximal_residual(network, self.twin.penalty(), self.twin.length(twin))
    }

    fn certify(&self, state: &mut Self::State) -> Option<R> {
        state.network.forget();
        Some(self.residual(state))
    }

    fn reference(&self) -> R {
        self.twin.reference()
    }

    fn restore(&self, state: &mut Self::State) {
        self.network.restore(&mut state.network);
        self.twin.restore(&mut state.twin);
    }
}
