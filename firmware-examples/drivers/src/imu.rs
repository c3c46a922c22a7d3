//! [`Imu`]: acceleration and rate of turn on I²C.

use crate::lies::Lies;
use crate::{SampleSource, SensorError};
use embedded_hal::{delay::DelayNs, i2c::I2c};

/// Of a sample: acceleration along x, y, z, rate of turn about x, y, z.
pub const AXES: usize = 6;
/// Registers of a sample: three accelerations, a temperature, three rates, two bytes each.
pub(crate) const RAW: usize = 14;
/// The register that says what device it is.
pub(crate) const WHO_AM_I: u8 = 0x75;
/// What it says.
pub(crate) const IDENTITY: u8 = 0x68;
/// The register of power, in which 0 ends the sleep that a reset begins.
pub(crate) const POWER: u8 = 0x6B;
/// The first register of a sample.
pub(crate) const FIRST: u8 = 0x3B;
/// The device's own time to wake up.
pub(crate) const WAKING_MS: u32 = 100;
/// 16 bits of noise: equal twice by chance, not eight times.
pub(crate) const FROZEN_AFTER: u16 = 8;
/// Counts of full scale.
const FULL_SCALE: f32 = 32_768.0;

/// An IMU with the registers of an MPU-6050, in the ranges it has after a reset.
#[derive(Clone, Copy, Debug)]
pub struct Imu<I> {
    i2c: I,
    address: u8,
    lies: Lies<RAW>,
}

/// A sample in parts of full scale, if it can be true. The temperature between is left out, also of
/// the search for a frozen device: it is slower than the rest and would hide nothing.
pub(crate) fn scaled<E>(
    lies: &mut Lies<RAW>,
    raw: &[u8; RAW],
) -> Result<[f32; AXES], SensorError<E>> {
    lies.check(raw)?;
    let mut sample = [0.0; AXES];
    let pairs = raw.as_chunks::<2>().0;
    let axes = pairs.iter().take(3).chain(pairs.iter().skip(4));
    for (axis, pair) in sample.iter_mut().zip(axes) {
        *axis = f32::from(i16::from_be_bytes(*pair)) / FULL_SCALE;
    }
    Ok(sample)
}

impl<I> Imu<I> {
    /// Of the device with its address pin at ground.
    pub const ADDRESS: u8 = 0x68;
    /// Full scale of an acceleration, m/s²: 2 g.
    pub const ACCELERATION: f32 = 2.0 * 9.806_65;
    /// Full scale of a rate of turn, rad/s: 250 degrees a second.
    pub const RATE: f32 = 250.0 * core::f32::consts::PI / 180.0;
}

impl<I: I2c> Imu<I> {
    /// On a bus. Before the first sample it has to be [woken](Self::wake).
    pub const fn new(i2c: I, address: u8) -> Self {
        Self { i2c, address, lies: Lies::new(FROZEN_AFTER) }
    }

    /// Sees to it that it is the device it should be, and ends its sleep.
    ///
    /// # Errors
    /// [`SensorError::Bus`], [`SensorError::Identity`].
    pub fn wake(&mut self, delay: &mut impl DelayNs) -> Result<(), SensorError<I::Error>> {
        let mut found = [0];
        self.i2c.write_read(self.address, &[WHO_AM_I], &mut found)?;
        let [found] = found;
        if found != IDENTITY {
            return Err(SensorError::Identity { expected: IDENTITY, found });
        }
        self.i2c.write(self.address, &[POWER, 0])?;
        delay.delay_ms(WAKING_MS);
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
    fn sample(&mut self) -> Result<[f32; AXES], Self::Error> {
        let mut raw = [0; RAW];
        self.i2c.write_read(self.address, &[FIRST], &mut raw)?;
        scaled(&mut self.lies, &raw)
    }
}
