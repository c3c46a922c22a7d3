//! Block descent: a fit, a penalty, a rule and an update, checked, run to the end, reported.

use crate::data::{CLASSES, DENSE, DESIGN, Design, RESPONSE, RIGHT, Response, SIGNS};
use crate::measure::run;
use crate::{C, Dense, N, R, Vector};
use core::hint::black_box;
use solvekit::bcd::rule::{Cyclic, GaussSouthwellDiagonal, Greedy, GreedyBlocks, Proximal, Rule};
use solvekit::bcd::tree::{GreedyTree, MessagePassing};
use solvekit::bcd::update::{
    Coordinate, Gradient, Matrix, ProximalNewton, RowSum, TwoMetric, Update,
};
use solvekit::bcd::{Descent, Partition};
use solvekit::direct::packed;
use solvekit::fit::{DataFit, LeastSquares, Logistic, Quadratic, Softmax};
use solvekit::penalty::{Bounds, L1, NonNegative, Unpenalized};
use solvekit::{Penalty, SVector};

/// Measurements by features.
/// Room for a block.
type Four = SVector<f32, 4>;
type Triangle = SVector<f32, { packed(4) }>;

/// A run of the parts from where the fit begins.
fn descend<F, P, S, U>(fit: F, start: F::Point, (penalty, rule, update): (P, S, U))
where
    F: DataFit<Real = f32>,
    P: Penalty<f32>,
    S: Rule<F, P>,
    U: Update<F, P>,
{
    let descent = Descent::new(fit, penalty, rule, update);
    let state = descent.start_from(start);
    run(&descent, state);
}

fn data() -> (&'static Design, &'static Response) {
    (black_box(&DESIGN), black_box(&RESPONSE))
}

fn greedy() -> Greedy<Proximal, [usize; 4], Four> {
    Greedy::new(Proximal, [0; 4], Four::zeros())
}

fn newton() -> ProximalNewton<Four, Triangle> {
    ProximalNewton::new(Four::zeros(), Triangle::zeros(), 10)
}

fn two_metric() -> TwoMetric<f32, Four, Triangle> {
    TwoMetric::new(Four::zeros(), Triangle::zeros(), 0.01)
}

pub(crate) fn lasso() {
    let (design, response) = data();
    if let Ok(fit) = LeastSquares::new(design, response)
        && let Ok(penalty) = L1::new(black_box(0.5))
        && let Ok(blocks) = Partition::consecutive([0; N], N)
    {
        let start = fit.start();
        descend(fit, start, (penalty, Cyclic::new(blocks), Coordinate));
    }
}

pub(crate) fn lasso_gram() {
    let (design, response) = data();
    let (mut gram, mut b) = (Dense::zeros(), Vector::zeros());
    if let Ok(fit) = LeastSquares::new(design, response)
        && let Ok(constant) = fit.gram(gram.as_mut_slice(), b.as_mut_slice())
        && let Ok(quadratic) = Quadratic::new(&gram, &b)
        && let Ok(penalty) = L1::new(black_box(0.5))
        && let Ok(blocks) = Partition::consecutive([0; N], N)
    {
        let quadratic = quadratic.with_constant(constant);
        descend(quadratic, quadratic.start(), (penalty, Cyclic::new(blocks), Coordinate));
    }
}

pub(crate) fn nonnegative_two_metric() {
    let (design, response) = data();
    if let Ok(fit) = LeastSquares::new(design, response)
        && let Ok(bounds) = Bounds::all(0.0, f32::INFINITY)
    {
        let start = fit.start();
        descend(fit, start, (bounds, greedy(), two_metric()));
    }
}

pub(crate) fn nonnegative_newton() {
    let (design, response) = data();
    if let Ok(fit) = LeastSquares::new(design, response) {
        let start = fit.start();
        descend(fit, start, (NonNegative::default(), greedy(), newton()));
    }
}

pub(crate) fn quadratic_matrix() {
    let (a, b) = (black_box(&DENSE), black_box(&RIGHT));
    if let Ok(fit) = Quadratic::new(a, b)
        && let Ok(blocks) = Partition::consecutive([0; N], 4)
    {
        let rule = GreedyBlocks::new(GaussSouthwellDiagonal, blocks, Four::repeat(1.0));
        let update = Matrix::new(Four::zeros(), Triangle::zeros());
        descend(fit, fit.start(), (Unpenalized, rule, update));
    }
}

pub(crate) fn quadratic_tree() {
    let (a, b) = (crate::Plate::laplacian(black_box(0.1)), black_box(crate::Grid::repeat(1.0)));
    if let Ok(fit) = Quadratic::new(&a, &b) {
        let rule = GreedyTree::new(GaussSouthwellDiagonal, [[0; R * C]; 2], crate::Grid::zeros());
        let update = MessagePassing::new([[0; R * C]; 4], [crate::Grid::zeros(); 2]);
        let start = fit.start();
        descend(fit, start, (Unpenalized, rule, update));
    }
}

pub(crate) fn logistic() {
    let (design, labels) = (black_box(&DESIGN), black_box(&SIGNS));
    if let Ok(fit) = Logistic::new(design, labels)
        && let Ok(penalty) = L1::new(black_box(0.5))
    {
        let start = fit.start();
        descend(fit, start, (penalty, greedy(), newton()));
    }
}

pub(crate) fn softmax() {
    let (design, labels) = (black_box(&DESIGN), black_box(&CLASSES));
    let (x, scores) = (SVector::<f32, { 3 * N }>::zeros(), [Response::zeros(); 3]);
    if let Ok(fit) = Softmax::new(design, labels, x, scores)
        && let Ok(blocks) = Partition::consecutive([0; 3 * N], 3)
    {
        let update = Gradient::new(RowSum, SVector::<f32, 3>::zeros());
        let start = fit.start();
        descend(fit, start, (Unpenalized, Cyclic::new(blocks), update));
    }
}
