//! Unimodal UCB over the last rounds, against the same recomputed from all of them.

use crate::toy::{Draw, uniforms};
use serde::{Deserialize, Serialize};
use solvekit::Real;
use solvekit::tuner::{Arms, Cost, OmegaTuner, Round, TunerError, WindowedUcb};

const K: usize = 20;
/// The largest cost there is.
const LARGEST: f64 = 4_294_967_296.0;

fn arms<R: Real>() -> Arms<R, K> {
    Arms::evenly(R::ONE, R::from_f64(1.95)).expect("valid")
}

/// The beginning of the tuner's layout.
#[derive(Deserialize)]
struct Known<R> {
    arms: [R; K],
    means: [R; K],
    counts: [u32; K],
    squares: R,
}

fn known<R, const W: usize>(tuner: &WindowedUcb<R, K, W>) -> Known<f64>
where
    R: Real + Into<f64> + Serialize + for<'de> Deserialize<'de>,
{
    let bytes = postcard::to_stdvec(tuner).expect("serialisable");
    let (known, _): (Known<R>, _) = postcard::take_from_bytes(&bytes).expect("the layout");
    Known {
        arms: known.arms.map(Into::into),
        means: known.means.map(Into::into),
        counts: known.counts,
        squares: known.squares.into(),
    }
}

/// Every round there was, and the definition.
#[derive(Default)]
struct Naive {
    rounds: Vec<(usize, f64)>,
}

impl Naive {
    fn last(&self, window: usize) -> &[(usize, f64)] {
        &self.rounds[self.rounds.len().saturating_sub(window)..]
    }

    fn costs(&self, window: usize, arm: usize) -> Vec<f64> {
        self.last(window).iter().filter(|round| round.0 == arm).map(|round| round.1).collect()
    }

    fn mean(&self, window: usize, arm: usize) -> Option<f64> {
        let costs = self.costs(window, arm);
        (!costs.is_empty()).then(|| costs.iter().sum::<f64>() / costs.len() as f64)
    }

    fn squares(&self, window: usize) -> f64 {
        let of = |arm| {
            let mean = self.mean(window, arm).unwrap_or(0.0);
            self.costs(window, arm).iter().map(|cost| (cost - mean).powi(2)).sum::<f64>()
        };
        (0..K).map(of).sum()
    }

    /// What the paid cost counts as.
    fn learn(&mut self, window: usize, arm: usize, cost: Cost<f64>) {
        let counted = match cost {
            Cost::Solved(value) => value,
            Cost::Censored(value) => value.max(self.mean(window, arm).unwrap_or(0.0)),
        };
        self.rounds.push((arm, counted));
    }

    /// Whether the arm may be played: the leader in its turn, else the least index of three.
    fn allows(&self, window: usize, arm: usize, slack: f64) -> bool {
        let means: Vec<_> = (0..K).map(|arm| self.mean(window, arm)).collect();
        let least = means.iter().flatten().copied().fold(f64::INFINITY, f64::min);
        // Of means that rounding cannot tell apart each may lead.
        let leads = |arm: usize| match means[arm] {
            Some(mean) => mean <= least * (1.0 + slack),
            None => least == f64::INFINITY && arm == K / 2,
        };
        if self.rounds.len().is_multiple_of(3) {
            return leads(arm);
        }
        let count = self.last(window).len();
        let free = count - means.iter().flatten().count();
        let variance = if free > 0 { self.squares(window) / free as f64 } else { 0.0 };
        let log = 2.0_f64.ln() * f64::from(1 + count.max(1).ilog2());
        let width = 2.0 * variance.max(0.25) * log;
        let index = |arm: usize| match means[arm] {
            Some(mean) => mean - (width / self.costs(window, arm).len() as f64).sqrt(),
            None => f64::NEG_INFINITY,
        };
        (0..K).filter(|leader| leads(*leader)).any(|leader| {
            let three = leader.saturating_sub(1)..(leader + 2).min(K);
            let least = three.clone().map(index).fold(f64::INFINITY, f64::min);
            // An index may be a small difference of a mean and a width.
            let scale = width.sqrt() + means[arm].unwrap_or(0.0);
            three.contains(&arm) && index(arm) <= least + slack * scale
        })
    }
}

/// Ordinary costs, costs over ten decades, and both ends; one in four is censored.
fn costs(seed: u64) -> impl Iterator<Item = Cost<f64>> {
    let mut random = uniforms(seed);
    std::iter::repeat_with(move || {
        let mut next = || random.next().expect("endless");
        let (kind, value) = (next(), next());
        let value = match (10.0 * kind) as u32 {
            0 => 10_f64.powf(9.6 * value),
            1 => [0.0, 1e-30, LARGEST][(3.0 * value) as usize],
            _ => 20.0 + 100.0 * value,
        };
        // In f32 the same number.
        let value = f64::from(value as f32);
        if next() < 0.25 { Cost::Censored(value) } else { Cost::Solved(value) }
    })
}

/// Plays the rounds beside the definition; any difference is rounding.
fn agrees<R, const W: usize>(rounds: usize)
where
    R: Real + Into<f64> + Serialize + for<'de> Deserialize<'de>,
{
    // Each of at most 2 W steps since the last count costs a few roundings of what is there, taken
    // as 4; where a step leaves less than a 256th of it, all is counted anew.
    let epsilon: f64 = R::EPSILON.into();
    let slack = (2 * W * 4 * 256) as f64 * epsilon;
    let mut tuner = WindowedUcb::<R, K, W>::new(arms());
    let mut naive = Naive::default();
    for (round, cost) in costs(11).take(rounds).enumerate() {
        let omega: f64 = tuner.draw(R::ZERO).into();
        let arm = known(&tuner).arms.iter().position(|arm| *arm == omega).expect("an arm");
        // With coarse square roots the widths, and so near choices, differ by design.
        let exact = R::from_f64(2.0).sqrt_coarse() == R::from_f64(2.0).sqrt();
        assert!(!exact || naive.allows(W, arm, slack), "round {round}: arm {arm}");
        naive.learn(W, arm, cost);
        let cost = match cost {
            Cost::Solved(value) => Cost::Solved(R::from_f64(value)),
            Cost::Censored(value) => Cost::Censored(R::from_f64(value)),
        };
        tuner.update(cost).expect("valid");
        let known = known(&tuner);
        for arm in 0..K {
            let expected = naive.mean(W, arm).unwrap_or(0.0);
            let error = (known.means[arm] - expected).abs();
            assert!(error <= slack * expected, "round {round}, arm {arm}: {error} of {expected}");
            assert_eq!(known.counts[arm] as usize, naive.costs(W, arm).len());
        }
        let expected = naive.squares(W).sqrt();
        let error = (known.squares.sqrt() - expected).abs();
        // Nothing knows a mean beyond its last digit, nor the distances from it.
        let digit = naive.last(W).iter().fold(0.0, |most: f64, round| most.max(round.1)) * epsilon;
        assert!(error <= slack * expected + digit, "round {round}: {error} of {expected}");
        assert_eq!(tuner.rounds() as usize, round + 1);
    }
}

#[test]
fn every_round_it_knows_what_the_last_ones_say() {
    agrees::<f64, 1>(5_000);
    agrees::<f64, 2>(5_000);
    agrees::<f64, 7>(5_000);
    agrees::<f64, 50>(5_000);
    // More than there are.
    agrees::<f64, 700>(600);
    agrees::<f32, 7>(5_000);
    agrees::<f32, 50>(5_000);
}

#[test]
fn one_round_or_one_arm_is_enough() {
    let mut tuner = WindowedUcb::<f64, 1, 3>::new(Arms::new([1.4]).expect("valid"));
    for cost in [20.0, 30.0, 40.0, 50.0] {
        assert_eq!(tuner.draw(0.0), 1.4);
        tuner.pay(cost).expect("valid");
    }
    assert_eq!((tuner.mean_cost(), tuner.rounds()), (40.0, 4));
    // 40, 50 and the mean of before.
    tuner.draw(0.0);
    tuner.update(Cost::Censored(3.0)).expect("valid");
    assert!((tuner.mean_cost() - 130.0 / 3.0).abs() < 1e-12, "{}", tuner.mean_cost());

    let mut tuner = WindowedUcb::<f64, 3, 1>::new(Arms::evenly(1.0, 1.8).expect("valid"));
    for cost in [0.0, 5.0, LARGEST, 1.0] {
        let omega = tuner.draw(0.0);
        tuner.pay(cost).expect("valid");
        assert_eq!((tuner.favourite(), tuner.mean_cost()), (omega, cost));
    }
}

#[test]
fn misuse_is_refused_and_a_copy_goes_on_alike() {
    let mut tuner = WindowedUcb::<f64, K, 30>::new(arms());
    assert_eq!(tuner.update(Cost::Solved(3.0)), Err(TunerError::NothingSelected));
    assert_eq!(tuner.select(Round::new(1.0)), Err(TunerError::Uniform));
    for cost in costs(3).take(100) {
        tuner.draw(0.0);
        tuner.update(cost).expect("valid");
    }
    tuner.draw(0.0);
    let mut copy = tuner;
    for bad in [-1.0, 1.001 * LARGEST, f64::NAN, f64::INFINITY] {
        assert_eq!(copy.update(Cost::Censored(bad)), Err(TunerError::Cost), "{bad}");
    }
    assert_eq!(copy, tuner);
    for cost in costs(4).take(100) {
        assert_eq!(copy.update(cost), tuner.update(cost));
        assert_eq!(copy.draw(0.0), tuner.draw(0.0));
        assert_eq!(copy, tuner);
    }
}

#[test]
fn it_is_as_small_as_is_said() {
    // Words of 32 bits, and two arms of 16 in one of them.
    let bytes = |arms: usize, window: usize| 4 * (3 * arms + window + window.div_ceil(2) + 6);
    assert_eq!(size_of::<WindowedUcb<f32, 20, 50>>(), bytes(20, 50));
    assert_eq!(size_of::<WindowedUcb<f32, 3, 7>>(), bytes(3, 7));
    const { assert!(size_of::<WindowedUcb<f32, 20, 50>>() <= 564) };
}
