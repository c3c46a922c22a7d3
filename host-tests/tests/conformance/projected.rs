//! Projected SOR.

use crate::case::holds;
use crate::oracle::{complementary, dense};
use crate::sor::{dense_spd, grid, read, uneven};
use solvekit::sor::{Forward, Multicolor, Order, ProjectedSor, Sor, SorError, SorState, Symmetric};
use solvekit::{FivePoint, Iteration, Real, RowOperator, SMatrix, SVector, Status, Stop, solve};

const INF: f64 = f64::INFINITY;

fn check<R: Real + Into<f64>, A: RowOperator<R>, O: Order<R, A>>(
    name: &'static str,
    (a, b): (&A, &A::Range),
    (lower, upper): (&A::Domain, &A::Domain),
    order: O,
) {
    let omega = R::from_f64(1.1);
    let sor = ProjectedSor::ordered(a, b, omega, lower, upper, order).expect("a valid problem");
    let answer = complementary(&dense(a), &read(b), &read(lower), &read(upper));
    let held = |(x, (l, u)): (&f64, (f64, f64))| *x == l || *x == u;
    let pairs = answer.iter().zip(read(lower).into_iter().zip(read(upper)));
    let at_bounds = pairs.filter(|pair| held(*pair)).count();
    assert!(at_bounds > 1 && at_bounds < answer.len() - 1, "{name}: too special: {answer:?}");
    holds(name, &sor, sor.start(), answer, 40);
}

fn all<R: Real + Into<f64>>() {
    let (a, b) = (dense_spd::<R, 6>(), SVector::<R, 6>::from_fn(|k, _| uneven(k)));
    let bound = |at: f64| SVector::<R, 6>::repeat(R::from_f64(at));
    check("ProjectedSor, dense", (&a, &b), (&bound(-0.75), &bound(0.5)), Forward);
    check("ProjectedSor symmetric, dense", (&a, &b), (&bound(0.0), &bound(INF)), Symmetric);
    let (stencil, sparse) = grid::<R>();
    let (floor, open) = (SMatrix::repeat(R::from_f64(0.25)), SMatrix::repeat(R::INFINITY));
    let b = SMatrix::from_fn(|i, j| uneven(i + 4 * j));
    check("ProjectedSor red–black, stencil", (&stencil, &b), (&floor, &open), Multicolor);
    let (floor, open) = (SVector::repeat(R::from_f64(0.25)), SVector::repeat(R::INFINITY));
    let b = SVector::from_fn(|k, _| uneven(k));
    check("ProjectedSor, sparse", (&sparse, &b), (&floor, &open), Forward);
}

#[test]
fn projected_f32() {
    all::<f32>();
}
#[test]
fn projected_f64() {
    all::<f64>();
}

#[test]
fn without_bounds_it_is_sor_to_the_bit() {
    let a = FivePoint::<f32, 7, 5> { center: 4.2, vertical: -1.0, horizontal: -0.9 };
    let b = SMatrix::<f32, 7, 5>::from_fn(|i, j| uneven(i + 7 * j));
    let (down, up) = (SMatrix::repeat(f32::NEG_INFINITY), SMatrix::repeat(f32::INFINITY));
    let bounded = ProjectedSor::ordered(&a, &b, 1.4, &down, &up, Multicolor).expect("valid");
    let free = Sor::ordered(&a, &b, 1.4, Multicolor).expect("valid");
    let (mut x, mut y) = (bounded.start(), free.start());
    for _ in 0..40 {
        assert_eq!(bounded.residual(&mut x).to_bits(), free.residual(&mut y).to_bits());
        bounded.step(&mut x);
        free.step(&mut y);
        assert_eq!(x, y);
    }
}

#[test]
fn every_small_problem_ends_at_the_only_solution() {
    // Bounds of every kind: none, below, above, both, and a fixed number.
    let kinds = [(-INF, INF), (-0.2, INF), (-INF, 0.3), (-0.4, 0.1), (0.25, 0.25)];
    for case in 0..400_usize {
        let kind = |i: usize| kinds[(case * (3 * i + 1) / 4 + i) % 5];
        let a = SMatrix::<f64, 5, 5>::from_fn(|i, j| {
            let near = 1.0 / (1.0 + i.abs_diff(j) as f64 + (case % 7) as f64 / 7.0);
            if i == j { 2.5 + 0.2 * (case % 3) as f64 } else { near - 0.4 }
        });
        let b = SVector::<f64, 5>::from_fn(|i, _| ((case * 13 + i * 7) % 17) as f64 / 4.0 - 2.0);
        let lower = SVector::from_fn(|i, _| kind(i).0);
        let upper = SVector::from_fn(|i, _| kind(i).1);
        let sor = ProjectedSor::new(&a, &b, 1.0 + (case % 9) as f64 / 10.0, &lower, &upper);
        let sor = sor.expect("a valid problem");
        let mut state = sor.start();
        let report = solve(&sor, &mut state, Stop::relative(1e-12).expect("valid"));
        assert_eq!(report.status, Status::Converged, "case {case}: {report:?}");
        let exact = complementary(&dense(&a), b.as_slice(), lower.as_slice(), upper.as_slice());
        for i in 0..5 {
            let x = state.x[i];
            assert!(lower[i] <= x && x <= upper[i], "case {case}: x[{i}] = {x} is out of bounds");
            // The tolerance times ‖b‖ below 5 over the smallest eigenvalue, above 0.5.
            assert!((x - exact[i]).abs() < 1e-10, "case {case}: x[{i}] = {x}, not {}", exact[i]);
        }
    }
}

#[test]
fn a_membrane_over_an_obstacle_satisfies_the_conditions() {
    let a = FivePoint::<f64, 20, 20>::laplacian(0.0);
    let pull = SMatrix::<f64, 20, 20>::repeat(-0.01);
    // A ball under the membrane; nothing above.
    let ball = SMatrix::<f64, 20, 20>::from_fn(|i, j| {
        let (across, down) = (i as f64 - 9.0, j as f64 - 11.0);
        -0.2 - 0.001 * (across * across + down * down)
    });
    let open = SMatrix::repeat(INF);
    let sor = ProjectedSor::ordered(&a, &pull, 1.7, &ball, &open, Multicolor).expect("valid");
    let mut state = sor.start();
    let report = solve(&sor, &mut state, Stop::relative(1e-11).expect("valid"));
    assert!(report.converged(), "{report:?}");
    let mut ax = SMatrix::zeros();
    solvekit::LinearOperator::apply(&a, &state.x, &mut ax);
    let residual = pull - ax;
    let touching = (0..400).filter(|k| state.x.as_slice()[*k] == ball.as_slice()[*k]).count();
    assert!(touching > 10 && touching < 300, "{touching} points touch");
    for k in 0..400 {
        let (x, floor, r) = (state.x.as_slice()[k], ball.as_slice()[k], residual.as_slice()[k]);
        assert!(x >= floor, "point {k} lies below the ball");
        // The tolerance, 1e-11 · ‖b‖₂ = 2e-12, bounds every pᵢ.
        let limit = 2.1e-12;
        assert!(if x > floor { r.abs() <= limit } else { r <= limit }, "point {k}: {x}, {r}");
    }
}

fn two() -> (SMatrix<f64, 2, 2>, SVector<f64, 2>) {
    (SMatrix::<f64, 2, 2>::new(4.0, -1.0, -1.0, 3.0), SVector::<f64, 2>::new(1.0, 2.0))
}

fn refusal(a: SMatrix<f64, 2, 2>, lower: [f64; 2], upper: [f64; 2]) -> SorError {
    let (lower, upper) = (SVector::from(lower), SVector::from(upper));
    ProjectedSor::new(&a, &two().1, 1.0, &lower, &upper).expect_err("a bad problem")
}

#[test]
fn bad_bounds_and_diagonals_are_refused_with_their_place() {
    let a = two().0;
    let crossed = SorError::CrossedBounds { row: 1 };
    assert_eq!(refusal(a, [0.0, 1.0], [INF, 0.5]), crossed);
    assert_eq!(refusal(a, [0.0, INF], [INF, INF]), crossed);
    assert_eq!(refusal(a, [0.0, -INF], [INF, -INF]), crossed);
    let nan = SorError::NanBound { row: 0 };
    assert_eq!(refusal(a, [f64::NAN, 0.0], [1.0, 1.0]), nan);
    assert_eq!(refusal(a, [0.0, 0.0], [f64::NAN, 1.0]), nan);
    let negative = SMatrix::<f64, 2, 2>::new(4.0, 1.0, 1.0, -3.0);
    let refused = refusal(negative, [0.0; 2], [INF; 2]);
    assert_eq!(refused, SorError::NonPositiveDiagonal { row: 1 });
    assert_eq!(refusal(SMatrix::zeros(), [0.0; 2], [INF; 2]), SorError::ZeroDiagonal { row: 0 });
}

#[test]
fn a_start_outside_the_bounds_is_moved_between_them() {
    let (a, b) = two();
    let (lower, upper) = (SVector::<f64, 2>::new(0.5, -INF), SVector::<f64, 2>::new(INF, -1.0));
    let sor = ProjectedSor::new(&a, &b, 1.0, &lower, &upper).expect("valid");
    assert_eq!(sor.start().x, SVector::<f64, 2>::new(0.5, -1.0));
    let state = sor.start_at(SVector::<f64, 2>::new(-7.0, 7.0)).expect("finite");
    assert_eq!(state.x, SVector::<f64, 2>::new(0.5, -1.0));
    let error = sor.start_at(SVector::<f64, 2>::new(-7.0, f64::NAN)).expect_err("a bad start");
    assert_eq!(error, SorError::NonFiniteStart { row: 1 });
}

#[test]
fn an_indefinite_problem_ends_truthfully() {
    // x ≥ 0 with a coupling that outweighs the diagonal: no solution, x grows without end.
    let a = SMatrix::<f64, 2, 2>::new(1.0, -2.0, -2.0, 1.0);
    let (b, zero, open) = (SVector::repeat(1.0), SVector::zeros(), SVector::repeat(INF));
    let sor = ProjectedSor::new(&a, &b, 1.0, &zero, &open).expect("a positive diagonal");
    let mut state = sor.start();
    let report = solve(&sor, &mut state, Stop::relative(1e-10).expect("valid"));
    assert_eq!(report.status, Status::Diverged, "{report:?}");
    assert!(state.x.iter().all(|x| x.is_finite()));
    // Between finite bounds it ends at a corner, which satisfies the conditions.
    let top = SVector::repeat(3.0);
    let sor = ProjectedSor::new(&a, &b, 1.0, &zero, &top).expect("a positive diagonal");
    let mut state = sor.start();
    let report = solve(&sor, &mut state, Stop::relative(1e-10).expect("valid"));
    assert_eq!((report.status, state.x), (Status::Converged, top), "{report:?}");
}

#[test]
fn the_natural_residual_is_in_the_units_of_b() {
    let (a, b) = two();
    let (lower, upper) = (SVector::<f64, 2>::new(0.5, -INF), SVector::<f64, 2>::new(INF, -1.0));
    let sor = ProjectedSor::new(&a, &b, 1.0, &lower, &upper).expect("valid");
    // r = (−2.65, 6.35), the way to the bounds times the diagonal (−0.4, 0.75): what is nearer to 0.
    let found = sor.natural_residual(&SVector::<f64, 2>::new(0.6, -1.25));
    // A few roundings of numbers below 10.
    assert!((found - 0.85).abs() < 1e-14, "{found}");
}

#[test]
fn what_is_restored_lies_between_the_bounds_and_an_overflow_changes_nothing() {
    let (a, b) = two();
    let (lower, upper) = (SVector::<f64, 2>::new(0.5, -INF), SVector::<f64, 2>::new(INF, -1.0));
    let sor = ProjectedSor::new(&a, &b, 1.0, &lower, &upper).expect("valid");
    let mut state = SorState::new(SVector::<f64, 2>::repeat(f64::NAN));
    sor.restore(&mut state);
    assert_eq!(state.x, SVector::<f64, 2>::new(0.5, -1.0));
    // Both products are infinite.
    let huge = SVector::<f64, 2>::new(1e308, -1e308);
    let mut state = sor.start_at(huge).expect("finite");
    sor.step(&mut state);
    assert_eq!(state.x, huge);
}
