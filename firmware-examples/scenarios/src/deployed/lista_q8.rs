//! A network of kind lista: 4 layers for 6 measurements of 9 unknowns. Written by
//! `solvekit export`; export it again rather than change it.
//!
//! ```ignore
//! mod lista_q8;
//! let layers = lista_q8::layers()?;
//! let mut state = lista_q8::start();
//! lista_q8::self_test(&mut state)?;
//! lista_q8::recover(&layers, &measurements, &mut state)?; // state.x
//! ```
//!
//! - dictionary: SHA-256 26efc57254d907e9063b3d1dbbb7aab9d5dbd29e61ae7e4bb77c84b356f27576
//! - network file: SHA-256 19343f6133dcb22e67c738a61253197567d7ddbbfd9c640aa28839e816f0765f
//! - trained: loss supervised, seed 18446744073709551615, NMSE -30.10 dB on signals not trained on
//! - 8-bit codes change the signals by -41.0 dB of them, over 256 signals; the recorded run is one of these codes
#![allow(dead_code, unreachable_pub, reason = "an application need not use all of it")]
#![allow(clippy::approx_constant, reason = "numbers are what training left")]

use core::slice::from_ref;
use solvekit::dictionary::Quantized;
use solvekit::network::Golden;
use solvekit::network::Lista;
use solvekit::network::Network;
use solvekit::network::NetworkError;
use solvekit::network::NetworkState;
use solvekit::network::SelfTestError;
use solvekit::network::TableSum;
use solvekit::operator::zeros;
use solvekit::recovery::{RecoveryError, Sensing};
use solvekit::{Iteration, SVector, Transposed};

/// M, measurements.
pub const ROWS: usize = 6;
/// N, unknowns.
pub const COLUMNS: usize = 9;
/// T, layers.
pub const LAYERS: u32 = 4;
/// CRC-32 of the tables.
pub const CHECKSUM: u32 = 0xaa045fe9;

/// B.
pub type Input = Quantized<'static, COLUMNS, ROWS, 16>;
/// C.
pub type Feedback = Quantized<'static, COLUMNS, COLUMNS, 16>;
/// y.
pub type Measurements = SVector<f32, ROWS>;
/// x.
pub type Signal = SVector<f32, COLUMNS>;
/// The layers: references to the tables.
pub type Layers = Lista<'static, Input, Feedback, &'static [f32]>;
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
pub static B_CODES: [i8; 54] = [
    21, -10, -6, 14, -46, -100, -13, -15, -28, 29, -5, -49, -123, 15, -27, -90, 26, -33, -54, 103,
    -7, 44, -49, -4, 46, -22, 100, -11, -12, -62, -17, 114, 14, 109, 114, 24, -23, -38, 22, -60,
    -16, -30, -35, 65, 122, -9, -26, 21, -15, 123, -46, 15, -121, 18,
];

/// A scale for each 16 codes of a column.
#[rustfmt::skip]
pub static B_SCALES: [f32; 6] = [
    0.002956251, 0.0027776498, 0.0022043153, 0.001074666, 0.0026008978, 0.00211055,
];

/// B.
#[rustfmt::skip]
pub static B: Input = matrix(&B_CODES, &B_SCALES);

/// Codes, column by column.
#[rustfmt::skip]
pub static C_CODES: [i8; 81] = [
    125, 13, 6, 13, -3, 8, 12, 0, 27, 12, 103, 4, -20, 15, -9, -14, 7, -10, 4, 6, 126, -15, 1, -3,
    -11, 8, -12, 23, -37, -33, 124, 26, -23, -89, 45, 0, -5, 20, 1, 20, 107, -10, -5, 23, 12, 13,
    -14, -5, -20, -14, 124, -22, -15, -1, 15, -19, -11, -59, -2, -19, 116, 16, -11, 3, 8, 11, 29,
    25, -16, 19, 110, -21, 50, -22, -20, 0, 24, -2, -15, -35, 124,
];

/// A scale for each 16 codes of a column.
#[rustfmt::skip]
pub static C_SCALES: [f32; 9] = [
    0.0071891015, 0.007415342, 0.0071859616, 0.003929489, 0.0058705756, 0.0050465735, 0.005871618,
    0.0054879747, 0.0037841084,
];

/// C.
#[rustfmt::skip]
pub static C: Feedback = matrix(&C_CODES, &C_SCALES);

/// Bᵀ, which stands for A where measurements are checked: no layer reads A.
pub static ADJOINT: Transposed<'static, Input> = Transposed(&B);

/// The threshold of each layer.
#[rustfmt::skip]
pub static THRESHOLDS: [f32; 4] = [
    0.05, 0.035, 0.0245, 0.01715,
];

/// y of the recorded run.
#[rustfmt::skip]
pub static GOLDEN_Y: [f32; ROWS] = [
    0.063453004, 0.5847283, 0.10418309, 0.31712404, -0.21403185, -0.1892359,
];

/// x after all its layers.
#[rustfmt::skip]
pub static GOLDEN_X: [f32; COLUMNS] = [
    0.0, 0.10494989, -0.24127524, -0.19185568, 0.0, 0.0, 0.0, 0.08677557, -0.13482681,
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
    Lista::new(&ADJOINT, from_ref(&B), from_ref(&C), &THRESHOLDS[..])
}

/// x from y, into the state's.
///
/// # Errors
/// Measurements that are not finite, or too large.
pub fn recover(layers: &Layers, y: &Measurements, state: &mut State) -> Result<(), RecoveryError> {
    let network = Network::new(Sensing::new(&ADJOINT, y)?, layers);
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
    let sum = TableSum::new()
        .codes(&B_CODES).reals(&B_SCALES)
        .codes(&C_CODES).reals(&C_SCALES)
        .reals(&THRESHOLDS);
    sum.expect(CHECKSUM)?;
    Golden::new(&GOLDEN_Y, &GOLDEN_X, LAYERS).replay(&ADJOINT, &layers()?, state)
}
