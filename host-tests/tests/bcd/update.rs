//! The updates: constraints, functions that are not quadratic, singular and indefinite blocks, and
//! what must come out the same.

use crate::problem::{Between, N, PseudoHuber, Square, Vector, in_units, quadratic, somewhere};
use proptest::prelude::*;
use rand_core::SeedableRng;
use rand_pcg::Pcg32;
use solvekit::bcd::rule::*;
use solvekit::bcd::update::*;
use solvekit::bcd::{BlockFactors, Descent, Partition, room};
use solvekit::direct::packed;
use solvekit::fit::{DataFit, LeastSquares, Quadratic};
use solvekit::penalty::{L1, NonNegative, Penalty, Unpenalized};
use solvekit::sor::Sor;
use solvekit::{Iteration, Run, SMatrix, SVector, Separable, Status, Stop, solve};

type Three = SVector<f64, 3>;
type Packed = SVector<f64, { packed(3) }>;
type All = SVector<f64, { packed(N) }>;

fn three() -> (Three, Packed) {
    (Three::zeros(), Packed::zeros())
}

fn blocks(size: usize) -> Partition<[usize; N]> {
    Partition::consecutive([0; N], size).unwrap()
}

/// Proximal coordinate descent on ½xᵀAx − bᵀx + g(x), each sum in full, over some coordinates.
fn naive<P: Separable<f64>>(
    (a, b): (&Square, &Vector),
    penalty: &P,
    block: &[usize],
    mut x: Vector,
) -> Vector {
    for _ in 0..200_000 {
        let before = x;
        for j in block {
            let g = a.row(*j).transpose().dot(&x) - b[*j];
            x[*j] = penalty.prox(*j, 1.0 / a[(*j, *j)], x[*j] - g / a[(*j, *j)]);
        }
        if x == before {
            break;
        }
    }
    x
}

/// Runs to the end, watching the objective; where it ends, and the steps it took.
pub(crate) fn descend<F, P, S, U>(
    descent: &Descent<F, P, S, U>,
    start: F::Point,
    tolerance: f64,
) -> (F::Point, u32)
where
    F: DataFit<Real = f64>,
    P: Penalty<f64>,
    S: Rule<F, P>,
    U: Update<F, P>,
{
    let mut state = descent.start_from(start);
    let mut run = Run::new(Stop::relative(tolerance).unwrap().max_iterations(200_000));
    let mut before = f64::INFINITY;
    loop {
        let report = run.advance(descent, &mut state, 1);
        let now = descent.objective(&state.point);
        // Rounding of two values.
        assert!(now <= before + 1e-12 * (1.0 + now.abs()), "{now} after {before}");
        before = now;
        if report.status != Status::Running {
            assert_eq!(report.status, Status::Converged, "{report:?}");
            return (state.point, report.iterations);
        }
    }
}

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

#[test]
fn a_singular_block_is_regularised_and_says_by_how_much() {
    // Columns 0 and 1 are the same; column 2 is zero.
    let mut design = SMatrix::<f64, 4, 3>::from_fn(|i, _| 1.0 + i as f64);
    design.column_mut(2).fill(0.0);
    let y = SVector::from([1.0, 2.0, 3.0, 5.0]);
    let fit = LeastSquares::new(&design, &y).unwrap();
    let (vector, matrix) = three();
    let rule = Cyclic::new(Partition::consecutive([0; 3], 3).unwrap());
    let stop = Stop::relative(1e-8).unwrap().max_iterations(10);
    macro_rules! regularised {
        ($($update:expr),*) => {$(
            let descent = Descent::new(fit.clone(), Unpenalized, rule, $update);
            let mut state = descent.start_from(fit.start());
            let report = solve(&descent, &mut state, stop);
            assert_eq!(report.status, Status::Converged, "{report:?}");
            let added = state.update.added();
            assert!(added > 0.0 && added < 1e-14, "{added}");
            assert_eq!(state.point.x[2], 0.0);
        )*};
    }
    regularised!(
        Matrix::new(vector, matrix),
        Newton::new(vector, matrix),
        Exact::new(Newton::new(vector, matrix), 1e-9, 5),
        TwoMetric::new(vector, matrix, 0.01),
        ProximalNewton::new(vector, matrix, 20)
    );
    let partition = Partition::consecutive([0; 3], 3).unwrap();
    let factors = BlockFactors::new(&fit, partition, matrix).unwrap();
    assert!(factors.added() > 0.0 && factors.added() < 1e-14);
    // Coordinate and gradient steps need no inverse.
    let work = SVector::<f64, { room(3) }>::zeros();
    let descent =
        Descent::new(fit.clone(), Unpenalized, rule, Gradient::new(Certified(work), vector));
    assert!(solve(&descent, &mut descent.start_from(fit.start()), stop).converged());
}

#[test]
fn an_indefinite_block_is_a_breakdown_with_its_pivot() {
    let a = SMatrix::<f64, 2, 2>::new(1.0, 2.0, 2.0, 1.0);
    let b = SVector::from([1.0, 0.5]);
    let fit = Quadratic::new(&a, &b).unwrap();
    let (pair, matrix) = (SVector::<f64, 2>::zeros(), Three::zeros());
    let rule = Cyclic::new(Partition::consecutive([0; 2], 2).unwrap());
    macro_rules! breaks {
        ($($update:expr),*) => {$(
            let descent = Descent::new(fit, Unpenalized, rule, $update);
            let mut state = descent.start_from(fit.start());
            let report = solve(&descent, &mut state, Stop::relative(1e-6).unwrap());
            assert_eq!(report.status, Status::Breakdown);
            assert_eq!(state.update.curvature(), Some(-3.0));
            assert!(state.point.x.iter().all(|x| x.is_finite()));
        )*};
    }
    breaks!(
        Matrix::new(pair, matrix),
        Newton::new(pair, matrix),
        Exact::new(Newton::new(pair, matrix), 1e-9, 5),
        TwoMetric::new(pair, matrix, 0.01),
        ProximalNewton::new(pair, matrix, 20)
    );
}

#[test]
fn kept_factors_know_only_their_own_blocks() {
    let (a, b) = quadratic(3);
    let fit = Quadratic::new(&a, &b).unwrap();
    let memory = SVector::<f64, { 3 * packed(3) }>::zeros();
    let factors = BlockFactors::new(&fit, blocks(3), memory).unwrap();
    let (vector, matrix) = three();
    let kept = FactoredMatrix::new(&factors, vector);
    // The same to the bit as factoring anew.
    let rule = Cyclic::new(blocks(3));
    let one = Descent::new(fit, Unpenalized, rule, kept);
    let two = Descent::new(fit, Unpenalized, rule, Matrix::new(vector, matrix));
    let (mut x, mut y) = (one.start_from(fit.start()), two.start_from(fit.start()));
    for _ in 0..20 {
        one.step(&mut x);
        two.step(&mut y);
        assert_eq!(x.point, y.point);
    }
    let stop = Stop::relative(1e-9).unwrap();
    let foreign = Descent::new(fit, Unpenalized, Cyclic::new(blocks(2)), kept);
    let report = solve(&foreign, &mut foreign.start_from(fit.start()), stop);
    assert_eq!(report.status, Status::Breakdown);
    let any = Descent::new(fit, Unpenalized, Greedy::new(GaussSouthwell, [0; 3], vector), kept);
    let report = solve(&any, &mut any.start_from(fit.start()), stop);
    assert_eq!(report.status, Status::Breakdown);
}

#[test]
fn blocks_of_one_are_coordinates_and_both_are_gauss_seidel() {
    let (a, b) = quadratic(21);
    let fit = Quadratic::new(&a, &b).unwrap();
    let single = SVector::<f64, 1>::zeros();
    let by_matrix =
        Descent::new(fit, Unpenalized, Cyclic::new(blocks(1)), Matrix::new(single, single));
    let by_coordinate = Descent::new(fit, Unpenalized, Cyclic::new(blocks(N)), Coordinate);
    let sor = Sor::new(&a, &b, 1.0).unwrap();
    let (mut x, mut y) = (by_matrix.start_from(fit.start()), by_coordinate.start_from(fit.start()));
    let mut z = sor.start();
    for pass in 0..30 {
        (0..N).for_each(|_| by_matrix.step(&mut x));
        by_coordinate.step(&mut y);
        sor.step(&mut z);
        for j in 0..N {
            // The gradient is kept here and summed anew there; units span 64.
            let size = 1e-10 * (1.0 + z.x.amax());
            assert!((x.point.x[j] - z.x[j]).abs() <= size, "pass {pass}: {} {}", x.point.x, z.x);
            assert!((y.point.x[j] - z.x[j]).abs() <= size, "pass {pass}: {} {}", y.point.x, z.x);
        }
    }
}

#[test]
fn a_cloned_random_run_goes_on_alike_in_any_slices() {
    let (a, b) = quadratic(2);
    let fit = Quadratic::new(&a, &b).unwrap();
    let (vector, _) = three();
    let rule = SampledCoordinates::new([0; 3], vector, Pcg32::seed_from_u64(5));
    let update = Estimated::new(Vector::repeat(1.0), vector).unwrap();
    let descent = Descent::new(fit, L1::new(0.01).unwrap(), rule, update);
    let stop = Stop::relative(1e-30).unwrap().max_iterations(100);
    let mut whole = (Run::new(stop), descent.start_from(fit.start()));
    let _ = whole.0.advance(&descent, &mut whole.1, 100);
    let mut sliced = (Run::new(stop), descent.start_from(fit.start()));
    for slice in [1, 1, 7, 30] {
        let _ = sliced.0.advance(&descent, &mut sliced.1, slice);
    }
    let mut clone = sliced.clone();
    let _ = sliced.0.advance(&descent, &mut sliced.1, 100);
    let _ = clone.0.advance(&descent, &mut clone.1, 100);
    assert_eq!(sliced.1.point, whole.1.point);
    assert_eq!(clone.1.point, whole.1.point);
    assert_eq!(format!("{:?}", clone.1), format!("{:?}", whole.1));
}
