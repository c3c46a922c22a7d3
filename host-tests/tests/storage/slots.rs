//! The two slots: where they may lie, how they wear, which record is the newest.

use super::{Tuner, learned, record};
use scenarios::nor::{Nor, Tear};
use solvekit::storage::nor_flash::{ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash};
use solvekit::storage::{HEADER, RecordError, Recovery, RegionError, StorageError, TwoSlots};
use std::ops::Range;

/// A driver that only says how large it is.
struct Size<const READ: usize, const WRITE: usize, const ERASE: usize>;

impl<const READ: usize, const WRITE: usize, const ERASE: usize> ErrorType
    for Size<READ, WRITE, ERASE>
{
    type Error = NorFlashErrorKind;
}

impl<const READ: usize, const WRITE: usize, const ERASE: usize> ReadNorFlash
    for Size<READ, WRITE, ERASE>
{
    const READ_SIZE: usize = READ;
    fn read(&mut self, _: u32, _: &mut [u8]) -> Result<(), Self::Error> {
        Err(NorFlashErrorKind::Other)
    }
    fn capacity(&self) -> usize {
        4096
    }
}

impl<const READ: usize, const WRITE: usize, const ERASE: usize> NorFlash
    for Size<READ, WRITE, ERASE>
{
    const WRITE_SIZE: usize = WRITE;
    const ERASE_SIZE: usize = ERASE;
    fn erase(&mut self, _: u32, _: u32) -> Result<(), Self::Error> {
        Err(NorFlashErrorKind::Other)
    }
    fn write(&mut self, _: u32, _: &[u8]) -> Result<(), Self::Error> {
        Err(NorFlashErrorKind::Other)
    }
}

fn refusal<const READ: usize, const WRITE: usize, const ERASE: usize>(
    slots: [Range<u32>; 2],
) -> Option<RegionError> {
    TwoSlots::<_, Tuner>::new(Size::<READ, WRITE, ERASE>, slots).err()
}

#[test]
fn regions_that_cannot_be_slots_are_refused() {
    let refused = refusal::<1, 4, 512>;
    assert_eq!(refused([0..512, 512..1024]), None);
    assert_eq!(refused([3584..4096, 0..1024]), None);
    assert_eq!(refused([0..512, 0..512]), Some(RegionError::Overlap));
    assert_eq!(refused([0..1024, 512..1536]), Some(RegionError::Overlap));
    assert_eq!(refused([512..1024, 0..4096]), Some(RegionError::Overlap));
    assert_eq!(refused([4..512, 512..1024]), Some(RegionError::Alignment { slot: 0 }));
    assert_eq!(refused([0..512, 512..1000]), Some(RegionError::Alignment { slot: 1 }));
    assert_eq!(refused([0..0, 512..1024]), Some(RegionError::Alignment { slot: 0 }));
    let backwards = Range { start: 1024, end: 512 };
    assert_eq!(refused([backwards, 0..512]), Some(RegionError::Alignment { slot: 0 }));
    assert_eq!(refused([0..512, 4096..4608]), Some(RegionError::OutOfBounds { slot: 1 }));
    assert_eq!(
        refused([0..512, 0xFFFF_FC00..0xFFFF_FE00]),
        Some(RegionError::OutOfBounds { slot: 1 })
    );
    let small = Some(RegionError::TooSmall { slot: 0, needed: 96 });
    assert_eq!(refusal::<1, 4, 64>([0..64, 64..256]), small);
}

#[test]
fn flash_whose_sizes_do_not_fit_is_refused() {
    let slots = || [0..1024, 1024..2048];
    let refused = Some(RegionError::Geometry);
    assert_eq!(refusal::<1, 0, 512>(slots()), refused);
    assert_eq!(refusal::<0, 4, 512>(slots()), refused);
    assert_eq!(refusal::<1, 4, 0>(slots()), refused);
    assert_eq!(refusal::<4, 6, 512>(slots()), refused);
    assert_eq!(refusal::<1, 24, 512>(slots()), refused);
    // Larger reads than writes, and the other way round.
    assert_eq!(refusal::<16, 4, 512>(slots()), None);
    assert_eq!(refusal::<4, 16, 512>(slots()), None);
    assert_eq!(TwoSlots::<Size<16, 4, 512>, Tuner>::BUFFER, 32 + 80);
    assert_eq!(TwoSlots::<Size<1, 1, 512>, Tuner>::BUFFER, 24 + 69);
}

type Flash = Nor<2048, 8, 512>;
type Slots = TwoSlots<Flash, Tuner>;

fn slots(flash: Flash) -> Slots {
    Slots::new(flash, [0..1024, 1024..2048]).expect("slots")
}

#[test]
fn wear_is_one_erase_a_slotful_and_by_turns() {
    let mut slots = slots(Flash::new(1));
    let mut buffer = [0; Slots::BUFFER];
    let cells = slots.saves_per_erase();
    assert_eq!(cells, 10);
    for save in 0..10 * cells {
        let value = learned(save, false);
        // A reset between saves costs no erase.
        slots = self::slots(slots.into_flash());
        slots.save(&value, &mut buffer).expect("saved");
        let flash = slots.into_flash();
        assert_eq!(flash.erases(), 2 * (save / cells + 1), "pages erased by save {save}");
        slots = self::slots(flash);
        let refused = None;
        assert_eq!(slots.load(&mut buffer), Ok(Recovery::Stored { value, refused }));
    }
}

/// A flash with one record in each slot.
fn two(first: &[u8], second: &[u8]) -> Flash {
    let mut bytes = [0xFF; 2048];
    bytes[..first.len()].copy_from_slice(first);
    bytes[1024..][..second.len()].copy_from_slice(second);
    Nor::holding(bytes)
}

#[test]
fn the_newest_number_wins_across_the_wrap() {
    let (older, newer): (Tuner, Tuner) = (learned(20, false), learned(21, false));
    let mut buffer = [0; Slots::BUFFER];
    for sequence in [0, 1, 1000, i32::MAX as u32, 1 << 31, u32::MAX - 1, u32::MAX] {
        let next = sequence.wrapping_add(1);
        let (a, b) = (record(&older, sequence), record(&newer, next));
        for flash in [two(&a, &b), two(&b, &a)] {
            let mut slots = slots(flash);
            assert_eq!(slots.load(&mut buffer).expect("a buffer").value(), Some(newer));
            // Saves go on across the wrap too.
            for save in 0..3 {
                let value = learned(30 + save, false);
                slots.save(&value, &mut buffer).expect("saved");
                slots = self::slots(slots.into_flash());
                assert_eq!(slots.load(&mut buffer).expect("a buffer").value(), Some(value));
            }
        }
    }
}

#[test]
fn a_blank_flash_and_one_of_another_type_hold_nothing() {
    let mut buffer = [0; Slots::BUFFER];
    let nothing = slots(Flash::new(1)).load(&mut buffer);
    assert_eq!(nothing, Ok(Recovery::Nothing { refused: None }));
    let other = learned::<f32, 4>(9, false);
    let mut slots = slots(two(&record(&other, 5), &record(&other, 6)));
    let found = slots.load(&mut buffer).expect("a buffer");
    let Recovery::Nothing { refused: Some(RecordError::Tag { .. }) } = found else {
        panic!("{found:?}")
    };
    let value = learned(1, false);
    slots.save(&value, &mut buffer).expect("saved");
    assert_eq!(self::slots(slots.into_flash()).load(&mut buffer).expect("").value(), Some(value));
}

#[test]
fn a_short_buffer_is_refused_and_nothing_is_erased() {
    let needed = Slots::BUFFER;
    let mut slots = slots(Flash::new(1));
    let mut short = vec![0; needed - 1];
    assert_eq!(slots.load(&mut short), Err(RecordError::Buffer { needed }));
    let refused = slots.save(&learned(1, false), &mut short);
    assert_eq!(refused, Err(StorageError::Record(RecordError::Buffer { needed })));
    assert_eq!(slots.into_flash().steps(), 0);
}

#[test]
fn an_unsound_value_is_refused_and_nothing_is_erased() {
    let mut payload = postcard::to_stdvec(&learned::<f32, 5>(4, false)).expect("serialisable");
    payload[..4].copy_from_slice(&f32::NAN.to_le_bytes());
    let unsound: Tuner = postcard::from_bytes(&payload).expect("restorable");
    let mut slots = slots(Flash::new(1));
    let refused = slots.save(&unsound, &mut [0; Slots::BUFFER]);
    assert_eq!(refused, Err(StorageError::Record(RecordError::Unsound)));
    assert_eq!(slots.into_flash().steps(), 0);
}

/// What a flash does with a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keeps {
    All,
    /// Says that it did, and did nothing.
    Nothing,
    /// As above, but for a write as long as a header.
    Headers,
}

/// A flash that wears out, and counts the bytes read.
struct Worn {
    flash: Flash,
    keeps: Keeps,
    read: usize,
}

impl ErrorType for Worn {
    type Error = <Flash as ErrorType>::Error;
}

impl ReadNorFlash for Worn {
    const READ_SIZE: usize = Flash::READ_SIZE;
    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Self::Error> {
        self.read += bytes.len();
        self.flash.read(offset, bytes)
    }
    fn capacity(&self) -> usize {
        self.flash.capacity()
    }
}

impl NorFlash for Worn {
    const WRITE_SIZE: usize = Flash::WRITE_SIZE;
    const ERASE_SIZE: usize = Flash::ERASE_SIZE;
    fn erase(&mut self, from: u32, to: u32) -> Result<(), Self::Error> {
        self.flash.erase(from, to)
    }
    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Self::Error> {
        let kept = match self.keeps {
            Keeps::All => true,
            Keeps::Nothing => false,
            Keeps::Headers => bytes.len() == HEADER,
        };
        if kept { self.flash.write(offset, bytes) } else { Ok(()) }
    }
}

type WornSlots = TwoSlots<Worn, Tuner>;

fn worn(flash: Flash, keeps: Keeps) -> WornSlots {
    let worn = Worn { flash, keeps, read: 0 };
    WornSlots::new(worn, [0..1024, 1024..2048]).expect("slots")
}

#[test]
fn a_save_that_the_flash_does_not_keep_is_an_error_and_the_last_one_stays() {
    let mut buffer = [0; Slots::BUFFER];
    let value = learned(8, false);
    for keeps in [Keeps::Nothing, Keeps::Headers] {
        let mut slots = worn(Flash::new(1), Keeps::All);
        slots.save(&value, &mut buffer).expect("saved");
        let mut slots = worn(slots.into_flash().flash, keeps);
        let refused = slots.save(&learned(9, false), &mut buffer);
        assert_eq!(refused, Err(StorageError::Verify), "{keeps:?}");
        assert_eq!(slots.load(&mut buffer).expect("a buffer").value(), Some(value));
    }
}

#[test]
fn only_the_first_call_reads_both_slots() {
    let mut slots = worn(Flash::new(1), Keeps::All);
    let mut buffer = [0; Slots::BUFFER];
    for save in 0..4 {
        slots.save(&learned(save, false), &mut buffer).expect("saved");
    }
    let cells = 2 * slots.saves_per_erase() as usize;
    // Of the first save the look and the cell written; of the others the cell, blank and written.
    assert_eq!(slots.into_flash().read, (cells + 1 + 3 * 2) * Slots::BUFFER);
}

#[test]
fn a_cell_that_was_cut_off_is_passed_over_without_an_erase() {
    let mut slots = slots(Flash::new(1));
    let mut buffer = [0; Slots::BUFFER];
    slots.save(&learned(1, false), &mut buffer).expect("saved");
    let mut flash = slots.into_flash();
    let erases = flash.erases();
    flash.cut_after(3, Tear::Partly);
    let mut slots = self::slots(flash);
    assert!(slots.save(&learned(2, false), &mut buffer).is_err());
    let mut flash = slots.into_flash();
    flash.reboot();
    let mut slots = self::slots(flash);
    slots.save(&learned(3, false), &mut buffer).expect("saved");
    let found = slots.load(&mut buffer).expect("a buffer").value();
    assert_eq!((found, slots.into_flash().erases()), (Some(learned(3, false)), erases));
}
