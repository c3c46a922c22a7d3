//! [`RecoveryBatch`]: sparse recovery of many signals with one dictionary.

mod check;
#[cfg(any(feature = "gpu", feature = "cuda"))]
mod device;
mod fista;
mod guard;
mod iht;
mod ista;
mod largest;
mod method;
mod network;
mod panels;
mod proposal;
mod scalar;
mod seats;

use super::lanes::{Laned, OnLanes, Registers, Side, dispatch};
use super::{Batch, BatchError, Part, Shape};
use crate::matrix::DenseMatrix;
use fista::FistaTile;
use iht::IhtTile;
use ista::IstaTile;
pub use method::{RecoveryMethod, Weight};
pub use network::{Inferred, NetworkBatch};
use panels::Panels;
use seats::Seats;
use solvekit::recovery::RecoveryError;
use solvekit::{LinearOperator, Report, Stop};

/// Many signals x from measurements y = A x + noise with one dictionary A, each by a
/// [`RecoveryMethod`] from x = 0.
///
/// Side by side ([`Backend::Simd`](super::Backend::Simd)) the products with A and Aᵀ are matrix
/// products: as many signals as two registers have lanes stay in the first cache through all
/// iterations, and a signal that is done makes room for the next one at once. Sums are fused
/// and added one term after the other, so answers are those of one signal after the other to rounding,
/// not to the bit; a signal's own bits depend neither on its neighbours nor on the number of threads.
///
/// Such sums there are on a graphics processor too, which has ISTA for f32, with a step that is fixed or not longer than
/// 1 / ‖A‖², and so need not be guarded.
///
/// [`Niht`](RecoveryMethod::Niht) goes by one signal after the other all the same: whether its first step is
/// one that its model covers is a tie by construction, which rounding decides, so that fused sums would
/// take another way than the reference.
///
/// Storage: 2 M N numbers; side by side L (2 N + 3 M) more for L lanes.
///
/// ```
/// use solvekit::recovery::StepSize;
/// use solvekit::{Stop, penalty::L1};
/// use solvekit_host::batch::{Backend, RecoveryBatch, RecoveryMethod, Runner, Weight};
/// use solvekit_host::matrix::DenseMatrix;
///
/// let a = DenseMatrix::from_columns(2, vec![1.0_f32, 0.0, 0.0, 1.0, 0.6, 0.8])?;
/// // Two signals' measurements, one behind the other.
/// let y = [0.6, 0.8, 0.5, 0.0];
/// let weight = Weight::Is(L1::new(0.01)?);
/// let method = RecoveryMethod::Ista { weight, step: StepSize::automatic(&a)? };
/// let batch = RecoveryBatch::new(&a, &y, method, Stop::relative(1e-5)?)?;
/// let answers = Runner::new(Backend::Simd).run(&batch)?;
/// assert!((answers.answer(0)[2] - 0.99).abs() < 1e-4);
/// assert!((answers.answer(1)[0] - 0.49).abs() < 1e-4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct RecoveryBatch<'a, R> {
    dictionary: &'a DenseMatrix<R>,
    measurements: &'a [R],
    method: RecoveryMethod<R>,
    stop: Stop<R>,
    products: Products<R>,
    /// Is there nothing that every signal would be refused for?
    is_sound: bool,
}

/// A dictionary, laid out for the products of a tile.
#[derive(Clone, Debug)]
struct Products<R> {
    rows: usize,
    columns: usize,
    /// −A.
    minus: Panels<R>,
    /// Aᵀ.
    adjoint: Panels<R>,
}

impl<R: Laned> Products<R> {
    fn new(a: &DenseMatrix<R>) -> Self {
        let (rows, columns) = (a.rows(), a.columns());
        Self {
            rows,
            columns,
            minus: Panels::new((rows, columns), |i, j| -a.column(j)[i]),
            adjoint: Panels::new((columns, rows), |j, i| a.column(j)[i]),
        }
    }
}

impl<'a, R: Tiled> RecoveryBatch<'a, R> {
    /// Measurements of M numbers, one behind the other. Whether they, the dictionary and the method
    /// are good is said signal by signal.
    ///
    /// # Errors
    /// [`BatchError::NoUnknowns`], [`BatchError::Ragged`].
    pub fn new(
        dictionary: &'a DenseMatrix<R>,
        measurements: &'a [R],
        method: RecoveryMethod<R>,
        stop: Stop<R>,
    ) -> Result<Self, BatchError> {
        let (size, found) = (dictionary.rows(), measurements.len());
        if dictionary.columns() == 0 {
            return Err(BatchError::NoUnknowns);
        }
        if !found.is_multiple_of(size) {
            return Err(BatchError::Ragged { what: "measurements", size, found });
        }
        let products = Products::new(dictionary);
        let is_sound = scalar::column(dictionary, &vec![R::ZERO; size], method, stop).is_ok();
        Ok(Self { dictionary, measurements, method, stop, products, is_sound })
    }

    /// The measurements of one signal; empty where there is no such signal.
    #[must_use]
    pub fn measurements(&self, signal: usize) -> &'a [R] {
        let rows = self.dictionary.rows();
        self.measurements.get(signal * rows..(signal + 1) * rows).unwrap_or(&[])
    }

    fn one(&self, signal: usize, answer: &mut [R]) -> Result<Report<R>, RecoveryError> {
        let y = self.measurements(signal);
        let (report, x) = scalar::column(self.dictionary, y, self.method, self.stop)?;
        answer.copy_from_slice(&x);
        Ok(report)
    }
}

impl<R: Tiled> Batch for RecoveryBatch<'_, R> {
    type Number = R;
    type Outcome = Result<Report<R>, RecoveryError>;

    fn shape(&self) -> Shape {
        let family = match self.method {
            RecoveryMethod::Ista { .. } => "ista",
            RecoveryMethod::Fista { .. } => "fista",
            RecoveryMethod::Iht { .. } => "iht",
            RecoveryMethod::Niht { .. } => "niht",
        };
        let bits = 8 * size_of::<R>() as u32;
        Shape { family, bits, sizes: [self.dictionary.rows(), self.dictionary.columns(), 1] }
    }
    fn len(&self) -> usize {
        self.measurements.len() / self.dictionary.rows()
    }
    fn width(&self) -> usize {
        self.dictionary.columns()
    }
    fn scalar(&self, part: Part<'_, Self>) {
        part.each(self.width(), |signal, x| self.one(signal, x));
    }
    fn simd(&self, part: Part<'_, Self>) {
        let alone = matches!(self.method, RecoveryMethod::Niht { .. });
        if self.is_sound && !alone {
            R::recover(SideBySide { batch: self, part });
        } else {
            self.scalar(part);
        }
    }
    #[cfg(feature = "gpu")]
    fn gpu(&self, gpu: &super::gpu::Gpu, part: Part<'_, Self>) -> Result<(), super::gpu::GpuError> {
        self.on_device(gpu, part)
    }
    #[cfg(feature = "cuda")]
    fn cuda(
        &self,
        cuda: &super::cuda::Cuda,
        part: Part<'_, Self>,
    ) -> Result<(), super::cuda::CudaError> {
        self.on_device(cuda, part)
    }
}

/// `f32` and `f64`, with tiles that are compiled in this crate; generic ones would be compiled anew
/// wherever they are called.
#[allow(private_interfaces, reason = "sealed")]
pub trait Tiled: Laned {
    #[doc(hidden)]
    fn recover(signals: SideBySide<'_, '_, Self>);
}

macro_rules! tiled {
    ($($real:ident)*) => {
        $(impl Tiled for $real {
            fn recover(signals: SideBySide<'_, '_, Self>) {
                dispatch(Registers::Two, signals);
            }
        })*
    };
}
tiled!(f32 f64);

/// The signals of a part, to be recovered with lanes.
#[allow(unreachable_pub, missing_debug_implementations, reason = "sealed")]
pub struct SideBySide<'b, 'a, R: Tiled> {
    batch: &'b RecoveryBatch<'a, R>,
    part: Part<'b, RecoveryBatch<'a, R>>,
}

impl<R: Tiled> OnLanes<R> for SideBySide<'_, '_, R> {
    type Output = ();

    #[inline(always)]
    fn run<T: Side<Real = R>>(self) {
        let Self { batch, part } = self;
        let products = &batch.products;
        match batch.method {
            RecoveryMethod::Ista { weight, step } => {
                let seats = Seats::new(batch, part, T::LANES, Some(weight));
                seats.run(&mut IstaTile::<T>::new(products, step));
            }
            RecoveryMethod::Fista { weight, step } => {
                let seats = Seats::new(batch, part, T::LANES, Some(weight));
                seats.run(&mut FistaTile::<T>::new(products, step));
            }
            RecoveryMethod::Iht { sparsity, step } => {
                let seats = Seats::new(batch, part, T::LANES, None);
                seats.run(&mut IhtTile::<T>::new(products, sparsity, step));
            }
            RecoveryMethod::Niht { .. } => batch.scalar(part),
        }
    }
}
