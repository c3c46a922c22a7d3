//! The paper's five problems, each ready to be traced.

use super::contender::{Selection, Step, changes, picks};
use super::data::{self, Propagation};
use super::shared::{Shared, weight};
use crate::direct::{Cholesky, Envelope};
use crate::matrix::CsrMatrix;
use crate::vector::Vector;
use anyhow::Result;
use rayon::prelude::*;
use solvekit::Transposed;
use solvekit::fit::{DataFit, LeastSquares, Logistic, Quadratic, Softmax};
use std::fmt;

/// Iterations of every curve.
pub const STEPS: usize = 500;
/// Classes of data set C.
const CLASSES: usize = 50;

/// One of the paper's data sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Set {
    /// Least squares.
    A,
    /// Logistic.
    B,
    /// Softmax.
    C,
    /// A lattice.
    D,
    /// Two moons.
    E,
}

impl fmt::Display for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// How coordinates are cut into fixed blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cut {
    /// Neighbours.
    Order,
    /// By ascending constants.
    Sort,
    /// Small with large constants.
    Average,
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Order => "Order",
            Self::Sort => "Sort",
            Self::Average => "Avg",
        })
    }
}

/// What makes one curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Method {
    /// How a block is chosen.
    pub selection: Selection,
    /// What is done with it.
    pub step: Step,
    /// How fixed blocks are cut.
    pub cut: Cut,
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.step == Step::Estimated {
            f.write_str("LA ")?;
        }
        match self.cut {
            Cut::Sort => write!(f, "{}", self.selection),
            cut => write!(f, "{} {cut}", self.selection),
        }
    }
}

/// One curve of a data set: the block size and the method.
pub type Curve = (usize, Method);

/// Traces curves on one data set: for each the distance to the least objective, at the start and
/// after every iteration. `scale` multiplies the numbers of rows and unknowns; `done` is called after
/// each curve.
///
/// # Errors
/// A fit or a rule that is refused; data of the kinds used here are not.
pub fn trace(
    set: Set,
    curves: &[Curve],
    (scale, seed): (f64, u64),
    done: &(dyn Fn() + Sync),
) -> Result<Vec<Vec<f64>>> {
    let scaled = |count: usize| ((count as f64 * scale).round() as usize).max(40);
    match set {
        Set::A => {
            let a = data::regression(seed, scaled(1000), scaled(10_000))?;
            let design = Transposed(&a.columns);
            let fit = LeastSquares::new(&design, &a.response)?;
            // More unknowns than rows: the least value is zero.
            all(&fit, &fit.start(), (curves, seed, done), |point| fit.value(point))
        }
        Set::B => {
            let b = data::two_classes(seed, scaled(1000), scaled(10_000))?;
            let design = Transposed(&b.columns);
            let labels: Vector<f64> =
                b.labels.iter().map(|label| if *label == 1 { 1.0 } else { -1.0 }).collect();
            let fit = Logistic::new(&design, &labels)?;
            all(&fit, &fit.start(), (curves, seed, done), |point| fit.value(point))
        }
        Set::C => {
            let classes = ((CLASSES as f64 * scale.sqrt()).round() as usize).max(4);
            let c = data::many_classes(seed, scaled(1000), scaled(1000), classes)?;
            let design = Transposed(&c.columns);
            let rows = c.labels.len();
            let x = Vector::filled(scaled(1000) * classes, 0.0);
            let fit =
                Softmax::new(&design, &c.labels, x, vec![Vector::filled(rows, 0.0); classes])?;
            all(&fit, &fit.start(), (curves, seed, done), |point| fit.value(point))
        }
        Set::D | Set::E => {
            let graph = propagation(set, scale, seed)?;
            let fit = Quadratic::new(&graph.matrix, &graph.pull)?;
            let best = solution(&graph)?;
            let gap = |point: &<Quadratic<'_, f64, CsrMatrix<f64>> as DataFit>::Point| {
                energy(&graph.matrix, &point.x, &best)
            };
            all(&fit, &fit.start(), (curves, seed, done), gap)
        }
    }
}

/// The graph of data set D or E.
pub(super) fn propagation(set: Set, scale: f64, seed: u64) -> Result<Propagation> {
    if set == Set::D {
        let side = ((50.0 * scale.sqrt()).round() as usize).max(8);
        data::lattice(seed, side, (side * side / 25).max(1))
    } else {
        let points = ((2000.0 * scale).round() as usize).max(40);
        data::moons(seed, points, (points / 20).max(2))
    }
}

/// The x that solves A x = b.
pub(super) fn solution(graph: &Propagation) -> Result<Vector<f64>> {
    let factor = Cholesky::new(&graph.matrix, Envelope::of(&graph.matrix))?;
    Ok(factor.solve(&graph.pull))
}

/// ½ ‖x − x*‖²_A: f(x) − f* without the difference of two large numbers.
pub(super) fn energy(a: &CsrMatrix<f64>, x: &[f64], best: &[f64]) -> f64 {
    let apart: Vec<f64> = x.iter().zip(best).map(|(x, best)| x - best).collect();
    let rows = a.rows_in_order().enumerate();
    let terms = rows.map(|(i, (columns, values))| {
        let pairs = columns.iter().zip(values);
        apart[i] * pairs.map(|(j, value)| value * apart[*j as usize]).sum::<f64>()
    });
    0.5 * terms.sum::<f64>()
}

fn all<F>(
    fit: &F,
    start: &F::Point,
    (curves, seed, done): (&[Curve], u64, &(dyn Fn() + Sync)),
    gap: impl Fn(&F::Point) -> f64 + Sync,
) -> Result<Vec<Vec<f64>>>
where
    F: DataFit<Real = f64> + Sync,
    F::Point: Sync,
{
    let shared = Shared::of(fit, curves)?;
    let one = |(size, method): Curve| -> Result<Vec<f64>> {
        let known = shared.known(size, method.cut)?;
        let mut rule = picks(method.selection, fit, start, known, seed)?;
        let mut update = changes(method.step, method.selection.is_fixed(), fit.unknowns(), known)?;
        let mut point = start.clone();
        let mut curve = vec![gap(&point)];
        for _ in 0..STEPS {
            let chosen = rule.pick(fit, &point);
            update.change(fit, &mut point, chosen);
            curve.push(gap(&point));
        }
        done();
        Ok(curve)
    };
    // The long ones first, and in this order: else one of them may be left over for the end.
    let mut order: Vec<usize> = (0..curves.len()).collect();
    order.sort_by_key(|k| std::cmp::Reverse(weight(&curves[*k])));
    let traced = order.into_iter().par_bridge().map(|k| Ok((k, one(curves[k])?)));
    let mut traced: Vec<_> = traced.collect::<Result<_>>()?;
    traced.sort_by_key(|(k, _)| *k);
    Ok(traced.into_iter().map(|(_, curve)| curve).collect())
}
