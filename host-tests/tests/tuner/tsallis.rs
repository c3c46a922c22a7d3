//! The Tsallis-INF tuner against its definition, and against bad input.

use crate::toy::{Draw, cost, uniforms};
use proptest::prelude::*;
use solvekit::Real;
use solvekit::tuner::{Arms, Cost, OmegaTuner, TsallisInf, TunerError};
use std::num::NonZeroU32;

/// The paper's rule in its own terms, by bisection: pᵢ = 4 / (η (kᵢ/s − x))², Σ pᵢ = 1.
struct Naive {
    losses: Vec<f64>,
    mean: f64,
    rounds: u32,
}

impl Naive {
    fn probabilities(&self) -> Vec<f64> {
        let eta = 2.0 / f64::from(self.rounds + 1).sqrt();
        let s = if self.mean > 1.0 { self.mean - 1.0 } else { 1.0 };
        let least = self.losses.iter().fold(f64::INFINITY, |m, k| m.min(k / s));
        let p = |x: f64| self.losses.iter().map(move |k| 4.0 / (eta * (k / s - x)).powi(2));
        let (mut low, mut high) =
            (least - 2.0 * (self.losses.len() as f64).sqrt() / eta, least - 1e-300);
        for _ in 0..2000 {
            let x = 0.5 * (low + high);
            if p(x).sum::<f64>() > 1.0 { high = x } else { low = x }
        }
        p(0.5 * (low + high)).collect()
    }

    fn update(&mut self, arm: usize, cost: f64) {
        let p = self.probabilities()[arm];
        self.losses[arm] += (cost - 1.0) / p;
        self.rounds += 1;
        self.mean += (cost - self.mean) / f64::from(self.rounds);
    }
}

fn invariants<R: Real + Into<f64>, const K: usize>(tuner: &TsallisInf<R, K>, slack: f64) {
    let p = tuner.probabilities().map(Into::into);
    assert!(p.iter().all(|p| *p > 0.0 && p.is_finite()), "{p:?}");
    let sum: f64 = p.iter().sum();
    assert!((sum - 1.0).abs() <= slack, "sum {sum}");
}

#[test]
fn the_first_round_is_uniform() {
    let tuner = TsallisInf::<f64, 20>::evenly(1.0, 1.95).expect("valid");
    assert!(tuner.probabilities().iter().all(|p| (p - 0.05).abs() < 1e-15));
    assert!((tuner.arms()[1] - 1.05).abs() < 1e-15 && (tuner.arms()[19] - 1.95).abs() < 1e-15);
}

#[test]
fn the_probabilities_are_the_papers() {
    let mut tuner = TsallisInf::<f64, 20>::evenly(1.0, 1.95).expect("valid");
    let mut naive = Naive { losses: vec![0.0; 20], mean: 0.0, rounds: 0 };
    for (round, uniform) in uniforms(7).take(300).enumerate() {
        let expected = naive.probabilities();
        for (i, (p, e)) in tuner.probabilities().iter().zip(&expected).enumerate() {
            // Both solve Σ p = 1 to about 1e-14; the importance weights multiply that up over rounds.
            assert!((p - e).abs() <= 1e-9 * e, "round {round}, arm {i}: {p}, should be {e}");
        }
        let omega = tuner.draw(uniform);
        let arm = tuner.arms().iter().position(|a| *a == omega).expect("an arm");
        tuner.pay(cost(omega)).expect("valid");
        naive.update(arm, cost(omega));
    }
}

#[test]
fn it_stays_sound_over_many_rounds_and_settles() {
    // The unguarded Newton search breaks after a few hundred rounds; this one may not, in either precision.
    fn long<R: Real + Into<f64>>(slack: f64) {
        let mut tuner = TsallisInf::<R, 20>::evenly(R::ONE, R::from_f64(1.95)).expect("valid");
        let mut near = 0;
        for (round, uniform) in uniforms(11).take(20_000).enumerate() {
            let omega: f64 = tuner.draw(R::from_f64(uniform)).into();
            tuner.pay(R::from_f64(cost(omega))).expect("valid");
            invariants(&tuner, slack);
            if round >= 10_000 && (omega - 1.6).abs() < 0.06 {
                near += 1;
            }
        }
        assert!((tuner.favourite().into() - 1.6).abs() < 0.06, "{:?}", tuner.favourite());
        assert!(near > 8_000, "only {near} of 10,000 late rounds near the best arm");
    }
    long::<f64>(1e-13);
    long::<f32>(5e-6);
}

#[test]
fn equal_losses_stay_uniform() {
    let mut tuner = TsallisInf::new(Arms::new([1.2_f64]).expect("valid"));
    for uniform in uniforms(3).take(10) {
        assert_eq!(tuner.try_draw(uniform), Ok(1.2));
        tuner.pay(50.0).expect("valid");
        assert!((tuner.probabilities()[0] - 1.0).abs() < 1e-14);
    }
    // Costs of 1 are losses of 0: nothing is learned from them.
    let mut tuner = TsallisInf::new(Arms::new([1.0_f64, 1.5, 1.9]).expect("valid"));
    for uniform in uniforms(5).take(10) {
        tuner.draw(uniform);
        tuner.pay(1.0).expect("valid");
    }
    assert!(tuner.probabilities().iter().all(|p| (p - 1.0 / 3.0).abs() < 1e-15));
}

proptest! {
    #[test]
    fn probabilities_are_a_distribution_that_falls_with_the_losses(
        costs in prop::collection::vec(0.0..1e6_f64, 1..200), seed: u64
    ) {
        let mut tuner = TsallisInf::<f64, 7>::evenly(1.0, 1.9).expect("valid");
        let mut losses = [0.0; 7];
        for (cost, uniform) in costs.iter().zip(uniforms(seed)) {
            let p = tuner.probabilities();
            let omega = tuner.draw(uniform);
            let arm = tuner.arms().iter().position(|a| *a == omega).expect("an arm");
            tuner.pay(*cost).expect("valid");
            losses[arm] += (cost - 1.0) / p[arm];
            invariants(&tuner, 1e-13);
            let p = tuner.probabilities();
            for i in 0..7 {
                for j in 0..7 {
                    prop_assert!(losses[i] >= losses[j] * (1.0 - 1e-12) - 1e-9 * losses[j].abs() || p[i] >= p[j] * (1.0 - 1e-9),
                        "arm {} lost less than {} and is less probable: {:?} {:?}", i, j, losses, p);
                }
            }
        }
    }
}

#[test]
fn bad_arms_are_refused_with_their_place() {
    assert_eq!(Arms::<f32, 0>::new([]), Err(TunerError::NoArms));
    for bad in [0.0, 2.0, f32::NAN, -1.0] {
        assert_eq!(Arms::new([1.0, bad]), Err(TunerError::Arm { index: 1 }), "{bad}");
    }
}

#[test]
fn bad_random_numbers_and_costs_are_refused_and_change_nothing() {
    let mut tuner = TsallisInf::new(Arms::new([1.0_f64, 1.5]).expect("valid"));
    assert_eq!(tuner.pay(5.0), Err(TunerError::NothingSelected));
    tuner.draw(0.3);
    let before = tuner;
    for bad in [1.0, -0.1, f64::NAN] {
        assert_eq!(tuner.try_draw(bad), Err(TunerError::Uniform), "{bad}");
    }
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(tuner.pay(bad), Err(TunerError::Cost), "{bad}");
    }
    assert_eq!(tuner, before);
    assert_eq!(tuner.pay(5.0), Ok(()));
    assert_eq!(tuner.pay(5.0), Err(TunerError::NothingSelected));
}

#[test]
fn costs_that_would_overflow_are_refused_and_change_nothing() {
    let mut tuner = TsallisInf::new(Arms::new([1.0, 1.5]).expect("valid"));
    let mut refused = 0;
    for uniform in uniforms(9).take(200) {
        let omega = tuner.draw(uniform as f32);
        let before = tuner;
        if tuner.pay(if omega > 1.2 { 1e38 } else { 1.0 }) == Err(TunerError::Cost) {
            assert_eq!(tuner, before);
            refused += 1;
        }
        invariants(&tuner, 1e-5);
    }
    assert!(refused > 0, "1e38 times a few inverse probabilities leaves f32");
}

#[test]
fn costs_below_one_count_as_one() {
    let mut tuner = TsallisInf::new(Arms::new([1.0_f64, 1.5, 1.9]).expect("valid"));
    for uniform in uniforms(5).take(50) {
        tuner.draw(uniform);
        tuner.pay(0.03).expect("valid");
    }
    // Rewarding an arm for being played would make it a favourite.
    assert!(tuner.probabilities().iter().all(|p| (p - 1.0 / 3.0).abs() < 1e-15));
}

#[test]
fn the_smallest_uniform_number_draws_the_first_arm_and_the_largest_the_last() {
    let mut tuner = TsallisInf::<f32, 20>::evenly(1.0, 1.95).expect("valid");
    assert_eq!(tuner.try_draw(0.0), Ok(1.0));
    assert_eq!(tuner.try_draw(1.0 - f32::EPSILON / 2.0), Ok(tuner.arms()[19]));
}

#[test]
fn its_size_is_the_documented_one() {
    // 2 K numbers, then root, mean, rounds, memory, the baseline's flag, and the selected arm: its
    // number, its weight and whether there is one.
    assert_eq!(size_of::<TsallisInf<f32, 20>>(), size_of::<f32>() * (2 * 20 + 8));
    const { assert!(size_of::<TsallisInf<f32, 20>>() <= 256) };
}

/// Plays a sequence whose best ω jumps from 1.2 to 1.8 at half time; the cost of the second half.
fn after_a_jump(mut tuner: TsallisInf<f64, 10>) -> f64 {
    let mut late = 0.0;
    for (round, uniform) in uniforms(17).take(8_000).enumerate() {
        let best = if round < 4_000 { 1.2 } else { 1.8 };
        let omega = tuner.draw(uniform);
        let cost = 30.0 + 300.0 * (omega - best).abs();
        tuner.pay(cost).expect("valid");
        if round >= 4_000 {
            late += cost;
        }
    }
    late / 4_000.0
}

#[test]
fn forgetting_follows_a_jump() {
    let arms = Arms::evenly(1.0, 1.9).expect("valid");
    let memory = NonZeroU32::new(400).expect("not zero");
    let kept = after_a_jump(TsallisInf::new(arms));
    let faded = after_a_jump(TsallisInf::new(arms).forgetting(memory));
    // The best arm costs 30. Without forgetting the first half's losses must be paid back first:
    // as many rounds as it lasted.
    assert!(kept > 75.0, "{kept}");
    assert!(faded < 55.0, "{faded}, {kept} without forgetting");
}

#[test]
fn a_memory_that_is_never_full_forgets_nothing_of_eta() {
    // With a memory of many rounds, the first draws are those of a tuner that keeps all. Only the
    // first: the importance weights multiply any difference up.
    let memory = NonZeroU32::new(1 << 30).expect("not zero");
    let mut kept = TsallisInf::<f64, 5>::evenly(1.0, 1.9).expect("valid");
    let mut faded = kept.forgetting(memory);
    for uniform in uniforms(23).take(40) {
        let omega = kept.draw(uniform);
        assert_eq!(faded.draw(uniform), omega);
        kept.pay(cost(omega)).expect("valid");
        faded.pay(cost(omega)).expect("valid");
    }
    let pairs = kept.probabilities().into_iter().zip(faded.probabilities());
    for (p, q) in pairs {
        assert!((p - q).abs() < 1e-5 * p, "{p}, {q}");
    }
}

#[test]
fn a_baseline_gives_the_same_arm_with_less_scatter() {
    let play = |mut tuner: TsallisInf<f64, 20>, seed| {
        let mut total = 0.0;
        for uniform in uniforms(seed).take(3_000) {
            let omega = tuner.draw(uniform);
            total += cost(omega);
            tuner.pay(cost(omega)).expect("valid");
            invariants(&tuner, 1e-13);
        }
        assert!((tuner.favourite() - 1.6).abs() < 0.06, "{:?}", tuner.favourite());
        total
    };
    let arms = Arms::evenly(1.0, 1.95).expect("valid");
    let plain: f64 = (1..=8).map(|seed| play(TsallisInf::new(arms), seed)).sum();
    let based: f64 = (1..=8).map(|seed| play(TsallisInf::new(arms).with_baseline(), seed)).sum();
    assert!(based < plain, "{based}, {plain} without");
}

#[test]
fn a_censored_cost_is_no_success() {
    let mut tuner = TsallisInf::<f64, 2>::evenly(1.2, 1.8).expect("valid");
    let mut late = 0;
    for (round, uniform) in uniforms(29).take(600).enumerate() {
        let omega = tuner.draw(uniform);
        // The second arm fails at once, after 3 sweeps: as a success it would be by far the better.
        let told = if omega < 1.5 { Cost::Solved(50.0) } else { Cost::Censored(3.0) };
        tuner.update(told).expect("valid");
        late += u32::from(round >= 300 && omega > 1.5);
    }
    assert!((40.0..=50.0).contains(&tuner.mean_cost()), "{}", tuner.mean_cost());
    assert!(late < 250, "{late} of 300 late rounds");
}

#[test]
fn the_draws_are_those_of_the_first_release() {
    // With coarse square roots the rates, and so the draws, differ by design.
    if Real::sqrt_coarse(2.0_f32) != 2.0_f32.sqrt() {
        return;
    }
    // The bits of ω over 200 rounds in f32, folded, from before there were options.
    let mut tuner = TsallisInf::<f32, 20>::evenly(1.0, 1.95).expect("valid");
    let mut folded = 0_u32;
    for uniform in uniforms(31).take(200) {
        let omega = tuner.draw(uniform as f32);
        folded = folded.rotate_left(5) ^ omega.to_bits();
        tuner.pay(cost(f64::from(omega)) as f32).expect("valid");
    }
    assert_eq!(folded, FIRST_RELEASE);
}

/// See above.
const FIRST_RELEASE: u32 = 0xeff4_dace;
