//! Networks with a learned shrinkage.

use super::{AdaLista, Alista, LAYERS, Lista, Module, Operator};
use core::hint::black_box;
use solvekit::Transposed;
use solvekit::network::{
    AdaLayer, Coupled, CoupledLayer, MAX_KNOTS, NetworkError, Spline, TableSum,
};

const T: usize = LAYERS as usize;

/// Where the first knot lies, in thresholds: so low that most entries are beyond the last one, which
/// takes longest.
const FIRST: f32 = 1e-4;

/// A network with a spline for each layer.
#[derive(Debug)]
pub struct Curved<X> {
    plain: X,
    splines: &'static [Spline<f32>],
}

impl<X> Curved<X> {
    /// Of K knots.
    pub const fn of<const K: usize>(plain: X) -> Self {
        Self { plain, splines: const { &[spline::<K>(); T] } }
    }

    fn add_splines(&self, mut sum: TableSum) -> TableSum {
        for spline in black_box(self.splines) {
            sum = sum.reals(spline.knots()).reals(spline.values()).reals(spline.slopes());
        }
        sum
    }
}

/// Zero up to the first knot, then back to z.
const fn spline<const K: usize>() -> Spline<f32> {
    let (mut knots, mut values) = ([0.0; K], [0.0; K]);
    let (mut k, mut knot) = (0, FIRST);
    while k < K {
        knots[k] = knot;
        values[k] = (knot - FIRST) * (1.0 + 0.02 * k as f32);
        knot *= 1.3;
        k += 1;
    }
    assert!(K <= MAX_KNOTS);
    match Spline::constant(&knots, &values) {
        Ok(spline) => spline,
        // While compiling: there is no such branch in the image.
        Err(_) => panic!("knots and values that are no spline"),
    }
}

impl<const M: usize, const N: usize, O: Operator<M, N>> Module<M, N> for Curved<Alista<O>> {
    type Dictionary = O;
    type Layers = Coupled<'static, O, &'static [CoupledLayer<f32>], &'static [Spline<f32>]>;

    fn dictionary(&self) -> &O {
        self.plain.dictionary()
    }
    fn layers(&self) -> Result<Self::Layers, NetworkError> {
        self.plain.layers()?.with_shrinkage(black_box(self.splines))
    }
    fn sum(&self) -> TableSum {
        self.add_splines(self.plain.sum())
    }
}

impl<const M: usize, const N: usize, B, C> Module<M, N> for Curved<Lista<B, C>>
where
    B: Operator<N, M>,
    C: Operator<N, N>,
{
    type Dictionary = Transposed<'static, B>;
    type Layers = solvekit::network::Lista<'static, B, C, &'static [f32], &'static [Spline<f32>]>;

    fn dictionary(&self) -> &Self::Dictionary {
        self.plain.dictionary()
    }
    fn layers(&self) -> Result<Self::Layers, NetworkError> {
        self.plain.layers()?.with_shrinkage(black_box(self.splines))
    }
    fn sum(&self) -> TableSum {
        self.add_splines(self.plain.sum())
    }
}

impl<const M: usize, const N: usize, O, W> Module<M, N> for Curved<AdaLista<O, W>>
where
    O: Operator<M, N>,
    W: Operator<M, M>,
{
    type Dictionary = O;
    type Layers =
        solvekit::network::AdaLista<'static, W, &'static [AdaLayer<f32>], &'static [Spline<f32>]>;

    fn dictionary(&self) -> &O {
        self.plain.dictionary()
    }
    fn layers(&self) -> Result<Self::Layers, NetworkError> {
        self.plain.layers()?.with_shrinkage(black_box(self.splines))
    }
    fn sum(&self) -> TableSum {
        self.add_splines(self.plain.sum())
    }
}
