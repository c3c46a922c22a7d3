//! A network of kind alista: 4 layers for 6 measurements of 9 unknowns. Written by
//! `solvekit export`; export it again rather than change it.
//!
//! ```ignore
//! mod alista;
//! let layers = alista::layers()?;
//! let mut state = alista::start();
//! alista::self_test(&mut state)?;
//! alista::recover(&layers, &measurements, &mut state)?; // state.x
//! ```
//!
//! - dictionary: SHA-256 26efc57254d907e9063b3d1dbbb7aab9d5dbd29e61ae7e4bb77c84b356f27576
//! - network file: SHA-256 8aafd2d6aec7b6edc313ace11bbf0e478c2e225ab8e2c3488cd478d557de7584
//! - trained: loss supervised, seed 18446744073709551615, NMSE -30.10 dB on signals not trained on
#![allow(dead_code, unreachable_pub, reason = "an application need not use all of it")]
#![allow(clippy::approx_constant, reason = "numbers are what training left")]

use solvekit::nalgebra::ArrayStorage;
use solvekit::network::Coupled;
use solvekit::network::CoupledLayer;
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
pub const CHECKSUM: u32 = 0xdf86cf80;

/// A dictionary or a weight.
pub type Matrix = SMatrix<f32, ROWS, COLUMNS>;
/// y.
pub type Measurements = SVector<f32, ROWS>;
/// x.
pub type Signal = SVector<f32, COLUMNS>;
/// The layers: references to the tables.
pub type Layers = Coupled<'static, Matrix, &'static [CoupledLayer<f32>]>;
/// All the memory that layers take.
pub type State = NetworkState<Signal, Measurements, ()>;

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

/// W, for each layer or for all.
#[rustfmt::skip]
pub static WEIGHTS: [Matrix; 1] = [
    SMatrix::from_array_storage(ArrayStorage([
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
    ])),
];

/// The numbers of each layer.
#[rustfmt::skip]
pub static NUMBERS: [CoupledLayer<f32>; 4] = [
    CoupledLayer { step: 0.9, threshold: 0.2, passing: 0.0 },
    CoupledLayer { step: 0.90999997, threshold: 0.14, passing: 0.11 },
    CoupledLayer { step: 0.91999996, threshold: 0.098, passing: 0.22 },
    CoupledLayer { step: 0.92999995, threshold: 0.0686, passing: 0.32999998 },
];

/// y of the recorded run.
#[rustfmt::skip]
pub static GOLDEN_Y: [f32; ROWS] = [
    0.063453004, 0.5847283, 0.10418309, 0.31712404, -0.21403185, -0.1892359,
];

/// x after all its layers.
#[rustfmt::skip]
pub static GOLDEN_X: [f32; COLUMNS] = [
    0.120686546, 0.0, -1.1485083, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
];

/// Before the first layer.
pub const fn start() -> State {
    NetworkState::new(zeros(), zeros(), zeros(), ())
}

/// The layers, which take no memory of their own.
///
/// # Errors
/// None for the tables of this module.
#[rustfmt::skip]
pub fn layers() -> Result<Layers, NetworkError> {
    Coupled::new(&DICTIONARY, &WEIGHTS, &NUMBERS)
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
        .reals(WEIGHTS[0].as_slice());
    for layer in &NUMBERS {
        sum = sum.reals(&[layer.step, layer.threshold, layer.passing]);
    }
    sum.expect(CHECKSUM)?;
    Golden::new(&GOLDEN_Y, &GOLDEN_X, LAYERS).replay(&DICTIONARY, &layers()?, state)
}
