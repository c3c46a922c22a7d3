//! LISTA against its formula and against ISTA.

use crate::layers::{close, shrink};
use crate::problem::{Problem, draw, normal};
use rand_pcg::Pcg32;
use solvekit::network::{Lista, Network, Soft, Spline, Unfolded};
use solvekit::penalty::L1;
use solvekit::recovery::{Ista, Sensing, StepSize};
use solvekit::{Iteration, LinearOperator};
use solvekit_host::{matrix::DenseMatrix, vector::Vector};
use std::cell::Cell;
use std::slice::from_ref;

const M: usize = 30;
const N: usize = 60;

/// B = α Aᵀ and C = I − α AᵀA by plain loops.
fn tied(problem: &Problem, alpha: f64) -> (DenseMatrix<f64>, DenseMatrix<f64>) {
    let a = &problem.dictionary;
    let b = (0..M).flat_map(|i| (0..N).map(move |j| alpha * a.column(j)[i])).collect();
    let mut c = Vec::new();
    for j in 0..N {
        for i in 0..N {
            let product: f64 = a.column(i).iter().zip(a.column(j)).map(|(u, v)| u * v).sum();
            c.push(if i == j { 1.0 } else { 0.0 } - alpha * product);
        }
    }
    (DenseMatrix::from_columns(N, b).unwrap(), DenseMatrix::from_columns(N, c).unwrap())
}

fn drawn(random: &mut Pcg32, columns: usize) -> DenseMatrix<f64> {
    let entries = (0..N * columns).map(|_| 0.1 * normal(random)).collect();
    DenseMatrix::from_columns(N, entries).unwrap()
}

fn product(matrix: &DenseMatrix<f64>, v: &[f64]) -> Vec<f64> {
    let mut sum = vec![0.0; N];
    for (j, v) in v.iter().enumerate() {
        sum.iter_mut().zip(matrix.column(j)).for_each(|(sum, entry)| *sum += entry * v);
    }
    sum
}

#[test]
fn tied_matrices_are_ista_to_rounding() {
    let problem = draw(1, (M, N), 5, 0.02);
    let sensing = Sensing::new(&problem.dictionary, &problem.measurements).unwrap();
    let alpha = StepSize::automatic(&problem.dictionary).unwrap().initial();
    let ista = Ista::new(sensing, L1::new(0.02).unwrap(), StepSize::Fixed(alpha)).unwrap();
    let (b, c) = tied(&problem, alpha);
    let theta = vec![0.02 * alpha; 25];
    let lista = Lista::new(&problem.dictionary, from_ref(&b), from_ref(&c), theta).unwrap();
    let network = Network::new(sensing, &lista);
    let (mut plain, mut unrolled) = (ista.start(), network.start());
    for layer in 0..25 {
        ista.step(&mut plain);
        network.step(&mut unrolled);
        close(&unrolled.x, &plain.x, &format!("layer {layer}"));
    }
    assert!(plain.x.iter().any(|x| *x != 0.0));
}

#[test]
fn every_layer_has_its_own_matrices() {
    let problem = draw(2, (M, N), 5, 0.02);
    let sensing = Sensing::new(&problem.dictionary, &problem.measurements).unwrap();
    let mut random = Pcg32::new(7, 0);
    let b: Vec<_> = (0..6).map(|_| drawn(&mut random, M)).collect();
    let c: Vec<_> = (0..6).map(|_| drawn(&mut random, N)).collect();
    let thetas = [0.1, 0.05, 0.0, 0.2, 0.01, 0.03];
    for (b, c) in [(&b[..], &c[..]), (&b[..1], &c[..]), (&b[..], &c[..1]), (&b[..1], &c[..1])] {
        let network = Network::new(sensing, Lista::new(&problem.dictionary, b, c, thetas).unwrap());
        let mut state = network.start();
        let mut x = vec![0.0; N];
        for (k, theta) in thetas.into_iter().enumerate() {
            let driven = product(b.get(k).unwrap_or(&b[0]), &problem.measurements);
            let kept = product(c.get(k).unwrap_or(&c[0]), &x);
            let z: Vec<f64> = driven.iter().zip(kept).map(|(u, v)| u + v).collect();
            x = shrink(&z, theta, 0);
            network.step(&mut state);
            close(&state.x, &x, &format!("layer {k}"));
        }
        assert!(x.iter().any(|x| *x != 0.0) && x.contains(&0.0));
    }
}

/// Counts the products with A.
struct Counted<'a>(&'a DenseMatrix<f64>, Cell<u32>);

impl LinearOperator<f64> for Counted<'_> {
    type Domain = Vector<f64>;
    type Range = Vector<f64>;
    fn rows(&self) -> usize {
        self.0.rows()
    }
    fn columns(&self) -> usize {
        self.0.columns()
    }
    fn zero_domain(&self) -> Vector<f64> {
        self.0.zero_domain()
    }
    fn zero_range(&self) -> Vector<f64> {
        self.0.zero_range()
    }
    fn apply(&self, x: &Vector<f64>, y: &mut Vector<f64>) {
        self.1.set(self.1.get() + 1);
        self.0.apply(x, y);
    }
    fn apply_adjoint(&self, y: &Vector<f64>, x: &mut Vector<f64>) {
        self.0.apply_adjoint(y, x);
    }
    fn non_finite(&self) -> Option<(usize, usize)> {
        self.0.non_finite()
    }
}

#[test]
fn nothing_is_multiplied_with_a_dictionary_that_is_not_used() {
    let problem = draw(1, (M, N), 5, 0.02);
    let counted = Counted(&problem.dictionary, Cell::new(0));
    let sensing = Sensing::new(&counted, &problem.measurements).unwrap();
    let (b, c) = tied(&problem, 0.2);
    let lista = Lista::new(&counted, from_ref(&b), from_ref(&c), [0.01; 9]).unwrap();
    let network = Network::new(sensing, &lista);
    let mut state = network.start();
    network.infer(&mut state);
    assert_eq!((state.layer(), counted.1.get()), (9, 0));
    // The certificate costs the one product it says.
    let certificate = network.residual(&mut state);
    assert_eq!(counted.1.get(), 1);
    let r = crate::layers::residual(&problem, &state.x);
    assert!((certificate - crate::problem::squares(&r).sqrt()).abs() < 1e-12);
    // Others need y − A x in each layer, as before.
    let network = Network::new(sensing, Unfolded::new(L1::new(0.1).unwrap(), [0.2; 9]).unwrap());
    network.infer(&mut network.start());
    assert_eq!(counted.1.get(), 10);
}

#[test]
fn a_spline_takes_the_place_of_soft_thresholding() {
    let problem = draw(2, (M, N), 5, 0.02);
    let sensing = Sensing::new(&problem.dictionary, &problem.measurements).unwrap();
    let (b, c) = tied(&problem, 0.2);
    let lista = Lista::new(&problem.dictionary, from_ref(&b), from_ref(&c), [0.02; 9]).unwrap();
    assert_eq!(lista.shrinkage(), &Soft);
    let soft = lista.clone().with_shrinkage(Spline::soft(&[1.0]).unwrap()).unwrap();
    let firm =
        lista.clone().with_shrinkage(Spline::new(&[1.0, 3.0], &[0.0, 3.0]).unwrap()).unwrap();
    let network = Network::new(sensing, lista);
    let mut state = network.start();
    network.infer(&mut state);
    let (with_soft, with_firm) = (Network::new(sensing, soft), Network::new(sensing, firm));
    let (mut same, mut other) = (with_soft.start(), with_firm.start());
    with_soft.infer(&mut same);
    with_firm.infer(&mut other);
    assert_eq!(same.x, state.x);
    assert_ne!(other.x, state.x);
}
