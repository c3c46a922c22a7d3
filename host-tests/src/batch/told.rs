//! [`Told`]: what a [`Run`] is told of a problem whose steps are taken elsewhere.

use solvekit::{Certificate, Iteration, Real, Report, Run};

/// Where a problem stands in a lane or on a device. As an [`Iteration`] it does nothing: the steps are
/// taken, and their certificate is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told<R> {
    pub(super) residual: R,
    /// Where `residual` only estimates it.
    pub(super) certificate: Option<R>,
    pub(super) reference: R,
}

impl<R: Real> Told<R> {
    pub(super) const fn new(residual: R, reference: R) -> Self {
        Self { residual, certificate: None, reference }
    }

    /// Counts so many steps of a run, the last of which led here; 0 begins it. The report names what
    /// kind of certificate it was.
    #[inline]
    pub(super) fn tell(self, run: &mut Run<R>, kind: Certificate, steps: u32) -> Report<R> {
        let silent = run.pass_over(steps);
        let _ = run.advance(&self, &mut (), steps - silent);
        run.report(kind)
    }
}

impl<R: Real> Iteration for Told<R> {
    type Real = R;
    type State = ();
    /// Never seen: [`Told::tell`] knows better.
    const CERTIFICATE: Certificate = Certificate::ResidualNorm;

    fn step(&self, (): &mut ()) {}
    fn residual(&self, (): &mut ()) -> R {
        self.residual
    }
    fn certify(&self, (): &mut ()) -> Option<R> {
        self.certificate
    }
    fn reference(&self) -> R {
        self.reference
    }
    fn restore(&self, (): &mut ()) {}
}
