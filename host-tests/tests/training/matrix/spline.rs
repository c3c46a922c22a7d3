//! A learned shrinkage in LISTA and Ada-LISTA: derivatives against dual numbers through the deployed
//! layers, forward passes to the bit.

use super::gradient::{Kind, LAYERS, SHAPE, SIGNALS, dictionary, goals, network, numbers, own};
use crate::dual::Dual;
use crate::planted::{Planted, infer};
use crate::spline::{FORMS, Form, Table, spline};
use solvekit::Real;
use solvekit::network::{AdaLayer, AdaLista, Lista, NetworkError, Spline};
use solvekit::recovery::Sensing;
use solvekit_host::matrix::DenseMatrix;
use solvekit_host::training::gradient::{Element, Goal, Loss, MatrixEvaluation, MatrixNumbers};
use solvekit_host::vector::Vector;
use std::slice::from_ref;

const KINDS: [Kind; 2] = [Kind::Lista, Kind::Ada];

fn cases() -> impl Iterator<Item = (Kind, Form)> {
    KINDS.into_iter().flat_map(|kind| FORMS.map(|form| (kind, form)))
}

/// All that is learned.
#[derive(Clone)]
struct All<R> {
    steps: Vec<R>,
    thresholds: Vec<R>,
    weights: Vec<Vec<R>>,
    tables: Vec<Table<R>>,
}

fn all<R: Real>(planted: &Planted, kind: Kind, form: Form) -> All<R> {
    let plain = numbers(planted, kind);
    let round = |values: &[f64]| values.iter().map(|value| R::from_f64(*value)).collect();
    All {
        steps: round(&plain.steps),
        thresholds: round(&plain.thresholds),
        weights: plain.weights.iter().map(|w| round(w)).collect(),
        tables: form.tables()[..LAYERS].to_vec(),
    }
}

/// x after the first of the deployed layers.
fn deployed<R: Real>(planted: &Planted, kind: Kind, all: &All<R>, k: usize, y: &[R]) -> Vec<R> {
    let (a, y) = (dictionary::<R>(planted), Vector::from(y.to_vec()));
    let sensing = Sensing::new(&a, &y).expect("good measurements");
    let (m, n) = SHAPE;
    let rows = if kind == Kind::Lista { n } else { m };
    let matrix =
        |values: &Vec<R>| DenseMatrix::from_columns(rows, values.clone()).expect("whole columns");
    let (first, second) = (matrix(&all.weights[0]), matrix(&all.weights[1]));
    let splines: Vec<Spline<R>> = all.tables[..k].iter().map(spline).collect();
    let thresholds = &all.thresholds[..k];
    if kind == Kind::Lista {
        let layers =
            Lista::new(&a, from_ref(&first), from_ref(&second), thresholds).expect("layers");
        infer(sensing, layers.with_shrinkage(&*splines).expect("one for each"))
    } else {
        let both = all.steps.iter().zip(thresholds);
        let layers: Vec<_> =
            both.map(|(step, threshold)| AdaLayer { step: *step, threshold: *threshold }).collect();
        let layers = AdaLista::new(&a, &first, &second, layers).expect("layers");
        infer(sensing, layers.with_shrinkage(&*splines).expect("one for each"))
    }
}

/// The mean loss, every layer counted by its weight.
fn loss<R: Real>(planted: &Planted, kind: Kind, goal: &Goal, all: &All<R>) -> R {
    let mut total = R::ZERO;
    for (x, y) in planted.x.iter().zip(&planted.y) {
        let y: Vec<R> = y.iter().map(|y| R::from_f64(*y)).collect();
        for (k, weight) in goal.weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
            for (found, x) in deployed(planted, kind, all, k + 1, &y).iter().zip(x) {
                let off = *found - R::from_f64(*x);
                total += R::from_f64(*weight) * off * off;
            }
        }
    }
    total / R::from_u32(planted.y.len() as u32)
}

fn learned<T: Element>(planted: &Planted, kind: Kind, form: Form) -> MatrixNumbers<T> {
    let splines = form.tables()[..LAYERS].iter().map(spline).collect();
    MatrixNumbers { splines, ..own(kind, &numbers(planted, kind)) }
}

fn gradient<T: Element>(
    planted: &Planted,
    (kind, form): (Kind, Form),
    goal: &Goal,
) -> MatrixEvaluation<T> {
    let own = learned::<T>(planted, kind, form);
    network::<T>(planted, kind).gradient(&own, goal, &planted.batch()).expect("good numbers")
}

#[test]
fn derivatives_are_those_of_dual_numbers_through_the_deployed_layers() {
    let planted = Planted::draw(41, SHAPE, SIGNALS);
    for ((kind, form), goal) in cases().flat_map(|case| goals().map(|goal| (case, goal))) {
        let about = format!("{kind:?}, {form:?}, {goal:?}");
        let own = gradient::<f64>(&planted, (kind, form), &goal);
        let evaluation = &own.evaluation;
        let plain = all::<Dual>(&planted, kind, form);
        let exact = |change: &dyn Fn(&mut All<Dual>)| {
            let mut moved = plain.clone();
            change(&mut moved);
            loss(&planted, kind, &goal, &moved)
        };
        let largest = |slopes: &[f64]| slopes.iter().fold(0.0_f64, |most, s| most.max(s.abs()));
        let close = |found: f64, exact: Dual, scale: f64, what: &str| {
            // Sums of some thousand roundings of numbers of this size.
            let off = (found - exact.slope).abs();
            assert!(off <= 1e-12 * scale.max(1.0), "{about}, {what}: {found} {exact:?}");
            let off = (evaluation.loss - exact.value).abs();
            assert!(off <= 1e-12 * evaluation.loss, "{about}: {} {exact:?}", evaluation.loss);
        };
        let variable = |number: &mut Dual| *number = Dual::variable(number.value);
        for (k, found) in evaluation.by_step.iter().enumerate() {
            let exact = exact(&|all| variable(&mut all.steps[k]));
            close(*found, exact, largest(&evaluation.by_step), "γ");
        }
        assert_eq!(evaluation.by_step.len(), plain.steps.len());
        for (k, found) in evaluation.by_threshold.iter().enumerate() {
            let exact = exact(&|all| variable(&mut all.thresholds[k]));
            close(*found, exact, largest(&evaluation.by_threshold), "θ");
        }
        assert_eq!(evaluation.by_value.len(), LAYERS);
        let mut moved = 0;
        for (k, by_value) in evaluation.by_value.iter().enumerate() {
            assert_eq!(by_value.len(), 4);
            for (i, found) in by_value.iter().enumerate() {
                if plain.tables[k].1[i].value == 0.0 {
                    assert_eq!(*found, 0.0, "{about}: a zero counts as fixed");
                    continue;
                }
                let exact = exact(&|all| variable(&mut all.tables[k].1[i]));
                close(*found, exact, largest(by_value), &format!("w {i} of {k}"));
                moved += usize::from(*found != 0.0);
            }
        }
        assert!(moved >= 2 * LAYERS, "{about}: nothing to compare");
        for (which, slopes) in own.by_weights.iter().enumerate() {
            for place in (which..slopes.len()).step_by(29) {
                let exact = exact(&|all| variable(&mut all.weights[which][place]));
                close(slopes[place], exact, largest(slopes), &format!("{which}, {place}"));
            }
        }
        let all: Vec<f64> = own.by_weights.iter().flatten().copied().collect();
        assert!(all.iter().filter(|slope| **slope != 0.0).count() > all.len() / 2, "{about}");
    }
}

/// Central differences, where no entry crosses a knot between the two.
#[test]
fn derivatives_are_limits_of_differences() {
    let planted = Planted::draw(42, SHAPE, SIGNALS);
    let goal = Goal::last(Loss::Supervised, LAYERS);
    for (kind, form) in cases() {
        let own = gradient::<f64>(&planted, (kind, form), &goal);
        let plain = all::<f64>(&planted, kind, form);
        for (k, by_value) in own.evaluation.by_value.iter().enumerate() {
            for (i, exact) in by_value.iter().enumerate().filter(|(_, d)| **d != 0.0) {
                let at = |by: f64| {
                    let mut moved = plain.clone();
                    moved.tables[k].1[i] += by;
                    loss(&planted, kind, &goal, &moved)
                };
                let difference = (at(1e-6) - at(-1e-6)) / 2e-6;
                // The third derivative times 1e-12, and rounding over 1e-6: both far below.
                let off = (difference - exact).abs();
                assert!(off <= 1e-6 * (1.0 + exact.abs()), "{kind:?}: {difference} {exact}");
            }
        }
    }
}

#[test]
fn forward_is_the_deployed_layers_to_the_bit() {
    let planted = Planted::draw(43, SHAPE, 5);
    for (kind, form) in cases() {
        let own = learned::<f32>(&planted, kind, form);
        let all = all::<f32>(&planted, kind, form);
        for y in &planted.y {
            let y: Vec<f32> = y.iter().map(|y| *y as f32).collect();
            let found = network::<f32>(&planted, kind).infer(&own, &y).expect("good numbers");
            for (k, found) in found.expect("good measurements").iter().enumerate() {
                let exact = deployed(&planted, kind, &all, k + 1, &y);
                let bits = |x: &[f32]| x.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
                assert_eq!(bits(found), bits(&exact), "{kind:?}, {form:?}");
            }
        }
    }
}

/// Soft thresholding as a spline is soft thresholding, on the way back too.
#[test]
fn one_knot_at_the_threshold_changes_nothing() {
    let planted = Planted::draw(44, SHAPE, SIGNALS);
    for (kind, goal) in KINDS.into_iter().flat_map(|kind| goals().map(|goal| (kind, goal))) {
        let plain = own::<f64>(kind, &numbers(&planted, kind));
        let one = Spline::soft(&[1.0]).expect("a knot at the threshold");
        let bent = MatrixNumbers { splines: vec![one; LAYERS], ..plain.clone() };
        let of = |numbers| {
            let network = network::<f64>(&planted, kind);
            network.gradient(numbers, &goal, &planted.batch()).expect("good numbers")
        };
        let (plain, bent) = (of(&plain), of(&bent));
        assert_eq!(bent.evaluation.loss, plain.evaluation.loss);
        let flat = |of: &MatrixEvaluation<f64>| {
            let by = of.evaluation.by_step.iter().chain(&of.evaluation.by_threshold);
            by.chain(of.by_weights.iter().flatten()).copied().collect::<Vec<_>>()
        };
        let (plain, bent) = (flat(&plain), flat(&bent));
        let largest = plain.iter().fold(0.0_f64, |most, s| most.max(s.abs()));
        for (plain, bent) in plain.iter().zip(&bent) {
            // A x is summed in another order.
            assert!((plain - bent).abs() <= 1e-13 * largest, "{kind:?}: {plain} {bent}");
        }
    }
}

#[test]
fn threads_change_no_bit() {
    let planted = Planted::draw(45, SHAPE, 61);
    for case in cases() {
        let with = |threads: usize| {
            let pool =
                rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            pool.install(|| gradient::<f32>(&planted, case, &goals()[1]))
        };
        let one = with(1);
        assert!(one.evaluation.by_value.iter().flatten().any(|slope| *slope != 0.0));
        for threads in [2, 3, 8] {
            assert_eq!(with(threads), one, "{case:?}");
        }
    }
}

#[test]
fn a_spline_too_few_is_refused() {
    let planted = Planted::draw(46, SHAPE, 3);
    let goal = Goal::last(Loss::Supervised, LAYERS);
    for (kind, form) in cases() {
        let mut bad = learned::<f64>(&planted, kind, form);
        bad.splines.pop();
        let told = network::<f64>(&planted, kind).gradient(&bad, &goal, &planted.batch());
        let expected = NetworkError::Length { expected: LAYERS, found: LAYERS - 1 };
        assert_eq!(told.err(), Some(expected));
    }
}
