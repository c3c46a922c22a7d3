//! One round of the tuner with 20 arms.

use crate::case::Case;
use crate::number::{Number, agree};
use crate::peer::tuner::Bisection;
use solvekit::tuner::{Cost, OmegaTuner, Round, TsallisInf};
use std::hint::black_box;

const ARMS: usize = 20;
/// Rounds played before measuring, so that the losses have spread.
const WARM: usize = 300;

/// What a solve with arm `k` costs: least at 1.65.
fn cost<T: Number>(arm: usize) -> T {
    T::of(30.0 + 200.0 * (0.05 * arm as f64 - 0.65).abs())
}

/// Numbers in [0, 1) without a generator: multiples of the golden ratio.
struct Uniforms<T>(T);

impl<T: Number> Uniforms<T> {
    fn next(&mut self) -> T {
        let next = self.0 + T::of(0.618_033_988_7);
        self.0 = if next < T::ONE { next } else { next - T::ONE };
        self.0
    }
}

/// `select` and `update`.
pub fn round<T: Number>() -> Case {
    let mut ours = TsallisInf::<T, ARMS>::evenly(T::of(1.0), T::of(1.95)).expect("arms");
    let mut peer = Bisection::<T, ARMS>::default();
    let mut uniforms = Uniforms(T::ZERO);
    for _ in 0..WARM {
        let uniform = uniforms.next();
        let arm = play(&mut ours, uniform);
        // An f32 draw at the border of two arms may differ by a rounding: follow ours.
        let theirs = peer.probabilities();
        let inside =
            theirs[..arm].iter().fold(T::ZERO, |sum, p| sum + *p) + theirs[arm] / T::of(2.0);
        let followed = peer.round(inside, cost);
        assert_eq!(followed, arm, "the peer cannot follow");
    }
    agree("probabilities", &ours.probabilities(), &peer.probabilities(), 1e-3);

    let mut others = Uniforms(T::ZERO);
    Case::new("round")
        .with("bisection", move || {
            black_box(peer.round(others.next(), cost));
        })
        .with("TsallisInf", move || {
            black_box(play(black_box(&mut ours), uniforms.next()));
        })
}

/// One round; the arm played.
#[inline(never)]
fn play<T: Number>(tuner: &mut TsallisInf<T, ARMS>, uniform: T) -> usize {
    let omega = tuner.select(Round::new(uniform)).expect("a number in [0, 1)").omega;
    let arm = tuner.arms().iter().position(|arm| *arm == omega).expect("one of the arms");
    tuner.update(Cost::Solved(cost(arm))).expect("a finite cost");
    arm
}
