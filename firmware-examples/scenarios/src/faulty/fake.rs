//! [`FakeImu`] and [`FakeAdc`]: devices that lead nowhere, for emulated buses.

use core::convert::Infallible;
use drivers::CHANNELS;
use embedded_hal::i2c::{self, I2c, SevenBitAddress};
use embedded_hal::spi::{self, SpiDevice};

/// Marsaglia's xorshift.
#[derive(Clone, Copy, Debug)]
struct Noise(u32);

impl Noise {
    /// A number from −1 to 1.
    fn draw(&mut self) -> f32 {
        (self.bits() >> 8) as f32 / 8_388_608.0 - 1.0
    }

    const fn bits(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }
}

/// An IMU that is turned slowly over all directions, its accelerations shifted and bent.
#[derive(Clone, Copy, Debug)]
pub struct FakeImu {
    tick: u32,
    register: u8,
    noise: Noise,
}

/// Counts of 1 g.
const GRAVITY: f32 = 16_384.0;

impl FakeImu {
    /// Before the first sample.
    pub const fn new() -> Self {
        Self { tick: 0, register: 0, noise: Noise(1) }
    }

    /// Three accelerations, a temperature, three rates of turn.
    fn counts(&mut self) -> [i16; 7] {
        self.tick += 1;
        let t = self.tick as f32;
        let up = libm::sinf(0.02 * t);
        let level = libm::sqrtf(1.0 - up * up);
        let [x, y, z] = [level * libm::cosf(0.12 * t), level * libm::sinf(0.12 * t), up];
        let bent = [1.04 * x + 0.02 * y + 0.05, 0.02 * x + 0.97 * y - 0.03, 1.01 * z + 0.08];
        let [x, y, z] = bent.map(|g| (GRAVITY * g + 30.0 * self.noise.draw()) as i16);
        let turn = [0; 3].map(|_: i16| (40.0 * self.noise.draw()) as i16);
        [x, y, z, 3_000, turn[0], turn[1], turn[2]]
    }
}

impl Default for FakeImu {
    fn default() -> Self {
        Self::new()
    }
}

impl i2c::ErrorType for FakeImu {
    type Error = Infallible;
}

impl I2c for FakeImu {
    fn transaction(
        &mut self,
        _address: SevenBitAddress,
        operations: &mut [i2c::Operation<'_>],
    ) -> Result<(), Infallible> {
        for operation in operations {
            match operation {
                i2c::Operation::Write(bytes) => {
                    self.register = bytes.first().copied().unwrap_or(self.register);
                }
                // Who it is.
                i2c::Operation::Read(bytes) if self.register == 0x75 => bytes.fill(0x68),
                i2c::Operation::Read(bytes) => {
                    for (pair, count) in bytes.chunks_exact_mut(2).zip(self.counts()) {
                        pair.copy_from_slice(&count.to_be_bytes());
                    }
                }
            }
        }
        Ok(())
    }
}

/// An ADC behind eight currents that rise and fall, each in a time of its own.
#[derive(Clone, Copy, Debug)]
pub struct FakeAdc {
    conversions: u32,
    noise: Noise,
}

impl FakeAdc {
    /// Before the first sample.
    pub const fn new() -> Self {
        Self { conversions: 0, noise: Noise(1) }
    }

    /// A triangle between 512 and 3,584 counts, and some noise; cheap, as it runs on small cores.
    const fn count(&mut self, channel: usize) -> u16 {
        let round = self.conversions / CHANNELS as u32;
        self.conversions += 1;
        let phase = (round * (3 + channel as u32) + 700 * channel as u32) % 6_144;
        let height = if phase < 3_072 { phase } else { 6_143 - phase };
        (512 + height + (self.noise.bits() >> 29)) as u16
    }
}

impl Default for FakeAdc {
    fn default() -> Self {
        Self::new()
    }
}

/// The channel that a command asks for.
pub(super) fn channel(command: &[u8]) -> usize {
    let bits = |i: usize| command.get(i).copied().unwrap_or(0);
    usize::from((bits(0) & 1) << 2 | bits(1) >> 6)
}

impl spi::ErrorType for FakeAdc {
    type Error = Infallible;
}

impl SpiDevice for FakeAdc {
    fn transaction(&mut self, operations: &mut [spi::Operation<'_, u8>]) -> Result<(), Infallible> {
        for operation in operations {
            if let spi::Operation::TransferInPlace(bytes) = operation {
                let [high, low] = self.count(channel(bytes)).to_be_bytes();
                let answer = [0xFF, 0xE0 | high, low];
                for (byte, told) in bytes.iter_mut().zip(answer) {
                    *byte = told;
                }
            }
        }
        Ok(())
    }
}
