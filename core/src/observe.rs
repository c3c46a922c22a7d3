//! [`Observer`]: who hears of every look at a certificate while a run goes on.

use crate::Status;

/// What a look found: one line of a run's history.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Observation<R> {
    /// Steps taken so far; 0 is the look at the start, and so the beginning of a solve.
    pub iteration: u32,
    /// The certificate.
    pub residual: R,
    /// The method's parameter ([`Iteration::parameter`](crate::Iteration::parameter)): ω of SOR.
    pub parameter: Option<R>,
    /// The arm that a tuner pulled for this solve ([`Armed`]).
    pub arm: Option<u16>,
    /// How the run stands after the look.
    pub status: Status,
}

/// Hears of every look at a certificate. What it does with it (a ring, a log, a wire) costs the run
/// its time and nothing else: no bit of the run depends on it.
///
/// `()` is the observer that does nothing, and costs nothing.
///
/// ```
/// use solvekit_core::{Certificate, Iteration, Observation, Observer, Run, Stop};
/// # struct Halve;
/// # impl Iteration for Halve {
/// #     type Real = f32;
/// #     type State = f32;
/// #     const CERTIFICATE: Certificate = Certificate::ResidualNorm;
/// #     fn step(&self, x: &mut f32) { *x *= 0.5 }
/// #     fn residual(&self, x: &mut f32) -> f32 { x.abs() }
/// #     fn reference(&self) -> f32 { 1.0 }
/// #     fn restore(&self, x: &mut f32) { *x = 0.0 }
/// # }
/// /// Keeps the largest certificate.
/// struct Largest(f32);
/// impl Observer<f32> for Largest {
///     fn observe(&mut self, seen: &Observation<f32>) {
///         self.0 = self.0.max(seen.residual);
///     }
/// }
/// let (mut x, mut largest) = (4.0, Largest(0.0)); // Halve: x ← x / 2
/// let mut run = Run::new(Stop::relative(1e-3)?);
/// let report = run.advance_observed(&Halve, &mut x, 100, &mut largest);
/// assert!(report.converged() && largest.0 == 4.0);
/// # Ok::<(), solvekit_core::StopError>(())
/// ```
pub trait Observer<R> {
    /// A look was taken.
    fn observe(&mut self, _seen: &Observation<R>) {}
}

impl<R> Observer<R> for () {}

/// Tells another observer which arm was pulled: a run does not know of the tuner around it.
///
/// ```
/// use solvekit_core::{Armed, Observation, Observer, Ring, Status};
/// let mut ring = Ring::<f32, 4>::new();
/// let seen = Observation { iteration: 0, residual: 1.0, parameter: None, arm: None, status: Status::Running };
/// Armed { arm: 3, observer: &mut ring }.observe(&seen);
/// assert_eq!(ring.pop().and_then(|seen| seen.arm), Some(3));
/// ```
#[derive(Debug)]
pub struct Armed<'a, O: ?Sized> {
    /// The arm.
    pub arm: u16,
    /// Who is told.
    pub observer: &'a mut O,
}

impl<R: Copy, O: Observer<R> + ?Sized> Observer<R> for Armed<'_, O> {
    fn observe(&mut self, seen: &Observation<R>) {
        self.observer.observe(&Observation { arm: Some(self.arm), ..*seen });
    }
}

/// Logs every look through defmt, at `info` where the run ends and at `debug` else.
///
/// `solvekit watch --defmt IMAGE` on a host reads these lines from the log of the firmware.
#[cfg(feature = "defmt")]
#[cfg_attr(docsrs, doc(cfg(feature = "defmt")))]
#[derive(Clone, Copy, Debug, Default)]
pub struct Log;

#[cfg(feature = "defmt")]
impl<R: Copy + defmt::Format> Observer<R> for Log {
    fn observe(&mut self, seen: &Observation<R>) {
        if seen.status.is_final() {
            defmt::info!("{}", seen);
        } else {
            defmt::debug!("{}", seen);
        }
    }
}
