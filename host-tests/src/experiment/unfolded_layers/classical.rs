//! Classical methods, step by step.

use super::LAYERS;
use super::problem::Problem;
use crate::vector::Vector;
use anyhow::Result;
use rayon::prelude::*;
use solvekit::Iteration;
use solvekit::direct::packed;
use solvekit::penalty::L1;
use solvekit::recovery::{Fista, Htp, Iht, Ista, Largest, Omp, Refit, Sensing, StepSize};

/// λ as a part of ‖Aᵀy‖_∞: small enough to leave signals as they are.
const FRACTION: f32 = 0.02;

/// A method without training.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Classical {
    /// Proximal gradient.
    Ista,
    /// The same with momentum.
    Fista,
    /// Hard thresholding with a normalised step.
    Niht,
    /// Hard thresholding pursuit.
    Htp,
    /// Orthogonal matching pursuit, a column a step.
    Omp,
}

impl Classical {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Ista, Self::Fista, Self::Niht, Self::Htp, Self::Omp];

    /// As figures call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ista => "ISTA",
            Self::Fista => "FISTA",
            Self::Niht => "NIHT",
            Self::Htp => "HTP",
            Self::Omp => "OMP",
        }
    }
}

/// Errors after 1, 2, … steps, in decibels.
pub(super) fn curve(problem: &Problem, method: Classical) -> Result<Vec<f64>> {
    let a = &problem.dictionary;
    let step = StepSize::automatic(a)?;
    let k = problem.sparsity();
    let places = || Largest::new(vec![0; k], Vector::filled(k, 0.0_f32));
    let refit = || Refit::new(Vector::filled(k, 0.0_f32), Vector::filled(packed(k), 0.0));
    let traced = problem.measurements.par_iter().map(|y| {
        let sensing = Sensing::new(a, y)?;
        let penalty = L1::new(FRACTION * sensing.largest_correlation())?;
        Ok(match method {
            Classical::Ista => {
                let ista = Ista::new(sensing, penalty, step)?;
                traced(&ista, ista.start(), |state| &state.x)
            }
            Classical::Fista => {
                let fista = Fista::new(sensing, penalty, step)?;
                traced(&fista, fista.start(), |state| &state.x)
            }
            Classical::Niht => {
                let niht = Iht::normalised(sensing, places())?;
                traced(&niht, niht.start(), |state| &state.x)
            }
            Classical::Htp => {
                let htp = Htp::new(sensing, places(), refit())?;
                traced(&htp, htp.start(), |state| &state.x)
            }
            Classical::Omp => {
                let omp = Omp::new(sensing, vec![0; k], refit())?;
                traced(&omp, omp.start(), |state| &state.x)
            }
        })
    });
    let traced = traced.collect::<Result<Vec<Vec<Vector<f32>>>>>()?;
    let after = |step: usize| problem.decibels(traced.iter().map(|steps| &steps[step]));
    Ok((0..LAYERS).map(after).collect())
}

/// x after each step.
fn traced<I: Iteration>(
    iteration: &I,
    mut state: I::State,
    x: impl Fn(&I::State) -> &Vector<f32>,
) -> Vec<Vector<f32>> {
    let mut after = || {
        iteration.step(&mut state);
        x(&state).clone()
    };
    (0..LAYERS).map(|_| after()).collect()
}
