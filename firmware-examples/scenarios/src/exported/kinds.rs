//! Each kind of network with tables of no particular skill. A dictionary is its own weight.

use super::{LAYERS, Module, Stored};
use core::hint::black_box;
use core::slice::from_ref;
use solvekit::network::{
    AdaLayer, BernoulliGaussian, Coupled, CoupledLayer, Energies, Hyper, HyperNumbers,
    NetworkError, TableSum, Unfolded,
};
use solvekit::penalty::{L0, L1};
use solvekit::{LinearOperator, SVector, Transposed};

const T: usize = LAYERS as usize;

/// An operator from N to M numbers.
pub trait Operator<const M: usize, const N: usize>:
    Stored + LinearOperator<f32, Domain = SVector<f32, N>, Range = SVector<f32, M>> + 'static
{
}

impl<const M: usize, const N: usize, O> Operator<M, N> for O where
    O: Stored + LinearOperator<f32, Domain = SVector<f32, N>, Range = SVector<f32, M>> + 'static
{
}

static STEPS: [f32; T] = [0.9; T];
/// Of LISTA: so small that most entries pass, as they do elsewhere here.
static THRESHOLDS: [f32; T] = thresholds(0.005, 0.8);
static COUPLED: [CoupledLayer<f32>; T] = {
    let mut layers = [CoupledLayer { step: 1.0, threshold: 0.0, passing: 0.0 }; T];
    let mut k = 0;
    while k < T {
        layers[k].threshold = FALLING[k];
        layers[k].passing = 0.008 * k as f32;
        k += 1;
    }
    layers
};
static ADA: [AdaLayer<f32>; T] = {
    let mut layers = [AdaLayer { step: 1.0, threshold: 0.0 }; T];
    let mut k = 0;
    while k < T {
        layers[k].threshold = 0.2 * FALLING[k];
        k += 1;
    }
    layers
};
/// Of the others.
const FALLING: [f32; T] = thresholds(0.05, 0.8);
/// For as many columns as any network here has.
static INVERSE_SCALES: [f32; 128] = [0.5; 128];

/// One after the other smaller by `factor`.
const fn thresholds(first: f32, factor: f32) -> [f32; T] {
    let (mut all, mut k, mut threshold) = ([0.0; T], 0, first);
    while k < T {
        threshold *= factor;
        all[k] = threshold;
        k += 1;
    }
    all
}

/// Unfolded ISTA.
#[derive(Debug)]
pub struct Ista<O: 'static>(pub &'static O);

/// Unfolded IHT.
#[derive(Debug)]
pub struct Iht<O: 'static>(pub &'static O);

/// ALISTA, whose layers are also those of LISTA-CP.
#[derive(Debug)]
pub struct Alista<O: 'static>(pub &'static O);

/// HyperLISTA.
#[derive(Debug)]
pub struct HyperLista<O: 'static>(pub &'static O);

/// TISTA.
#[derive(Debug)]
pub struct Tista<O: 'static>(pub &'static O);

/// LISTA: Bᵀ in the place of A, B and C.
#[derive(Debug)]
pub struct Lista<B: 'static, C: 'static>(pub Transposed<'static, B>, pub &'static C);

/// Ada-LISTA: A, and W for both of its weights.
#[derive(Debug)]
pub struct AdaLista<O: 'static, W: 'static>(pub &'static O, pub &'static W);

impl<const M: usize, const N: usize, O: Operator<M, N>> Module<M, N> for Ista<O> {
    type Dictionary = O;
    type Layers = Unfolded<L1<f32>, &'static [f32]>;

    fn dictionary(&self) -> &O {
        self.0
    }
    fn layers(&self) -> Result<Self::Layers, NetworkError> {
        let penalty = L1::new(black_box(0.01)).map_err(|_| NetworkError::Parameter)?;
        Unfolded::new::<f32>(penalty, black_box(&STEPS))
    }
    fn sum(&self) -> TableSum {
        self.0.add_to(TableSum::new()).reals(black_box(&STEPS))
    }
}

impl<const M: usize, const N: usize, O: Operator<M, N>> Module<M, N> for Iht<O> {
    type Dictionary = O;
    type Layers = Unfolded<L0<f32>, &'static [f32]>;

    fn dictionary(&self) -> &O {
        self.0
    }
    fn layers(&self) -> Result<Self::Layers, NetworkError> {
        let penalty = L0::new(black_box(0.002)).map_err(|_| NetworkError::Parameter)?;
        Unfolded::new::<f32>(penalty, black_box(&STEPS))
    }
    fn sum(&self) -> TableSum {
        self.0.add_to(TableSum::new()).reals(black_box(&STEPS))
    }
}

impl<const M: usize, const N: usize, O: Operator<M, N>> Module<M, N> for Alista<O> {
    type Dictionary = O;
    type Layers = Coupled<'static, O, &'static [CoupledLayer<f32>]>;

    fn dictionary(&self) -> &O {
        self.0
    }
    fn layers(&self) -> Result<Self::Layers, NetworkError> {
        Coupled::new(self.0, from_ref(self.0), black_box(&COUPLED))
    }
    fn sum(&self) -> TableSum {
        let mut sum = self.0.add_to(self.0.add_to(TableSum::new()));
        for layer in black_box(&COUPLED) {
            sum = sum.reals(&[layer.step, layer.threshold, layer.passing]);
        }
        sum
    }
}

impl<const M: usize, const N: usize, O: Operator<M, N>> Module<M, N> for HyperLista<O> {
    type Dictionary = O;
    type Layers = Hyper<'static, f32, O, &'static [f32]>;

    fn dictionary(&self) -> &O {
        self.0
    }
    fn layers(&self) -> Result<Self::Layers, NetworkError> {
        let numbers = HyperNumbers { threshold: 0.01, momentum: 0.01, passing: 0.02 };
        let scales = INVERSE_SCALES.get(..N).unwrap_or_default();
        Hyper::new(self.0, self.0, black_box(scales), black_box(numbers))
    }
    fn sum(&self) -> TableSum {
        let sum = self.0.add_to(self.0.add_to(TableSum::new()));
        sum.reals(black_box(INVERSE_SCALES.get(..N).unwrap_or_default()))
    }
}

impl<const M: usize, const N: usize, O: Operator<M, N>> Module<M, N> for Tista<O> {
    type Dictionary = O;
    type Layers = solvekit::network::Tista<'static, f32, O, &'static [f32]>;

    fn dictionary(&self) -> &O {
        self.0
    }
    fn layers(&self) -> Result<Self::Layers, NetworkError> {
        let prior = BernoulliGaussian::new(black_box(0.1), black_box(1.0))?;
        // That of the tables: 0.35² a column.
        let energy = black_box(0.122_5 * N as f32);
        let energies = Energies { dictionary: energy, weight: energy };
        let steps = black_box(&STEPS[..]);
        let noise = black_box(1e-4);
        solvekit::network::Tista::with_energies(self.0, self.0, prior, noise, energies, steps)
    }
    fn sum(&self) -> TableSum {
        let sum = self.0.add_to(self.0.add_to(TableSum::new()));
        sum.reals(black_box(&STEPS)).reals(&black_box([0.1, 1.0, 1e-4, 1.0, 1.0]))
    }
}

impl<const M: usize, const N: usize, B, C> Module<M, N> for Lista<B, C>
where
    B: Operator<N, M>,
    C: Operator<N, N>,
{
    type Dictionary = Transposed<'static, B>;
    type Layers = solvekit::network::Lista<'static, B, C, &'static [f32]>;

    fn dictionary(&self) -> &Self::Dictionary {
        &self.0
    }
    fn layers(&self) -> Result<Self::Layers, NetworkError> {
        let (b, c, thresholds) = (from_ref(self.0.0), from_ref(self.1), &THRESHOLDS[..]);
        solvekit::network::Lista::new(&self.0, b, c, black_box(thresholds))
    }
    fn sum(&self) -> TableSum {
        self.1.add_to(self.0.0.add_to(TableSum::new())).reals(black_box(&THRESHOLDS))
    }
}

impl<const M: usize, const N: usize, O, W> Module<M, N> for AdaLista<O, W>
where
    O: Operator<M, N>,
    W: Operator<M, M>,
{
    type Dictionary = O;
    type Layers = solvekit::network::AdaLista<'static, W, &'static [AdaLayer<f32>]>;

    fn dictionary(&self) -> &O {
        self.0
    }
    fn layers(&self) -> Result<Self::Layers, NetworkError> {
        solvekit::network::AdaLista::new(self.0, self.1, self.1, black_box(&ADA[..]))
    }
    fn sum(&self) -> TableSum {
        let mut sum = self.1.add_to(self.1.add_to(self.0.add_to(TableSum::new())));
        for layer in black_box(&ADA) {
            sum = sum.reals(&[layer.step, layer.threshold]);
        }
        sum
    }
}
