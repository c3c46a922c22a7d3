//! Field by field: what no learning can have left is refused, and what is longest fits.

use super::mirror::{self, accepts, is_longest, opened, refuses};
use super::{cost, draw};
use solvekit::tuner::{
    Adaptive, Arms, ChebCb, Cost, CutOff, Fixed, Interval, OmegaTuner, Round, Safe, TsallisBins,
    UnimodalUcb,
};

const NAN: f32 = f32::NAN;
const INFINITY: f32 = f32::INFINITY;

type Bins = TsallisBins<f32, 3, 2>;
type Cheb = ChebCb<f32, 3, 2>;
type Ucb = UnimodalUcb<f32, 3>;
type Cut = CutOff<f32, Ucb, 3>;
/// Three means around the one arm of a fixed ω.
type Narrow = CutOff<f32, Fixed<f32>, 3>;
type Shielded = Safe<f32, Ucb>;

pub(super) fn arms() -> Arms<f32, 3> {
    Arms::evenly(1.25, 1.75).expect("valid arms")
}

fn interval() -> Interval<f32> {
    Interval::new(0.0, 1.0).expect("valid ends")
}

/// In the middle of a round after some others.
pub(super) fn learned<T: OmegaTuner<f32>>(mut tuner: T) -> T {
    for round in 0..40 {
        let uniform = draw(round);
        let omega = tuner.select(Round::with_context(uniform, uniform)).expect("valid").omega;
        tuner.update(Cost::Solved(cost(omega))).expect("valid");
    }
    tuner.select(Round::with_context(0.3, 0.7)).expect("valid");
    tuner
}

fn fresh_bins() -> Bins {
    Bins::new(arms(), interval()).expect("bins")
}

fn fresh_cheb() -> Cheb {
    Cheb::new(arms(), interval()).expect("terms")
}

#[test]
fn bins() {
    let sound: mirror::Bins = opened(&learned(fresh_bins()));
    assert_eq!(sound.selected, Some(1));
    refuses::<Bins, _>(
        &sound,
        &[
            ("an arm of 2", |t| t.arms[1] = 2.0),
            ("an arm of 0", |t| t.arms[0] = 0.0),
            ("an arm that is NaN", |t| t.arms[2] = NAN),
            ("a reversed interval", |t| t.interval = (1.0, 0.0)),
            ("an empty interval", |t| t.interval = (1.0, 1.0)),
            ("an endless interval", |t| t.interval.1 = INFINITY),
            ("an interval from NaN", |t| t.interval.0 = NAN),
            ("an interval without a width", |t| t.interval = (-3e38, 3e38)),
            ("a loss that is NaN", |t| t.bins[1].losses[0] = NAN),
            ("a root below its bracket", |t| t.bins[0].root = 0.5),
            ("an arm in play that is not there", |t| t.bins[0].selected = Some((3, 2.0))),
            ("a bin in play that is not there", |t| t.selected = Some(2)),
            ("a bin in play with no arm in play", |t| t.bins[1].selected = None),
        ],
    );
    let mut longest = sound;
    longest.clamped = u32::MAX;
    for bin in &mut longest.bins {
        (bin.rounds, bin.memory) = (u32::MAX, u32::MAX);
        bin.selected = Some((2, f32::MAX));
    }
    is_longest::<Bins>(&longest, 3);
}

#[test]
fn cheb() {
    let sound: mirror::Cheb = opened(&learned(fresh_cheb()));
    assert!(sound.fits.iter().all(|fit| fit.low[0] > 0.0), "every arm was played");
    refuses::<Cheb, _>(
        &sound,
        &[
            ("an arm of 2", |t| t.arms[1] = 2.0),
            ("a reversed interval", |t| t.interval = (1.0, 0.0)),
            ("a count of samples below 0", |t| t.fits[0].low[0] = -1.0),
            ("more samples than rounds", |t| t.fits[0].low[0] = 41.0),
            ("a count of samples that is NaN", |t| t.fits[0].low[0] = NAN),
            ("a moment that is NaN", |t| t.fits[1].low[1] = NAN),
            ("a moment beyond the samples", |t| t.fits[1].low[1] = -2.5 * t.fits[1].low[0]),
            ("a high moment beyond the samples", |t| t.fits[1].high[1] = 2.5 * t.fits[1].low[0]),
            ("an infinite projection", |t| t.fits[2].projections[1] = INFINITY),
            ("squares below 0", |t| t.fits[2].squares = -1.0),
            ("squares that are NaN", |t| t.fits[2].squares = NAN),
            ("a residual below 0", |t| t.fits[2].residual = -1.0),
            ("an infinite residual", |t| t.fits[2].residual = INFINITY),
            ("a coefficient that is NaN", |t| t.fits[0].coefficients[0] = NAN),
            ("a level outside its box", |t| t.fits[0].coefficients[0] = 1.001 * t.most),
            ("a slope outside its box", |t| {
                t.fits[0].coefficients[1] = -2.001 * (t.most - t.least);
            }),
            ("a least cost below 0", |t| t.least = -1.0),
            ("a least cost above the largest", |t| t.least = 2.0 * t.most),
            ("a least cost that is NaN", |t| t.least = NAN),
            ("an infinite largest cost", |t| t.most = INFINITY),
            ("a largest cost that is NaN", |t| t.most = NAN),
            ("a surprise below 0", |t| t.surprise = -1.0),
            ("a surprise that is NaN", |t| t.surprise = NAN),
            ("a mean below 0", |t| t.mean = -1.0),
            ("an infinite mean", |t| t.mean = INFINITY),
            ("what was learned in no round", |t| t.rounds = 0),
            ("an arm in play that is not there", |t| t.selected = Some((3, 0.0))),
            ("a place outside", |t| t.selected = Some((0, 1.5))),
            ("a place that is NaN", |t| t.selected = Some((0, NAN))),
        ],
    );
    let mut longest = sound;
    (longest.rounds, longest.memory, longest.clamped) = (u32::MAX, u32::MAX, u32::MAX);
    // More samples than the rounds can count.
    longest.fits[0].low[0] = 1e10;
    longest.selected = Some((2, -1.0));
    is_longest::<Cheb>(&longest, 1);
}

#[test]
fn a_fresh_cheb_knows_nothing() {
    refuses::<Cheb, _>(
        &opened::<mirror::Cheb>(&fresh_cheb()),
        &[
            ("a least cost", |t| t.least = 1.0),
            ("a largest cost", |t| t.most = 1.0),
            ("a surprise", |t| t.surprise = 1.0),
            ("a mean", |t| t.mean = 1.0),
            ("a moment", |t| t.fits[0].high[0] = 1.0),
            ("a coefficient", |t| t.fits[0].coefficients[0] = 1.0),
        ],
    );
}

#[test]
fn unimodal() {
    let sound: mirror::Ucb = opened(&learned(Ucb::new(arms())));
    refuses::<Ucb, _>(
        &sound,
        &[
            ("an arm of 2", |t| t.arms[1] = 2.0),
            ("a mean below 0", |t| t.means[1] = -1.0),
            ("a mean that is NaN", |t| t.means[1] = NAN),
            ("an infinite mean", |t| t.means[1] = INFINITY),
            ("a count below 0", |t| t.counts[1] = -1.0),
            ("a count that is NaN", |t| t.counts[1] = NAN),
            ("a count above the rounds", |t| t.counts[1] = 41.0),
            ("a mean of no round", |t| t.counts[1] = 0.0),
            ("a variance below 0", |t| t.variance = -1.0),
            ("a variance that is NaN", |t| t.variance = NAN),
            ("an infinite variance", |t| t.variance = INFINITY),
            ("what was learned in no round", |t| t.rounds = 0),
            ("an arm in play that is not there", |t| t.selected = Some(3)),
        ],
    );
    refuses::<Ucb, _>(
        &opened::<mirror::Ucb>(&Ucb::new(arms())),
        &[
            ("a mean before the first round", |t| (t.means[0], t.memory) = (1.0, 7)),
            ("a variance before the first round", |t| t.variance = 1.0),
        ],
    );
    let mut faded = sound.clone();
    (faded.memory, faded.counts[0], faded.means[0]) = (3, 0.0, 50.0);
    accepts::<Ucb>(&faded);
    let mut longest = sound;
    (longest.rounds, longest.memory, longest.counts[0]) = (u32::MAX, u32::MAX, 1e10);
    longest.selected = Some(2);
    is_longest::<Ucb>(&longest, 1);
}

#[test]
fn cut_off() {
    let tuner = Cut::new(Ucb::new(arms()), 2.0).expect("valid");
    let sound: mirror::CutOff<mirror::Ucb> = opened(&learned(tuner));
    refuses::<Cut, _>(
        &sound,
        &[
            ("an inner tuner that is unsound", |t| t.inner.variance = NAN),
            ("a multiple below 1", |t| t.multiple = 0.5),
            ("a multiple that is NaN", |t| t.multiple = NAN),
            ("an infinite multiple", |t| t.multiple = INFINITY),
            ("a mean below 0", |t| t.means[0] = -1.0),
            ("a mean that is NaN", |t| t.means[0] = NAN),
            ("an infinite mean", |t| t.means[0] = INFINITY),
            ("a mean of no round", |t| t.counts[1] = 0),
            ("more rounds than a mean remembers", |t| t.counts[1] = 33),
            ("an arm in play that is not there", |t| t.selected = Some(3)),
        ],
    );
    let mut longest = sound;
    (longest.inner.rounds, longest.inner.memory) = (u32::MAX, u32::MAX);
    (longest.inner.selected, longest.selected) = (Some(2), Some(2));
    // The counts end at 32, of one byte, where five are declared.
    is_longest::<Cut>(&longest, 2 + 3);
    let narrow = Narrow::new(Fixed::new(1.5).expect("valid"), 2.0).expect("valid");
    refuses::<Narrow, _>(
        &opened::<mirror::CutOff<mirror::Given>>(&learned(narrow)),
        &[
            ("an inner tuner that is unsound", |t| t.inner.omega = 2.0),
            ("an arm in play that the inner one has not", |t| t.selected = Some(1)),
            ("rounds of an arm that the inner one has not", |t| t.counts[1] = 1),
        ],
    );
}

#[test]
fn safe() {
    let sound: mirror::Safe<mirror::Ucb> = opened(&learned(Safe::new(Ucb::new(arms()))));
    assert!(sound.pending > 0.0 && sound.playing == 2, "a round of the inner tuner after others");
    refuses::<Shielded, _>(
        &sound,
        &[
            ("an inner tuner that is unsound", |t| t.inner.variance = NAN),
            ("a debt that is NaN", |t| t.owed = NAN),
            ("an infinite debt", |t| t.owed = INFINITY),
            ("a surplus beyond what is kept", |t| t.owed = -16_385.0 * t.largest),
            ("less than nothing pending", |t| t.pending = -1.0),
            ("pending NaN", |t| t.pending = NAN),
            ("infinity pending", |t| t.pending = INFINITY),
            ("something pending of no round", |t| t.pending_rounds = 0),
            ("a latest cost below 0", |t| t.latest = -1.0),
            ("a latest cost that is NaN", |t| t.latest = NAN),
            ("a latest cost above the largest", |t| t.latest = 2.0 * t.largest),
            ("an infinite largest cost", |t| t.largest = INFINITY),
            ("a largest cost that is NaN", |t| t.largest = NAN),
        ],
    );
    refuses::<Shielded, _>(
        &opened::<mirror::Safe<mirror::Ucb>>(&Safe::new(Ucb::new(arms()))),
        &[
            ("a debt before the first cost", |t| t.owed = 1.0),
            ("a round pending before the first cost", |t| t.pending_rounds = 1),
            ("the inner tuner asked before the first cost", |t| t.playing = 2),
            ("its ω = 1 before the first cost", |t| t.playing = 3),
        ],
    );
    let mut longest = sound;
    (longest.inner.rounds, longest.inner.memory) = (u32::MAX, u32::MAX);
    (longest.inner.selected, longest.pending_rounds) = (Some(2), u32::MAX);
    is_longest::<Shielded>(&longest, 1);
}

#[test]
fn given() {
    let fixed: mirror::Given = opened(&Fixed::new(1.5_f32).expect("valid"));
    let cases: &[mirror::Wrong<mirror::Given>] = &[
        ("an ω of 0", |t| t.omega = 0.0),
        ("an ω of 2", |t| t.omega = 2.0),
        ("an ω that is NaN", |t| t.omega = NAN),
    ];
    refuses::<Fixed<f32>, _>(&fixed, cases);
    refuses::<Adaptive<f32>, _>(&fixed, cases);
    is_longest::<Fixed<f32>>(&fixed, 0);
    is_longest::<Adaptive<f32>>(&fixed, 0);
}
