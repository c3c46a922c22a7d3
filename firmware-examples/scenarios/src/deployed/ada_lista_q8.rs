//! A network of kind ada-lista: 4 layers for 6 measurements of 9 unknowns. Written by
//! `solvekit export`; export it again rather than change it.
//!
//! ```ignore
//! mod ada_lista_q8;
//! let layers = ada_lista_q8::layers()?;
//! let mut state = ada_lista_q8::start();
//! ada_lista_q8::self_test(&mut state)?;
//! ada_lista_q8::recover(&layers, &measurements, &mut state)?; // state.x
//! ```
//!
//! - dictionary: SHA-256 26efc57254d907e9063b3d1dbbb7aab9d5dbd29e61ae7e4bb77c84b356f27576
//! - network file: SHA-256 fd675976baecbde9f3f1186d81792e9f7253e0d86fe8a85d27c709a8ba96dc46
//! - trained: loss supervised, seed 18446744073709551615, NMSE -30.10 dB on signals not trained on
//! - 8-bit codes change the signals by -40.9 dB of them, over 256 signals; the recorded run is one of these codes
#![allow(dead_code, unreachable_pub, reason = "an application need not use all of it")]
#![allow(clippy::approx_constant, reason = "numbers are what training left")]

use solvekit::dictionary::Quantized;
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
use solvekit::{Iteration, SVector};

/// M, measurements.
pub const ROWS: usize = 6;
/// N, unknowns.
pub const COLUMNS: usize = 9;
/// T, layers.
pub const LAYERS: u32 = 4;
/// CRC-32 of the tables.
pub const CHECKSUM: u32 = 0xa18e1b15;

/// A dictionary.
pub type Matrix = Quantized<'static, ROWS, COLUMNS, 16>;
/// A weight.
pub type Weight = Quantized<'static, ROWS, ROWS, 16>;
/// y.
pub type Measurements = SVector<f32, ROWS>;
/// x.
pub type Signal = SVector<f32, COLUMNS>;
/// The layers: references to the tables.
pub type Layers = AdaLista<'static, Weight, &'static [AdaLayer<f32>]>;
/// All the memory that layers take.
pub type State = NetworkState<Signal, Measurements, AdaMemory<Measurements>>;

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

/// Codes, column by column.
#[rustfmt::skip]
pub static W1_CODES: [i8; 36] = [
    127, 0, 0, 1, -1, 1, 1, 127, 1, 0, 0, 0, 1, -1, 119, -1, 1, -1, 1, -1, 1, 106, 1, -1, 0, -1, 1,
    -1, 127, -1, -1, 0, 0, 0, 0, 127,
];

/// A scale for each 16 codes of a column.
#[rustfmt::skip]
pub static W1_SCALES: [f32; 6] = [
    0.007874016, 0.00783118, 0.0084800795, 0.009340752, 0.007932686, 0.007853356,
];

/// W₁.
#[rustfmt::skip]
pub static W1: Weight = matrix(&W1_CODES, &W1_SCALES);

/// Codes, column by column.
#[rustfmt::skip]
pub static W2_CODES: [i8; 36] = [
    127, -1, -1, -1, 0, 1, 0, 108, 1, 1, 0, 0, 0, -1, 127, -1, -1, 0, -1, 0, 1, 127, 1, 0, 1, 0, -1,
    -1, 127, 0, -1, 0, 1, 1, 1, 127,
];

/// A scale for each 16 codes of a column.
#[rustfmt::skip]
pub static W2_SCALES: [f32; 6] = [
    0.007874016, 0.009309632, 0.00780213, 0.007951814, 0.007815345, 0.007894675,
];

/// W₂.
#[rustfmt::skip]
pub static W2: Weight = matrix(&W2_CODES, &W2_SCALES);

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
    0.0, 0.14842038, -0.29082918, -0.181019, 0.0, 0.0, -0.0024357904, 0.08378327, -0.14960478,
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
    let mut sum = TableSum::new().codes(&DICTIONARY_CODES).reals(&DICTIONARY_SCALES)
        .codes(&W1_CODES).reals(&W1_SCALES)
        .codes(&W2_CODES).reals(&W2_SCALES);
    for layer in &NUMBERS {
        sum = sum.reals(&[layer.step, layer.threshold]);
    }
    sum.expect(CHECKSUM)?;
    Golden::new(&GOLDEN_Y, &GOLDEN_X, LAYERS).replay(&DICTIONARY, &layers()?, state)
}
