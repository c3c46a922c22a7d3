//! [`CalibrationBatch`]: blind gain calibration of many devices.

mod fit;
mod judge;
mod rows;
mod shared;
mod side;
mod steps;
mod suspects;

use super::lanes::{Laned, Registers, dispatch};
use super::{Batch, BatchError, Part, Shape};
use crate::matrix::DenseMatrix;
use crate::vector::Vector;
use shared::{Shared, is_small};
use side::SideBySide;
use solvekit::LinearOperator;
use solvekit::calibration::{
    Auto, CalibrationError, Counts, Order, Sensor, Snapshots, Verdict, search,
};
use solvekit::direct::packed;
use std::sync::OnceLock;

/// Many devices of m sensors that see one unknown signal each, p snapshots of it: gains, signal and
/// their standard errors by [`Auto`], device by device.
///
/// Side by side ([`Backend::Simd`](super::Backend::Simd)) answers and refusals have the bits of one device after
/// the other. What is done there is what most devices need: the start, two steps, standard errors and a look
/// at every sensor. A device where something else is to be done (a sensor that looks faulty, a step that would
/// raise f, errors above a tenth) is begun anew by itself; so are all where no equation is left to check the others,
/// near the counting bound, and of more than 2¹⁹ = m p n² multiplications or 64 snapshots.
///
/// Storage side by side, for L lanes: L (4 m p + m n + 2 p n + n² / 2 + p²) numbers about for each thread, and the
/// matrices once more.
///
/// An answer's numbers are γ, x, the errors of γ and those of x: 2 (m + n). Where a device has no answer they
/// are zeros, and where nothing tells the errors those are infinite.
///
/// ```
/// use solvekit::calibration::Answer;
/// use solvekit_host::batch::{Backend, CalibrationBatch, Runner};
/// use solvekit_host::matrix::DenseMatrix;
///
/// // Two unknowns, three sensors, four snapshots: rows a_li, one behind the other.
/// let rows: Vec<f64> = (0..2 * 3 * 4).map(|k| (1.0 + k as f64 * 1.7).sin()).collect();
/// let sensing = DenseMatrix::from_columns(2, rows.clone())?;
/// let (gains, x) = ([0.8, 1.0, 1.2], [[1.0, -0.5], [0.3, 2.0]]);
/// let seen = |x: [f64; 2]| (0..12).map(move |k| (k, x));
/// let y: Vec<f64> = x.into_iter().flat_map(seen)
///     .map(|(k, x)| gains[k % 3] * (rows[2 * k] * x[0] + rows[2 * k + 1] * x[1]))
///     .collect();
/// let batch = CalibrationBatch::new(&sensing, 3, &y)?;
/// let answers = Runner::new(Backend::Scalar).run(&batch)?;
/// let found = answers.outcomes[1].as_ref().expect("an outcome").as_ref().expect("an answer");
/// assert_eq!(found.verdict.answer, Answer::Likelihood);
/// assert!((answers.answer(1)[2] - 1.2).abs() < 1e-9 && (answers.answer(1)[4] - 2.0).abs() < 1e-9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct CalibrationBatch<'a, R> {
    sensing: Sensing<'a, R>,
    counts: Counts,
    observations: &'a [R],
    noise: Option<R>,
    /// What all parts of it share, once one has asked.
    shared: OnceLock<Option<Shared<R>>>,
}

/// The rows of all A_l, snapshot after snapshot.
#[derive(Clone, Copy, Debug)]
enum Sensing<'a, R> {
    /// As columns, the same for all devices.
    Shared(&'a DenseMatrix<R>),
    /// Of one device behind those of the other.
    Own(&'a [R]),
}

/// What the calibration of one device came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibrated<R> {
    /// What gains and signal are, and how sure.
    pub verdict: Verdict<R>,
    /// How each sensor fares.
    pub sensors: Vec<Sensor>,
    /// Advances of [`Auto`] that it took.
    pub advances: u32,
}

impl<'a, R: Laned> CalibrationBatch<'a, R> {
    /// Devices with the same sensing matrices, whose rows are the columns of `sensing`, n × m p, snapshot
    /// after snapshot; observations of m p numbers, one device behind the other.
    ///
    /// # Errors
    /// [`BatchError::NoUnknowns`], [`BatchError::Ragged`].
    pub fn new(
        sensing: &'a DenseMatrix<R>,
        sensors: usize,
        observations: &'a [R],
    ) -> Result<Self, BatchError> {
        let rows = sensing.columns();
        if sensors > 0 && !rows.is_multiple_of(sensors) {
            return Err(BatchError::Ragged { what: "sensing rows", size: sensors, found: rows });
        }
        let snapshots = rows.checked_div(sensors).unwrap_or(0);
        let sizes = (sensing.rows(), sensors, snapshots);
        Self::of(Sensing::Shared(sensing), sizes, observations)
    }

    /// Devices with sensing matrices of their own, `sensing` being n m p numbers of each: the rows of A_1, those of
    /// A_2, …, one device behind the other. They are worked on one by one, by
    /// [`Backend::Simd`](super::Backend::Simd) too.
    ///
    /// # Errors
    /// [`BatchError::NoUnknowns`], [`BatchError::Ragged`].
    pub fn own(
        sensing: &'a [R],
        (unknowns, sensors, snapshots): (usize, usize, usize),
        observations: &'a [R],
    ) -> Result<Self, BatchError> {
        let batch = Self::of(Sensing::Own(sensing), (unknowns, sensors, snapshots), observations)?;
        let size = unknowns.saturating_mul(batch.counts.equations());
        if sensing.len() != size.saturating_mul(batch.len()) {
            let found = sensing.len();
            return Err(BatchError::Ragged { what: "sensing entries", size, found });
        }
        Ok(batch)
    }

    fn of(
        sensing: Sensing<'a, R>,
        (unknowns, sensors, snapshots): (usize, usize, usize),
        observations: &'a [R],
    ) -> Result<Self, BatchError> {
        let counts = Counts { unknowns, sensors, snapshots, offsets: false };
        let (size, found) = (counts.equations(), observations.len());
        if unknowns == 0 || size == 0 {
            return Err(BatchError::NoUnknowns);
        }
        if !found.is_multiple_of(size) {
            return Err(BatchError::Ragged { what: "observations", size, found });
        }
        Ok(Self { sensing, counts, observations, noise: None, shared: OnceLock::new() })
    }

    /// With noise of a known standard deviation. Whether it is one is said device by device.
    #[must_use]
    pub fn noise(self, sigma: R) -> Self {
        Self { noise: Some(sigma), shared: OnceLock::new(), ..self }
    }

    fn one(&self, device: usize, numbers: &mut [R]) -> Result<Calibrated<R>, CalibrationError> {
        let Counts { unknowns: n, sensors: m, .. } = self.counts;
        let size = self.counts.equations();
        let own;
        let sensing = match self.sensing {
            Sensing::Shared(all) => all,
            Sensing::Own(all) => {
                let entries = all[device * n * size..][..n * size].to_vec();
                own = DenseMatrix::from_columns(n, entries).map_err(|_| CalibrationError::Empty)?;
                &own
            }
        };
        let y = Vector::from(self.observations[device * size..][..size].to_vec());
        let zeros = |length| Vector::filled(length, R::ZERO);
        let snapshots = Snapshots::new(sensing, &y, zeros(m), Order::BySnapshot)?;
        let mut auto = Auto::new(snapshots)?;
        if let Some(sigma) = self.noise {
            auto = auto.with_noise(sigma)?;
        }
        let counts = auto.counts();
        let room = zeros(search(counts.unknowns, counts.snapshots));
        let memory = zeros(packed(counts.unknowns));
        let mut state = auto.start(memory, room, vec![Sensor::Sound; m])?;
        let mut advances = 1;
        let verdict = loop {
            match auto.advance(&mut state, 1) {
                Some(verdict) => break verdict,
                None => advances += 1,
            }
        };
        if verdict.answer.is_given() {
            let errors_known = verdict.predicted.is_finite();
            let error = |error: &R| if errors_known { *error } else { R::INFINITY };
            let answer = state.gains().iter().chain(state.x().iter()).copied();
            let errors = state.gain_errors().iter().chain(state.signal_errors().iter()).map(error);
            numbers.iter_mut().zip(answer.chain(errors)).for_each(|(slot, x)| *slot = x);
        }
        Ok(Calibrated { verdict, sensors: state.sensors().to_vec(), advances })
    }
}

impl<R: Laned> Batch for CalibrationBatch<'_, R> {
    type Number = R;
    type Outcome = Result<Calibrated<R>, CalibrationError>;
    fn shape(&self) -> Shape {
        let Counts { unknowns, sensors, snapshots, .. } = self.counts;
        let family = match self.sensing {
            Sensing::Shared(_) => "calibration",
            Sensing::Own(_) => "calibration, own matrices",
        };
        Shape { family, bits: 8 * size_of::<R>() as u32, sizes: [unknowns, sensors, snapshots] }
    }
    fn len(&self) -> usize {
        self.observations.len() / self.counts.equations()
    }
    fn width(&self) -> usize {
        width(self.counts)
    }
    /// Whole groups of lanes; of larger devices one: it takes as long as many others.
    fn grain(&self) -> usize {
        if is_small(self.counts) { 16 } else { 1 }
    }
    fn scalar(&self, part: Part<'_, Self>) {
        part.each_on_threads(self.width(), |device, numbers| self.one(device, numbers));
    }
    fn simd(&self, part: Part<'_, Self>) {
        match self.shared.get_or_init(|| Shared::new(self)) {
            Some(shared) => dispatch(Registers::One, SideBySide { batch: self, shared, part }),
            None => self.scalar(part),
        }
    }
}

/// Numbers of one answer.
const fn width(counts: Counts) -> usize {
    2 * (counts.sensors + counts.unknowns)
}
