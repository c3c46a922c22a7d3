//! [`Interrupt`]: somebody's wish that long work end early, with what there is by then.

use solvekit::{Iteration, Report, Run, Stop};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

/// A wish that long work end early. Who works looks at it every few steps.
///
/// It is made by [`ask`](Self::ask), from whatever thread or signal handler; or by a function that those
/// who work call whenever they look.
///
/// ```
/// use solvekit_host::program::Interrupt;
/// let interrupt = Interrupt::new();
/// assert!(!interrupt.is_asked());
/// interrupt.ask();
/// assert!(interrupt.is_asked());
/// ```
#[derive(Default)]
pub struct Interrupt<'a> {
    asked: AtomicBool,
    look: Option<&'a (dyn Fn() -> bool + Sync)>,
}

impl<'a> Interrupt<'a> {
    /// Nobody has asked yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { asked: AtomicBool::new(false), look: None }
    }

    /// As soon as `look` says so, too.
    #[must_use]
    pub const fn looking(look: &'a (dyn Fn() -> bool + Sync)) -> Self {
        Self { asked: AtomicBool::new(false), look: Some(look) }
    }

    /// Asks.
    pub fn ask(&self) {
        self.asked.store(true, Ordering::Relaxed);
    }

    /// Has somebody asked? It stays so.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        let asked = self.asked.load(Ordering::Relaxed);
        if !asked && self.look.is_some_and(|look| look()) {
            self.ask();
            return true;
        }
        asked
    }

    /// Runs to the end, or until somebody asks, who is looked for every `slice` steps: the report is then
    /// [`Running`](solvekit::Status::Running), and the state holds the last iterate. Slicing changes no bit.
    pub(super) fn run<I: Iteration>(
        &self,
        iteration: &I,
        state: &mut I::State,
        stop: Stop<I::Real>,
        slice: u32,
    ) -> Report<I::Real> {
        let mut run = Run::new(stop);
        let mut report = run.advance(iteration, state, 0);
        while !report.status.is_final() && !self.is_asked() {
            report = run.advance(iteration, state, slice);
        }
        report
    }

    /// For those who look at a flag alone.
    #[must_use]
    pub const fn flag(&self) -> &AtomicBool {
        &self.asked
    }
}

impl fmt::Debug for Interrupt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interrupt").field("asked", &self.asked).finish_non_exhaustive()
    }
}
