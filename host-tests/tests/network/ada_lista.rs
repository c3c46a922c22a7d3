//! Ada-LISTA against its formula and against ISTA, on dictionaries that change.

use crate::layers::{adjoint, close, shrink};
use crate::problem::{draw, normal};
use rand_pcg::Pcg32;
use solvekit::Iteration;
use solvekit::network::{AdaLayer, AdaLista, Network, Spline};
use solvekit::penalty::L1;
use solvekit::recovery::{Ista, Sensing, StepSize};
use solvekit_host::matrix::DenseMatrix;

const M: usize = 30;
const N: usize = 60;

fn identity() -> DenseMatrix<f64> {
    let entries = (0..M * M).map(|k| if k % (M + 1) == 0 { 1.0 } else { 0.0 }).collect();
    DenseMatrix::from_columns(M, entries).unwrap()
}

fn near_identity(random: &mut Pcg32) -> DenseMatrix<f64> {
    let values = identity().values().iter().map(|one| one + 0.05 * normal(random)).collect();
    DenseMatrix::from_columns(M, values).unwrap()
}

fn product(matrix: &DenseMatrix<f64>, v: &[f64]) -> Vec<f64> {
    let mut sum = vec![0.0; M];
    for (j, v) in v.iter().enumerate() {
        sum.iter_mut().zip(matrix.column(j)).for_each(|(sum, entry)| *sum += entry * v);
    }
    sum
}

/// One plain x⁺ = S(x − γ DᵀW₂ᵀW₂D x + γ DᵀW₁ᵀy; θ), from left to right.
#[test]
fn one_network_serves_several_dictionaries() {
    let mut random = Pcg32::new(5, 0);
    let (w1, w2) = (near_identity(&mut random), near_identity(&mut random));
    let layers: Vec<AdaLayer<f64>> = (0..8)
        .map(|k| AdaLayer {
            step: 0.2 + 0.01 * f64::from(k),
            threshold: 0.05 - 0.006 * f64::from(k),
        })
        .collect();
    let first = draw(1, (M, N), 5, 0.02);
    let network = AdaLista::new(&first.dictionary, &w1, &w2, &layers[..]).unwrap();
    for seed in 1..4 {
        let problem = draw(seed, (M, N), 5, 0.02);
        let d = &problem.dictionary;
        let network = Network::new(Sensing::new(d, &problem.measurements).unwrap(), &network);
        let mut state = network.start();
        let mut x = vec![0.0; N];
        for (k, layer) in layers.iter().enumerate() {
            let seen = product(&w2, &product(d, &x));
            let back = adjoint(d, &adjoint(&w2, &seen, M), N);
            let driven = adjoint(d, &adjoint(&w1, &problem.measurements, M), N);
            let z: Vec<f64> =
                (0..N).map(|j| x[j] - layer.step * back[j] + layer.step * driven[j]).collect();
            x = shrink(&z, layer.threshold, 0);
            network.step(&mut state);
            close(&state.x, &x, &format!("dictionary {seed}, layer {k}"));
        }
        assert!(x.iter().any(|x| *x != 0.0) && x.contains(&0.0));
    }
}

#[test]
fn with_identities_it_is_ista_to_rounding() {
    let problem = draw(1, (M, N), 5, 0.02);
    let sensing = Sensing::new(&problem.dictionary, &problem.measurements).unwrap();
    let alpha = StepSize::automatic(&problem.dictionary).unwrap().initial();
    let ista = Ista::new(sensing, L1::new(0.02).unwrap(), StepSize::Fixed(alpha)).unwrap();
    let (one, layer) = (identity(), AdaLayer { step: alpha, threshold: 0.02 * alpha });
    let layers = AdaLista::new(&problem.dictionary, &one, &one, [layer; 25]).unwrap();
    let network = Network::new(sensing, layers);
    let (mut plain, mut unrolled) = (ista.start(), network.start());
    for layer in 0..25 {
        ista.step(&mut plain);
        network.step(&mut unrolled);
        close(&unrolled.x, &plain.x, &format!("layer {layer}"));
    }
    assert!(plain.x.iter().any(|x| *x != 0.0));
}

#[test]
fn a_spline_takes_the_place_of_soft_thresholding() {
    let problem = draw(1, (M, N), 5, 0.02);
    let sensing = Sensing::new(&problem.dictionary, &problem.measurements).unwrap();
    let (one, layer) = (identity(), AdaLayer { step: 0.2, threshold: 0.02 });
    let layers = AdaLista::new(&problem.dictionary, &one, &one, [layer; 9]).unwrap();
    let soft = layers.clone().with_shrinkage([Spline::soft(&[1.0]).unwrap(); 9]).unwrap();
    let firm =
        layers.clone().with_shrinkage(Spline::new(&[1.0, 3.0], &[0.0, 3.0]).unwrap()).unwrap();
    let network = Network::new(sensing, layers);
    let (with_soft, with_firm) = (Network::new(sensing, soft), Network::new(sensing, firm));
    let (mut state, mut same, mut other) = (network.start(), with_soft.start(), with_firm.start());
    network.infer(&mut state);
    with_soft.infer(&mut same);
    with_firm.infer(&mut other);
    assert_eq!(same.x, state.x);
    assert_ne!(other.x, state.x);
}
