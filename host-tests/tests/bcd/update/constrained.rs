//! Quadratics with a penalty or between bounds, against naive descents.

use super::{All, Three, blocks, descend, naive, three};
use crate::problem::{Between, N, Square, Vector, in_units, quadratic, somewhere};
use proptest::prelude::*;
use solvekit::bcd::Descent;
use solvekit::bcd::rule::*;
use solvekit::bcd::update::*;
use solvekit::direct::packed;
use solvekit::fit::Quadratic;
use solvekit::penalty::{L1, NonNegative, Unpenalized};
use solvekit::{SVector, Separable};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// On a quadratic the step of proximal Newton is the block's least value, penalty included.
    #[test]
    fn proximal_newton_ends_at_the_least_value_of_its_block(seed in any::<u64>()) {
        let (a, b) = quadratic(seed);
        let fit = Quadratic::new(&a, &b).unwrap();
        let block = [5, 0, 3, 6];
        let four = SVector::<f64, 4>::zeros();
        let update = ProximalNewton::new(four, SVector::<f64, { packed(4) }>::zeros(), 200);
        let chosen = Chosen { coordinates: &block, block: None };
        let start = somewhere(seed).abs() * 0.2;
        fn check<P: Separable<f64>>(
            (fit, problem): (&Quadratic<'_, f64, Square>, (&Square, &Vector)),
            penalty: P,
            start: Vector,
            (update, chosen): (
                &ProximalNewton<SVector<f64, 4>, SVector<f64, { packed(4) }>>,
                Chosen<'_>,
            ),
        ) -> Result<(), TestCaseError> {
            let mut point = fit.start_at(start).unwrap();
            let mut state = Update::<Quadratic<'_, f64, Square>, P>::start(update);
            update.apply(fit, &penalty, &mut point, chosen, &mut state);
            let expected = naive(problem, &penalty, chosen.coordinates, start);
            for j in chosen.coordinates {
                let g = problem.0.row(*j).transpose().dot(&point.x) - problem.1[*j];
                let left = penalty.distance(*j, point.x[*j], g);
                let scale = problem.1.amax() + (problem.0 * start).amax();
                prop_assert!(left <= 1e-11 * scale, "{left} left, {} for {expected}", point.x);
                prop_assert_eq!(point.x[*j] == 0.0, expected[*j] == 0.0);
            }
            Ok(())
        }
        let problem = (&fit, (&a, &b));
        for lambda in [0.0, 0.05, 0.5] {
            check(problem, L1::new(lambda).unwrap(), start, (&update, chosen))?;
        }
        check(problem, Between(0.0, f64::INFINITY), start, (&update, chosen))?;
        check(problem, Between(-0.1, 0.25), start, (&update, chosen))?;
        check(problem, Unpenalized, start, (&update, chosen))?;
    }

    /// Gradient steps of a block are only as fast as its units are alike; so these are.
    #[test]
    fn every_update_finds_the_constrained_least_value(seed in any::<u64>()) {
        let (a, b) = in_units(seed, 0.5);
        let fit = Quadratic::new(&a, &b).unwrap();
        let bounds = Between(-0.1, 0.3);
        let all: Vec<usize> = (0..N).collect();
        let expected = naive((&a, &b), &bounds, &all, Vector::zeros());
        let rule = Greedy::new(Proximal, [0; 3], Three::zeros());
        let (vector, matrix) = three();
        let start = || fit.start_at(somewhere(seed).map(|x| x.clamp(-0.1, 0.3))).unwrap();
        let check = |x: Vector| {
            for j in 0..N {
                prop_assert!((-0.1..=0.3).contains(&x[j]), "{x}");
                // Tolerance 1e-9 of the largest gradient over the least curvature, 0.05 in units of
                // the coordinate.
                let unit = a[(j, j)].sqrt();
                let near = (x[j] - expected[j]).abs() * unit <= 1e-5;
                prop_assert!(near, "{x} for {expected}");
            }
            Ok(())
        };
        macro_rules! descends {
            ($($update:expr),* $(,)?) => {$(
                let descent = Descent::new(fit, bounds, rule.clone(), $update);
                check(descend(&descent, start(), 1e-9).0.x)?;
            )*};
        }
        descends!(
            TwoMetric::new(vector, matrix, 0.01),
            ProximalNewton::new(vector, matrix, 30),
            Coordinate,
            Gradient::new(RowSum, vector),
            Estimated::new(Vector::repeat(1.0), vector).unwrap(),
        );
    }
}

#[test]
fn one_block_of_everything_ends_a_constrained_quadratic_in_few_steps() {
    for seed in 0..50 {
        let (a, b) = quadratic(seed);
        let fit = Quadratic::new(&a, &b).unwrap();
        let positive = Between(0.0, f64::INFINITY);
        let rule = Cyclic::new(blocks(N));
        let newton = ProximalNewton::new(Vector::zeros(), All::zeros(), 200);
        let descent = Descent::new(fit, positive, rule, newton);
        // From outside as well: the first step goes where x is allowed.
        let outside = fit.start_at(Vector::repeat(-1.0)).unwrap();
        let _ = descend(&descent, outside, 1e-10);
        let (one, steps) = descend(&descent, fit.start(), 1e-10);
        assert!(steps <= 1, "seed {seed}: {steps}");
        let descent =
            Descent::new(fit, positive, rule, TwoMetric::new(Vector::zeros(), All::zeros(), 0.01));
        let (two, steps) = descend(&descent, fit.start(), 1e-10);
        assert!(steps <= 12, "seed {seed}: {steps}");
        for j in 0..N {
            assert_eq!(one.x[j] == 0.0, two.x[j] == 0.0, "seed {seed}");
        }
    }
}

/// The weighted problem is the bounded one with λ taken from b.
#[test]
fn two_metric_projection_takes_a_weight_on_what_is_not_negative() {
    for seed in 0..50 {
        let (a, b) = in_units(seed, 0.5);
        let (fit, lambda) = (Quadratic::new(&a, &b).unwrap(), 0.2);
        let all: Vec<usize> = (0..N).collect();
        let shifted = b.add_scalar(-lambda);
        let expected = naive((&a, &shifted), &Between(0.0, f64::INFINITY), &all, Vector::zeros());
        let (vector, matrix) = three();
        let penalty = NonNegative::new(lambda).unwrap();
        let rule = Greedy::new(Proximal, [0; 3], vector);
        let update = TwoMetric::new(vector, matrix, 0.01);
        let descent = Descent::new(fit, penalty, rule, update);
        let start = fit.start_at(somewhere(seed)).unwrap();
        let (point, _) = descend(&descent, start, 1e-9);
        let all_at_once = TwoMetric::new(Vector::zeros(), All::zeros(), 0.01);
        let descent = Descent::new(fit, penalty, Cyclic::new(blocks(N)), all_at_once);
        let (whole, steps) = descend(&descent, fit.start(), 1e-9);
        assert!(steps <= 12, "seed {seed}: {steps}");
        for j in 0..N {
            for x in [point.x[j], whole.x[j]] {
                // As above: a gradient of 1e-9 over the least curvature.
                assert!((x - expected[j]).abs() * a[(j, j)].sqrt() <= 1e-5, "{x} {expected}");
                assert_eq!(x == 0.0, expected[j] == 0.0, "seed {seed}");
            }
        }
    }
}
