//! Derivatives by every number.

use crate::dual::Dual;
use crate::planted::{Planted, infer};
use solvekit::network::{AdaLayer, AdaLista, BernoulliGaussian, Energies, Lista, Tista};
use solvekit::recovery::Sensing;
use solvekit::{LinearOperator, Real};
use solvekit_host::matrix::DenseMatrix;
use solvekit_host::network::pseudo_inverse;
use solvekit_host::training::gradient::{
    Element, Form, Goal, Loss, MatrixEvaluation, MatrixNetwork, MatrixNumbers, TistaForm,
};
use solvekit_host::vector::Vector;
use std::slice::from_ref;

pub(super) const SHAPE: (usize, usize) = (13, 22);
pub(super) const SIGNALS: usize = 19;
pub(super) const LAYERS: usize = 4;
const SQUARE_NORM: f64 = 4.0;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Lista,
    Ada,
    /// With this much noise.
    Tista(f64),
}

/// The last one's noise is more than is left: its error is held at its least.
const KINDS: [Kind; 4] = [Kind::Lista, Kind::Ada, Kind::Tista(1e-3), Kind::Tista(10.0)];

/// Steps, thresholds and matrices, with no order in them.
#[derive(Clone)]
pub(super) struct Numbers {
    pub(super) steps: Vec<f64>,
    pub(super) thresholds: Vec<f64>,
    pub(super) weights: Vec<Vec<f64>>,
}

pub(super) fn dictionary<R: Real>(planted: &Planted) -> DenseMatrix<R> {
    planted.matrix(&planted.a)
}

pub(super) fn numbers(planted: &Planted, kind: Kind) -> Numbers {
    let (m, n) = SHAPE;
    let a = |i: usize, j: usize| planted.a[j * m + i];
    let uneven = |place: usize| 0.02 * ((place * 37 % 101) as f64 / 50.0 - 1.0);
    let thresholds = (0..LAYERS).map(|k| 0.02 + 0.03 / (k + 1) as f64).collect();
    let steps = |unit: f64| (0..LAYERS).map(|k| unit * (0.8 + 0.13 * (k % 3) as f64)).collect();
    match kind {
        Kind::Lista => {
            let b = (0..n * m).map(|place| a(place / n, place % n) / SQUARE_NORM + uneven(place));
            let c = (0..n * n).map(|place| {
                let (i, j) = (place % n, place / n);
                let gram: f64 = (0..m).map(|row| a(row, i) * a(row, j)).sum();
                f64::from(u8::from(i == j)) - gram / SQUARE_NORM + uneven(place + 7)
            });
            Numbers { steps: vec![], thresholds, weights: vec![b.collect(), c.collect()] }
        }
        Kind::Ada => {
            let w = |off: usize| {
                let entry =
                    |place| f64::from(u8::from(place % m == place / m)) + uneven(place + off);
                (0..m * m).map(entry).collect()
            };
            Numbers { steps: steps(1.0 / SQUARE_NORM), thresholds, weights: vec![w(3), w(50)] }
        }
        Kind::Tista(_) => Numbers { steps: steps(1.0), thresholds: vec![], weights: vec![] },
    }
}

const DENSITY: f64 = 0.1;
const VARIANCE: f64 = 1.3;

/// (AAᵀ)⁻¹A, as a table that both precisions read.
fn weight<R: Real>(planted: &Planted) -> DenseMatrix<R> {
    let weight = pseudo_inverse(&dictionary(planted)).expect("independent rows");
    let wide: Vec<f64> = weight.dense().values().iter().map(|w| f64::from(*w)).collect();
    planted.matrix(&wide)
}

/// x after the first of the deployed layers.
fn deployed<R: Real>(
    planted: &Planted,
    kind: Kind,
    (steps, thresholds, weights): (&[R], &[R], &[Vec<R>]),
    y: &[R],
) -> Vec<R> {
    let a = dictionary::<R>(planted);
    let y = Vector::from(y.to_vec());
    let sensing = Sensing::new(&a, &y).expect("good measurements");
    let (m, n) = SHAPE;
    let matrix = |rows: usize, values: &Vec<R>| {
        DenseMatrix::from_columns(rows, values.clone()).expect("whole columns")
    };
    match kind {
        Kind::Lista => {
            let (b, c) = (matrix(n, &weights[0]), matrix(n, &weights[1]));
            infer(sensing, Lista::new(&a, from_ref(&b), from_ref(&c), thresholds).expect("layers"))
        }
        Kind::Ada => {
            let (w1, w2) = (matrix(m, &weights[0]), matrix(m, &weights[1]));
            let both = steps.iter().zip(thresholds);
            let layers: Vec<_> = both
                .map(|(step, threshold)| AdaLayer { step: *step, threshold: *threshold })
                .collect();
            infer(sensing, AdaLista::new(&a, &w1, &w2, layers).expect("layers"))
        }
        Kind::Tista(noise) => {
            let weight = weight(planted);
            let prior = BernoulliGaussian::new(R::from_f64(DENSITY), R::from_f64(VARIANCE))
                .expect("a prior");
            infer(
                sensing,
                Tista::new(&a, &weight, prior, R::from_f64(noise), steps).expect("layers"),
            )
        }
    }
}

/// The mean loss, every layer counted by its weight.
pub(super) fn loss<R: Real>(
    planted: &Planted,
    kind: Kind,
    goal: &Goal,
    (steps, thresholds, weights): (&[R], &[R], &[Vec<R>]),
) -> R {
    let mut total = R::ZERO;
    for (x, y) in planted.x.iter().zip(&planted.y) {
        let y: Vec<R> = y.iter().map(|y| R::from_f64(*y)).collect();
        for (k, weight) in goal.weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
            let (steps, thresholds) =
                (&steps[..steps.len().min(k + 1)], &thresholds[..thresholds.len().min(k + 1)]);
            let found = deployed(planted, kind, (steps, thresholds, weights), &y);
            for (found, x) in found.iter().zip(x) {
                let off = *found - R::from_f64(*x);
                total += R::from_f64(*weight) * off * off;
            }
        }
    }
    total / R::from_u32(planted.y.len() as u32)
}

pub(super) fn network<T: Element>(planted: &Planted, kind: Kind) -> MatrixNetwork<T> {
    let a = dictionary::<T>(planted);
    let form = match kind {
        Kind::Lista => Form::Lista,
        Kind::Ada => Form::AdaLista,
        Kind::Tista(noise) => {
            let weight = weight(planted);
            let energies = Energies::of(&a, &weight);
            let [density, variance, noise] = [DENSITY, VARIANCE, noise].map(T::from_f64);
            Form::Tista(TistaForm { weight, density, variance, noise, energies })
        }
    };
    MatrixNetwork::new(a, form)
}

pub(super) fn own<T: Element>(kind: Kind, numbers: &Numbers) -> MatrixNumbers<T> {
    let (m, n) = SHAPE;
    let round = |values: &[f64]| values.iter().map(|value| T::from_f64(*value)).collect::<Vec<T>>();
    let rows = if kind == Kind::Lista { n } else { m };
    let matrix = |w: &Vec<f64>| DenseMatrix::from_columns(rows, round(w)).expect("whole columns");
    MatrixNumbers {
        steps: round(&numbers.steps),
        thresholds: round(&numbers.thresholds),
        splines: Vec::new(),
        weights: numbers.weights.iter().map(matrix).collect(),
    }
}

fn gradient<T: Element>(planted: &Planted, kind: Kind, goal: &Goal) -> MatrixEvaluation<T> {
    let own = own(kind, &numbers(planted, kind));
    network::<T>(planted, kind).gradient(&own, goal, &planted.batch()).expect("good numbers")
}

pub(super) fn goals() -> [Goal; 2] {
    [Goal::last(Loss::Supervised, LAYERS), Goal::anytime(Loss::Supervised, LAYERS)]
}

#[test]
fn derivatives_are_those_of_dual_numbers_through_the_deployed_layers() {
    let planted = Planted::draw(31, SHAPE, SIGNALS);
    for (kind, goal) in KINDS.into_iter().flat_map(|kind| goals().map(|goal| (kind, goal))) {
        let own = gradient::<f64>(&planted, kind, &goal);
        let plain = numbers(&planted, kind);
        let dual = |values: &[f64]| values.iter().copied().map(Dual::constant).collect::<Vec<_>>();
        let (steps, thresholds) = (dual(&plain.steps), dual(&plain.thresholds));
        let weights: Vec<Vec<Dual>> = plain.weights.iter().map(|w| dual(w)).collect();
        let close = |found: f64, exact: Dual, scale: f64, about: &str| {
            let about = format!("{about} of {kind:?}, {goal:?}");
            // Sums of some thousand roundings of numbers of this size.
            assert!((found - exact.slope).abs() <= 1e-11 * scale, "{about}: {found} {exact:?}");
            let loss = own.evaluation.loss;
            assert!((loss - exact.value).abs() <= 1e-12 * loss, "{about}: {loss} {exact:?}");
        };
        let largest = |slopes: &[f64]| slopes.iter().fold(0.0_f64, |most, s| most.max(s.abs()));
        let evaluation = &own.evaluation;
        for k in 0..plain.steps.len() {
            let mut moved = steps.clone();
            moved[k] = Dual::variable(moved[k].value);
            let exact = loss(&planted, kind, &goal, (&moved, &thresholds, &weights));
            close(evaluation.by_step[k], exact, largest(&evaluation.by_step), "γ");
        }
        for k in 0..plain.thresholds.len() {
            let mut moved = thresholds.clone();
            moved[k] = Dual::variable(moved[k].value);
            let exact = loss(&planted, kind, &goal, (&steps, &moved, &weights));
            close(evaluation.by_threshold[k], exact, largest(&evaluation.by_threshold), "θ");
        }
        assert_eq!(own.by_weights.len(), weights.len());
        for (which, slopes) in own.by_weights.iter().enumerate() {
            assert_eq!(slopes.len(), weights[which].len());
            for place in (which..slopes.len()).step_by(23) {
                let mut moved = weights.clone();
                moved[which][place] = Dual::variable(moved[which][place].value);
                let exact = loss(&planted, kind, &goal, (&steps, &thresholds, &moved));
                close(slopes[place], exact, largest(slopes), &format!("matrix {which}, {place}"));
            }
        }
        let all = evaluation.by_step.iter().chain(&evaluation.by_threshold);
        let all: Vec<f64> = all.chain(own.by_weights.iter().flatten()).copied().collect();
        assert!(all.iter().filter(|slope| **slope != 0.0).count() > all.len() / 2, "{kind:?}");
    }
}

/// Central differences, where no entry crosses its threshold between the two.
#[test]
fn derivatives_are_limits_of_differences() {
    let planted = Planted::draw(32, SHAPE, SIGNALS);
    let goal = Goal::last(Loss::Supervised, LAYERS);
    for kind in KINDS {
        let own = gradient::<f64>(&planted, kind, &goal);
        let plain = numbers(&planted, kind);
        let close = |change: &dyn Fn(&mut Numbers, f64), exact: f64| {
            let at = |by: f64| {
                let mut moved = plain.clone();
                change(&mut moved, by);
                loss(&planted, kind, &goal, (&moved.steps, &moved.thresholds, &moved.weights))
            };
            let difference = (at(1e-6) - at(-1e-6)) / 2e-6;
            // The third derivative times 1e-12, and rounding over 1e-6: both far below.
            let off = (difference - exact).abs();
            assert!(off <= 1e-6 * (1.0 + exact.abs()), "{kind:?}: {difference} {exact}");
        };
        for (k, exact) in own.evaluation.by_step.iter().enumerate() {
            close(&|numbers, by| numbers.steps[k] += by, *exact);
        }
        for (k, exact) in own.evaluation.by_threshold.iter().enumerate() {
            close(&|numbers, by| numbers.thresholds[k] += by, *exact);
        }
        for (which, slopes) in own.by_weights.iter().enumerate() {
            for place in (0..slopes.len()).step_by(41) {
                close(&|numbers, by| numbers.weights[which][place] += by, slopes[place]);
            }
        }
    }
}

#[test]
fn forward_is_the_deployed_layers_to_the_bit() {
    let planted = Planted::draw(33, SHAPE, 5);
    for kind in KINDS {
        let plain = own::<f32>(kind, &numbers(&planted, kind));
        let weights: Vec<Vec<f32>> = plain.weights.iter().map(|w| w.values().to_vec()).collect();
        for y in &planted.y {
            let y: Vec<f32> = y.iter().map(|y| *y as f32).collect();
            let found = network::<f32>(&planted, kind).infer(&plain, &y).expect("good numbers");
            let last = found.and_then(|mut all| all.pop()).expect("good measurements");
            let all = (&*plain.steps, &*plain.thresholds, &*weights);
            let bits = |x: &[f32]| x.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&last), bits(&deployed(&planted, kind, all, &y)), "{kind:?}");
        }
    }
}

#[test]
fn threads_change_no_bit() {
    let planted = Planted::draw(34, SHAPE, 61);
    for kind in KINDS {
        let with = |threads: usize| {
            let pool =
                rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            pool.install(|| gradient::<f32>(&planted, kind, &goals()[1]))
        };
        let one = with(1);
        assert!(one.evaluation.loss > 0.0);
        for threads in [2, 3, 8] {
            assert_eq!(with(threads), one, "{kind:?}");
        }
    }
}

/// What no layer can start with, and numbers that make none.
#[test]
fn bad_input_is_an_error_or_no_number() {
    let planted = Planted::draw(35, SHAPE, 3);
    let goal = Goal::last(Loss::Supervised, LAYERS);
    for kind in KINDS {
        let network = network::<f64>(&planted, kind);
        let good = own::<f64>(kind, &numbers(&planted, kind));
        let mut batch = planted.batch();
        batch.set(1, &[f64::NAN; SHAPE.0], None);
        let found = network.gradient(&good, &goal, &batch).expect("good numbers");
        assert!(found.evaluation.loss.is_nan());
        assert_eq!(network.infer(&good, &[f64::NAN; SHAPE.0]).expect("good numbers"), None);
        let mut bad = good.clone();
        match kind {
            Kind::Lista => bad.thresholds[1] = -1.0,
            Kind::Ada => drop(bad.weights.pop()),
            Kind::Tista(_) => bad.steps[2] = 0.0,
        }
        assert!(network.gradient(&bad, &goal, &planted.batch()).is_err(), "{kind:?}");
    }
    assert_eq!(dictionary::<f64>(&planted).rows(), SHAPE.0);
}
