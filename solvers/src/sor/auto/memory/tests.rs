extern crate std;

use super::*;
use crate::operator::zeros;
use crate::sor::Forward;
use crate::{FivePoint, SMatrix, Stop, solve};

type Grid = SMatrix<f64, 8, 8>;
type Solve<'a> = AutoSor<'a, f64, FivePoint<f64, 8, 8>, Forward>;

fn side(round: usize) -> Grid {
    Grid::from_fn(|i, j| ((i + 8 * j + 64 * round) * 7919 % 1009) as f64 - 504.0)
}

/// One solve of a grid; what it was, how it went, and what it was charged.
fn next<'a>(
    memory: &mut AutoMemory<f64, Grid>,
    a: &'a FivePoint<f64, 8, 8>,
    b: &'a Grid,
) -> (Solve<'a>, AutoSorState<f64, Grid>, u32) {
    let sor = AutoSor::new(a, b, memory, 1e-8).expect("valid");
    let mut state = sor.start();
    let report = solve(&sor, &mut state, Stop::relative(1e-8).expect("valid"));
    assert!(report.converged());
    let charged = memory.learn(&sor, &state, &report);
    (sor, state, charged)
}

#[test]
fn a_leaders_cost_counts_its_passes_and_not_its_raises() {
    let a = FivePoint::<f64, 8, 8>::laplacian(0.05);
    let mut memory = AutoMemory::new(zeros());
    let (mut led, mut raised) = (0, 0);
    for round in 0..30 {
        let (before, b) = (memory.play(false).mean, side(round));
        let probe = memory.play(false).probe;
        let (sor, state, _) = next(&mut memory, &a, &b);
        let mean = memory.play(false).mean;
        if round == 0 || probe || state.control.raised() {
            assert_eq!(mean, before, "{round}: no cost of this exponent");
            raised += u32::from(state.control.raised());
            continue;
        }
        // In sweeps that Young's ω needs for 10⁻⁸ at the λ just found.
        let root = (memory.lambda * (2.0 - memory.lambda)).sqrt();
        let unit = 1e-8_f64.ln() / (1.0 - 2.0 * root / (1.0 + root)).ln();
        let cost = f64::from(state.control.sweeps + sor.charged()) / unit;
        let expected = if before == 0.0 { cost } else { before + 0.15 * (cost - before) };
        assert!((mean - expected).abs() < 1e-12, "{round}: {mean} for {expected}");
        led += 1;
    }
    assert!(led > 8 && raised > 0, "{led} and {raised}");
}

#[test]
fn a_mode_that_is_refined_is_charged_for() {
    let a = FivePoint::<f64, 8, 8>::laplacian(0.0);
    let mut memory = AutoMemory::new(zeros());
    let (mut passes, mut refined, mut sum) = (0, 0, 0);
    for round in 0..30 {
        let b = side(round);
        // What the solve itself leaves of the mode, without another pass over A.
        let (sor, _, charged) = next(&mut memory, &a, &b);
        assert!(charged >= sor.charged() && charged <= sor.charged() + 1);
        assert!(round > 0 || charged == 0, "there was nothing to look at");
        passes += sor.charged();
        refined += charged - sor.charged();
        sum += charged;
    }
    assert!(passes > 0 && refined > 0, "{passes} and {refined}");
    assert_eq!(memory.charged(), sum);
}

/// The mean of λ's last changes, not the last one, says whether it has settled; a matrix that is
/// another one is looked at again.
#[test]
fn a_known_matrix_is_looked_at_less_and_less_and_another_one_at_once() {
    let a = FivePoint::<f64, 8, 8>::laplacian(0.05);
    let mut memory = AutoMemory::new(zeros());
    let looked = |memory: &mut _, a, round| next(memory, a, &side(round)).0.charged();
    let first: [u32; 40] = core::array::from_fn(|round| looked(&mut memory, &a, round));
    assert_eq!(first[..4], [0, 1, 1, 1]);
    // At first every other time.
    let skipped = (1..40).find(|round| first[*round] == 0).expect("it is skipped");
    assert_eq!(first[skipped - 1..=skipped + 1], [1, 0, 1]);
    let often: u32 = first[20..].iter().sum();
    assert!((5..=8).contains(&often), "one in four: {first:?}");
    // In the midst of that, another diagonal.
    while looked(&mut memory, &a, 50) == 0 {}
    let other = FivePoint::<f64, 8, 8>::laplacian(0.5);
    assert_eq!(looked(&mut memory, &other, 60), 1);
}

/// The same diagonal, so that nothing shows before the solve; that it took so long does.
#[test]
fn a_solve_that_took_too_long_is_a_reason_to_look_again() {
    let a = FivePoint::<f64, 8, 8>::laplacian(0.05);
    let slower = FivePoint { vertical: 1.05 * a.vertical, horizontal: 1.05 * a.horizontal, ..a };
    let mut memory = AutoMemory::new(zeros());
    (0..40).for_each(|round| {
        next(&mut memory, &a, &side(round));
    });
    while next(&mut memory, &a, &side(50)).0.charged() == 0 {}
    assert_eq!(next(&mut memory, &slower, &side(60)).0.charged(), 0);
    assert_eq!(next(&mut memory, &slower, &side(61)).0.charged(), 1);
}

#[test]
fn the_drift_follows_the_changes_of_the_mode() {
    let a = FivePoint::<f64, 8, 8>::laplacian(0.05);
    let mut memory = AutoMemory::new(zeros());
    next(&mut memory, &a, &side(0));
    for round in 1..6 {
        let before = memory.drift;
        let b = side(round);
        let (sor, ..) = next(&mut memory, &a, &b);
        let Some(pass) = sor.pass else { continue };
        let change = (pass.lambda - memory.lambda) / pass.lambda;
        let expected = 0.7 * before + 0.3 * change;
        assert!((memory.drift - expected).abs() < 1e-15, "{round}");
    }
}

/// A solve that did not end is as bad as one that fell back twice; two of them cost the exponent its
/// place, and neither counts as a solve.
#[test]
fn solves_that_are_cut_off_cost_the_leader_its_place() {
    let a = FivePoint::<f64, 8, 8>::laplacian(0.05);
    let b = side(3);
    let mut memory = AutoMemory::new(zeros());
    (0..3).for_each(|round| {
        next(&mut memory, &a, &side(round));
    });
    for exponent in [1.0, 0.0] {
        let sor = AutoSor::new(&a, &b, &memory, 1e-8).expect("valid");
        let mut state = sor.start();
        let stop = Stop::relative(1e-8).expect("valid").max_iterations(2);
        let report = solve(&sor, &mut state, stop);
        memory.learn(&sor, &state, &report);
        assert_eq!((memory.exponent(), memory.solves()), (exponent, 3));
    }
}
