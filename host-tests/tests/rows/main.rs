//! Row-action methods against dense solutions in f64.

mod sampled;
#[path = "../common/stuck.rs"]
mod stuck;

use proptest::prelude::*;
use rand_pcg::Pcg32;
use solvekit::bcd::rule::Cyclic;
use solvekit::bcd::update::Coordinate;
use solvekit::bcd::{Descent, Partition};
use solvekit::direct::packed;
use solvekit::fit::Quadratic;
use solvekit::nalgebra::{DMatrix, DVector};
use solvekit::penalty::Unpenalized;
use solvekit::rows::rule::{Distance, Greedy, InTurn, Residual, RowRule, Sampled};
use solvekit::rows::{BlockKaczmarz, Kaczmarz, RowSystem, RowsError};
use solvekit::{CsrVec, Iteration, SMatrix, SVector, Status, Stop, solve};
use std::num::NonZeroU32;

const M: usize = 5;
const N: usize = 9;
type Wide = SMatrix<f64, M, N>;

fn wide() -> (Wide, SVector<f64, M>) {
    let a = Wide::from_fn(|i, j| ((i * 7 + j * 13 + i * j) as f64 * 0.37).sin() * (1 + i) as f64);
    (a, SVector::from_fn(|i, _| i as f64 - 1.5))
}

fn in_turn(size: usize) -> InTurn<[usize; M]> {
    InTurn::new(Partition::consecutive([0; M], size).expect("valid"))
}

/// x₀ + A⁺ (b − A x₀), the solution that is nearest to x₀, by singular values.
fn nearest(a: &Wide, b: &SVector<f64, M>, start: &SVector<f64, N>) -> SVector<f64, N> {
    let svd = DMatrix::from_column_slice(M, N, a.as_slice()).svd(true, true);
    let gap = b - a * start;
    let step = svd.solve(&DVector::from_column_slice(gap.as_slice()), 1e-12).expect("both sides");
    start + SVector::<f64, N>::from_column_slice(step.as_slice())
}

fn stop() -> Stop<f64> {
    let often = NonZeroU32::new(M as u32).expect("not zero");
    Stop::relative(1e-13).expect("valid").max_iterations(200_000).check_every(often)
}

#[test]
fn every_rule_finds_the_solution_nearest_to_its_start() {
    let (a, b) = wide();
    let start = SVector::<f64, N>::from_fn(|j, _| (j as f64 * 0.9).cos());
    for start in [SVector::zeros(), start] {
        let expected = nearest(&a, &b, &start);
        fn check<S: RowRule<f64, Wide> + Clone>(
            rule: S,
            start: SVector<f64, N>,
            expected: &SVector<f64, N>,
        ) {
            let (a, b) = wide();
            for relaxation in [0.6, 1.0, 1.3] {
                let kaczmarz = Kaczmarz::new(&a, &b, rule.clone(), relaxation).expect("valid");
                let mut state = kaczmarz.start_at(start).expect("finite");
                let report = solve(&kaczmarz, &mut state, stop());
                assert_eq!(report.status, Status::Converged, "{report:?}");
                assert!((state.x - expected).amax() < 1e-11, "{} for {expected}", state.x);
            }
        }
        let one = SVector::<f64, 1>::zeros();
        check(in_turn(1), start, &expected);
        check(in_turn(M), start, &expected);
        let sampled = Sampled::of(&a, SVector::<f64, M>::zeros(), Pcg32::new(1, 0));
        check(sampled.expect("valid"), start, &expected);
        check(Greedy::new(Residual, [0], one), start, &expected);
        check(Greedy::new(Distance, [0], one), start, &expected);
    }
}

#[test]
fn one_block_of_all_rows_is_the_solution_of_least_norm() {
    let (a, b) = wide();
    let expected = nearest(&a, &b, &SVector::zeros());
    let (direction, factor) = (SVector::<f64, M>::zeros(), SVector::<f64, { packed(M) }>::zeros());
    let block = BlockKaczmarz::new(&a, &b, in_turn(M), 1.0, direction, factor).expect("valid");
    let mut state = block.start();
    let report = solve(&block, &mut state, Stop::relative(1e-12).expect("valid"));
    assert!(report.converged() && report.iterations == 1, "{report:?}");
    assert!((state.x - expected).amax() < 1e-12);
    assert_eq!((state.added(), state.pivot()), (0.0, None));
}

#[test]
fn rows_that_say_the_same_are_told() {
    let (mut a, mut b) = wide();
    a.set_row(3, &(a.row(1) * 2.0));
    b[3] = 2.0 * b[1];
    let expected = nearest(&a, &b, &SVector::zeros());
    let (direction, factor) = (SVector::<f64, M>::zeros(), SVector::<f64, { packed(M) }>::zeros());
    let block = BlockKaczmarz::new(&a, &b, in_turn(M), 1.0, direction, factor).expect("valid");
    let mut state = block.start();
    let report = solve(&block, &mut state, Stop::relative(1e-10).expect("valid"));
    assert!(report.converged(), "{report:?}");
    assert!(state.added() > 0.0 && state.added() < 1e-13, "{}", state.added());
    assert!((state.x - expected).amax() < 1e-8);
}

proptest! {
    /// ‖x⁺ − x*‖² = ‖x − x*‖² − ω (2 − ω) r_bᵀ (A_b A_bᵀ)⁻¹ r_b, for one row and for several.
    #[test]
    fn every_step_comes_nearer_by_what_it_promises(
        entries in prop::collection::vec(-2.0_f64..2.0, M * N),
        solution in prop::collection::vec(-2.0_f64..2.0, N),
        start in prop::collection::vec(-2.0_f64..2.0, N),
        relaxation in 0.05_f64..1.95,
        size in 1_usize..4,
        skip in 0_usize..5,
    ) {
        let a = Wide::from_column_slice(&entries);
        let solution = SVector::<f64, N>::from_column_slice(&solution);
        let start = SVector::<f64, N>::from_column_slice(&start);
        let b = a * solution;
        let partition = Partition::consecutive([0; M], size).expect("valid");
        let block = skip % partition.blocks();
        let rows = partition.block(block).to_vec();
        let part = DMatrix::from_fn(rows.len(), N, |p, j| a[(rows[p], j)]);
        let gap = DVector::from_fn(rows.len(), |p, _| b[rows[p]] - a.row(rows[p]).dot(&start.transpose()));
        let gram = &part * part.transpose();
        let condition = gram.clone().symmetric_eigenvalues();
        prop_assume!(condition.min() > 1e-4 * condition.max());
        let distance = gap.dot(&gram.lu().solve(&gap).expect("regular"));
        let promised = relaxation * (2.0 - relaxation) * distance;
        let (direction, factor) = (SVector::<f64, 3>::zeros(), SVector::<f64, { packed(3) }>::zeros());
        let method = BlockKaczmarz::new(&a, &b, InTurn::new(partition), relaxation, direction, factor)
            .expect("valid");
        let mut state = method.start_at(start).expect("finite");
        state.rule = block;
        method.step(&mut state);
        let squared = |x: SVector<f64, N>| (x - solution).norm_squared();
        // Of ‖·‖² up to 150, times the condition number.
        let rounding = 1e-9;
        prop_assert!((squared(start) - squared(state.x) - promised).abs() < rounding);
        if size == 1 {
            let single = Kaczmarz::new(&a, &b, InTurn::new(partition), relaxation).expect("valid");
            let mut one = single.start_at(start).expect("finite");
            one.rule = block;
            single.step(&mut one);
            prop_assert!((squared(start) - squared(one.x) - promised).abs() < rounding);
        }
    }

    #[test]
    fn greedy_rules_choose_the_naive_rows(x in prop::collection::vec(-2.0_f64..2.0, N)) {
        let (a, b) = wide();
        let x = SVector::<f64, N>::from_column_slice(&x);
        let system = RowSystem::new(&a, &b).expect("valid");
        let residual: Vec<_> = (0..M).map(|i| (b[i] - a.row(i).dot(&x.transpose())).abs()).collect();
        let distance: Vec<_> = (0..M).map(|i| residual[i] / a.row(i).norm()).collect();
        let order = |scores: &[f64]| {
            let mut rows: Vec<_> = (0..M).collect();
            rows.sort_by(|i, j| scores[*j].total_cmp(&scores[*i]));
            rows[..2].to_vec()
        };
        let scores = SVector::<f64, 2>::zeros();
        let rule = Greedy::new(Residual, [0; 2], scores);
        let mut state = RowRule::<f64, Wide>::start(&rule);
        prop_assert_eq!(rule.select(&system, &x, &mut state), order(&residual));
        let rule = Greedy::new(Distance, [0; 2], scores);
        let mut state = RowRule::<f64, Wide>::start(&rule);
        prop_assert_eq!(rule.select(&system, &x, &mut state), order(&distance));
    }
}

#[test]
fn equal_distances_go_to_the_lowest_row() {
    let a = SMatrix::<f64, 3, 2>::new(0.0, 3.0, 2.0, 0.0, 0.0, 5.0);
    let b = SVector::from([3.0, 2.0, 5.0]);
    let system = RowSystem::new(&a, &b).expect("valid");
    let rule = Greedy::new(Distance, [0], SVector::<f64, 1>::zeros());
    let mut state = RowRule::<f64, SMatrix<f64, 3, 2>>::start(&rule);
    assert_eq!(rule.select(&system, &SVector::zeros(), &mut state), [0]);
    // Where everything is solved nothing is chosen.
    assert!(rule.select(&system, &SVector::from([1.0, 1.0]), &mut state).is_empty());
}

/// Kaczmarz for A is coordinate descent for ½ yᵀ A Aᵀ y − bᵀ y with x = Aᵀ y.
#[test]
fn it_is_coordinate_descent_of_the_dual() {
    let (a, b) = wide();
    let gram = a * a.transpose();
    let gram = (gram + gram.transpose()) * 0.5;
    let fit = Quadratic::new(&gram, &b).expect("valid");
    let rule = Cyclic::new(Partition::consecutive([0; M], 1).expect("valid"));
    let dual = Descent::new(fit, Unpenalized, rule, Coordinate);
    let kaczmarz = Kaczmarz::new(&a, &b, in_turn(1), 1.0).expect("valid");
    let (mut x, mut y) = (kaczmarz.start(), dual.start_from(dual.fit().start()));
    for step in 0..40 {
        kaczmarz.step(&mut x);
        dual.step(&mut y);
        let gap = (a.transpose() * y.point.x - x.x).amax();
        assert!(gap < 1e-13 * x.x.amax().max(1.0), "step {step}: {gap}");
    }
}

#[test]
fn an_inconsistent_system_stalls() {
    let a = SMatrix::<f64, 3, 2>::new(1.0, 0.0, 0.0, 1.0, 1.0, 1.0);
    let b = SVector::from([1.0, 1.0, 5.0]);
    let sweep = InTurn::new(Partition::consecutive([0; 3], 3).expect("valid"));
    let kaczmarz = Kaczmarz::new(&a, &b, sweep, 1.0).expect("valid");
    let mut state = kaczmarz.start();
    let stop = Stop::relative(1e-6).expect("valid").max_iterations(100_000);
    let report = solve(&kaczmarz, &mut state, stop);
    assert_eq!(report.status, Status::Stalled, "{report:?}");
    assert!(state.x.iter().all(|x| x.is_finite()));
}

#[test]
fn bad_systems_are_refused_with_their_place() {
    let (good, b) = wide();
    let refuse = |a: &Wide, b: &SVector<f64, M>, relaxation: f64| {
        Kaczmarz::new(a, b, in_turn(1), relaxation).expect_err("refused")
    };
    for relaxation in [0.0, 2.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(refuse(&good, &b, relaxation), RowsError::Relaxation);
    }
    for bad in [f64::NAN, f64::INFINITY] {
        let mut a = good;
        a[(2, 7)] = bad;
        assert_eq!(refuse(&a, &b, 1.0), RowsError::NonFiniteEntry { row: 2, column: 7 });
        let mut side = b;
        side[4] = bad;
        assert_eq!(refuse(&good, &side, 1.0), RowsError::NonFiniteRightHandSide { row: 4 });
        let kaczmarz = Kaczmarz::new(&good, &b, in_turn(1), 1.0).expect("valid");
        let mut start = SVector::<f64, N>::zeros();
        start[6] = bad;
        let told = kaczmarz.start_at(start).expect_err("refused");
        assert_eq!(told, RowsError::NonFiniteStart { unknown: 6 });
    }
    for size in [1e-170, 1e170] {
        let mut a = good;
        a.row_mut(1).scale_mut(size);
        assert_eq!(refuse(&a, &b, 1.0), RowsError::RowSize { row: 1 }, "{size}");
    }
    assert_eq!(refuse(&good, &SVector::repeat(1e308), 1.0), RowsError::HugeRightHandSide);
    let short = Sampled::of(&good, SVector::<f64, 4>::zeros(), Pcg32::new(0, 0));
    assert_eq!(short.err(), Some(RowsError::Length { expected: M, found: 4 }));
    let (direction, factor) = (SVector::<f64, 3>::zeros(), SVector::<f64, 5>::zeros());
    let short = BlockKaczmarz::new(&good, &b, in_turn(1), 1.0, direction, factor);
    assert_eq!(short.err(), Some(RowsError::Length { expected: 6, found: 5 }));
    assert!(!RowsError::Contradiction { row: 3 }.to_string().is_empty());
}

#[test]
fn rows_of_zeros_are_refused_or_left_out() {
    let (mut a, mut b) = wide();
    a.row_mut(2).fill(0.0);
    let told = Kaczmarz::new(&a, &b, in_turn(1), 1.0).expect_err("refused");
    assert_eq!(told, RowsError::Contradiction { row: 2 });
    b[2] = 0.0;
    let expected = nearest(&a, &b, &SVector::zeros());
    let kaczmarz = Kaczmarz::new(&a, &b, in_turn(1), 1.0).expect("valid");
    let mut state = kaczmarz.start();
    assert!(solve(&kaczmarz, &mut state, stop()).converged());
    assert!((state.x - expected).amax() < 1e-11);
    let (direction, factor) = (SVector::<f64, M>::zeros(), SVector::<f64, { packed(M) }>::zeros());
    let block = BlockKaczmarz::new(&a, &b, in_turn(M), 1.0, direction, factor).expect("valid");
    let mut state = block.start();
    assert!(solve(&block, &mut state, stop()).converged());
    assert!((state.x - expected).amax() < 1e-11);
}

#[test]
fn an_unknown_in_no_row_shows_when_it_is_not_finite() {
    let a = CsrVec::<f64, 2, 3, 4>::from_triplets([(0, 0, 1.0), (1, 2, 2.0)]).expect("it fits");
    let b = SVector::from([1.0, 2.0]);
    let rule = InTurn::new(Partition::consecutive([0; 2], 2).expect("valid"));
    let kaczmarz = Kaczmarz::new(&a, &b, rule, 1.0).expect("valid");
    let mut state = kaczmarz.start();
    state.x[1] = f64::NAN;
    let report = solve(&kaczmarz, &mut state, stop());
    assert_eq!(report.status, Status::NonFinite);
    assert_eq!(state.x[1], 0.0);
}
