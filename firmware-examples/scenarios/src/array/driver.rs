//! [`Array`]: the driver.

use super::M;
use embedded_hal::i2c::I2c;

/// Of the array on the bus.
pub const ADDRESS: u8 = 0x48;
/// The register whose writing makes an exposure behind a mask.
const EXPOSE: u8 = 0x01;
/// The first of the registers that hold the readings, two bytes each.
pub const READINGS: u8 = 0x10;
/// Full scale of a reading.
const FULL_SCALE: f32 = 32_768.0;
/// How often a transfer is tried before it is given up: a device may be busy.
const TRIES: u32 = 3;

/// An array of sensors on a bus.
#[derive(Clone, Copy, Debug)]
pub struct Array<I> {
    bus: I,
    /// Transfers that had to be tried again.
    pub retries: u32,
}

impl<I: I2c> Array<I> {
    /// On a bus.
    pub const fn new(bus: I) -> Self {
        Self { bus, retries: 0 }
    }

    /// Exposes all sensors behind a mask and reads them, in parts of full scale.
    ///
    /// # Errors
    /// The bus's, when a transfer has failed three times; `y` is as it was then.
    pub fn sample(&mut self, mask: u8, y: &mut [f32; M]) -> Result<(), I::Error> {
        self.again(|bus| bus.write(ADDRESS, &[EXPOSE, mask]))?;
        let mut bytes = [0; 2 * M];
        self.again(|bus| bus.write_read(ADDRESS, &[READINGS], &mut bytes))?;
        for (y, pair) in y.iter_mut().zip(bytes.as_chunks::<2>().0) {
            *y = f32::from(i16::from_be_bytes(*pair)) / FULL_SCALE;
        }
        Ok(())
    }

    /// The bus, and what is on it.
    pub const fn bus(&mut self) -> &mut I {
        &mut self.bus
    }

    fn again(
        &mut self,
        mut transfer: impl FnMut(&mut I) -> Result<(), I::Error>,
    ) -> Result<(), I::Error> {
        let mut done = transfer(&mut self.bus);
        for _ in 1..TRIES {
            if done.is_ok() {
                break;
            }
            self.retries += 1;
            done = transfer(&mut self.bus);
        }
        done
    }
}
