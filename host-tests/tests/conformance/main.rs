//! What every solver promises, checked for every solver.
//!
//! A new solver adds one module of cases; [`coverage`] fails until it does.

mod case;
mod coverage;
mod krylov;
mod lanes;
mod oracle;
mod sor;
