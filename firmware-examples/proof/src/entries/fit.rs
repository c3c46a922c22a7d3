//! Every fit, and every penalty in a descent on it.

use core::hint::black_box;
use solvekit::bcd::rule::Cyclic;
use solvekit::bcd::update::{Coordinate, Matrix};
use solvekit::bcd::{Descent, Partition};
use solvekit::direct::packed;
use solvekit::fit::{DataFit, Form, LeastSquares, Logistic, Quadratic, Softmax};
use solvekit::penalty::{
    Bounds, ElasticNet, GroupL1, L1, Mcp, NonNegative, Penalty, Scad, Unpenalized,
};
use solvekit::{ColumnOperator, CsrSlice, SMatrix, SVector, Separable, Stop, Transposed};

/// Rows and columns; not a multiple of 4 and one, and classes.
const M: usize = 7;
const N: usize = 4;
const K: usize = 3;

#[inline(never)]
pub(super) fn fit_all() {
    let labels = black_box([0_usize, 1, 2, 1, 0, 2, 1]);
    let response = SVector::<f32, M>::from_element(black_box(1.0));
    every_fit(&SMatrix::<f32, M, N>::from_element(black_box(2.0)), &response, &labels);
    let ends = black_box([1, 2, 3, 4]);
    let columns = black_box([0, 1, 2, 3]);
    let values = black_box([2.0_f32; N]);
    // Also unchecked: a wrong table must not panic either.
    let table = CsrSlice::<f32, N, M>::from_parts(ends, &columns, &values);
    every_fit(&Transposed(&table), &response, &labels);
    black_box(Form::cheaper(black_box(M), black_box(N), black_box(9)));
}

fn every_fit<A>(design: &A, response: &SVector<f32, M>, labels: &[usize])
where
    A: Clone + ColumnOperator<f32, Domain = SVector<f32, N>, Range = SVector<f32, M>>,
{
    if let Ok(fit) = LeastSquares::new(design, response) {
        every_penalty(&fit, fit.start());
        if let Ok(point) = fit.start_at(black_box(SVector::repeat(1.0))) {
            one_by_one(&fit, point);
        }
        let (mut gram, mut b) = (SMatrix::<f32, N, N>::zeros(), SVector::<f32, N>::zeros());
        if let Ok(constant) = fit.gram(gram.as_mut_slice(), b.as_mut_slice())
            && let Ok(fit) = Quadratic::new(&gram, &b)
        {
            let fit = fit.with_constant(constant);
            every_penalty(&fit, fit.start());
            if let Ok(point) = fit.start_at(black_box(SVector::repeat(1.0))) {
                one_by_one(&fit, point);
            }
        }
    }
    if let Ok(fit) = Logistic::new(design, response) {
        every_penalty(&fit, fit.start());
        if let Ok(mut point) = fit.start_at(black_box(SVector::repeat(1.0))) {
            black_box(fit.separates(&mut point));
            one_by_one(&fit, point);
        }
    }
    let room = [SVector::<f32, M>::zeros(); K];
    if let Ok(fit) = Softmax::new(design, labels, SVector::<f32, { N * K }>::zeros(), room) {
        every_penalty(&fit, fit.start());
        if let Ok(mut point) = fit.start_at(black_box(SVector::repeat(1.0))) {
            black_box(fit.separates(&mut point));
            one_by_one(&fit, point);
        }
    }
}

/// What a descent by coordinates does not call.
#[inline(never)]
fn one_by_one<F: DataFit<Real = f32> + Clone>(fit: &F, mut point: F::Point) {
    fit.shift_block(&mut point, &black_box([0, 9, 3]), &black_box([1.0; 3]));
    black_box(fit.value(&point) + fit.second(&point, black_box(1), black_box(30)));
    black_box(fit.bound(black_box(1), black_box(2)));
    fit.restore(&mut point);
    let update = Matrix::new(SVector::<f32, 2>::zeros(), SVector::<f32, { packed(2) }>::zeros());
    if let (Ok(partition), Ok(stop)) =
        (Partition::consecutive([0; 4], black_box(2)), Stop::relative(black_box(1e-5)))
    {
        let descent = Descent::new(fit.clone(), Unpenalized, Cyclic::new(partition), update);
        let mut state = descent.start_from(point);
        let _ = black_box(solvekit::solve(&descent, &mut state, stop));
    }
}

#[inline(never)]
fn every_penalty<F: DataFit<Real = f32> + Clone>(fit: &F, start: F::Point) {
    let (first, second) = (black_box(0.5), black_box(3.0));
    descend(fit, &start, Some(Unpenalized));
    descend(fit, &start, L1::new(first).ok());
    descend(fit, &start, ElasticNet::new(first, second).ok());
    descend(fit, &start, NonNegative::new(first).ok());
    descend(fit, &start, Bounds::all(first, second).ok());
    let (lower, upper) = (SVector::<f32, 2>::repeat(first), SVector::repeat(second));
    descend(fit, &start, Bounds::new(lower, upper).ok());
    descend(fit, &start, Mcp::new(first, second).ok());
    descend(fit, &start, Scad::new(first, second).ok());
    if let Ok(group) = GroupL1::new(first, black_box(3), black_box(8)) {
        see(&group, fit.x(&start));
        black_box((group.group(black_box(5)), group.weight(black_box(6)), group.size()));
    }
}

/// Everything a penalty can be asked.
fn see<P: Penalty<f32>>(penalty: &P, x: &[f32]) {
    let mut v = black_box([1.0_f32; 5]);
    penalty.prox_block(&black_box([4, 0, 1, 7, 2]), black_box(0.5), &mut v);
    let j = black_box(3);
    black_box(penalty.total(x) + penalty.stationarity(x, |_| black_box(0.5)));
    black_box(penalty.slope(j, v[0]) + penalty.curvature(j, v[0]));
    black_box((v, penalty.sticks(j, black_box(0.0))));
}

fn descend<F, P>(fit: &F, start: &F::Point, penalty: Option<P>)
where
    F: DataFit<Real = f32> + Clone,
    P: Separable<f32>,
{
    let (Some(penalty), Ok(partition), Ok(stop)) =
        (penalty, Partition::consecutive([0; 4], black_box(3)), Stop::relative(1e-5))
    else {
        return;
    };
    see(&penalty, fit.x(start));
    let descent = Descent::new(fit.clone(), penalty, Cyclic::new(partition), Coordinate);
    let mut state = descent.start_from(start.clone());
    let report = solvekit::solve(&descent, &mut state, stop);
    let _ = black_box((report, descent.objective(&state.point)));
}
