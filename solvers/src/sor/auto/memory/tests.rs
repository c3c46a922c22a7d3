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
    let often: u32 = first[20..].iter().sum();
    assert!((5..=8).contains(&often), "one in four: {first:?}");
    // In the midst of that, another diagonal.
    while looked(&mut memory, &a, 50) == 0 {}
    let other = FivePoint::<f64, 8, 8>::laplacian(0.5);
    assert_eq!(looked(&mut memory, &other, 60), 1);
}
