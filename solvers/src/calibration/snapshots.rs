//! [`Snapshots`]: y = γ ∘ A x + noise several times over, checked.

use super::{CalibrationError, Counts};
use crate::sum::{max_abs, norm, sum_of};
use crate::system::first_non_finite;
use crate::{Buffer, ColumnOperator, LinearOperator, Real};

/// In which order the rows of all sensing matrices, and the measurements, stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Order {
    /// Snapshot after snapshot, as they are taken: arrays A (p, m, n) and Y (p, m).
    BySnapshot,
    /// Sensor after sensor: arrays A (m, p, n) and Y (m, p). What a sensor needs lies together.
    BySensor,
}

impl Order {
    /// Where the row and the measurement of a sensor in a snapshot stand.
    #[inline]
    pub(super) const fn place(self, counts: &Counts, sensor: usize, snapshot: usize) -> usize {
        match self {
            Self::BySnapshot => snapshot * counts.sensors + sensor,
            Self::BySensor => sensor * counts.snapshots + snapshot,
        }
    }

    /// Snapshot and sensor of a place.
    pub(super) fn of(self, counts: &Counts, place: usize) -> (usize, usize) {
        let (inner, outer) = match self {
            Self::BySnapshot => (counts.sensors, counts.snapshots),
            Self::BySensor => (counts.snapshots, counts.sensors),
        };
        let slow = place.checked_div(inner).unwrap_or(0).min(outer);
        let fast = place.checked_rem(inner).unwrap_or(0);
        if self == Self::BySnapshot { (slow, fast) } else { (fast, slow) }
    }
}

/// n, m and p of rows and measurements of so many sensors, the rows being finite.
///
/// # Errors
/// `Empty`, `Shape`, `Length`, `NonFiniteEntry`.
pub(super) fn counted<R: Real, A: LinearOperator<R>>(
    rows: &A,
    y: &A::Domain,
    sensors: usize,
    order: Order,
) -> Result<Counts, CalibrationError> {
    let (unknowns, given) = (rows.rows(), rows.columns());
    if unknowns == 0 || given == 0 || sensors == 0 {
        return Err(CalibrationError::Empty);
    }
    let snapshots = given.checked_div(sensors).unwrap_or(0);
    if snapshots.checked_mul(sensors) != Some(given) {
        return Err(CalibrationError::Shape { rows: given, sensors });
    }
    let found = y.as_slice().len();
    if found != given {
        return Err(CalibrationError::Length { expected: given, found });
    }
    let counts = Counts { unknowns, sensors, snapshots, offsets: false };
    if let Some((column, row)) = rows.non_finite() {
        let (snapshot, sensor) = order.of(&counts, row);
        return Err(CalibrationError::NonFiniteEntry { snapshot, sensor, column });
    }
    Ok(counts)
}

/// p snapshots of one signal x through m sensors of unknown gains:
///
/// y_li = γᵢ ⟨a_li, x⟩ + noise, for snapshots l and sensors i,
///
/// with known rows a_li that differ from snapshot to snapshot.
///
/// Shapes: x has n unknowns, γ has m gains. The rows are handed over as the columns of one n × m p
/// operator, in either [`Order`]: an `SMatrix<f32, N, MP>` (an array in flash, each row in one
/// piece), a dense matrix of any size on a host (an array (p, m, n) as it lies in a file), or
/// [`Transposed`](crate::Transposed) around what has rows, such as
/// [`Signs`](crate::dictionary::Signs), whose rows come from a seed and take no memory.
/// The buffer of gains G says how many sensors there are. \[A\]\[x\]\[γ\] = \[y\]. Storage: two
/// borrows, m + 3 numbers, 3 counts.
///
/// ```
/// use solvekit::calibration::{CalibrationError, Order, Snapshots};
/// use solvekit::{SMatrix, SVector, Transposed, dictionary::Signs};
/// // Two snapshots of three sensors, two unknowns.
/// let rows = SMatrix::<f32, 2, 6>::from_fn(|j, k| 1.0 + (j * k) as f32);
/// let y = SVector::<f32, 6>::from_fn(|k, _| k as f32);
/// let three = SVector::<f32, 3>::zeros();
/// let snapshots = Snapshots::new(&rows, &y, three, Order::BySnapshot)?;
/// assert_eq!(snapshots.counts().snapshots, 2);
///
/// let mut torn = y;
/// torn[4] = f32::NAN;
/// let refused = Snapshots::new(&rows, &torn, three, Order::BySnapshot).err();
/// assert_eq!(refused, Some(CalibrationError::NonFiniteMeasurement { snapshot: 1, sensor: 1 }));
///
/// let seeded = Signs::<f32, 6, 2>::new(1);
/// assert!(Snapshots::new(&Transposed(&seeded), &y, three, Order::BySensor).is_ok());
/// # Ok::<(), CalibrationError>(())
/// ```
///
/// Source: Cambareri and Jacques 2016, *Through the Haze* (the model).
#[derive(Debug)]
pub struct Snapshots<'a, R: Real, A: LinearOperator<R>, G> {
    rows: &'a A,
    y: &'a A::Domain,
    ones: G,
    counts: Counts,
    order: Order,
    scale: R,
    y_norm: R,
    /// Σ of the squares of all entries of all A_l.
    square: R,
}

// Not derived: what is borrowed need not be `Clone`.
impl<R: Real, A: LinearOperator<R>, G: Clone> Clone for Snapshots<'_, R, A, G> {
    fn clone(&self) -> Self {
        Self { ones: self.ones.clone(), ..*self }
    }
}

impl<R: Real, A: LinearOperator<R>, G: Copy> Copy for Snapshots<'_, R, A, G> {}

impl<'a, R: Real, A: ColumnOperator<R>, G: Buffer<R>> Snapshots<'a, R, A, G> {
    /// Checks the rows and the measurements of as many sensors as `gains` has numbers; what they are
    /// does not matter. The number of snapshots follows.
    ///
    /// # Errors
    /// [`CalibrationError`]: `Empty`, `Shape`, `Length`, `NonFiniteEntry`, `NonFiniteMeasurement`,
    /// `Silent`, `HugeMeasurements`, `SensingSize`.
    pub fn new(
        rows: &'a A,
        y: &'a A::Domain,
        gains: G,
        order: Order,
    ) -> Result<Self, CalibrationError> {
        let counts = counted(rows, y, gains.as_slice().len(), order)?;
        if let Some(row) = first_non_finite(y.as_slice()) {
            let (snapshot, sensor) = order.of(&counts, row);
            return Err(CalibrationError::NonFiniteMeasurement { snapshot, sensor });
        }
        let (largest, y_norm) = (max_abs(y.as_slice()), norm(y));
        if largest == R::ZERO {
            return Err(CalibrationError::Silent);
        }
        if !y_norm.is_finite() {
            return Err(CalibrationError::HugeMeasurements);
        }
        let square = total_square(rows, counts.equations());
        let normal = square > R::ONE / R::MAX && square.is_finite();
        if !(normal && (R::ONE / square).is_finite()) {
            return Err(CalibrationError::SensingSize);
        }
        let mut ones = gains;
        ones.as_mut_slice().iter_mut().for_each(|gain| *gain = R::ONE);
        Ok(Self { rows, y, ones, counts, order, scale: largest.unit_scale(), y_norm, square })
    }

    /// The rows, as the columns of an operator.
    pub const fn rows(&self) -> &'a A {
        self.rows
    }

    /// y.
    pub const fn measurements(&self) -> &'a A::Domain {
        self.y
    }

    /// n, m and p.
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// ‖y‖₂.
    pub const fn y_norm(&self) -> R {
        self.y_norm
    }

    /// Σ of the squares of all entries of all A_l.
    pub(super) const fn square(&self) -> R {
        self.square
    }

    /// A power of two that brings y to about 1, so that no square under- or overflows.
    pub(super) const fn scale(&self) -> R {
        self.scale
    }

    /// Where the row and the measurement of a sensor in a snapshot stand.
    #[inline]
    pub(super) const fn place(&self, sensor: usize, snapshot: usize) -> usize {
        self.order.place(&self.counts, sensor, snapshot)
    }

    /// s y_li.
    #[inline]
    pub(super) fn y(&self, place: usize) -> R {
        self.y.as_slice().get(place).map_or(R::ZERO, |y| self.scale * *y)
    }

    /// u ← s A x.
    pub(super) fn predict(&self, x: &A::Range, u: &mut A::Domain) {
        self.rows.apply_adjoint(x, u);
        u.as_mut_slice().iter_mut().for_each(|u| *u *= self.scale);
    }

    /// m p.
    pub(super) fn equations(&self) -> R {
        R::from_u32(u32::try_from(self.counts.equations()).unwrap_or(u32::MAX))
    }

    /// n / ‖A‖² Σ_l A_lᵀ y_l, the norm being that of all entries: 1/(m p) Σ_l A_lᵀ y_l where their
    /// squares are 1 on average.
    pub(super) fn back_projection(&self) -> A::Range {
        let mut x = self.rows.zero_range();
        self.rows.apply(self.y, &mut x);
        let unknowns = R::from_u32(u32::try_from(self.counts.unknowns).unwrap_or(u32::MAX));
        let factor = unknowns / self.square;
        x.as_mut_slice().iter_mut().for_each(|x| *x *= factor);
        x
    }

    /// # Errors
    /// `Length`, `NonFiniteStart`.
    pub(super) fn check_start(&self, x: &A::Range, gains: &G) -> Result<(), CalibrationError> {
        let vectors =
            [(x.as_slice(), self.counts.unknowns), (gains.as_slice(), self.counts.sensors)];
        for (v, expected) in vectors {
            if v.len() != expected {
                return Err(CalibrationError::Length { expected, found: v.len() });
            }
            if let Some(place) = first_non_finite(v) {
                return Err(CalibrationError::NonFiniteStart { place });
            }
        }
        Ok(())
    }

    /// γ = 1.
    pub(super) fn ones(&self) -> G {
        self.ones.clone()
    }
}

/// Σ of the squares of the entries of the first `count` columns.
fn total_square<R: Real, A: ColumnOperator<R>>(columns: &A, count: usize) -> R {
    let mut four = [R::ZERO; 4];
    sum_of(count, |k| {
        if k % 4 == 0 {
            four = columns.column_squares([k, k + 1, k + 2, k + 3]);
        }
        four[k % 4]
    })
}

/// Number `k` of a vector; zero outside.
#[inline]
pub(super) fn at<R: Real>(v: &[R], k: usize) -> R {
    v.get(k).copied().unwrap_or(R::ZERO)
}
