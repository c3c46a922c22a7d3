//! Work without the interpreter's lock, which a Ctrl-C ends early.

use pyo3::prelude::*;
use solvekit_host::program::{Chosen, Interrupt, Work};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread::{current, scope};
use std::time::{Duration, Instant};

/// Between two looks at Python's signals.
const PATIENCE: Duration = Duration::from_millis(50);

/// Does `work` on this thread with the lock released. It asks now and then whether to end early: then its
/// result is dropped, and what a signal's handler raised (`KeyboardInterrupt`) is raised.
pub(crate) fn here<T: Send>(
    py: Python<'_>,
    work: impl FnOnce(&Interrupt<'_>) -> T + Send,
) -> PyResult<T> {
    let (started, home) = (Instant::now(), current().id());
    let (next, raised) = (AtomicU64::new(PATIENCE.as_millis() as u64), Mutex::new(None));
    let look = || {
        let now = started.elapsed();
        // Signals are handled on the thread that called, if anywhere.
        if now < Duration::from_millis(next.load(Ordering::Relaxed)) || current().id() != home {
            return false;
        }
        next.store((now + PATIENCE).as_millis() as u64, Ordering::Relaxed);
        let told = Python::attach(|py| py.check_signals());
        told.is_err_and(|error| {
            keep(&raised, error);
            true
        })
    };
    let done = py.detach(|| work(&Interrupt::looking(&look)));
    match raised.into_inner().ok().flatten() {
        Some(error) => Err(error),
        None => Ok(done),
    }
}

/// By this thread or beside it, whichever hears of a Ctrl-C: what goes side by side looks at nothing until a
/// part is done.
pub(crate) fn by<T: Send>(
    py: Python<'_>,
    how: &Work,
    work: impl FnOnce(&Interrupt<'_>) -> T + Send,
) -> PyResult<T> {
    let alone = how.threads.count == Some(1) && matches!(how.backend, None | Some(Chosen::Scalar));
    if alone { here(py, work) } else { beside(py, work) }
}

/// The same for work that takes threads of its own and would not look itself: this one looks.
pub(crate) fn beside<T: Send>(
    py: Python<'_>,
    work: impl FnOnce(&Interrupt<'_>) -> T + Send,
) -> PyResult<T> {
    let raised = Mutex::new(None);
    let interrupt = Interrupt::new();
    let done = py.detach(|| {
        scope(|scope| {
            let (send, receive) = channel();
            let (interrupt, raised) = (&interrupt, &raised);
            let worker = scope.spawn(move || {
                let done = work(interrupt);
                // Whoever waits hears of a panic too, when this is dropped.
                let _ = send.send(());
                done
            });
            while receive.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                if let Err(error) = Python::attach(|py| py.check_signals()) {
                    keep(raised, error);
                    interrupt.ask();
                }
            }
            worker.join()
        })
    });
    match (raised.into_inner().ok().flatten(), done) {
        (Some(error), _) => Err(error),
        (None, Ok(done)) => Ok(done),
        (None, Err(panic)) => std::panic::resume_unwind(panic),
    }
}

fn keep(raised: &Mutex<Option<PyErr>>, error: PyErr) {
    if let Ok(mut raised) = raised.lock() {
        raised.get_or_insert(error);
    }
}
