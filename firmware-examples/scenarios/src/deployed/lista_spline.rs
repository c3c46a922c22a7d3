//! A network of kind lista: 4 layers for 6 measurements of 9 unknowns. Written by
//! `solvekit export`; export it again rather than change it.
//!
//! ```ignore
//! mod lista_spline;
//! let layers = lista_spline::layers()?;
//! let mut state = lista_spline::start();
//! lista_spline::self_test(&mut state)?;
//! lista_spline::recover(&layers, &measurements, &mut state)?; // state.x
//! ```
//!
//! - dictionary: SHA-256 26efc57254d907e9063b3d1dbbb7aab9d5dbd29e61ae7e4bb77c84b356f27576
//! - network file: SHA-256 19cb345578651b7b35d102c49bde6aa2f5cfbbae82344bd04e9d742a3040ea49
//! - trained: loss supervised, seed 18446744073709551615, NMSE -30.10 dB on signals not trained on
#![allow(dead_code, unreachable_pub, reason = "an application need not use all of it")]
#![allow(clippy::approx_constant, reason = "numbers are what training left")]

use core::slice::from_ref;
use solvekit::nalgebra::ArrayStorage;
use solvekit::network::Golden;
use solvekit::network::Lista;
use solvekit::network::Network;
use solvekit::network::NetworkError;
use solvekit::network::NetworkState;
use solvekit::network::SelfTestError;
use solvekit::network::Spline;
use solvekit::network::TableSum;
use solvekit::operator::zeros;
use solvekit::recovery::{RecoveryError, Sensing};
use solvekit::{Iteration, SMatrix, SVector, Transposed};

/// M, measurements.
pub const ROWS: usize = 6;
/// N, unknowns.
pub const COLUMNS: usize = 9;
/// T, layers.
pub const LAYERS: u32 = 4;
/// CRC-32 of the tables.
pub const CHECKSUM: u32 = 0x89079685;

/// B.
pub type Input = SMatrix<f32, COLUMNS, ROWS>;
/// C.
pub type Feedback = SMatrix<f32, COLUMNS, COLUMNS>;
/// y.
pub type Measurements = SVector<f32, ROWS>;
/// x.
pub type Signal = SVector<f32, COLUMNS>;
/// The layers: references to the tables.
pub type Layers = Lista<'static, Input, Feedback, &'static [f32], &'static [Spline<f32>]>;
/// All the memory that layers take.
pub type State = NetworkState<Signal, Measurements, ()>;

const fn spline(knots: &[f32], values: &[f32]) -> Spline<f32> {
    match Spline::constant(knots, values) {
        Ok(spline) => spline,
        // While compiling: there is no such branch in the image.
        Err(_) => panic!("knots and values that are no spline"),
    }
}

/// B.
#[rustfmt::skip]
pub static B: Input = SMatrix::from_array_storage(ArrayStorage([
    [
        0.06088588, -0.029649146, -0.018038694, 0.041823775, -0.13574088, -0.2956251, -0.03884435,
        -0.04424343, -0.08267753,
    ],
    [
        0.07938977, -0.0136129, -0.13627888, -0.34165093, 0.041849546, -0.07493273, -0.25080305,
        0.072071135, -0.090985805,
    ],
    [
        -0.11957616, 0.22704446, -0.01590046, 0.09717156, -0.108238295, -0.008564861, 0.101732954,
        -0.049059507, 0.22073212,
    ],
    [
        -0.012108616, -0.012836923, -0.06662506, -0.018145844, 0.12212121, 0.015210681, 0.11693611,
        0.12251192, 0.02585712,
    ],
    [
        -0.060457822, -0.098243214, 0.056711823, -0.15616384, -0.041715164, -0.07874533,
        -0.09107694, 0.1697578, 0.31730953,
    ],
    [
        -0.019246, -0.054539666, 0.043877564, -0.03184819, 0.25959763, -0.09750358, 0.031189274,
        -0.25451228, 0.038374178,
    ],
]));

/// C.
#[rustfmt::skip]
pub static C: Feedback = SMatrix::from_array_storage(ArrayStorage([
    [
        0.8986377, 0.09403962, 0.044191018, 0.09485033, -0.020445744, 0.05652413, 0.08688567,
        -0.00071929675, 0.19233587,
    ],
    [
        0.088880956, 0.76378024, 0.028626623, -0.15097044, 0.11045784, -0.06881914, -0.10229375,
        0.051807698, -0.072519,
    ],
    [
        0.031490788, 0.042442266, 0.90543115, -0.109925136, 0.0056423075, -0.019315114, -0.07779069,
        0.05656239, -0.08681914,
    ],
    [
        0.09060496, -0.1447937, -0.1279511, 0.4872566, 0.1024432, -0.09027717, -0.34905547,
        0.17713442, -2.4242327e-6,
    ],
    [
        -0.02852053, 0.11599699, 0.007977066, 0.1188777, 0.6281516, -0.059964877, -0.028445423,
        0.13571948, 0.07116329,
    ],
    [
        0.067308836, -0.07187134, -0.024365226, -0.10037198, -0.06951836, 0.6257751, -0.112690546,
        -0.074548714, -0.0040801996,
    ],
    [
        0.08854101, -0.112126306, -0.06459388, -0.34611982, -0.013839648, -0.11309294, 0.6811077,
        0.093346596, -0.066221066,
    ],
    [
        0.017184786, 0.04465048, 0.062278114, 0.15804048, 0.13584313, -0.088964485, 0.10357535,
        0.6036772, -0.11507029,
    ],
    [
        0.1884956, -0.08292675, -0.076463655, 0.00023832452, 0.09000884, -0.007223366, -0.056635115,
        -0.13183321, 0.46922946,
    ],
]));

/// Bᵀ, which stands for A where measurements are checked: no layer reads A.
pub static ADJOINT: Transposed<'static, Input> = Transposed(&B);

/// The threshold of each layer.
#[rustfmt::skip]
pub static THRESHOLDS: [f32; 4] = [
    0.05, 0.035, 0.0245, 0.01715,
];

/// The shrinkage of each layer: knots and values, in units of its threshold.
#[rustfmt::skip]
pub static SPLINES: [Spline<f32>; 4] = [
    spline(&[1.0, 2.0, 4.0], &[0.0, 1.6, 4.0]), spline(&[1.0, 2.37, 4.74], &[0.0, 1.8959999, 4.74]),
    spline(&[1.0, 2.74, 5.48], &[0.0, 2.1920002, 5.48]),
    spline(&[1.0, 3.1100001, 6.2200003], &[0.0, 2.4880002, 6.2200003]),
];

/// y of the recorded run.
#[rustfmt::skip]
pub static GOLDEN_Y: [f32; ROWS] = [
    0.063453004, 0.5847283, 0.10418309, 0.31712404, -0.21403185, -0.1892359,
];

/// x after all its layers.
#[rustfmt::skip]
pub static GOLDEN_X: [f32; COLUMNS] = [
    0.0, 0.16494222, -0.30722558, -0.22673458, 0.0, 0.0, 0.0, 0.120725535, -0.17341393,
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
    let layers = Lista::new(&ADJOINT, from_ref(&B), from_ref(&C), &THRESHOLDS[..])?;
    layers.with_shrinkage(&SPLINES[..])
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
    let mut sum = TableSum::new()
        .reals(B.as_slice())
        .reals(C.as_slice())
        .reals(&THRESHOLDS);
    for spline in &SPLINES {
        sum = sum.reals(spline.knots()).reals(spline.values()).reals(spline.slopes());
    }
    sum.expect(CHECKSUM)?;
    Golden::new(&GOLDEN_Y, &GOLDEN_X, LAYERS).replay(&ADJOINT, &layers()?, state)
}
