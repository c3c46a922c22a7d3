//! [`Demand`]: a network's tables and state, to the byte.

use super::Class;
use crate::export::Weights;
use crate::network::{Kind, Model};
use solvekit::network::MAX_KNOTS;

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
    /// Knots of each layer's spline, 0 where layers threshold softly. Where layers differ, the most.
    pub knots: u64,
    /// How matrices are stored.
    pub weights: Weights,
}

/// A spline: 16 knots, their values and slopes, whatever is used of them, and their number.
const SPLINE: u64 = 4 * (3 * MAX_KNOTS as u64 + 1);

impl Demand {
    /// Of a model.
    #[must_use]
    pub fn of(model: &Model, weights: Weights) -> Self {
        let knots = model.splines.iter().map(|spline| spline.knots().len() as u64);
        Self {
            kind: model.kind(),
            rows: model.rows as u64,
            columns: model.columns as u64,
            layers: model.layers as u64,
            knots: knots.max().unwrap_or(0),
            weights,
        }
    }

    /// What was measured for it.
    #[must_use]
    pub const fn class(&self) -> Class {
        Class { kind: self.kind, splines: self.knots > 0, weights: self.weights }
    }

    /// Dictionary (but for LISTA), weights, the layers' numbers and splines, and the recorded run of
    /// the self-test.
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
        let splines = if self.knots > 0 { SPLINE * self.layers } else { 0 };
        learned
            + splines
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
