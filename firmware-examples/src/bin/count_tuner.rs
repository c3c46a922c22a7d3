//! Counts one round of the Tsallis-INF tuner, `select` and `update`, with 20 arms.
#![no_std]
#![no_main]

use core::hint::black_box;
use firmware_examples::region;
use scenarios::Line;
use solvekit::tuner::{Cost, OmegaTuner, Round, TsallisInf};

const ARMS: usize = 20;
/// Rounds before counting begins, so that a mean is not of the start alone.
const WARM: u32 = 100;
/// Rounds to take the mean of.
const ROUNDS: u32 = 100;

firmware_examples::kernels!(count);

fn count(say: &mut impl FnMut(Line)) {
    let Ok(mut tuner) = TsallisInf::<f32, ARMS>::evenly(1.0, 1.95) else {
        panic!("the arms were refused")
    };
    let mut uniform = 0.1;
    for round in 0..WARM + ROUNDS {
        // Steps of the golden ratio cover [0, 1) evenly, with arithmetic alone.
        uniform = (uniform + 0.618_034) % 1.0;
        let done = if round < WARM {
            play(&mut tuner, uniform)
        } else {
            region("tuner round, 20 arms", || play(&mut tuner, black_box(uniform)))
        };
        assert!(done.is_some());
    }
    say(Line::Count("rounds", tuner.rounds()));
    say(Line::Real("favourite", tuner.favourite()));
    say(Line::Real("mean cost", tuner.mean_cost()));
}

/// A round; the cost is what a solve near the best ω takes in sweeps.
#[inline(never)]
fn play(tuner: &mut TsallisInf<f32, ARMS>, uniform: f32) -> Option<()> {
    let omega = tuner.select(Round::new(uniform)).ok()?.omega;
    let away = omega - 1.5;
    let cost = 30.0 + if away > 0.0 { 200.0 * away } else { -80.0 * away };
    tuner.update(Cost::Solved(cost)).ok()
}
