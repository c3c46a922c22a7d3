//! Batches that stay in a device's memory: numbers that were made there, or that are needed again, without
//! the way there and back. Nothing is looked at before it goes there, other than by a [`Batch`](super::Batch),
//! which is what to take for problems that nobody knows yet.

use super::device::{
    Device, DeviceError, IstaOnDevice, IstaRule, IstaSetting, IstaSignals, SpdAnswers, SpdOnDevice,
    SpdSystems,
};
use crate::matrix::DenseMatrix;
use solvekit::sum::max_abs;
use solvekit::{LinearOperator, Scalar};

/// Symmetric positive definite systems A x = b in the memory of a device: a [`Gpu`](super::gpu::Gpu) or a
/// [`Cuda`](super::cuda::Cuda).
#[derive(Debug)]
pub struct ResidentSystems<'d, D: Device> {
    device: &'d D,
    /// As large as the device takes.
    parts: Vec<D::Spd>,
}

impl<'d, D: Device> ResidentSystems<'d, D> {
    /// Brings systems of `order` unknowns there: matrices row by row, one behind the other, and
    /// right-hand sides likewise. What does not fill a whole system is left.
    ///
    /// # Errors
    /// What the device says, where not even one system fits.
    pub fn new(
        device: &'d D,
        order: usize,
        matrices: &[f32],
        right_hand_sides: &[f32],
    ) -> Result<Self, D::Error> {
        let order = order.max(1);
        let size = order * order;
        let scales: Vec<f32> =
            right_hand_sides.chunks_exact(order).map(|b| max_abs(b).unit_scale()).collect();
        let count = scales.len().min(matrices.len() / size);
        let (mut parts, mut first, mut length) = (Vec::new(), 0, count);
        while first < count {
            let end = count.min(first + length);
            let systems = SpdSystems {
                order,
                matrices: &matrices[first * size..end * size],
                shared: false,
                right_hand_sides: &right_hand_sides[first * order..end * order],
                scales: &scales[first..end],
            };
            match D::Spd::new(device, systems) {
                Ok(part) => {
                    parts.push(part);
                    first = end;
                }
                Err(error) if error.is_beyond() && length > 1 => length = length.div_ceil(2),
                Err(error) => return Err(error),
            }
        }
        Ok(Self { device, parts })
    }

    /// Solves all of them; returns when that is done.
    ///
    /// # Errors
    /// What the device says.
    pub fn solve(&self) -> Result<(), D::Error> {
        self.parts.iter().try_for_each(|part| part.run(self.device))?;
        self.parts.last().map_or(Ok(()), |part| part.wait(self.device))
    }

    /// Brings the answers back, one behind the other, and for each system ‖b − A x‖₂, or −1 where a
    /// pivot was not well above rounding or a number left the range.
    ///
    /// # Errors
    /// What the device says.
    pub fn answers(&self) -> Result<(Vec<f32>, Vec<f32>), D::Error> {
        let (mut x, mut residuals) = (Vec::new(), Vec::new());
        for part in &self.parts {
            let SpdAnswers { x: own, residuals: left } = part.read(self.device)?;
            x.extend(own);
            residuals.extend(left);
        }
        Ok((x, residuals))
    }
}

/// Measurements y = A x + noise with one dictionary A in the memory of a device, and room for the x that
/// ISTA finds.
#[derive(Debug)]
pub struct ResidentSignals<'d, D: Device> {
    device: &'d D,
    signals: D::Ista,
    count: usize,
}

impl<'d, D: Device> ResidentSignals<'d, D> {
    /// Brings measurements of M numbers there, one behind the other. What does not fill a whole signal is
    /// left.
    ///
    /// # Errors
    /// What the device says.
    pub fn new(
        device: &'d D,
        dictionary: &DenseMatrix<f32>,
        measurements: &[f32],
        step: f32,
    ) -> Result<Self, D::Error> {
        let (rows, columns) = (dictionary.rows(), dictionary.columns());
        let count = measurements.len() / rows.max(1);
        let measurements = &measurements[..count * rows];
        let dictionary = dictionary.values();
        let signals = IstaSignals { rows, columns, dictionary, measurements, step };
        Ok(Self { device, signals: D::Ista::new(device, signals)?, count })
    }

    /// So many steps x ← soft(x + α Aᵀ(y − A x), α λ) from x = 0 for all; returns when that is done. The
    /// certificate is evaluated after the last of them.
    ///
    /// # Errors
    /// What the device says.
    pub fn recover(&self, threshold: f32, iterations: u32) -> Result<(), D::Error> {
        let rule =
            IstaRule { check_every: iterations, max_iterations: iterations, stall_window: 0 };
        // Nothing is as near, and nothing as far.
        let (tolerance, divergence) = (-1.0, f32::INFINITY);
        let setting = IstaSetting { is_done: iterations == 0, threshold, tolerance, divergence };
        self.signals.run(self.device, rule, &vec![setting; self.count])
    }

    /// Brings back what was found, one signal behind the other.
    ///
    /// # Errors
    /// What the device says.
    pub fn answers(&self) -> Result<Vec<f32>, D::Error> {
        self.signals.read(self.device).map(|(_, x)| x)
    }
}
