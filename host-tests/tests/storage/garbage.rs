//! Whatever is in the flash or in the bytes: refused, never a panic, never another value.

use super::{Tuner, forge, learned, record};
use proptest::prelude::*;
use scenarios::nor::Nor;
use solvekit::storage::{Memory, Recovery, TwoSlots, decode};

type Flash = Nor<512, 8, 256>;
type Slots = TwoSlots<Flash, Tuner>;

fn slots(flash: Flash) -> Slots {
    Slots::new(flash, [0..256, 256..512]).expect("slots")
}

fn load(flash: Flash) -> Recovery<Tuner> {
    slots(flash).load(&mut [0; Slots::BUFFER]).expect("a buffer")
}

/// Three saves: the newest, the one before it, and the flash.
fn three() -> (Tuner, Tuner, Flash) {
    let values: [Tuner; 3] = core::array::from_fn(|save| learned(40 * save as u32 + 7, true));
    let mut slots = slots(Flash::new(1));
    for value in &values {
        slots.save(value, &mut [0; Slots::BUFFER]).expect("saved");
    }
    (values[2], values[1], slots.into_flash())
}

#[test]
fn every_flipped_bit_of_the_flash_leaves_the_newest_or_the_one_before() {
    let (newest, older, flash) = three();
    let length = record(&newest, 2).len();
    // Saves 0 and 1 fill the first slot; save 2 is at the front of the other.
    let (first, last) = (256, 256 + length);
    for bit in 0..8 * 512 {
        let mut bytes = *flash.bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let found = load(Nor::holding(bytes)).value();
        let inside = (first..last).contains(&(bit / 8));
        assert_eq!(found, Some(if inside { older } else { newest }), "bit {bit}");
    }
}

#[test]
fn a_record_that_is_whole_and_unsound_is_passed_over() {
    let (newest, _, flash) = three();
    let mut payload = postcard::to_stdvec(&newest).expect("serialisable");
    payload[..4].copy_from_slice(&f32::NAN.to_le_bytes());
    let mut bytes = *flash.bytes();
    let unsound = forge(1, Tuner::TAG, 3, &payload);
    bytes[256 + Slots::BUFFER..][..unsound.len()].copy_from_slice(&unsound);
    let refused = Some(solvekit::storage::RecordError::Unsound);
    assert_eq!(load(Nor::holding(bytes)), Recovery::Stored { value: newest, refused });
}

proptest! {
    #[test]
    fn random_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(decode::<Tuner>(&bytes).is_err());
    }

    /// With a right header and checksum, only the payload is left to judge.
    #[test]
    fn a_random_payload_is_refused_or_sound(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        if let Ok(value) = decode::<Tuner>(&forge(1, Tuner::TAG, 0, &bytes)) {
            prop_assert!(value.is_sound());
        }
    }

    #[test]
    fn a_damaged_record_is_refused(
        edits in prop::collection::vec((0_usize..80, any::<u8>()), 1..8),
    ) {
        let value: Tuner = learned(60, true);
        let whole = record(&value, 0);
        let mut bytes = whole.clone();
        for (at, byte) in edits {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        prop_assert_eq!(decode::<Tuner>(&bytes).is_ok(), bytes == whole);
    }

    #[test]
    fn a_random_flash_holds_nothing_and_takes_a_save(
        bytes in prop::collection::vec(any::<u8>(), 512),
    ) {
        let bytes: [u8; 512] = bytes.try_into().expect("512 bytes");
        let mut slots = slots(Nor::holding(bytes));
        let mut buffer = [0; Slots::BUFFER];
        let found = slots.load(&mut buffer).expect("a buffer");
        let refused = matches!(found, Recovery::Nothing { refused: Some(_) });
        prop_assert!(refused, "{:?}", found);
        let value: Tuner = learned(3, false);
        prop_assert_eq!(slots.save(&value, &mut buffer), Ok(()));
        prop_assert_eq!(load(slots.into_flash()).value(), Some(value));
    }

    /// Garbage over a part of what was saved.
    #[test]
    fn a_damaged_flash_gives_what_was_saved_or_nothing(
        from in 0_usize..512,
        garbage in prop::collection::vec(any::<u8>(), 1..300),
    ) {
        let (newest, older, flash) = three();
        let mut bytes = *flash.bytes();
        for (byte, garbage) in bytes[from..].iter_mut().zip(garbage) {
            *byte = garbage;
        }
        let oldest = learned(7, true);
        if let Some(found) = load(Nor::holding(bytes)).value() {
            prop_assert!([newest, older, oldest].contains(&found));
        }
    }
}
