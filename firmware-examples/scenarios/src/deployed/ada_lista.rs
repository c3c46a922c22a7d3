//! A network of kind ada-lista: 4 layers for 6 measurements of 9 unknowns. Written by
//! `solvekit export`; export it again rather than change it.
//!
//! ```ignore
//! mod ada_lista;
//! let layers = ada_lista::layers()?;
//! let mut state = ada_lista::start();
//! ada_lista::self_test(&mut state)?;
//! ada_lista::recover(&layers, &measurements, &mut state)?; // state.x
//! ```
//!
//! - dictionary: SHA-256 26efc57254d907e9063b3d1dbbb7aab9d5dbd29e61ae7e4bb77c84b356f27576
//! - network file: SHA-256 fd675976baecbde9f3f1186d81792e9f7253e0d86fe8a85d27c709a8ba96dc46
//! - trained: loss supervised, seed 18446744073709551615, NMSE -30.10 dB on signals not trained on
#![allow(dead_code, unreachable_pub, reason = "an application need not use all of it")]
#![allow(clippy::approx_constant, reason = "numbers are what training left")]

use solvekit::nalgebra::ArrayStorage;
use solvekit::network::AdaLayer;
use solvekit::network::AdaLista;
use solvekit::network::AdaMemory;
use solvekit::network::Golden;
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
pub const CHECKSUM: u32 = 0x5fc8ed63;

/// A dictionary.
pub type Matrix = SMatrix<f32, ROWS, COLUMNS>;
/// A weight.
pub type Weight = SMatrix<f32, ROWS, ROWS>;
/// y.
pub type Measurements = SVector<f32, ROWS>;
/// x.
pub type Signal = SVector<f32, COLUMNS>;
/// The layers: references to the tables.
pub type Layers = AdaLista<'static, Weight, &'static [AdaLayer<f32>]>;
/// All the memory that layers take.
pub type State = NetworkState<Signal, Measurements, AdaMemory<Measurements>>;

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

/// W₁.
#[rustfmt::skip]
pub static W1: Weight = SMatrix::from_array_storage(ArrayStorage([
    [
        1.0, 0.0014112, -0.002794155, 0.004121185, -0.0053657293, 0.0065028784,
    ],
    [
        0.0065698656, 0.99455976, 0.00420167, -0.002879033, 0.0014987721, -8.8513094e-5,
    ],
    [
        0.009906074, -0.009613974, 1.0091294, -0.008462205, 0.0076255845, -0.006636339,
    ],
    [
        0.008366556, -0.009055784, 0.009563759, 0.9901197, 0.009999118, -0.009917788,
    ],
    [
        0.0027090579, -0.0040403763, 0.0052908263, -0.0064353812, 1.0074512, -0.008317747,
    ],
    [
        -0.0042818263, 0.0029636857, -0.0015862266, 0.00017701925, 0.0012357312, 0.99737626,
    ],
]));

/// W₂.
#[rustfmt::skip]
pub static W2: Weight = SMatrix::from_array_storage(ArrayStorage([
    [
        1.0, -0.0065698656, -0.009906074, -0.008366556, -0.0027090579, 0.0042818263,
    ],
    [
        -0.0014112, 1.0054402, 0.009613974, 0.009055784, 0.0040403763, -0.0029636857,
    ],
    [
        0.002794155, -0.00420167, 0.99087054, -0.009563759, -0.0052908263, 0.0015862266,
    ],
    [
        -0.004121185, 0.002879033, 0.008462205, 1.0098803, 0.0064353812, -0.00017701925,
    ],
    [
        0.0053657293, -0.0014987721, -0.0076255845, -0.009999118, 0.9925489, -0.0012357312,
    ],
    [
        -0.0065028784, 8.8513094e-5, 0.006636339, 0.009917788, 0.008317747, 1.0026238,
    ],
]));

/// The numbers of each layer.
#[rustfmt::skip]
pub static NUMBERS: [AdaLayer<f32>; 4] = [
    AdaLayer { step: 0.3, threshold: 0.05 }, AdaLayer { step: 0.3841471, threshold: 0.035 },
    AdaLayer { step: 0.39092976, threshold: 0.0245 },
    AdaLayer { step: 0.314112, threshold: 0.01715 },
];

/// y of the recorded run.
#[rustfmt::skip]
pub static GOLDEN_Y: [f32; ROWS] = [
    0.063453004, 0.5847283, 0.10418309, 0.31712404, -0.21403185, -0.1892359,
];

/// x after all its layers.
#[rustfmt::skip]
pub static GOLDEN_X: [f32; COLUMNS] = [
    0.0, 0.14572378, -0.28941804, -0.18136147, 0.0, 0.0, -0.0024168398, 0.08221391, -0.14837901,
];

/// Before the first layer.
pub const fn start() -> State {
    NetworkState::new(zeros(), zeros(), zeros(), AdaMemory::new(zeros()))
}

/// The layers, which take no memory of their own.
///
/// # Errors
/// None for the tables of this module.
#[rustfmt::skip]
pub fn layers() -> Result<Layers, NetworkError> {
    AdaLista::new(&DICTIONARY, &W1, &W2, &NUMBERS[..])
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
    let mut sum = TableSum::new().reals(DICTIONARY.as_slice())
        .reals(W1.as_slice())
        .reals(W2.as_slice());
    for layer in &NUMBERS {
        sum = sum.reals(&[layer.step, layer.threshold]);
    }
    sum.expect(CHECKSUM)?;
    Golden::new(&GOLDEN_Y, &GOLDEN_X, LAYERS).replay(&DICTIONARY, &layers()?, state)
}
