//! Every public solver entry, with inputs the optimiser cannot see through.

/// Calls them all.
pub(crate) fn call() {}
