//! A tuner saved to flash and loaded; the driver is only stood in for.

use core::hint::black_box;
use solvekit::storage::nor_flash::{ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash};
use solvekit::storage::{Recovery, TwoSlots};
use solvekit::tuner::TsallisInf;

/// A driver whose every answer is unknown, so that no outcome is left out.
struct Flash;

impl Flash {
    #[inline(never)]
    fn answer() -> Result<(), NorFlashErrorKind> {
        if black_box(true) { Ok(()) } else { Err(NorFlashErrorKind::Other) }
    }
}

impl ErrorType for Flash {
    type Error = NorFlashErrorKind;
}

impl ReadNorFlash for Flash {
    const READ_SIZE: usize = 4;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Self::Error> {
        // Each byte its own: bytes all alike are never a record, which the optimiser can see.
        bytes.iter_mut().for_each(|byte| *byte = black_box(offset as u8));
        Self::answer()
    }

    fn capacity(&self) -> usize {
        black_box(1024)
    }
}

impl NorFlash for Flash {
    const WRITE_SIZE: usize = 8;
    const ERASE_SIZE: usize = 512;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), Self::Error> {
        black_box((from, to));
        Self::answer()
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Self::Error> {
        black_box((offset, bytes));
        Self::answer()
    }
}

pub(crate) fn slots() {
    type Tuner = TsallisInf<f32, 20>;
    let Ok(tuner) = Tuner::evenly(black_box(1.0), black_box(1.95)) else { return };
    let mut buffer = black_box([0; TwoSlots::<Flash, Tuner>::BUFFER]);
    let regions = [black_box(0)..black_box(512), black_box(512)..black_box(1024)];
    let Ok(mut slots) = TwoSlots::<_, Tuner>::new(Flash, regions) else { return };
    black_box(slots.save(&tuner, &mut buffer).is_ok());
    if let Ok(Recovery::Stored { value, refused }) = slots.load(&mut buffer) {
        black_box((value, refused));
    }
}
