//! Ada-LISTA on dictionaries that vary from signal to signal.

use super::gradient::{Kind, LAYERS, SHAPE, SIGNALS, goals, loss, network, numbers, own};
use super::trained;
use crate::dual::Dual;
use crate::planted::Planted;
use rand_core::Rng;
use rand_pcg::Pcg32;
use solvekit::LinearOperator;
use solvekit::recovery::largest_eigenvalue;
use solvekit_host::matrix::DenseMatrix;
use solvekit_host::network::{Model, ModelError, Numbers, Varying};
use solvekit_host::training::gradient::Element;
use solvekit_host::training::{
    Drawn, Network, Objective, Plan, Source, Standing, Stored, TrainError, Training,
};
use solvekit_host::vector::Vector;

/// Each signal alone with a dictionary of its own, by which it was not measured: the loss need not
/// be small.
fn each_alone(planted: &Planted) -> Vec<Planted> {
    let one = |s: usize| {
        let shift = |(place, a): (usize, &f64)| {
            let by = 0.1 * ((place * 31 + s * 17) % 23) as f64 / 23.0;
            f64::from((a + by * a.signum()) as f32)
        };
        let a = planted.a.iter().enumerate().map(shift).collect();
        let (x, y) = (vec![planted.x[s].clone()], vec![planted.y[s].clone()]);
        Planted { a, w: planted.w.clone(), x, y, ..*planted }
    };
    (0..planted.y.len()).map(one).collect()
}

/// Steps, thresholds and matrices.
type All = (Vec<Dual>, Vec<Dual>, Vec<Vec<Dual>>);

fn dictionary_of<T: Element>(alone: &[Planted]) -> impl Fn(usize) -> DenseMatrix<T> + Sync {
    |s| alone[s].matrix(&alone[s].a)
}

#[test]
fn derivatives_over_dictionaries_are_those_of_dual_numbers() {
    let planted = Planted::draw(36, SHAPE, SIGNALS);
    let alone = each_alone(&planted);
    let plain = numbers(&planted, Kind::Ada);
    for goal in goals() {
        let own = network::<f64>(&planted, Kind::Ada)
            .gradient_over(
                &own(Kind::Ada, &plain),
                &goal,
                &planted.batch(),
                &dictionary_of::<f64>(&alone),
            )
            .expect("good numbers");
        let dual = |values: &[f64]| values.iter().copied().map(Dual::constant).collect::<Vec<_>>();
        let all = (dual(&plain.steps), dual(&plain.thresholds), {
            plain.weights.iter().map(|w| dual(w)).collect::<Vec<_>>()
        });
        let exact = |change: &dyn Fn(&mut All)| {
            let mut moved = all.clone();
            change(&mut moved);
            let of = |one| loss(one, Kind::Ada, &goal, (&moved.0, &moved.1, &moved.2));
            let total: Dual = alone.iter().map(of).fold(Dual::constant(0.0), |sum, one| sum + one);
            total / Dual::constant(SIGNALS as f64)
        };
        let close = |found: f64, exact: Dual, scale: f64, about: &str| {
            // Sums of some thousand roundings of numbers of this size.
            assert!((found - exact.slope).abs() <= 1e-11 * scale, "{about}: {found} {exact:?}");
            let loss = own.evaluation.loss;
            assert!((loss - exact.value).abs() <= 1e-12 * loss, "{about}: {loss} {exact:?}");
        };
        let largest = |slopes: &[f64]| slopes.iter().fold(0.0_f64, |most, s| most.max(s.abs()));
        let variable = |number: &mut Dual| *number = Dual::variable(number.value);
        for k in 0..LAYERS {
            let found = &own.evaluation;
            let by_step = exact(&|all| variable(&mut all.0[k]));
            close(found.by_step[k], by_step, largest(&found.by_step), "γ");
            let by_threshold = exact(&|all| variable(&mut all.1[k]));
            close(found.by_threshold[k], by_threshold, largest(&found.by_threshold), "θ");
        }
        for (which, slopes) in own.by_weights.iter().enumerate() {
            for place in (which..slopes.len()).step_by(17) {
                let exact = exact(&|all| variable(&mut all.2[which][place]));
                close(slopes[place], exact, largest(slopes), &format!("W{which}, {place}"));
            }
            assert!(largest(slopes) > 0.0);
        }
    }
}

/// The same dictionary for each is one dictionary, to the bit.
#[test]
fn dictionaries_that_do_not_vary_are_one() {
    let planted = Planted::draw(37, SHAPE, SIGNALS);
    for kind in [Kind::Lista, Kind::Ada, Kind::Tista(1e-3)] {
        let network = network::<f32>(&planted, kind);
        let numbers = own(kind, &numbers(&planted, kind));
        let (goal, batch) = (&goals()[1], planted.batch());
        let one = |_: usize| planted.matrix(&planted.a);
        let single = network.gradient(&numbers, goal, &batch).expect("good numbers");
        let over = network.gradient_over(&numbers, goal, &batch, &one).expect("good numbers");
        assert_eq!(single, over, "{kind:?}");
        let over = network.loss_over(&numbers, goal, &batch, &one).expect("good numbers");
        assert_eq!(network.loss(&numbers, goal, &batch).expect("good numbers"), over);
    }
}

/// A dictionary that training never saw: the base with columns in another order, or with noise of
/// this part on each column and its norm restored.
fn unseen(base: &DenseMatrix<f32>, varying: Varying, uniform: &mut dyn FnMut() -> f64) -> Vec<f32> {
    let (rows, columns) = (base.rows(), base.columns());
    let mut order: Vec<usize> = (0..columns).collect();
    if varying == Varying::Permuted {
        let mut keys: Vec<(f64, usize)> = order.iter().map(|j| (uniform(), *j)).collect();
        keys.sort_by(|a, b| a.0.total_cmp(&b.0));
        order = keys.into_iter().map(|(_, j)| j).collect();
    }
    let mut values = Vec::new();
    for j in order {
        let column = base.column(j);
        let norm = |all: &[f64]| all.iter().map(|a| a * a).sum::<f64>().sqrt();
        let exact: Vec<f64> = column.iter().map(|a| f64::from(*a)).collect();
        let moved: Vec<f64> = match varying {
            Varying::Permuted => exact.clone(),
            Varying::Noisy { snr_db } => {
                let size = norm(&exact) * 10.0_f64.powf(-snr_db / 20.0) / (rows as f64).sqrt();
                let mut normal = || (0..12).map(|_| uniform()).sum::<f64>() - 6.0;
                exact.iter().map(|a| a + size * normal()).collect()
            }
        };
        let scale = norm(&exact) / norm(&moved);
        values.extend(moved.iter().map(|a| (scale * a) as f32));
    }
    values
}

/// 400 signals, each on a dictionary of its own: x, y and the dictionary.
fn fresh(
    base: &DenseMatrix<f32>,
    varying: Varying,
) -> Vec<(Vec<f32>, Vector<f32>, DenseMatrix<f32>)> {
    let mut random = Pcg32::new(98, 7);
    let mut uniform = move || f64::from(random.next_u32()) / 4_294_967_296.0;
    let mut one = |_| {
        let values = unseen(base, varying, &mut uniform);
        let d = DenseMatrix::from_columns(base.rows(), values).expect("whole columns");
        let mut normal = || (0..12).map(|_| uniform()).sum::<f64>() - 6.0;
        let sizes: Vec<f64> = (0..base.columns()).map(|_| normal()).collect();
        let noise: Vec<f64> = (0..base.rows()).map(|_| normal()).collect();
        let x: Vec<f32> =
            sizes.iter().map(|x| if uniform() < 0.1 { *x as f32 } else { 0.0 }).collect();
        let mut y = d.zero_range();
        d.apply(&x.clone().into(), &mut y);
        let power = y.iter().map(|y| f64::from(*y).powi(2)).sum::<f64>() / base.rows() as f64;
        let deviation = power.sqrt() * 10.0_f64.powf(-25.0 / 20.0);
        y.iter_mut().zip(noise).for_each(|(y, noise)| *y += (deviation * noise) as f32);
        (x, y, d)
    };
    (0..400).map(&mut one).collect()
}

/// 10 log₁₀ Σ‖x − x*‖² / Σ‖x*‖² by the model that is made for each dictionary.
fn nmse_db(
    all: &[(Vec<f32>, Vector<f32>, DenseMatrix<f32>)],
    model: impl Fn(usize, &DenseMatrix<f32>) -> Model,
) -> f64 {
    let (mut errors, mut squares) = (0.0, 0.0);
    for (s, (x, y, d)) in all.iter().enumerate() {
        let found = model(s, d).recover(d, std::slice::from_ref(y), None).expect("recovered");
        for (found, x) in found[0].iter().zip(x) {
            errors += f64::from(found - x).powi(2);
            squares += f64::from(*x).powi(2);
        }
    }
    10.0 * (errors / squares).log10()
}

/// The same numbers on another dictionary: what `Model` itself refuses where nothing varies.
fn moved(model: &Model, d: &DenseMatrix<f32>) -> Model {
    let dictionary = solvekit_host::network::Digest::of_matrix(d.rows(), d.values());
    Model { dictionary, ..model.clone() }
}

/// ISTA with as many steps of 1 / ‖D‖² on each dictionary, and the λ of a fine grid that is best on
/// the very signals of the test.
fn best_ista(template: &Model, all: &[(Vec<f32>, Vector<f32>, DenseMatrix<f32>)]) -> f64 {
    let step = |d: &DenseMatrix<f32>| {
        let wide = d.values().iter().map(|value| f64::from(*value)).collect();
        let wide = DenseMatrix::<f64>::from_columns(d.rows(), wide).expect("whole columns");
        (1.0 / largest_eigenvalue(&wide, 100)) as f32
    };
    let steps: Vec<f32> = all.iter().map(|(.., d)| step(d)).collect();
    let of = |lambda: f32| {
        nmse_db(all, |s, d| {
            let numbers = Numbers::UnfoldedIsta { lambda, steps: vec![steps[s]; trained::LAYERS] };
            moved(&Model { numbers, varying: None, ..template.clone() }, d)
        })
    };
    (0..25).map(|k| of(1e-3 * 1.35_f32.powi(k))).fold(f64::INFINITY, f64::min)
}

const BOTH: [Varying; 2] = [Varying::Permuted, Varying::Noisy { snr_db: 10.0 }];

/// The two experiments of Aberdam, Golts and Elad, small.
#[test]
fn it_serves_dictionaries_that_it_never_saw() {
    let a = trained::dictionary();
    let lista = trained::trained(&a, Network::Lista, trained::plan());
    for (varying, ahead) in [
        (Varying::Permuted, 1.3),
        // A hundredth of its squares is less than LISTA feels beside the noise of the measurements.
        (Varying::Noisy { snr_db: 20.0 }, -0.5),
        (Varying::Noisy { snr_db: 5.0 }, 1.3),
    ] {
        let plan = Plan { varying: Some(varying), ..trained::plan() };
        let model = trained::trained(&a, Network::AdaLista, plan);
        assert_eq!(model.varying, Some(varying));
        let all = fresh(&a, varying);
        let ada = nmse_db(&all, |_, _| model.clone());
        let (ista, lista) = (best_ista(&model, &all), nmse_db(&all, |_, d| moved(&lista, d)));
        // More than a quarter of what is left of the error; 400 signals say ±0.3 dB.
        assert!(ada < ista - 1.3, "{varying}: {ada} dB, ISTA: {ista} dB");
        assert!(ada < lista - ahead, "{varying}: {ada} dB, LISTA: {lista} dB");
        let told = model.provenance.nmse_db.expect("known signals");
        // Two samples of some hundred signals.
        assert!((ada - told).abs() < 2.0, "{varying}: {ada} dB, told {told} dB");
    }
}

fn small(varying: Option<Varying>) -> Plan {
    Plan { layers: 2, steps: 20, fine: Vec::new(), batch: 16, varying, ..trained::plan() }
}

/// Left in the middle and taken up again, on one thread or several, it ends with the same bits; with
/// another seed or another variation it does not.
#[test]
fn the_same_seed_draws_the_same_dictionaries() {
    let (a, source) = (trained::dictionary(), trained::SOURCE);
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let path = folder.path().join("training");
    let start = |plan: Plan| {
        Training::new(plan, Network::AdaLista, Objective::Supervised, &a, &source).expect("good")
    };
    let ends = |plan: Plan| {
        let mut training = start(plan);
        assert_eq!(training.advance(u64::MAX), Standing::Done);
        training.model().expect("a network")
    };
    let found = BOTH.map(|varying| {
        let plan = small(Some(varying));
        let whole = ends(plan.clone());
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().expect("threads");
        assert_eq!(pool.install(|| ends(plan.clone())), whole);
        let mut training = start(plan.clone());
        training.advance(27);
        training.write(&path).expect("a writable folder");
        let mut training = start(plan.clone());
        training.resume(&path).expect("the checkpoint of this training");
        training.advance(u64::MAX);
        assert_eq!(training.model().expect("a network"), whole);
        let told = start(small(None)).resume(&path).expect_err("another training").to_string();
        assert!(told.contains("of another training"), "{told}");
        assert_ne!(ends(Plan { seed: 77, ..plan }).numbers, whole.numbers);
        whole.numbers
    });
    let one = ends(small(None));
    assert!(found[0] != found[1] && found.iter().all(|numbers| *numbers != one.numbers));
}

#[test]
fn a_network_for_one_dictionary_refuses_others() {
    let (a, y) = (trained::dictionary(), Vector::filled(trained::SHAPE.0, 0.5));
    let other = Planted::draw(6, trained::SHAPE, 0);
    let other: DenseMatrix<f32> = other.matrix(&other.a);
    let narrow = DenseMatrix::from_columns(trained::SHAPE.0, a.values()[20..].to_vec());
    let narrow = narrow.expect("whole columns");
    let of = |model: &Model, d: &DenseMatrix<f32>| {
        model.recover(d, std::slice::from_ref(&y), None).map(drop)
    };
    let one = trained::trained(&a, Network::AdaLista, small(None));
    assert!(matches!(of(&one, &other), Err(ModelError::Dictionary { .. })));
    let mut varied = trained::trained(&a, Network::AdaLista, small(Some(Varying::Permuted)));
    of(&varied, &other).expect("another dictionary");
    assert!(matches!(of(&varied, &narrow), Err(ModelError::Shape { .. })));
    varied.numbers = Numbers::UnfoldedIsta { lambda: 0.1, steps: vec![0.1; 2] };
    let told = of(&varied, &a).expect_err("no such network").to_string();
    assert!(told.contains("only ada-lista is for dictionaries that vary"), "{told}");
}

#[test]
fn other_networks_and_measurements_by_one_dictionary_are_refused() {
    let a = trained::dictionary();
    let refused = |plan: Plan, network: Network, source: &Source| {
        Training::new(plan, network, Objective::Supervised, &a, source).expect_err("refused")
    };
    let plan = || small(Some(Varying::Permuted));
    let ista = Network::UnfoldedIsta { lambda: 0.1 };
    for network in [Network::Lista, Network::Tista(None), ista] {
        let kind = network.kind();
        let error = refused(plan(), network, &trained::SOURCE);
        assert!(matches!(error, TrainError::OneDictionary(found) if found == kind), "{error}");
        assert!(error.to_string().contains(&format!("kind {kind} is for one dictionary")));
    }
    let signals = Some(vec![vec![1.0; trained::SHAPE.1]; 9]);
    let measurements = Some(vec![vec![1.0; trained::SHAPE.0]; 9]);
    let stored = |measurements| {
        Source::Stored(Stored { signals: signals.clone(), measurements, snr_db: None })
    };
    let told = refused(plan(), Network::AdaLista, &stored(measurements)).to_string();
    assert!(told.contains("measurements from a table are by one dictionary"), "{told}");
    let source = stored(None);
    let training = Training::new(plan(), Network::AdaLista, Objective::Supervised, &a, &source);
    training.expect("signals can be measured by any dictionary");
    for snr_db in [f64::NAN, 201.0, f64::NEG_INFINITY] {
        let plan = small(Some(Varying::Noisy { snr_db }));
        let drawn = Source::Drawn(Drawn { sparsity: 0.1, amplitude: 1.0, snr_db: None });
        let error = refused(plan, Network::AdaLista, &drawn);
        assert!(matches!(error, TrainError::Plan { what: "vary", .. }), "{error}");
    }
}
