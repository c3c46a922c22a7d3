//! A network of kind lista-cp: 4 layers for 6 measurements of 9 unknowns. Written by
//! `solvekit export`; export it again rather than change it.
//!
//! ```ignore
//! mod lista_cp;
//! let layers = lista_cp::layers()?;
//! let mut state = lista_cp::start();
//! lista_cp::self_test(&mut state)?;
//! lista_cp::recover(&layers, &measurements, &mut state)?; // state.x
//! ```
//!
//! - dictionary: SHA-256 26efc57254d907e9063b3d1dbbb7aab9d5dbd29e61ae7e4bb77c84b356f27576
//! - network file: SHA-256 073277f48538fd52bc14f7ca0197165f7bb253a976ab178dd236892dab9c5736
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
pub const CHECKSUM: u32 = 0x91652775;

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
pub static WEIGHTS: [Matrix; 4] = [
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
    SMatrix::from_array_storage(ArrayStorage([
        [
            0.7044827, 0.0032857412, -1.6168281, -0.3755332, -0.53020465, -0.62393576,
        ],
        [
            -0.12077143, 0.57518685, 1.0500827, 0.082931384, -0.54865414, -0.07073482,
        ],
        [
            -0.37580112, -0.88393444, -0.76157403, -1.5214186, 0.63196826, 0.12365538,
        ],
        [
            0.2907671, -0.80704725, -0.13270779, 0.05261203, -0.17725766, -0.20437509,
        ],
        [
            -0.22179788, 0.0853377, -0.11227227, 0.77232605, -0.053578224, 0.65180767,
        ],
        [
            -0.91469085, -0.050761275, -0.12812205, -0.48402697, -0.15024114, -0.2548675,
        ],
        [
            0.34116733, -0.5042816, 0.117137425, 1.4285867, -0.20514728, 0.10255803,
        ],
        [
            0.122099414, -0.06742869, -0.24807283, 0.8958101, 0.26072276, -0.55471414,
        ],
        [
            -0.13953164, -0.12304269, 0.36030725, -0.06518042, 0.63783675, 0.26863232,
        ],
    ])),
    SMatrix::from_array_storage(ArrayStorage([
        [
            0.7114577, 0.0033182732, -1.6328363, -0.37925136, -0.5354542, -0.6301133,
        ],
        [
            -0.12196718, 0.5808818, 1.0604795, 0.08375249, -0.5540864, -0.07143516,
        ],
        [
            -0.37952194, -0.89268625, -0.7691143, -1.5364821, 0.6382254, 0.12487969,
        ],
        [
            0.29364598, -0.81503785, -0.13402173, 0.05313294, -0.17901267, -0.20639859,
        ],
        [
            -0.2239939, 0.086182624, -0.113383874, 0.77997285, -0.0541087, 0.65826124,
        ],
        [
            -0.9237472, -0.05126386, -0.12939058, -0.48881933, -0.15172867, -0.25739092,
        ],
        [
            0.34454522, -0.5092745, 0.118297204, 1.4427311, -0.20717844, 0.10357346,
        ],
        [
            0.12330832, -0.0680963, -0.250529, 0.90467954, 0.26330417, -0.56020635,
        ],
        [
            -0.14091314, -0.12426093, 0.36387464, -0.065825775, 0.6441519, 0.27129203,
        ],
    ])),
    SMatrix::from_array_storage(ArrayStorage([
        [
            0.71843284, 0.0033508053, -1.6488445, -0.3829695, -0.5407037, -0.6362909,
        ],
        [
            -0.12316294, 0.58657664, 1.0708764, 0.08457359, -0.5595186, -0.07213551,
        ],
        [
            -0.38324273, -0.90143806, -0.77665466, -1.5515456, 0.64448243, 0.126104,
        ],
        [
            0.29652488, -0.8230284, -0.13533567, 0.05365385, -0.1807677, -0.20842211,
        ],
        [
            -0.22618993, 0.08702756, -0.114495486, 0.7876196, -0.054639176, 0.66471475,
        ],
        [
            -0.9328035, -0.051766448, -0.13065912, -0.49361166, -0.1532162, -0.25991437,
        ],
        [
            0.34792313, -0.5142673, 0.11945698, 1.4568756, -0.20920959, 0.10458888,
        ],
        [
            0.124517225, -0.06876391, -0.25298518, 0.9135489, 0.26588556, -0.56569856,
        ],
        [
            -0.14229465, -0.12547918, 0.36744204, -0.06647112, 0.65046716, 0.27395177,
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
    0.12811007, 0.0, -1.1436594, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
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
        .reals(WEIGHTS[0].as_slice())
        .reals(WEIGHTS[1].as_slice())
        .reals(WEIGHTS[2].as_slice())
        .reals(WEIGHTS[3].as_slice());
    for layer in &NUMBERS {
        sum = sum.reals(&[layer.step, layer.threshold, layer.passing]);
    }
    sum.expect(CHECKSUM)?;
    Golden::new(&GOLDEN_Y, &GOLDEN_X, LAYERS).replay(&DICTIONARY, &layers()?, state)
}
