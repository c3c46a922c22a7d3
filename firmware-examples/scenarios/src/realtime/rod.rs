//! A rod that is heated in eight places.

use solvekit::sor::{Sor, SorError, SorState};
use solvekit::{Banded, Report, Run, SVector, Stop};

/// Points along the rod.
pub const UNKNOWNS: usize = 32;
/// Heaters, each of four points; the current of each is a channel of an ADC.
pub const HEATERS: usize = 8;
/// Relative tolerance in f32.
pub const TOLERANCE: f32 = 1e-5;
/// Near Young's for this rod, whose Jacobi radius is 0.971.
pub const OMEGA: f32 = 1.6;
/// What leaves the rod's side, compared with what flows along it.
const COOLING: f32 = 0.05;

/// Conduction along the rod and cooling: three diagonals.
pub type Rod = Banded<f32, UNKNOWNS, 3>;
/// The temperature of every point above its surroundings.
pub type Heat = SVector<f32, UNKNOWNS>;
/// The heat that every point is given.
pub type Load = SVector<f32, UNKNOWNS>;

/// The rod: −1, 2 + 0.05, −1.
///
/// # Panics
/// If three diagonals were refused; they are not.
pub fn rod() -> Rod {
    let entry = |i, j| if i == j { 2.0 + COOLING } else { -1.0 };
    Rod::from_fn(entry).expect("an odd number of diagonals")
}

/// The heat of eight heaters, by the square of their currents.
pub fn load(currents: &[f32; HEATERS]) -> Load {
    let points = UNKNOWNS / HEATERS;
    Load::from_iterator((0..UNKNOWNS).map(|i| {
        let current = currents.get(i / points).copied().unwrap_or(0.0);
        current * current
    }))
}

/// The method, with its problem.
pub type Sweeps<'a> = Sor<'a, f32, Rod>;

/// Sweeps over a rod for a load.
///
/// # Errors
/// [`SorError`] for a load that is not finite.
pub fn sweeps<'a>(rod: &'a Rod, load: &'a Load) -> Result<Sweeps<'a>, SorError> {
    Sor::new(rod, load, OMEGA)
}

/// A solve for the temperatures: what lasts from slice to slice, and may be looked at between.
#[derive(Clone, Copy, Debug)]
pub struct Solve {
    run: Run<f32>,
    state: SorState<Heat>,
}

impl Solve {
    /// From temperatures that are known: those of the solve before.
    ///
    /// # Panics
    /// If the tolerance were none; it is one.
    pub fn new(start: Heat) -> Self {
        let stop = Stop::relative(TOLERANCE).expect("a valid tolerance");
        Self { run: Run::new(stop), state: SorState::new(start) }
    }

    /// At most so many steps more; between them the state is a usable one.
    pub fn advance(&mut self, sor: &Sweeps<'_>, steps: u32) -> Report<f32> {
        self.run.advance(sor, &mut self.state, steps)
    }

    /// Everything in one call.
    pub fn finish(&mut self, sor: &Sweeps<'_>) -> Report<f32> {
        self.advance(sor, u32::MAX)
    }

    /// The temperatures: usable at any time, better with every step.
    pub const fn heat(&self) -> &Heat {
        &self.state.x
    }
}
