//! Networks, trained for each number of layers.

use super::LAYERS;
use super::problem::{DENSITY, Problem};
use crate::experiment::Options;
use crate::network::Model;
use crate::training::{
    Drawn, Network, Objective, Passing, Plan, Search, Shrinkage, Source, Standing, Training,
};
use anyhow::{Result, ensure};

/// λ of the unfolded networks.
const LAMBDA: f32 = 0.02;
/// Shares of entries that pass, as published for such dictionaries.
const PASSING: Passing = Passing { each: 0.012, most: 0.13 };

/// A network of the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trained {
    /// A step for each layer of ISTA.
    UnfoldedIsta,
    /// A step for each layer of IHT.
    UnfoldedIht,
    /// A step and a threshold for each layer.
    Alista,
    /// A step, a threshold and a spline for each layer.
    Spline,
    /// Weights for each layer too.
    ListaCp,
    /// Two matrices for all layers, and a threshold for each.
    Lista,
    /// Two small matrices for all layers, and a step and a threshold for each.
    AdaLista,
    /// A step for each layer; the signals' own prior.
    Tista,
    /// Three numbers.
    HyperLista,
}

/// All of them.
pub const NETWORKS: [Trained; 9] = [
    Trained::UnfoldedIsta,
    Trained::UnfoldedIht,
    Trained::Alista,
    Trained::Spline,
    Trained::ListaCp,
    Trained::Lista,
    Trained::AdaLista,
    Trained::Tista,
    Trained::HyperLista,
];

impl Trained {
    /// As figures call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UnfoldedIsta => "unfolded ISTA",
            Self::UnfoldedIht => "unfolded IHT",
            Self::Alista => "ALISTA",
            Self::Spline => "ALISTA, splines",
            Self::ListaCp => "LISTA-CP",
            Self::Lista => "LISTA",
            Self::AdaLista => "Ada-LISTA",
            Self::Tista => "TISTA",
            Self::HyperLista => "HyperLISTA",
        }
    }

    const fn shrinkage(self) -> Shrinkage {
        match self {
            Self::Spline => Shrinkage::Spline { knots: 8 },
            _ => Shrinkage::Soft,
        }
    }

    const fn network(self) -> Option<Network> {
        Some(match self {
            Self::UnfoldedIsta => Network::UnfoldedIsta { lambda: LAMBDA },
            Self::UnfoldedIht => Network::UnfoldedIht { lambda: LAMBDA },
            Self::Alista => Network::Alista(PASSING),
            Self::Spline => Network::Alista(Passing { each: 0.0, most: 0.0 }),
            Self::ListaCp => Network::ListaCp(PASSING),
            Self::Lista => Network::Lista,
            Self::AdaLista => Network::AdaLista,
            Self::Tista => Network::Tista(None),
            Self::HyperLista => return None,
        })
    }
}

/// Errors of the networks of 1, 2, … layers, in decibels, each trained for its own last layer.
/// HyperLISTA has the same three numbers for all of them.
pub(super) fn curve(problem: &Problem, which: Trained, options: &Options) -> Result<Vec<f64>> {
    let drawn = Drawn { sparsity: DENSITY, amplitude: 1.0, snr_db: problem.noise.snr_db() };
    let source = Source::Drawn(drawn);
    let steps = ((400.0 * options.scale).round() as u64).max(20);
    let Some(network) = which.network() else {
        let search = Search::new(LAYERS, options.seed);
        let points = ((search.points as f64 * options.scale) as usize).clamp(30, search.points);
        let found = Search { points, ..search }.run(&problem.dictionary, &source, |_, _| true)?;
        return (1..=LAYERS).map(|k| tested(problem, &found.model, k)).collect();
    };
    let plan = Plan {
        steps,
        batch: 64,
        validation: 500,
        look_every: steps.min(50),
        shrinkage: which.shrinkage(),
        ..Plan::new(LAYERS, options.seed)
    };
    let mut training =
        Training::new(plan, network, Objective::Supervised, &problem.dictionary, &source)?;
    let curve = (1..=LAYERS).map(|layers| {
        let standing = training.advance(steps);
        ensure!(standing != Standing::Diverged, "{} diverged with {layers} layers", which.name());
        tested(problem, &training.model()?, layers)
    });
    curve.collect()
}

fn tested(problem: &Problem, model: &Model, layers: usize) -> Result<f64> {
    let depth = u32::try_from(layers)?;
    let found = model.recover(&problem.dictionary, &problem.measurements, Some(depth))?;
    Ok(problem.decibels(found.iter()))
}
