//! [`Flash`]: a flash of which the optimiser knows nothing.

use core::hint::black_box;
use solvekit::storage::nor_flash::{ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash};

/// A driver whose every answer is unknown, so that no outcome is left out of an image that is measured
/// or proved, and never run.
pub struct Flash;

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
