//! Groups against their definition, by brute force in f64.

use crate::problem::signed;
use rand_core::SeedableRng;
use rand_pcg::Pcg32;
use solvekit::bcd::rule::Cyclic;
use solvekit::bcd::update::{Certified, Gradient};
use solvekit::bcd::{Descent, Partition, room};
use solvekit::fit::LeastSquares;
use solvekit::penalty::{GroupL1, L1, Penalty};
use solvekit::{SMatrix, SVector, Stop, solve};

/// λ Σ √|g| ‖x_g‖ over groups of 3 of 8 coordinates, for λ = 0.5.
fn grouped(x: &[f64]) -> f64 {
    x.chunks(3)
        .map(|g| 0.5 * (g.len() as f64).sqrt() * g.iter().map(|x| x * x).sum::<f64>().sqrt())
        .sum()
}

/// Numbers without a pattern, of size up to 2.
fn vector(seed: usize) -> [f64; 8] {
    core::array::from_fn(|j| 2.0 * ((seed * 31 + j * j * 7 + j) as f64 * 0.61).sin())
}

#[test]
fn groups_are_added_up() {
    let penalty = GroupL1::new(0.5, 3, 8).unwrap();
    for x in (0..50).map(vector) {
        assert!((penalty.total(&x) - grouped(&x)).abs() < 1e-14);
    }
    assert_eq!(penalty.total(&[0.0; 8]), 0.0);
    assert_eq!((penalty.group(5), penalty.group(6), penalty.size()), (1, 2, 3));
    // Neither end of the range is left: three coordinates of 3, 4 and 12 make 13.
    for scale in [1e-30_f32, 1e30] {
        let penalty = GroupL1::new(1.0_f32, 3, 3).unwrap();
        let expected = 13.0 * scale * 3.0_f32.sqrt();
        let total = penalty.total(&[3.0 * scale, 4.0 * scale, 12.0 * scale]);
        assert!((total - expected).abs() <= 4.0 * f32::EPSILON * expected, "{total}");
        let partial = [3.0 * scale, -4.0 * scale, 12.0 * scale];
        let distance = GroupL1::new(0.0_f32, 3, 3).unwrap().stationarity(&[0.0; 3], |j| partial[j]);
        assert!((distance - 13.0 * scale).abs() <= 4.0 * f32::EPSILON * 13.0 * scale, "{distance}");
    }
}

#[test]
fn the_prox_of_a_group_has_the_least_objective_around() {
    let penalty = GroupL1::new(0.5, 3, 8).unwrap();
    let block: [usize; 8] = core::array::from_fn(|j| j);
    let mut zeros = 0;
    for (seed, step) in (0..40).flat_map(|seed| [0.25, 1.0, 2.5].map(|step| (seed, step))) {
        let v = vector(seed);
        let objective = |z: &[f64; 8]| {
            grouped(z)
                + z.iter().zip(&v).map(|(z, v)| (z - v) * (z - v)).sum::<f64>() / (2.0 * step)
        };
        let mut found = v;
        penalty.prox_block(&block, step, &mut found);
        zeros += found.iter().filter(|z| **z == 0.0).count();
        let least = objective(&found);
        for direction in (100..160).map(vector) {
            for length in [1e-3, 0.1, 1.0] {
                let z = core::array::from_fn(|j| found[j] + length * direction[j]);
                assert!(objective(&z) >= least, "step {step} from {v:?}");
            }
        }
        // Stationary, with the derivative of the quadratic term.
        let distance = penalty.stationarity(&found, |j| (found[j] - v[j]) / step);
        assert!(distance < 1e-14, "{distance}");
        // In any order, group by group or not, the last coordinate with the first.
        let order = [7, 0, 3, 6, 1, 5, 4, 2];
        let mut shuffled = order.map(|j| v[j]);
        penalty.prox_block(&order, step, &mut shuffled);
        for (j, z) in order.iter().zip(shuffled) {
            assert!((z - found[*j]).abs() < 1e-15, "coordinate {j}");
        }
    }
    assert!((50..600).contains(&zeros), "{zeros} zeros");
}

#[test]
fn the_distance_of_groups_is_the_largest_of_their_norms() {
    let penalty = GroupL1::new(0.5, 3, 8).unwrap();
    for seed in 0..60 {
        let (mut x, gradient) = (vector(seed), vector(seed + 1000));
        if seed % 2 == 0 {
            x[..3].fill(0.0);
        }
        if seed % 3 == 0 {
            x[6..].fill(0.0);
        }
        let mut worst = 0.0_f64;
        for group in [0..3, 3..6, 6..8] {
            let weight = 0.5 * (group.len() as f64).sqrt();
            let norm = x[group.clone()].iter().map(|x| x * x).sum::<f64>().sqrt();
            let pulled =
                group.map(|j| gradient[j] + if norm > 0.0 { weight * x[j] / norm } else { 0.0 });
            let distance = pulled.map(|d| d * d).sum::<f64>().sqrt();
            worst = worst.max(if norm > 0.0 { distance } else { (distance - weight).max(0.0) });
        }
        let mut asked = 0;
        let found = penalty.stationarity(&x, |j| {
            assert_eq!(j, asked);
            asked += 1;
            gradient[j]
        });
        assert!((found - worst).abs() < 1e-14, "{found} for {worst}");
        assert_eq!(asked, 8);
    }
}

/// The proximal gradient method on all coordinates with one constant, each sum in full.
fn naive(a: &SMatrix<f64, 12, 8>, y: &SVector<f64, 12>, lambda: f64) -> SVector<f64, 8> {
    let step = 1.0 / (a.transpose() * a).symmetric_eigenvalues().max();
    let mut x = SVector::<f64, 8>::zeros();
    for _ in 0..100_000 {
        let mut v = x - a.transpose() * (a * x - y) * step;
        for group in [0..3, 3..6, 6..8] {
            let limit = step * lambda * (group.len() as f64).sqrt();
            let norm = group.clone().map(|j| v[j] * v[j]).sum::<f64>().sqrt();
            group.for_each(|j| v[j] *= if norm > limit { 1.0 - limit / norm } else { 0.0 });
        }
        if v == x {
            break;
        }
        x = v;
    }
    x
}

#[test]
fn gradient_steps_by_groups_end_where_the_proximal_gradient_method_does() {
    let (mut kept, mut dropped) = (0, 0);
    for seed in 0..20 {
        let mut generator = Pcg32::seed_from_u64(seed);
        let a = SMatrix::<f64, 12, 8>::from_fn(|_, _| signed(&mut generator));
        let y = SVector::<f64, 12>::from_fn(|_, _| 2.0 * signed(&mut generator));
        let fit = LeastSquares::new(&a, &y).unwrap();
        for lambda in [0.2, 2.0] {
            let expected = naive(&a, &y, lambda);
            let update = Gradient::new(
                Certified(SVector::<f64, { room(3) }>::zeros()),
                SVector::<f64, 3>::zeros(),
            );
            let rule = Cyclic::new(Partition::consecutive([0; 8], 3).unwrap());
            let penalty = GroupL1::new(lambda, 3, 8).unwrap();
            let descent = Descent::new(fit.clone(), penalty, rule, update);
            let mut state = descent.start_from(fit.start());
            let report = solve(&descent, &mut state, Stop::relative(1e-11).unwrap());
            assert!(report.converged(), "{report:?}");
            for (x, expected) in state.point.x.iter().zip(expected.iter()) {
                // A gradient of 1e-10 over curvatures above 0.01.
                assert!((x - expected).abs() <= 1e-8, "{x} for {expected}");
                assert_eq!(*x == 0.0, *expected == 0.0, "seed {seed}");
                *(if *x == 0.0 { &mut dropped } else { &mut kept }) += 1;
            }
        }
    }
    assert!(kept > 40 && dropped > 40, "{kept} kept, {dropped} dropped");
}

#[test]
fn groups_of_one_are_the_absolute_values() {
    let (group, l1) = (GroupL1::new(0.75_f64, 1, 4).unwrap(), L1::new(0.75).unwrap());
    let x = [0.0, -1.5, 0.25, 2.0];
    assert_eq!(group.total(&x), l1.total(&x));
    let (mut a, mut b) = (x, x);
    group.prox_block(&[0, 1, 2, 3], 1.0, &mut a);
    l1.prox_block(&[0, 1, 2, 3], 1.0, &mut b);
    assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-15), "{a:?} {b:?}");
    for (j, x) in x.into_iter().enumerate() {
        assert_eq!(group.prox(j, 1.0, x), l1.prox(j, 1.0, x));
        for gradient in [-2.0, -0.5, 0.5, 2.0] {
            assert_eq!(group.distance(j, x, gradient), l1.distance(j, x, gradient));
        }
        assert_eq!(group.slope(j, x), l1.slope(j, x));
        assert_eq!(group.sticks(j, x), l1.sticks(j, x));
        assert_eq!(group.value(j, x), l1.value(j, x));
    }
    // One group, longer than there are unknowns.
    let all = GroupL1::new(1.0_f64, 9, 4).unwrap();
    assert_eq!(all.total(&[2.0, 0.0, 0.0, 0.0]), 4.0);
}

#[test]
fn groups_keep_what_is_not_a_number() {
    let penalty = GroupL1::new(0.5_f32, 2, 4).unwrap();
    for bad in [f32::NAN, f32::INFINITY] {
        let mut v = [1.0, bad, 1.0, 1.0];
        penalty.prox_block(&[0, 1, 2, 3], 1.0, &mut v);
        assert!(!v[1].is_finite() && v[2].is_finite(), "{v:?}");
        assert!(!penalty.total(&[1.0, bad, 1.0, 1.0]).is_finite());
        for x in [[0.0; 4], [1.0; 4]] {
            let distance = penalty.stationarity(&x, |j| if j == 2 { bad } else { 0.0 });
            assert!(!distance.is_finite(), "{distance}");
        }
        assert!(!penalty.stationarity(&[1.0, bad, 1.0, 1.0], |_| 0.0).is_finite());
    }
}
