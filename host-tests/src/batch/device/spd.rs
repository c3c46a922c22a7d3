//! Direct solution of many symmetric positive definite systems at once.

use super::Device;
use std::fmt::Debug;

/// Systems A x = b of `order` unknowns, at most [`Device::LARGEST`]; matrices row by row, one behind the
/// other.
#[derive(Clone, Copy, Debug)]
pub struct SpdSystems<'a> {
    /// N.
    pub order: usize,
    /// One matrix where it is `shared`.
    pub matrices: &'a [f32],
    /// Is there one for all?
    pub shared: bool,
    /// One behind the other.
    pub right_hand_sides: &'a [f32],
    /// For each system a power of two that brings its b to about 1.
    pub scales: &'a [f32],
}

/// What they came to.
#[derive(Clone, Debug, PartialEq)]
pub struct SpdAnswers {
    /// One behind the other.
    pub x: Vec<f32>,
    /// ‖b − A x‖₂ for each; −1 where a pivot was not well above rounding, or a number left the range: x
    /// says nothing then.
    pub residuals: Vec<f32>,
}

/// The systems in the device's memory, with room for their answers.
pub trait SpdOnDevice<D: Device>: Sized + Debug {
    /// Brings them there.
    fn new(device: &D, systems: SpdSystems<'_>) -> Result<Self, D::Error>;
    /// Solves them; returns when that is begun.
    fn run(&self, device: &D) -> Result<(), D::Error>;
    /// Waits until that is done.
    fn wait(&self, device: &D) -> Result<(), D::Error>;
    /// Waits for the answers and brings them back.
    fn read(&self, device: &D) -> Result<SpdAnswers, D::Error>;
}
