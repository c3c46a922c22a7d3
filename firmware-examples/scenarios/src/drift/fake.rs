//! [`Drifting`]: a device whose sensors drift, for an emulated bus.

use super::{M, N, P, masks};
use crate::array::{ADDRESS, NoAnswer, READINGS};
use embedded_hal::i2c::{ErrorType, I2c, Operation, SevenBitAddress};
use solvekit::{RowOperator, SVector};

/// Sensors whose gains and offsets walk at random, in front of a scene that changes with every frame;
/// every seventh transfer finds the device busy.
#[derive(Clone, Debug)]
pub struct Drifting {
    /// What each sensor makes of the light.
    pub gains: [f32; M],
    /// What each says in the dark.
    pub offsets: [f32; M],
    /// A sensor that is not connected.
    pub unplugged: Option<usize>,
    /// Frames begun.
    frame: u32,
    exposure: u8,
    transfers: u32,
    noise: u32,
}

impl Drifting {
    /// Gains between 0.7 and 1.3, offsets of up to an eighth of full scale.
    pub fn new() -> Self {
        Self {
            gains: core::array::from_fn(|i| 0.7 + 0.6 * ((7 * i) % M) as f32 / 15.0),
            offsets: core::array::from_fn(|i| ((5 * i) % M) as f32 / 60.0 - 0.125),
            unplugged: None,
            frame: 0,
            exposure: 0,
            transfers: 0,
            noise: 1,
        }
    }

    /// The scene of the present frame.
    fn scene(&self) -> SVector<f32, N> {
        let frame = self.frame as usize;
        SVector::from_fn(|j, _| ((5 * j + 3 * frame + j * frame) % 11) as f32 / 10.0 - 0.5)
    }

    /// Marsaglia's xorshift, as a number from −1 to 1.
    fn draw(&mut self) -> f32 {
        self.noise ^= self.noise << 13;
        self.noise ^= self.noise >> 17;
        self.noise ^= self.noise << 5;
        (self.noise >> 8) as f32 / 8_388_608.0 - 1.0
    }

    fn expose(&mut self, exposure: u8) {
        self.exposure = exposure;
        if usize::from(exposure).is_multiple_of(P) {
            self.frame += 1;
            for i in 0..M {
                self.gains[i] += 0.001 * self.draw();
                self.offsets[i] += 0.0003 * self.draw();
            }
        }
    }

    /// A reading: about a five-hundredth of full scale is noise.
    fn reading(&mut self, sensor: usize) -> i16 {
        let (seed, exposure) = (self.exposure / P as u8, usize::from(self.exposure) % P);
        let seen = masks(seed).row_dot(exposure * M + sensor, &self.scene());
        let level = self.gains[sensor] * seen + self.offsets[sensor] + 0.002 * self.draw();
        if self.unplugged == Some(sensor) {
            i16::MIN
        } else {
            (level * 32_768.0).clamp(-32_767.0, 32_767.0) as i16
        }
    }
}

impl Default for Drifting {
    fn default() -> Self {
        Self::new()
    }
}

impl ErrorType for Drifting {
    type Error = NoAnswer;
}

impl I2c for Drifting {
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
                    if let Some(exposure) = bytes.get(1) {
                        self.expose(*exposure);
                    }
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
