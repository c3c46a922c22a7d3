//! The one comparison that all backends go through.

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
