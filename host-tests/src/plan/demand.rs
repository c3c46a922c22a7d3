//! [`Demand`]: a network's tables and state, to the byte.

use crate::export::Weights;
use crate::network::{Kind, Model, ModelError};

/// A network whose demand is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demand {
    /// Which network.
    pub kind: Kind,
    /// M.
    pub rows: u64,
    /// N.
    pub columns: u64,
    /// T.
    pub layers: u64,
    /// How matrices are stored.
    pub weights: Weights,
}

impl Demand {
    /// Of a model.
    ///
    /// # Errors
    /// [`ModelError::UnexportedShrinkage`]: what a learned shrinkage costs was not counted.
    pub fn of(model: &Model, weights: Weights) -> Result<Self, ModelError> {
        if !model.splines.is_empty() {
            return Err(ModelError::UnexportedShrinkage(model.kind()));
        }
        Ok(Self {
            kind: model.kind(),
            rows: model.rows as u64,
            columns: model.columns as u64,
            layers: model.layers as u64,
            weights,
        })
    }

    /// Dictionary (but for LISTA), weights, the layers' numbers, and the recorded run of the
    /// self-test.
    #[must_use]
    pub const fn table_bytes(&self) -> u64 {
        let (matrices, numbers) = match self.kind {
            Kind::UnfoldedIsta | Kind::UnfoldedIht => (1, self.layers),
            Kind::ListaCp => (1 + self.layers, 3 * self.layers),
            Kind::Alista => (2, 3 * self.layers),
            Kind::Tista => (2, self.layers),
            Kind::HyperLista => (2, self.columns),
            // The dictionary is in no layer, and not in the module.
            Kind::Lista => (0, self.layers),
            Kind::AdaLista => (1, 2 * self.layers),
        };
        // Of other shapes than the dictionary's.
        let learned = match self.kind {
            Kind::Lista => {
                self.weights.matrix_bytes(self.columns, self.rows)
                    + self.weights.matrix_bytes(self.columns, self.columns)
            }
            Kind::AdaLista => 2 * self.weights.matrix_bytes(self.rows, self.rows),
            _ => 0,
        };
        learned
            + matrices * self.weights.matrix_bytes(self.rows, self.columns)
            + 4 * (numbers + self.rows + self.columns)
    }

    /// `NetworkState`: two vectors of N numbers, one of M, two words; HyperLISTA remembers N + 1
    /// numbers more, Ada-LISTA has room for M.
    #[must_use]
    pub const fn state_bytes(&self) -> u64 {
        let memory = match self.kind {
            Kind::HyperLista => self.columns + 1,
            Kind::AdaLista => self.rows,
            _ => 0,
        };
        4 * (2 * self.columns + self.rows + memory + 2)
    }
}
