//! [`NetworkBatch`]: many signals through the layers of one network.

mod layers;
mod select;
mod spline;
mod tile;

use super::check::norm_of;
use crate::batch::lanes::{OnLanes, Registers, Side, dispatch};
use crate::batch::{Batch, BatchError, Part, Shape};
use crate::matrix::DenseMatrix;
use crate::network::{Kind, Model, ModelError, ModelLayers};
use crate::vector::Vector;
use layers::Prepared;
use solvekit::network::Network;
use solvekit::recovery::{RecoveryError, Sensing};
use solvekit::sum::{max_abs, norm};
use solvekit::{Iteration, LinearOperator};
use tile::NetworkTile;

/// Many signals x from measurements y = A x + noise, through the layers of one trained network each.
///
/// Side by side ([`Backend::Simd`](crate::batch::Backend::Simd)) every product with the dictionary or a
/// weight is a matrix product, of as many signals as two registers have lanes, which stay in the
/// cache through all layers. Sums are fused and added one term after the other: answers are those of one
/// signal after the other, which are the firmware's bits, to rounding. All kinds of networks go side by
/// side; of TISTA the exponential of each entry is taken number by number.
///
/// Storage: the matrices once more, and B y or W₁ᵀy of each lane where a network has them.
#[derive(Clone, Debug)]
pub struct NetworkBatch<'a> {
    dictionary: &'a DenseMatrix<f32>,
    measurements: &'a [f32],
    kind: Kind,
    layers: ModelLayers<'a>,
    prepared: Prepared<'a>,
    /// The largest ‖a_j‖: what correlations can come to.
    longest_column: f32,
}

/// How a signal came through the layers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Inferred {
    /// Layers that were applied.
    pub layers: u32,
    /// ‖y − A x‖₂ of what came out.
    pub residual: f32,
    /// ‖y‖₂.
    pub reference: f32,
    /// Is x finite? Where it is not, what is not has been made zero.
    pub is_finite: bool,
}

impl<'a> NetworkBatch<'a> {
    /// Measurements of M numbers, one behind the other; `depth` layers, all of them where none is
    /// given. Whether measurements are good is said signal by signal.
    ///
    /// # Errors
    /// As [`Model::first`]; [`ModelError::Batch`].
    pub fn new(
        dictionary: &'a DenseMatrix<f32>,
        measurements: &'a [f32],
        model: &'a Model,
        depth: Option<u32>,
    ) -> Result<Self, ModelError> {
        let (size, found) = (dictionary.rows(), measurements.len());
        if dictionary.columns() == 0 {
            return Err(BatchError::NoUnknowns.into());
        }
        if !found.is_multiple_of(size) {
            return Err(BatchError::Ragged { what: "measurements", size, found }.into());
        }
        let layers = model.first(dictionary, depth)?;
        let prepared = Prepared::new(dictionary, model)?;
        let columns = (0..dictionary.columns())
            .map(|j| norm::<f32, _>(&Vector::from(dictionary.column(j).to_vec())));
        let longest_column = columns.fold(0.0, f32::max);
        let kind = model.kind();
        Ok(Self { dictionary, measurements, kind, layers, prepared, longest_column })
    }

    /// The measurements of one signal; empty where there is no such signal.
    #[must_use]
    pub fn measurements(&self, signal: usize) -> &'a [f32] {
        let rows = self.dictionary.rows();
        self.measurements.get(signal * rows..(signal + 1) * rows).unwrap_or(&[])
    }

    /// Layers that are applied.
    #[must_use]
    pub const fn depth(&self) -> u32 {
        self.layers.depth()
    }

    fn one(&self, signal: usize, x: &mut [f32]) -> Result<Inferred, RecoveryError> {
        let y = Vector::from(self.measurements(signal).to_vec());
        let network = Network::new(Sensing::new(self.dictionary, &y)?, &self.layers);
        let mut state = network.start();
        network.infer(&mut state);
        let residual = network.residual(&mut state);
        let is_finite = max_abs(&state.x).is_finite();
        if !is_finite {
            network.restore(&mut state);
        }
        x.copy_from_slice(&state.x);
        let reference = network.sensing().y_norm();
        Ok(Inferred { layers: state.layer(), residual, reference, is_finite })
    }

    /// ‖y‖ of measurements that [`Sensing`] accepts.
    fn check(&self, y: &[f32]) -> Result<f32, RecoveryError> {
        let reference = norm_of(y)?;
        // No correlation is larger, rounding included.
        if reference * self.longest_column < f32::MAX / 4.0 {
            return Ok(reference);
        }
        let y = Vector::from(y.to_vec());
        Sensing::new(self.dictionary, &y).map(|sensing| sensing.y_norm())
    }
}

impl Batch for NetworkBatch<'_> {
    type Number = f32;
    type Outcome = Result<Inferred, RecoveryError>;

    fn shape(&self) -> Shape {
        let family = match self.kind {
            Kind::UnfoldedIsta => "unfolded-ista",
            Kind::UnfoldedIht => "unfolded-iht",
            Kind::ListaCp => "lista-cp",
            Kind::Alista => "alista",
            Kind::Lista => "lista",
            Kind::AdaLista => "ada-lista",
            Kind::Tista => "tista",
            Kind::HyperLista => "hyperlista",
        };
        let depth = usize::try_from(self.depth()).unwrap_or(usize::MAX);
        Shape { family, bits: 32, sizes: [self.dictionary.rows(), self.width(), depth] }
    }
    fn len(&self) -> usize {
        self.measurements.len() / self.dictionary.rows()
    }
    fn width(&self) -> usize {
        self.dictionary.columns()
    }
    fn scalar(&self, part: Part<'_, Self>) {
        part.each(self.width(), |signal, x| self.one(signal, x));
    }
    fn simd(&self, part: Part<'_, Self>) {
        dispatch(Registers::Two, SideBySide { batch: self, part });
    }
}

/// The signals of a part, a tile after the other.
struct SideBySide<'b, 'a> {
    batch: &'b NetworkBatch<'a>,
    part: Part<'b, NetworkBatch<'a>>,
}

impl OnLanes<f32> for SideBySide<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<T: Side<Real = f32>>(self) {
        let Self { batch, part } = self;
        let Part { problems, numbers, outcomes } = part;
        let mut tile = NetworkTile::<T>::new(&batch.prepared, batch.depth());
        let chunks =
            outcomes.chunks_mut(T::LANES).zip(numbers.chunks_mut(T::LANES * batch.width()));
        let mut first = problems.start;
        for (outcomes, numbers) in chunks {
            tile.clear();
            for (lane, outcome) in outcomes.iter_mut().enumerate() {
                let y = batch.measurements(first + lane);
                match batch.check(y) {
                    Ok(reference) => tile.load(lane, y, reference),
                    Err(refusal) => *outcome = Some(Err(refusal)),
                }
            }
            tile.infer();
            let unloaded = tile.unload(numbers);
            let signals = numbers.chunks_mut(batch.width()).zip(outcomes.iter_mut());
            for (lane, (x, outcome)) in signals.enumerate() {
                match outcome {
                    None => *outcome = Some(Ok(unloaded.one(lane, x))),
                    Some(_) => x.fill(0.0),
                }
            }
            first += T::LANES;
        }
    }
}
