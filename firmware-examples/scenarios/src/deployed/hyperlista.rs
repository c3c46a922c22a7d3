//! A network of kind hyperlista: 4 layers for 6 measurements of 9 unknowns. Written by
//! `solvekit export`; export it again rather than change it.
//!
//! ```ignore
//! mod hyperlista;
//! let layers = hyperlista::layers()?;
//! let mut state = hyperlista::start();
//! hyperlista::self_test(&mut state)?;
//! hyperlista::recover(&layers, &measurements, &mut state)?; // state.x
//! ```
//!
//! - dictionary: SHA-256 26efc57254d907e9063b3d1dbbb7aab9d5dbd29e61ae7e4bb77c84b356f27576
//! - network file: SHA-256 cd5d7dff107491d787acc94dfd62bd5312904e69bbf3a9f38a67f919a0c4093a
//! - trained: loss supervised, seed 18446744073709551615, NMSE -30.10 dB on signals not trained on
#![allow(dead_code, unreachable_pub, reason = "an application need not use all of it")]
#![allow(clippy::approx_constant, reason = "numbers are what training left")]

use solvekit::nalgebra::ArrayStorage;
use solvekit::network::Golden;
use solvekit::network::Hyper;
use solvekit::network::HyperMemory;
use solvekit::network::HyperNumbers;
use solvekit::network::Network;
use solvekit::network::NetworkError;
use solvekit::network::NetworkState;
use solvekit::network::SelfTestError;
use solvekit::network::TableSum;
use solvekit::operator::zeros;
use solvekit::recovery::{RecoveryError, Sensing};
use solvekit::{Iteration, SMatrix, SVector};

/// M, measurements.
pub const ROWS: usize = 6;
/// N, unknowns.
pub const COLUMNS: usize = 9;
/// T, layers.
pub const LAYERS: u32 = 4;
/// CRC-32 of the tables.
pub const CHECKSUM: u32 = 0xe651e281;

/// A dictionary or a weight.
pub type Matrix = SMatrix<f32, ROWS, COLUMNS>;
/// y.
pub type Measurements = SVector<f32, ROWS>;
/// x.
pub type Signal = SVector<f32, COLUMNS>;
/// The layers: references to the tables.
pub type Layers = Hyper<'static, f32, Matrix, &'static [f32]>;
/// All the memory that layers take.
pub type State = NetworkState<Signal, Measurements, HyperMemory<f32, Signal>>;

/// A, column by column.
#[rustfmt::skip]
pub static DICTIONARY: Matrix = SMatrix::from_array_storage(ArrayStorage([
    [
        0.20295292, 0.24273303, -0.43160746, -0.06825057, -0.21055625, -0.049880575,
    ],
    [
        -0.10353448, -0.027242292, 0.78886145, -0.012603796, -0.31400946, -0.19167782,
    ],
    [
        -0.050815124, -0.46826848, -0.08343304, -0.25396273, 0.17140332, 0.15154596,
    ],
    [
        0.12567529, -1.1292397, 0.35211253, -0.02755176, -0.49909487, -0.10675069,
    ],
    [
        -0.43458378, 0.13450257, -0.38621292, 0.3737403, -0.16388765, 0.86120635,
    ],
    [
        -1.0070932, -0.24948071, -0.0064284066, 0.08376156, -0.2347586, -0.3162661,
    ],
    [
        -0.10444826, -0.83159846, 0.32072896, 0.3576605, -0.3336494, 0.090766735,
    ],
    [
        -0.17536661, 0.2312069, -0.14925893, 0.43892378, 0.59765106, -0.8309892,
    ],
    [
        -0.24540581, -0.28981808, 0.72589475, 0.05782695, 1.0248108, 0.10668932,
    ],
]));

/// W.
#[rustfmt::skip]
pub static WEIGHTS: Matrix = SMatrix::from_array_storage(ArrayStorage([
    [
        0.6975076, 0.0032532092, -1.60082, -0.37181506, -0.5249551, -0.61775815,
    ],
    [
        -0.11957567, 0.5694919, 1.0396858, 0.082110286, -0.54322195, -0.070034474,
    ],
    [
        -0.37208033, -0.8751826, -0.7540337, -1.506355, 0.62571114, 0.12243107,
    ],
    [
        0.28788823, -0.7990567, -0.13139385, 0.052091118, -0.17550263, -0.20235157,
    ],
    [
        -0.21960187, 0.08449277, -0.111160666, 0.76467925, -0.053047746, 0.64535415,
    ],
    [
        -0.9056345, -0.05025869, -0.12685351, -0.47923464, -0.1487536, -0.25234404,
    ],
    [
        0.33778945, -0.4992887, 0.11597765, 1.4144423, -0.20311612, 0.10154261,
    ],
    [
        0.12089051, -0.066761084, -0.24561667, 0.8869407, 0.25814134, -0.54922193,
    ],
    [
        -0.13815014, -0.12182444, 0.35673985, -0.064535074, 0.6315215, 0.26597258,
    ],
]));

/// aᵀ(AAᵀ)⁻¹a of each column a.
#[rustfmt::skip]
pub static INVERSE_SCALES: [f32; COLUMNS] = [
    0.15196241, 0.71520257, 0.4601951, 0.6086201, 0.83044815, 0.9534006, 0.5671846, 0.870418,
    0.84256846,
];

/// y of the recorded run.
#[rustfmt::skip]
pub static GOLDEN_Y: [f32; ROWS] = [
    0.063453004, 0.5847283, 0.10418309, 0.31712404, -0.21403185, -0.1892359,
];

/// x after all its layers.
#[rustfmt::skip]
pub static GOLDEN_X: [f32; COLUMNS] = [
    0.079586, 0.283194, -0.89063513, -0.18916847, 0.070823476, -0.09375521, 0.10742699, 0.13700806,
    -0.11985074,
];

/// Before the first layer.
pub const fn start() -> State {
    NetworkState::new(zeros(), zeros(), zeros(), HyperMemory::new(zeros(), 0.0))
}

/// The layers, which take no memory of their own.
///
/// # Errors
/// None for the tables of this module.
#[rustfmt::skip]
pub fn layers() -> Result<Layers, NetworkError> {
    let numbers =
        HyperNumbers { threshold: 0.02, momentum: 0.03, passing: 0.05 };
    Hyper::new(&DICTIONARY, &WEIGHTS, &INVERSE_SCALES, numbers)
}

/// x from y, into the state's.
///
/// # Errors
/// Measurements that are not finite, or too large.
pub fn recover(layers: &Layers, y: &Measurements, state: &mut State) -> Result<(), RecoveryError> {
    let network = Network::new(Sensing::new(&DICTIONARY, y)?, layers);
    state.restart();
    (0..LAYERS).for_each(|_| network.step(state));
    Ok(())
}

/// Whether the tables are those that were exported, and the layers find the recorded x here, to
/// the bit. The state is used.
///
/// # Errors
/// What differs.
#[rustfmt::skip]
pub fn self_test(state: &mut State) -> Result<(), SelfTestError> {
    let sum = TableSum::new().reals(DICTIONARY.as_slice())
        .reals(WEIGHTS.as_slice())
        .reals(&INVERSE_SCALES);
    sum.expect(CHECKSUM)?;
    Golden::new(&GOLDEN_Y, &GOLDEN_X, LAYERS).replay(&DICTIONARY, &layers()?, state)
}
