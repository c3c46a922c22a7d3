//! The same sensors on the traits of embedded-hal-async: a task that waits for the bus lets others
//! run. No executor is named here; embassy's is one.

mod adc;
mod imu;
mod within;

pub use adc::Adc;
pub use imu::Imu;
pub use within::Within;

/// [`SampleSource`](crate::SampleSource), asynchronously.
pub trait SampleSource<const CHANNELS: usize> {
    /// Why there is no sample.
    type Error;

    /// All channels.
    ///
    /// # Errors
    /// The source's. It may be asked again: a failed sample leaves nothing behind.
    fn sample(&mut self) -> impl Future<Output = Result<[f32; CHANNELS], Self::Error>>;
}
