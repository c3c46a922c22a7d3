//! Block coordinate descent against naive computations in f64.

mod descent;
mod problem;
mod rule;
mod penalty;
mod penalty_refused;
