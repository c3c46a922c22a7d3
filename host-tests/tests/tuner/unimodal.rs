//! Unimodal UCB.

use crate::toy::{Draw, cost, uniforms};
use solvekit::tuner::{Arms, Cost, OmegaTuner, UnimodalUcb};
use std::num::NonZeroU32;

#[test]
fn it_finds_the_bottom_and_never_pays_for_the_far_end() {
    let mut tuner = UnimodalUcb::new(Arms::<f64, 20>::evenly(1.0, 1.95).expect("valid"));
    let mut noise = uniforms(3);
    let mut near = 0;
    for round in 0..2_000 {
        let omega = tuner.draw(0.0);
        assert!((1.4..=1.8).contains(&omega), "round {round}: {omega}");
        near += u32::from(round >= 1_000 && (omega - 1.6).abs() < 0.06);
        let spread = 20.0 * (noise.next().expect("endless") - 0.5);
        tuner.pay(cost(omega) + spread).expect("valid");
    }
    assert_eq!(near, 1_000);
    assert!((tuner.favourite() - 1.6).abs() < 1e-9);
    assert!((tuner.mean_cost() - 30.0).abs() < 1.0, "{}", tuner.mean_cost());
}

#[test]
fn forgetting_follows_a_jump() {
    let play = |mut tuner: UnimodalUcb<f64, 20>| {
        let mut late = 0.0;
        let mut noise = uniforms(5);
        for round in 0..4_000 {
            let best = if round < 2_000 { 1.3 } else { 1.8 };
            let omega = tuner.draw(0.0);
            let cost = 30.0 + 200.0 * (omega - best).abs() + 4.0 * noise.next().expect("endless");
            tuner.pay(cost).expect("valid");
            late += if round >= 2_000 { cost } else { 0.0 };
        }
        (late / 2_000.0, tuner.favourite())
    };
    let tuner = UnimodalUcb::new(Arms::evenly(1.0, 1.95).expect("valid"));
    let (faded, favourite) = play(tuner.forgetting(NonZeroU32::new(50).expect("not zero")));
    let (kept, _) = play(tuner);
    assert!((favourite - 1.8).abs() < 0.06, "{favourite}");
    assert!(faded < 45.0 && faded < kept, "{faded}, {kept} without forgetting");
}

#[test]
fn one_arm_and_a_censored_cost() {
    let mut tuner = UnimodalUcb::new(Arms::<f64, 1>::new([1.4]).expect("valid"));
    for _ in 0..5 {
        assert_eq!(tuner.draw(0.0), 1.4);
        tuner.pay(20.0).expect("valid");
    }
    tuner.draw(0.0);
    tuner.update(Cost::Censored(3.0)).expect("valid");
    assert_eq!(tuner.mean_cost(), 20.0);
}
