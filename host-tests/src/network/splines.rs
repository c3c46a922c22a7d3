//! [`Splines`]: the learned shrinkage of each layer, as a model holds it.

use serde::{Deserialize, Serialize};
use solvekit::network::{NetworkError, Spline};
use std::ops::Deref;
use thiserror::Error;

/// One [`Spline`] for each layer; none of layers that threshold softly.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Stored>", into = "Vec<Stored>")]
pub struct Splines(Vec<Spline<f32>>);

/// As JSON has it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    /// uᵢ.
    knots: Vec<f32>,
    /// wᵢ.
    values: Vec<f32>,
}

impl From<Vec<Spline<f32>>> for Splines {
    fn from(all: Vec<Spline<f32>>) -> Self {
        Self(all)
    }
}

impl Deref for Splines {
    type Target = [Spline<f32>];

    fn deref(&self) -> &[Spline<f32>] {
        &self.0
    }
}

/// Knots and values that make no spline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the spline of layer {layer}: {error}")]
struct Refused {
    /// From 0.
    layer: usize,
    /// Part of the message, so not repeated as a source.
    error: NetworkError,
}

impl TryFrom<Vec<Stored>> for Splines {
    type Error = Refused;

    fn try_from(all: Vec<Stored>) -> Result<Self, Refused> {
        let one = |(layer, Stored { knots, values })| {
            Spline::new(&knots, &values).map_err(|error| Refused { layer, error })
        };
        all.into_iter().enumerate().map(one).collect::<Result<_, _>>().map(Self)
    }
}

impl From<Splines> for Vec<Stored> {
    fn from(Splines(all): Splines) -> Self {
        let one = |spline: &Spline<f32>| Stored {
            knots: spline.knots().to_vec(),
            values: spline.values().to_vec(),
        };
        all.iter().map(one).collect()
    }
}
