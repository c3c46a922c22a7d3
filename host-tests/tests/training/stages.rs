//! Whole trainings: stages, checkpoints, divergence.

use crate::planted::Planted;
use solvekit_host::matrix::DenseMatrix;
use solvekit_host::network::{Model, Numbers};
use solvekit_host::training::{
    Drawn, Network, Objective, Passing, Plan, Source, Standing, Stored, TrainError, Training,
};
use std::fs;
use tempfile::TempDir;

const PASSING: Passing = Passing { each: 0.02, most: 0.1 };
const NETWORKS: [(Network, Objective); 9] = [
    (Network::UnfoldedIsta { lambda: 0.05 }, Objective::Unsupervised),
    (Network::UnfoldedIsta { lambda: 0.05 }, Objective::Supervised),
    (Network::UnfoldedIht { lambda: 0.05 }, Objective::Unsupervised),
    (Network::UnfoldedIht { lambda: 0.05 }, Objective::Supervised),
    (Network::Alista(PASSING), Objective::Supervised),
    (Network::ListaCp(PASSING), Objective::Supervised),
    (Network::Lista, Objective::Supervised),
    (Network::AdaLista, Objective::Supervised),
    (Network::Tista(None), Objective::Supervised),
];

fn dictionary() -> DenseMatrix<f32> {
    let planted = Planted::draw(5, (20, 40), 0);
    planted.matrix(&planted.a)
}

fn drawn() -> Source {
    Source::Drawn(Drawn { sparsity: 0.1, amplitude: 1.0, snr_db: Some(25.0) })
}

fn plan() -> Plan {
    Plan {
        batch: 20,
        steps: 30,
        fine: vec![0.2],
        fine_steps: 25,
        validation: 60,
        look_every: 10,
        ..Plan::new(3, 11)
    }
}

fn trained(plan: Plan, network: &Network, objective: Objective, source: &Source) -> Model {
    let dictionary = dictionary();
    let mut training =
        Training::new(plan, network.clone(), objective, &dictionary, source).expect("good input");
    assert_eq!(training.advance(u64::MAX), Standing::Done);
    training.model().expect("a network")
}

/// Left in the middle of every stage, and taken up again by a new process's means.
#[test]
fn a_training_that_was_left_ends_with_the_same_bits() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("training");
    let (dictionary, source) = (dictionary(), drawn());
    for (network, objective) in NETWORKS {
        let whole = trained(plan(), &network, objective, &source);
        assert_eq!(whole.provenance.steps, Some(3 * 30 + 25));
        let start = || {
            Training::new(plan(), network.clone(), objective, &dictionary, &source)
                .expect("good input")
        };
        let mut training = start();
        // 7 is in a stage, 30 and 90 between two, 104 in the last one.
        for steps in [7, 30, 52, 90, 104] {
            let already = training.reached().steps;
            assert_eq!(training.advance(steps - already), Standing::Running);
            training.write(&path).expect("a writable folder");
            training = start();
            training.resume(&path).expect("the checkpoint of this training");
            assert_eq!(training.reached().steps, steps);
        }
        assert_eq!(training.advance(u64::MAX), Standing::Done);
        assert_eq!(training.model().expect("a network"), whole, "{network:?}");
    }
}

#[test]
fn checkpoints_of_other_trainings_and_damaged_ones_are_refused() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("training");
    let (dictionary, source) = (dictionary(), drawn());
    let network = Network::UnfoldedIsta { lambda: 0.05 };
    let start = |plan: Plan, network: &Network, source| {
        let objective = Objective::Supervised;
        Training::new(plan, network.clone(), objective, &dictionary, source).expect("good input")
    };
    let mut training = start(plan(), &network, &source);
    training.advance(12);
    training.write(&path).expect("a writable folder");
    let refuses = |mut training: Training<'_>, word: &str| {
        let before = training.reached();
        let error = training.resume(&path).expect_err("refused");
        assert!(matches!(error, TrainError::Checkpoint { .. }));
        assert!(error.to_string().contains(word), "{error}");
        assert_eq!(training.reached(), before);
    };
    let other = "of another training";
    refuses(start(Plan { seed: 12, ..plan() }, &network, &source), other);
    refuses(start(plan(), &Network::UnfoldedIsta { lambda: 0.06 }, &source), other);
    let noisier = Source::Drawn(Drawn { sparsity: 0.1, amplitude: 1.0, snr_db: Some(20.0) });
    refuses(start(plan(), &network, &noisier), other);
    let good = fs::read(&path).expect("the checkpoint");
    for length in [0, 5, 100, good.len() - 1] {
        fs::write(&path, &good[..length]).expect("a writable folder");
        refuses(start(plan(), &network, &source), "");
    }
    for place in [3, 40, 100, good.len() / 2, good.len() - 1] {
        let mut bytes = good.clone();
        bytes[place] ^= 4;
        fs::write(&path, bytes).expect("a writable folder");
        refuses(start(plan(), &network, &source), "");
    }
}

#[test]
fn threads_change_no_bit_of_a_network() {
    for (network, objective) in NETWORKS {
        let with = |threads: usize| {
            let pool =
                rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            pool.install(|| trained(plan(), &network, objective, &drawn()))
        };
        assert_eq!(with(1), with(3), "{network:?}");
    }
}

/// Never above the objective of plain steps, which training starts from.
#[test]
fn training_never_ends_above_its_start() {
    for (network, objective) in NETWORKS {
        let loss = |steps: u64, rate: f64| {
            let fine = Vec::new();
            let plan = Plan { steps, rate, weight_rate: rate / 100.0, fine, ..plan() };
            trained(plan, &network, objective, &drawn()).provenance.validation_loss.unwrap()
        };
        let (start, short, long) = (loss(1, 1e-12), loss(30, 0.02), loss(150, 0.02));
        assert!(short <= start, "{network:?}: {short} {start}");
        // What is learned shows: a tenth of the loss, of an objective a hundredth.
        let part = if objective == Objective::Supervised { 0.9 } else { 0.99 };
        assert!(long < part * start, "{network:?}: {long} {start}");
    }
}

/// Steps as long as their own size overshoot; what was best before is a network all the same.
#[test]
fn a_training_that_diverges_says_so_and_keeps_the_best() {
    let dictionary = dictionary();
    let source = drawn();
    // Steps that move by their own size each time: what a layer magnifies, many magnify more.
    let network = Network::UnfoldedIht { lambda: 1e-3 };
    let plan = Plan { layers: 16, rate: 1.0, batch: 16, ..plan() };
    let mut training =
        Training::new(plan, network, Objective::Supervised, &dictionary, &source).expect("good");
    assert_eq!(training.advance(u64::MAX), Standing::Diverged);
    let (reached, model) = (training.reached(), training.model().expect("the best"));
    assert_eq!(training.advance(5), Standing::Diverged, "and stays so");
    assert!(reached.loss.is_finite());
    assert_eq!(model.provenance.validation_loss, Some(reached.loss));
    assert_eq!(model.layers, reached.layers);
}

#[test]
fn the_longest_step_is_kept_to() {
    let network = Network::UnfoldedIsta { lambda: 0.01 };
    let steps = |longest: Option<f64>| {
        let plan = Plan { longest, rate: 0.1, ..plan() };
        match trained(plan, &network, Objective::Supervised, &drawn()).numbers {
            Numbers::UnfoldedIsta { steps, .. } => steps,
            other => panic!("{other:?}"),
        }
    };
    let unit = steps(Some(1.0)).into_iter().fold(0.0, f32::max);
    let (free, held) = (steps(None), steps(Some(1.5)));
    assert!(free.iter().any(|step| *step > 1.51 * unit), "{free:?} {unit}");
    assert!(held.iter().all(|step| *step <= 1.5001 * unit), "{held:?} {unit}");
}

/// Measurements alone are enough for an objective, and are not for an error.
#[test]
fn signals_from_a_table() {
    let planted = Planted::draw(5, (20, 40), 30);
    let narrow = |table: &[Vec<f64>]| -> Vec<Vec<f32>> {
        table.iter().map(|column| column.iter().map(|value| *value as f32).collect()).collect()
    };
    let (x, y) = (narrow(&planted.x), narrow(&planted.y));
    let stored = |signals: Option<&Vec<Vec<f32>>>, measurements: Option<&Vec<Vec<f32>>>| {
        let (signals, measurements) = (signals.cloned(), measurements.cloned());
        Source::Stored(Stored { signals, measurements, snr_db: None })
    };
    let ista = Network::UnfoldedIsta { lambda: 0.05 };
    let both = trained(plan(), &ista, Objective::Supervised, &stored(Some(&x), Some(&y)));
    let signals = trained(plan(), &ista, Objective::Supervised, &stored(Some(&x), None));
    // A x is rounded as y is, but for the order of its sums.
    let (a, b) = (both.provenance.nmse_db.unwrap(), signals.provenance.nmse_db.unwrap());
    assert!((a - b).abs() < 0.01, "{a} {b}");
    assert_ne!(both.provenance.data, signals.provenance.data);
    let measured = trained(plan(), &ista, Objective::Unsupervised, &stored(None, Some(&y)));
    assert_eq!(measured.provenance.nmse_db, None);
    assert!(measured.provenance.data.is_some());
    let dictionary = dictionary();
    let refused = |source: Source, word: &str| {
        let training =
            Training::new(plan(), ista.clone(), Objective::Supervised, &dictionary, &source);
        let error = training.expect_err("refused").to_string();
        assert!(error.contains(word), "{error}");
    };
    refused(stored(None, Some(&y)), "without them there is nothing to supervise");
    refused(stored(Some(&x), Some(&y[..29].to_vec())), "30 signals for 29 columns");
    refused(stored(Some(&Vec::new()), None), "there are none");
    let mut bad = y.clone();
    bad[4][2] = f32::NAN;
    refused(stored(None, Some(&bad)), "column 5, number 3");
    bad[4].pop();
    refused(stored(None, Some(&bad)), "column 5 has 19 numbers for 20 rows");
}
