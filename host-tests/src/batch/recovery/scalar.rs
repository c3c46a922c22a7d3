//! One signal by the solvers' own code: the reference of all tiles.

use super::{RecoveryMethod, Weight};
use crate::matrix::DenseMatrix;
use crate::vector::Vector;
use solvekit::penalty::L1;
use solvekit::recovery::{Fista, Iht, Ista, Largest, RecoveryError, Sensing};
use solvekit::{Real, Report, Stop, solve};

/// x from y, and how it was found.
pub(super) fn column<R: Real>(
    a: &DenseMatrix<R>,
    y: &[R],
    method: RecoveryMethod<R>,
    stop: Stop<R>,
) -> Result<(Report<R>, Vector<R>), RecoveryError> {
    let y = Vector::from(y.to_vec());
    let sensing = Sensing::new(a, &y)?;
    match method {
        RecoveryMethod::Ista { weight, step } => {
            let penalty = weight.of(sensing.largest_correlation())?;
            let ista = Ista::new(sensing, penalty, step)?;
            let mut state = ista.start();
            Ok((solve(&ista, &mut state, stop), state.x))
        }
        RecoveryMethod::Fista { weight, step } => {
            let penalty = weight.of(sensing.largest_correlation())?;
            let fista = Fista::new(sensing, penalty, step)?;
            let mut state = fista.start();
            Ok((solve(&fista, &mut state, stop), state.x))
        }
        RecoveryMethod::Iht { sparsity, step } => {
            let iht = Iht::new(sensing, places(sparsity), step)?;
            let mut state = iht.start();
            Ok((solve(&iht, &mut state, stop), state.x))
        }
        RecoveryMethod::Niht { sparsity } => {
            let iht = Iht::normalised(sensing, places(sparsity))?;
            let mut state = iht.start();
            Ok((solve(&iht, &mut state, stop), state.x))
        }
    }
}

fn places<R: Real>(sparsity: usize) -> Largest<Vec<usize>, Vector<R>> {
    Largest::new(vec![0; sparsity], Vector::filled(sparsity, R::ZERO))
}

impl<R: Real> Weight<R> {
    /// The penalty of a signal with that ‖Aᵀy‖_∞.
    ///
    /// # Errors
    /// `HugeMeasurements` where it would be no number.
    pub(super) fn of(self, largest_correlation: R) -> Result<L1<R>, RecoveryError> {
        match self {
            Self::Is(penalty) => Ok(penalty),
            Self::Fraction(part) => {
                L1::new(part * largest_correlation).map_err(|_| RecoveryError::HugeMeasurements)
            }
        }
    }
}
