//! [`ModelLayers`]: a model as the layers that firmware runs.

use super::Matrix;
use crate::vector::Vector;
use solvekit::LinearOperator;
use solvekit::network::{
    AdaLayer, AdaLista, AdaMemory, Coupled, CoupledLayer, Hyper, HyperMemory, Layers, Lista, Point,
    Spline, Tista, Unfolded,
};
use solvekit::penalty::{L0, L1};
use solvekit::recovery::Sensing;

/// The layers of a [`Model`](super::Model): the deployed ones, chosen when running.
///
/// They end with the last layer that was asked for, those of [`Hyper`] too, which alone have none.
#[derive(Clone, Debug)]
pub struct ModelLayers<'m, O = Matrix> {
    pub(super) stages: Stages<'m, O>,
    pub(super) depth: u32,
}

#[derive(Clone, Debug)]
pub(super) enum Stages<'m, O> {
    Ista(Unfolded<L1<f32>, &'m [f32]>),
    Iht(Unfolded<L0<f32>, &'m [f32]>),
    Coupled(Coupled<'m, O, &'m [CoupledLayer<f32>]>),
    Curved(Coupled<'m, O, &'m [CoupledLayer<f32>], &'m [Spline<f32>]>),
    Hyper(Hyper<'m, f32, O, &'m [f32]>),
    Lista(Lista<'m, O, O, &'m [f32]>),
    CurvedLista(Lista<'m, O, O, &'m [f32], &'m [Spline<f32>]>),
    AdaLista(AdaLista<'m, O, &'m [AdaLayer<f32>]>),
    CurvedAdaLista(AdaLista<'m, O, &'m [AdaLayer<f32>], &'m [Spline<f32>]>),
    Tista(Tista<'m, f32, O, &'m [f32]>),
}

/// What the layers of a model remember, and their room.
#[derive(Clone, Debug)]
pub enum ModelMemory {
    /// Of layers that need neither.
    None,
    /// Of [`Hyper`].
    Hyper(HyperMemory<f32, Vector<f32>>),
    /// Of [`AdaLista`].
    AdaLista(AdaMemory<Vector<f32>>),
}

impl<O> ModelLayers<'_, O> {
    /// Layers that are applied, at least 1.
    #[must_use]
    pub const fn depth(&self) -> u32 {
        self.depth
    }

    /// The first `depth` layers; where there is no last one, as many as are asked for. `None` for
    /// none, and for more than there are.
    #[must_use]
    pub fn first(self, depth: u32) -> Option<Self> {
        let most = match &self.stages {
            Stages::Hyper(_) => u32::MAX,
            _ => self.depth,
        };
        (1..=most).contains(&depth).then_some(Self { depth, ..self })
    }
}

impl<A, O> Layers<f32, A> for ModelLayers<'_, O>
where
    A: LinearOperator<f32, Domain = Vector<f32>, Range = Vector<f32>>,
    O: LinearOperator<f32, Domain = Vector<f32>, Range = Vector<f32>>,
{
    type Memory = ModelMemory;

    fn layers(&self) -> Option<u32> {
        Some(self.depth)
    }

    fn start(&self, a: &A) -> Self::Memory {
        match &self.stages {
            Stages::Hyper(layers) => ModelMemory::Hyper(layers.start(a)),
            Stages::AdaLista(layers) => ModelMemory::AdaLista(layers.start(a)),
            Stages::CurvedAdaLista(layers) => ModelMemory::AdaLista(layers.start(a)),
            _ => ModelMemory::None,
        }
    }

    fn apply(
        &self,
        k: u32,
        sensing: &Sensing<'_, f32, A>,
        point: Point<'_, A::Domain, A::Range>,
        memory: &mut Self::Memory,
    ) {
        match (&self.stages, memory) {
            (Stages::Ista(layers), _) => layers.apply(k, sensing, point, &mut ()),
            (Stages::Iht(layers), _) => layers.apply(k, sensing, point, &mut ()),
            (Stages::Coupled(layers), _) => layers.apply(k, sensing, point, &mut ()),
            (Stages::Curved(layers), _) => layers.apply(k, sensing, point, &mut ()),
            (Stages::Lista(layers), _) => layers.apply(k, sensing, point, &mut ()),
            (Stages::CurvedLista(layers), _) => layers.apply(k, sensing, point, &mut ()),
            (Stages::Tista(layers), _) => layers.apply(k, sensing, point, &mut ()),
            (Stages::Hyper(layers), ModelMemory::Hyper(own)) => {
                layers.apply(k, sensing, point, own);
            }
            (Stages::AdaLista(layers), ModelMemory::AdaLista(own)) => {
                layers.apply(k, sensing, point, own);
            }
            (Stages::CurvedAdaLista(layers), ModelMemory::AdaLista(own)) => {
                layers.apply(k, sensing, point, own);
            }
            // Memory of other layers, which `start` never gives: the layer gets its own.
            (Stages::Hyper(layers), other) => {
                let mut own = layers.start(sensing.dictionary());
                layers.apply(k, sensing, point, &mut own);
                *other = ModelMemory::Hyper(own);
            }
            (Stages::AdaLista(layers), other) => {
                let mut own = layers.start(sensing.dictionary());
                layers.apply(k, sensing, point, &mut own);
                *other = ModelMemory::AdaLista(own);
            }
            (Stages::CurvedAdaLista(layers), other) => {
                let mut own = layers.start(sensing.dictionary());
                layers.apply(k, sensing, point, &mut own);
                *other = ModelMemory::AdaLista(own);
            }
        }
    }
}
