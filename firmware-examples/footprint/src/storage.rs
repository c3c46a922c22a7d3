//! A tuner saved to flash and loaded, from pages that keep what is written.

use crate::measure::call;
use crate::size::columns;
use core::hint::black_box;
use solvekit::storage::TwoSlots;
use solvekit::storage::nor_flash::{ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash};
use solvekit::tuner::TsallisInf;

/// Bytes of a page.
const PAGE: usize = 512;

/// Two pages in memory, in the place of a driver.
struct Pages([u8; 2 * PAGE]);

impl Pages {
    fn at(&mut self, offset: u32, length: usize) -> Result<&mut [u8], NorFlashErrorKind> {
        let bytes = self.0.get_mut(offset as usize..).and_then(|rest| rest.get_mut(..length));
        bytes.ok_or(NorFlashErrorKind::OutOfBounds)
    }
}

impl ErrorType for Pages {
    type Error = NorFlashErrorKind;
}

impl ReadNorFlash for Pages {
    const READ_SIZE: usize = 4;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Self::Error> {
        let kept = self.at(offset, bytes.len())?;
        bytes.iter_mut().zip(kept).for_each(|(byte, kept)| *byte = *kept);
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.0.len()
    }
}

impl NorFlash for Pages {
    const WRITE_SIZE: usize = 8;
    const ERASE_SIZE: usize = PAGE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), Self::Error> {
        self.at(from, to.saturating_sub(from) as usize)?.fill(0xff);
        Ok(())
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Self::Error> {
        let kept = self.at(offset, bytes.len())?;
        kept.iter_mut().zip(bytes).for_each(|(kept, byte)| *kept = *byte);
        Ok(())
    }
}

pub(crate) fn slots() {
    type Tuner = TsallisInf<f32, { columns(20) }>;
    let Ok(tuner) = Tuner::evenly(black_box(1.0), black_box(1.95)) else { return };
    let mut buffer = black_box([0; TwoSlots::<Pages, Tuner>::BUFFER]);
    let pages = black_box(Pages([0xff; 2 * PAGE]));
    let page = black_box(PAGE as u32);
    let Ok(mut slots) = TwoSlots::<_, Tuner>::new(pages, [0..page, page..2 * page]) else { return };
    // What is found goes where the caller keeps it.
    let found = call(TwoSlots::<Pages, Tuner>::BUFFER, || {
        black_box(slots.save(&tuner, &mut buffer).is_ok());
        black_box(&mut slots);
        slots.load(&mut buffer)
    });
    let _ = black_box(found);
}
