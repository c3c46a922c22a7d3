//! [`FakeArray`]: a device that leads nowhere, for an emulated bus.

use super::{ADDRESS, M, Masks, N, READINGS, masks};
use embedded_hal::i2c::{
    Error, ErrorKind, ErrorType, I2c, NoAcknowledgeSource, Operation, SevenBitAddress,
};
use solvekit::{RowOperator, SVector};

/// Sensors with gains of their own in front of a scene; every seventh transfer finds the device busy.
#[derive(Clone, Debug)]
pub struct FakeArray {
    masks: Masks,
    /// What there is to see.
    pub scene: SVector<f32, N>,
    /// What each sensor makes of it.
    pub gains: [f32; M],
    exposure: u8,
    transfers: u32,
    noise: u32,
}

/// The device is busy, or not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoAnswer;

impl Error for NoAnswer {
    fn kind(&self) -> ErrorKind {
        ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address)
    }
}

impl ErrorType for FakeArray {
    type Error = NoAnswer;
}

impl FakeArray {
    /// Gains between 0.6 and 1.4 of mean 1, and a scene.
    pub fn new() -> Self {
        let gains: [f32; M] = core::array::from_fn(|i| 0.6 + 0.8 * ((7 * i) % M) as f32 / 15.0);
        let scene = SVector::from_fn(|j, _| ((5 * j + 3) % 11) as f32 / 5.0 - 0.9);
        Self { masks: masks(), scene, gains, exposure: 0, transfers: 0, noise: 1 }
    }

    /// What a sensor sees in the present exposure, without gain and noise.
    pub fn seen(&self, sensor: usize) -> f32 {
        self.masks.row_dot(usize::from(self.exposure) * M + sensor, &self.scene)
    }

    /// Marsaglia's xorshift, as a number from −1 to 1.
    fn draw(&mut self) -> f32 {
        self.noise ^= self.noise << 13;
        self.noise ^= self.noise >> 17;
        self.noise ^= self.noise << 5;
        (self.noise >> 8) as f32 / 8_388_608.0 - 1.0
    }

    /// A reading: about a thousandth of full scale is noise.
    fn reading(&mut self, sensor: usize) -> i16 {
        let level = self.gains[sensor] * self.seen(sensor) + 0.001 * self.draw();
        (level * 32_768.0).clamp(-32_768.0, 32_767.0) as i16
    }
}

impl Default for FakeArray {
    fn default() -> Self {
        Self::new()
    }
}

impl I2c for FakeArray {
    fn transaction(
        &mut self,
        address: SevenBitAddress,
        operations: &mut [Operation<'_>],
    ) -> Result<(), NoAnswer> {
        self.transfers += 1;
        if address != ADDRESS || self.transfers.is_multiple_of(7) {
            return Err(NoAnswer);
        }
        let mut register = 0;
        for operation in operations {
            match operation {
                Operation::Write(bytes) => {
                    register = bytes.first().copied().unwrap_or(register);
                    self.exposure = bytes.get(1).copied().unwrap_or(self.exposure);
                }
                Operation::Read(bytes) => {
                    let first = usize::from(register.wrapping_sub(READINGS)) / 2;
                    for (sensor, pair) in (first..M).zip(bytes.chunks_exact_mut(2)) {
                        pair.copy_from_slice(&self.reading(sensor).to_be_bytes());
                    }
                }
            }
        }
        Ok(())
    }
}
