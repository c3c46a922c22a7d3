//! Every kind of tuner that is a memory, and what holds for all of them.

use super::{cost, draw};
use serde::{Serialize, de::DeserializeOwned};
use solvekit::Real;
use solvekit::storage::{Memory, decode, encode, longest};
use solvekit::tuner::{
    Adaptive, Arms, ChebCb, Cost, CutOff, Fixed, Interval, OmegaTuner, Round, Safe, TsallisBins,
    TsallisInf, TunerError, UnimodalUcb, WindowedUcb, Young,
};
use std::fmt::Debug;
use std::num::NonZeroU32;

/// What is claimed of a kind of tuner, given a fresh one.
pub(super) trait Claim {
    fn of<R: Real, T>(&self, name: &str, fresh: T)
    where
        T: OmegaTuner<R> + Memory + Copy + PartialEq + Debug;
}

/// Calls the claim for every kind in one precision.
pub(super) fn every<R: Real + Serialize + DeserializeOwned>(claim: &impl Claim) {
    let r = R::from_f64;
    let arms = Arms::<R, 5>::evenly(r(1.0), r(1.9)).expect("valid arms");
    let interval = Interval::new(r(-0.5), r(0.75)).expect("valid ends");
    let inf = TsallisInf::new(arms);
    let bins = TsallisBins::<R, 5, 3>::new(arms, interval).expect("bins");
    let cheb = ChebCb::<R, 5, 3>::new(arms, interval).expect("terms");
    let unimodal = UnimodalUcb::new(arms);
    let fixed = Fixed::new(r(1.5)).expect("valid");
    claim.of("TsallisInf", inf);
    claim.of("TsallisInf, baseline", inf.with_baseline());
    claim.of("TsallisBins", bins);
    claim.of("TsallisBins, baseline", bins.with_baseline());
    claim.of("ChebCb", cheb);
    claim.of("ChebCb, 1 term", ChebCb::<R, 5, 1>::new(arms, interval).expect("terms"));
    claim.of("UnimodalUcb", unimodal);
    for rounds in [1, 7, 50] {
        let memory = NonZeroU32::new(rounds).expect("rounds");
        claim.of(&format!("TsallisBins, forgetting {rounds}"), bins.forgetting(memory));
        claim.of(&format!("ChebCb, forgetting {rounds}"), cheb.forgetting(memory));
        claim.of(&format!("UnimodalUcb, forgetting {rounds}"), unimodal.forgetting(memory));
    }
    claim.of("WindowedUcb, 1 round", WindowedUcb::<R, 5, 1>::new(arms));
    claim.of("WindowedUcb, 30 rounds", WindowedUcb::<R, 5, 30>::new(arms));
    claim.of("WindowedUcb, 500 rounds", WindowedUcb::<R, 5, 500>::new(arms));
    claim.of("Fixed", fixed);
    claim.of("Adaptive", Adaptive::<R>::default());
    claim.of::<R, _>("Young", Young::new());
    claim.of("Safe ChebCb", Safe::new(cheb));
    claim.of("Safe Fixed", Safe::new(fixed));
    claim.of("CutOff TsallisBins", CutOff::<R, _, 5>::new(bins, r(2.0)).expect("valid"));
    claim.of("CutOff ChebCb, 3 arms", CutOff::<R, _, 3>::new(cheb, r(1.0)).expect("valid"));
    let cut = CutOff::<R, _, 5>::new(unimodal, r(2.0)).expect("valid");
    claim.of("Safe CutOff UnimodalUcb", Safe::new(cut));
    let cut = CutOff::<R, _, 2>::new(Safe::new(fixed), r(2.0)).expect("valid");
    claim.of("CutOff Safe Fixed", cut);
}

/// Contexts from below the interval to its upper end; all are Jacobi radii too.
fn begin<R: Real>(tuner: &mut impl OmegaTuner<R>, round: u32) -> solvekit::tuner::Choice<R> {
    let context = draw::<R>(round / 3);
    tuner.select(Round::with_context(draw(round), context)).expect("valid")
}

/// Plays the round to its end; solves beyond the cut are censored.
fn play<R: Real>(tuner: &mut impl OmegaTuner<R>, round: u32) -> solvekit::tuner::Choice<R> {
    let choice = begin(tuner, round);
    let paid = cost(choice.omega);
    let cut = choice.cut.filter(|cut| cut.cost < paid);
    let told = cut.map_or(Cost::Solved(paid), |cut| Cost::Censored(cut.cost + R::ONE));
    tuner.update(told).expect("valid");
    choice
}

struct GoesOn;

impl Claim for GoesOn {
    fn of<R: Real, T>(&self, name: &str, fresh: T)
    where
        T: OmegaTuner<R> + Memory + Copy + PartialEq + Debug,
    {
        for (before, playing) in [(0, false), (0, true), (1, true), (137, false), (137, true)] {
            let mut steady = fresh;
            for round in 0..before {
                play(&mut steady, round);
            }
            if playing {
                begin(&mut steady, before);
            }
            let mut buffer = vec![0; longest::<T>()];
            let bytes = encode(&steady, &mut buffer).expect("sound");
            let mut restored: T = decode(bytes).expect("whole");
            assert_eq!(restored, steady, "{name} after {before} rounds");
            if playing {
                let told = Cost::Solved(R::from_f64(30.0));
                assert_eq!(restored.update(told), steady.update(told), "{name}");
            }
            for round in before..before + 200 {
                let choice = play(&mut steady, round);
                assert_eq!(play(&mut restored, round), choice, "{name}, round {round}");
            }
            assert_eq!(restored, steady, "{name} at the end");
        }
    }
}

#[test]
fn what_was_restored_chooses_as_what_never_stopped() {
    every::<f32>(&GoesOn);
    every::<f64>(&GoesOn);
}

struct EveryFlipIsRefused;

impl Claim for EveryFlipIsRefused {
    fn of<R: Real, T>(&self, name: &str, mut tuner: T)
    where
        T: OmegaTuner<R> + Memory + Copy + PartialEq + Debug,
    {
        for round in 0..40 {
            play(&mut tuner, round);
        }
        begin(&mut tuner, 40);
        let mut buffer = vec![0; longest::<T>()];
        let mut bytes = encode(&tuner, &mut buffer).expect("sound").to_vec();
        for bit in 0..8 * bytes.len() {
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(decode::<T>(&bytes).is_err(), "{name}, bit {bit}");
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        assert_eq!(decode(&bytes), Ok(tuner), "{name}");
    }
}

#[test]
fn every_flipped_bit_of_every_kind_is_refused() {
    every::<f32>(&EveryFlipIsRefused);
    every::<f64>(&EveryFlipIsRefused);
}

/// The records' tags, to see that none is that of another.
struct Tags(std::cell::RefCell<Vec<(u32, &'static str)>>);

impl Claim for Tags {
    fn of<R: Real, T>(&self, _name: &str, _fresh: T)
    where
        T: OmegaTuner<R> + Memory + Copy + PartialEq + Debug,
    {
        self.0.borrow_mut().push((T::TAG, std::any::type_name::<T>()));
    }
}

#[test]
fn no_two_types_have_one_tag() {
    let tags = Tags(Default::default());
    every::<f32>(&tags);
    every::<f64>(&tags);
    let mut tags = tags.0.into_inner();
    tags.sort_unstable();
    tags.dedup();
    let kinds = tags.len();
    tags.dedup_by_key(|(tag, _)| *tag);
    assert_eq!(tags.len(), kinds);
    // 17 types in each precision; `Young` has none.
    assert_eq!(kinds, 2 * 17 - 1);
}

/// One round as wild as a caller can make it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wild {
    pub(super) draw: u32,
    pub(super) context: f64,
    pub(super) cost: f64,
    /// Not told at all, solved, or censored.
    pub(super) told: Option<bool>,
}

/// Plays the rounds; whatever the tuner comes to, taking a cost or not, is sound.
pub(super) struct StaysSound(pub Vec<Wild>);

impl Claim for StaysSound {
    fn of<R: Real, T>(&self, name: &str, mut tuner: T)
    where
        T: OmegaTuner<R> + Memory + Copy + PartialEq + Debug,
    {
        assert!(tuner.is_sound(), "{name}, fresh");
        for (number, round) in self.0.iter().enumerate() {
            let uniform = R::from_u32(round.draw >> 8) * R::from_f64(1.0 / 16_777_216.0);
            let selected = tuner.select(Round::with_context(uniform, R::from_f64(round.context)));
            // Only Young's needs a radius; a context of any kind is one to the others.
            let valid = matches!(selected, Ok(_) | Err(TunerError::JacobiRadius));
            assert!(valid, "{name}, round {number}: {selected:?} of {tuner:?}");
            if let Ok(choice) = selected {
                let known = tuner.arms().is_empty() || tuner.arms().contains(&choice.omega);
                // `Safe` goes back to 1, an arm or not.
                let known = known || choice.omega == R::ONE;
                let omega = choice.omega > R::ZERO && choice.omega < R::from_u32(2);
                assert!(known && omega, "{name}, round {number}: {choice:?} of {tuner:?}");
            }
            assert!(tuner.is_sound(), "{name}, round {number}, selected: {tuner:?}");
            let cost = R::from_f64(round.cost);
            match round.told {
                Some(true) => drop(tuner.update(Cost::Solved(cost))),
                Some(false) => drop(tuner.update(Cost::Censored(cost))),
                None => {}
            }
            assert!(tuner.is_sound(), "{name}, round {number}, {round:?}: {tuner:?}");
        }
        let mut buffer = vec![0; longest::<T>()];
        let bytes = encode(&tuner, &mut buffer).expect("sound");
        assert_eq!(decode(bytes), Ok(tuner), "{name}");
    }
}
