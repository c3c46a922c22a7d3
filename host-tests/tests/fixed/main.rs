//! Solvers in fixed point against an exact model in wide integers, and against floating point.

mod direct;
mod hyper;
mod model;
mod recovery;
mod sor;
mod sparse;
