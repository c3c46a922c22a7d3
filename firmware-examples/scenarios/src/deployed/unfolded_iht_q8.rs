//! A network of kind unfolded-iht: 4 layers for 6 measurements of 9 unknowns. Written by
//! `solvekit export`; export it again rather than change it.
//!
//! ```ignore
//! mod unfolded_iht_q8;
//! let layers = unfolded_iht_q8::layers()?;
//! let mut state = unfolded_iht_q8::start();
//! unfolded_iht_q8::self_test(&mut state)?;
//! unfolded_iht_q8::recover(&layers, &measurements, &mut state)?; // state.x
//! ```
//!
//! - dictionary: SHA-256 26efc57254d907e9063b3d1dbbb7aab9d5dbd29e61ae7e4bb77c84b356f27576
//! - network file: SHA-256 dbfc1db0d2e6e65757a7a7ab12b93109c567a24ed12f9494236287a7ff3549f3
//! - trained: loss supervised, seed 18446744073709551615, NMSE -30.10 dB on signals not trained on
//! - 8-bit codes change the signals by -40.2 dB of them, over 256 signals; the recorded run is one of these codes
#![allow(dead_code, unreachable_pub, reason = "an application need not use all of it")]
#![allow(clippy::approx_constant, reason = "numbers are what training left")]

use solvekit::dictionary::Quantized;
use solvekit::network::Golden;
use solvekit::network::Network;
use solvekit::network::NetworkError;
use solvekit::network::NetworkState;
use solvekit::network::SelfTestError;
use solvekit::network::TableSum;
use solvekit::network::Unfolded;
use solvekit::operator::zeros;
use solvekit::penalty::L0;
use solvekit::recovery::{RecoveryError, Sensing};
use solvekit::{Iteration, SVector};

/// M, measurements.
pub const ROWS: usize = 6;
/// N, unknowns.
pub const COLUMNS: usize = 9;
/// T, layers.
pub const LAYERS: u32 = 4;
/// CRC-32 of the tables.
pub const CHECKSUM: u32 = 0xc6bf77e8;

/// A dictionary or a weight.
pub type Matrix = Quantized<'static, ROWS, COLUMNS, 16>;
/// y.
pub type Measurements = SVector<f32, ROWS>;
/// x.
pub type Signal = SVector<f32, COLUMNS>;
/// The layers: references to the tables.
pub type Layers = Unfolded<L0<f32>, &'static [f32]>;
/// All the memory that layers take.
pub type State = NetworkState<Signal, Measurements, ()>;

const fn matrix<const R: usize, const C: usize>(
    codes: &'static [i8],
    scales: &'static [f32],
) -> Quantized<'static, R, C, 16> {
    match Quantized::new(codes, scales) {
        Ok(matrix) => matrix,
        // While compiling: there is no such branch in the image.
        Err(_) => panic!("codes and scales that are no matrix"),
    }
}

/// Codes, column by column.
#[rustfmt::skip]
pub static DICTIONARY_CODES: [i8; 54] = [
    57, 68, -121, -19, -59, -14, -16, -4, 123, -2, -49, -30, -13, -118, -21, -64, 43, 38, 14, -125,
    39, -3, -55, -12, -64, 20, -57, 55, -24, 127, -121, -30, -1, 10, -28, -38, -15, -119, 46, 51,
    -48, 13, -21, 28, -18, 53, 72, -100, -30, -35, 88, 7, 124, 13,
];

/// A scale for each 16 codes of a column.
#[rustfmt::skip]
pub static DICTIONARY_SCALES: [f32; 9] = [
    0.0035670036, 0.0064135077, 0.003968377, 0.009033917, 0.0067811524, 0.008323085, 0.0069882222,
    0.008309891, 0.008264603,
];

/// A, column by column.
#[rustfmt::skip]
pub static DICTIONARY: Matrix = matrix(&DICTIONARY_CODES, &DICTIONARY_SCALES);

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
    0.0, 0.22605896, -0.35497573, -0.21837708, 0.0, 0.0, 0.0, 0.13803731, -0.19069506,
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
    let penalty = L0::new(0.01).map_err(|_| NetworkError::Parameter)?;
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
    let sum = TableSum::new().codes(&DICTIONARY_CODES).reals(&DICTIONARY_SCALES)
        .reals(&STEPS);
    sum.expect(CHECKSUM)?;
    Golden::new(&GOLDEN_Y, &GOLDEN_X, LAYERS).replay(&DICTIONARY, &layers()?, state)
}
