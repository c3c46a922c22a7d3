//! One column of measurements, recovered.

use super::options::Lambda;
use super::{Method, Options, RecoverError};
use crate::batch::{RecoveryBatch, RecoveryMethod, Weight};
use crate::matrix::DenseMatrix;
use crate::program::Interrupt;
use crate::vector::Vector;
use solvekit::direct::packed;
use solvekit::penalty::L1;
use solvekit::recovery::{
    Fista, Htp, Iht, Ista, Largest, Omp, RecoveryError, Refit, Sensing, StepSize,
};
use solvekit::{ColumnOperator, Iteration, Report, Stop};

/// Steps between two looks for a wish to end early.
pub(super) const SLICE: u32 = 32;

/// What all columns have in common.
#[derive(Debug)]
pub(super) struct Recovery<'a, A> {
    dictionary: &'a A,
    stop: Stop<f64>,
    interrupt: &'a Interrupt<'a>,
    way: Way,
}

/// A method and what it was told.
#[derive(Clone, Copy, Debug)]
enum Way {
    Ista(Lambda, StepSize<f64>),
    Fista(Lambda, StepSize<f64>),
    Iht(usize, StepSize<f64>),
    Niht(usize),
    Htp(usize),
    Omp(usize),
}

/// How a column ended, with which λ, and x.
type Recovered = (Report<f64>, Option<f64>, Vector<f64>);

impl<'a, A> Recovery<'a, A>
where
    A: ColumnOperator<f64, Domain = Vector<f64>, Range = Vector<f64>>,
{
    /// Finds the step size, where the method has one for all columns.
    pub(super) fn new(
        options: &Options,
        (stop, interrupt): (Stop<f64>, &'a Interrupt<'a>),
        dictionary: &'a A,
    ) -> Result<Self, RecoverError> {
        let step = || {
            StepSize::automatic(dictionary)
                .map_err(|error| RecoverError::dictionary(&options.dictionary, error))
        };
        // Those who need it have it: the options were checked.
        let k = options.sparsity.unwrap_or(0);
        let way = match options.method {
            Method::Ista => Way::Ista(options.lambda()?, step()?),
            Method::Fista => Way::Fista(options.lambda()?, step()?),
            Method::Iht => Way::Iht(k, step()?),
            Method::Niht => Way::Niht(k),
            Method::Htp => Way::Htp(k),
            Method::Omp => Way::Omp(k),
            // It goes another way, in f32.
            Method::Network => {
                return Err(RecoverError::option("--method", "no iteration".to_owned()));
            }
        };
        Ok(Self { dictionary, stop, interrupt, way })
    }

    /// Recovers x from y.
    pub(super) fn column(&self, y: &Vector<f64>) -> Result<Recovered, RecoveryError> {
        let sensing = Sensing::new(self.dictionary, y)?;
        let penalty = |lambda| {
            let lambda = match lambda {
                Lambda::Is(lambda) => lambda,
                // Exactly ‖Aᵀy‖_∞ leaves exactly nothing.
                Lambda::Fraction(fraction) => fraction * sensing.largest_correlation(),
            };
            // λ was checked, and a correlation is finite: there is nothing else to refuse.
            L1::new(lambda).map_err(|_| RecoveryError::HugeMeasurements)
        };
        match self.way {
            Way::Ista(lambda, step) => {
                let penalty = penalty(lambda)?;
                let ista = Ista::new(sensing, penalty, step)?;
                let mut state = ista.start();
                let report = self.finish(&ista, &mut state);
                Ok((report, Some(penalty.lambda()), state.x))
            }
            Way::Fista(lambda, step) => {
                let penalty = penalty(lambda)?;
                let fista = Fista::new(sensing, penalty, step)?;
                let mut state = fista.start();
                let report = self.finish(&fista, &mut state);
                Ok((report, Some(penalty.lambda()), state.x))
            }
            Way::Iht(k, step) => {
                let iht = Iht::new(sensing, places(k), step)?;
                let mut state = iht.start();
                Ok((self.finish(&iht, &mut state), None, state.x))
            }
            Way::Niht(k) => {
                let niht = Iht::normalised(sensing, places(k))?;
                let mut state = niht.start();
                Ok((self.finish(&niht, &mut state), None, state.x))
            }
            Way::Htp(k) => {
                let htp = Htp::new(sensing, places(k), refit(k))?;
                let mut state = htp.start();
                Ok((self.finish(&htp, &mut state), None, state.x))
            }
            Way::Omp(k) => {
                let omp = Omp::new(sensing, vec![0; k], refit(k))?;
                let mut state = omp.start();
                Ok((self.finish(&omp, &mut state), None, state.x))
            }
        }
    }

    fn finish<I: Iteration<Real = f64>>(&self, iteration: &I, state: &mut I::State) -> Report<f64> {
        self.interrupt.run(iteration, state, self.stop, SLICE)
    }

    /// The method, as a batch's shape has it.
    pub(super) const fn name(&self) -> &'static str {
        match self.way {
            Way::Ista(..) => "ista",
            Way::Fista(..) => "fista",
            Way::Iht(..) => "iht",
            Way::Niht(_) => "niht",
            Way::Htp(_) => "htp",
            Way::Omp(_) => "omp",
        }
    }

    /// All columns side by side, of a dictionary in full; `None` for methods that go one by one.
    pub(super) fn side_by_side<'b>(
        &self,
        dictionary: &'b DenseMatrix<f64>,
        measurements: &'b [f64],
    ) -> Option<RecoveryBatch<'b, f64>> {
        let weight = |lambda| match lambda {
            // λ was checked.
            Lambda::Is(lambda) => L1::new(lambda).map(Weight::Is).ok(),
            Lambda::Fraction(fraction) => Some(Weight::Fraction(fraction)),
        };
        let method = match self.way {
            Way::Ista(lambda, step) => RecoveryMethod::Ista { weight: weight(lambda)?, step },
            Way::Fista(lambda, step) => RecoveryMethod::Fista { weight: weight(lambda)?, step },
            Way::Iht(sparsity, step) => RecoveryMethod::Iht { sparsity, step },
            Way::Niht(_) | Way::Htp(_) | Way::Omp(_) => return None,
        };
        RecoveryBatch::new(dictionary, measurements, method, self.stop).ok()
    }

    /// λ of a column that ended so, of a method that has one.
    pub(super) fn lambda_of(&self, report: &Report<f64>) -> Option<f64> {
        match self.way {
            Way::Ista(lambda, _) | Way::Fista(lambda, _) => Some(match lambda {
                Lambda::Is(lambda) => lambda,
                Lambda::Fraction(fraction) => fraction * report.reference,
            }),
            _ => None,
        }
    }
}

fn places(k: usize) -> Largest<Vec<usize>, Vector<f64>> {
    Largest::new(vec![0; k], Vector::filled(k, 0.0))
}

fn refit(k: usize) -> Refit<f64, Vector<f64>, Vector<f64>> {
    Refit::new(Vector::filled(k, 0.0), Vector::filled(packed(k), 0.0))
}
