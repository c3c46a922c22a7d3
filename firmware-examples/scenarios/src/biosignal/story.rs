//! The stories: frames measured with additions alone, sent as half as many numbers, and recovered by
//! networks that were trained and exported on the host.

use super::{
    Frame, M, Measurements, N, alista, frame, hyperlista, hyperlista_q8, measure, samples, wavelets,
};
use crate::relax::checksum;
use crate::{Line, Meter, NoMeter};
use solvekit::network::SelfTestError;
use solvekit::recovery::RecoveryError;
use solvekit::{Real, Scalar};

/// Frames that a story recovers; no network was trained on them.
pub const FRAMES: u32 = 4;

/// Bytes of A and W in single precision.
const REALS: u32 = (2 * 4 * M * N) as u32;
/// Bytes of A and W as codes, with a scale for each sixteen of a column.
const CODES: u32 = (2 * (M * N + 4 * N * M.div_ceil(16))) as u32;

/// What became of some frames.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Σ ‖c − c*‖².
    pub error: f32,
    /// Σ ‖c*‖².
    pub size: f32,
    /// The largest error of a sample, of all frames.
    pub worst_sample: f32,
    /// Of all coefficients.
    pub checksum: u32,
}

impl Outcome {
    fn take(&mut self, seed: u32, found: &Frame) {
        let own = frame(seed);
        let truth = wavelets(&own);
        self.error += (found - truth).norm_squared();
        self.size += truth.norm_squared();
        let apart = samples(found) - own;
        self.worst_sample =
            Scalar::max(self.worst_sample, solvekit::sum::max_abs(apart.as_slice()));
        self.checksum = checksum(self.checksum, found.as_slice());
    }

    /// 10 log₁₀ Σ‖c − c*‖² / Σ‖c*‖².
    pub fn decibels(&self) -> f32 {
        // 10 / ln 10.
        4.342_945 * Real::ln(self.error / self.size)
    }

    fn tell(&self, say: &mut impl FnMut(Line)) {
        say(Line::Real("  NMSE in dB", self.decibels()));
        say(Line::Real("  largest error of a sample", self.worst_sample));
        say(Line::Count("  checksum of all coefficients", self.checksum));
    }
}

/// Tests a network where it runs, and recovers the first frames.
///
/// # Errors
/// A table, a bit or a frame that is not what it was on the host.
pub fn recovered<S>(
    state: &mut S,
    frames: u32,
    meter: &mut impl Meter,
    self_test: impl Fn(&mut S) -> Result<(), SelfTestError>,
    recover: impl Fn(&Measurements, &mut S) -> Result<Frame, RecoveryError>,
) -> Result<Outcome, SelfTestError> {
    self_test(state)?;
    let mut outcome = Outcome::default();
    for seed in 0..frames {
        let y = measure(&frame(seed));
        let found = meter.measure("recovery of a frame", || recover(&y, state))?;
        outcome.take(seed, &found);
    }
    Ok(outcome)
}

/// Says how a network did, under its name.
macro_rules! told {
    ($say:ident, $title:literal, $network:ident, $bytes:expr) => {{
        let mut state = $network::start();
        let layers = $network::layers().expect("layers that were exported");
        let outcome =
            recovered(&mut state, FRAMES, &mut NoMeter, $network::self_test, |y, state| {
                $network::recover(&layers, y, state)?;
                Ok(state.x)
            });
        $say(Line::Text($title));
        let outcome = outcome.expect("an exported network that runs here as on the host");
        $say(Line::Text("  self-test: the tables are whole, the recorded run has the same bits"));
        $say(Line::Count("  bytes of both matrices in flash", $bytes));
        $say(Line::Count("  bytes of memory", size_of::<$network::State>() as u32));
        $say(Line::Count("  layers", $network::LAYERS));
        outcome.tell($say);
    }};
}

fn head(say: &mut impl FnMut(Line)) {
    say(Line::Count("samples of a frame", N as u32));
    say(Line::Count("numbers sent of each", M as u32));
    say(Line::Count("frames", FRAMES));
}

/// The story `biosignal`: HyperLISTA and ALISTA in single precision.
///
/// # Panics
/// If a network does not do here what it did on the host.
pub fn story(say: &mut impl FnMut(Line)) {
    head(say);
    told!(say, "HyperLISTA: three numbers", hyperlista, REALS);
    told!(say, "ALISTA: two numbers a layer", alista, REALS);
}

/// The story `biosignal_q8`: HyperLISTA from matrices of 8-bit codes.
///
/// # Panics
/// As [`story`].
pub fn story_q8(say: &mut impl FnMut(Line)) {
    head(say);
    told!(say, "HyperLISTA, matrices of 8-bit codes", hyperlista_q8, CODES);
}
