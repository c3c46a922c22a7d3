//! A magnetometer on an SPI bus that is turned about by its user, and calibrated as soon as the poses
//! tell enough: first its offsets, then scales and cross terms.

use crate::Line;
use crate::kept::Kept;
use crate::relax::checksum;
use core::convert::Infallible;
use embedded_hal::spi::{ErrorType, Operation, SpiDevice};
use solvekit::calibration::norm::{NormCalibration, NormError, NormOptions, Rung, Samples};

/// Readings between two tries to calibrate.
const EVERY: usize = 6;
/// Ticks of the story.
const TICKS: u32 = 600;
/// A reading is kept if it is so far from the one before, in counts: the device was turned.
const APART: f32 = 900.0;
/// The register of the first axis, with the bit that asks to read and to go on.
pub const READ_AXES: u8 = 0xC3;

/// The driver: three axes, two bytes each, the low one first.
#[derive(Clone, Copy, Debug)]
pub struct Magnetometer<S> {
    bus: S,
}

impl<S: SpiDevice> Magnetometer<S> {
    /// On a bus.
    pub const fn new(bus: S) -> Self {
        Self { bus }
    }

    /// The bus.
    pub fn free(self) -> S {
        self.bus
    }

    /// All axes, in counts.
    ///
    /// # Errors
    /// The bus's.
    pub fn read(&mut self) -> Result<[f32; 3], S::Error> {
        let mut bytes = [0; 6];
        let mut operations = [Operation::Write(&[READ_AXES]), Operation::Read(&mut bytes)];
        self.bus.transaction(&mut operations)?;
        let [a, b, c, d, e, f] = bytes;
        Ok([[a, b], [c, d], [e, f]].map(|pair| f32::from(i16::from_le_bytes(pair))))
    }
}

/// A device that leads nowhere, for an emulated bus: iron in its case shifts and bends the field, and it
/// is turned a little with every reading.
#[derive(Clone, Copy, Debug)]
pub struct FakeMagnetometer {
    tick: u32,
    noise: u32,
}

impl FakeMagnetometer {
    /// Before the first reading.
    pub const fn new() -> Self {
        Self { tick: 0, noise: 1 }
    }

    fn draw(&mut self) -> f32 {
        self.noise ^= self.noise << 13;
        self.noise ^= self.noise >> 17;
        self.noise ^= self.noise << 5;
        (self.noise >> 8) as f32 / 8_388_608.0 - 1.0
    }

    /// Level turns first, then slow ones over all directions.
    fn direction(&self) -> [f32; 3] {
        let t = self.tick as f32;
        let height = if self.tick < 150 { 0.05 } else { libm::sinf(0.02 * (t - 150.0)) };
        let around = libm::sqrtf(1.0 - height * height);
        [around * libm::cosf(0.12 * t), around * libm::sinf(0.12 * t), height]
    }

    fn counts(&mut self) -> [i16; 3] {
        let [x, y, z] = self.direction();
        let field = [
            3000.0 * (1.06 * x + 0.03 * y) + 410.0,
            3000.0 * (0.03 * x + 0.95 * y - 0.02 * z) - 250.0,
            3000.0 * (0.99 * z - 0.02 * y) + 730.0,
        ];
        field.map(|b| (b + 8.0 * self.draw()) as i16)
    }
}

impl Default for FakeMagnetometer {
    fn default() -> Self {
        Self::new()
    }
}

impl ErrorType for FakeMagnetometer {
    type Error = Infallible;
}

impl SpiDevice for FakeMagnetometer {
    fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), Infallible> {
        for operation in operations {
            if let Operation::Read(bytes) = operation {
                self.tick += 1;
                for (pair, count) in bytes.chunks_exact_mut(2).zip(self.counts()) {
                    pair.copy_from_slice(&count.to_le_bytes());
                }
            }
        }
        Ok(())
    }
}

fn tell(found: Result<NormCalibration<f32>, NormError<f32>>, say: &mut impl FnMut(Line)) {
    match found {
        Ok(found) => {
            say(Line::Text(match found.rung {
                Rung::Offset => "  offsets",
                Rung::Scale => "  offsets and scales",
                Rung::Full => "  offsets, scales and cross terms",
            }));
            say(Line::Count("  octants with readings", found.coverage.octants()));
            say(Line::Real("  spread before", found.spread_before));
            say(Line::Real("  spread", found.spread));
            say(Line::Real("  offset of x", found.model.offset[0]));
            let sum = checksum(checksum(0, &found.model.offset), &found.model.matrix);
            say(Line::Count("  checksum of all numbers", sum));
        }
        Err(NormError::Coverage(coverage)) => {
            say(Line::Text("  refused: it was not turned enough"));
            say(Line::Count("  octants with readings", coverage.octants()));
        }
        Err(NormError::Uncertain { error }) => {
            say(Line::Text("  refused: readings agree too badly"));
            say(Line::Real("  standard error", error));
        }
        Err(NormError::Unsettled) => say(Line::Text("  refused: the fit did not settle")),
        Err(_) => {
            say(Line::Text("  refused: no plausible numbers give all readings the same length"))
        }
    }
}

/// The story.
///
/// # Panics
/// If the bus failed; it has no way to.
pub fn story(say: &mut impl FnMut(Line)) {
    let mut sensor = Magnetometer::new(FakeMagnetometer::new());
    let mut kept = Kept::new(APART);
    for tick in 1..=TICKS {
        let reading = sensor.read().expect("the bus answers");
        if !kept.offer(reading) || !kept.readings().len().is_multiple_of(EVERY) {
            continue;
        }
        say(Line::Count("readings kept", kept.readings().len() as u32));
        say(Line::Count("  after tick", tick));
        let found = Samples::new(kept.readings())
            .and_then(|samples| NormCalibration::of(&samples, &NormOptions::new(None)));
        tell(found, say);
    }
    say(Line::Count("ticks", TICKS));
}
