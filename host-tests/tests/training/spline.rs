//! A learned shrinkage: derivatives against dual numbers through the deployed layers, forward passes
//! to the bit, and whole trainings.

use crate::dual::Dual;
use crate::matrix::trained::nmse_db;
use crate::planted::{Kind, LAMBDA, Planted, infer, numbers, residual};
use solvekit::Real;
use solvekit::network::{Coupled, CoupledLayer, Spline};
use solvekit::recovery::Sensing;
use solvekit_host::matrix::DenseMatrix;
use solvekit_host::network::{Model, Numbers};
use solvekit_host::training::gradient::{
    Element, Evaluation, Goal, Layer, Loss, Packed, Space, Unrolled, Weights,
};
use solvekit_host::training::{
    Drawn, Network, Objective, Passing, Plan, Shrinkage, Source, Standing, TrainError, Training,
};
use solvekit_host::vector::Vector;
use std::path::Path;

const SHAPE: (usize, usize) = (17, 30);
const SIGNALS: usize = 11;
const LAYERS: usize = 5;
const KINDS: [Kind; 2] = [Kind::Shared, Kind::Each];

/// As they are trained: zero up to the threshold. And everything different from zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Form {
    Dead,
    Leaky,
}

/// Knots and values.
pub(crate) type Table<R> = (Vec<R>, Vec<R>);

pub(crate) const FORMS: [Form; 2] = [Form::Dead, Form::Leaky];

impl Form {
    /// Knots and values of layer k, uneven on purpose.
    fn table(self, k: usize) -> Table<f64> {
        let (knots, values) = match self {
            Self::Dead => ([1.0, 1.7, 3.0, 6.0], [0.0, 0.4, 2.4, 5.6]),
            Self::Leaky => ([0.4, 1.0, 2.0, 5.0], [0.05, 0.3, 1.5, 4.4]),
        };
        let lift = |w: &f64| w * (1.0 + 0.06 * (k % 3) as f64);
        (knots.to_vec(), values.iter().map(lift).collect())
    }

    pub(crate) fn tables<R: Real>(self) -> Vec<Table<R>> {
        let round = |all: Vec<f64>| all.into_iter().map(R::from_f64).collect();
        (0..LAYERS).map(|k| self.table(k)).map(|(u, w)| (round(u), round(w))).collect()
    }
}

pub(crate) fn spline<R: Real>((knots, values): &Table<R>) -> Spline<R> {
    Spline::new(knots, values).expect("a spline")
}

/// Of every layer: γ, θ and the share that passes; W; knots and values.
#[derive(Clone)]
struct All<R> {
    numbers: Vec<(R, R, R)>,
    weights: Vec<DenseMatrix<R>>,
    tables: Vec<Table<R>>,
}

fn all<R: Real>(planted: &Planted, kind: Kind, form: Form) -> All<R> {
    let (a, w) = (planted.matrix(&planted.a), planted.matrix(&planted.w));
    let each = |k: usize| if k % 2 == 1 && kind == Kind::Each { a.clone() } else { w.clone() };
    All {
        numbers: (0..LAYERS).map(|k| numbers(kind, k)).collect(),
        weights: (0..LAYERS).map(each).collect(),
        tables: form.tables(),
    }
}

/// x after the first of the deployed layers.
fn deployed<R: Real>(a: &DenseMatrix<R>, all: &All<R>, layers: usize, y: &[R]) -> Vec<R> {
    let y = Vector::from(y.to_vec());
    let sensing = Sensing::new(a, &y).expect("good measurements");
    let layer = |(step, threshold, passing): &(R, R, R)| CoupledLayer {
        step: *step,
        threshold: *threshold,
        passing: *passing,
    };
    let own: Vec<_> = all.numbers[..layers].iter().map(layer).collect();
    let splines: Vec<_> = all.tables[..layers].iter().map(spline).collect();
    let coupled = Coupled::new(a, &all.weights[..layers], own).expect("layers");
    infer(sensing, coupled.with_shrinkage(&*splines).expect("one for each"))
}

/// The mean loss after the deployed layers, summed over layers by weight.
fn loss<R: Real>(planted: &Planted, goal: &Goal, all: &All<R>) -> R {
    let a = planted.matrix::<R>(&planted.a);
    let mut total = R::ZERO;
    for (x, y) in planted.x.iter().zip(&planted.y) {
        let y: Vec<R> = y.iter().map(|y| R::from_f64(*y)).collect();
        for (k, weight) in goal.weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
            let found = deployed(&a, all, k + 1, &y);
            let (mut apart, mut sizes) = (R::ZERO, R::ZERO);
            for (found, x) in found.iter().zip(x) {
                let off = *found - R::from_f64(*x);
                apart += off * off;
                sizes += found.abs();
            }
            let squares = residual(&a, &found, &y).into_iter().fold(R::ZERO, |sum, r| sum + r * r);
            let lasso = R::from_f64(0.5) * squares + R::from_f64(LAMBDA) * sizes;
            total +=
                R::from_f64(*weight) * if goal.loss == Loss::Supervised { apart } else { lasso };
        }
    }
    total / R::from_u32(planted.y.len() as u32)
}

fn unrolled<T: Element>(planted: &Planted, kind: Kind, all: &All<T>) -> Unrolled<T> {
    let weights = match kind {
        Kind::Shared => Weights::Shared(Packed::new(&all.weights[0])),
        _ => Weights::Each(all.weights.iter().map(Packed::new).collect()),
    };
    Unrolled::new(&planted.matrix(&planted.a), weights).expect("the same shape")
}

fn layers<T: Element>(all: &All<T>, n: usize) -> Vec<Layer<T>> {
    let layer = |((step, threshold, passing), table): (&(T, T, T), &Table<T>)| {
        Layer::coupled(*step, *threshold, *passing, n).with_spline(spline(table))
    };
    all.numbers.iter().zip(&all.tables).map(layer).collect()
}

fn gradient<T: Element>(
    planted: &Planted,
    kind: Kind,
    form: Form,
    goal: &Goal,
) -> (Evaluation, Vec<Vec<T>>) {
    let all = all::<T>(planted, kind, form);
    let mut space = Space::new();
    let network = unrolled(planted, kind, &all);
    let found =
        network.gradient(&layers(&all, planted.columns), goal, &planted.batch(), &mut space);
    (found, network.weight_derivatives(LAYERS, &space))
}

#[test]
fn derivatives_are_those_of_dual_numbers_through_the_deployed_layers() {
    let planted = Planted::draw(25, SHAPE, SIGNALS);
    let losses = [Loss::Supervised, Loss::Lasso { lambda: LAMBDA }];
    let goals = losses.map(|loss| [Goal::last(loss, LAYERS), Goal::anytime(loss, LAYERS)]);
    let cases = KINDS.iter().flat_map(|kind| FORMS.map(|form| (*kind, form)));
    for ((kind, form), goal) in
        cases.flat_map(|case| goals.iter().flatten().map(move |g| (case, g)))
    {
        let about = format!("{kind:?}, {form:?}, {goal:?}");
        let (own, by_weights) = gradient::<f64>(&planted, kind, form, goal);
        let plain = all::<Dual>(&planted, kind, form);
        let exact = |change: &dyn Fn(&mut All<Dual>)| {
            let mut moved = plain.clone();
            change(&mut moved);
            loss(&planted, goal, &moved)
        };
        let largest = |slopes: &[f64]| slopes.iter().fold(0.0_f64, |most, s| most.max(s.abs()));
        let close = |found: f64, exact: Dual, scale: f64, what: &str| {
            // Both are sums of some thousand roundings of numbers of this size.
            let off = (found - exact.slope).abs();
            assert!(off <= 1e-12 * scale.max(1.0), "{about}, {what}: {found} {exact:?}");
            let off = (own.loss - exact.value).abs();
            assert!(off <= 1e-12 * own.loss, "{about}: {} {exact:?}", own.loss);
        };
        let variable = |number: &mut Dual| *number = Dual::variable(number.value);
        let mut moved = 0;
        for k in 0..LAYERS {
            let by_step = exact(&|all| variable(&mut all.numbers[k].0));
            close(own.by_step[k], by_step, largest(&own.by_step), &format!("γ of {k}"));
            let by_threshold = exact(&|all| variable(&mut all.numbers[k].1));
            close(own.by_threshold[k], by_threshold, largest(&own.by_threshold), &format!("θ {k}"));
            assert_eq!(own.by_value[k].len(), 4);
            for (i, found) in own.by_value[k].iter().enumerate() {
                if plain.tables[k].1[i].value == 0.0 {
                    assert_eq!(*found, 0.0, "{about}: a zero counts as fixed");
                    continue;
                }
                let by_value = exact(&|all| variable(&mut all.tables[k].1[i]));
                close(*found, by_value, largest(&own.by_value[k]), &format!("w {i} of {k}"));
                moved += usize::from(*found != 0.0);
            }
            let of_zero = usize::from(form == Form::Dead);
            assert!(moved >= (k + 1) * (3 - of_zero), "{about}: nothing to compare");
        }
        if kind == Kind::Each {
            for (k, own) in by_weights.iter().enumerate() {
                for place in (k..SHAPE.0 * SHAPE.1).step_by(67) {
                    let exact = exact(&|all| {
                        let mut values = all.weights[k].values().to_vec();
                        variable(&mut values[place]);
                        all.weights[k] = DenseMatrix::from_columns(SHAPE.0, values).expect("whole");
                    });
                    close(own[place], exact, largest(own), &format!("W of {k}, {place}"));
                }
            }
        }
    }
}

/// Central differences, where no entry crosses a knot between the two.
#[test]
fn derivatives_are_limits_of_differences() {
    let planted = Planted::draw(26, SHAPE, SIGNALS);
    let goal = Goal::last(Loss::Supervised, LAYERS);
    for form in FORMS {
        let (own, _) = gradient::<f64>(&planted, Kind::Shared, form, &goal);
        let plain = all::<f64>(&planted, Kind::Shared, form);
        for k in 0..LAYERS {
            for (i, exact) in own.by_value[k].iter().enumerate().filter(|(_, d)| **d != 0.0) {
                let at = |by: f64| {
                    let mut moved = plain.clone();
                    moved.tables[k].1[i] += by;
                    loss(&planted, &goal, &moved)
                };
                let difference = (at(1e-6) - at(-1e-6)) / 2e-6;
                // The third derivative times 1e-12, and rounding over 1e-6: both far below.
                let off = (difference - exact).abs();
                assert!(off <= 1e-6 * (1.0 + exact.abs()), "{form:?}: {difference} {exact}");
            }
        }
    }
}

fn compare<T: Element>(shape: (usize, usize), signals: usize) {
    let planted = Planted::draw(8, shape, signals);
    let a = planted.matrix::<T>(&planted.a);
    for (kind, form) in KINDS.into_iter().flat_map(|kind| FORMS.map(|form| (kind, form))) {
        let all = all::<T>(&planted, kind, form);
        let found = unrolled(&planted, kind, &all).infer(&layers(&all, shape.1), &planted.batch());
        let mut entries = 0;
        for (found, y) in found.iter().zip(&planted.y) {
            let y: Vec<T> = y.iter().map(|y| T::from_f64(*y)).collect();
            // Debug writes enough digits to tell any two numbers apart, and the sign of a zero.
            let plain = deployed(&a, &all, LAYERS, &y);
            assert_eq!(format!("{found:?}"), format!("{plain:?}"), "{kind:?}, {form:?}");
            entries += found.iter().filter(|x| **x != T::ZERO).count();
        }
        assert!(entries > signals, "{kind:?}, {form:?} leaves {entries}");
        assert_eq!(form == Form::Leaky, entries == signals * shape.1, "{entries}");
    }
}

#[test]
fn a_batch_has_the_bits_of_each_signal_alone() {
    for shape in [(24, 48), (13, 37), (50, 99)] {
        compare::<f32>(shape, 19);
        compare::<f64>(shape, 9);
    }
}

#[test]
fn threads_change_no_bit() {
    let planted = Planted::draw(27, (40, 90), 61);
    let goal = Goal::anytime(Loss::Supervised, LAYERS);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| gradient::<f32>(&planted, Kind::Each, Form::Dead, &goal))
    };
    let one = with(1);
    assert!(one.0.by_value.iter().flatten().any(|d| *d != 0.0));
    for threads in [2, 3, 8] {
        assert_eq!(with(threads), one);
    }
}

const PLAIN: Passing = Passing { each: 0.0, most: 0.0 };
const SPARING: Passing = Passing { each: 0.012, most: 0.13 };
const SPLINE: Shrinkage = Shrinkage::Spline { knots: 8 };

fn dictionary() -> DenseMatrix<f32> {
    let planted = Planted::draw(5, (20, 40), 0);
    planted.matrix(&planted.a)
}

fn source() -> Source {
    Source::Drawn(Drawn { sparsity: 0.1, amplitude: 1.0, snr_db: Some(25.0) })
}

fn plan(shrinkage: Shrinkage) -> Plan {
    Plan { batch: 20, steps: 30, validation: 60, look_every: 10, shrinkage, ..Plan::new(3, 11) }
}

fn trained(plan: Plan, network: &Network) -> Model {
    let (a, source) = (dictionary(), source());
    let mut training = Training::new(plan, network.clone(), Objective::Supervised, &a, &source)
        .expect("good input");
    assert_eq!(training.advance(u64::MAX), Standing::Done);
    training.model().expect("a network")
}

/// A spline for each layer, all different, none as it was, and none that falls.
#[test]
fn every_layer_learns_its_own() {
    let coupled = [Network::Alista(SPARING), Network::ListaCp(PLAIN)];
    for network in coupled.into_iter().chain([Network::Lista, Network::AdaLista]) {
        let model = trained(plan(SPLINE), &network);
        assert_eq!(model.splines.len(), 3);
        let soft = Spline::soft(model.splines[0].knots()).expect("a knot at the threshold");
        for (k, spline) in model.splines.iter().enumerate() {
            assert_eq!(spline.knots(), soft.knots());
            assert_eq!((spline.knots()[0], spline.values()[0], spline.knots()[7]), (1.0, 0.0, 8.0));
            assert!(spline.values().is_sorted(), "{spline:?}");
            let moved = spline.values().iter().zip(soft.values());
            assert!(moved.skip(1).all(|(w, soft)| (w / soft - 1.0).abs() > 1e-4), "{spline:?}");
            assert!(model.splines[..k].iter().all(|other| other != spline));
        }
        assert!(trained(plan(Shrinkage::Soft), &network).splines.is_empty());
    }
}

/// Left in the middle of a stage, between two, and taken up again, on one thread or several.
#[test]
fn a_training_that_was_left_ends_with_the_same_bits() {
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let path = folder.path().join("training");
    for network in [Network::Alista(SPARING), Network::Lista, Network::AdaLista] {
        ends_with_the_same_bits(&network, &path);
    }
}

fn ends_with_the_same_bits(network: &Network, path: &Path) {
    let (a, source) = (dictionary(), source());
    let start = |shrinkage| {
        let objective = Objective::Supervised;
        Training::new(plan(shrinkage), network.clone(), objective, &a, &source).expect("good input")
    };
    let whole = trained(plan(SPLINE), network);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().expect("threads");
    assert_eq!(pool.install(|| trained(plan(SPLINE), network)), whole);
    let mut training = start(SPLINE);
    for steps in [7, 30, 52] {
        let already = training.reached().steps;
        assert_eq!(training.advance(steps - already), Standing::Running);
        training.write(path).expect("a writable folder");
        training = start(SPLINE);
        training.resume(path).expect("the checkpoint of this training");
    }
    assert_eq!(training.advance(u64::MAX), Standing::Done);
    assert_eq!(training.model().expect("a network"), whole);
    for other in [Shrinkage::Soft, Shrinkage::Spline { knots: 7 }] {
        let told = start(other).resume(path).expect_err("another training").to_string();
        assert!(told.contains("of another training"), "{told}");
    }
}

#[test]
fn other_networks_and_impossible_knots_are_refused() {
    let (a, source) = (dictionary(), source());
    let refused = |shrinkage, network: Network| {
        Training::new(plan(shrinkage), network, Objective::Supervised, &a, &source)
            .expect_err("refused")
    };
    for network in [
        Network::UnfoldedIsta { lambda: 0.1 },
        Network::UnfoldedIht { lambda: 0.1 },
        Network::Tista(None),
    ] {
        let kind = network.kind();
        let error = refused(SPLINE, network);
        assert!(matches!(error, TrainError::OwnShrinkage(found) if found == kind), "{error}");
        assert!(error.to_string().contains(&format!("kind {kind} has a shrinkage of its own")));
    }
    for knots in [0, 1, 17, usize::MAX] {
        let error = refused(Shrinkage::Spline { knots }, Network::Alista(PLAIN));
        assert!(matches!(error, TrainError::Plan { what: "shrinkage", .. }), "{error}");
    }
    let mut model = trained(plan(SPLINE), &Network::Alista(PLAIN));
    model.numbers = Numbers::UnfoldedIsta { lambda: 0.1, steps: vec![0.1; 3] };
    let told = model.check(&a).expect_err("no such network").to_string();
    let cause = "only alista, lista-cp, lista and ada-lista have a learned shrinkage";
    assert!(told.contains(cause), "{told}");
}

/// The same of networks with matrices: what they learn beside it does not make up for it.
#[test]
fn matrices_with_a_learned_shrinkage_are_ahead_too() {
    let a = dictionary();
    for network in [Network::Lista, Network::AdaLista] {
        let of = |shrinkage| {
            let plan =
                Plan { batch: 50, steps: 150, validation: 300, shrinkage, ..Plan::new(5, 3) };
            nmse_db(&trained(plan, &network), &a)
        };
        let (soft, bent) = (of(Shrinkage::Soft), of(SPLINE));
        assert!(bent < soft - 0.5, "{:?}: soft {soft} dB, spline {bent} dB", network.kind());
    }
}

/// On signals that neither saw, without support selection and with it; and without it further than
/// soft thresholding with it.
#[test]
fn a_learned_shrinkage_is_ahead_of_soft_thresholding() {
    let a = dictionary();
    let of = |passing, shrinkage| {
        let plan = Plan { batch: 50, steps: 200, validation: 300, shrinkage, ..Plan::new(6, 3) };
        nmse_db(&trained(plan, &Network::Alista(passing)), &a)
    };
    let [plain, sparing] = [PLAIN, SPARING].map(|passing| of(passing, Shrinkage::Soft));
    let [bent, both] = [PLAIN, SPARING].map(|passing| of(passing, SPLINE));
    let told = format!("soft {plain} and {sparing} dB, spline {bent} and {both} dB");
    assert!(bent < plain - 1.0 && both < sparing - 0.4 && bent < sparing - 0.3, "{told}");
}
