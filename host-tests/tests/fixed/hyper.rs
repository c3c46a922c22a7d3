//! HyperLISTA.

use crate::model::{ONE, Scale, bits, cut, floor, product, round};
use crate::sparse::{Codes, Problem, in_q31, numbers_of, scale, scaled_down, soft};
use rand_pcg::Pcg32;
use solvekit::fixed::{Format, HyperLista, I1F15, I1F31, Sensing, quantize};
use solvekit::network::{Hyper, HyperNumbers, Network};
use solvekit::{Iteration, SMatrix, SVector, recovery};

/// 2¹⁶ log₂(v) for v > 0, of the 32 leading bits, by squares that are cut to 32 bits.
fn log2(v: i128) -> i128 {
    let whole = i128::from(v.ilog2());
    let mut y = if whole >= 31 { floor(v, whole as u32 - 31) } else { v << (31 - whole) };
    let mut fraction = 0;
    for _ in 0..16 {
        y = floor(y * y, 31);
        fraction *= 2;
        if y >= 1 << 32 {
            fraction += 1;
            y = floor(y, 1);
        }
    }
    (whole << 16) + fraction
}

fn codes<F: Format, const N: usize>(scales: &[f64]) -> [F; N] {
    std::array::from_fn(|j| F::saturating_from_num(scales[j]))
}

/// Layers of random networks on random signals; the cut-off numbers.
fn layers_are_those_of_the_model<F: Format, const M: usize, const N: usize>(
    seed: u64,
    size: f64,
) -> u32 {
    let mut random = Pcg32::new(seed, 3);
    let problem = Problem::<M, N>::draw(&mut random);
    let (a, w) = (Codes::<F, M, N>::new(&problem.dense), Codes::<F, M, N>::new(&problem.weight));
    let (_, y) = problem.signal(&mut random, N / 10 + 1, size);
    let y: [I1F31; M] = in_q31(&y);
    let scales: [F; N] = codes(&problem.inverse_scales);
    let numbers = HyperNumbers { threshold: 0.03, momentum: 0.04, passing: 0.2 };
    let sensing = Sensing::new(a.dictionary(), &y);
    let network = HyperLista::new(sensing, w.dictionary(), &scales, numbers).unwrap();
    let mut state = network.start();
    let (a, w, y) = (a.model(), w.model(), bits(&y));
    let weights: Vec<i128> = scales
        .iter()
        .map(|f| {
            i128::from(f.to_num::<I1F31>().to_bits()) >> if F::FRAC_NBITS == 31 { 0 } else { 16 }
        })
        .collect();
    let passing = scale(numbers.passing * std::f32::consts::LN_2);
    let (mut x, mut before, mut first) = (vec![0; N], vec![0; N], 0);
    let mut overflows = 0;
    for layer in 0..10 {
        let r = a.residual(&y, &x, &mut overflows);
        let one = Scale { m: 1 << 30, s: w.exponent };
        let sums = w.correlations(&r);
        let pull: Vec<i128> = sums.iter().map(|sum| one.apply(*sum, &mut overflows)).collect();
        let left = w.weighed(&weights, &pull);
        if layer == 0 {
            (first, before) = (left, x.clone());
        }
        let largest = x.iter().map(|x| x.abs()).max().unwrap();
        let support = x.iter().filter(|x| 100 * x.abs() > largest).count() as i128;
        let beta = scaled_down(support << 30, scale(numbers.momentum)).min(1 << 30);
        let mut z = Vec::new();
        for j in 0..N {
            let moved = cut(x[j] - before[j], &mut overflows);
            let sum = ((x[j] + pull[j]) << 15) + 2 * product(moved, beta);
            z.push(cut(round(sum, 15), &mut overflows));
        }
        let theta = floor(scaled_down(left, scale(numbers.threshold)), 15).min(ONE - 1);
        let count = if left == 0 {
            N
        } else {
            let fallen = (log2(first.max(1)) - log2(left)).max(0);
            (floor(scaled_down(fallen * N as i128, passing), 16) as usize).min(N)
        };
        let mut sizes: Vec<i128> = z.iter().map(|z| z.abs()).collect();
        sizes.sort_by(|a, b| b.cmp(a));
        let level = if count == 0 { 2 * ONE } else { sizes[count - 1] };
        before = x;
        let shrunk = |z: &i128| {
            if z.abs() > theta && z.abs() >= level { *z } else { soft(*z, theta) }
        };
        x = z.iter().map(shrunk).collect();
        network.step(&mut state);
        assert_eq!(bits(&state.x), x, "layer {layer} of seed {seed}");
    }
    assert_eq!(network.overflows(&state), overflows, "seed {seed}");
    overflows
}

#[test]
fn every_bit_is_that_of_the_exact_model() {
    let mut overflows = [0; 2];
    for seed in 0..40 {
        for (size, count) in [0.05, 1.5].into_iter().zip(&mut overflows) {
            *count += layers_are_those_of_the_model::<I1F15, 7, 11>(seed, size);
            *count += layers_are_those_of_the_model::<I1F31, 7, 11>(seed, size);
            *count += layers_are_those_of_the_model::<I1F15, 20, 40>(seed, size);
        }
    }
    layers_are_those_of_the_model::<I1F15, 64, 128>(1, 0.1);
    layers_are_those_of_the_model::<I1F31, 64, 128>(2, 0.1);
    assert!(overflows[0] == 0 && overflows[1] > 100, "{overflows:?}");
}

const M: usize = 64;
const N: usize = 128;
const LAYERS: usize = 16;

/// ‖x̂ − x‖² and ‖x‖².
fn errors(found: &[f64], truth: &[f64]) -> (f64, f64) {
    let apart = found.iter().zip(truth).map(|(found, truth)| (found - truth).powi(2)).sum();
    (apart, truth.iter().map(|x| x * x).sum())
}

fn decibels((apart, whole): (f64, f64)) -> f64 {
    10.0 * (apart / whole).log10()
}

/// 12 dictionaries with 25 signals each, 8 of 128 entries not zero, 30 dB of noise; 16 layers.
/// Signals are an eighth of a normal variable's size, so that 8 deviations fit. The three numbers are
/// the best of a grid for the f32 network on other problems.
#[test]
fn at_30_db_it_recovers_within_1_db_of_f32() {
    let numbers = HyperNumbers { threshold: 0.04, momentum: 0.01, passing: 0.02 };
    let mut random = Pcg32::new(30, 3);
    let mut all = [(0.0, 0.0); 3];
    for _ in 0..12 {
        let problem = Problem::<M, N>::draw(&mut random);
        let (a, w) =
            (Codes::<I1F15, M, N>::new(&problem.dense), Codes::<I1F15, M, N>::new(&problem.weight));
        let (wide_a, wide_w) =
            (Codes::<I1F31, M, N>::new(&problem.dense), Codes::<I1F31, M, N>::new(&problem.weight));
        let scales: [I1F15; N] = codes(&problem.inverse_scales);
        let wide_scales: [I1F31; N] = codes(&problem.inverse_scales);
        let plain_a = SMatrix::<f32, M, N>::from_fn(|i, j| problem.dense[(i, j)] as f32);
        let plain_w = SMatrix::<f32, M, N>::from_fn(|i, j| problem.weight[(i, j)] as f32);
        let inverse: Vec<f32> = problem.inverse_scales.iter().map(|s| *s as f32).collect();
        let hyper = Hyper::new(&plain_a, &plain_w, inverse, numbers).unwrap();
        for _ in 0..25 {
            let (truth, y) = problem.signal(&mut random, 8, 0.125);
            let mut add = |slot: usize, found: &[f64]| {
                let (apart, whole) = errors(found, &truth);
                all[slot] = (all[slot].0 + apart, all[slot].1 + whole);
            };
            let plain_y = SVector::<f32, M>::from_fn(|i, _| y[i] as f32);
            let sensing = recovery::Sensing::new(&plain_a, &plain_y).unwrap();
            let network = Network::new(sensing, &hyper);
            let mut state = network.start();
            (0..LAYERS).for_each(|_| network.step(&mut state));
            add(0, &state.x.iter().map(|x| f64::from(*x)).collect::<Vec<_>>());

            let fixed_y = in_q31(&y);
            let sensing = Sensing::new(a.dictionary(), &fixed_y);
            let network = HyperLista::new(sensing, w.dictionary(), &scales, numbers).unwrap();
            let mut state = network.start();
            (0..LAYERS).for_each(|_| network.step(&mut state));
            assert_eq!(network.overflows(&state), 0);
            add(1, &numbers_of(&state.x));

            let sensing = Sensing::new(wide_a.dictionary(), &fixed_y);
            let network =
                HyperLista::new(sensing, wide_w.dictionary(), &wide_scales, numbers).unwrap();
            let mut state = network.start();
            (0..LAYERS).for_each(|_| network.step(&mut state));
            add(2, &numbers_of(&state.x));
        }
    }
    let [plain, narrow, wide] = all.map(decibels);
    eprintln!("f32 {plain:.3} dB, Q15/Q31 {narrow:.3} dB, Q31 {wide:.3} dB");
    // A network that recovers little would be matched by anything.
    assert!(plain < -30.0, "f32 recovers: {plain:.2} dB");
    assert!(narrow <= plain + 1.0, "Q15/Q31 {narrow:.2} dB, f32 {plain:.2} dB");
    assert!(wide <= plain + 1.0, "Q31 {wide:.2} dB, f32 {plain:.2} dB");
}

#[test]
fn scales_and_numbers_are_checked() {
    let columns = [[I1F15::ZERO; 2]; 3];
    let a = solvekit::fixed::Dictionary::new(&columns, 0).unwrap();
    let y = [I1F31::ZERO; 2];
    let good = HyperNumbers { threshold: 0.1_f32, momentum: 0.1, passing: 0.1 };
    let new = |scales: &[I1F15; 3], numbers| {
        HyperLista::new(Sensing::new(a, &y), a, scales, numbers).is_ok()
    };
    assert!(new(&[I1F15::MAX; 3], good));
    assert!(!new(&[I1F15::MIN; 3], good));
    assert!(!new(&[I1F15::MAX; 3], HyperNumbers { threshold: -0.1, ..good }));
    assert!(!new(&[I1F15::MAX; 3], HyperNumbers { passing: f32::NAN, ..good }));
    // Not a number that a matrix could have.
    let mut codes = [I1F15::ZERO; 2];
    let refused = quantize(&[0.5, f32::NAN], &mut codes);
    assert_eq!(refused, Err(solvekit::fixed::FixedError::NonFinite { place: 1 }));
    for beyond in [1e6, 1e38, 1e-6, 1e-38, 1e-44] {
        let refused = quantize(&[beyond, 0.0], &mut codes);
        assert_eq!(refused, Err(solvekit::fixed::FixedError::Exponent), "{beyond}");
    }
    // What rounds to 1 takes the next power of two.
    assert_eq!(quantize(&[0.99999, 0.1], &mut codes), Ok(1));
    assert_eq!(quantize(&[0.9999, 0.1], &mut codes), Ok(0));
    assert_eq!(quantize(&[0.0, 0.0], &mut codes), Ok(0));
}
