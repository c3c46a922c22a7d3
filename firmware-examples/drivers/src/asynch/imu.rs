//! [`Imu`]: acceleration and rate of turn on I²C.

use super::SampleSource;
use crate::SensorError;
use crate::imu::{AXES, FIRST, FROZEN_AFTER, IDENTITY, POWER, RAW, WAKING_MS, WHO_AM_I, scaled};
use crate::lies::Lies;
use embedded_hal_async::{delay::DelayNs, i2c::I2c};

/// As [`Imu`](crate::Imu), asynchronously; its address and ranges are there.
#[derive(Clone, Copy, Debug)]
pub struct Imu<I> {
    i2c: I,
    address: u8,
    lies: Lies<RAW>,
}

impl<I: I2c> Imu<I> {
    /// As [`Imu::new`](crate::Imu::new).
    pub const fn new(i2c: I, address: u8) -> Self {
        Self { i2c, address, lies: Lies::new(FROZEN_AFTER) }
    }

    /// As [`Imu::wake`](crate::Imu::wake).
    ///
    /// # Errors
    /// [`SensorError::Bus`], [`SensorError::Identity`].
    pub async fn wake(&mut self, delay: &mut impl DelayNs) -> Result<(), SensorError<I::Error>> {
        let mut found = [0];
        self.i2c.write_read(self.address, &[WHO_AM_I], &mut found).await?;
        let [found] = found;
        if found != IDENTITY {
            return Err(SensorError::Identity { expected: IDENTITY, found });
        }
        self.i2c.write(self.address, &[POWER, 0]).await?;
        delay.delay_ms(WAKING_MS).await;
        Ok(())
    }

    /// The bus, and what is on it.
    pub const fn bus(&mut self) -> &mut I {
        &mut self.i2c
    }

    /// The bus.
    pub fn free(self) -> I {
        self.i2c
    }
}

impl<I: I2c> SampleSource<AXES> for Imu<I> {
    type Error = SensorError<I::Error>;

    /// One transfer, so that all axes are of the same moment.
    async fn sample(&mut self) -> Result<[f32; AXES], Self::Error> {
        let mut raw = [0; RAW];
        self.i2c.write_read(self.address, &[FIRST], &mut raw).await?;
        scaled(&mut self.lies, &raw)
    }
}
