//! Small random problems, each kind of network on them, and the deployed layers as the oracle.

use rand_core::Rng;
use rand_pcg::Pcg32;
use solvekit::network::{Coupled, CoupledLayer, Layers, Network, Unfolded};
use solvekit::penalty::{L0, L1};
use solvekit::recovery::Sensing;
use solvekit::{LinearOperator, Real};
use solvekit_host::matrix::DenseMatrix;
use solvekit_host::training::gradient::{Batch, Element, Layer};
use solvekit_host::vector::Vector;

/// A dictionary, weights of its size, signals and their measurements, all column by column.
pub(crate) struct Planted {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) a: Vec<f64>,
    pub(crate) w: Vec<f64>,
    pub(crate) x: Vec<Vec<f64>>,
    pub(crate) y: Vec<Vec<f64>>,
}

impl Planted {
    pub(crate) fn draw(seed: u64, (rows, columns): (usize, usize), signals: usize) -> Self {
        let mut random = Pcg32::new(seed, 3);
        let mut uniform = || f64::from(random.next_u32()) / 4_294_967_296.0;
        let mut normal = move || (0..12).map(|_| uniform()).sum::<f64>() - 6.0;
        let scale = (rows as f64).sqrt().recip();
        // Rounded, so that both precisions have the same problem.
        let mut rounded = move |size: f64| f64::from((size * normal()) as f32);
        let a: Vec<f64> = (0..rows * columns).map(|_| rounded(scale)).collect();
        let w = a.iter().map(|a| a + 0.1 * rounded(scale)).collect();
        let x: Vec<Vec<f64>> = (0..signals)
            .map(|s| {
                let keep = |j: usize| (j * 7 + s * 3).is_multiple_of(11);
                (0..columns).map(|j| if keep(j) { rounded(1.0) } else { 0.0 }).collect()
            })
            .collect();
        let measure = |x: &Vec<f64>| {
            let clean = |i: usize| (0..columns).map(|j| a[j * rows + i] * x[j]).sum::<f64>();
            (0..rows).map(|i| f64::from(clean(i) as f32)).collect()
        };
        let y = x.iter().map(measure).collect();
        Self { rows, columns, a, w, x, y }
    }

    pub(crate) fn matrix<T: Real>(&self, values: &[f64]) -> DenseMatrix<T> {
        let values = values.iter().map(|value| T::from_f64(*value)).collect();
        DenseMatrix::from_columns(self.rows, values).expect("whole columns")
    }

    pub(crate) fn batch<T: Element>(&self) -> Batch<T> {
        let mut batch = Batch::zeros((self.rows, self.columns), self.y.len(), true);
        for (s, (y, x)) in self.y.iter().zip(&self.x).enumerate() {
            let convert = |v: &[f64]| v.iter().map(|v| T::from_f64(*v)).collect::<Vec<_>>();
            batch.set(s, &convert(y), Some(&convert(x)));
        }
        batch
    }
}

/// A network's numbers, and what of them there is to learn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    Ista,
    Iht,
    /// One weight.
    Shared,
    /// A weight for each layer.
    Each,
}

pub(crate) const KINDS: [Kind; 4] = [Kind::Ista, Kind::Iht, Kind::Shared, Kind::Each];
pub(crate) const LAMBDA: f64 = 0.03;
const PASSING: f64 = 0.031;

/// γ, θ and the share of layer k, uneven on purpose.
pub(crate) fn numbers<T: Real>(kind: Kind, k: usize) -> (T, T, T) {
    let step = match kind {
        Kind::Ista => 0.15 + 0.11 * (k % 3) as f64,
        Kind::Iht => 0.12 + 0.05 * (k % 3) as f64,
        Kind::Shared | Kind::Each => 0.5 + 0.07 * (k % 2) as f64,
    };
    let passing = PASSING * k as f64;
    (T::from_f64(step), T::from_f64(0.09 / (k + 1) as f64), T::from_f64(passing))
}

/// As the engine has it.
pub(crate) fn layer<T: Element>(
    kind: Kind,
    (step, threshold, passing): (T, T, T),
    n: usize,
) -> Layer<T> {
    match kind {
        Kind::Ista => Layer::ista(step, T::from_f64(LAMBDA)),
        Kind::Iht => Layer::iht(step, T::from_f64(LAMBDA)),
        Kind::Shared | Kind::Each => Layer::coupled(step, threshold, passing, n),
    }
}

/// x after the deployed layers.
pub(crate) fn deployed<R: Real>(
    kind: Kind,
    a: &DenseMatrix<R>,
    weights: &[DenseMatrix<R>],
    numbers: &[(R, R, R)],
    y: &[R],
) -> Vec<R> {
    let y = Vector::from(y.to_vec());
    let sensing = Sensing::new(a, &y).expect("good measurements");
    let steps: Vec<R> = numbers.iter().map(|numbers| numbers.0).collect();
    let lambda = R::from_f64(LAMBDA);
    match kind {
        Kind::Ista => infer(sensing, Unfolded::new(L1::new(lambda).unwrap(), steps).unwrap()),
        Kind::Iht => infer(sensing, Unfolded::new(L0::new(lambda).unwrap(), steps).unwrap()),
        Kind::Shared | Kind::Each => {
            let layer = |numbers: &(R, R, R)| CoupledLayer {
                step: numbers.0,
                threshold: numbers.1,
                passing: numbers.2,
            };
            let layers: Vec<_> = numbers.iter().map(layer).collect();
            let weights = if kind == Kind::Shared { &weights[..1] } else { weights };
            infer(sensing, Coupled::new(a, weights, layers).unwrap())
        }
    }
}

pub(crate) fn infer<R: Real>(
    sensing: Sensing<'_, R, DenseMatrix<R>>,
    layers: impl Layers<R, DenseMatrix<R>>,
) -> Vec<R> {
    let network = Network::new(sensing, layers);
    let mut state = network.start();
    network.infer(&mut state);
    state.x.to_vec()
}

/// y − A x.
pub(crate) fn residual<R: Real>(a: &DenseMatrix<R>, x: &[R], y: &[R]) -> Vec<R> {
    let mut image = a.zero_range();
    a.apply(&Vector::from(x.to_vec()), &mut image);
    y.iter().zip(image.iter()).map(|(y, image)| *y - *image).collect()
}
