//! [`BatchError`].

use super::Backend;
use thiserror::Error;

/// Why a batch was refused, or given up.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum BatchError {
    /// Problems without unknowns.
    #[error("a problem needs at least one unknown")]
    NoUnknowns,
    /// Numbers that do not fill whole problems.
    #[error("{what}: {found} numbers do not make problems of {size}")]
    Ragged {
        /// Of what.
        what: &'static str,
        /// Numbers of one problem.
        size: usize,
        /// Numbers given.
        found: usize,
    },
    /// Two inputs hold different numbers of problems.
    #[error("{what}: {expected} are needed, {found} were given")]
    Count {
        /// Of what.
        what: &'static str,
        /// As the other input has it.
        expected: usize,
        /// As this one has it.
        found: usize,
    },
    /// One problem of a batch differs in shape from those before it.
    #[error("problem {problem}: {what} of {expected} numbers is needed, {found} were given")]
    Shape {
        /// Which.
        problem: usize,
        /// Of what.
        what: &'static str,
        /// As the first problem has it.
        expected: usize,
        /// As this one has it.
        found: usize,
    },
    /// Nobody to do the work.
    #[error("at least one thread is needed")]
    NoThreads,
    /// Threads could not be started.
    #[error("cannot start {threads} threads: {reason}")]
    Threads {
        /// How many.
        threads: usize,
        /// What the system says.
        reason: String,
    },
    /// The backend is not there.
    #[error("backend {backend} is not available: {reason}")]
    Unavailable {
        /// Which.
        backend: Backend,
        /// What is missing.
        reason: String,
    },
    /// The backend failed while it worked.
    #[error("backend {backend} failed: {reason}")]
    Failed {
        /// Which.
        backend: Backend,
        /// What it says.
        reason: String,
    },
}
