//! Functions that are not quadratic.

use super::{All, blocks, descend, three};
use crate::problem::{Between, N, PseudoHuber, Vector, quadratic, somewhere};
use proptest::prelude::*;
use solvekit::Iteration;
use solvekit::bcd::Descent;
use solvekit::bcd::rule::*;
use solvekit::bcd::update::*;
use solvekit::fit::{DataFit, Quadratic};
use solvekit::penalty::{L1, NonNegative, Unpenalized};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_function_that_is_not_quadratic_comes_down_to_its_least_value(seed in any::<u64>()) {
        let fit = PseudoHuber::random(seed);
        let (vector, matrix) = three();
        let any = Greedy::new(GaussSouthwellDiagonal, [0; 3], vector);
        let fixed = Cyclic::new(blocks(3));
        let start = somewhere(seed) * 10.0;
        macro_rules! descends {
            ($penalty:expr; $($update:expr),* $(,)?) => {$(
                let first = Descent::new(fit, $penalty, fixed, $update);
                let one = descend(&first, start.map(f64::abs), 1e-8).0;
                let second = Descent::new(fit, $penalty, Greedy::new(Proximal, [0; 3], vector), $update);
                let two = descend(&second, start.map(f64::abs), 1e-8).0;
                // Values are flat to the second order.
                let (f, g) = (first.objective(&one), second.objective(&two));
                prop_assert!((f - g).abs() <= 1e-9 * f.abs(), "{f} and {g}");
            )*};
        }
        descends!(
            Unpenalized;
            Newton::new(vector, matrix),
            Exact::new(Newton::new(vector, matrix), 1e-6, 20),
            Estimated::new(Vector::repeat(0.1), vector).unwrap(),
            Estimated::new(Vector::repeat(0.1), vector).unwrap().lowering(0.5).unwrap(),
            Gradient::new(RowSum, vector),
            TwoMetric::new(vector, matrix, 0.01),
        );
        descends!(
            Between(0.0, f64::INFINITY);
            TwoMetric::new(vector, matrix, 0.01),
            ProximalNewton::new(vector, matrix, 30),
        );
        descends!(
            NonNegative::new(0.5).unwrap();
            TwoMetric::new(vector, matrix, 0.01),
            ProximalNewton::new(vector, matrix, 30),
        );
        descends!(
            L1::new(0.5).unwrap();
            ProximalNewton::new(vector, matrix, 30),
            Estimated::new(Vector::repeat(0.1), vector).unwrap(),
        );
        let descent = Descent::new(fit, Unpenalized, any, Newton::new(vector, matrix));
        descend(&descent, start, 1e-8);
    }
}

#[test]
fn the_exact_update_leaves_no_gradient_in_its_block() {
    let fit = PseudoHuber::random(4);
    let (vector, matrix) = three();
    let update = Exact::new(Newton::new(vector, matrix), 1e-12, 30);
    let mut point = somewhere(4) * 10.0;
    let before = fit.partial(&point, 2).abs();
    let mut state = Update::<PseudoHuber, Unpenalized>::start(&update);
    let chosen = Chosen { coordinates: &[2, 4, 5], block: None };
    update.apply(&fit, &Unpenalized, &mut point, chosen, &mut state);
    let left = [2, 4, 5].map(|j| fit.partial(&point, j).abs());
    assert!(left.iter().all(|left| *left <= 1e-11 * before), "{left:?} of {before}");
}

/// Where values of f can tell nothing any more the gradient decides: a full Newton step squares its
/// error also there.
#[test]
fn newton_goes_on_where_values_of_f_no_longer_differ() {
    let all = Cyclic::new(blocks(N));
    for seed in 0..30 {
        let fit = PseudoHuber::random(seed);
        let newton = Newton::new(Vector::zeros(), All::zeros());
        let descent = Descent::new(fit, Unpenalized, all, newton);
        let largest = |x: &Vector| (0..N).map(|j| fit.partial(x, j).abs()).fold(0.0, f64::max);
        let (mut x, _) = descend(&descent, somewhere(seed), 1e-12);
        // f changes by about its curvature, up to 50, times 1e-17: less than its rounding, 1e-15.
        x[3] += 3e-9;
        let before = largest(&x);
        let mut state = descent.start_from(x);
        descent.step(&mut state);
        let after = largest(&state.point);
        // Sums of twelve terms up to 2, and what was left by the first run.
        assert!(before > 1e-9 && after < 1e-4 * before, "seed {seed}: {before}, {after}");
    }
}

#[test]
fn estimates_come_down_only_when_they_may() {
    let (a, b) = quadratic(8);
    let fit = Quadratic::new(&a, &b).unwrap();
    let largest = a.symmetric_eigenvalues().max();
    let (vector, _) = three();
    let first = Estimated::new(Vector::repeat(1e6), vector).unwrap();
    let kept = Descent::new(fit, Unpenalized, Cyclic::new(blocks(3)), first);
    let mut state = kept.start_from(fit.start());
    (0..300).for_each(|_| kept.step(&mut state));
    assert!(state.update.estimates().iter().all(|estimate| *estimate == 1e6));
    let lowered = first.lowering(0.5).unwrap();
    let lowered = Descent::new(fit, Unpenalized, Cyclic::new(blocks(3)), lowered);
    let mut state = lowered.start_from(fit.start());
    (0..300).for_each(|_| lowered.step(&mut state));
    assert!(state.update.estimates().iter().all(|estimate| *estimate <= 2.0 * largest));
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let refused = Estimated::new(Vector::repeat(bad), vector).unwrap_err();
        assert_eq!(refused, RuleError::Curvature);
        assert_eq!(first.lowering(bad).unwrap_err(), RuleError::Curvature);
    }
}
