//! Unrolled networks.

use core::hint::black_box;
use core::slice::from_ref;
use solvekit::dictionary::{Quantized, quantise};
use solvekit::network::{
    AdaLayer, AdaLista, BernoulliGaussian, Check, Coupled, CoupledLayer, Golden, Hyper,
    HyperNumbers, Layers, Lista, Network, Retraining, Safeguarded, Spline, TableSum, Tista,
    Unfolded,
};
use solvekit::penalty::{L0, L1};
use solvekit::recovery::{Ista, Sensing, StepSize};
use solvekit::{Iteration, LinearOperator, Run, SMatrix, SVector, Separable, Stop, Transposed};

/// Rows and columns, neither a multiple of 4.
const M: usize = 5;
const N: usize = 7;

type Dictionary = SMatrix<f32, M, N>;

#[inline(never)]
pub(super) fn infer() {
    let a = Dictionary::from_element(black_box(2.0));
    let y = SVector::<f32, M>::from_element(black_box(1.0));
    let Ok(sensing) = Sensing::new(&a, &y) else { return };
    let (Ok(l1), Ok(l0)) = (L1::new(black_box(0.1)), L0::new(black_box(0.1))) else { return };
    if let Ok(layers) = Unfolded::new(l1, black_box([0.5_f32; 4])) {
        run(sensing, layers);
    }
    if let Ok(layers) = Unfolded::new(l0, black_box([0.5_f32; 4])) {
        run(sensing, layers);
    }
    let layer = black_box(CoupledLayer { step: 1.0, threshold: 0.1, passing: 0.3 });
    if let Ok(layers) = Coupled::new(&a, from_ref(&a), [layer; 4]) {
        run(sensing, layers);
    }
    let (mut codes, mut scales) = (black_box([1; M * N]), black_box([0.5; N]));
    let column = black_box([0.5; M]);
    let _ = black_box(quantise::<4>(&column, &mut codes[..M], &mut scales[..M.div_ceil(4)]));
    if let Ok(w) = Quantized::<M, N>::new(&codes, &scales)
        && let Ok(layers) = Coupled::new(&a, from_ref(&w), [layer; 4])
    {
        run(sensing, layers);
        let table = w.table();
        let (mut image, mut back) = (black_box([0.0; M]), black_box([0.0; N]));
        table.multiply(&back, &mut image);
        table.multiply_adjoint(&image, &mut back);
        black_box((image, back, table.entry(black_box(1), black_box(2)), table.non_finite()));
        black_box((table.codes(), table.scales()));
    }
    let numbers = black_box(HyperNumbers { threshold: 0.1, momentum: 0.1, passing: 0.3 });
    if let Ok(layers) = Hyper::new(&a, &a, black_box([0.5; N]), numbers) {
        run(sensing, layers);
    }
    with_matrices(sensing);
    with_splines(sensing);
}

#[inline(never)]
fn with_matrices(sensing: Sensing<'_, f32, Dictionary>) {
    let a = sensing.dictionary();
    let b = SMatrix::<f32, N, M>::from_element(black_box(0.1));
    let c = SMatrix::<f32, N, N>::from_element(black_box(0.1));
    if let Ok(layers) = Lista::new(a, from_ref(&b), from_ref(&c), black_box([0.1; 4])) {
        run(sensing, layers);
    }
    // As an exported module has it, without A.
    let adjoint = Transposed(&b);
    if let Ok(layers) = Lista::new(&adjoint, from_ref(&b), from_ref(&c), black_box([0.1; 4])) {
        replay(&adjoint, &layers);
    }
    let w = SMatrix::<f32, M, M>::from_element(black_box(0.1));
    let layer = black_box(AdaLayer { step: 0.1, threshold: 0.1 });
    if let Ok(layers) = AdaLista::new(a, &w, &w, [layer; 4]) {
        run(sensing, layers);
    }
    let Ok(prior) = BernoulliGaussian::new(black_box(0.1), black_box(1.0)) else { return };
    black_box(prior.mean(black_box(0.3), black_box(0.1)));
    if let Ok(layers) = Tista::new(a, a, prior, black_box(0.1), black_box([1.0; 4])) {
        run(sensing, layers);
    }
}

#[inline(never)]
fn with_splines(sensing: Sensing<'_, f32, Dictionary>) {
    let a = sensing.dictionary();
    let Ok(spline) = Spline::new(black_box(&[0.5, 2.0]), black_box(&[0.0, 2.0])) else { return };
    let Ok(soft) = Spline::soft(black_box(&[1.0])) else { return };
    black_box((spline.knots(), spline.values(), spline.slopes(), spline.steepest()));
    let (knots, values) = black_box((&[0.5, 2.0][..], &[0.0, 2.0][..]));
    let _ = black_box(Spline::constant(knots, values));
    black_box(spline.at(black_box(0.3), black_box(0.1)));
    let layer = black_box(CoupledLayer { step: 1.0, threshold: 0.1, passing: 0.3 });
    let Ok(layers) = Coupled::new(a, from_ref(a), [layer; 2]) else { return };
    if let Ok(layers) = layers.with_shrinkage(spline) {
        run(sensing, layers);
    }
    // Whole and in part: as many as layers, and not.
    let splines = [spline, soft, soft];
    let some = splines.get(..black_box(2)).unwrap_or_default();
    if let Ok(layers) = layers.with_shrinkage(some) {
        run(sensing, layers);
    }
    let b = SMatrix::<f32, N, M>::from_element(black_box(0.1));
    let c = SMatrix::<f32, N, N>::from_element(black_box(0.1));
    if let Ok(layers) = Lista::new(a, from_ref(&b), from_ref(&c), black_box([0.1; 2]))
        && let Ok(layers) = layers.with_shrinkage(some)
    {
        run(sensing, layers);
    }
    let w = SMatrix::<f32, M, M>::from_element(black_box(0.1));
    let layer = black_box(AdaLayer { step: 0.1, threshold: 0.1 });
    if let Ok(layers) = AdaLista::new(a, &w, &w, [layer; 2])
        && let Ok(layers) = layers.with_shrinkage(some)
    {
        run(sensing, layers);
    }
}

/// Five layers for two measurements.
#[inline(never)]
pub(super) fn retrain() {
    let a = Dictionary::from_element(black_box(2.0));
    let recent = black_box([SVector::<f32, M>::from_element(1.0); 2]);
    let (Ok(l1), Ok(l0)) = (L1::new(black_box(0.1)), L0::new(black_box(0.1))) else { return };
    learn(&a, &recent, l1);
    learn(&a, &recent, l0);
}

fn learn(a: &Dictionary, recent: &[SVector<f32, M>], penalty: impl Separable<f32>) {
    let retraining = Retraining::new(a, recent, penalty, black_box(0.01));
    let Ok(retraining) = retraining.and_then(|own| own.within(0.001, black_box(1.0))) else {
        return;
    };
    let start = retraining.start(black_box([0.1_f32; 5]), [SVector::zeros(); 5]);
    let (Ok(mut state), Ok(stop)) = (start, Stop::relative(black_box(1e-3))) else { return };
    retraining.step(&mut state);
    let _ = black_box(Run::new(stop).advance(&retraining, &mut state, black_box(10)));
    black_box((state.loss(), state.slopes(), retraining.limits()));
}

fn replay<A: LinearOperator<f32>, L: Layers<f32, A>>(a: &A, layers: &L) {
    let golden = Golden::new(black_box(&[1.0; M]), black_box(&[2.0; N]), black_box(4));
    let mut room = golden.start(a, layers);
    let _ = black_box(golden.replay(a, layers, &mut room));
}

fn run<L: Layers<f32, Dictionary>>(sensing: Sensing<'_, f32, Dictionary>, layers: L) {
    replay(sensing.dictionary(), &layers);
    let sum = TableSum::new().reals(sensing.dictionary().as_slice()).codes(black_box(&[1, -2]));
    let _ = black_box(sum.expect(black_box(7)));
    let Ok(stop) = Stop::relative(black_box(1e-5)) else { return };
    let network = Network::new(sensing, &layers);
    let mut state = network.start();
    network.infer(&mut state);
    network.step(&mut state);
    let _ = black_box(Run::new(stop).advance(&network, &mut state, black_box(10)));
    if let Ok(again) = network.start_at(black_box(state.x)) {
        black_box((again.x, again.layer()));
    }
    let Ok(step) = StepSize::automatic(sensing.dictionary()) else { return };
    let Ok(penalty) = L1::new(black_box(0.1)) else { return };
    let Ok(twin) = Ista::new(sensing, penalty, step) else { return };
    let check = if black_box(true) { Check::EachLayer } else { Check::LastLayer };
    let safe = Safeguarded::new(network, twin, check);
    let mut state = safe.start();
    let _ = black_box(Run::new(stop).advance(&safe, &mut state, black_box(10)));
    black_box((state.refused(), safe.objective(state.x())));
    if let Ok(mut again) = safe.start_at(black_box(*state.x())) {
        black_box(again.x_mut());
    }
}
