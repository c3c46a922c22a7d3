//! A choice between methods goes on after a reset, and its record is checked.

use super::mirror::{self, is_longest, opened, refuses};
use serde::{Serialize, de::DeserializeOwned};
use solvekit::Real;
use solvekit::choice::{Candidate, Effort, MethodChoice, Selection};
use solvekit::storage::{decode, encode, longest};

type Methods = MethodChoice<f32, 3>;

#[test]
fn a_choice_between_methods_goes_on_as_one_that_never_stopped() {
    goes_on::<f32>();
    goes_on::<f64>();
}

fn goes_on<R: Real + Serialize + DeserializeOwned>() {
    let candidate = |setup: u32, step: u32, steps| Candidate {
        setup: R::from_u32(setup),
        step: R::from_u32(step),
        steps,
        storage: 1,
    };
    let candidates =
        [candidate(0, 500, None), candidate(900, 700, None), candidate(40_000, 2_000, Some(1))];
    // The first becomes slower and slower and fails now and then; the second varies.
    let play = |choice: &mut MethodChoice<R, 3>, round: u32| -> Selection<R> {
        let selection = choice.choose(&candidates, usize::MAX).expect("one fits");
        let steps = [10 + round / 2, 20 + round * 7 % 40, 1][selection.method];
        if selection.method == 0 && round.is_multiple_of(5) {
            choice.learn(0, Effort::Lost);
            choice.learn(selection.fallback.unwrap_or(2), Effort::Solved(25));
        } else {
            choice.learn(selection.method, Effort::Solved(steps));
        }
        selection
    };
    for before in [0, 1, 6, 137] {
        let mut steady = MethodChoice::<R, 3>::new();
        for round in 0..before {
            play(&mut steady, round);
        }
        let mut buffer = vec![0; longest::<MethodChoice<R, 3>>()];
        let mut bytes = encode(&steady, &mut buffer).expect("sound").to_vec();
        let mut restored = decode(&bytes).expect("whole");
        for round in before..before + 200 {
            let selection = play(&mut steady, round);
            assert_eq!(play(&mut restored, round), selection, "round {round}");
        }
        assert_eq!(restored, steady);
        for bit in 0..8 * bytes.len() {
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(decode::<MethodChoice<R, 3>>(&bytes).is_err(), "bit {bit}");
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
    }
}

#[test]
fn a_choice_that_no_learning_can_have_left_is_refused() {
    // The first solved, the second lost twice, the third was never tried.
    let mut choice = Methods::new();
    choice.learn(0, Effort::Solved(30));
    choice.learn(1, Effort::Lost);
    choice.give_up();
    choice.learn(1, Effort::Lost);
    choice.learn(0, Effort::Solved(20));
    let sound: mirror::Methods = opened(&choice);
    assert_eq!((sound.rounds, sound.methods[1].next_trial, sound.methods[1].wait), (3, 6, 8));
    refuses::<Methods, _>(
        &sound,
        &[
            ("steps below 0", |t| t.methods[0].steps = Some(-1.0)),
            ("steps that are NaN", |t| t.methods[0].steps = Some(f32::NAN)),
            ("more steps than can be counted", |t| t.methods[0].steps = Some(5e9)),
            ("a wait after a success", |t| t.methods[0].wait = 4),
            ("a success that lapses too late", |t| t.methods[0].next_trial = 20),
            ("a success that lapses too early", |t| t.methods[0].next_trial = 15),
            ("a trial due before any loss", |t| t.methods[2].next_trial = 1),
            ("no wait", |t| t.methods[1].wait = 0),
            ("a wait of 6", |t| t.methods[1].wait = 6),
            ("a wait of 256", |t| t.methods[1].wait = 256),
            ("a first trial that was lost", |t| t.methods[1].next_trial = 1),
            ("a trial later than its wait", |t| t.methods[1].next_trial = 12),
        ],
    );
    let mut longest = sound;
    longest.rounds = u32::MAX;
    for method in &mut longest.methods {
        method.steps = Some(4_294_967_296.0);
        (method.next_trial, method.wait) = (u32::MAX, 2);
    }
    // Where there is a mean the wait is 2, of one byte.
    is_longest::<Methods>(&longest, 3);
}
