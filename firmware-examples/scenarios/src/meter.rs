//! [`Meter`]: where a story lets its caller measure.

/// Runs the parts of a story that are worth measuring.
pub trait Meter {
    /// Runs `work`, measuring it under this name if this meter does.
    fn measure<T>(&mut self, name: &'static str, work: impl FnOnce() -> T) -> T;
}

/// Measures nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoMeter;

impl Meter for NoMeter {
    fn measure<T>(&mut self, _: &'static str, work: impl FnOnce() -> T) -> T {
        work()
    }
}
