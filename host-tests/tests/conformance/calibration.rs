//! Blind calibration in both precisions: what is sought is the signal and the gains behind it.

use crate::case::Case;
use nalgebra::{DMatrix, DVector};
use solvekit::calibration::{
    Form, GaussNewton, GaussNewtonState, Order, ProjectedGradient, ProjectedGradientState,
    SharedGains, SharedGainsState, Snapshots, SparseProjectedGradient,
    SparseProjectedGradientState, Steps, shared_room,
};
use solvekit::direct::packed;
use solvekit::operator::zeros;
use solvekit::recovery::Largest;
use solvekit::{Iteration, Real, SMatrix, SVector};
use std::fmt::Debug;

/// Unknowns, sensors, rows of eight snapshots.
const N: usize = 6;
const M: usize = 5;
const MP: usize = 40;

fn rows<R: Real>() -> SMatrix<R, N, MP> {
    let wave = |j: usize, k: usize| ((k * k * 7 + j * j * 13 + 5 * j * k + 3 * j) as f64).sin();
    SMatrix::from_fn(|j, k| R::from_f64(wave(j, k)))
}

/// Gains whose mean is 1 exactly.
const GAINS: [f64; M] = [1.25, 0.75, 1.0, 1.5, 0.5];

fn measured<R: Real>(x: &[f64; N]) -> SVector<R, MP> {
    let rows = rows::<f64>();
    SVector::from_fn(|k, _| {
        let dot: f64 = (0..N).map(|j| rows[(j, k)] * x[j]).sum();
        R::from_f64(GAINS[k % M] * dot)
    })
}

/// Where the state of a calibration keeps what is sought.
trait Sought<R> {
    fn both(&mut self) -> [&mut [R]; 2];
}

type X<R> = SVector<R, N>;
type G<R> = SVector<R, M>;
type Y<R> = SVector<R, MP>;
type Factor<R> = SVector<R, { packed(N) }>;
type Shared<R> = SVector<R, { shared_room(N, M) }>;

impl<R: Real> Sought<R> for ProjectedGradientState<R, X<R>, G<R>, Y<R>> {
    fn both(&mut self) -> [&mut [R]; 2] {
        [self.x.as_mut_slice(), self.gains.as_mut_slice()]
    }
}

impl<R: Real, I, V> Sought<R> for SparseProjectedGradientState<R, X<R>, G<R>, Y<R>, I, V> {
    fn both(&mut self) -> [&mut [R]; 2] {
        [self.x.as_mut_slice(), self.gains.as_mut_slice()]
    }
}

/// The gains follow from the signal.
impl<R: Real> Sought<R> for GaussNewtonState<R, X<R>, G<R>, Y<R>, Factor<R>> {
    fn both(&mut self) -> [&mut [R]; 2] {
        [self.x_mut().as_mut_slice(), &mut []]
    }
}

/// The signals follow from the gains.
impl<R: Real> Sought<R> for SharedGainsState<R, X<R>, [X<R>; 2], G<R>, Y<R>, Shared<R>> {
    fn both(&mut self) -> [&mut [R]; 2] {
        [&mut [], self.gains_mut().as_mut_slice()]
    }
}

fn check<R: Real + Into<f64>, I: Iteration<Real = R>>(
    name: &'static str,
    iteration: &I,
    start: I::State,
    answer: Vec<f64>,
    ceiling: u32,
) where
    I::State: Sought<R> + Debug,
{
    // Steps shrink by a twelfth or more each time, so that the error is about ten of them.
    let (tolerance, accuracy) =
        if R::EPSILON.into() < 1e-10 { (1e-10, 1e-8) } else { (2e-6, 1e-4) };
    Case {
        name,
        iteration,
        start,
        read: |state| state.clone().both().concat().iter().map(|v| (*v).into()).collect(),
        poke: |state, i, value| {
            let [x, gains] = state.both();
            let unknowns = x.len();
            let slot = if i < unknowns { &mut x[i] } else { &mut gains[i - unknowns] };
            *slot = R::from_f64(value);
        },
        answer,
        accuracy,
        tolerance,
        ceiling,
    }
    .check();
}

/// Signal and gains.
fn both(x: &[f64; N]) -> Vec<f64> {
    [&x[..], &GAINS[..]].concat()
}

/// Noise, so that steps after the start have something to do.
fn noise(k: usize) -> f64 {
    0.2 * ((k * k * 11 + 3 * k) as f64).sin()
}

/// The least-squares signal: signal and gains in turn, each solved exactly, very often.
fn alternating(y: &[f64]) -> Vec<f64> {
    let rows = rows::<f64>();
    let mut gains = [1.0; M];
    let mut x = DVector::zeros(N);
    for _ in 0..20_000 {
        let a = DMatrix::from_fn(MP, N, |k, j| gains[k % M] * rows[(j, k)]);
        let normal = (a.transpose() * &a).cholesky().expect("regular");
        x = normal.solve(&(a.transpose() * DVector::from_column_slice(y)));
        let u = rows.transpose() * &x;
        for (i, gain) in gains.iter_mut().enumerate() {
            let own = || (i..MP).step_by(M);
            let cross: f64 = own().map(|k| u[k] * y[k]).sum();
            *gain = cross / own().map(|k| u[k] * u[k]).sum::<f64>();
        }
        let mean = gains.iter().sum::<f64>() / M as f64;
        gains.iter_mut().for_each(|gain| *gain /= mean);
        x *= mean;
    }
    x.as_slice().to_vec()
}

fn all<R: Real + Into<f64>>() {
    let (a, room) = (rows::<R>(), zeros::<R, M, 1>());
    let x = [1.0, -0.5, 0.25, 0.75, -1.0, 0.5];
    let y = measured::<R>(&x);
    let snapshots = Snapshots::new(&a, &y, room, Order::BySnapshot).expect("valid data");
    for steps in [Steps::Joint, Steps::Alternating] {
        let descent = ProjectedGradient::new(snapshots, steps).expect("valid");
        check("ProjectedGradient", &descent, descent.start(), both(&x), 400);
        let bounded = descent.within(R::from_f64(0.6)).expect("valid");
        check("ProjectedGradient, bounded", &bounded, bounded.start(), both(&x), 400);
    }
    let sparse = [0.0, 0.0, 1.0, 0.0, -0.5, 0.0];
    let seen = measured::<R>(&sparse);
    let snapshots = Snapshots::new(&a, &seen, room, Order::BySnapshot).expect("valid data");
    let room = Largest::new([0; 2], zeros::<R, 2, 1>());
    let descent = SparseProjectedGradient::new(snapshots, room).expect("valid");
    check("SparseProjectedGradient", &descent, descent.start(), both(&sparse), 400);
    let noisy = y + SVector::<R, MP>::from_fn(|k, _| R::from_f64(noise(k)));
    let clean = measured::<f64>(&x);
    let least: Vec<f64> = (0..MP).map(|k| clean[k] + noise(k)).collect();
    let least = alternating(&least);
    let room = zeros::<R, M, 1>();
    let snapshots = Snapshots::new(&a, &noisy, room, Order::BySnapshot).expect("valid data");
    for form in [Form::Cholesky, Form::Rotations] {
        let fit = GaussNewton::new(snapshots).expect("enough equations").in_form(form);
        let start = fit.start(zeros()).expect("room");
        check("GaussNewton", &fit, start, least.clone(), 40);
    }
    shared::<R>(&noisy);
    assert_eq!((a, y, seen), (rows(), measured(&x), measured(&sparse)), "the input was changed");
}

/// Two signals, of which the second one is seen through rows in another order.
fn shared<R: Real + Into<f64>>(noisy: &Y<R>) {
    let (a, mut b) = (rows::<R>(), rows::<R>());
    for k in 0..MP {
        b.swap_columns(k, (k + M * (k % 3)) % MP);
    }
    let other = [0.5, 1.0, -0.75, 0.25, 0.5, -1.0];
    let seen = SVector::<R, MP>::from_fn(|k, _| {
        let dot: f64 = (0..N).map(|j| b[(j, k)].into() * other[j]).sum();
        R::from_f64(GAINS[k % M] * dot + noise(k + 17))
    });
    let room = zeros::<R, M, 1>();
    let signals = [
        Snapshots::new(&a, noisy, room, Order::BySnapshot).expect("valid data"),
        Snapshots::new(&b, &seen, room, Order::BySnapshot).expect("valid data"),
    ];
    let wide = |a: &SMatrix<R, N, MP>| DMatrix::from_fn(N, MP, |j, k| a[(j, k)].into());
    let narrow = |y: &Y<R>| y.iter().map(|y| (*y).into()).collect::<Vec<f64>>();
    let gains = alternating_gains(&[(wide(&a), narrow(noisy)), (wide(&b), narrow(&seen))]);
    let fit = SharedGains::new(&signals).expect("enough equations");
    let start = fit.start([zeros(), zeros()], zeros()).expect("room");
    check("SharedGains::new", &fit, start, gains, 40);
}

/// The least-squares gains of several signals: signals and gains in turn, each solved exactly.
fn alternating_gains(signals: &[(DMatrix<f64>, Vec<f64>)]) -> Vec<f64> {
    let mut gains = vec![1.0; M];
    for _ in 0..20_000 {
        let (mut cross, mut own) = ([0.0; M], [0.0; M]);
        for (rows, y) in signals {
            let a = DMatrix::from_fn(MP, N, |k, j| gains[k % M] * rows[(j, k)]);
            let normal = (a.transpose() * &a).cholesky().expect("regular");
            let u =
                rows.transpose() * normal.solve(&(a.transpose() * DVector::from_column_slice(y)));
            for k in 0..MP {
                cross[k % M] += u[k] * y[k];
                own[k % M] += u[k] * u[k];
            }
        }
        gains = cross.iter().zip(own).map(|(cross, own)| cross / own).collect();
        let mean = gains.iter().sum::<f64>() / M as f64;
        gains.iter_mut().for_each(|gain| *gain /= mean);
    }
    gains
}

#[test]
fn in_f32() {
    all::<f32>();
}
#[test]
fn in_f64() {
    all::<f64>();
}
