//! Block coordinate descent: several compositions of rule and update.

use crate::case::Case;
use crate::oracle::{answer, complementary, dense};
use crate::sor::{dense_spd, read, uneven};
use rand_core::SeedableRng;
use rand_pcg::Pcg32;
use solvekit::bcd::rule::{
    Cyclic, GaussSouthwell, GaussSouthwellDiagonal, GaussSouthwellRowSum, Greedy, GreedyBlocks,
    GreedyQuadratic, GreedyQuadraticBlocks, Permuted, PermutedCoordinates, Proximal, Random,
    RandomCoordinates, Rule, Sampled, SampledCoordinates,
};
use solvekit::bcd::update::{
    Certified, Coordinate, Estimated, Exact, FactoredMatrix, Gradient, Matrix, Newton,
    ProximalNewton, RowSum, TwoMetric, Update,
};
use solvekit::bcd::{
    BlockFactors, Descent, DescentState, Extrapolated, ExtrapolatedState, Partition, history, room,
};
use solvekit::direct::packed;
use solvekit::fit::{Point, Quadratic};
use solvekit::penalty::Unpenalized;
use solvekit::{Constraint, Penalty, Real, SMatrix, SVector, Separable};
use std::fmt::Debug;

const N: usize = 7;
type Square<R> = SMatrix<R, N, N>;
type Vector<R> = SVector<R, N>;
type Three<R> = SVector<R, 3>;
type Kept<R> = Point<Vector<R>, Vector<R>>;
type Fit<'a, R> = Quadratic<'a, R, Square<R>>;

/// Not negative.
#[derive(Clone, Copy)]
struct NotNegative;

impl<R: Real> Penalty<R> for NotNegative {
    fn value(&self, _: usize, x: R) -> R {
        if x < R::ZERO { R::INFINITY } else { R::ZERO }
    }
    fn prox(&self, _: usize, _: R, v: R) -> R {
        if v < R::ZERO { R::ZERO } else { v }
    }
    fn distance(&self, _: usize, x: R, gradient: R) -> R {
        let inwards = x == R::ZERO && gradient >= R::ZERO;
        if inwards { R::ZERO } else { gradient.abs() }
    }
    fn slope(&self, _: usize, _: R) -> R {
        R::ZERO
    }
    fn sticks(&self, _: usize, x: R) -> bool {
        x == R::ZERO
    }
}
impl<R: Real> Separable<R> for NotNegative {}
impl<R: Real> Constraint<R> for NotNegative {}

fn check<'a, R, P, S, U>(
    name: &'static str,
    (fit, penalty, answer): (Fit<'a, R>, P, &[f64]),
    (rule, update): (S, U),
) where
    R: Real + Into<f64>,
    P: Penalty<R>,
    S: Rule<Fit<'a, R>, P>,
    U: Update<Fit<'a, R>, P>,
    S::State: Debug,
    U::State: Debug,
{
    let (tolerance, accuracy) =
        if R::EPSILON.into() < 1e-10 { (1e-10, 1e-9) } else { (1e-5, 3e-5) };
    let descent = Descent::new(fit, penalty, rule, update);
    Case {
        name,
        iteration: &descent,
        start: descent.start_from(fit.start()),
        read: |state: &DescentState<Kept<R>, S::State, U::State>| read(&state.point.x),
        poke: |state, i, value| state.point.x[i] = R::from_f64(value),
        answer: answer.to_vec(),
        accuracy,
        tolerance,
        ceiling: 400,
    }
    .check();
}

fn all<R: Real + Into<f64>>() {
    let (a, b) = (dense_spd::<R, N>(), Vector::<R>::from_fn(|k, _| uneven(k)));
    let fit = Quadratic::new(&a, &b).expect("a valid problem");
    let blocks = Partition::consecutive([0; N], 3).expect("blocks of 3, 3 and 1");
    let generator = || Pcg32::seed_from_u64(2);
    let (three, vector) = (Three::<R>::from_element(R::ZERO), Vector::<R>::from_element(R::ZERO));
    let triangle = SVector::<R, { packed(3) }>::from_element(R::ZERO);
    let work = SVector::<R, { room(3) }>::from_element(R::ZERO);
    let memory = SVector::<R, { 3 * packed(3) }>::from_element(R::ZERO);
    let factors = BlockFactors::new(&fit, blocks, memory).expect("positive definite");
    let free = || (fit, Unpenalized, answer(&a, b.as_slice()));
    let ones = three.map(|_| R::ONE);
    let newton = Newton::new(three, triangle);
    macro_rules! checks {
        ($problem:expr; $($name:literal: $rule:expr, $update:expr;)*) => {$({
            let (fit, penalty, answer) = $problem;
            check($name, (fit, penalty, &answer), ($rule, $update));
        })*};
    }
    checks!(free();
        "Descent: cyclic, coordinate": Cyclic::new(blocks), Coordinate;
        "Descent: permuted, matrix":
            Permuted::new(blocks, [0; 3], generator()).expect("room"), Matrix::new(three, triangle);
        "Descent: permuted coordinates, certified gradient":
            PermutedCoordinates::new(N, 3, [0; N], generator()).expect("room"),
            Gradient::new(Certified(work), three);
        "Descent: random, kept factors":
            Random::new(blocks, generator()), FactoredMatrix::new(&factors, three);
        "Descent: random coordinates, Newton":
            RandomCoordinates::new([0; 3], generator()).expect("a block"), newton;
        "Descent: sampled, exact":
            Sampled::lipschitz(&fit, blocks, ones, &mut [R::ZERO; room(3)], generator())
                .expect("room"),
            Exact::new(newton, R::EPSILON, 5);
        "Descent: sampled coordinates, estimated":
            SampledCoordinates::new([0; 3], three, generator()),
            Estimated::new(vector.map(|_| R::ONE), three).expect("positive");
        "Descent: GSL, row sums":
            GreedyBlocks::lipschitz(&fit, blocks, ones, &mut [R::ZERO; room(3)]).expect("room"),
            Gradient::new(RowSum, three);
        "Descent: GS, matrix":
            Greedy::new(GaussSouthwell, [0; 3], three), Matrix::new(three, triangle);
        "Descent: GSD, coordinate":
            Greedy::new(GaussSouthwellDiagonal, [0; 3], three), Coordinate;
        "Descent: row sums, matrix":
            Greedy::new(GaussSouthwellRowSum::new(&fit, vector).expect("room"), [0; 3], three),
            Matrix::new(three, triangle);
        "Descent: GSQ, kept factors":
            GreedyQuadraticBlocks::new(&factors, three), FactoredMatrix::new(&factors, three);
        "Descent: GSQ by search, matrix":
            GreedyQuadratic::scaled(&fit, fit.start(), [0; 3], three, three).expect("positive"),
            Matrix::new(three, triangle);
    );
    let lower = vector;
    let upper = vector.map(|_| R::INFINITY);
    // Raised, so that more coordinates work than a block has: no end within the first steps.
    let raised = b.map(|b| b + R::ONE);
    let fit = Quadratic::new(&a, &raised).expect("a valid problem");
    let bounded = || {
        let answer = complementary(&dense(&a), &read(&raised), &read(&lower), &read(&upper));
        let working = answer.iter().filter(|x| **x > 0.0).count();
        assert!(working > 3 && working < N, "too special: {answer:?}");
        (fit, NotNegative, answer)
    };
    let (two, pair) = (SVector::<R, 2>::from_element(R::ZERO), three);
    let greedy = || Greedy::new(Proximal, [0; 2], two);
    checks!(bounded();
        "Descent: not negative, two metrics":
            greedy(), TwoMetric::new(two, pair, R::from_f64(0.01));
        "Descent: not negative, proximal Newton": greedy(), ProximalNewton::new(two, pair, 20);
        "Descent: not negative, gradient": greedy(), Gradient::new(RowSum, two);
        "Descent: not negative, coordinate": Cyclic::new(blocks), Coordinate;
    );
}

type Memory<R> = SVector<R, { history(3, N) }>;

/// Leaps after every third pass, a pass being three steps.
fn leaping<R: Real + Into<f64>>() {
    let (a, b) = (dense_spd::<R, N>(), Vector::<R>::from_fn(|k, _| uneven(k)));
    let fit = Quadratic::new(&a, &b).expect("a valid problem");
    let rule = Cyclic::new(Partition::consecutive([0; N], 3).expect("blocks of 3, 3 and 1"));
    let descent = Descent::new(fit, Unpenalized, rule, Coordinate);
    let extrapolated = Extrapolated::new(descent, 3).expect("passes");
    let memory = Memory::<R>::from_element(R::ZERO);
    let (tolerance, accuracy) =
        if R::EPSILON.into() < 1e-10 { (1e-10, 1e-9) } else { (1e-5, 3e-5) };
    Case {
        name: "Extrapolated",
        iteration: &extrapolated,
        start: extrapolated.start_from(fit.start(), memory).expect("memory"),
        read: |state: &ExtrapolatedState<Kept<R>, (), Memory<R>>| read(&state.descent.point.x),
        poke: |state, i, value| state.descent.point.x[i] = R::from_f64(value),
        answer: answer(&a, b.as_slice()),
        accuracy,
        tolerance,
        ceiling: 400,
    }
    .check();
}

#[test]
fn leaping_f32() {
    leaping::<f32>();
}
#[test]
fn leaping_f64() {
    leaping::<f64>();
}
#[test]
fn descent_f32() {
    all::<f32>();
}
#[test]
fn descent_f64() {
    all::<f64>();
}
