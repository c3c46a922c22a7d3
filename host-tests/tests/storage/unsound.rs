//! Values that no learning can have left are neither stored nor restored.

use super::{Tuner, forge, learned};
use proptest::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use solvekit::Real;
use solvekit::storage::{Memory, RecordError, decode, encode, longest};
use solvekit::tuner::{Cost, OmegaTuner, Round, TsallisInf};

/// Where the fields of the tuner of 5 arms lie in its payload.
const ARMS: usize = 0;
const LOSSES: usize = 20;
const ROOT: usize = 40;
const MEAN: usize = 44;
const ROUNDS: usize = 48;
const SELECTED: usize = 56;
const INVERSE: usize = 57;

fn payload() -> Vec<u8> {
    let payload = postcard::to_stdvec(&learned::<f32, 5>(40, true)).expect("serialisable");
    // One byte of rounds, five of memory, one of the baseline, the option's 1, the arm, 1/p.
    assert_eq!((payload[ROUNDS], payload[SELECTED - 1], payload.len()), (40, 1, 61));
    payload
}

fn with(at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut payload = payload();
    payload[at..at + bytes.len()].copy_from_slice(bytes);
    payload
}

fn is_refused(payload: &[u8], what: &str) {
    let stored = decode::<Tuner>(&forge(1, Tuner::TAG, 0, payload));
    assert_eq!(stored, Err(RecordError::Unsound), "{what}");
    let value: Tuner = postcard::from_bytes(payload).expect("restorable");
    let mut buffer = [0; longest::<Tuner>()];
    assert_eq!(encode(&value, &mut buffer), Err(RecordError::Unsound), "{what}");
}

#[test]
fn what_was_changed_here_was_sound() {
    assert!(decode::<Tuner>(&forge(1, Tuner::TAG, 0, &payload())).is_ok());
}

#[test]
fn reals_out_of_their_range_are_refused() {
    let (nan, infinity) = (f32::NAN, f32::INFINITY);
    let cases: &[(&str, usize, &[f32])] = &[
        ("arm", ARMS + 8, &[0.0, 2.0, -1.0, nan, infinity]),
        ("loss", LOSSES + 8, &[-1.0, nan, infinity]),
        ("root", ROOT, &[0.5, 0.0, -1.0, 7.0, nan, infinity]),
        ("mean", MEAN, &[-1.0, nan, infinity]),
        ("1/p", INVERSE, &[0.0, 0.4, -1.0, nan]),
    ];
    for (name, at, values) in cases {
        for value in *values {
            is_refused(&with(*at, &value.to_le_bytes()), &format!("{name} = {value}"));
        }
    }
}

#[test]
fn losses_none_of_which_is_the_least_are_refused() {
    let mut payload = payload();
    for arm in 0..5 {
        payload[LOSSES + 4 * arm..][..4].copy_from_slice(&1.0_f32.to_le_bytes());
    }
    is_refused(&payload, "every loss above zero");
}

#[test]
fn costs_without_a_round_are_refused() {
    is_refused(&with(ROUNDS, &[0]), "a mean and losses in no round");
    let mut payload = with(ROUNDS, &[0]);
    payload[MEAN..MEAN + 4].fill(0);
    is_refused(&payload, "losses in no round");
}

#[test]
fn an_arm_that_does_not_exist_is_refused() {
    is_refused(&with(SELECTED, &[5]), "arm 5 of 5");
    is_refused(&with(SELECTED, &[127]), "arm 127 of 5");
}

/// Plays the rounds; whatever the tuner comes to, accepting a cost or not, is sound.
fn stays_sound<R: Real + Serialize + DeserializeOwned, const K: usize>(rounds: &[(u32, f64)]) {
    let (first, last) = (R::from_f64(0.1), R::from_f64(1.99));
    let mut tuner = TsallisInf::<R, K>::evenly(first, last).expect("valid arms");
    for (round, (draw, cost)) in rounds.iter().enumerate() {
        let uniform = R::from_u32(draw >> 8) * R::from_f64(1.0 / 16_777_216.0);
        tuner.select(Round::new(uniform)).expect("a valid draw");
        assert!(tuner.is_sound(), "round {round}, selected: {tuner:?}");
        let _ = tuner.update(Cost::Solved(R::from_f64(*cost)));
        assert!(tuner.is_sound(), "round {round}, cost {cost}: {tuner:?}");
    }
}

/// Ordinary counts, zero, and numbers up to where f32 ends.
fn any_cost() -> impl Strategy<Value = f64> {
    prop_oneof![0.0..2000.0, Just(0.0), (0.0..38.5).prop_map(|power: f64| 10_f64.powf(power))]
}

/// Also both ends, where rounding decides.
fn any_draw() -> impl Strategy<Value = u32> {
    prop_oneof![any::<u32>(), Just(0), Just(u32::MAX)]
}

#[test]
fn a_draw_of_an_arm_that_is_next_to_impossible_is_not_refused() {
    // Found by the property below: 1/p overflows a little before p underflows.
    let mut payload = with(INVERSE, &f32::INFINITY.to_le_bytes());
    payload[SELECTED] = 4;
    assert!(decode::<Tuner>(&forge(1, Tuner::TAG, 0, &payload)).is_ok());
}

proptest! {
    /// A sound memory that is refused would be a memory lost.
    #[test]
    fn what_was_learned_is_never_refused(
        rounds in prop::collection::vec((any_draw(), any_cost()), 1..200),
    ) {
        stays_sound::<f32, 1>(&rounds);
        stays_sound::<f32, 2>(&rounds);
        stays_sound::<f32, 20>(&rounds);
        stays_sound::<f64, 5>(&rounds);
    }
}
