//! One system, and each way to solve it.

use super::Order;
use crate::direct::{Band, Cholesky, Direct, DirectError, Envelope, Factor, Lu};
use crate::matrix::{CsrMatrix, HostColoring};
use crate::precision::Precision;
use crate::program::Interrupt;
use crate::program::progress::Progress;
use crate::vector::Vector;
use solvekit::fit::FitError;
use solvekit::krylov::{Cg, SsorCg};
use solvekit::sor::{
    AdaptiveSor, AutoMemory, AutoSor, Backward, Halves, Multicolor, ProjectedSor, Sor, Symmetric,
};
use solvekit::{Colored, ColoringError, Iteration, Report, RowOperator, Run, Stop, SystemError};

/// Multiplications between two looks at the clock.
const SLICE: usize = 20_000_000;

/// One system.
pub(super) struct One<'a, T> {
    pub(super) a: &'a CsrMatrix<T>,
    pub(super) b: &'a Vector<T>,
    pub(super) start: Vector<T>,
    pub(super) stop: Stop<T>,
    /// Steps after which it ends as `Running`.
    pub(super) budget: Option<u32>,
    pub(super) progress: &'a mut Progress,
    /// Ends it early as `Running` too.
    pub(super) interrupt: &'a Interrupt<'a>,
}

/// How one method ended.
#[derive(Clone, Debug)]
pub(super) struct Answer<T> {
    pub(super) x: Vector<T>,
    pub(super) report: Report<T>,
    /// ω at the end, of a method that has one.
    pub(super) omega: Option<f64>,
    /// The curvature that ended conjugate gradients or block coordinate descent.
    pub(super) curvature: Option<f64>,
}

/// Why a method refused a system.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Refusal {
    /// What is wrong with the matrix, in words.
    Content(String),
    /// What is wrong with `--jacobi-radius`.
    JacobiRadius(String),
    System(SystemError),
    Direct(DirectError),
    Coloring(ColoringError),
    Fit(FitError),
    /// A block of more unknowns than there are.
    Block {
        unknowns: usize,
    },
    /// No method fits into the storage that was allowed.
    NoRoom,
}

impl From<SystemError> for Refusal {
    fn from(error: SystemError) -> Self {
        Self::System(error)
    }
}

impl From<DirectError> for Refusal {
    fn from(error: DirectError) -> Self {
        Self::Direct(error)
    }
}

impl From<FitError> for Refusal {
    fn from(error: FitError) -> Self {
        Self::Fit(error)
    }
}

impl From<ColoringError> for Refusal {
    fn from(error: ColoringError) -> Self {
        Self::Coloring(error)
    }
}

/// Where the factor of a pattern will lie.
#[derive(Clone, Debug)]
pub(super) enum Plan {
    Envelope(Envelope),
    Band(Band),
}

impl Plan {
    /// Cholesky's for a symmetric matrix, elimination for the others.
    pub(super) fn of<T: Precision>(a: &CsrMatrix<T>, symmetric: bool) -> Self {
        if symmetric { Self::Envelope(Envelope::of(a)) } else { Self::Band(Band::of(a)) }
    }

    /// A factor of `a`. A symmetric matrix that is not positive definite is eliminated instead.
    pub(super) fn factor<T: Precision>(&self, a: &CsrMatrix<T>) -> Result<Factor<T>, DirectError> {
        match self {
            Self::Envelope(envelope) => match Cholesky::new(a, envelope.clone()) {
                Ok(factor) => Ok(Factor::Cholesky(factor)),
                Err(_) => Ok(Factor::Lu(Lu::new(a, Band::of(a))?)),
            },
            Self::Band(band) => Ok(Factor::Lu(Lu::new(a, band.clone())?)),
        }
    }
}

type Answered<T> = Result<Answer<T>, Refusal>;

impl<T: Precision> One<'_, T> {
    pub(super) fn sor(&mut self, omega: T) -> Answered<T> {
        let sor = Sor::new(self.a, self.b, omega)?;
        let mut state = sor.start_at(self.take_start())?;
        let report = self.drive(&sor, &mut state);
        Ok(Answer::new(state.x, report).with_omega(omega))
    }

    pub(super) fn ssor(&mut self, omega: T) -> Answered<T> {
        let sor = Sor::ordered(self.a, self.b, omega, Symmetric)?;
        let mut state = sor.start_at(self.take_start())?;
        let report = self.drive(&sor, &mut state);
        Ok(Answer::new(state.x, report).with_omega(omega))
    }

    pub(super) fn backward(&mut self, omega: T) -> Answered<T> {
        let sor = Sor::ordered(self.a, self.b, omega, Backward)?;
        let mut state = sor.start_at(self.take_start())?;
        let report = self.drive(&sor, &mut state);
        Ok(Answer::new(state.x, report).with_omega(omega))
    }

    pub(super) fn multicolor(&mut self, omega: T, coloring: &HostColoring) -> Answered<T> {
        let a = Colored::new(self.a, coloring.groups())?;
        let sor = Sor::ordered(&a, self.b, omega, Multicolor)?;
        let mut state = sor.start_at(self.take_start())?;
        let report = self.drive(&sor, &mut state);
        Ok(Answer::new(state.x, report).with_omega(omega))
    }

    pub(super) fn psor(&mut self, omega: T, bounds: &[Vector<T>; 2]) -> Answered<T> {
        let sor = ProjectedSor::new(self.a, self.b, omega, &bounds[0], &bounds[1])?;
        let mut state = sor.start_at(self.take_start())?;
        let report = self.drive(&sor, &mut state);
        Ok(Answer::new(state.x, report).with_omega(omega))
    }

    pub(super) fn adaptive(&mut self) -> Answered<T> {
        let sor = AdaptiveSor::new(self.a, self.b)?;
        let mut state = sor.start_at(self.take_start())?;
        let report = self.drive(&sor, &mut state);
        let omega = state.omega();
        Ok(Answer::new(state.x, report).with_omega(omega))
    }

    /// ω found by what the systems before have shown; `tolerance` is the stop's.
    pub(super) fn auto(
        &mut self,
        memory: &mut AutoMemory<T, Vector<T>>,
        tolerance: T,
        order: Order,
        coloring: &mut Option<HostColoring>,
    ) -> Answered<T> {
        // Nobody reaches a tolerance of nothing; it is only to foresee the length of the solve.
        let tolerance = if tolerance > T::EPSILON { tolerance } else { T::EPSILON };
        if order == Order::Multicolor {
            let found = match coloring.take() {
                Some(coloring) => coloring,
                None => HostColoring::of(self.a)?,
            };
            let a = Colored::new(self.a, coloring.insert(found).groups())?;
            let sor = AutoSor::ordered(&a, self.b, memory, tolerance, Multicolor)?;
            return self.automatic(&sor, memory);
        }
        let sor = AutoSor::new(self.a, self.b, memory, tolerance)?;
        self.automatic(&sor, memory)
    }

    fn automatic<A, O>(
        &mut self,
        sor: &AutoSor<'_, T, A, O>,
        memory: &mut AutoMemory<T, Vector<T>>,
    ) -> Answered<T>
    where
        A: RowOperator<T, Domain = Vector<T>, Range = Vector<T>>,
        O: Halves<T, A>,
    {
        let mut state = sor.start_at(self.take_start())?;
        let report = self.drive(sor, &mut state);
        memory.learn(sor, &state, &report);
        let omega = state.omega();
        Ok(Answer::new(state.x, report).with_omega(omega))
    }

    pub(super) fn cg(&mut self) -> Answered<T> {
        let cg = Cg::new(self.a, self.b)?;
        let mut state = cg.start_at(self.take_start())?;
        let report = self.drive(&cg, &mut state);
        let curvature = state.curvature().map(T::to_f64);
        Ok(Answer { curvature, ..Answer::new(state.x, report) })
    }

    pub(super) fn ssor_cg(&mut self, omega: T) -> Answered<T> {
        let cg = SsorCg::new(self.a, self.b, omega)?;
        let mut state = cg.start_at(self.take_start())?;
        let report = self.drive(&cg, &mut state);
        let curvature = state.curvature().map(T::to_f64);
        let answer = Answer::new(state.x, report).with_omega(omega);
        Ok(Answer { curvature, ..answer })
    }

    pub(super) fn direct(&mut self, plan: &Plan) -> Answered<T> {
        // Cg asks of a system what every method asks, and nothing of its diagonal.
        let mut x = Cg::new(self.a, self.b)?.start_at(self.take_start())?.x;
        let direct = Direct::new(self.a, self.b, plan.factor(self.a)?);
        let report = self.drive(&direct, &mut x);
        Ok(Answer::new(x, report))
    }

    pub(super) fn take_start(&mut self) -> Vector<T> {
        std::mem::take(&mut self.start)
    }

    /// Runs to the end or through the budget, slice by slice: slicing changes no bit.
    pub(super) fn drive<I: Iteration<Real = T>>(
        &mut self,
        iteration: &I,
        state: &mut I::State,
    ) -> Report<T> {
        let slice = (SLICE / self.a.entries().max(1)).clamp(1, 1_000) as u32;
        let budget = self.budget.unwrap_or(u32::MAX);
        let mut run = Run::new(self.stop);
        let mut report = run.advance(iteration, state, 0);
        while !report.status.is_final() && report.iterations < budget && !self.interrupt.is_asked()
        {
            report = run.advance(iteration, state, slice.min(budget - report.iterations));
            self.progress.tell(|| {
                let residual = report.residual / report.reference;
                format!("step {}, residual {residual:.1e}", report.iterations)
            });
        }
        report
    }
}

impl<T: Precision> Answer<T> {
    pub(super) const fn new(x: Vector<T>, report: Report<T>) -> Self {
        Self { x, report, omega: None, curvature: None }
    }

    pub(super) fn with_omega(self, omega: T) -> Self {
        Self { omega: Some(omega.to_f64()), ..self }
    }
}
