//! A network that learns its steps anew on the device, when signals are no longer what it was trained on.
//!
//! Signals of 48 unknowns are seen through 24 random sums. Six unfolded ISTA layers recover them, with
//! steps learned on the device itself, from measurements alone. Then signals become denser: the steps no
//! longer suit, and are learned anew from the last eight measurements, a few passes between two ticks.

use crate::Line;
use crate::relax::checksum;
use solvekit::dictionary::Signs;
use solvekit::network::{Network, Retraining, RetrainingState, Unfolded};
use solvekit::operator::zeros;
use solvekit::penalty::L1;
use solvekit::recovery::{Sensing, StepSize};
use solvekit::{LinearOperator, Run, SVector, Status, Stop};

/// Unknowns.
pub const N: usize = 48;
/// Measurements.
pub const M: usize = 24;
/// Layers.
pub const T: usize = 6;
/// Measurements that are kept to learn from: with fewer the steps suit these and no others.
pub const KEPT: usize = 24;
/// Steps of the learning between two ticks; each takes one measurement through the network and back.
pub const BUDGET: u32 = 24;
/// Ticks before the signals change, and after.
pub const TICKS: u32 = 40;
/// The longest step, in units of the plain one: longer ones suit the kept measurements alone.
const LONGEST: f32 = 8.0;
/// λ.
pub const LAMBDA: f32 = 0.05;

type X = SVector<f32, N>;
type Y = SVector<f32, M>;
type Steps = [f32; T];
type State = RetrainingState<f32, X, Y, Steps, [X; T]>;

/// Uniform numbers from −1 to 1, of 24 bits.
struct Noise(u32);

impl Noise {
    fn draw(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as f32 / 8_388_608.0 - 1.0
    }
}

/// The dictionary: signs from a seed, which take no memory.
pub type Dictionary = Signs<f32, M, N>;

/// Seed of the signs.
const SIGNS: u64 = 20_250_901;

/// The dictionary.
pub fn dictionary() -> Dictionary {
    Signs::new(SIGNS)
}

/// The signal of a tick, with so many entries that are not zero, and its measurements.
pub fn signal(a: &Dictionary, tick: u32, nonzeros: u32) -> (X, Y) {
    let mut noise = Noise(tick.wrapping_mul(2_654_435_761).wrapping_add(1));
    (0..3).for_each(|_| _ = noise.draw());
    let mut x = X::zeros();
    for _ in 0..nonzeros {
        let place = ((noise.draw() + 1.0) * (N as f32 / 2.0)) as usize % N;
        let size = noise.draw();
        x[place] = if size < 0.0 { size - 0.5 } else { size + 0.5 };
    }
    let mut y = Y::zeros();
    a.apply(&x, &mut y);
    y.iter_mut().for_each(|y| *y += 0.01 * noise.draw());
    (x, y)
}

/// What steps are worth on signals that nobody learned from.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Worth {
    /// Mean ½‖y − A x‖² + λ‖x‖₁.
    pub objective: f32,
    /// Σ‖x − x*‖² / Σ‖x*‖².
    pub error: f32,
}

/// Signals that steps are tried on.
const TRIED: u32 = 16;
/// The first of them; those that are learned from begin at 0.
const FRESH: u32 = 1_000;

/// Steps tried on fresh signals.
///
/// # Panics
/// If the steps are refused; none is.
pub fn worth(a: &Dictionary, steps: &Steps, nonzeros: u32) -> Worth {
    let layers = Unfolded::new(penalty(), steps).expect("positive steps");
    let (mut objective, mut error, mut size) = (0.0, 0.0, 0.0);
    for k in 0..TRIED {
        let (truth, y) = signal(a, FRESH + k, nonzeros);
        let network = Network::new(Sensing::new(a, &y).expect("finite measurements"), &layers);
        let mut state = network.start();
        network.infer(&mut state);
        let mut r = Y::zeros();
        a.apply(&state.x, &mut r);
        objective += 0.5 * (y - r).norm_squared() + LAMBDA * state.x.lp_norm(1);
        error += (state.x - truth).norm_squared();
        size += truth.norm_squared();
    }
    Worth { objective: objective / TRIED as f32, error: error / size }
}

fn penalty() -> L1<f32> {
    L1::new(LAMBDA).expect("a weight")
}

/// Learns from the last measurements, so many steps between two ticks, until it has converged, stalled
/// or used its ticks up; how it ended, and the ticks.
///
/// # Panics
/// If the measurements are refused; none is.
#[inline(never)]
pub fn learn(
    a: &Dictionary,
    unit: f32,
    recent: &[Y; KEPT],
    state: &mut State,
    ticks: u32,
) -> (Status, u32) {
    let retraining = Retraining::new(a, recent, penalty(), unit)
        .and_then(|own| own.within(1e-4 * unit, LONGEST * unit))
        .expect("finite measurements");
    let stop = Stop::relative(1e-3).expect("a valid tolerance").max_iterations(u32::MAX);
    let mut run = Run::new(stop);
    let mut status = Status::Running;
    for tick in 0..ticks {
        status = run.advance(&retraining, state, BUDGET).status;
        if status != Status::Running {
            return (status, tick + 1);
        }
    }
    (status, ticks)
}

/// The state before anything is learned: plain steps.
pub fn start(unit: f32) -> State {
    let steps = [unit; T];
    State::new(steps, [steps; 4], [zeros(); T], [zeros(); 2], zeros())
}

/// The last measurements before a tick.
pub fn recent(a: &Dictionary, tick: u32, nonzeros: u32) -> [Y; KEPT] {
    core::array::from_fn(|k| signal(a, tick + k as u32, nonzeros).1)
}

/// Entries that are not zero, at most: before and after the change.
pub const NONZEROS: [u32; 2] = [2, 8];

/// The story.
///
/// # Panics
/// As [`learn`] and [`worth`].
pub fn story(say: &mut impl FnMut(Line)) {
    let a = dictionary();
    let unit = StepSize::automatic(&a).expect("a dictionary of good size").initial();
    let mut state = start(unit);
    say(Line::Count("unknowns", N as u32));
    say(Line::Count("measurements", M as u32));
    say(Line::Count("layers", T as u32));
    say(Line::Count("bytes of the learner's memory", size_of::<State>() as u32));
    let told = |say: &mut dyn FnMut(Line), worth: Worth| {
        say(Line::Real("  objective on fresh signals", worth.objective));
        say(Line::Real("  squared error relative to the signals", worth.error));
    };
    for (phase, nonzeros) in NONZEROS.into_iter().enumerate() {
        say(Line::Count("non-zeros of a signal, at most", nonzeros));
        say(Line::Text(" plain steps"));
        told(&mut *say, worth(&a, &[unit; T], nonzeros));
        if phase > 0 {
            say(Line::Text(" steps learned before the change"));
            told(&mut *say, worth(&a, &state.steps, nonzeros));
        }
        let recent = recent(&a, TICKS * phase as u32, nonzeros);
        let (_, ticks) = learn(&a, unit, &recent, &mut state, TICKS);
        say(Line::Text(" steps learned from the last measurements"));
        say(Line::Count("  ticks", ticks));
        told(&mut *say, worth(&a, &state.steps, nonzeros));
        for step in state.steps {
            say(Line::Real("  step times the squared norm", step / unit));
        }
    }
    say(Line::Count("checksum of the steps", checksum(0, &state.steps)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_learned_after_the_change_are_better_than_those_from_before() {
        let a = dictionary();
        let unit = StepSize::automatic(&a).expect("a good dictionary").initial();
        let mut state = start(unit);
        let mut told = [[0.0; 3]; 2];
        for (phase, nonzeros) in NONZEROS.into_iter().enumerate() {
            let before = worth(&a, &state.steps, nonzeros);
            let plain = worth(&a, &[unit; T], nonzeros);
            let recent = recent(&a, TICKS * phase as u32, nonzeros);
            let _ = learn(&a, unit, &recent, &mut state, TICKS);
            let after = worth(&a, &state.steps, nonzeros);
            told[phase] = [plain.objective, before.objective, after.objective];
        }
        assert!(told[0][2] < told[0][0], "no better than plain: {told:?}");
        assert!(told[1][2] < told[1][1], "no better than before: {told:?}");
        assert!(told[1][2] < told[1][0], "no better than plain: {told:?}");
    }
}
