//! What a module that `solvekit export` wrote does, for tables of any size: its `recover` and its
//! `self_test` around each kind of network. Images that measure flash, stack and instructions for
//! `solvekit plan` are made of it.

mod kinds;
mod splines;
mod tables;

pub use kinds::{AdaLista, Alista, HyperLista, Iht, Ista, Lista, Operator, Tista};
pub use splines::Curved;
pub use tables::{Stored, codes, reals, scales};

use solvekit::network::{
    Golden, Layers, Network, NetworkError, NetworkState, SelfTestError, TableSum,
};
use solvekit::recovery::{RecoveryError, Sensing};
use solvekit::{Iteration, LinearOperator, SVector};

/// Layers of every network here.
pub const LAYERS: u32 = 16;

/// The tables of an exported network for M measurements of N unknowns.
pub trait Module<const M: usize, const N: usize> {
    /// What measurements are checked with.
    type Dictionary: LinearOperator<f32, Domain = SVector<f32, N>, Range = SVector<f32, M>>;
    /// References to tables.
    type Layers: Layers<f32, Self::Dictionary>;

    /// A, or what stands for it.
    fn dictionary(&self) -> &Self::Dictionary;

    /// The layers.
    ///
    /// # Errors
    /// None for the tables here.
    fn layers(&self) -> Result<Self::Layers, NetworkError>;

    /// The checksum of all tables.
    fn sum(&self) -> TableSum;
}

/// A state of the layers.
pub type State<const M: usize, const N: usize, X> = NetworkState<
    SVector<f32, N>,
    SVector<f32, M>,
    <<X as Module<M, N>>::Layers as Layers<f32, <X as Module<M, N>>::Dictionary>>::Memory,
>;

/// Before the first layer.
pub fn start<const M: usize, const N: usize, X: Module<M, N>>(
    module: &X,
    layers: &X::Layers,
) -> State<M, N, X> {
    Golden::new(&[], &[], LAYERS).start(module.dictionary(), layers)
}

/// x from y, into the state's: the `recover` of a module.
///
/// # Errors
/// Measurements that are not finite, or too large.
#[inline(never)]
pub fn recover<const M: usize, const N: usize, X: Module<M, N>>(
    module: &X,
    layers: &X::Layers,
    y: &SVector<f32, M>,
    state: &mut State<M, N, X>,
) -> Result<(), RecoveryError> {
    let network = Network::new(Sensing::new(module.dictionary(), y)?, layers);
    state.restart();
    (0..LAYERS).for_each(|_| network.step(state));
    Ok(())
}

/// The `self_test` of a module with this checksum and recorded run.
///
/// # Errors
/// What differs.
#[inline(never)]
pub fn self_test<const M: usize, const N: usize, X: Module<M, N>>(
    module: &X,
    checksum: u32,
    [y, x]: [&[f32]; 2],
    state: &mut State<M, N, X>,
) -> Result<(), SelfTestError> {
    module.sum().expect(checksum)?;
    Golden::new(y, x, LAYERS).replay(module.dictionary(), &module.layers()?, state)
}
