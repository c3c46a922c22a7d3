//! The one comparison that all backends go through.

use crate::tolerance;
use solvekit::Report;
use solvekit_host::batch::{Answers, Backend, Batch, Runner};
use std::fmt::Debug;

/// Solves a batch by the reference and by `backend` on one thread and on three, and asserts that
/// nothing differs, to the last bit.
pub(crate) fn assert_same<B: Batch>(batch: &B, backend: Backend, what: &str)
where
    B::Outcome: PartialEq,
{
    let known = Runner::new(Backend::Scalar).run(batch).expect("the reference");
    assert_eq!(known.outcomes.len(), batch.len());
    assert!(known.is_complete() && known.outcomes.iter().all(Option::is_some));
    for threads in [1, 3] {
        let found = Runner::new(backend).threads(threads).run(batch).expect("a backend");
        assert_equal(&found, &known, &format!("{what}, {backend} on {threads} threads"));
    }
}

/// NaN equals NaN here.
pub(crate) fn assert_equal<R: Debug, O: Debug + PartialEq>(
    found: &Answers<R, O>,
    known: &Answers<R, O>,
    what: &str,
) {
    for (k, (found, known)) in found.outcomes.iter().zip(&known.outcomes).enumerate() {
        assert_eq!(format!("{found:?}"), format!("{known:?}"), "{what}: problem {k}");
    }
    for k in 0..known.outcomes.len() {
        let (found, known) = (found.answer(k), known.answer(k));
        // `Debug` writes a number so that it is read back with the same bits, −0 included.
        assert_eq!(format!("{found:?}"), format!("{known:?}"), "{what}: problem {k}");
    }
}

/// Nobody beside those that were spoilt notices: `found` has the bits of `good`, where none was.
pub(crate) fn assert_untouched<R: Debug, O: Debug + PartialEq>(
    found: &Answers<R, O>,
    good: &Answers<R, O>,
    spoilt: &[usize],
) {
    for k in (0..good.outcomes.len()).filter(|k| !spoilt.contains(k)) {
        assert_eq!(
            format!("{:?}", found.answer(k)),
            format!("{:?}", good.answer(k)),
            "problem {k}"
        );
        assert_eq!(found.outcomes[k], good.outcomes[k], "problem {k}");
    }
}

/// How a problem ended, as far as two backends have to agree.
pub(crate) trait Ending: Debug + PartialEq {
    /// What has to be the same.
    fn kind(&self) -> String;
    /// Steps, where there were any.
    fn steps(&self) -> u32;
}

impl<R: Debug + PartialEq, E: Debug + PartialEq> Ending for Result<Report<R>, E> {
    fn kind(&self) -> String {
        match self {
            Ok(report) => format!("{} by {:?}", report.status, report.certificate),
            Err(refusal) => format!("{refusal:?}"),
        }
    }
    fn steps(&self) -> u32 {
        self.as_ref().map_or(0, |report| report.iterations)
    }
}

/// Solves a batch by the reference and by `backend`, and asserts that they differ by no more than the
/// table allows, and that the number of threads changes nothing.
pub(crate) fn assert_near<B: Batch>(batch: &B, backend: Backend, what: &str)
where
    B::Outcome: Ending,
    B::Number: Into<f64>,
{
    assert_near_by(&Runner::new(backend), batch, backend, what);
}

/// The same, of a backend that a runner has been given.
pub(crate) fn assert_near_by<B: Batch>(runner: &Runner<'_>, batch: &B, backend: Backend, what: &str)
where
    B::Outcome: Ending,
    B::Number: Into<f64>,
{
    let shape = batch.shape();
    let tolerance = tolerance::of(backend, shape.family, shape.bits);
    let known = Runner::new(Backend::Scalar).run(batch).expect("the reference");
    let found = runner.run(batch).expect("a backend");
    let again = runner.clone().threads(3).run(batch).expect("a backend");
    assert!(found.replaced.is_none(), "{what}: {:?}", found.replaced);
    assert_equal(&again, &found, &format!("{what}, three threads"));
    assert_eq!(known.outcomes.len(), batch.len());
    assert!(known.is_complete() && found.is_complete());
    for (k, (ended, reference)) in found.outcomes.iter().zip(&known.outcomes).enumerate() {
        let what = format!("{what}, {backend}: problem {k}");
        let ended = ended.as_ref().expect("an outcome");
        let reference = reference.as_ref().expect("an outcome");
        assert_eq!(ended.kind(), reference.kind(), "{what}");
        let apart = ended.steps().abs_diff(reference.steps());
        let most = f64::from(tolerance.more) + tolerance.steps * f64::from(reference.steps());
        assert!(f64::from(apart) <= most, "{what}: {ended:?} for {reference:?}");
        let pairs = found.answer(k).iter().zip(known.answer(k));
        let (worst, largest) = pairs.fold((0.0_f64, 0.0_f64), |(worst, largest), (x, known)| {
            let (x, known): (f64, f64) = ((*x).into(), (*known).into());
            (worst.max((x - known).abs()), largest.max(known.abs()))
        });
        let bound = if apart == 0 { tolerance.answer } else { tolerance.converged };
        assert!(worst <= bound * largest, "{what}: off by {worst:e} of {largest:e}, {ended:?}");
    }
}
