//! [`Frame`]: rows and measurements of one frame.

use crate::calibration::snapshots::counted;
use crate::calibration::{CalibrationError, Counts, Order};
use crate::{Buffer, ColumnOperator, LinearOperator, Real};

/// p snapshots of m sensors, taken while gains and signal stand still.
///
/// A measurement that is NaN or infinite is a missing one: it counts for nothing, and a sensor of
/// which all are missing keeps its gain.
///
/// Shapes: as those of [`Snapshots`](crate::calibration::Snapshots): rows are the columns of one n ×
/// m p operator, y has m p numbers. Storage: two borrows, 3 counts.
///
/// ```
/// use solvekit::calibration::{CalibrationError, Order, tracking::Frame};
/// use solvekit::{SVector, Transposed, dictionary::Signs};
/// // Rows from the seed of this frame.
/// let rows = Signs::<f32, 6, 2>::new(17);
/// let transposed = Transposed(&rows);
/// let y = SVector::<f32, 6>::from([0.5, f32::NAN, 0.1, 0.2, f32::NAN, -0.3]);
/// let frame = Frame::new(&transposed, &y, 3, Order::BySnapshot)?;
/// assert_eq!((frame.counts().snapshots, frame.present()), (2, 4));
/// let refused = Frame::new(&transposed, &y, 4, Order::BySnapshot).err();
/// assert_eq!(refused, Some(CalibrationError::Shape { rows: 6, sensors: 4 }));
/// # Ok::<(), CalibrationError>(())
/// ```
#[derive(Debug)]
pub struct Frame<'a, R: Real, A: LinearOperator<R>> {
    pub(super) rows: &'a A,
    y: &'a A::Domain,
    pub(super) counts: Counts,
    pub(super) order: Order,
}

// Not derived: what is borrowed need not be `Clone`.
impl<R: Real, A: LinearOperator<R>> Clone for Frame<'_, R, A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Real, A: LinearOperator<R>> Copy for Frame<'_, R, A> {}

impl<'a, R: Real, A: ColumnOperator<R>> Frame<'a, R, A> {
    /// Checks the rows; the measurements may be anything.
    ///
    /// # Errors
    /// [`CalibrationError`]: `Empty`, `Shape`, `Length`, `NonFiniteEntry`.
    pub fn new(
        rows: &'a A,
        y: &'a A::Domain,
        sensors: usize,
        order: Order,
    ) -> Result<Self, CalibrationError> {
        let counts = counted(rows, y, sensors, order)?;
        Ok(Self { rows, y, counts, order })
    }

    /// n, m and p.
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// Measurements that are numbers.
    pub fn present(&self) -> usize {
        self.y.as_slice().iter().filter(|y| y.is_finite()).count()
    }

    #[inline]
    pub(super) fn place(&self, sensor: usize, snapshot: usize) -> usize {
        self.order.place(&self.counts, sensor, snapshot)
    }

    /// The largest size of a number that was measured.
    pub(super) fn largest(&self) -> R {
        let sizes = self.y.as_slice().iter().filter(|y| y.is_finite()).map(|y| y.abs());
        sizes.fold(R::ZERO, |most, size| if size > most { size } else { most })
    }

    /// s y where it is a number.
    #[inline]
    pub(super) fn y(&self, place: usize, scale: R) -> Option<R> {
        self.y.as_slice().get(place).map(|y| scale * *y).filter(|y| y.is_finite())
    }

    /// y, and zero for what is missing.
    pub(super) fn fill(&self, clean: &mut A::Domain) {
        for (slot, y) in clean.as_mut_slice().iter_mut().zip(self.y.as_slice()) {
            *slot = y.finite_or(R::ZERO);
        }
    }

    /// Is no measurement of a sensor there?
    pub(super) fn is_missing(&self, sensor: usize) -> bool {
        (0..self.counts.snapshots).all(|l| self.y(self.place(sensor, l), R::ONE).is_none())
    }

    /// Is every measurement of a sensor there?
    pub(super) fn is_whole(&self, sensor: usize) -> bool {
        (0..self.counts.snapshots).all(|l| self.y(self.place(sensor, l), R::ONE).is_some())
    }
}
