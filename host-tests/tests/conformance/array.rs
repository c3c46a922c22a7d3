//! Arrays in both precisions: what is sought is the least-squares gains, or the likeliest ones.

use crate::case::Case;
use nalgebra::{DMatrix, DVector};
use solvekit::calibration::array::{
    FactorFit, FactorFitState, Moments, SensorNoise, SubspaceFit, SubspaceFitState, room,
};
use solvekit::direct::packed;
use solvekit::operator::zeros;
use solvekit::{Iteration, Real, SMatrix, SVector};
use std::fmt::Debug;

/// Sensors, signals, frames.
const M: usize = 6;
const K: usize = 2;
const P: usize = 12;

const GAINS: [f64; M] = [1.25, 0.75, 1.0, 1.5, 0.5, 1.0];

fn wave(l: usize, i: usize) -> f64 {
    ((l * l * 7 + i * i * 13 + 5 * l * i + 3 * l) as f64).sin()
}

/// Constant, and a cosine.
fn basis() -> DMatrix<f64> {
    let angle = |i: usize| std::f64::consts::PI * (i as f64 + 0.5) / M as f64;
    DMatrix::from_fn(M, K, |i, j| match j {
        0 => (1.0 / M as f64).sqrt(),
        _ => (2.0 / M as f64).sqrt() * angle(i).cos(),
    })
}

/// Frames with noise, so that steps after the start have something to do.
fn frames(shared: bool) -> Vec<[f64; M]> {
    let u = basis();
    let one = |l: usize| {
        std::array::from_fn(|i| {
            let field = if shared {
                2.0 * wave(l, 1)
            } else {
                u[(i, 0)] * wave(l, 1) + u[(i, 1)] * wave(l, 2)
            };
            // Of a third of what f32 keeps exactly.
            let y = GAINS[i] * field + 0.1 * wave(l + 20, i + 3);
            f64::from((y * 65536.0).round() as i32) / 65536.0
        })
    };
    (0..if shared { 10 * P } else { P }).map(one).collect()
}

/// The least-squares gains: signals and gains in turn, each solved exactly, very often.
fn alternating(frames: &[[f64; M]]) -> Vec<f64> {
    let (u, y) = (basis(), DMatrix::from_fn(M, frames.len(), |i, l| frames[l][i]));
    let mut gains = [1.0; M];
    for _ in 0..20_000 {
        let b = DMatrix::from_fn(M, K, |i, j| gains[i] * u[(i, j)]);
        let normal = (b.transpose() * &b).cholesky().expect("regular");
        let field = &u * normal.solve(&(b.transpose() * &y));
        for (i, gain) in gains.iter_mut().enumerate() {
            *gain = field.row(i).dot(&y.row(i)) / field.row(i).norm_squared();
        }
        let mean = gains.iter().sum::<f64>() / M as f64;
        gains.iter_mut().for_each(|gain| *gain /= mean);
    }
    gains.to_vec()
}

/// The likeliest gains and variances: expectation and maximisation, very often.
fn likeliest(frames: &[[f64; M]]) -> Vec<f64> {
    let mut y = DMatrix::from_fn(M, frames.len(), |i, l| frames[l][i]);
    for mut row in y.row_iter_mut() {
        let mean = row.mean();
        row.add_scalar_mut(-mean);
    }
    let s = &y * y.transpose() / (frames.len() - 1) as f64;
    let (mut load, mut noise) = (s.diagonal().map(|v| (0.5 * v).sqrt()), s.diagonal() * 0.5);
    for _ in 0..20_000 {
        let whole = &load * load.transpose() + DMatrix::from_diagonal(&noise);
        let beta: DVector<f64> = whole.try_inverse().expect("regular") * &load;
        let second = 1.0 - beta.dot(&load) + (beta.transpose() * &s * &beta)[0];
        load = &s * &beta / second;
        noise = DVector::from_fn(M, |i, _| s[(i, i)] - load[i] * (s.row(i) * &beta)[0]);
    }
    let mean = load.mean();
    load.iter().map(|l| l / mean).chain(noise.iter().copied()).collect()
}

type G<R> = SVector<R, M>;
type W<R> = SVector<R, { packed(M) }>;

fn moments<R: Real>(frames: &[[f64; M]], centred: bool) -> Moments<R, G<R>, W<R>> {
    let sums = Moments::new(zeros::<R, M, 1>(), zeros()).expect("room");
    let mut sums = if centred { sums.centred() } else { sums };
    for frame in frames {
        sums.add(&frame.map(R::from_f64)).expect("a good frame");
    }
    sums
}

/// Where a state keeps what is sought.
trait Sought<R> {
    fn entry(&mut self, i: usize) -> &mut R;
}

impl<R: Real, W, S> Sought<R> for SubspaceFitState<R, G<R>, W, S> {
    fn entry(&mut self, i: usize) -> &mut R {
        &mut self.gains_mut()[i]
    }
}

/// Gains, then variances.
impl<R: Real> Sought<R> for FactorFitState<R, G<R>> {
    fn entry(&mut self, i: usize) -> &mut R {
        if i < M { &mut self.gains_mut()[i] } else { &mut self.variances_mut()[i - M] }
    }
}

fn check<R: Real + Into<f64>, I: Iteration<Real = R>>(
    name: &'static str,
    iteration: &I,
    start: I::State,
    read: fn(&I::State) -> Vec<f64>,
    answer: Vec<f64>,
) where
    I::State: Sought<R> + Debug,
{
    // The factor model comes nearer by a tenth or more each round.
    let (tolerance, accuracy) =
        if R::EPSILON.into() < 1e-10 { (1e-11, 1e-9) } else { (4e-6, 5e-5) };
    let poke: fn(&mut I::State, usize, f64) =
        |state, i, value| *state.entry(i) = R::from_f64(value);
    Case { name, iteration, start, read, poke, answer, accuracy, tolerance, ceiling: 60 }.check();
}

fn all<R: Real + Into<f64>>() {
    let fields = frames(false);
    let sums = moments::<R>(&fields, false);
    let exact = basis();
    let u = SMatrix::<R, M, K>::from_fn(|i, j| R::from_f64(exact[(i, j)]));
    let fit = SubspaceFit::new(&sums, &u).expect("enough frames");
    let start = fit.start(zeros(), zeros::<R, { room(M, K) }, 1>()).expect("room");
    let read = |state: &SubspaceFitState<R, G<R>, W<R>, SVector<R, { room(M, K) }>>| {
        state.gains().iter().map(|gain| (*gain).into()).collect()
    };
    check("SubspaceFit", &fit, start, read, alternating(&fields));

    let shared = frames(true);
    let sums = moments::<R>(&shared, true);
    let fit = FactorFit::new(&sums, SensorNoise::Own).expect("good moments");
    let read = |state: &FactorFitState<R, G<R>>| {
        state.gains().iter().chain(state.variances().iter()).map(|v| (*v).into()).collect()
    };
    check("FactorFit", &fit, fit.start(), read, likeliest(&shared));
}

#[test]
fn arrays_in_f32() {
    all::<f32>();
}

#[test]
fn arrays_in_f64() {
    all::<f64>();
}
