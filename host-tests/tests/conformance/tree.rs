//! Block coordinate descent by forests, on every operator and both precisions.

use crate::case::Case;
use crate::oracle::answer;
use crate::sor::{dense_spd, grid, read, uneven};
use rand_pcg::Pcg32;
use solvekit::bcd::rule::{GaussSouthwellDiagonal, Rule};
use solvekit::bcd::tree::{GreedyTree, MessagePassing, RandomTree, TreePartition};
use solvekit::bcd::{Descent, DescentState};
use solvekit::fit::{DataFit, Point, Quadratic};
use solvekit::penalty::Unpenalized;
use solvekit::{Buffer, Real, RowOperator, SMatrix, SVector};
use solvekit_host::vector::Vector;
use std::fmt::Debug;

fn check_rule<'a, R, A, S>(name: &'static str, a: &'a A, b: &'a A::Range, rule: S)
where
    R: Real + Into<f64>,
    A: RowOperator<R>,
    S: Rule<Quadratic<'a, R, A>, Unpenalized>,
    S::State: Debug,
{
    let (tolerance, accuracy) =
        if R::EPSILON.into() < 1e-10 { (1e-10, 1e-9) } else { (1e-5, 3e-5) };
    let n = a.rows();
    let room = || std::array::from_fn(|_| Vector::filled(n, R::ZERO));
    let update = MessagePassing::new(std::array::from_fn(|_| vec![0; n]), room());
    let fit = Quadratic::new(a, b).expect("a valid system");
    let descent = Descent::new(fit, Unpenalized, rule, update);
    Case {
        name,
        iteration: &descent,
        start: descent.start_from(descent.fit().start()),
        read: |state: &DescentState<Point<A::Domain, A::Range>, _, _>| read(&state.point.x),
        poke: |state, i, value| state.point.x.as_mut_slice()[i] = R::from_f64(value),
        answer: answer(a, b.as_slice()),
        accuracy,
        tolerance,
        ceiling: 300,
    }
    .check();
}

/// Every kind of tree on one operator.
fn check<R: Real + Into<f64>, A: RowOperator<R>>(a: &A, b: &A::Range) {
    let n = a.rows();
    let before = format!("{b:?}");
    let room = || [vec![0; n], vec![0; n]];
    let greedy = GreedyTree::new(GaussSouthwellDiagonal, room(), Vector::filled(n, R::ZERO));
    check_rule("GreedyTree", a, b, greedy);
    check_rule("RandomTree", a, b, RandomTree::new(room(), Pcg32::new(3, 0)));
    let fit = Quadratic::new(a, b).expect("a valid system");
    let memory = std::array::from_fn(|_| vec![0; n]);
    let fixed = TreePartition::sorted(&fit, memory, vec![0; n], |j| fit.lipschitz(j));
    check_rule("TreePartition", a, b, fixed.expect("room"));
    assert_eq!(before, format!("{b:?}"), "the right-hand side was changed");
}

fn everywhere<R: Real + Into<f64>>() {
    check(&dense_spd::<R, 9>(), &SVector::<R, 9>::from_fn(|k, _| uneven(k)));
    let (stencil, sparse) = grid::<R>();
    check(&stencil, &SMatrix::from_fn(|i, j| uneven(i + 4 * j)));
    check(&sparse, &SVector::from_fn(|k, _| uneven(k)));
}

#[test]
fn every_operator_in_f32() {
    everywhere::<f32>();
}
#[test]
fn every_operator_in_f64() {
    everywhere::<f64>();
}
