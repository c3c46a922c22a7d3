extern crate std;

use super::*;
use crate::sor::auto::exponent::young_distance;
use crate::sor::auto::leader::Play;
use std::vec::Vec;

const LAMBDA: f64 = 0.01;

/// Young's ω for λ = 0.01 leads; nothing is in doubt.
fn plan() -> Plan<f64> {
    let play = Play { arm: YOUNG, probe: false, leader: YOUNG, mean: 0.0 };
    Plan {
        first: false,
        play,
        lambda: LAMBDA,
        young: young_distance(LAMBDA),
        unsettled: false,
        halves: false,
        plain: false,
        target: 1e-8,
        tolerance: 1e-8,
    }
}

/// A solve of which each sweep brings ‖r‖ to what `residual(k)` says; the sweeps after which
/// ω came down, and what it was then.
fn falls(
    plan: &Plan<f64>,
    sweeps: u32,
    residual: impl Fn(u32) -> f64,
) -> (Vec<(u32, f64)>, Control<f64>) {
    let mut control = Control::new();
    control.begin(plan, residual(0));
    let mut found = Vec::new();
    for k in 1..=sweeps {
        let before = control.omega();
        control.sweeps = k;
        control.observe(plan, residual(k), None);
        if control.omega() < before {
            found.push((k, control.omega()));
        }
    }
    (found, control)
}

/// 2 − ω of an exponent below 1: no margin.
fn bent(exponent: f64) -> f64 {
    2.0 - young_distance(LAMBDA).powf(exponent)
}

#[test]
fn a_solve_that_is_far_too_long_falls_back_twice() {
    let plan = plan();
    let creeping = |k: u32| 0.9999_f64.powi(k as i32);
    let (found, control) = falls(&plan, 20_000, creeping);
    // Twice and a half the asymptotic length at the rate ω − 1, and twelve sweeps.
    let omega = 2.0 - young_distance(LAMBDA) * (-0.02_f64).exp();
    let limit =
        |reduction: f64, rate: f64| (2.5 * reduction.ln() / rate.ln() + 12.0).floor() as u32;
    let first = limit(1e-8, omega - 1.0) + 1;
    assert_eq!(found[0].0, first);
    assert!((found[0].1 - bent(0.5)).abs() < 1e-14, "half of the exponent: {found:?}");
    // ω(½) is below the best one: Young's relation gives its rate, by β² = 1 − (1 − λ)… of λ.
    let beta = 1.0 - LAMBDA;
    let product = found[0].1 * beta;
    let root = product + (product * product - 4.0 * (found[0].1 - 1.0)).sqrt();
    let second = first + limit(1e-8 / creeping(first), root * root / 4.0) + 1;
    assert_eq!(found[1..], [(second, 1.0)], "then Gauss–Seidel, to the end");
    assert_eq!((found.len(), control.violations), (2, 2));
    // A leader with a mean may take two and a half times that.
    let known = Plan { play: Play { mean: 3.0, ..plan.play }, ..plan };
    let unit = 1e-8_f64.ln() / (1.0 - young_distance(LAMBDA)).ln();
    let later = (2.5 * 3.0 * unit + 12.0).floor() as u32 + 1;
    let found = falls(&known, later, creeping).0;
    assert_eq!((found.len(), found[0].0), (1, later));
}

#[test]
fn a_residual_that_grows_out_of_bounds_ends_all_relaxation() {
    let growing = |k: u32| 3.0 * 10f64.powi(k as i32);
    let (found, control) = falls(&plan(), 10, growing);
    // Beyond 10⁴ times the first one.
    assert_eq!(found, [(5, 1.0)]);
    assert_eq!(control.violations, 2);
}

#[test]
fn a_probe_is_judged_in_time() {
    let leads = |arm, mean| Play { arm, probe: true, leader: YOUNG, mean };
    let unit = 1e-8_f64.ln() / (1.0 - young_distance(LAMBDA)).ln();
    let leader_omega = 2.0 - young_distance(LAMBDA) * (-0.02_f64).exp();
    // Projected lengths, in those of the leader: one above 1.12, for a neighbour above 1.6, loses as
    // soon as 0.35 of the leader's length is done.
    for (arm, length, lost) in
        [(2, 1.0, false), (2, 1.11, false), (2, 1.13, true), (4, 1.5, false), (4, 1.61, true)]
    {
        let plan = Plan { play: leads(arm, 1.2), ..plan() };
        let whole = length * 1.2 * unit;
        let due = (0.35 * 1.2 * unit).ceil() as u32;
        let fading = |k: u32| 1e-8_f64.powf(f64::from(k) / whole);
        assert_eq!(falls(&plan, due - 1, fading).1.probe, Probe::Undecided);
        let mut control = Control::new();
        control.begin(&plan, 1.0);
        for k in 1..=due {
            control.sweeps = k;
            control.observe(&plan, fading(k), None);
        }
        assert_eq!(control.probe == Probe::Lost, lost, "{arm} at {length}");
        assert_eq!((control.omega() - leader_omega).abs() < 1e-14, lost, "the leader takes over");
        // Whatever it promises, at 1.1 of the leader's length it is over.
        let late = (1.1 * 1.2 * unit) as u32 + 1;
        let promising = |k: u32| if k == 0 { 1.0 } else { 1.000_000_1e-8 };
        assert_eq!(falls(&plan, late - 1, promising).1.probe, Probe::Undecided);
        assert_eq!(falls(&plan, late, promising).1.probe, Probe::Lost);
    }
    // What has not come down has no length.
    let plan = Plan { play: leads(4, 1.2), ..plan() };
    assert_eq!(falls(&plan, (0.35 * 1.2 * unit).ceil() as u32, |_| 1.0).1.probe, Probe::Lost);
}

#[test]
fn the_schedule_of_halves_begins_anew_where_the_leader_takes_over() {
    let play = Play { arm: 6, probe: true, leader: YOUNG, mean: 1.0 };
    let plan = Plan { halves: true, play, ..plan() };
    let mut control = Control::new();
    control.begin(&plan, 1.0);
    let first: [f64; 3] = core::array::from_fn(|_| control.next_weight(&plan));
    assert!(first[0] == 1.0 && first[2] > 1.0);
    control.fall_back(&plan, 1.0);
    let quarter = (1.0 - (2.0 / control.omega() - 1.0).powi(2)) / 4.0;
    let second = 1.0 / (1.0 - 2.0 * quarter);
    let expected = [1.0, second, 1.0 / (1.0 - quarter * second)];
    for expected in expected {
        assert!((control.next_weight(&plan) - expected).abs() < 1e-15);
    }
}

/// An unsettled λ twice too large: the ratio at its ω says where Young's ω is.
#[test]
fn a_steady_ratio_raises_omega_towards_youngs_and_a_false_one_is_taken_back() {
    let known = 1.6 * LAMBDA;
    let plan = Plan { lambda: known, young: young_distance(known), unsettled: true, ..plan() };
    let mut control = Control::new();
    control.begin(&plan, 1.0);
    let start = control.omega();
    // The rate of this ω where β = 1 − λ for the true λ.
    let product = start * (1.0 - LAMBDA);
    let root = product + (product * product - 4.0 * (start - 1.0)).sqrt();
    let ratio = root * root / 4.0;
    let mut residual = 1.0;
    for k in 1..=8 {
        assert_eq!(control.omega(), start, "{k}: too early");
        residual *= ratio;
        control.sweeps = k;
        control.observe(&plan, residual, None);
    }
    let young = 2.0 / (1.0 + (1.0 - (1.0 - LAMBDA) * (1.0 - LAMBDA)).sqrt());
    // But not nearer to 2 than half of the way.
    let expected = young.min(2.0 - 0.5 * (2.0 - start));
    assert!((control.omega() - expected).abs() < 1e-12, "{} for {expected}", control.omega());
    assert!(control.raised() && !control.struck);
    // It goes on as before: past the sweep at which it would have ended anyway, and twelve, that
    // counts against raises, once and for all.
    let due = 8 + ((1e-8 / residual).ln() / ratio.ln() + 12.0).floor() as u32;
    for k in 9..=due + 1 {
        assert!(!control.struck, "{k} of {due}");
        residual *= ratio;
        control.sweeps = k;
        control.observe(&plan, residual.max(1e-7), None);
    }
    assert!(control.struck && control.omega() == start);
    // A λ ten times too large is not made good at once.
    let known = 10.0 * LAMBDA;
    let wild = Plan { lambda: known, young: young_distance(known), ..plan };
    let mut control = Control::new();
    control.begin(&wild, 1.0);
    let half = 1.0 + 0.5 * control.omega();
    for k in 1..=8 {
        control.sweeps = k;
        control.observe(&wild, 0.97_f64.powi(k as i32), None);
    }
    assert!((control.omega() - half).abs() < 1e-14, "{} for {half}", control.omega());
    // Where λ is settled nothing is raised, nor where it would be over before it paid.
    for plan in [Plan { unsettled: false, ..plan }, Plan { target: 0.5, ..plan }] {
        let (_, control) = falls(&plan, 10, |k| ratio.powi(k as i32));
        assert!(!control.raised());
    }
}

/// A first solve asks for a Rayleigh quotient in its sweeps 4, 8, 16 …, and takes the least for λ.
#[test]
fn a_first_solve_finds_its_own_omega() {
    let plan = Plan { first: true, lambda: 1.0, young: 1.0, ..plan() };
    let mut control = Control::new();
    control.begin(&plan, 1.0);
    assert_eq!(control.omega(), 1.0);
    let mut wanted = Vec::new();
    for k in 1..40 {
        control.sweeps = k;
        if control.wants_quotient(&plan) {
            wanted.push(k);
        }
    }
    assert_eq!(wanted, [4, 8, 16, 32]);
    let young = |lambda| 2.0 - young_distance::<f64>(lambda) * (-0.02_f64).exp();
    for (k, quotient, least) in [(4, 0.2, 0.2), (8, 0.3, 0.2), (16, 0.05, 0.05)] {
        control.sweeps = k;
        control.observe(&plan, 1.0 / f64::from(k), Some(quotient));
        assert!((control.omega() - young(least)).abs() < 1e-14, "{k}");
    }
    control.violations = 1;
    control.sweeps = 64;
    assert!(!control.wants_quotient(&plan), "a fallback stays");
}

/// Above Young's ω every ratio is about ω − 1 and says nothing of β.
#[test]
fn only_a_steady_ratio_above_that_of_young_settles() {
    let mut control = Control::<f64>::new();
    (control.omega, control.sweeps, control.ratio) = (1.5, 8, 0.7);
    assert!(control.settles(0.7) && control.settles(0.705));
    assert!(!control.settles(0.72), "not steady");
    control.ratio = 0.49;
    assert!(!control.settles(0.49), "above Young's");
    (control.sweeps, control.ratio) = (7, 0.7);
    assert!(!control.settles(0.7), "too early");
}
