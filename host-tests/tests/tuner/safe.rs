//! The guarantee of `Safe`, on every sequence and for every learner.

use crate::sequences::{Sequence, suite};
use crate::toy::uniforms;
use solvekit::tuner::{
    Adaptive, Arms, ChebCb, Choice, Cost, CutOff, Fixed, Interval, OmegaTuner, Round, Safe,
    TsallisBins, TsallisInf, TunerError, UnimodalUcb, WindowedUcb,
};
use std::num::NonZeroU32;

/// What the tuner pays on the sequence.
fn total(tuner: &mut dyn OmegaTuner<f64>, sequence: &Sequence) -> f64 {
    let mut sum = 0.0;
    for ((k, context), uniform) in sequence.contexts().into_iter().enumerate().zip(uniforms(3)) {
        let choice = tuner.select(Round::with_context(uniform, context)).expect("valid");
        let cost = sequence.solve(k, choice);
        tuner.update(cost).expect("valid");
        sum += cost.value();
    }
    sum
}

/// Every learner, bare or safe.
fn learners(safe: bool) -> Vec<(&'static str, Box<dyn OmegaTuner<f64>>)> {
    fn boxed<T: OmegaTuner<f64> + 'static>(safe: bool, tuner: T) -> Box<dyn OmegaTuner<f64>> {
        if safe { Box::new(Safe::new(tuner)) } else { Box::new(tuner) }
    }
    let even = Arms::<f64, 20>::evenly(1.0, 1.95).expect("valid");
    let narrow = Arms::<f64, 20>::logarithmic(1.2, 1.95).expect("valid");
    let unit = Interval::new(0.0, 1.0).expect("valid");
    let memory = NonZeroU32::new(50).expect("not zero");
    let tsallis = TsallisInf::new(even);
    let bins = TsallisBins::<f64, 20, 5>::new(even, unit).expect("valid");
    let cheb = |arms| ChebCb::<f64, 20, 6>::new(arms, unit).expect("valid");
    let cut = CutOff::<f64, _, 20>::new(tsallis, 3.0).expect("valid");
    vec![
        ("Tsallis-INF", boxed(safe, tsallis)),
        ("Tsallis-INF, forgetting", boxed(safe, tsallis.forgetting(memory))),
        ("Tsallis-INF, cut off", boxed(safe, cut)),
        ("Tsallis-INF-CB", boxed(safe, bins)),
        ("ChebCB", boxed(safe, cheb(even))),
        ("ChebCB, no arm at 1", boxed(safe, cheb(narrow))),
        ("ChebCB, forgetting", boxed(safe, cheb(even).forgetting(memory))),
        ("unimodal UCB", boxed(safe, UnimodalUcb::new(even))),
        ("unimodal UCB, forgetting", boxed(safe, UnimodalUcb::new(even).forgetting(memory))),
        ("unimodal UCB, window of 50", boxed(safe, WindowedUcb::<f64, 20, 50>::new(even))),
        ("omega 1.9", boxed(safe, Fixed::new(1.9).expect("valid"))),
        ("adaptive", boxed(safe, Adaptive::default())),
    ]
}

#[test]
#[allow(clippy::print_stdout, reason = "the slack that each learner uses is worth a look")]
fn no_learner_pays_much_more_than_gauss_seidel_on_any_sequence() {
    let mut bare_misses = 0;
    for (name, sequence) in suite(200) {
        let plain = |k| sequence.solve(k, Choice::fixed(1.0)).value();
        let costs: Vec<f64> = (0..sequence.contexts().len()).map(plain).collect();
        let (sum, largest) = (costs.iter().sum::<f64>(), costs.iter().copied().fold(0.0, f64::max));
        let mut bare = learners(false).into_iter();
        for (learner, mut tuner) in learners(true) {
            let d = tuner.arms().len() as f64;
            let bound = 1.05 * sum + 3.0 * d * largest;
            let paid = total(tuner.as_mut(), &sequence);
            let free = total(bare.next().expect("as many").1.as_mut(), &sequence);
            let used = (paid - 1.05 * sum) / (3.0 * d * largest);
            println!(
                "{name:36} {learner:26} paid/GS {:.3} slack used {used:+.3} bare/GS {:.3}",
                paid / sum,
                free / sum
            );
            assert!(paid <= bound, "{name}, {learner}: {paid}, {sum} by Gauss–Seidel");
            bare_misses += u32::from(free > bound);
        }
    }
    // Else the test would say nothing of the guarantee.
    assert!(bare_misses > 0, "no learner needs it");
}

#[test]
fn a_good_learner_is_hardly_held_back() {
    let sequences = suite(200);
    let (_, low) = &sequences[0];
    let fixed = || Fixed::new(1.6).expect("valid");
    let (safe, free) = (total(&mut Safe::new(fixed()), low), total(&mut fixed(), low));
    // The first round, and a few that measure, cost four times the others.
    assert!(safe < 1.1 * free, "{safe}, {free} without the guarantee");
}

#[test]
fn it_asks_nobody_in_its_own_rounds_and_refuses_what_others_refuse() {
    let mut tuner = Safe::new(TsallisInf::<f64, 4>::evenly(1.1, 1.9).expect("valid"));
    assert_eq!(tuner.update(Cost::Solved(3.0)), Err(TunerError::NothingSelected));
    assert_eq!(tuner.select(Round::new(0.2)), Ok(Choice::fixed(1.0)));
    let before = tuner;
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(tuner.update(Cost::Solved(bad)), Err(TunerError::Cost));
        assert_eq!(tuner.select(Round::new(bad)), Err(TunerError::Uniform));
    }
    assert_eq!(tuner, before);
    tuner.update(Cost::Solved(100.0)).expect("valid");
    assert_eq!(tuner.inner().rounds(), 0);
    assert_eq!(tuner.owed(), -5.0);
    let choice = tuner.select(Round::new(0.2)).expect("valid");
    assert_eq!(choice.cut.map(|cut| (cut.cost, cut.omega)), Some((200.0, 1.0)));
    tuner.update(Cost::Censored(300.0)).expect("valid");
    assert_eq!((tuner.inner().rounds(), tuner.owed()), (1, 295.0));
}
