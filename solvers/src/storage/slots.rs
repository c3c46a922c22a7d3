//! [`TwoSlots`]: the newest value, in flash whose power may fail at any write.

use super::region::{Slot, unit};
use super::{HEADER, Memory, RecordError, RegionError, StorageError, record};
use core::{marker::PhantomData, ops::Range};
use embedded_storage::nor_flash::NorFlash;

/// A header and the value behind it.
type Filled<'b> = (&'b [u8; HEADER], &'b [u8]);

/// What a look into the slots found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Recovery<M> {
    /// The newest value that is whole.
    Stored {
        /// It.
        value: M,
        /// Why another record was passed over, if one was: the last of them. A save that lost its
        /// power leaves one, until its page is erased.
        refused: Option<RecordError>,
    },
    /// No value: learning starts anew.
    Nothing {
        /// Why what is there was refused, the last of it; `None` when the slots are blank.
        refused: Option<RecordError>,
    },
}

impl<M> Recovery<M> {
    /// The value, if there is one.
    pub fn value(self) -> Option<M> {
        match self {
            Self::Stored { value, .. } => Some(value),
            Self::Nothing { .. } => None,
        }
    }
}

/// Keeps the newest value of one type in two slots of NOR flash, each a whole number of pages.
///
/// A slot is a row of cells, one record each, every record numbered on from the one before. A save
/// fills the next blank cell beside the newest record; when there is none, the *other* slot is
/// erased and filled from its front. So an erase comes once in
/// [`saves_per_erase`](Self::saves_per_erase) saves and by turns, the newest record is never the
/// one erased, and no word is written twice between two erases.
///
/// The value is written first, the header with number and CRC last. Until the header's last word
/// is there the record does not count, and the one before it does. So after a power cut at any
/// moment [`load`](Self::load) gives the value of that save or of the one before it. A save reads
/// back what it wrote; a cell that does not keep it is passed over for the other slot.
///
/// The flash must erase to ones, as [`NorFlash`] promises. Nothing else may write to the slots.
/// Sequence numbers wrap round: they are compared by their difference.
///
/// Storage: the driver and 9 words; the caller's buffer has [`BUFFER`](Self::BUFFER) bytes, during
/// a call only. Cost: the first call reads both slots; a save after it checks and writes one cell
/// and reads it back.
// No `Clone`: of two views of one flash, one would erase what the other saved.
#[derive(Debug)]
pub struct TwoSlots<F, M> {
    flash: F,
    slots: [Slot; 2],
    /// Whether the fields below are known: after the first look.
    scanned: bool,
    newest: Option<Place>,
    /// The next record's number.
    sequence: u32,
    memory: PhantomData<fn() -> M>,
}

/// One cell.
#[derive(Clone, Copy, Debug)]
struct Place {
    second: bool,
    cell: u32,
}

impl<F: NorFlash, M: Memory> TwoSlots<F, M> {
    /// Bytes of the buffer that the caller lends: one record in whole units of the flash.
    pub const BUFFER: usize = Self::HEAD + M::LONGEST.next_multiple_of(Self::UNIT);

    /// The header's bytes in whole units.
    const HEAD: usize = HEADER.next_multiple_of(Self::UNIT);

    /// Never 0, so that the sizes above exist; the constructor refuses what has no unit.
    const UNIT: usize = if unit::<F>() == 0 { 1 } else { unit::<F>() };

    /// Slots at two regions of a flash, in bytes from its start. Nothing is read yet.
    ///
    /// # Errors
    /// [`RegionError`], which says which slot and why.
    pub fn new(flash: F, slots: [Range<u32>; 2]) -> Result<Self, RegionError> {
        let slots = Slot::two(&flash, slots, Self::BUFFER)?;
        Ok(Self { flash, slots, scanned: false, newest: None, sequence: 0, memory: PhantomData })
    }

    /// How many saves the smaller slot takes between two erases of it.
    pub fn saves_per_erase(&self) -> u32 {
        self.cells(false).min(self.cells(true))
    }

    /// The flash's driver.
    pub fn into_flash(self) -> F {
        self.flash
    }

    /// The newest whole value. Whatever else is in the slots is passed over, never an error.
    ///
    /// # Errors
    /// [`RecordError::Buffer`].
    pub fn load(&mut self, buffer: &mut [u8]) -> Result<Recovery<M>, RecordError> {
        let short = RecordError::Buffer { needed: Self::BUFFER };
        let buffer = buffer.get_mut(..Self::BUFFER).ok_or(short)?;
        let refused = self.scan(buffer);
        Ok(self.recover(refused, buffer))
    }

    /// Reads the newest value, which the scan has found sound, again: so only one is ever on the stack.
    #[inline(never)]
    fn recover(&mut self, refused: Option<RecordError>, buffer: &mut [u8]) -> Recovery<M> {
        let Some(place) = self.newest else { return Recovery::Nothing { refused } };
        let payload = self.read(place, buffer).and_then(|record| {
            let (header, payload) = record.ok_or(RecordError::Unreadable)?;
            Ok(record::intact::<M>(header, payload)?.1)
        });
        let payload = match payload {
            Ok(payload) => payload,
            Err(error) => return Recovery::Nothing { refused: Some(error) },
        };
        match record::parse(payload) {
            Ok(value) => Recovery::Stored { value, refused },
            Err(_) => Recovery::Nothing { refused: Some(RecordError::Payload) },
        }
    }

    /// Finds the newest whole value, and why another record was passed over, if one was.
    #[inline(never)]
    fn scan(&mut self, buffer: &mut [u8]) -> Option<RecordError> {
        let mut newest: Option<(u32, Place)> = None;
        let mut refused = None;
        for second in [false, true] {
            for cell in 0..self.cells(second) {
                let place = Place { second, cell };
                match self.sequence_at(place, buffer) {
                    Ok(None) => {}
                    Ok(Some(sequence)) => {
                        if newest.is_none_or(|best| follows(sequence, best.0)) {
                            newest = Some((sequence, place));
                        }
                    }
                    Err(error) => refused = Some(error),
                }
            }
        }
        self.scanned = true;
        self.newest = newest.map(|(_, place)| place);
        self.sequence = newest.map_or(0, |(sequence, _)| sequence.wrapping_add(1));
        refused
    }

    /// Stores a value. When this returns, a reset gives it back.
    ///
    /// # Errors
    /// [`StorageError`]; what was stored before is still there.
    pub fn save(&mut self, value: &M, buffer: &mut [u8]) -> Result<(), StorageError<F::Error>> {
        let short = RecordError::Buffer { needed: Self::BUFFER };
        let buffer = buffer.get_mut(..Self::BUFFER).ok_or(short)?;
        if !self.scanned {
            self.scan(buffer);
        }
        if let Some(place) = self.blank(buffer) {
            let length = self.seal(value, buffer)?;
            if self.program(place, length, buffer).is_ok() {
                return Ok(());
            }
        }
        // Sealed before the erase: a value that is refused costs nothing.
        let length = self.seal(value, buffer)?;
        let second = self.newest.is_some_and(|newest| !newest.second);
        let Slot { start, end } = self.slot(second);
        self.flash.erase(start, end).map_err(StorageError::Flash)?;
        self.program(Place { second, cell: 0 }, length, buffer)
    }

    /// The first blank cell after the newest record in its slot.
    fn blank(&mut self, buffer: &mut [u8]) -> Option<Place> {
        let newest = self.newest?;
        let cells = newest.cell + 1..self.cells(newest.second);
        let mut places = cells.map(|cell| Place { cell, ..newest });
        // A cell that was cut off is not blank, and one after it may be.
        places
            .find(|place| self.flash.read(self.offset(*place), buffer).is_ok() && is_blank(buffer))
    }

    /// Puts the record, under the next number, into the buffer; returns the value's bytes.
    fn seal(&mut self, value: &M, buffer: &mut [u8]) -> Result<usize, RecordError> {
        let short = RecordError::Buffer { needed: Self::BUFFER };
        buffer.fill(BLANK);
        let (head, payload) = buffer.split_at_mut_checked(Self::HEAD).ok_or(short)?;
        let header = head.first_chunk_mut().ok_or(short)?;
        let length = record::seal(value, self.sequence, header, payload)?;
        // One number a try, so that no two records share one.
        self.sequence = self.sequence.wrapping_add(1);
        Ok(length)
    }

    /// Writes the buffer's record into a blank cell, the header last, and reads it back.
    fn program(
        &mut self,
        place: Place,
        length: usize,
        buffer: &mut [u8],
    ) -> Result<(), StorageError<F::Error>> {
        let short = RecordError::Buffer { needed: Self::BUFFER };
        let offset = self.offset(place);
        let (head, payload) = buffer.split_at_checked(Self::HEAD).ok_or(short)?;
        let sum = head.first_chunk::<HEADER>().copied();
        let payload = payload.get(..length.next_multiple_of(Self::UNIT)).ok_or(short)?;
        self.flash.write(offset + Self::HEAD as u32, payload).map_err(StorageError::Flash)?;
        self.flash.write(offset, head).map_err(StorageError::Flash)?;
        self.flash.read(offset, buffer).map_err(StorageError::Flash)?;
        let (header, payload) = parts::<M, F>(buffer).ok_or(short)?;
        if sum.as_ref() != Some(header) || record::intact::<M>(header, payload).is_err() {
            return Err(StorageError::Verify);
        }
        self.newest = Some(place);
        Ok(())
    }

    /// The number in a cell with a whole value; `None` when it is blank.
    fn sequence_at(&mut self, place: Place, buffer: &mut [u8]) -> Result<Option<u32>, RecordError> {
        let Some((header, payload)) = self.read(place, buffer)? else { return Ok(None) };
        let (sequence, payload) = record::intact::<M>(header, payload)?;
        record::check::<M>(payload)?;
        Ok(Some(sequence))
    }

    /// Header and value in a cell; `None` when it is blank.
    fn read<'b>(
        &mut self,
        place: Place,
        buffer: &'b mut [u8],
    ) -> Result<Option<Filled<'b>>, RecordError> {
        let offset = self.offset(place);
        self.flash.read(offset, buffer).map_err(|_| RecordError::Unreadable)?;
        if is_blank(buffer) {
            return Ok(None);
        }
        let short = RecordError::Buffer { needed: Self::BUFFER };
        parts::<M, F>(buffer).ok_or(short).map(Some)
    }

    const fn slot(&self, second: bool) -> Slot {
        let [first, other] = self.slots;
        if second { other } else { first }
    }

    /// Whole records that fit into a slot.
    const fn cells(&self, second: bool) -> u32 {
        let Slot { start, end } = self.slot(second);
        (end - start) / Self::BUFFER as u32
    }

    const fn offset(&self, place: Place) -> u32 {
        self.slot(place.second).start + place.cell * Self::BUFFER as u32
    }
}

/// What an erased byte reads as.
const BLANK: u8 = 0xFF;

fn is_blank(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == BLANK)
}

/// Whether a sequence number is the later one: fewer than 2³¹ numbers on.
const fn follows(later: u32, earlier: u32) -> bool {
    (later.wrapping_sub(earlier) as i32) > 0
}

/// Header and value in a cell's bytes.
fn parts<M: Memory, F: NorFlash>(cell: &[u8]) -> Option<(&[u8; HEADER], &[u8])> {
    let (head, payload) = cell.split_at_checked(TwoSlots::<F, M>::HEAD)?;
    Some((head.first_chunk()?, payload))
}
