//! The window of unimodal UCB, field by field.

use super::fields::{arms, learned};
use super::mirror::{self, accepts, is_longest, opened, refuses};
use solvekit::storage::Memory;
use solvekit::tuner::{Cost, OmegaTuner, Round, WindowedUcb};

const NAN: f32 = f32::NAN;
const INFINITY: f32 = f32::INFINITY;

type Windowed = WindowedUcb<f32, 3, 8>;

#[test]
fn what_no_window_can_hold_is_refused() {
    let sound: mirror::Windowed = opened(&learned(Windowed::new(arms())));
    assert_eq!((sound.rounds, sound.next), (40, 0));
    refuses::<Windowed, _>(
        &sound,
        &[
            ("an arm of 2", |t| t.arms[1] = 2.0),
            ("a mean below 0", |t| t.means[1] = -1.0),
            ("a mean that is NaN", |t| t.means[1] = NAN),
            ("an infinite mean", |t| t.means[1] = INFINITY),
            ("a count that is not the ring's", |t| t.counts[1] += 1),
            ("squares below 0", |t| t.squares = -1.0),
            ("squares that are NaN", |t| t.squares = NAN),
            ("squares above their peak", |t| t.squares = 2.0 * t.peak + 1.0),
            ("an infinite peak", |t| (t.squares, t.peak) = (0.0, INFINITY)),
            ("a peak that is NaN", |t| t.peak = NAN),
            ("a cost below 0", |t| t.costs[7] = -1.0),
            ("a cost that is NaN", |t| t.costs[7] = NAN),
            ("a cost above the largest", |t| t.costs[7] = 4_294_967_808.0),
            ("an arm in the ring that is not there", |t| t.played[7] = 3),
            ("a place that is not the rounds'", |t| t.next = 1),
            ("a place that is not there", |t| (t.next, t.rounds) = (8, u32::MAX)),
            ("fewer rounds than there are costs", |t| (t.next, t.rounds) = (7, 7)),
            ("an arm in play that is not there", |t| t.selected = Some(3)),
        ],
    );
}

#[test]
fn a_fresh_window_knows_nothing() {
    refuses::<Windowed, _>(
        &opened::<mirror::Windowed>(&Windowed::new(arms())),
        &[
            ("a mean before the first round", |t| t.means[0] = 1.0),
            ("a count before the first round", |t| t.counts[0] = 1),
            ("a peak before the first round", |t| t.peak = 1.0),
            ("a cost before the first round", |t| t.costs[0] = 1.0),
            ("an arm in the ring before the first round", |t| t.played[0] = 1),
            ("a later place before the first round", |t| t.next = 1),
        ],
    );
}

#[test]
fn the_longest_window_fits() {
    let mut longest: mirror::Windowed = opened(&learned(Windowed::new(arms())));
    // The rounds are no longer counted on, and each place may be the next one.
    (longest.rounds, longest.selected) = (u32::MAX, Some(2));
    for next in 0..8 {
        longest.next = next;
        accepts::<Windowed>(&longest);
    }
    // Below 128: three counts, the place and the arm in play; the ring's eight arms save half as much.
    is_longest::<Windowed>(&longest, 5 + 4);
}

#[test]
fn it_goes_on_where_the_count_of_rounds_ends() {
    let mut fields: mirror::Windowed = opened(&learned(Windowed::new(arms())));
    (fields.rounds, fields.next) = (u32::MAX - 1, 3);
    let bytes = postcard::to_stdvec(&fields).expect("serialisable");
    let mut tuner: Windowed = postcard::from_bytes(&bytes).expect("restorable");
    // The middle arm leads. A neighbour is tried again soon after its last round left the window of 8;
    // were the count to stay at its largest, every turn would be the leader's.
    let mut played = [0; 3];
    for round in 0..30 {
        let omega = tuner.select(Round::new(0.0)).expect("valid").omega;
        let arm = tuner.arms().iter().position(|arm| *arm == omega).expect("an arm");
        played[arm] += 1;
        tuner.update(Cost::Solved(if arm == 1 { 40.0 } else { 41.0 })).expect("valid");
        assert!(tuner.is_sound(), "round {round}: {tuner:?}");
    }
    assert!(played.iter().all(|rounds| *rounds >= 2), "{played:?}");
    assert!(tuner.rounds() >= u32::MAX - 2, "{}", tuner.rounds());
}
