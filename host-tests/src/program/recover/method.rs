//! [`Method`]: how `recover` recovers.

use clap::ValueEnum;
use serde::Serialize;
use std::fmt;

/// How `recover` recovers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Method {
    /// Shrinkage and thresholding: the least ½‖y − A x‖² + λ‖x‖₁
    Ista,
    /// The same with momentum and restarts, in fewer steps
    Fista,
    /// Hard thresholding: gradient steps of which the K largest entries are kept
    Iht,
    /// The same with a step size found anew each time
    Niht,
    /// Hard thresholding pursuit: the K places chosen so, and least squares on them
    Htp,
    /// Orthogonal matching pursuit: one column more each step, K at most, and least squares on them
    Omp,
    /// The layers of a trained network, in f32 as firmware runs them
    Network,
}

/// What a method has to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    /// λ, or the default part of ‖Aᵀy‖_∞.
    Lambda,
    /// K ≤ N.
    Sparsity,
    /// K ≤ N and K ≤ M, since least squares is solved on K columns.
    Pursuit,
    /// A file of layers.
    Network,
}

impl Method {
    pub(super) const fn needs(self) -> Needs {
        match self {
            Self::Ista | Self::Fista => Needs::Lambda,
            Self::Iht | Self::Niht => Needs::Sparsity,
            Self::Htp | Self::Omp => Needs::Pursuit,
            Self::Network => Needs::Network,
        }
    }
}

/// As it is typed.
impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_possible_value().map_or(Ok(()), |value| f.write_str(value.get_name()))
    }
}
