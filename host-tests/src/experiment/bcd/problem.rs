//! The paper's five problems, each ready to be traced.

use super::contender::{Blocks, Selection, Step, changes, picks};
use super::data::{self, Propagation};
use crate::direct::{Cholesky, Envelope};
use crate::matrix::CsrMatrix;
use crate::vector::Vector;
use anyhow::Result;
use solvekit::Transposed;
use solvekit::bcd::Partition;
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

/// Traces methods on one data set: the distance to the least objective at the start and after every
/// iteration, in the order of `methods`. `scale` multiplies the numbers of rows and unknowns.
///
/// # Errors
/// A fit or a rule that is refused; data of the kinds used here are not.
pub fn trace(
    set: Set,
    size: usize,
    methods: &[Method],
    (scale, seed): (f64, u64),
) -> Result<Vec<Vec<f64>>> {
    let scaled = |count: usize| ((count as f64 * scale).round() as usize).max(40);
    match set {
        Set::A => {
            let a = data::regression(seed, scaled(1000), scaled(10_000))?;
            let design = Transposed(&a.columns);
            let fit = LeastSquares::new(&design, &a.response)?;
            // More unknowns than rows: the least value is zero.
            all(&fit, &fit.start(), size, methods, seed, |point| fit.value(point))
        }
        Set::B => {
            let b = data::two_classes(seed, scaled(1000), scaled(10_000))?;
            let design = Transposed(&b.columns);
            let labels: Vector<f64> =
                b.labels.iter().map(|label| if *label == 1 { 1.0 } else { -1.0 }).collect();
            let fit = Logistic::new(&design, &labels)?;
            all(&fit, &fit.start(), size, methods, seed, |point| fit.value(point))
        }
        Set::C => {
            let classes = ((CLASSES as f64 * scale.sqrt()).round() as usize).max(4);
            let c = data::many_classes(seed, scaled(1000), scaled(1000), classes)?;
            let design = Transposed(&c.columns);
            let rows = c.labels.len();
            let x = Vector::filled(scaled(1000) * classes, 0.0);
            let fit =
                Softmax::new(&design, &c.labels, x, vec![Vector::filled(rows, 0.0); classes])?;
            all(&fit, &fit.start(), size, methods, seed, |point| fit.value(point))
        }
        Set::D => {
            let side = ((50.0 * scale.sqrt()).round() as usize).max(8);
            propagation(&data::lattice(seed, side, (side * side / 25).max(1))?, size, methods, seed)
        }
        Set::E => {
            let points = scaled(2000);
            propagation(&data::moons(seed, points, (points / 20).max(2))?, size, methods, seed)
        }
    }
}

fn propagation(
    graph: &Propagation,
    size: usize,
    methods: &[Method],
    seed: u64,
) -> Result<Vec<Vec<f64>>> {
    let fit = Quadratic::new(&graph.matrix, &graph.pull)?;
    let best = solution(graph)?;
    all(&fit, &fit.start(), size, methods, seed, |point| energy(&graph.matrix, &point.x, &best))
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

fn all<F: DataFit<Real = f64>>(
    fit: &F,
    start: &F::Point,
    size: usize,
    methods: &[Method],
    seed: u64,
    gap: impl Fn(&F::Point) -> f64,
) -> Result<Vec<Vec<f64>>> {
    let mut cuts: Vec<(Cut, Blocks)> = Vec::new();
    for method in methods {
        if cuts.iter().all(|(cut, _)| *cut != method.cut) {
            let order = vec![0; fit.unknowns()];
            let constant = |j| fit.lipschitz(j);
            let partition = match method.cut {
                Cut::Order => Partition::consecutive(order, size)?,
                Cut::Sort => Partition::sorted(order, size, constant)?,
                Cut::Average => Partition::averaged(order, size, constant)?,
            };
            cuts.push((method.cut, Blocks::new(fit, partition)?));
        }
    }
    let curves = methods.iter().map(|method| {
        let known = cuts.iter().find(|(cut, _)| *cut == method.cut);
        let Some((_, blocks)) = known else { return Ok(Vec::new()) };
        let mut rule = picks(method.selection, fit, start, blocks, seed)?;
        let mut update = changes(method.step, method.selection.is_fixed(), fit.unknowns(), blocks)?;
        let mut point = start.clone();
        let mut curve = vec![gap(&point)];
        for _ in 0..STEPS {
            let chosen = rule.pick(fit, &point);
            update.change(fit, &mut point, chosen);
            curve.push(gap(&point));
        }
        Ok(curve)
    });
    curves.collect()
}
