//! A lasso over the last measurements, refitted over and over in slices between ticks.

use crate::Line;
use crate::relax::checksum;
use solvekit::lasso::{Lasso, Workspace, indices, numbers};
use solvekit::operator::zeros;
use solvekit::{Report, Run, SMatrix, SVector, Status, Stop};

/// Features of a measurement.
pub const N: usize = 32;
/// Measurements in the window.
pub const M: usize = 24;
/// Features that can be in work at once.
const CAPACITY: usize = 12;
/// Steps between two ticks.
pub const BUDGET: u32 = 2;
/// Measurements come one a tick; so many of them, then the story ends.
pub const TICKS: u32 = 240;
/// From this tick on another feature matters.
pub const CHANGE: u32 = 130;
/// Duality gap relative to ½‖y‖², in f32.
pub const TOLERANCE: f32 = 1e-4;
/// λ relative to λ_max.
pub const FRACTION: f32 = 0.1;

/// The features of the measurements in the window.
pub type Design = SMatrix<f32, M, N>;
/// What was measured.
pub type Response = SVector<f32, M>;
/// A weight for each feature.
pub type Weights = SVector<f32, N>;
type Memory = Workspace<SVector<f32, { numbers(CAPACITY) }>, [usize; indices(N, CAPACITY)]>;

/// Uniform numbers from −1 to 1, of 24 bits.
struct Noise(u32);

impl Noise {
    fn draw(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as f32 / 8_388_608.0 - 1.0
    }
}

/// The weights that the world has at a tick: three, and later three others but one.
pub fn truth(tick: u32) -> Weights {
    let mut w = Weights::zeros();
    (w[3], w[17]) = (2.0, -1.5);
    w[if tick < CHANGE { 8 } else { 25 }] = 1.0;
    w
}

/// The measurement of a tick: neighbouring features are alike, and a tenth is noise.
pub fn measurement(tick: u32) -> ([f32; N], f32) {
    let mut noise = Noise(tick.wrapping_mul(2_654_435_761).wrapping_add(1));
    let mut last = noise.draw();
    let features = core::array::from_fn(|_| {
        last = 0.5 * last + noise.draw();
        last
    });
    let y = Weights::from(features).dot(&truth(tick)) + 0.1 * noise.draw();
    (features, y)
}

/// The last M measurements, each in the place of the oldest.
#[derive(Clone, Debug)]
pub struct Window {
    /// A row a measurement.
    pub design: Design,
    /// What was measured.
    pub response: Response,
    next: usize,
}

impl Window {
    /// Measurements before the first tick.
    pub fn full() -> Self {
        let mut window = Self { design: Design::zeros(), response: Response::zeros(), next: 0 };
        (0..M as u32).for_each(|tick| window.take(tick));
        window
    }

    /// Takes the measurement of a tick.
    pub fn take(&mut self, tick: u32) {
        let (features, y) = measurement(tick);
        for (j, feature) in features.into_iter().enumerate() {
            self.design[(self.next, j)] = feature;
        }
        self.response[self.next] = y;
        self.next = (self.next + 1) % M;
    }
}

/// One refit.
#[derive(Clone, Copy, Debug)]
pub struct Refit {
    /// The tick after which it ended.
    pub tick: u32,
    /// Ticks after which it was still running.
    pub running: u32,
    /// How it ended.
    pub report: Report<f32>,
    /// λ.
    pub lambda: f32,
    /// What it found.
    pub weights: Weights,
}

impl Refit {
    /// Weights that are not zero.
    pub fn nonzeros(&self) -> u32 {
        self.weights.iter().filter(|w| **w != 0.0).count() as u32
    }
}

fn memory() -> Memory {
    Workspace::new(CAPACITY, zeros(), [0; indices(N, CAPACITY)])
}

/// Fits what is in a window from `start`, `budget` steps at a time; `tick` is called after each slice
/// with its report.
///
/// # Panics
/// If the window is refused; none is.
#[inline(never)]
pub fn fit(
    window: &Window,
    start: Weights,
    budget: u32,
    mut tick: impl FnMut(&Report<f32>),
) -> (Report<f32>, f32, Weights) {
    let lasso = Lasso::new(&window.design, &window.response, 0.0).expect("finite measurements");
    let lambda = FRACTION * lasso.largest_lambda();
    let lasso = lasso.with_lambda(lambda).expect("a weight");
    let mut state = lasso.start_at(start, memory()).expect("enough memory");
    let mut run = Run::new(Stop::relative(TOLERANCE).expect("a valid tolerance"));
    loop {
        let report = run.advance(&lasso, &mut state, budget);
        tick(&report);
        if report.status != Status::Running {
            return (report, lambda, state.into_x());
        }
    }
}

/// All refits: each takes the measurements that came while the one before ran, and its answer as the
/// start.
///
/// # Panics
/// As [`fit`], and if slicing changed a bit of a fit; it does not.
pub fn run(mut each: impl FnMut(&Refit)) {
    let mut window = Window::full();
    let (mut tick, mut weights) = (M as u32, Weights::zeros());
    while tick < M as u32 + TICKS {
        let (begin, mut running) = (tick, 0);
        let (report, lambda, found) = fit(&window, weights, BUDGET, |report| {
            tick += 1;
            running += u32::from(report.status == Status::Running);
        });
        let (whole, _, at_once) = fit(&window, weights, u32::MAX, |_| ());
        let bits = |w: &Weights| checksum(0, w.as_slice());
        assert!(report == whole && found == at_once, "slicing changed a fit");
        assert_eq!(bits(&found), bits(&at_once));
        weights = found;
        each(&Refit { tick, running, report, lambda, weights });
        (begin..tick).for_each(|tick| window.take(tick));
    }
}

/// The story: a stream of measurements, and a fit that never takes more than two steps between two.
///
/// # Panics
/// As [`run`].
pub fn story(say: &mut impl FnMut(Line)) {
    say(Line::Count("features", N as u32));
    say(Line::Count("measurements in the window", M as u32));
    say(Line::Count("steps between two ticks", BUDGET));
    let (mut refits, mut steps, mut running, mut failures) = (0, 0, 0, 0);
    let (mut sum, mut told) = (0, false);
    let mut last = Weights::zeros();
    run(|refit| {
        let changed = refit.tick > CHANGE + M as u32;
        if refits < 2 || (changed && !told) {
            told |= changed;
            say(Line::Count("refit ended after tick", refit.tick));
            say(Line::Count("  ticks at which it was running", refit.running));
            say(Line::Text(if refit.report.converged() { "  converged" } else { "  failed" }));
            say(Line::Count("  steps", refit.report.iterations));
            say(Line::Real("  lambda", refit.lambda));
            say(Line::Count("  weights that are not zero", refit.nonzeros()));
            say(Line::Real("  duality gap", refit.report.residual));
            say(Line::Real("  weight 8", refit.weights[8]));
            say(Line::Real("  weight 25", refit.weights[25]));
        }
        refits += 1;
        steps += refit.report.iterations;
        running += refit.running;
        failures += u32::from(!refit.report.converged());
        sum = checksum(sum, refit.weights.as_slice());
        last = refit.weights;
    });
    say(Line::Count("refits", refits));
    say(Line::Count("  steps", steps));
    say(Line::Count("  ticks at which one was running", running));
    say(Line::Count("  not converged", failures));
    say(Line::Count("  checksum of all weights", sum));
    say(Line::Text("in one go each fit has the same bits"));
    say(Line::Real("weight 3 in the end", last[3]));
    say(Line::Real("weight 8 in the end", last[8]));
    say(Line::Real("weight 17 in the end", last[17]));
    say(Line::Real("weight 25 in the end", last[25]));
}
