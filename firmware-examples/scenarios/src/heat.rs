//! A torch walks around a plate while the plate's diffusivity drifts: each time step is a linear
//! system, and what is the best ω today is not tomorrow.

use crate::Line;
use crate::relax::Outcome;
use crate::sequence::{Grid, Laplacian, N, SIDE};
use core::num::NonZeroU32;
use solvekit::sor::Sor;
use solvekit::tuner::{Arms, CutOff, Fixed, Guard, OmegaTuner, Round, UnimodalUcb, Young};
use solvekit::{FivePoint, Stop};

/// Time steps; the diffusivity comes full circle in them.
pub const STEPS: u32 = 96;
/// Steps between two reports.
pub const REPORT: u32 = 12;
/// Relative tolerance in f32.
pub const TOLERANCE: f32 = 1e-5;
/// Values of ω to choose from: 1, 1.1, …, 1.6.
pub const ARMS: usize = 7;
/// Solves after which what was learned has faded to 1/e.
const MEMORY: NonZeroU32 = NonZeroU32::new(12).expect("not zero");
/// Sweeps after which a solve gives up.
const CAP: u32 = 1_000;
/// What the torch adds to its point in a step, K.
const HEAT: f32 = 100.0;

/// What learns ω: neighbours of the favourite are tried again as old costs fade, and a bad try is
/// given up at twice the favourite's cost.
pub type Tuner = CutOff<f32, UnimodalUcb<f32, ARMS>, ARMS>;

/// The tuner before the first step.
///
/// # Panics
/// If the arms or the multiple were wrong; they are constants.
pub fn tuner() -> Tuner {
    let arms = Arms::evenly(1.0, 1.6).expect("valid arms");
    CutOff::new(UnimodalUcb::new(arms).forgetting(MEMORY), 2.0).expect("a valid multiple")
}

/// r = κ Δt / h² of a step, from 0.5 to 50: κ the diffusivity, h the distance of two points.
pub fn ratio(step: u32) -> f32 {
    let turn = f64::from(step) / f64::from(STEPS);
    (5.0 * libm::exp10(libm::sin(core::f64::consts::TAU * turn))) as f32
}

/// I + r L, with L the five-point Laplacian: one backward Euler step.
pub fn operator(r: f32) -> Laplacian<f32> {
    FivePoint { center: 1.0 + 4.0 * r, vertical: -r, horizontal: -r }
}

/// The spectral radius of its Jacobi matrix: 4 r cos(π h) / (1 + 4 r), h = 1 / (side + 1).
pub fn jacobi_radius(r: f32) -> f32 {
    let h = 1.0 / (SIDE as f32 + 1.0);
    4.0 * r * libm::cosf(core::f32::consts::PI * h) / (1.0 + 4.0 * r)
}

/// The torch's point: around the plate, three points from its edge.
pub const fn torch(step: u32) -> (usize, usize) {
    const TURN: usize = SIDE - 7;
    let (side, along) = ((step as usize / TURN) % 4, step as usize % TURN);
    match side {
        0 => (3, 3 + along),
        1 => (3 + along, 3 + TURN),
        2 => (3 + TURN, 3 + TURN - along),
        _ => (3 + TURN - along, 3),
    }
}

/// One time step, done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Its number.
    pub number: u32,
    /// r of this step.
    pub ratio: f32,
    /// The ω it began with.
    pub omega: f32,
    /// Its sweeps.
    pub sweeps: u32,
}

/// All time steps, with ω as `tuner` chooses; `each` sees every step and the temperatures after it,
/// K above the edge.
///
/// # Panics
/// If a system or a cost is refused; none is.
pub fn run<T: OmegaTuner<f32>>(
    tuner: &mut T,
    each: &mut impl FnMut(&T, Step, &Grid<f32>),
) -> Outcome {
    let stop = Stop::relative(TOLERANCE).expect("a valid tolerance");
    let mut outcome = Outcome::default();
    let mut plate = Grid::zeros();
    for number in 0..STEPS {
        let ratio = ratio(number);
        let a = operator(ratio);
        let mut b = plate;
        b[torch(number)] += HEAT;
        // Only Young's ω looks at the context, and nothing here draws a random number.
        let round = Round::with_context(0.0, jacobi_radius(ratio));
        let choice = tuner.select(round).expect("a valid round");
        let mut sor = Sor::new(&a, &b, choice.omega).expect("a valid system");
        // The plate as it is now is a good guess of the plate in a moment.
        let mut state = sor.start_at(plate).expect("finite temperatures");
        let mut guard = Guard::new(stop, CAP, choice);
        let report = guard.solve(&mut sor, &mut state);
        tuner.update(guard.cost().expect("a final status")).expect("a valid cost");
        plate = state.x;
        outcome.record(report, choice.omega, &plate);
        each(tuner, Step { number, ratio, omega: choice.omega, sweeps: report.iterations }, &plate);
    }
    outcome
}

/// Labels of the arms, in their order.
const PLAYS: [&str; ARMS] = [
    "  solves with omega 1.0",
    "  solves with omega 1.1",
    "  solves with omega 1.2",
    "  solves with omega 1.3",
    "  solves with omega 1.4",
    "  solves with omega 1.5",
    "  solves with omega 1.6",
];

/// The story: the same plate with Gauss–Seidel, with an ω that follows the drift, and with Young's
/// ω for whoever knows the diffusivity.
///
/// # Panics
/// If a policy is refused; none is.
pub fn story(say: &mut impl FnMut(Line)) {
    say(Line::Count("unknowns", N as u32));
    say(Line::Count("time steps", STEPS));
    say(Line::Text("Gauss-Seidel"));
    run(&mut Fixed::new(1.0).expect("a valid omega"), &mut |_, _, _| ()).tell(say);

    say(Line::Text("omega learned from step to step, forgetting"));
    let mut plays = [0_u32; ARMS];
    let mut sweeps = 0;
    let outcome = run(&mut tuner(), &mut |tuner: &Tuner, step, _| {
        sweeps += step.sweeps;
        let arms = tuner.inner().arms().iter();
        for (plays, _) in plays.iter_mut().zip(arms).filter(|(_, arm)| **arm == step.omega) {
            *plays += 1;
        }
        if (step.number + 1).is_multiple_of(REPORT) {
            say(Line::Count("after step", step.number + 1));
            say(Line::Real("  diffusivity number", step.ratio));
            say(Line::Real("  favourite omega", tuner.inner().favourite()));
            say(Line::Real("  its mean sweeps", tuner.inner().mean_cost()));
            for (label, plays) in PLAYS.iter().zip(&mut plays).filter(|(_, plays)| **plays > 0) {
                say(Line::Count(label, core::mem::take(plays)));
            }
            say(Line::Count("  sweeps since the last report", core::mem::take(&mut sweeps)));
        }
    });
    say(Line::Text("all steps with the learned omega"));
    outcome.tell(say);

    say(Line::Text("Young's omega, knowing the diffusivity"));
    run(&mut Young::new(), &mut |_, _, _| ()).tell(say);
}
