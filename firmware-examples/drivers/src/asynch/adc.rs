//! [`Adc`]: eight channels of 12 bits on SPI.

use super::SampleSource;
use crate::SensorError;
use crate::adc::{CHANNELS, RAW, command, counts, scaled};
use crate::lies::Lies;
use embedded_hal_async::spi::{Operation, SpiDevice};

/// As [`Adc`](crate::Adc), asynchronously.
#[derive(Clone, Copy, Debug)]
pub struct Adc<S> {
    spi: S,
    lies: Lies<RAW>,
}

impl<S: SpiDevice> Adc<S> {
    /// As [`Adc::new`](crate::Adc::new).
    pub const fn new(spi: S) -> Self {
        Self { spi, lies: Lies::new(0) }
    }

    /// As [`Adc::frozen_after`](crate::Adc::frozen_after).
    #[must_use]
    pub fn frozen_after(self, samples: u16) -> Self {
        Self { lies: Lies::new(samples), ..self }
    }

    /// As [`Adc::convert`](crate::Adc::convert).
    ///
    /// # Errors
    /// [`SensorError::Bus`], [`SensorError::StuckHigh`].
    pub async fn convert(&mut self, channel: usize) -> Result<u16, SensorError<S::Error>> {
        let mut frame = command(channel % CHANNELS);
        self.spi.transaction(&mut [Operation::TransferInPlace(&mut frame)]).await?;
        counts(frame)
    }

    /// The bus, and what is on it.
    pub const fn bus(&mut self) -> &mut S {
        &mut self.spi
    }

    /// The bus.
    pub fn free(self) -> S {
        self.spi
    }
}

impl<S: SpiDevice> SampleSource<CHANNELS> for Adc<S> {
    type Error = SensorError<S::Error>;

    async fn sample(&mut self) -> Result<[f32; CHANNELS], Self::Error> {
        let mut all = [0; CHANNELS];
        for (channel, count) in all.iter_mut().enumerate() {
            *count = self.convert(channel).await?;
        }
        scaled(&mut self.lies, all)
    }
}
