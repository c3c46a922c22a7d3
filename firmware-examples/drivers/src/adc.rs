//! [`Adc`]: eight channels of 12 bits on SPI.

use crate::lies::Lies;
use crate::{SampleSource, SensorError};
use embedded_hal::spi::{Operation, SpiDevice};

/// Of the converter.
pub const CHANNELS: usize = 8;
/// Bytes of one conversion: the command goes out while the answer comes in.
pub(crate) const FRAME: usize = 3;
/// All channels' counts, for the search for stuck bits.
pub(crate) const RAW: usize = 2 * CHANNELS;
/// Counts of full scale: 12 bits.
const FULL_SCALE: f32 = 4096.0;
/// Of the second byte: the bit before the first of the answer, which the device holds at 0.
const NULL_BIT: u8 = 0x10;

/// An ADC with eight single-ended channels and the commands of an MCP3208 (mode 0, at most 2 MHz).
///
/// A conversion is three bytes: a start bit, single-ended, the channel; the answer's 12 bits come in
/// the last one and a half. Chip select goes up between two, which starts the next conversion: every
/// channel is a transaction of its own.
#[derive(Clone, Copy, Debug)]
pub struct Adc<S> {
    spi: S,
    lies: Lies<RAW>,
}

/// The command of one conversion.
pub(crate) const fn command(channel: usize) -> [u8; FRAME] {
    let channel = channel as u8;
    [0x06 | channel >> 2 & 1, channel << 6, 0]
}

/// The counts of an answer.
pub(crate) const fn counts<E>(answer: [u8; FRAME]) -> Result<u16, SensorError<E>> {
    let [_, high, low] = answer;
    // What no device drives is pulled up, and the null bit tells it from full scale.
    if high & NULL_BIT != 0 {
        return Err(SensorError::StuckHigh);
    }
    Ok(u16::from_be_bytes([high & 0x0F, low]))
}

/// All counts in parts of full scale, if they can be true.
pub(crate) fn scaled<E>(
    lies: &mut Lies<RAW>,
    counts: [u16; CHANNELS],
) -> Result<[f32; CHANNELS], SensorError<E>> {
    let mut raw = [0; RAW];
    for (pair, count) in raw.as_chunks_mut::<2>().0.iter_mut().zip(counts) {
        *pair = count.to_be_bytes();
    }
    lies.check(&raw)?;
    Ok(counts.map(|count| f32::from(count) / FULL_SCALE))
}

impl<S: SpiDevice> Adc<S> {
    /// On a bus, whose device selects the chip. Eight inputs of exactly 0 are taken for a torn line:
    /// at least one channel must not be grounded.
    pub const fn new(spi: S) -> Self {
        Self { spi, lies: Lies::new(0) }
    }

    /// An error after so many samples whose bits are all the same; 0 (as [`new`](Self::new) has it):
    /// never. Inputs that are quiet for a while do that honestly: choose it by what is measured.
    #[must_use]
    pub fn frozen_after(self, samples: u16) -> Self {
        Self { lies: Lies::new(samples), ..self }
    }

    /// One channel in counts; `channel` counts modulo eight.
    ///
    /// # Errors
    /// [`SensorError::Bus`], [`SensorError::StuckHigh`].
    pub fn convert(&mut self, channel: usize) -> Result<u16, SensorError<S::Error>> {
        let mut frame = command(channel % CHANNELS);
        self.spi.transaction(&mut [Operation::TransferInPlace(&mut frame)])?;
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

    fn sample(&mut self) -> Result<[f32; CHANNELS], Self::Error> {
        let mut all = [0; CHANNELS];
        for (channel, count) in all.iter_mut().enumerate() {
            *count = self.convert(channel)?;
        }
        scaled(&mut self.lies, all)
    }
}
