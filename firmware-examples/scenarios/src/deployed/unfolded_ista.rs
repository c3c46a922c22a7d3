//! A network of kind unfolded-ista: 4 layers for 6 measurements of 9 unknowns. Written by
//! `solvekit export`; export it again rather than change it.
//!
//! ```ignore
//! mod unfolded_ista;
//! let layers = unfolded_ista::layers()?;
//! let mut state = unfolded_ista::start();
//! unfolded_ista::self_test(&mut state)?;
//! unfolded_ista::recover(&layers, &measurements, &mut state)?; // state.x
//! ```
//!
//! - dictionary: SHA-256 26efc57254d907e9063b3d1dbbb7aab9d5dbd29e61ae7e4bb77c84b356f27576
//! - network file: SHA-256 bd249f4585d41170a518ab92834259b8d690c3016103f7fee97bf92f6a41abd2
//! - trained: loss supervised, seed 18446744073709551615, NMSE -30.10 dB on signals not trained on
#![allow(dead_code, unreachable_pub, reason = "an application need not use all of it")]
#![allow(clippy::approx_constant, reason = "numbers are what training left")]

use solvekit::nalgebra::ArrayStorage;
use solvekit::network::Golden;
use solvekit::network::Network;
use solvekit::network::NetworkError;
use solvekit::network::NetworkState;
use solvekit::network::SelfTestError;
use solvekit::network::TableSum;
use solvekit::network::Unfolded;
use solvekit::operator::zeros;
use solvekit::penalty::L1;
use solvekit::recovery::{RecoveryError, Sensing};
use solvekit::{Iteration, SMatrix, SVector};

/// M, measurements.
pub const ROWS: usize = 6;
/// N, unknowns.
pub const COLUMNS: usize = 9;
/// T, layers.
pub const LAYERS: u32 = 4;
/// CRC-32 of the tables.
pub const CHECKSUM: u32 = 0x70adc3ae;

/// A dictionary or a weight.
pub type Matrix = SMatrix<f32, ROWS, COLUMNS>;
/// y.
pub type Measurements = SVector<f32, ROWS>;
/// x.
pub type Signal = SVector<f32, COLUMNS>;
/// The layers: references to the tables.
pub type Layers = Unfolded<L1<f32>, &'static [f32]>;
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

/// The step of each layer.
#[rustfmt::skip]
pub static STEPS: [f32; 4] = [
    0.3, 0.3841471, 0.39092976, 0.314112,
];

/// y of the recorded run.
#[rustfmt::skip]
pub static GOLDEN_Y: [f32; ROWS] = [
    0.063453004, 0.5847283, 0.10418309, 0.31712404, -0.21403185, -0.1892359,
];

/// x after all its layers.
#[rustfmt::skip]
pub static GOLDEN_X: [f32; COLUMNS] = [
    0.010136392, 0.2349022, -0.32859352, -0.18995553, 0.0031754943, -0.017934486, -0.020650387,
    0.12450285, -0.17097977,
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
    let penalty = L1::new(0.02).map_err(|_| NetworkError::Parameter)?;
    Unfolded::new::<f32>(penalty, &STEPS)
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
        .reals(&STEPS);
    sum.expect(CHECKSUM)?;
    Golden::new(&GOLDEN_Y, &GOLDEN_X, LAYERS).replay(&DICTIONARY, &layers()?, state)
}
