//! HyperLISTA on the dictionary and the test signals that came with ALISTA, with three numbers as
//! `solvekit train` found them on drawn signals.

use crate::data::trial_in;
use libtest_mimic::Trial;
use rand_core::Rng;
use rand_pcg::Pcg32;
use solvekit::LinearOperator;
use solvekit::network::{Hyper, HyperNumbers, Network};
use solvekit::recovery::Sensing;
use solvekit_host::file::Columns;
use solvekit_host::matrix::{DenseMatrix, QuantizedMatrix};
use solvekit_host::network::{Analytic, analytic};
use solvekit_host::vector::Vector;
use std::path::Path;

const DICTIONARY: &str = "alista_D_250x500.npy";
const SIGNALS: &str = "alista_xtest_500x200.npy";
const LAYERS: u32 = 16;

/// `train --network hyperlista --sparsity 0.1 --layers 16 --batch 300 --validation 300 --steps 150`.
const NOISELESS: HyperNumbers<f32> =
    HyperNumbers { threshold: 0.014_879_85, momentum: 0.003_437_489_3, passing: 0.216_730_62 };
/// The same with `--snr 40 --steps 120`.
const AT_40_DB: HyperNumbers<f32> =
    HyperNumbers { threshold: 0.017_402_91, momentum: 0.000_281_354_85, passing: 0.103_981_87 };

pub(crate) fn trials() -> Vec<Trial> {
    let trial = |name: &str, test: fn(&Path)| {
        let name = format!("network::{DICTIONARY}::{name}");
        trial_in("sparse", name, DICTIONARY, test)
    };
    vec![
        trial("three_numbers_find_the_stored_signals", noiseless),
        trial("three_numbers_bear_noise_and_eight_bits", noisy),
    ]
}

/// A, and columns of X*.
fn read(dictionary: &Path) -> (DenseMatrix<f32>, Vec<Vector<f32>>) {
    let columns = Columns::<f32>::read(dictionary).expect("a good file").into_vec();
    let values = columns.iter().flat_map(|column| column.to_vec()).collect();
    let a = DenseMatrix::from_columns(columns[0].len(), values).expect("whole columns");
    let signals = Columns::<f32>::read(&dictionary.with_file_name(SIGNALS)).expect("a good file");
    (a, signals.into_vec())
}

/// A x, in `f64`, and noise so many decibels below it.
fn measure(
    a: &DenseMatrix<f32>,
    x: &Vector<f32>,
    snr_db: Option<f64>,
    random: &mut Pcg32,
) -> Vector<f32> {
    let mut y = vec![0.0; a.rows()];
    for (j, x) in x.iter().enumerate() {
        y.iter_mut().zip(a.column(j)).for_each(|(y, a)| *y += f64::from(*a) * f64::from(*x));
    }
    if let Some(db) = snr_db {
        let squares: f64 = y.iter().map(|y| y * y).sum();
        let deviation = (squares / y.len() as f64).sqrt() * 10.0_f64.powf(-db / 20.0);
        let mut uniform = || (f64::from(random.next_u32()) + 0.5) / 4_294_967_296.0;
        for y in &mut y {
            let (radius, angle) =
                ((-2.0 * uniform().ln()).sqrt(), std::f64::consts::TAU * uniform());
            *y += deviation * radius * angle.cos();
        }
    }
    y.into_iter().map(|y| y as f32).collect()
}

/// 10 log₁₀ Σ‖x − x*‖² / Σ‖x*‖² with matrices stored in whatever way.
fn decibels<O>(
    (a, w, scales): (&O, &O, &[f32]),
    numbers: HyperNumbers<f32>,
    measured: &[Vector<f32>],
    truths: &[Vector<f32>],
) -> f64
where
    O: LinearOperator<f32, Domain = Vector<f32>, Range = Vector<f32>>,
{
    let hyper = Hyper::new(a, w, scales, numbers).expect("good numbers");
    let (mut error, mut size) = (0.0, 0.0);
    for (y, truth) in measured.iter().zip(truths) {
        let network = Network::new(Sensing::new(a, y).expect("good measurements"), &hyper);
        let mut state = network.start();
        (0..LAYERS).for_each(|_| solvekit::Iteration::step(&network, &mut state));
        for (x, truth) in state.x.iter().zip(truth.iter()) {
            error += (f64::from(*x) - f64::from(*truth)).powi(2);
            size += f64::from(*truth).powi(2);
        }
    }
    10.0 * (error / size).log10()
}

#[allow(clippy::print_stdout, reason = "a figure for whoever runs this by hand")]
fn noiseless(dictionary: &Path) {
    let (a, truths) = read(dictionary);
    let Analytic { weight, inverse_scales } = analytic(&a).expect("a good dictionary");
    let mut random = Pcg32::new(1, 0);
    let measured: Vec<_> = truths.iter().map(|x| measure(&a, x, None, &mut random)).collect();
    let found = decibels((&a, weight.dense(), &inverse_scales), NOISELESS, &measured, &truths);
    println!("HyperLISTA, {} signals: {found:.2} dB", truths.len());
    // A plain search over the three numbers is known to reach −55.
    assert!(found <= -58.0, "{found}");
}

#[allow(clippy::print_stdout, reason = "figures for whoever runs this by hand")]
fn noisy(dictionary: &Path) {
    let (a, truths) = read(dictionary);
    let Analytic { weight, inverse_scales } = analytic(&a).expect("a good dictionary");
    let (a8, w8) = (
        QuantizedMatrix::<16>::of(&a).expect("finite entries"),
        QuantizedMatrix::<16>::of(weight.dense()).expect("finite entries"),
    );
    for seed in 0..5 {
        let mut random = Pcg32::new(seed, 1);
        let measured: Vec<_> =
            truths.iter().map(|x| measure(&a, x, Some(40.0), &mut random)).collect();
        let whole = decibels((&a, weight.dense(), &inverse_scales), AT_40_DB, &measured, &truths);
        let codes = decibels((&a8, &w8, &inverse_scales), AT_40_DB, &measured, &truths);
        println!("HyperLISTA at 40 dB, draw {seed}: {whole:.2} dB, from 8-bit codes {codes:.2} dB");
        // A plain search is known to reach −38.8.
        assert!(whole <= -39.0, "draw {seed}: {whole}");
        assert!(codes <= whole + 1.0, "draw {seed}: {codes} from codes, {whole}");
    }
}
