//! Counts one round of each tuner that learns, `select` and `update`, with 20 arms.
#![no_std]
#![no_main]

use core::hint::black_box;
use firmware_examples::region;
use scenarios::Line;
use solvekit::tuner::{
    Arms, ChebCb, Cost, Interval, OmegaTuner, Round, TsallisBins, TsallisInf, UnimodalUcb,
};

const ARMS: usize = 20;
/// Bins of the context, and terms of the regression in it.
const BINS: usize = 5;
const TERMS: usize = 6;
/// Rounds before counting begins, so that a mean is not of the start alone.
const WARM: u32 = 100;
/// Rounds to take the mean of.
const ROUNDS: u32 = 100;

firmware_examples::kernels!(count);

fn count(say: &mut impl FnMut(Line)) {
    let (Ok(arms), Ok(shifts)) =
        (Arms::<f32, ARMS>::evenly(1.0, 1.95), Interval::new(0.0_f32, 1.0))
    else {
        panic!("the arms were refused")
    };
    let mut tsallis = TsallisInf::new(arms);
    rounds("tuner round, 20 arms", &mut tsallis);
    say(Line::Count("rounds", tsallis.rounds()));
    say(Line::Real("favourite", tsallis.favourite()));
    say(Line::Real("mean cost", tsallis.mean_cost()));

    let (Ok(mut bins), Ok(mut cheb)) = (
        TsallisBins::<f32, ARMS, BINS>::new(arms, shifts),
        ChebCb::<f32, ARMS, TERMS>::new(arms, shifts),
    ) else {
        panic!("the arms were refused")
    };
    rounds("tuner round, 20 arms, 5 bins", &mut bins);
    say(Line::Real("favourite with bins", bins.favourite(0.5)));
    rounds("ChebCB round, 20 arms, 6 terms", &mut cheb);
    say(Line::Real("favourite of ChebCB", cheb.favourite(0.5)));
    say(Line::Real("mean cost of ChebCB", cheb.mean_cost()));

    let mut unimodal = UnimodalUcb::new(arms);
    rounds("unimodal UCB round, 20 arms", &mut unimodal);
    say(Line::Real("favourite of unimodal UCB", unimodal.favourite()));
    say(Line::Real("mean cost of unimodal UCB", unimodal.mean_cost()));
}

/// Rounds, of which the later ones are counted.
#[inline(never)]
fn rounds(name: &'static str, tuner: &mut impl OmegaTuner<f32>) {
    let mut uniform = 0.1;
    for round in 0..WARM + ROUNDS {
        // Steps of the golden ratio cover [0, 1) evenly, with arithmetic alone.
        uniform = (uniform + 0.618_034) % 1.0;
        let done = if round < WARM {
            play(tuner, uniform)
        } else {
            region(name, || play(tuner, black_box(uniform)))
        };
        assert!(done.is_some());
    }
}

/// A round; the cost is what a solve near the best ω takes in sweeps. The draw is the context too.
#[inline(never)]
fn play(tuner: &mut impl OmegaTuner<f32>, uniform: f32) -> Option<()> {
    let omega = tuner.select(Round::with_context(uniform, uniform)).ok()?.omega;
    let away = omega - 1.5;
    let cost = 30.0 + if away > 0.0 { 200.0 * away } else { -80.0 * away };
    tuner.update(Cost::Solved(cost)).ok()
}
