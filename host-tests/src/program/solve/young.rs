//! Young's ω of a matrix.

use super::one::Refusal;
use super::{Options, jacobi};
use crate::matrix::CsrMatrix;
use crate::precision::Precision;
use solvekit::sor::young_omega;

/// Young's ω for one matrix, from a radius in f64 whatever the working precision is: where that
/// cannot tell the radius from 1, ω may still lie below 2.
pub(super) fn omega_of<T: Precision>(options: &Options, a: &CsrMatrix<T>) -> Result<T, Refusal> {
    let radius = match options.jacobi_radius {
        Some(radius) => radius,
        None => jacobi::radius(a, options.seed).ok_or_else(|| {
            Refusal::Content(
                "the estimate of its Jacobi radius does not settle: give --jacobi-radius, or use \
                 --omega adaptive"
                    .to_owned(),
            )
        })?,
    };
    let omega = young_omega(radius).map_err(|_| {
        Refusal::Content(format!(
            "its Jacobi radius is {radius:.5}, and Young's formula needs one below 1: use --omega \
             adaptive or a number"
        ))
    })?;
    let working = T::from_f64(omega);
    if working < T::from_f64(2.0) {
        return Ok(working);
    }
    let cause = format!(
        "{radius} rounds to 1 in {}, and Young's ω to 2: use --precision f64 or --omega adaptive",
        T::NAME
    );
    Err(match options.jacobi_radius {
        Some(_) => Refusal::JacobiRadius(cause),
        None => Refusal::Content(format!("its Jacobi radius {cause}")),
    })
}
