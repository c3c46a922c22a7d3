//! Each kind of layer against its formula.

use crate::analytic::weight;
use crate::problem::{Problem, draw};
use solvekit::network::{Coupled, CoupledLayer, Hyper, HyperNumbers, Network, Unfolded};
use solvekit::penalty::{L0, L1};
use solvekit::recovery::{Ista, Sensing, StepSize};
use solvekit::{Iteration, Status, Stop, solve};
use solvekit_host::matrix::DenseMatrix;

pub(crate) fn residual(problem: &Problem, x: &[f64]) -> Vec<f64> {
    let mut r = problem.measurements.to_vec();
    for (j, x) in x.iter().enumerate() {
        r.iter_mut().zip(problem.dictionary.column(j)).for_each(|(r, a)| *r -= a * x);
    }
    r
}

pub(crate) fn adjoint(w: &DenseMatrix<f64>, r: &[f64], n: usize) -> Vec<f64> {
    (0..n).map(|j| w.column(j).iter().zip(r).map(|(w, r)| w * r).sum()).collect()
}

/// S^ss by sorting.
pub(crate) fn shrink(z: &[f64], theta: f64, passing: usize) -> Vec<f64> {
    let mut sizes: Vec<f64> = z.iter().map(|z| z.abs()).collect();
    sizes.sort_by(|a, b| b.total_cmp(a));
    let level = if passing == 0 { f64::INFINITY } else { sizes[passing - 1] };
    let shrunk = |z: &f64| {
        if z.abs() > theta && z.abs() >= level {
            *z
        } else {
            z.signum() * (z.abs() - theta).max(0.0)
        }
    };
    z.iter().map(shrunk).collect()
}

pub(crate) fn close(own: &[f64], plain: &[f64], about: &str) {
    for (j, (own, plain)) in own.iter().zip(plain).enumerate() {
        assert!((own - plain).abs() < 1e-10, "{about}, x[{j}]: {own} {plain}");
    }
}

#[test]
fn tied_steps_are_ista_to_the_bit() {
    let problem = draw(1, (30, 60), 5, 0.02);
    let sensing = Sensing::new(&problem.dictionary, &problem.measurements).unwrap();
    let alpha = StepSize::automatic(&problem.dictionary).unwrap().initial();
    macro_rules! compare {
        ($penalty:expr) => {
            let penalty = $penalty;
            let ista = Ista::new(sensing, penalty, StepSize::Fixed(alpha)).unwrap();
            let network = Network::new(sensing, Unfolded::new(penalty, vec![alpha; 25]).unwrap());
            let (mut plain, mut unrolled) = (ista.start(), network.start());
            for layer in 0..25 {
                ista.step(&mut plain);
                network.step(&mut unrolled);
                assert_eq!(plain.x, unrolled.x, "layer {layer}");
            }
        };
    }
    compare!(L1::new(0.02).unwrap());
    compare!(L0::new(0.01).unwrap());
}

#[test]
fn each_step_has_its_own_length() {
    let problem = draw(2, (30, 60), 5, 0.02);
    let sensing = Sensing::new(&problem.dictionary, &problem.measurements).unwrap();
    let steps = [0.3, 1.5, 0.2, 0.8];
    let network = Network::new(sensing, Unfolded::new(L1::new(0.05).unwrap(), steps).unwrap());
    let mut state = network.start();
    let mut x = vec![0.0; 60];
    for alpha in steps {
        let pull = adjoint(&problem.dictionary, &residual(&problem, &x), 60);
        let z: Vec<f64> = x.iter().zip(pull).map(|(x, pull)| x + alpha * pull).collect();
        x = shrink(&z, 0.05 * alpha, 0);
        network.step(&mut state);
        close(&state.x, &x, "unfolded");
    }
}

#[test]
fn coupled_layers_are_those_of_the_papers() {
    let problem = draw(3, (30, 60), 5, 0.0);
    let sensing = Sensing::new(&problem.dictionary, &problem.measurements).unwrap();
    let (shared, _) = weight(&problem.dictionary, 30);
    let layer = |k: usize| CoupledLayer {
        step: 0.9 + 0.02 * k as f64,
        threshold: 0.3 * 0.7_f64.powi(k as i32),
        passing: 0.013 * k as f64,
    };
    let numbers: Vec<_> = (0..8).map(layer).collect();
    let own: Vec<_> = (0..8)
        .map(|k| {
            let values = shared.values().iter().map(|w| w * (1.0 + 0.01 * k as f64)).collect();
            DenseMatrix::from_columns(30, values).unwrap()
        })
        .collect();
    for weights in [std::slice::from_ref(&shared), &own] {
        let layers = Coupled::new(&problem.dictionary, weights, &numbers[..]).unwrap();
        let network = Network::new(sensing, &layers);
        let mut state = network.start();
        let mut x = vec![0.0; 60];
        for (k, layer) in numbers.iter().enumerate() {
            let w = weights.get(k).unwrap_or(&weights[0]);
            let pull = adjoint(w, &residual(&problem, &x), 60);
            let z: Vec<f64> = x.iter().zip(pull).map(|(x, pull)| x + layer.step * pull).collect();
            x = shrink(&z, layer.threshold, (layer.passing * 60.0).floor() as usize);
            network.step(&mut state);
            close(&state.x, &x, "coupled");
        }
        assert!(x.iter().any(|x| *x != 0.0));
    }
}

#[test]
fn three_numbers_make_every_layer() {
    let problem = draw(4, (40, 60), 5, 0.0);
    let sensing = Sensing::new(&problem.dictionary, &problem.measurements).unwrap();
    let (w, inverse_scales) = weight(&problem.dictionary, 40);
    let numbers = HyperNumbers { threshold: 0.02, momentum: 0.03, passing: 0.05 };
    let hyper = Hyper::new(&problem.dictionary, &w, &inverse_scales[..], numbers).unwrap();
    let network = Network::new(sensing, hyper);
    let mut state = network.start();
    // A⁺ by nalgebra's singular values.
    let dense = nalgebra::DMatrix::from_column_slice(40, 60, problem.dictionary.values());
    let pseudo = dense.pseudo_inverse(1e-12).unwrap();
    let size = |r: &[f64]| (&pseudo * nalgebra::DVector::from_column_slice(r)).lp_norm(1);
    let (mut x, mut before) = (vec![0.0; 60], vec![0.0; 60]);
    let first = size(&problem.measurements);
    for layer in 0..16 {
        let r = residual(&problem, &x);
        let left = size(&r);
        let largest = x.iter().fold(0.0_f64, |m, x| m.max(x.abs()));
        let support = x.iter().filter(|x| x.abs() > 0.01 * largest).count() as f64;
        let beta = (0.03 * support).min(1.0);
        let pull = adjoint(&w, &r, 60);
        let z: Vec<f64> = (0..60).map(|j| x[j] + pull[j] + beta * (x[j] - before[j])).collect();
        let share = (0.05 * (first / left).ln()).clamp(0.0, 1.0);
        before = x;
        x = shrink(&z, 0.02 * left, (share * 60.0).floor() as usize);
        network.step(&mut state);
        close(&state.x, &x, &format!("layer {layer}"));
    }
    let truth = problem.truth.iter().zip(&x).map(|(t, x)| (t - x).powi(2)).sum::<f64>();
    // −20 dB and better: it is on its way.
    assert!(truth < 0.01 * crate::problem::squares(&problem.truth), "{truth}");
}

#[test]
fn a_network_ends_with_its_last_layer() {
    let problem = draw(2, (30, 60), 5, 0.02);
    let sensing = Sensing::new(&problem.dictionary, &problem.measurements).unwrap();
    let network = Network::new(sensing, Unfolded::new(L1::new(0.05).unwrap(), [0.2; 4]).unwrap());
    let mut state = network.start();
    network.infer(&mut state);
    assert_eq!(state.layer(), 4);
    let after = state.x.clone();
    let report = solve(&network, &mut state, Stop::relative(1e-6).unwrap());
    assert_eq!((report.status, report.iterations), (Status::Breakdown, 1));
    assert_eq!(state.x, after);
    let mut again = network.start();
    let capped = solve(&network, &mut again, Stop::relative(1e-6).unwrap().max_iterations(4));
    assert_eq!(capped.status, Status::IterationLimit);
    assert_eq!(again.x, after);
    // ‖y − A x‖ as it is.
    let r = residual(&problem, &after);
    assert!((capped.residual - crate::problem::squares(&r).sqrt()).abs() < 1e-12);
}

#[test]
fn nothing_measured_is_nothing_found() {
    let mut problem = draw(4, (40, 60), 5, 0.0);
    problem.measurements = solvekit_host::vector::Vector::filled(40, 0.0);
    let sensing = Sensing::new(&problem.dictionary, &problem.measurements).unwrap();
    let (w, inverse_scales) = weight(&problem.dictionary, 40);
    let numbers = HyperNumbers { threshold: 0.02, momentum: 0.03, passing: 0.05 };
    let hyper = Hyper::new(&problem.dictionary, &w, inverse_scales, numbers).unwrap();
    let network = Network::new(sensing, hyper);
    let mut state = network.start();
    let report = solve(&network, &mut state, Stop::relative(1e-6).unwrap());
    assert_eq!((report.status, report.iterations), (Status::Converged, 0));
    (0..5).for_each(|_| network.step(&mut state));
    assert!(state.x.iter().all(|x| *x == 0.0));
}
