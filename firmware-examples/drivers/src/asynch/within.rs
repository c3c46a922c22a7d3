//! [`Within`]: a source that is not waited for without end.

use super::SampleSource;
use crate::SensorError;
use embassy_futures::select::{Either, select};
use embedded_hal_async::delay::DelayNs;

/// A source whose sample must come within a time: a bus that hangs becomes an error, and the task
/// goes on. The transfer that hung is dropped, which ends it on HALs whose transfers can be dropped.
#[derive(Clone, Copy, Debug)]
pub struct Within<S, D> {
    source: S,
    delay: D,
    microseconds: u32,
}

impl<S, D: DelayNs> Within<S, D> {
    /// At most so long a sample.
    pub const fn new(source: S, delay: D, microseconds: u32) -> Self {
        Self { source, delay, microseconds }
    }

    /// The source.
    pub const fn source(&mut self) -> &mut S {
        &mut self.source
    }
}

impl<const CHANNELS: usize, E, S, D> SampleSource<CHANNELS> for Within<S, D>
where
    S: SampleSource<CHANNELS, Error = SensorError<E>>,
    D: DelayNs,
{
    type Error = SensorError<E>;

    async fn sample(&mut self) -> Result<[f32; CHANNELS], SensorError<E>> {
        let limit = self.delay.delay_us(self.microseconds);
        // The sample first: one that is there at the last moment counts.
        match select(self.source.sample(), limit).await {
            Either::First(sample) => sample,
            Either::Second(()) => Err(SensorError::TimedOut),
        }
    }
}
