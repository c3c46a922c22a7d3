//! A sound memory that is refused would be a memory lost: whatever rounds are played, what they leave
//! is accepted.

use super::kinds::{StaysSound, Wild, every};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use solvekit::choice::{Effort, MethodChoice};
use solvekit::storage::{Memory, decode, encode, longest, tag};
use solvekit::tuner::{Choice, Cost, CutOff, OmegaTuner, Round, Safe, TunerError};

/// Ordinary counts, zero, the largest that is taken, and numbers up to where f32 ends.
fn any_cost() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => 0.0..2000.0,
        1 => Just(0.0),
        1 => Just(4_294_967_296.0),
        4 => (0.0..9.7).prop_map(|power: f64| 10_f64.powf(power)),
        1 => (0.0..38.5).prop_map(|power: f64| 10_f64.powf(power)),
        1 => prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(-1.0), Just(-0.0)],
    ]
}

fn any_context() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => -0.6..0.8,
        1 => prop_oneof![Just(-0.5), Just(0.75), Just(0.125), Just(0.0)],
        1 => prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(-1e38), Just(1e38)],
    ]
}

prop_compose! {
    fn any_round()(
        draw in prop_oneof![any::<u32>(), Just(0), Just(u32::MAX)],
        context in any_context(),
        cost in any_cost(),
        told in prop_oneof![1 => Just(None), 4 => Just(Some(true)), 4 => Just(Some(false))],
    ) -> Wild {
        Wild { draw, context, cost, told }
    }
}

proptest! {
    #[test]
    fn what_a_tuner_learned_is_never_refused(
        rounds in prop::collection::vec(any_round(), 1..150),
    ) {
        let claim = StaysSound(rounds);
        every::<f32>(&claim);
        every::<f64>(&claim);
    }

    #[test]
    fn what_a_choice_learned_is_never_refused(
        rounds in prop::collection::vec((0_usize..5, prop_oneof![0..50_u32, any::<u32>()], 0..5), 1..200),
    ) {
        let mut choice = MethodChoice::<f32, 4>::new();
        for (method, steps, what) in rounds {
            match what {
                0 => choice.give_up(),
                1 | 2 => choice.learn(method, Effort::Lost),
                _ => choice.learn(method, Effort::Solved(steps)),
            }
            prop_assert!(choice.is_sound(), "{:?}", choice);
        }
        let mut buffer = [0; longest::<MethodChoice<f32, 4>>()];
        let bytes = encode(&choice, &mut buffer).expect("sound");
        prop_assert_eq!(decode(bytes), Ok(choice));
    }
}

/// Where a fit of a few samples extrapolates, a censored cost counts as what it predicts: the largest
/// cost grows by itself, as far as the numbers go.
#[test]
fn predictions_that_feed_on_themselves_are_never_refused() {
    for seed in 0..40_u32 {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state
        };
        let round = |_| {
            let context =
                if next() >> 30 == 0 { 0.75 } else { -0.5 + f64::from(next() >> 28) / 64.0 };
            let cost = f64::from(next() >> 8);
            Wild { draw: next(), context, cost, told: Some(next() >> 31 == 0) }
        };
        let claim = StaysSound((0..3000).map(round).collect());
        every::<f32>(&claim);
    }
}

/// The ends of the numbers, of the interval and of the costs, in every combination.
#[test]
fn five_thousand_rounds_at_the_ends_of_the_numbers() {
    const COSTS: [f64; 11] = [
        0.0,
        1e-38,
        1e38,
        f64::NAN,
        f64::INFINITY,
        4_294_967_296.0,
        -1.0,
        30.0,
        f64::NEG_INFINITY,
        1e-300,
        3e38,
    ];
    const CONTEXTS: [f64; 9] =
        [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e38, -1e38, -0.5, 0.75, 0.125, -0.499_999_9];
    for seed in [1, 2, 3] {
        let mut random = seed;
        let mut next = |count: usize| {
            random = u32::wrapping_mul(random, 1_664_525).wrapping_add(1_013_904_223);
            (random >> 16) as usize % count
        };
        let round = |k: usize| Wild {
            draw: [0, u32::MAX, 1 << 31, 77 << 20][next(4)],
            context: CONTEXTS[next(9)],
            // The second half is 0 and 2³² only, mostly censored: predictions feed on themselves.
            cost: if k < 2_500 { COSTS[next(11)] } else { COSTS[5 * next(2)] },
            told: if k < 2_500 {
                [Some(true), Some(false), None][next(3)]
            } else {
                Some(next(8) == 0)
            },
        };
        let claim = StaysSound((0..5_000).map(round).collect());
        every::<f32>(&claim);
        every::<f64>(&claim);
    }
}

/// A caller's tuner that takes any cost.
#[derive(Serialize, Deserialize)]
struct Careless;

impl OmegaTuner<f32> for Careless {
    fn select(&mut self, _round: Round<f32>) -> Result<Choice<f32>, TunerError> {
        Ok(Choice::fixed(1.5))
    }
    fn update(&mut self, _cost: Cost<f32>) -> Result<(), TunerError> {
        Ok(())
    }
    fn arms(&self) -> &[f32] {
        &[1.5]
    }
}

impl Memory for Careless {
    const TAG: u32 = tag("careless", &[]);
    const LONGEST: usize = 0;
    fn is_sound(&self) -> bool {
        true
    }
}

#[test]
fn a_wrapper_stays_sound_around_a_tuner_that_takes_any_cost() {
    let mut tuner = Safe::new(CutOff::<f32, _, 1>::new(Careless, 2.0).expect("valid"));
    for cost in [10.0, f32::NAN, -1.0, f32::INFINITY, 1e38, 20.0] {
        tuner.select(Round::new(0.5)).expect("valid");
        let taken = tuner.update(Cost::Solved(cost));
        assert_eq!(taken.is_ok(), cost == 10.0 || cost == 20.0, "{cost}");
        assert!(tuner.is_sound(), "{cost}");
    }
    let mut tuner = CutOff::<f32, _, 1>::new(Careless, 2.0).expect("valid");
    tuner.select(Round::new(0.5)).expect("valid");
    assert_eq!(tuner.update(Cost::Solved(f32::NAN)), Err(TunerError::Cost));
    assert!(tuner.is_sound());
}
