//! [`Slot`]: one of the two regions, checked against the flash.

use super::RegionError;
use core::ops::Range;
use embedded_storage::nor_flash::NorFlash;

/// A region of whole pages, in bytes from the start of the flash.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Slot {
    /// Both, if they can hold a record of `record` bytes each.
    pub(super) fn two<F: NorFlash>(
        flash: &F,
        slots: [Range<u32>; 2],
        record: usize,
    ) -> Result<[Self; 2], RegionError> {
        if unit::<F>() == 0 || F::ERASE_SIZE == 0 || !F::ERASE_SIZE.is_multiple_of(unit::<F>()) {
            return Err(RegionError::Geometry);
        }
        let [first, second] = slots;
        let first = Self::new(flash, &first, record, 0)?;
        let second = Self::new(flash, &second, record, 1)?;
        if first.start < second.end && second.start < first.end {
            return Err(RegionError::Overlap);
        }
        Ok([first, second])
    }

    fn new<F: NorFlash>(
        flash: &F,
        region: &Range<u32>,
        record: usize,
        slot: usize,
    ) -> Result<Self, RegionError> {
        let (start, end) = (region.start as usize, region.end as usize);
        let whole = start.is_multiple_of(F::ERASE_SIZE) && end.is_multiple_of(F::ERASE_SIZE);
        if start >= end || !whole {
            return Err(RegionError::Alignment { slot });
        }
        if end > flash.capacity() {
            return Err(RegionError::OutOfBounds { slot });
        }
        if end - start < record {
            return Err(RegionError::TooSmall { slot, needed: record });
        }
        Ok(Self { start: region.start, end: region.end })
    }
}

/// What can be both read and written, in bytes; 0 when the flash has no such unit.
pub(super) const fn unit<F: NorFlash>() -> usize {
    let (read, write) = (F::READ_SIZE, F::WRITE_SIZE);
    if write.is_multiple_of(read) {
        write
    } else if read.is_multiple_of(write) {
        read
    } else {
        0
    }
}
