//! The columns of measurements as batches, side by side where the method and the dictionary allow it.

use super::column::Recovery;
use super::end::Ended;
use super::network::{Inference, inferred_of};
use crate::batch::{Batch, NetworkBatch, Part, RecoveryBatch, Shape};
use crate::vector::Vector;
use solvekit::ColumnOperator;
use solvekit::Report;
use solvekit::recovery::RecoveryError;

/// Columns by a method, in f64.
pub(super) struct Columns<'a, A> {
    pub(super) recovery: &'a Recovery<'a, A>,
    pub(super) measurements: &'a [Vector<f64>],
    pub(super) unknowns: usize,
    /// The same side by side, where that can be.
    pub(super) side_by_side: Option<RecoveryBatch<'a, f64>>,
}

/// Columns through the layers of a network, in f32.
pub(super) struct Inferences<'a> {
    pub(super) inference: &'a Inference<'a>,
    pub(super) measurements: &'a [Vector<f32>],
    pub(super) unknowns: usize,
    /// The same side by side; not where a safeguard watches.
    pub(super) side_by_side: Option<NetworkBatch<'a>>,
}

/// The report, and λ of a method that has one.
type Recovered = Result<(Report<f64>, Option<f64>), RecoveryError>;

impl<A> Batch for Columns<'_, A>
where
    A: ColumnOperator<f64, Domain = Vector<f64>, Range = Vector<f64>> + Sync,
{
    type Number = f64;
    type Outcome = Recovered;

    fn shape(&self) -> Shape {
        let rows = self.measurements.first().map_or(0, |y| y.len());
        let family = self.recovery.name();
        let own = Shape { family, bits: 64, sizes: [rows, self.unknowns, 1] };
        self.side_by_side.as_ref().map_or(own, Batch::shape)
    }
    fn len(&self) -> usize {
        self.measurements.len()
    }
    fn width(&self) -> usize {
        self.unknowns
    }
    fn scalar(&self, part: Part<'_, Self>) {
        part.each_on_threads(self.unknowns, |column, x| {
            let (report, lambda, found) = self.recovery.column(&self.measurements[column])?;
            x.copy_from_slice(&found);
            Ok((report, lambda))
        });
    }
    fn simd(&self, part: Part<'_, Self>) {
        let Some(batch) = &self.side_by_side else { return self.scalar(part) };
        let Part { problems, numbers, outcomes } = part;
        let mut reports = vec![None; outcomes.len()];
        batch.simd(Part { problems, numbers, outcomes: &mut reports });
        for (outcome, report) in outcomes.iter_mut().zip(reports) {
            let told = |report: Report<f64>| (report, self.recovery.lambda_of(&report));
            *outcome = report.map(|report| report.map(told));
        }
    }
}

impl Batch for Inferences<'_> {
    type Number = f32;
    type Outcome = Result<Ended, RecoveryError>;

    fn shape(&self) -> Shape {
        let rows = self.measurements.first().map_or(0, |y| y.len());
        let own = Shape { family: "safeguarded", bits: 32, sizes: [rows, self.unknowns, 1] };
        self.side_by_side.as_ref().map_or(own, Batch::shape)
    }
    fn len(&self) -> usize {
        self.measurements.len()
    }
    fn width(&self) -> usize {
        self.unknowns
    }
    fn scalar(&self, part: Part<'_, Self>) {
        part.each_on_threads(self.unknowns, |column, x| {
            let (ended, found) = self.inference.column(&self.measurements[column])?;
            x.copy_from_slice(&found);
            Ok(ended)
        });
    }
    fn simd(&self, part: Part<'_, Self>) {
        let Some(batch) = &self.side_by_side else { return self.scalar(part) };
        let Part { problems, numbers, outcomes } = part;
        let mut ends = vec![None; outcomes.len()];
        batch.simd(Part { problems, numbers, outcomes: &mut ends });
        for (outcome, end) in outcomes.iter_mut().zip(ends) {
            *outcome = end.map(|end| end.map(inferred_of));
        }
    }
}
