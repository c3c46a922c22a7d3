//! The one comparison that all backends go through.

use crate::tolerance::Tolerance;
use solvekit::{Report, Status};
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

/// Solves a batch by the reference and by `runner`, and asserts that answers differ by no more than the
/// table allows, and that `alike` takes their outcomes for the same.
pub(crate) fn assert_alike<B: Batch<Number = f32>>(
    batch: &B,
    runner: &Runner<'_>,
    allowed: Tolerance,
    alike: impl Fn(&B::Outcome, &B::Outcome, Tolerance) -> bool,
    what: &str,
) {
    let known = Runner::new(Backend::Scalar).run(batch).expect("the reference");
    let found = runner.run(batch).expect("a backend");
    assert!(found.is_complete() && found.replaced.is_none(), "{what}: {:?}", found.replaced);
    assert_eq!(found.outcomes.len(), known.outcomes.len(), "{what}");
    for k in 0..known.outcomes.len() {
        let outcomes = (found.outcomes[k].as_ref(), known.outcomes[k].as_ref());
        let (Some(own), Some(reference)) = outcomes else { panic!("{what}: problem {k} is left") };
        assert!(alike(own, reference, allowed), "{what}: problem {k}: {own:?}, not {reference:?}");
        let (own, reference) = (found.answer(k), known.answer(k));
        let size = reference.iter().fold(0.0_f32, |size, x| size.max(x.abs()));
        for (own, reference) in own.iter().zip(reference) {
            let apart = (own - reference).abs();
            assert!(
                apart <= allowed.answer * size,
                "{what}: problem {k}: {own} is {apart} from {reference}"
            );
        }
    }
}

/// Two reports that say the same, as far as the table asks for it.
pub(crate) fn reports_alike<E: PartialEq>(
    found: &Result<Report<f32>, E>,
    known: &Result<Report<f32>, E>,
    check_every: u32,
    allowed: Tolerance,
) -> bool {
    match (found, known) {
        (Err(found), Err(known)) => found == known,
        (Ok(found), Ok(known)) => {
            let apart = found.iterations.abs_diff(known.iterations);
            let met = found.residual <= found.tolerance;
            // What the problem alone decides is the same to the bit.
            (found.tolerance.to_bits(), found.reference.to_bits())
                == (known.tolerance.to_bits(), known.reference.to_bits())
                && (found.status, found.certificate) == (known.status, known.certificate)
                && apart <= allowed.looks * check_every
                && met == (found.status == Status::Converged)
        }
        _ => false,
    }
}
