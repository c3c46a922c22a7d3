//! Measurements for a recorded run, and what the layers make of them.

use crate::matrix::DenseMatrix;
use crate::network::{ModelError, ModelLayers};
use crate::vector::Vector;
use rand_core::Rng;
use rand_pcg::Pcg32;
use solvekit::LinearOperator;
use solvekit::network::Network;
use solvekit::recovery::Sensing;

/// y and x after all layers.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Recorded {
    pub(super) measurements: Vector<f32>,
    pub(super) signal: Vector<f32>,
}

/// Seed of the signals; another one would make other bytes of the same network.
const SEED: u64 = 20;

/// Measurements of sparse signals: one entry in ten, N(0, 1) times `scale`.
pub(super) fn measurements(
    dictionary: &DenseMatrix<f32>,
    signals: usize,
    scale: f64,
) -> Vec<Vector<f32>> {
    let mut random = Pcg32::new(SEED, 0);
    let mut uniform = || f64::from(random.next_u32()) / 4_294_967_296.0;
    let (rows, columns) = (dictionary.rows(), dictionary.columns());
    let mut one = || {
        let mut y = vec![0.0_f64; rows];
        for _ in 0..columns.div_ceil(10) {
            let place = (uniform() * columns as f64) as usize;
            // Twelve uniform numbers add up to a normal one, nearly.
            let size = scale * ((0..12).map(|_| uniform()).sum::<f64>() - 6.0);
            for (y, a) in y.iter_mut().zip(dictionary.column(place)) {
                *y += size * f64::from(*a);
            }
        }
        y.into_iter().map(|y| y as f32).collect()
    };
    (0..signals).map(|_| one()).collect()
}

/// x after all layers.
pub(super) fn run<A, O>(
    a: &A,
    layers: &ModelLayers<'_, O>,
    y: &Vector<f32>,
) -> Result<Vector<f32>, ModelError>
where
    A: LinearOperator<f32, Domain = Vector<f32>, Range = Vector<f32>>,
    O: LinearOperator<f32, Domain = Vector<f32>, Range = Vector<f32>>,
{
    let sensing =
        Sensing::new(a, y).map_err(|error| ModelError::Measurements { column: 0, error })?;
    let network = Network::new(sensing, layers);
    let mut state = network.start();
    network.infer(&mut state);
    Ok(state.x)
}

/// A run that says something: measurements small enough that x is finite, and large enough that it is
/// not zero.
pub(super) fn record<A, O>(
    dictionary: &DenseMatrix<f32>,
    a: &A,
    layers: &ModelLayers<'_, O>,
) -> Result<Recorded, ModelError>
where
    A: LinearOperator<f32, Domain = Vector<f32>, Range = Vector<f32>>,
    O: LinearOperator<f32, Domain = Vector<f32>, Range = Vector<f32>>,
{
    for scale in [1.0, 1e1, 1e-1, 1e2, 1e-2, 1e3, 1e-3, 1e6, 1e-6] {
        let Some(y) = measurements(dictionary, 1, scale).pop() else { continue };
        let Ok(signal) = run(a, layers, &y) else { continue };
        if signal.iter().all(|x| x.is_finite()) && signal.iter().any(|x| *x != 0.0) {
            return Ok(Recorded { measurements: y, signal });
        }
    }
    Err(ModelError::Silent)
}
