//! [`Network`]: which network is trained, and what it is told.

use super::{Prior, TrainError};
use crate::network::Kind;
use serde::{Deserialize, Serialize};

/// What a trained network is, beside its numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Network {
    /// Steps for ISTA, with this λ.
    UnfoldedIsta {
        /// λ.
        lambda: f32,
    },
    /// Steps for IHT, with this λ.
    UnfoldedIht {
        /// λ.
        lambda: f32,
    },
    /// Steps and thresholds, with these shares that pass; weights that follow from the dictionary.
    Alista(Passing),
    /// The same, where each layer learns weights of its own.
    ListaCp(Passing),
    /// Thresholds, and two matrices that all layers share, which start as ISTA has them.
    Lista,
    /// Steps, thresholds and two matrices around the dictionary, which start as ISTA has them.
    AdaLista,
    /// Steps, with this prior; without one, the prior that the signals have.
    Tista(Option<Prior>),
}

/// Shares of entries that pass as they are: min(p (k + 1), p_max) in layer k, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Passing {
    /// p.
    pub each: f32,
    /// p_max.
    pub most: f32,
}

impl Passing {
    /// Of layer k, from 0.
    #[must_use]
    pub fn of(self, k: usize) -> f32 {
        (self.each * (k + 1) as f32).min(self.most)
    }
}

impl Network {
    /// Which one.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::UnfoldedIsta { .. } => Kind::UnfoldedIsta,
            Self::UnfoldedIht { .. } => Kind::UnfoldedIht,
            Self::Alista(_) => Kind::Alista,
            Self::ListaCp(_) => Kind::ListaCp,
            Self::Lista => Kind::Lista,
            Self::AdaLista => Kind::AdaLista,
            Self::Tista(_) => Kind::Tista,
        }
    }

    pub(super) const fn passing(&self) -> Option<Passing> {
        match self {
            Self::Alista(passing) | Self::ListaCp(passing) => Some(*passing),
            _ => None,
        }
    }

    pub(super) const fn has_thresholds(&self) -> bool {
        matches!(self, Self::Alista(_) | Self::ListaCp(_) | Self::Lista | Self::AdaLista)
    }

    /// # Errors
    /// `Lambda`, `Plan` for a share outside [0, 1].
    pub(super) fn check(&self) -> Result<(), TrainError> {
        if let Self::UnfoldedIsta { lambda } | Self::UnfoldedIht { lambda } = self
            && !(*lambda > 0.0 && lambda.is_finite())
        {
            return Err(TrainError::Lambda(f64::from(*lambda)));
        }
        if let Some(Passing { each, most }) = self.passing() {
            for (what, share) in [("passing", each), ("most-passing", most)] {
                if !(0.0..=1.0).contains(&share) {
                    let cause = format!("{share} does not lie in [0, 1]");
                    return Err(TrainError::Plan { what, cause });
                }
            }
        }
        Ok(())
    }
}
