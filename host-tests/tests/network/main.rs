//! Unrolled networks against what their layers say on paper.

#[path = "../recovery/problem.rs"]
mod problem;

mod ada_lista;
mod analytic;
mod layers;
mod lista;
mod refused;
mod retraining;
mod safeguarded;
mod spline;
mod tista;
