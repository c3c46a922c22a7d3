//! What a training reaches, on signals that it never saw.

use crate::planted::Planted;
use rand_core::Rng;
use rand_pcg::Pcg32;
use solvekit::LinearOperator;
use solvekit::recovery::largest_eigenvalue;
use solvekit_host::matrix::DenseMatrix;
use solvekit_host::network::{Kind, Model, Numbers};
use solvekit_host::training::{
    Drawn, Network, Objective, Plan, Prior, Source, Standing, Stored, TrainError, Training,
};
use solvekit_host::vector::Vector;

pub(super) const SHAPE: (usize, usize) = (20, 40);
pub(super) const LAYERS: usize = 5;
pub(super) const SOURCE: Source =
    Source::Drawn(Drawn { sparsity: 0.1, amplitude: 1.0, snr_db: Some(25.0) });

pub(super) fn dictionary() -> DenseMatrix<f32> {
    let planted = Planted::draw(5, SHAPE, 0);
    planted.matrix(&planted.a)
}

pub(super) fn plan() -> Plan {
    Plan {
        batch: 40,
        steps: 120,
        weight_rate: 1e-3,
        fine: vec![0.2],
        fine_steps: 120,
        validation: 200,
        ..Plan::new(LAYERS, 3)
    }
}

pub(super) fn trained(a: &DenseMatrix<f32>, network: Network, plan: Plan) -> Model {
    let mut training =
        Training::new(plan, network, Objective::Supervised, a, &SOURCE).expect("good input");
    assert_eq!(training.advance(u64::MAX), Standing::Done);
    training.model().expect("a network")
}

/// Signals as they are drawn for training, by other means.
fn fresh(a: &DenseMatrix<f32>) -> (Vec<Vec<f32>>, Vec<Vector<f32>>) {
    let mut random = Pcg32::new(99, 7);
    let mut uniform = move || f64::from(random.next_u32()) / 4_294_967_296.0;
    let mut all = (Vec::new(), Vec::new());
    for _ in 0..400 {
        let mut normal = || (0..12).map(|_| uniform()).sum::<f64>() - 6.0;
        let sizes: Vec<f64> = (0..SHAPE.1).map(|_| normal()).collect();
        let noise: Vec<f64> = (0..SHAPE.0).map(|_| normal()).collect();
        let x: Vec<f32> =
            sizes.iter().map(|x| if uniform() < 0.1 { *x as f32 } else { 0.0 }).collect();
        let mut y = a.zero_range();
        a.apply(&x.clone().into(), &mut y);
        let power = y.iter().map(|y| f64::from(*y).powi(2)).sum::<f64>() / SHAPE.0 as f64;
        let deviation = power.sqrt() * 10.0_f64.powf(-25.0 / 20.0);
        for (y, noise) in y.iter_mut().zip(noise) {
            *y += (deviation * noise) as f32;
        }
        all.0.push(x);
        all.1.push(y);
    }
    all
}

/// 10 log₁₀ Σ‖x − x*‖² / Σ‖x*‖².
pub(crate) fn nmse_db(model: &Model, a: &DenseMatrix<f32>) -> f64 {
    let (x, y) = fresh(a);
    let found = model.recover(a, &y, None).expect("recovered");
    let (mut errors, mut squares) = (0.0, 0.0);
    for (found, x) in found.iter().zip(&x) {
        for (found, x) in found.iter().zip(x) {
            errors += f64::from(found - x).powi(2);
            squares += f64::from(*x).powi(2);
        }
    }
    10.0 * (errors / squares).log10()
}

/// ISTA with as many steps, and the λ of a fine grid that is best on the very signals of the test.
pub(super) fn best_ista(template: &Model, a: &DenseMatrix<f32>) -> f64 {
    let wide = a.values().iter().map(|value| f64::from(*value)).collect();
    let wide = DenseMatrix::<f64>::from_columns(SHAPE.0, wide).expect("whole columns");
    let step = (1.0 / largest_eigenvalue(&wide, 100)) as f32;
    let of = |lambda: f32| {
        let numbers = Numbers::UnfoldedIsta { lambda, steps: vec![step; LAYERS] };
        nmse_db(&Model { numbers, ..template.clone() }, a)
    };
    (0..25).map(|k| of(1e-3 * 1.35_f32.powi(k))).fold(f64::INFINITY, f64::min)
}

#[test]
fn learned_matrices_beat_ista_with_as_many_steps() {
    let a = dictionary();
    for (network, kind) in [(Network::Lista, Kind::Lista), (Network::AdaLista, Kind::AdaLista)] {
        let model = trained(&a, network, plan());
        assert_eq!((model.kind(), model.layers), (kind, LAYERS));
        let (learned, ista) = (nmse_db(&model, &a), best_ista(&model, &a));
        // More than a quarter of what is left of the error; Pcg32's 400 signals say ±0.3 dB.
        assert!(learned < ista - 1.3, "{kind}: {learned} dB, ISTA: {ista} dB");
        let told = model.provenance.nmse_db.expect("known signals");
        // Two samples of some hundred signals.
        assert!((learned - told).abs() < 2.0, "{kind}: {learned} dB, told {told} dB");
    }
}

#[test]
fn learned_steps_beat_plain_tista() {
    let a = dictionary();
    let model = trained(&a, Network::Tista(None), Plan { rate: 0.05, ..plan() });
    let mut plain = model.clone();
    let Numbers::Tista { steps, .. } = &mut plain.numbers else { panic!("{plain:?}") };
    steps.fill(1.0);
    let (learned, plain) = (nmse_db(&model, &a), nmse_db(&plain, &a));
    assert!(learned < plain - 0.3, "{learned} dB, with steps of 1: {plain} dB");
}

/// What training starts from is ISTA, to rounding: B, C and W say nothing else.
#[test]
fn matrices_start_as_ista_has_them() {
    let a = dictionary();
    let one = Plan { steps: 1, rate: 1e-12, weight_rate: 1e-12, fine: Vec::new(), ..plan() };
    let (x, y) = fresh(&a);
    let of = |model: &Model| model.recover(&a, &y[..20], None).expect("recovered");
    let lista = trained(&a, Network::Lista, one.clone());
    let ada = trained(&a, Network::AdaLista, one);
    let (Numbers::Lista { thresholds, .. }, Numbers::AdaLista { layers, .. }) =
        (&lista.numbers, &ada.numbers)
    else {
        panic!("{lista:?} {ada:?}")
    };
    let (step, threshold) = (layers[0].step, layers[0].threshold);
    assert!(thresholds.iter().all(|own| (own / threshold - 1.0).abs() < 1e-5), "{thresholds:?}");
    let numbers = Numbers::UnfoldedIsta { lambda: threshold / step, steps: vec![step; LAYERS] };
    let ista = of(&Model { numbers, ..lista.clone() });
    assert!(ista.iter().flat_map(|x| x.iter()).any(|x| *x != 0.0) && !x.is_empty());
    for model in [&lista, &ada] {
        for (own, ista) in of(model).iter().zip(&ista) {
            for (own, ista) in own.iter().zip(ista.iter()) {
                // Some hundred roundings of numbers around 1.
                assert!((own - ista).abs() < 1e-5, "{own} {ista}");
            }
        }
    }
}

/// A table whose prior is known: half of the entries ±2, and noise of ±0.1.
#[test]
fn a_prior_follows_from_stored_signals() {
    let a = dictionary();
    let sign = |k: usize| if (k * 7 + k / 5).is_multiple_of(3) { 1.0 } else { -1.0_f32 };
    let signal = |s: usize| -> Vec<f32> {
        let entry = |j: usize| if (s + j).is_multiple_of(2) { 2.0 * sign(j + s) } else { 0.0 };
        (0..SHAPE.1).map(entry).collect()
    };
    let signals: Vec<Vec<f32>> = (0..30).map(signal).collect();
    let measure = |(s, x): (usize, &Vec<f32>)| -> Vec<f32> {
        let mut y = a.zero_range();
        a.apply(&x.clone().into(), &mut y);
        y.iter().enumerate().map(|(i, y)| y + 0.1 * sign(i + 3 * s)).collect()
    };
    let measurements = signals.iter().enumerate().map(measure).collect();
    let stored = Stored { signals: Some(signals), measurements: Some(measurements), snr_db: None };
    let small = Plan { layers: 2, steps: 5, fine: Vec::new(), batch: 8, ..plan() };
    let model = |given, stored: &Stored| {
        let source = Source::Stored(stored.clone());
        let network = Network::Tista(given);
        let training = Training::new(small.clone(), network, Objective::Supervised, &a, &source);
        training.map(|mut training| {
            training.advance(u64::MAX);
            training.model().expect("a network").numbers
        })
    };
    let Ok(Numbers::Tista { density, variance, noise, .. }) = model(None, &stored) else {
        panic!("another network")
    };
    assert_eq!((density, variance), (0.5, 4.0));
    // y − A x has the rounding of sums of twenty numbers around 1.
    assert!((noise - 0.01).abs() < 1e-6, "{noise}");
    let given = Prior { density: 0.3, variance: 2.0, noise: 0.02 };
    let Ok(Numbers::Tista { density, variance, noise, .. }) = model(Some(given), &stored) else {
        panic!("another network")
    };
    assert_eq!((density, variance, noise), (0.3, 2.0, 0.02));
    for (bad, what) in [
        (Prior { density: 0.0, ..given }, "density"),
        (Prior { density: f32::NAN, ..given }, "density"),
        (Prior { variance: -1.0, ..given }, "variance"),
        (Prior { noise: f32::INFINITY, ..given }, "noise"),
    ] {
        match model(Some(bad), &stored) {
            Err(TrainError::Prior { what: found, .. }) => assert_eq!(found, what),
            other => panic!("{other:?}"),
        }
    }
    let silent = Stored { signals: Some(vec![vec![0.0; SHAPE.1]; 30]), ..stored };
    let told = model(None, &silent).expect_err("no prior").to_string();
    assert!(told.contains("no prior follows"), "{told}");
    let tiny = Source::Drawn(Drawn { sparsity: 0.1, amplitude: 1e-30, snr_db: None });
    let refused =
        Training::new(small.clone(), Network::Tista(None), Objective::Supervised, &a, &tiny);
    assert!(matches!(refused, Err(TrainError::Prior { what: "variance", .. })));
}

#[test]
fn they_have_no_objective_of_their_own() {
    let a = dictionary();
    for network in [Network::Lista, Network::AdaLista, Network::Tista(None)] {
        let refused = Training::new(plan(), network, Objective::Unsupervised, &a, &SOURCE);
        let told = refused.expect_err("supervised only").to_string();
        assert!(told.contains("it is trained supervised"), "{told}");
    }
}
