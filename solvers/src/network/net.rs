//! [`Network`]: layers as an iteration.

use crate::recovery::{RecoveryError, Sensing, half_square};
use crate::sum::{max_abs, norm};
use crate::system::restore_finite;
use crate::{Buffer, Certificate, Iteration, LinearOperator, Penalty, Real};

/// What a layer reads and writes.
#[derive(Debug)]
pub struct Point<'s, X, Y> {
    /// The iterate, which the layer replaces.
    pub x: &'s mut X,
    /// y − A x of that iterate where the layer [uses it](Layers::USES_RESIDUAL), anything where not;
    /// room for the layer afterwards.
    pub r: &'s mut Y,
    /// Room for N numbers.
    pub room: &'s mut X,
}

/// The layers of a network for dictionaries of type `A`.
pub trait Layers<R: Real, A: LinearOperator<R>> {
    /// What layers remember of those before, beside x.
    type Memory: Clone;

    /// Do layers read [`Point::r`]? Where they do not, a network spares the product with A.
    const USES_RESIDUAL: bool = true;

    /// T, or `None` for as many layers as are wanted.
    fn layers(&self) -> Option<u32>;

    /// The memory before the first layer. `a` says how long vectors are.
    fn start(&self, a: &A) -> Self::Memory;

    /// Layer k, from 0, below T. Bounded work; x is left finite or not, as numbers go. Layer 0 does
    /// not look at the memory: it makes it anew.
    fn apply(
        &self,
        k: u32,
        sensing: &Sensing<'_, R, A>,
        point: Point<'_, A::Domain, A::Range>,
        memory: &mut Self::Memory,
    );
}

impl<R: Real, A: LinearOperator<R>, L: Layers<R, A>> Layers<R, A> for &L {
    type Memory = L::Memory;
    const USES_RESIDUAL: bool = L::USES_RESIDUAL;

    fn layers(&self) -> Option<u32> {
        (*self).layers()
    }
    fn start(&self, a: &A) -> Self::Memory {
        (*self).start(a)
    }
    fn apply(
        &self,
        k: u32,
        sensing: &Sensing<'_, R, A>,
        point: Point<'_, A::Domain, A::Range>,
        memory: &mut Self::Memory,
    ) {
        (*self).apply(k, sensing, point, memory);
    }
}

/// A network: the k-th step is layer k. One that is asked for a layer beyond its last changes
/// nothing and ends as [`Breakdown`](crate::Status::Breakdown).
///
/// The certificate is ‖y − A x‖₂, relative to ‖y‖₂. Nothing of a network makes it small; what a
/// network promises on any input is what [`Safeguarded`](super::Safeguarded) adds.
///
/// Storage: 3 words here and what the layers hold; 2 N + M + 2 and their memory in
/// [`NetworkState`]. Cost of a step: the layer, and one product with A where it
/// [uses](Layers::USES_RESIDUAL) y − A x; a check is one more product, so check at the end:
/// [`infer`](Self::infer) does.
///
/// ```
/// use solvekit::network::{Network, Unfolded};
/// use solvekit::{SMatrix, SVector, penalty::L1, recovery::Sensing};
/// let a = SMatrix::<f32, 2, 3>::new(1.0, 0.0, 0.6, 0.0, 1.0, 0.8);
/// let y = SVector::from([0.6, 0.8]);
/// // Three layers, as training left them.
/// let layers = Unfolded::new(L1::new(0.01)?, [0.6, 0.9, 0.7])?;
/// let network = Network::new(Sensing::new(&a, &y)?, &layers);
/// let mut state = network.start();
/// network.infer(&mut state);
/// assert_eq!(state.layer(), 3);
/// assert!((a * state.x - y).norm() < 0.1 * y.norm());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Network<'a, R: Real, A: LinearOperator<R>, L> {
    sensing: Sensing<'a, R, A>,
    layers: L,
}

/// The iterate, its residual, room, and what the layers remember.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct NetworkState<X, Y, S> {
    /// The iterate. Whoever changes it starts a new [`Run`](crate::Run), which looks at it anew;
    /// the layers go on from where they were.
    pub x: X,
    room: X,
    r: Y,
    memory: S,
    layer: u32,
    /// Is r that of x?
    fresh: bool,
    broken: bool,
}

impl<X, Y, S> NetworkState<X, Y, S> {
    /// Before the first layer; `const`, and so unchecked. What `room` and `r` hold does not matter.
    pub const fn new(x: X, room: X, r: Y, memory: S) -> Self {
        Self { x, room, r, memory, layer: 0, fresh: false, broken: false }
    }

    /// x = 0, before the first layer again: for the next measurements, without a second state on the
    /// way.
    pub fn restart<R: Real>(&mut self)
    where
        X: Buffer<R>,
    {
        self.x.as_mut_slice().fill(R::ZERO);
        (self.layer, self.fresh, self.broken) = (0, false, false);
    }

    /// Layers that have been applied.
    pub const fn layer(&self) -> u32 {
        self.layer
    }

    /// Looks at x anew before the next step.
    pub(super) const fn forget(&mut self) {
        self.fresh = false;
    }

    /// x ← another.
    pub(super) fn replace<R: Real>(&mut self, x: &X)
    where
        X: Buffer<R>,
    {
        for (own, x) in self.x.as_mut_slice().iter_mut().zip(x.as_slice()) {
            *own = *x;
        }
        self.fresh = false;
    }
}

type StateOf<R, A, L> = NetworkState<
    <A as LinearOperator<R>>::Domain,
    <A as LinearOperator<R>>::Range,
    <L as Layers<R, A>>::Memory,
>;

impl<'a, R: Real, A: LinearOperator<R>, L: Layers<R, A>> Network<'a, R, A, L> {
    /// A network for a dictionary and measurements.
    pub const fn new(sensing: Sensing<'a, R, A>, layers: L) -> Self {
        Self { sensing, layers }
    }

    /// The state with x = 0, before the first layer.
    pub fn start(&self) -> StateOf<R, A, L> {
        let a = self.sensing.dictionary();
        NetworkState::new(a.zero_domain(), a.zero_domain(), a.zero_range(), self.layers.start(a))
    }

    /// The state with a given x, before the first layer. A network that was trained from x = 0 has
    /// not seen such starts.
    ///
    /// # Errors
    /// [`RecoveryError::Length`], [`RecoveryError::NonFiniteStart`].
    pub fn start_at(&self, x: A::Domain) -> Result<StateOf<R, A, L>, RecoveryError> {
        let a = self.sensing.dictionary();
        self.sensing.check_start(&x)?;
        Ok(NetworkState::new(x, a.zero_domain(), a.zero_range(), self.layers.start(a)))
    }

    /// All layers that are left, without looking at what they do; nothing where a network has no
    /// last one.
    pub fn infer(&self, state: &mut StateOf<R, A, L>) {
        for _ in state.layer..self.layers.layers().unwrap_or(0) {
            self.step(state);
        }
    }

    /// A and y.
    pub const fn sensing(&self) -> &Sensing<'a, R, A> {
        &self.sensing
    }

    /// The layers.
    pub const fn layers(&self) -> &L {
        &self.layers
    }

    /// ½‖y − A x‖² + g(x).
    pub(super) fn energy(&self, state: &mut StateOf<R, A, L>, penalty: &impl Penalty<R>) -> R {
        self.look(state);
        half_square(&state.r) + penalty.total(state.x.as_slice())
    }

    /// max |x − prox(x + α Aᵀr)| / α.
    pub(super) fn proximal_residual(
        &self,
        state: &mut StateOf<R, A, L>,
        penalty: &impl Penalty<R>,
        step: R,
    ) -> R {
        self.look(state);
        let NetworkState { x, room, r, .. } = state;
        self.sensing.dictionary().apply_adjoint(r, room);
        for (room, x) in room.as_mut_slice().iter_mut().zip(x.as_slice()) {
            *room = *x + step * *room;
        }
        penalty.prox_all(step, room.as_mut_slice());
        let pairs = x.as_slice().iter().zip(room.as_slice());
        pairs.fold(R::ZERO, |most, (x, next)| most.max((*x - *next).abs())) / step
    }

    fn look(&self, state: &mut StateOf<R, A, L>) {
        if !state.fresh {
            self.sensing.residual(&state.x, &mut state.r);
            state.fresh = true;
        }
    }
}

impl<R: Real, A: LinearOperator<R>, L: Layers<R, A>> Iteration for Network<'_, R, A, L> {
    type Real = R;
    type State = StateOf<R, A, L>;
    const CERTIFICATE: Certificate = Certificate::ResidualNorm;

    fn step(&self, state: &mut Self::State) {
        if self.layers.layers().is_some_and(|layers| state.layer >= layers) {
            state.broken = true;
            return;
        }
        if L::USES_RESIDUAL {
            self.look(state);
        }
        let NetworkState { x, room, r, memory, layer, fresh, .. } = state;
        self.layers.apply(*layer, &self.sensing, Point { x, r, room }, memory);
        *layer += 1;
        *fresh = false;
    }

    fn residual(&self, state: &mut Self::State) -> R {
        self.look(state);
        // An x that is not finite where A has no entry shows too.
        norm(&state.r) + R::ZERO * max_abs(state.x.as_slice())
    }

    fn certify(&self, state: &mut Self::State) -> Option<R> {
        state.fresh = false;
        Some(self.residual(state))
    }

    fn breakdown(&self, state: &Self::State) -> bool {
        state.broken
    }

    fn reference(&self) -> R {
        self.sensing.y_norm()
    }

    fn restore(&self, state: &mut Self::State) {
        restore_finite(&mut state.x);
        restore_finite(&mut state.room);
        state.fresh = false;
    }
}
