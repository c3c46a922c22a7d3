//! Solves that are watched: every look goes into a ring, and from there in frames onto a wire.

use crate::sequence::{Grid, Sequence, Variance};
use crate::{Line, relax};
use solvekit::sor::Sor;
use solvekit::telemetry::Wire;
use solvekit::tuner::{Cost, OmegaTuner, Round, TsallisInf};
use solvekit::{Armed, Observer, Ring, Run, Stop};

/// Of the systems and of the draws.
const SEED: u64 = 7;
/// Sweeps at most.
const CAP: u32 = 500;
/// ω to choose from.
const ARMS: usize = 8;
/// Looks that the ring holds.
pub const HELD: usize = 16;

/// The tuner, the systems and how long a slice is.
#[derive(Clone, Debug)]
pub struct Watched {
    sequence: Sequence,
    draws: Sequence,
    tuner: TsallisInf<f32, ARMS>,
    stop: Stop<f32>,
    b: Grid<f32>,
    /// Sweeps so far.
    pub sweeps: u32,
    /// Of all solutions.
    pub checksum: u32,
}

impl Watched {
    /// Before the first system.
    ///
    /// # Panics
    /// If the arms or the tolerance were wrong; they are constants.
    pub fn new() -> Self {
        Self {
            sequence: Sequence::new(Variance::Low, SEED, 0),
            draws: Sequence::new(Variance::Low, SEED, 1),
            tuner: TsallisInf::evenly(1.0, 1.95).expect("valid arms"),
            stop: Stop::relative(1e-4).expect("a valid tolerance").max_iterations(CAP),
            b: Grid::zeros(),
            sweeps: 0,
            checksum: 0,
        }
    }

    /// Solves the next system in slices of so many sweeps; between two of them there is time:
    /// `between`.
    ///
    /// # Panics
    /// If the sequence holds a system that SOR refuses; it holds none.
    pub fn next<O: Observer<f32>>(
        &mut self,
        slice: u32,
        observer: &mut O,
        mut between: impl FnMut(&mut O),
    ) {
        let a = self.sequence.next_system(&mut self.b);
        let round = Round::new(self.draws.uniform());
        let choice = self.tuner.select(round).expect("a valid draw");
        let arm = self.tuner.arms().iter().position(|omega| *omega == choice.omega).unwrap_or(0);
        let sor = Sor::new(&a, &self.b, choice.omega).expect("a valid system");
        let (mut run, mut state) = (Run::new(self.stop), sor.start());
        let report = loop {
            let mut armed = Armed { arm: arm as u16, observer: &mut *observer };
            let report = run.advance_observed(&sor, &mut state, slice, &mut armed);
            between(observer);
            if report.status.is_final() {
                break report;
            }
        };
        self.tuner.update(Cost::of(&report, CAP)).expect("a valid cost");
        self.sweeps += report.iterations;
        self.checksum = relax::checksum(self.checksum, state.x.as_slice());
    }

    /// Solves so many systems and sends what is seen, as far as the ring holds it; what it lost.
    pub fn send(
        &mut self,
        systems: u32,
        slice: u32,
        wire: &mut Wire<impl FnMut(&[u8]) -> bool>,
    ) -> u32 {
        let mut ring = Ring::<f32, HELD>::new();
        for _ in 0..systems {
            self.next(slice, &mut ring, |ring| {
                while let Some(seen) = ring.pop() {
                    wire.send(&seen, ring.lost());
                }
            });
        }
        ring.lost()
    }
}

impl Default for Watched {
    fn default() -> Self {
        Self::new()
    }
}

/// The story: the same solves unwatched, watched in time, and watched too rarely.
pub fn story(say: &mut impl FnMut(Line)) {
    let mut alone = Watched::new();
    for _ in 0..6 {
        alone.next(u32::MAX, &mut (), |()| ());
    }
    say(Line::Count("sweeps, unwatched", alone.sweeps));
    for (title, slice) in [
        ("watched, the ring emptied every 8 sweeps", 8),
        ("watched, the ring emptied every 40 sweeps", 40),
    ] {
        say(Line::Text(title));
        let (mut bytes, mut sum) = (0, 0_u32);
        let mut watched = Watched::new();
        let mut wire = Wire::new(|frame: &[u8]| {
            bytes += frame.len() as u32;
            sum = frame.iter().fold(sum, |sum, byte| sum.rotate_left(5) ^ u32::from(*byte));
            true
        });
        let lost = watched.send(6, slice, &mut wire);
        assert_eq!(watched.sweeps, alone.sweeps);
        assert_eq!(watched.checksum, alone.checksum);
        say(Line::Text("  the same sweeps and the same bits"));
        say(Line::Count("  observations lost", lost));
        say(Line::Count("  bytes sent", bytes));
        say(Line::Count("  their checksum", sum));
    }
}
