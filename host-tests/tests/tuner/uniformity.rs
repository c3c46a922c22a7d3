//! What every tuner does alike: refusals, a cost of zero, one arm, and the way through bytes.

use crate::toy::uniforms;
use serde::{Serialize, de::DeserializeOwned};
use solvekit::tuner::{
    Adaptive, Arms, ChebCb, Cost, CutOff, Fixed, Interval, OmegaTuner, Round, Safe, TsallisBins,
    TsallisInf, TunerError, UnimodalUcb, WindowedUcb, Young,
};
use std::fmt::Debug;
use std::num::NonZeroU32;

/// Something to do with every tuner.
trait Trial {
    fn with<T>(&mut self, tuner: T)
    where
        T: OmegaTuner<f32> + Copy + PartialEq + Debug + Serialize + DeserializeOwned;
}

fn every(trial: &mut impl Trial) {
    family::<20>(trial);
    family::<1>(trial);
    trial.with(Fixed::new(1.5).expect("valid"));
    trial.with(Young::new());
    trial.with(Adaptive::default());
    trial.with(Safe::new(Young::new()));
}

fn family<const K: usize>(trial: &mut impl Trial) {
    let arms = Arms::<f32, K>::evenly(1.0, 1.95).expect("valid");
    let unit = Interval::new(0.0, 1.0).expect("valid");
    let memory = NonZeroU32::new(20).expect("not zero");
    let tsallis = TsallisInf::new(arms);
    let bins = TsallisBins::<f32, K, 5>::new(arms, unit).expect("valid");
    let cheb = ChebCb::<f32, K, 6>::new(arms, unit).expect("valid");
    trial.with(tsallis);
    trial.with(tsallis.forgetting(memory).with_baseline());
    trial.with(bins);
    trial.with(bins.forgetting(memory).with_baseline());
    trial.with(cheb);
    trial.with(cheb.forgetting(NonZeroU32::MIN));
    trial.with(UnimodalUcb::new(arms));
    trial.with(UnimodalUcb::new(arms).forgetting(memory));
    trial.with(WindowedUcb::<f32, K, 30>::new(arms));
    trial.with(WindowedUcb::<f32, K, 1>::new(arms));
    trial.with(CutOff::<f32, _, K>::new(tsallis, 2.0).expect("valid"));
    trial.with(Safe::new(cheb));
}

/// Round `k`: its random number, a context in [0, 1), and a cost.
fn rounds(seed: u64) -> impl Iterator<Item = (Round<f32>, Cost<f32>)> {
    let mut random = uniforms(seed).map(|uniform| uniform as f32);
    std::iter::repeat_with(move || {
        let mut next = || random.next().expect("endless");
        let round = Round::with_context(next(), next());
        let value = 20.0 + 100.0 * next();
        (round, if value > 110.0 { Cost::Censored(value) } else { Cost::Solved(value) })
    })
}

#[test]
fn bad_input_is_refused_and_changes_nothing() {
    struct Refusals;
    impl Trial for Refusals {
        fn with<T: OmegaTuner<f32> + Copy + PartialEq + Debug>(&mut self, mut tuner: T) {
            assert_eq!(tuner.update(Cost::Solved(3.0)), Err(TunerError::NothingSelected));
            for (round, cost) in rounds(1).take(50) {
                let before = tuner;
                for bad in [1.0, -0.1, f32::NAN, f32::INFINITY] {
                    let refused = tuner.select(Round { uniform: bad, ..round });
                    assert_eq!(refused, Err(TunerError::Uniform), "{bad}");
                }
                assert_eq!(tuner, before);
                let choice = tuner.select(round).expect("valid");
                assert!(choice.omega > 0.0 && choice.omega < 2.0);
                let before = tuner;
                for bad in [-1.0, f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                    for bad in [Cost::Solved(bad), Cost::Censored(bad)] {
                        assert_eq!(tuner.update(bad), Err(TunerError::Cost), "{bad:?}");
                    }
                }
                assert_eq!(tuner, before);
                tuner.update(cost).expect("valid");
                assert_eq!(tuner.update(cost), Err(TunerError::NothingSelected));
            }
        }
    }
    every(&mut Refusals);
}

#[test]
fn any_cost_is_learned_from_or_refused() {
    struct Extremes;
    impl Trial for Extremes {
        fn with<T: OmegaTuner<f32> + Copy + PartialEq + Debug>(&mut self, mut tuner: T) {
            for ((round, _), k) in rounds(2).zip(0..300_usize) {
                tuner.select(round).expect("valid");
                let cost = [0.0, f32::MAX, 1.0, 4e9, f32::MIN_POSITIVE, 50.0, 5e9, 1e6][k % 8];
                let before = tuner;
                let outcome = tuner.update(Cost::Solved(cost));
                // Large ones may leave the range of the sums; a small one never does.
                assert!(outcome.is_ok() || (cost > 2.0 && tuner == before), "{cost}: {outcome:?}");
                if outcome.is_err() {
                    tuner.update(Cost::Solved(1.0)).expect("valid");
                }
            }
        }
    }
    every(&mut Extremes);
}

#[test]
fn bytes_and_text_give_the_same_choices() {
    struct Stored;
    impl Trial for Stored {
        fn with<T>(&mut self, mut tuner: T)
        where
            T: OmegaTuner<f32> + Copy + PartialEq + Debug + Serialize + DeserializeOwned,
        {
            let text = serde_json::to_string(&tuner).expect("serialisable");
            assert_eq!(serde_json::from_str::<T>(&text).expect("restorable"), tuner);
            let mut other = tuner;
            for (round, cost) in rounds(3).take(80) {
                let bytes = postcard::to_stdvec(&other).expect("serialisable");
                other = postcard::from_bytes(&bytes).expect("restorable");
                assert_eq!(tuner.select(round), other.select(round));
                // A reset may also come between the selection and its cost.
                let bytes = postcard::to_stdvec(&other).expect("serialisable");
                other = postcard::from_bytes(&bytes).expect("restorable");
                tuner.update(cost).expect("valid");
                other.update(cost).expect("valid");
                assert_eq!(tuner, other);
            }
        }
    }
    every(&mut Stored);
}

#[test]
fn a_context_is_asked_for_where_it_is_needed() {
    let arms = Arms::<f64, 3>::evenly(1.0, 1.9).expect("valid");
    let unit = Interval::new(0.0, 1.0).expect("valid");
    let mut bins = TsallisBins::<f64, 3, 2>::new(arms, unit).expect("valid");
    let mut cheb = ChebCb::<f64, 3, 2>::new(arms, unit).expect("valid");
    let mut young = Young::new();
    let refused = Err(TunerError::NoContext);
    assert_eq!(bins.select(Round::new(0.5)), refused);
    assert_eq!(cheb.select(Round::new(0.5)), refused);
    assert_eq!(young.select(Round::new(0.5)), refused);
    assert_eq!(young.update(Cost::Solved(1.0)), Err(TunerError::NothingSelected));
    for bad in [1.0, -0.1, 1.5, f64::NAN, f64::INFINITY] {
        let refused = young.select(Round::with_context(0.5, bad));
        assert_eq!(refused, Err(TunerError::JacobiRadius), "{bad}");
    }
    // The five-point Laplacian on a 10 × 10 grid.
    let choice = young.select(Round::with_context(0.5_f64, 0.959_493)).expect("valid");
    assert!((choice.omega - 1.560_4).abs() < 1e-4 && !choice.adapt, "{choice:?}");
}

#[test]
fn bad_parameters_are_refused() {
    let arms = Arms::<f64, 2>::evenly(1.0, 1.9).expect("valid");
    let unit = Interval::new(0.0, 1.0).expect("valid");
    for (low, high) in
        [(1.0, 1.0), (1.0, 0.0), (f64::NAN, 1.0), (0.0, f64::INFINITY), (-1.7e308, 1.7e308)]
    {
        assert_eq!(Interval::new(low, high), Err(TunerError::Interval), "{low}, {high}");
    }
    assert_eq!(TsallisBins::<f64, 2, 0>::new(arms, unit), Err(TunerError::NoBins));
    assert_eq!(ChebCb::<f64, 2, 0>::new(arms, unit), Err(TunerError::NoTerms));
    for bad in [0.9, f64::NAN, f64::INFINITY] {
        let cut = CutOff::<f64, _, 2>::new(TsallisInf::new(arms), bad);
        assert_eq!(cut.map(|_| ()), Err(TunerError::Multiple), "{bad}");
    }
    for bad in [0.0, 2.0, f64::NAN] {
        assert_eq!(Fixed::new(bad).map(|_| ()), Err(TunerError::Arm { index: 0 }), "{bad}");
        assert_eq!(Adaptive::starting_at(bad).map(|_| ()), Err(TunerError::Arm { index: 0 }));
    }
}
