//! TISTA against integrals, densities and its formulas.

use crate::analytic::weight;
use crate::layers::residual;
use crate::problem::{draw, squares};
use nalgebra::{DMatrix, DVector};
use serde_json::json;
use solvekit::network::{BernoulliGaussian, Energies, Network, NetworkError, Tista};
use solvekit::recovery::Sensing;
use solvekit::{Iteration, Real};
use solvekit_host::matrix::DenseMatrix;
use std::f64::consts::TAU;

const M: usize = 60;
const N: usize = 120;

fn density(x: f64, variance: f64) -> f64 {
    (-0.5 * x * x / variance).exp() / (TAU * variance).sqrt()
}

/// The formula of the paper as it stands.
fn eta(r: f64, tau2: f64, (p, variance): (f64, f64)) -> f64 {
    let (zero, other) = (density(r, tau2), density(r, variance + tau2));
    r * variance / (variance + tau2) * p * other / ((1.0 - p) * zero + p * other)
}

#[test]
fn the_mean_is_that_of_an_integral() {
    for (p, variance) in [(0.1, 1.0), (0.5, 0.04), (0.9, 9.0)] {
        let prior = BernoulliGaussian::new(p, variance).unwrap();
        for tau in [0.1, 0.5, 2.0] {
            for r in [-3.0, -0.4, 0.0, 0.05, 0.7, 2.0] {
                // The trapezoidal rule, which for such integrands is exact to rounding.
                let step = 1e-3 * f64::min(tau, f64::sqrt(variance));
                let (mut above, mut below) = (0.0, (1.0 - p) * density(r, tau * tau));
                for k in -40_000..=40_000 {
                    let x = f64::from(k) * step * 3.0;
                    let both = p * density(x, variance) * density(r - x, tau * tau) * step * 3.0;
                    above += x * both;
                    below += both;
                }
                let (own, mean) = (prior.mean(r, tau * tau), above / below);
                assert!((own - mean).abs() < 1e-11, "{r} {tau} {p} {variance}: {own} {mean}");
            }
        }
    }
}

#[test]
fn the_mean_is_the_paper_s_where_that_can_be_computed() {
    for (p, variance) in [(0.1, 1.0), (1e-6, 4.0), (1.0, 0.3)] {
        let prior = BernoulliGaussian::new(p, variance).unwrap();
        for tau2 in [1e-4, 0.01, 1.0, 50.0] {
            for k in -30..=30 {
                let r = f64::from(k) * 0.1;
                let (own, plain) = (prior.mean(r, tau2), eta(r, tau2, (p, variance)));
                // Where densities vanish the formula is 0 / 0.
                if plain.is_finite() {
                    // The exponent, up to 5e4 here, carries a rounding of its own size.
                    let close = 1e-10 * r.abs();
                    assert!((own - plain).abs() <= close, "{r} {tau2} {p}: {own} {plain}");
                }
            }
        }
    }
}

fn stays_between<R: Real + Into<f64>>(sizes: &[f64]) {
    let r = R::from_f64;
    for variance in sizes.iter().filter(|v| r(**v).is_finite() && r(**v) > R::ZERO) {
        for p in [1e-30, 0.1, 0.999, 1.0] {
            let prior = BernoulliGaussian::new(r(p), r(*variance)).unwrap();
            for tau2 in sizes {
                for size in sizes {
                    let own: f64 = prior.mean(r(*size), r(*tau2)).into();
                    let size = r(*size).into();
                    let told = format!("{size} at {tau2}, prior {p} {variance}: {own}");
                    // At most r: two roundings downwards or none.
                    assert!(own >= 0.0 && own <= size, "{told}");
                    assert_eq!(prior.mean(r(-size), r(*tau2)).into(), -own, "{told}");
                }
            }
            assert!(prior.mean(r(f64::NAN), R::ONE).into().is_nan());
            assert!(prior.mean(R::ONE, r(f64::NAN)).into().is_nan());
        }
    }
}

#[test]
fn no_size_of_anything_makes_the_mean_leave_its_range() {
    let sizes = [0.0, 1e-45, 1e-38, 1e-20, 1e-6, 1.0, 1e6, 1e20, 3e38, f64::INFINITY];
    stays_between::<f32>(&sizes);
    stays_between::<f64>(&[0.0, 5e-324, 1e-308, 1e-150, 1e-6, 1.0, 1e150, 1.7e308, f64::INFINITY]);
    // Noise that is nothing: what is there stays, to the rounding of 1e-12.
    let prior = BernoulliGaussian::new(0.1_f64, 1.0).unwrap();
    assert!((prior.mean(0.5, 0.0) - 0.5).abs() < 1e-12);
}

/// Wᵀ = (AAᵀ)⁻¹A from ALISTA's weight and its scales.
fn pseudo(a: &DenseMatrix<f64>) -> DenseMatrix<f64> {
    let (w, inverse_scales) = weight(a, M);
    let columns = w.values().chunks(M).zip(inverse_scales);
    let values = columns.flat_map(|(w, s)| w.iter().map(move |w| w * s)).collect();
    DenseMatrix::from_columns(M, values).unwrap()
}

#[test]
fn layers_are_those_of_the_paper() {
    for (seed, noise, variance) in [(1, 0.05, 1.0), (2, 0.0, 1.0), (3, 0.1, 0.5)] {
        let (problem, sigma2) = (draw(seed, (M, N), 10, noise), noise * noise);
        let sensing = Sensing::new(&problem.dictionary, &problem.measurements).unwrap();
        let w = pseudo(&problem.dictionary);
        let prior = (1.0 / 12.0, variance);
        let steps = [1.0, 0.6, 1.7, 0.9, 1.2, 1.0, 1.4, 1.0];
        let known = BernoulliGaussian::new(prior.0, prior.1).unwrap();
        let layers = Tista::new(&problem.dictionary, &w, known, sigma2, steps).unwrap();
        let network = Network::new(sensing, layers);
        let mut state = network.start();
        // A⁺ by nalgebra's singular values.
        let dense = DMatrix::from_column_slice(M, N, problem.dictionary.values());
        let inverse = dense.clone().pseudo_inverse(1e-12).unwrap();
        let (m, n) = (M as f64, N as f64);
        let mut x = vec![0.0; N];
        for (layer, gamma) in steps.into_iter().enumerate() {
            let r = residual(&problem, &x);
            let v2 = ((squares(&r) - m * sigma2) / dense.norm_squared()).max(1e-9 * variance);
            let tau2 = v2 / n * (n + (gamma * gamma - 2.0 * gamma) * m)
                + gamma * gamma * sigma2 * inverse.norm_squared() / n;
            let pull = &inverse * DVector::from_column_slice(&r);
            x = x.iter().zip(&pull).map(|(x, pull)| eta(x + gamma * pull, tau2, prior)).collect();
            network.step(&mut state);
            for (j, (own, plain)) in state.x.iter().zip(&x).enumerate() {
                // Roundings of A⁺ and of exponents, amplified layer by layer.
                assert!((own - plain).abs() < 1e-8, "seed {seed}, {layer}, x[{j}]: {own} {plain}");
            }
        }
        assert!(x.iter().any(|x| x.abs() > 0.1));
    }
}

#[test]
fn a_sparse_signal_is_found_in_any_unit() {
    let problem = draw(4, (M, N), 8, 0.01);
    let w = pseudo(&problem.dictionary);
    let mut in_units_of_one = Vec::new();
    // Powers of two, so that scaling is exact until the square roots.
    for unit in [1.0, 2.0_f64.powi(-40), 2.0_f64.powi(40)] {
        let y = problem.measurements.iter().map(|y| y * unit).collect::<Vec<_>>().into();
        let sensing = Sensing::new(&problem.dictionary, &y).unwrap();
        let prior = BernoulliGaussian::new(8.0 / 120.0, unit * unit).unwrap();
        let noise = 1e-4 * unit * unit;
        let layers = Tista::new(&problem.dictionary, &w, prior, noise, [1.0; 12]).unwrap();
        let network = Network::new(sensing, &layers);
        let mut state = network.start();
        network.infer(&mut state);
        let x: Vec<f64> = state.x.iter().map(|x| x / unit).collect();
        let wrong: f64 = problem.truth.iter().zip(&x).map(|(t, x)| (t - x).powi(2)).sum();
        // −30 dB; noise alone allows some −40.
        assert!(wrong < 1e-3 * squares(&problem.truth), "{wrong}");
        in_units_of_one.push(x);
    }
    assert_eq!(in_units_of_one[0], in_units_of_one[1]);
    assert_eq!(in_units_of_one[0], in_units_of_one[2]);
}

#[test]
fn energies_are_sums_of_squares() {
    let problem = draw(4, (M, N), 8, 0.01);
    let (a, w) = (&problem.dictionary, pseudo(&problem.dictionary));
    let energies = Energies::of(a, &w);
    assert!((energies.dictionary - squares(a.values())).abs() < 1e-12 * energies.dictionary);
    assert!((energies.weight - squares(w.values())).abs() < 1e-12 * energies.weight);
    let prior = BernoulliGaussian::new(0.1, 1.0).unwrap();
    let known = Tista::with_energies(a, &w, prior, 0.01, energies, [1.0; 3]).unwrap();
    assert_eq!(known, Tista::new(a, &w, prior, 0.01, [1.0; 3]).unwrap());
}

#[test]
fn measurements_beyond_the_prior_leave_numbers() {
    let mut problem = draw(4, (M, N), 8, 0.01);
    let w = pseudo(&problem.dictionary);
    for size in [1e150, 1e-160] {
        problem.measurements.iter_mut().for_each(|y| *y *= size);
        let sensing = Sensing::new(&problem.dictionary, &problem.measurements).unwrap();
        let prior = BernoulliGaussian::new(0.1, 1.0).unwrap();
        let steps = [1.0, 1e160, 1.0];
        let layers = Tista::new(&problem.dictionary, &w, prior, 0.0, steps).unwrap();
        let network = Network::new(sensing, layers);
        let mut state = network.start();
        network.step(&mut state);
        assert!(state.x.iter().all(|x| x.is_finite()), "{size}");
    }
}

/// What was kept comes back with the same bits; what is no prior is refused as by the constructor.
#[test]
fn a_kept_prior_is_checked_when_it_is_read() {
    for (p, variance) in [(0.1_f32, 1.0), (1.0, 3e-7), (f32::MIN_POSITIVE, 0.3)] {
        let prior = BernoulliGaussian::new(p, variance).unwrap();
        let text = serde_json::to_string(&prior).expect("numbers");
        let again: BernoulliGaussian<f32> = serde_json::from_str(&text).expect("as it was written");
        assert_eq!(again, prior);
    }
    // As numbers, not as text: 1e39 is infinite in f32.
    let refused = |density: f64, variance: f64, cause: NetworkError| {
        let kept = json!({ "density": density, "variance": variance });
        let told = serde_json::from_value::<BernoulliGaussian<f32>>(kept).expect_err("no prior");
        assert_eq!(told.to_string(), cause.to_string());
    };
    for density in [0.0, -0.1, 1.5, 1e-40, 1e39] {
        refused(density, 1.0, NetworkError::Density);
    }
    for variance in [0.0, -1.0, 1e39] {
        refused(0.1, variance, NetworkError::Variance);
    }
}
