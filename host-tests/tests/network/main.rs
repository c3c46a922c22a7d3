//! Unrolled networks against what their layers say on paper.

#[path = "../recovery/problem.rs"]
mod problem;

mod analytic;
mod layers;
mod refused;
mod retraining;
mod safeguarded;
