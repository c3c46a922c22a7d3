//! [`Learner`]: `auto` over one sequence, with what it cost.

use solvekit::operator::zeros;
use solvekit::sor::{AutoMemory, AutoSor, Halves};
use solvekit::{Buffer, RowOperator, SMatrix, Stop, solve};

/// Relative tolerance of every solve.
pub(super) const TOLERANCE: f64 = 1e-8;
/// Sweeps after which a solve is given up; it then counts with them.
pub(super) const CAP: u32 = 20_000;

/// A memory, and the sweeps spent with it.
#[derive(Clone, Debug)]
pub(super) struct Learner<X> {
    pub(super) memory: AutoMemory<f64, X>,
    /// Sweeps and charged passes of each solve.
    pub(super) costs: Vec<u32>,
    pub(super) failures: u32,
}

impl<const R: usize, const C: usize> Learner<SMatrix<f64, R, C>> {
    pub(super) fn on_grid() -> Self {
        Self::new(AutoMemory::new(zeros()))
    }
}

impl<X: Buffer<f64>> Learner<X> {
    pub(super) fn new(memory: AutoMemory<f64, X>) -> Self {
        Self { memory, costs: Vec::new(), failures: 0 }
    }

    /// Solves A x = b from `x`, and learns.
    pub(super) fn solve<A: RowOperator<f64, Domain = X>, O: Halves<f64, A>>(
        &mut self,
        a: &A,
        b: &A::Range,
        x: X,
        order: O,
    ) -> anyhow::Result<X> {
        let sor = AutoSor::ordered(a, b, &self.memory, TOLERANCE, order)?;
        let mut state = sor.start_at(x)?;
        let report = solve(&sor, &mut state, stop()?);
        let charged = self.memory.learn(&sor, &state, &report);
        self.costs.push(report.iterations + charged);
        self.failures += u32::from(!report.converged());
        Ok(state.x)
    }
}

/// When every solve stops.
pub(super) fn stop() -> anyhow::Result<Stop<f64>> {
    Ok(Stop::relative(TOLERANCE)?.max_iterations(CAP))
}
