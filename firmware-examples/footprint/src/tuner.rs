//! Tuners with 20 arms: made, and played for ten rounds.

use crate::measure::call;
use crate::size::columns;
use core::hint::black_box;
use solvekit::tuner::{
    Arms, ChebCb, Cost, Interval, OmegaTuner, Round, TsallisBins, TsallisInf, UnimodalUcb,
    WindowedUcb,
};

/// Arms of each.
const ARMS: usize = columns(20);

fn play(mut tuner: impl OmegaTuner<f32>) {
    call(size_of_val(&tuner), || {
        for _ in 0..black_box(10) {
            let round = Round::with_context(black_box(0.5), black_box(0.1));
            black_box(tuner.select(round).is_ok());
            black_box(tuner.update(Cost::Solved(black_box(30.0))).is_ok());
        }
    });
    black_box(&tuner);
}

pub(crate) fn tsallis() {
    if let Ok(arms) = Arms::<f32, ARMS>::evenly(black_box(1.0), black_box(1.95)) {
        play(TsallisInf::new(arms));
    }
}

pub(crate) fn bins() {
    if let Ok(arms) = Arms::<f32, ARMS>::evenly(black_box(1.0), black_box(1.95))
        && let Ok(shifts) = Interval::new(black_box(0.0), black_box(1.0))
        && let Ok(tuner) = TsallisBins::<_, ARMS, 5>::new(arms, shifts)
    {
        play(tuner);
    }
}

pub(crate) fn cheb() {
    if let Ok(arms) = Arms::<f32, ARMS>::evenly(black_box(1.0), black_box(1.95))
        && let Ok(shifts) = Interval::new(black_box(0.0), black_box(1.0))
        && let Ok(tuner) = ChebCb::<_, ARMS, 6>::new(arms, shifts)
    {
        play(tuner);
    }
}

pub(crate) fn unimodal() {
    if let Ok(arms) = Arms::<f32, ARMS>::evenly(black_box(1.0), black_box(1.95)) {
        play(UnimodalUcb::new(arms));
    }
}

pub(crate) fn windowed() {
    if let Ok(arms) = Arms::<f32, ARMS>::evenly(black_box(1.0), black_box(1.95)) {
        play(WindowedUcb::<_, ARMS, 64>::new(arms));
    }
}
