//! Columns of measurements through the layers of a network.

use super::column::SLICE;
use super::end::{End, Ended};
use super::options::Lambda;
use super::{Options, RecoverError};
use crate::batch::Inferred;
use crate::matrix::DenseMatrix;
use crate::network::{Digest, Kind, Model, ModelLayers, Numbers};
use crate::program::Interrupt;
use crate::vector::Vector;
use solvekit::network::{Check, Network, Safeguarded};
use solvekit::penalty::{L0, L1};
use solvekit::recovery::{Ista, RecoveryError, Sensing, StepSize};
use solvekit::sum::max_abs;
use solvekit::{Iteration, LinearOperator, Penalty, Status, Stop};

/// What all columns have in common.
pub(super) struct Inference<'a> {
    dictionary: &'a DenseMatrix<f32>,
    layers: ModelLayers<'a>,
    told: Told,
    guard: Option<Guard>,
    interrupt: &'a Interrupt<'a>,
}

/// What is said of the network.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    pub(super) kind: Kind,
    /// Layers that are applied.
    pub(super) layers: u32,
    /// Is the dictionary the one that the network's file names?
    pub(super) own_dictionary: bool,
}

/// What the network is held against, and until when.
#[derive(Clone, Copy)]
struct Guard {
    objective: Objective,
    step: StepSize<f32>,
    stop: Stop<f32>,
}

/// g of the objective.
#[derive(Clone, Copy)]
enum Objective {
    /// The network's own.
    L1(L1<f32>),
    /// The network's own.
    L0(L0<f32>),
    /// λ‖x‖₁.
    Asked(Lambda),
}

impl<'a> Inference<'a> {
    /// Checks that the network is for this dictionary and has the layers that are asked for.
    pub(super) fn new(
        options: &Options,
        model: &'a Model,
        dictionary: &'a DenseMatrix<f32>,
        interrupt: &'a Interrupt<'a>,
    ) -> Result<Self, RecoverError> {
        let path = options.network.clone().unwrap_or_default();
        let layers = model
            .first(dictionary, options.layers)
            .map_err(|error| RecoverError::Network { path, error: Box::new(error) })?;
        let guard =
            options.safeguard.then(|| Guard::new(options, model, dictionary)).transpose()?;
        let found = Digest::of_matrix(dictionary.rows(), dictionary.values());
        let own_dictionary = found == model.dictionary;
        let told = Told { kind: model.kind(), layers: layers.depth(), own_dictionary };
        Ok(Self { dictionary, layers, told, guard, interrupt })
    }

    /// Which network, its layers, and whose dictionary.
    pub(super) const fn told(&self) -> Told {
        self.told
    }

    /// Recovers x from y.
    pub(super) fn column(&self, y: &Vector<f32>) -> Result<(Ended, Vector<f32>), RecoveryError> {
        let sensing = Sensing::new(self.dictionary, y)?;
        let network = Network::new(sensing, &self.layers);
        let Some(guard) = &self.guard else { return Ok(inferred(&network)) };
        match guard.objective {
            Objective::L1(own) => guard.finish(network, own, own.lambda(), self.interrupt),
            Objective::L0(own) => guard.finish(network, own, own.lambda(), self.interrupt),
            Objective::Asked(lambda) => {
                let lambda = match lambda {
                    Lambda::Is(lambda) => lambda as f32,
                    // Exactly ‖Aᵀy‖_∞ leaves exactly nothing.
                    Lambda::Fraction(part) => part as f32 * sensing.largest_correlation(),
                };
                // λ was checked, and a correlation is finite: there is nothing else to refuse.
                let penalty = L1::new(lambda).map_err(|_| RecoveryError::HugeMeasurements)?;
                guard.finish(network, penalty, lambda, self.interrupt)
            }
        }
    }
}

type Unrolled<'n> = Network<'n, f32, DenseMatrix<f32>, &'n ModelLayers<'n>>;

/// All layers, and a look at what they did.
fn inferred(network: &Unrolled<'_>) -> (Ended, Vector<f32>) {
    let mut state = network.start();
    network.infer(&mut state);
    let residual = network.residual(&mut state);
    let y_norm = network.sensing().y_norm();
    // Of nothing, nothing is left.
    let relative = if residual == 0.0 { 0.0 } else { f64::from(residual) / f64::from(y_norm) };
    let end = if max_abs(&state.x).is_finite() {
        End::Inferred
    } else {
        network.restore(&mut state);
        End::Run(Status::NonFinite)
    };
    let iterations = state.layer();
    (Ended { end, iterations, residual: relative, lambda: None, refused: None }, state.x)
}

/// The same of layers that were applied side by side.
pub(super) fn inferred_of(inferred: Inferred) -> Ended {
    let Inferred { layers, residual, reference, is_finite } = inferred;
    let relative = if residual == 0.0 { 0.0 } else { f64::from(residual) / f64::from(reference) };
    let end = if is_finite { End::Inferred } else { End::Run(Status::NonFinite) };
    Ended { end, iterations: layers, residual: relative, lambda: None, refused: None }
}

impl Guard {
    fn new(
        options: &Options,
        model: &Model,
        dictionary: &DenseMatrix<f32>,
    ) -> Result<Self, RecoverError> {
        let refused = |error| RecoverError::dictionary(&options.dictionary, error);
        let own = |_| RecoverError::option("--network", "its λ is no weight".to_owned());
        let is_told = options.lambda.is_some() || options.lambda_fraction.is_some();
        let objective = match (&model.numbers, is_told) {
            (Numbers::UnfoldedIsta { lambda, .. }, false) => {
                Objective::L1(L1::new(*lambda).map_err(own)?)
            }
            (Numbers::UnfoldedIht { lambda, .. }, false) => {
                Objective::L0(L0::new(*lambda).map_err(own)?)
            }
            (Numbers::UnfoldedIsta { .. } | Numbers::UnfoldedIht { .. }, true) => {
                let cause = format!("a network of kind {} has its own λ", model.kind());
                return Err(RecoverError::option("--lambda", cause));
            }
            _ => Objective::Asked(options.lambda()?),
        };
        let step = StepSize::automatic(dictionary).map_err(refused)?;
        Ok(Self { objective, step, stop: options.stop()? })
    }

    /// Layers, held against ISTA after the last one; then ISTA to the tolerance.
    fn finish(
        &self,
        network: Unrolled<'_>,
        penalty: impl Penalty<f32> + Copy,
        lambda: f32,
        interrupt: &Interrupt<'_>,
    ) -> Result<(Ended, Vector<f32>), RecoveryError> {
        let twin = Ista::new(*network.sensing(), penalty, self.step)?;
        let safe = Safeguarded::new(network, twin, Check::LastLayer);
        let mut state = safe.start();
        let report = interrupt.run(&safe, &mut state, self.stop, SLICE);
        let ended = Ended {
            refused: Some(state.refused() > 0),
            ..Ended::reported(&report, Some(lambda.into()))
        };
        Ok((ended, state.x().clone()))
    }
}
