//! [`Kind`]: which network.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Which network a model is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Kind {
    /// ISTA with a step for each layer
    UnfoldedIsta,
    /// Iterative hard thresholding with a step for each layer
    UnfoldedIht,
    /// Coupled weights, learned for each layer, with support selection
    ListaCp,
    /// Weights that follow from the dictionary; a step and a threshold for each layer
    Alista,
    /// Learned matrices in the place of Aᵀ and AᵀA, the same in all layers; a threshold for each
    Lista,
    /// Learned matrices around a dictionary that may change; a step and a threshold for each layer
    AdaLista,
    /// Thresholds that follow an estimate of the error; a step for each layer
    Tista,
    /// Three numbers for any number of layers
    #[value(name = "hyperlista")]
    #[serde(rename = "hyperlista")]
    HyperLista,
}

impl Kind {
    /// Can its layers have a learned function in the place of soft thresholding?
    #[must_use]
    pub const fn learned_shrinkage(self) -> bool {
        matches!(self, Self::Alista | Self::ListaCp | Self::Lista | Self::AdaLista)
    }
}

/// As it is typed.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_possible_value().map_or(Ok(()), |value| f.write_str(value.get_name()))
    }
}
