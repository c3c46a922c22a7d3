//! Row-action methods on every operator and both precisions, and lanes against scalars.

use crate::case::Case;
use crate::oracle::answer;
use crate::sor::{dense_spd, grid, read, uneven};
use rand_pcg::Pcg32;
use solvekit::bcd::Partition;
use solvekit::direct::packed;
use solvekit::rows::rule::{Distance, Greedy, InTurn, Residual, RowRule, Sampled};
use solvekit::rows::{BlockKaczmarz, BlockKaczmarzState, Kaczmarz, KaczmarzState};
use solvekit::{Buffer, Iteration, Lanes, Real, RowOperator, SMatrix, SVector};
use solvekit_host::vector::Vector;
use std::fmt::Debug;

fn sizes<R: Real + Into<f64>>() -> (f64, f64) {
    if R::EPSILON.into() < 1e-10 { (1e-10, 1e-9) } else { (1e-5, 3e-5) }
}

fn check_rows<R, A, S>(name: &'static str, a: &A, b: &A::Range, rule: S, ceiling: u32)
where
    R: Real + Into<f64>,
    A: RowOperator<R>,
    S: RowRule<R, A>,
    S::State: Debug,
{
    let (tolerance, accuracy) = sizes::<R>();
    let kaczmarz = Kaczmarz::new(a, b, rule, R::ONE).expect("a valid system");
    Case {
        name,
        iteration: &kaczmarz,
        start: kaczmarz.start(),
        read: |state: &KaczmarzState<A::Domain, S::State>| read(&state.x),
        poke: |state, i, value| state.x.as_mut_slice()[i] = R::from_f64(value),
        answer: answer(a, b.as_slice()),
        accuracy,
        tolerance,
        ceiling,
    }
    .check();
}

fn check_block<R, A, S>(name: &'static str, a: &A, b: &A::Range, rule: S, ceiling: u32)
where
    R: Real + Into<f64>,
    A: RowOperator<R>,
    S: RowRule<R, A>,
    S::State: Debug,
{
    let (tolerance, accuracy) = sizes::<R>();
    let room = |n| Vector::filled(n, R::ZERO);
    let block = BlockKaczmarz::new(a, b, rule, R::ONE, room(4), room(packed(4))).expect("valid");
    Case {
        name,
        iteration: &block,
        start: block.start(),
        read: |state: &BlockKaczmarzState<R, A::Domain, S::State, _, _>| read(&state.x),
        poke: |state, i, value| state.x.as_mut_slice()[i] = R::from_f64(value),
        answer: answer(a, b.as_slice()),
        accuracy,
        tolerance,
        ceiling,
    }
    .check();
}

fn check<R: Real + Into<f64>, A: RowOperator<R>>(a: &A, b: &A::Range) {
    let n = a.rows();
    let before = format!("{b:?}");
    let in_turn = |size| InTurn::new(Partition::consecutive(vec![0; n], size).expect("valid"));
    let greedy = |rows| (vec![0; rows], Vector::filled(rows, R::ZERO));
    check_rows("Kaczmarz, sweeps", a, b, in_turn(n), 300);
    check_rows("Kaczmarz, rows in turn", a, b, in_turn(1), 300 * n as u32);
    let sampled = Sampled::of(a, Vector::filled(n, R::ZERO), Pcg32::new(5, 0)).expect("valid");
    check_rows("Kaczmarz, rows sampled", a, b, sampled, 600 * n as u32);
    let (rows, scores) = greedy(1);
    check_rows("Kaczmarz, largest residual", a, b, Greedy::new(Residual, rows, scores), 3000);
    let (rows, scores) = greedy(1);
    check_rows("Kaczmarz, largest distance", a, b, Greedy::new(Distance, rows, scores), 3000);
    check_block("BlockKaczmarz, in turn", a, b, in_turn(4), 1000);
    let (rows, scores) = greedy(4);
    check_block("BlockKaczmarz, farthest", a, b, Greedy::new(Distance, rows, scores), 1000);
    assert_eq!(before, format!("{b:?}"), "the right-hand side was changed");
}

fn everywhere<R: Real + Into<f64>>() {
    check(&dense_spd::<R, 9>(), &SVector::<R, 9>::from_fn(|k, _| uneven(k)));
    let (stencil, sparse) = grid::<R>();
    check(&stencil, &SMatrix::from_fn(|i, j| uneven(i + 4 * j)));
    check(&sparse, &SVector::from_fn(|k, _| uneven(k)));
}

#[test]
fn every_operator_in_f32() {
    everywhere::<f32>();
}
#[test]
fn every_operator_in_f64() {
    everywhere::<f64>();
}

const L: usize = 4;

#[test]
fn lanes_are_scalars() {
    type Wide = Lanes<L, f32>;
    let each = |value: &dyn Fn(usize) -> f32| Lanes(std::array::from_fn(value));
    // Rows of zeros in lane 2.
    let entry = |l: usize, i: usize, j: usize| {
        let zero = l == 2 && i == 3;
        if zero {
            0.0
        } else {
            ((i * 7 + j * 13 + l * 5) as f32 * 0.37).sin() * 10f32.powi(l as i32)
        }
    };
    let side = |l: usize, i: usize| if l == 2 && i == 3 { 0.0 } else { (i + l) as f32 - 2.0 };
    let omega = |l: usize| 0.7 + 0.3 * l as f32;
    let rule = InTurn::new(Partition::consecutive([0; 5], 5).expect("valid"));
    let a = SMatrix::<Wide, 5, 7>::from_fn(|i, j| each(&|l| entry(l, i, j)));
    let b = SVector::<Wide, 5>::from_fn(|i, _| each(&|l| side(l, i)));
    let wide = Kaczmarz::new(&a, &b, rule, each(&omega)).expect("valid lanes");
    let mut wide_state = wide.start();
    let mut steps = 0;
    for l in 0..L {
        let a = SMatrix::<f32, 5, 7>::from_fn(|i, j| entry(l, i, j));
        let b = SVector::<f32, 5>::from_fn(|i, _| side(l, i));
        let single = Kaczmarz::new(&a, &b, rule, omega(l)).expect("valid");
        let mut state = single.start();
        (0..25).for_each(|_| single.step(&mut state));
        while steps < 25 {
            wide.step(&mut wide_state);
            steps += 1;
        }
        for (wide, x) in wide_state.x.iter().zip(state.x.iter()) {
            assert_eq!(wide.0[l].to_bits(), x.to_bits(), "lane {l}");
        }
        assert_eq!(wide.residual_norm(&wide_state.x).0[l], single.residual_norm(&state.x));
    }
}
