//! Logistic and softmax fits under the updates that look at curvature, against naive solutions.

use crate::problem::{Between, signed};
use crate::update::descend;
use nalgebra::{DMatrix, DVector};
use rand_core::{Rng, SeedableRng};
use rand_pcg::Pcg32;
use solvekit::bcd::rule::{Cyclic, GaussSouthwellDiagonal, Greedy, Proximal};
use solvekit::bcd::update::{
    Certified, Estimated, Exact, Gradient, Matrix, Newton, ProximalNewton, TwoMetric,
};
use solvekit::bcd::{Descent, Partition, room};
use solvekit::direct::packed;
use solvekit::fit::{DataFit, Logistic, Softmax};
use solvekit::penalty::{L1, NonNegative, Unpenalized};
use solvekit::{SMatrix, SVector};

const M: usize = 60;
const FEATURES: usize = 3;
const CLASSES: usize = 3;
const ALL: usize = FEATURES * CLASSES;
type Three = SVector<f64, 3>;
type Triangle = SVector<f64, { packed(3) }>;
type Design = SMatrix<f64, M, FEATURES>;

/// Labels that the features do not decide, so that there is a least value.
fn data(seed: u64) -> (Design, [usize; M]) {
    let mut generator = Pcg32::seed_from_u64(seed);
    let design = Design::from_fn(|_, j| if j == 2 { 1.0 } else { 2.0 * signed(&mut generator) });
    let labels = core::array::from_fn(|i| {
        let random = generator.next_u32() % 3 != 0;
        if random { generator.next_u32() as usize % 3 } else { usize::from(design[(i, 0)] > 0.0) }
    });
    (design, labels)
}

/// f of all scores of every row, its gradient and its matrix of second derivatives, each sum in full.
/// The unknown of feature j and class k is x[j·K + k]; two classes of which one has no unknowns are
/// the logistic fit.
struct Naive<'a> {
    design: &'a Design,
    labels: &'a [usize],
    classes: usize,
}

impl Naive<'_> {
    /// Unknowns per feature.
    fn width(&self) -> usize {
        if self.classes == 2 { 1 } else { self.classes }
    }

    fn probabilities(&self, x: &DVector<f64>, i: usize) -> Vec<f64> {
        let width = self.width();
        let score = |k: usize| {
            let own = |j: usize| self.design[(i, j)] * x[j * width + k];
            if k < width { (0..FEATURES).map(own).sum::<f64>() } else { 0.0 }
        };
        let weights: Vec<f64> = (0..self.classes).map(|k| score(k).exp()).collect();
        let total: f64 = weights.iter().sum();
        weights.into_iter().map(|weight| weight / total).collect()
    }

    fn value(&self, x: &DVector<f64>) -> f64 {
        (0..M).map(|i| -self.probabilities(x, i)[self.labels[i]].ln()).sum()
    }

    fn gradient(&self, x: &DVector<f64>) -> DVector<f64> {
        let mut gradient = DVector::zeros(x.len());
        for i in 0..M {
            let p = self.probabilities(x, i);
            for (j, k) in (0..FEATURES).flat_map(|j| (0..self.width()).map(move |k| (j, k))) {
                let own = if self.labels[i] == k { 1.0 } else { 0.0 };
                gradient[j * self.width() + k] += self.design[(i, j)] * (p[k] - own);
            }
        }
        gradient
    }

    fn hessian(&self, x: &DVector<f64>) -> DMatrix<f64> {
        let width = self.width();
        let mut hessian = DMatrix::zeros(x.len(), x.len());
        for i in 0..M {
            let p = self.probabilities(x, i);
            for (u, v) in (0..x.len()).flat_map(|u| (0..x.len()).map(move |v| (u, v))) {
                let own = if u % width == v % width { p[u % width] } else { 0.0 };
                hessian[(u, v)] += self.design[(i, u / width)]
                    * self.design[(i, v / width)]
                    * (own - p[u % width] * p[v % width]);
            }
        }
        hessian
    }

    /// Newton's method; where classes may all be shifted alike, the shortest step.
    fn newton(&self) -> DVector<f64> {
        let mut x = DVector::zeros(FEATURES * self.width());
        for _ in 0..100 {
            let step = self.hessian(&x).svd(true, true).solve(&self.gradient(&x), 1e-9).unwrap();
            x -= step;
        }
        assert!(self.gradient(&x).amax() < 1e-11, "{}", self.gradient(&x));
        x
    }

    /// The proximal gradient method with one constant for everything.
    fn proximal(&self, prox: impl Fn(f64, f64) -> f64) -> DVector<f64> {
        let mut x = DVector::zeros(FEATURES * self.width());
        // No curvature of a softmax is more than half that of least squares.
        let step = 2.0 / (self.design.transpose() * self.design).symmetric_eigenvalues().max();
        for _ in 0..30_000 {
            x = (&x - self.gradient(&x) * step).map(|v| prox(v, step));
        }
        x
    }
}

/// Scores of rows do not change where all classes of a feature move alike.
fn centred(x: &[f64], width: usize) -> DVector<f64> {
    DVector::from_fn(x.len(), |u, _| {
        let feature = &x[u / width * width..][..width];
        let mean = feature.iter().sum::<f64>() / width as f64;
        if width == 1 { x[u] } else { x[u] - mean }
    })
}

fn check(naive: &Naive<'_>, objective: f64, x: &[f64], expected: &DVector<f64>) {
    let value = naive.value(&DVector::from_column_slice(x));
    // Sums of 60 logarithms, in another order.
    assert!((objective - value).abs() <= 1e-12 * value, "{objective} for {value}");
    let (x, expected) = (centred(x, naive.width()), centred(expected.as_slice(), naive.width()));
    // Gradients left are 1e-9 of about 20; curvatures are above 1.
    assert!((&x - &expected).amax() <= 1e-7, "{x} for {expected}");
}

macro_rules! smooth {
    ($naive:expr, $fit:expr, $unknowns:expr; $($update:expr),* $(,)?) => {{
        let expected = $naive.newton();
        $(
            let blocks = Partition::consecutive([0; $unknowns], 3).unwrap();
            let descent = Descent::new($fit.clone(), Unpenalized, Cyclic::new(blocks), $update);
            let (point, _) = descend(&descent, $fit.start(), 1e-9);
            check(&$naive, descent.objective(&point), $fit.x(&point), &expected);
            let rule = Greedy::new(GaussSouthwellDiagonal, [0; 3], Three::zeros());
            let descent = Descent::new($fit.clone(), Unpenalized, rule, $update);
            let (point, _) = descend(&descent, $fit.start(), 1e-9);
            check(&$naive, descent.objective(&point), $fit.x(&point), &expected);
        )*
    }};
}

macro_rules! penalised {
    ($naive:expr, $fit:expr; $penalty:expr, $prox:expr; $($update:expr),* $(,)?) => {{
        let expected = $naive.proximal($prox);
        $(
            let rule = Greedy::new(Proximal, [0; 3], Three::zeros());
            let descent = Descent::new($fit.clone(), $penalty, rule, $update);
            let (point, _) = descend(&descent, $fit.start(), 1e-9);
            for (found, expected) in $fit.x(&point).iter().zip(expected.iter()) {
                // As in `check`; what is zero is so exactly.
                assert!((found - expected).abs() <= 1e-7, "{found} for {expected}");
                assert_eq!(*found == 0.0, *expected == 0.0, "{found} for {expected}");
            }
        )*
    }};
}

fn newton() -> Newton<Three, Triangle> {
    Newton::new(Three::zeros(), Triangle::zeros())
}

fn proximal_newton() -> ProximalNewton<Three, Triangle> {
    ProximalNewton::new(Three::zeros(), Triangle::zeros(), 50)
}

fn two_metric() -> TwoMetric<f64, Three, Triangle> {
    TwoMetric::new(Three::zeros(), Triangle::zeros(), 0.01)
}

fn soft(lambda: f64) -> impl Fn(f64, f64) -> f64 {
    move |v, step| v.signum() * (v.abs() - lambda * step).max(0.0)
}

fn positive(lambda: f64) -> impl Fn(f64, f64) -> f64 {
    move |v, step| (v - lambda * step).max(0.0)
}

#[test]
fn a_logistic_fit_ends_where_newtons_method_does() {
    for seed in 0..4 {
        let (design, labels) = data(seed);
        // Class 0 has the unknowns, class 1 is everything else.
        let labels = labels.map(|label| usize::from(label != 0));
        let signs = SVector::<f64, M>::from_fn(|i, _| if labels[i] == 0 { 1.0 } else { -1.0 });
        let naive = Naive { design: &design, labels: &labels, classes: 2 };
        let fit = Logistic::new(&design, &signs).unwrap();
        smooth!(
            naive, fit, FEATURES;
            newton(),
            Exact::new(newton(), 1e-3, 10),
            Estimated::new(Three::repeat(0.01), Three::zeros()).unwrap(),
            Estimated::new(Three::repeat(0.01), Three::zeros()).unwrap().lowering(0.5).unwrap(),
            proximal_newton(),
            two_metric(),
        );
        let lambda = 4.0;
        penalised!(
            naive, fit; L1::new(lambda).unwrap(), soft(lambda);
            proximal_newton(),
            Estimated::new(Three::repeat(0.01), Three::zeros()).unwrap(),
        );
        for lambda in [0.0, 4.0] {
            penalised!(
                naive, fit; NonNegative::new(lambda).unwrap(), positive(lambda);
                proximal_newton(),
                two_metric(),
            );
        }
        penalised!(
            naive, fit; Between(-0.1, 0.2), |v: f64, _| v.clamp(-0.1, 0.2);
            two_metric(),
        );
    }
}

#[test]
fn a_softmax_fit_ends_where_newtons_method_does() {
    for seed in 0..3 {
        let (design, labels) = data(seed);
        let naive = Naive { design: &design, labels: &labels, classes: CLASSES };
        let scores = [SVector::<f64, M>::zeros(); CLASSES];
        let fit = Softmax::new(&design, &labels, SVector::<f64, ALL>::zeros(), scores).unwrap();
        // A block of all classes of a feature is singular.
        smooth!(
            naive, fit, ALL;
            newton(),
            Exact::new(newton(), 1e-3, 10),
            Estimated::new(SVector::<f64, ALL>::repeat(0.01), Three::zeros()).unwrap(),
            proximal_newton(),
            Matrix::new(Three::zeros(), Triangle::zeros()),
            Gradient::new(Certified(SVector::<f64, { room(3) }>::zeros()), Three::zeros()),
        );
        let lambda = 2.0;
        penalised!(
            naive, fit; L1::new(lambda).unwrap(), soft(lambda);
            proximal_newton(),
            Estimated::new(SVector::<f64, ALL>::repeat(0.01), Three::zeros()).unwrap(),
        );
        penalised!(
            naive, fit; NonNegative::new(lambda).unwrap(), positive(lambda);
            proximal_newton(),
            two_metric(),
        );
    }
}
