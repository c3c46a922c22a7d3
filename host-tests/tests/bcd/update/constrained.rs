//! Quadratics with a penalty or between bounds, against naive descents.

use super::{All, Three, blocks, descend, naive, once, three};
use crate::problem::{Between, N, PseudoHuber, Square, Vector, in_units, quadratic, somewhere};
use proptest::prelude::*;
use solvekit::bcd::Descent;
use solvekit::bcd::rule::*;
use solvekit::bcd::update::*;
use solvekit::direct::packed;
use solvekit::fit::Quadratic;
use solvekit::penalty::{L1, NonNegative, Unpenalized};
use solvekit::{SMatrix, SVector, Separable};

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

/// What is within ε of its bound and pushed there moves alone, and does not turn the others' Newton
/// step: without ε both would be solved for together.
#[test]
fn what_is_near_a_bound_and_pushed_there_is_active() {
    let a = SMatrix::<f64, 2, 2>::new(1.0, 0.9, 0.9, 1.0);
    let b = SVector::from([-1.0, 2.0]);
    let fit = Quadratic::new(&a, &b).unwrap();
    let x = SVector::from([0.005, 1.0]);
    let (vector, matrix) = (SVector::<f64, 2>::zeros(), Three::zeros());
    for (widest, second) in [
        (0.01, 2.0 - 0.9 * 0.005),
        (0.001, {
            let gap = b - a * x;
            1.0 + a.try_inverse().unwrap().row(1).dot(&gap.transpose())
        }),
    ] {
        let update = TwoMetric::new(vector, matrix, widest);
        let start = fit.start_at(x).unwrap();
        let point = once((&fit, &NonNegative::default(), &update), start, &[0, 1]);
        assert_eq!(point.x[0], 0.0);
        // α = 1 where it was a step of both metrics; else halved, so that it falls short.
        let close = (point.x[1] - second).abs() <= 1e-14;
        assert_eq!(close, widest == 0.01, "{} for {second}", point.x[1]);
    }
}

/// From where x is not allowed a step first goes to where it is.
#[test]
fn a_start_outside_is_as_good_as_the_nearest_one_inside() {
    for seed in 0..20 {
        let fit = PseudoHuber::random(seed);
        let bounds = Between(-0.1, 0.3);
        let outside = somewhere(seed) * 3.0;
        let (vector, matrix) = (Vector::zeros(), All::zeros());
        let all: [usize; N] = core::array::from_fn(|j| j);
        let inside = outside.map(|x| x.clamp(-0.1, 0.3));
        macro_rules! alike {
            ($($update:expr),*) => {$(
                let ends = [outside, inside].map(|x| once((&fit, &bounds, &$update), x, &all));
                assert_eq!(ends[0], ends[1], "seed {seed}");
            )*};
        }
        alike!(TwoMetric::new(vector, matrix, 0.01), ProximalNewton::new(vector, matrix, 30));
    }
}

/// The solve of a model ends at the first kink or bound on its way.
#[test]
fn a_model_stops_where_it_would_cross_a_kink_or_a_bound() {
    let a = SMatrix::<f64, 2, 2>::new(1.0, 0.9, 0.9, 1.0);
    let b = SVector::from([1.0, 0.85]);
    let fit = Quadratic::new(&a, &b).unwrap();
    // The pass from (0, ½), on paper: each shrunk by λ = 0.1.
    let first = 1.0 - 0.9 * 0.5 - 0.1;
    let passed = SVector::from([first, 0.85 - 0.9 * first - 0.1]);
    // Where both stay positive the least value is at x₁ < 0.
    let whole = a.try_inverse().unwrap() * b.add_scalar(-0.1) - passed;
    let part = -passed[1] / whole[1];
    assert!(passed[1] > 0.0 && part < 1.0);
    let expected = passed + whole * part;
    let update = ProximalNewton::new(SVector::<f64, 2>::zeros(), Three::zeros(), 1);
    macro_rules! stops {
        ($($penalty:expr),*) => {$(
            let start = fit.start_at(SVector::from([0.0, 0.5])).unwrap();
            let found = once((&fit, &$penalty, &update), start, &[0, 1]).x;
            assert_eq!(found[1], 0.0);
            assert!((found[0] - expected[0]).abs() < 1e-14, "{found} for {expected}");
        )*};
    }
    stops!(L1::new(0.1).unwrap(), NonNegative::new(0.1).unwrap());
}
