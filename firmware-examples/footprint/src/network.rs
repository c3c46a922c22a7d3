//! A network as `solvekit export` writes one: its layers on checked measurements, and its self-test.
//! One dictionary of 24 × 48 is its own weight; `cargo xtask emulate plan` knows the bytes of the
//! tables here.

use core::hint::black_box;
use core::slice::from_ref;
use solvekit::nalgebra::ArrayStorage;
use solvekit::network::{
    Coupled, CoupledLayer, Golden, Hyper, HyperNumbers, Layers, Network, NetworkState,
    SelfTestError, TableSum, Unfolded,
};
use solvekit::penalty::{L0, L1};
use solvekit::recovery::{RecoveryError, Sensing};
use solvekit::{Iteration, SMatrix, SVector};

const M: usize = 24;
const N: usize = 48;
const T: usize = 16;

type Dictionary = SMatrix<f32, M, N>;
type State<L> =
    NetworkState<SVector<f32, N>, SVector<f32, M>, <L as Layers<f32, Dictionary>>::Memory>;

static A: Dictionary = SMatrix::from_array_storage(ArrayStorage([[0.1; M]; N]));
static SCALES: [f32; N] = [0.5; N];
static STEPS: [f32; T] = [0.5; T];
static LAYERS: [CoupledLayer<f32>; T] =
    [CoupledLayer { step: 0.5, threshold: 0.1, passing: 0.1 }; T];
static Y: [f32; M] = [1.5; M];
static X: [f32; N] = [2.5; N];

pub(crate) fn ista() {
    let layers = L1::new(black_box(0.1)).map(|penalty| Unfolded::new(penalty, &STEPS));
    if let Ok(Ok(layers)) = layers {
        deploy(&layers, TableSum::new().reals(black_box(&STEPS)));
    }
}

pub(crate) fn iht() {
    let layers = L0::new(black_box(0.1)).map(|penalty| Unfolded::new(penalty, &STEPS));
    if let Ok(Ok(layers)) = layers {
        deploy(&layers, TableSum::new().reals(black_box(&STEPS)));
    }
}

pub(crate) fn coupled() {
    let a = black_box(&A);
    if let Ok(layers) = Coupled::new(a, from_ref(a), black_box(&LAYERS)) {
        let mut sum = TableSum::new().reals(a.as_slice());
        for layer in &LAYERS {
            sum = sum.reals(&[layer.step, layer.threshold, layer.passing]);
        }
        deploy(&layers, sum);
    }
}

pub(crate) fn hyper() {
    let a = black_box(&A);
    let numbers = black_box(HyperNumbers { threshold: 0.1, momentum: 0.1, passing: 0.1 });
    if let Ok(layers) = Hyper::new(a, a, black_box(&SCALES), numbers) {
        deploy(&layers, TableSum::new().reals(a.as_slice()).reals(&SCALES));
    }
}

fn deploy<L: Layers<f32, Dictionary>>(layers: &L, sum: TableSum) {
    let a = black_box(&A);
    let golden = Golden::new(black_box(&Y), black_box(&X), T as u32);
    let mut state = black_box(golden.start(a, layers));
    let _ = black_box(recover(layers, black_box(&SVector::repeat(1.0)), &mut state));
    let _ = black_box(self_test(layers, sum, golden, &mut state));
    black_box(&state);
}

#[inline(never)]
fn recover<L: Layers<f32, Dictionary>>(
    layers: &L,
    y: &SVector<f32, M>,
    state: &mut State<L>,
) -> Result<(), RecoveryError> {
    let network = Network::new(Sensing::new(black_box(&A), y)?, layers);
    *state = network.start();
    (0..T).for_each(|_| network.step(state));
    Ok(())
}

#[inline(never)]
fn self_test<L: Layers<f32, Dictionary>>(
    layers: &L,
    sum: TableSum,
    golden: Golden<'_>,
    state: &mut State<L>,
) -> Result<(), SelfTestError> {
    let a = black_box(&A);
    sum.reals(a.as_slice()).expect(black_box(0))?;
    golden.replay(a, layers, state)
}
