//! Block coordinate descent against naive computations in f64.

mod checkpoint;
mod decrease;
mod descent;
mod extrapolation;
mod fit;
mod fit_forms;
mod fit_refused;
mod lipschitz;
mod partition;
mod penalty;
mod penalty_group;
mod penalty_refused;
mod problem;
mod rule;
mod smooth;
#[path = "../common/stuck.rs"]
mod stuck;
mod tree;
mod update;
