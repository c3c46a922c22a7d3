//! LISTA, Ada-LISTA and TISTA: derivatives against dual numbers through the deployed layers, and
//! whole trainings.

mod gradient;
mod spline;
pub(crate) mod trained;
mod varying;
