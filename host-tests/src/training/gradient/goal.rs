//! [`Goal`]: what training makes small.

/// What a network's output is held against.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Loss {
    /// ‖x − x*‖².
    Supervised,
    /// ½‖y − A x‖² + λ‖x‖₁.
    Lasso {
        /// λ.
        lambda: f64,
    },
    /// ½‖y − A x‖² + λ‖x‖₀. Its slope is that of the first part along the entries that are not
    /// zero.
    Subset {
        /// λ.
        lambda: f64,
    },
}

impl Loss {
    /// λ; zero where there is none.
    pub(super) const fn lambda(self) -> f64 {
        match self {
            Self::Supervised => 0.0,
            Self::Lasso { lambda } | Self::Subset { lambda } => lambda,
        }
    }

    pub(super) const fn is_supervised(self) -> bool {
        matches!(self, Self::Supervised)
    }
}

/// A loss, averaged over signals and summed over layers.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    /// Of one layer's output.
    pub loss: Loss,
    /// How much the output of each layer counts.
    pub weights: Vec<f64>,
}

impl Goal {
    /// The last of so many layers only.
    #[must_use]
    pub fn last(loss: Loss, layers: usize) -> Self {
        let weights = (1..=layers).map(|k| if k == layers { 1.0 } else { 0.0 }).collect();
        Self { loss, weights }
    }

    /// Every layer, later ones more: layer k of T weighs k / (1 + … + T).
    #[must_use]
    pub fn anytime(loss: Loss, layers: usize) -> Self {
        let all = (layers * (layers + 1)) as f64 / 2.0;
        Self { loss, weights: (1..=layers).map(|k| k as f64 / all).collect() }
    }

    /// Of the output of layer k, from 0.
    pub(super) fn weight(&self, k: usize) -> f64 {
        self.weights.get(k).copied().unwrap_or(0.0)
    }
}
