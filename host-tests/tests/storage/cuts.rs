//! Power cut at every word programmed and every page erased, through many saves.

use super::{Tuner, learned};
use scenarios::nor::{Nor, Tear};
use solvekit::storage::{Recovery, TwoSlots};

/// Saves in a run: each slot is erased more than once.
const SAVES: u32 = 7;

type Slots<const BYTES: usize, const WRITE: usize, const ERASE: usize> =
    TwoSlots<Nor<BYTES, WRITE, ERASE>, Tuner>;

fn boot<const BYTES: usize, const WRITE: usize, const ERASE: usize>(
    mut flash: Nor<BYTES, WRITE, ERASE>,
) -> Slots<BYTES, WRITE, ERASE> {
    flash.reboot();
    let half = BYTES as u32 / 2;
    Slots::new(flash, [0..half, half..2 * half]).expect("slots")
}

/// The value of each save, different in all that a save stores.
fn value(save: u32) -> Tuner {
    learned(40 * save, save % 2 == 1)
}

/// Saves from `first` on until power fails; the save at which it did.
fn save_from<const BYTES: usize, const WRITE: usize, const ERASE: usize>(
    slots: &mut Slots<BYTES, WRITE, ERASE>,
    values: &[Tuner],
    first: u32,
) -> Option<u32> {
    let mut buffer = [0; 256];
    (first..SAVES).find(|save| slots.save(&values[*save as usize], &mut buffer).is_err())
}

/// What is stored, as a boot finds it; by its place in `values`.
fn stored<const BYTES: usize, const WRITE: usize, const ERASE: usize>(
    slots: &mut Slots<BYTES, WRITE, ERASE>,
    values: &[Tuner],
) -> Option<u32> {
    let found = slots.load(&mut [0; 256]).expect("a buffer").value()?;
    let place = values.iter().position(|value| *value == found);
    Some(place.expect("a value that was never saved") as u32)
}

/// Cuts at the step after `steps`: what is then stored is of that save or of the one before.
/// Returns the flash and the save to repeat, or nothing when no save was left to cut.
fn cut<const BYTES: usize, const WRITE: usize, const ERASE: usize>(
    flash: Nor<BYTES, WRITE, ERASE>,
    values: &[Tuner],
    first: u32,
    (steps, tear): (u32, Tear),
) -> Option<(Nor<BYTES, WRITE, ERASE>, u32)> {
    let mut flash = boot(flash).into_flash();
    flash.cut_after(steps, tear);
    let half = BYTES as u32 / 2;
    let mut slots = Slots::new(flash, [0..half, half..2 * half]).expect("slots");
    let before = first.checked_sub(1);
    // A boot reads before it writes.
    assert_eq!(stored(&mut slots, values), before, "before {steps} {tear:?}");
    let failed = save_from(&mut slots, values, first);
    let flash = slots.into_flash();
    assert_eq!(
        failed.is_some(),
        !flash.is_powered(),
        "a save fails when power does, and only then"
    );
    let save = failed?;
    let mut slots = boot(flash);
    let found = stored(&mut slots, values);
    let whole = found == Some(save);
    assert!(whole || found == save.checked_sub(1), "save {save}, {steps} {tear:?}: {found:?}");
    Some((slots.into_flash(), save + u32::from(whole)))
}

/// Every cut of every save, and after each of them every cut of the save that follows, if `twice`.
fn every_cut<const BYTES: usize, const WRITE: usize, const ERASE: usize>(twice: bool) {
    let values: Vec<_> = (0..SAVES).map(value).collect();
    let (mut cuts, mut lost, mut kept) = (0, 0, 0);
    for tear in Tear::ALL {
        for steps in 0.. {
            let flash = Nor::<BYTES, WRITE, ERASE>::new(steps * 6 + tear as u32 + 1);
            let Some((flash, next)) = cut(flash, &values, 0, (steps, tear)) else { break };
            cuts += 1;
            let mut slots = boot(flash.clone());
            let repeated = stored(&mut slots, &values).map_or(0, |found| found + 1);
            assert_eq!(repeated, next);
            if next > 0 {
                kept += 1
            } else {
                lost += 1
            }
            // Nothing that a cut leaves is in the way of the saves that follow.
            assert_eq!(save_from(&mut slots, &values, next), None, "{steps} {tear:?}");
            let all = stored(&mut boot(slots.into_flash()), &values);
            assert_eq!(all, Some(SAVES - 1));
            if twice && next < SAVES {
                cut_again(&flash, &values[..=next as usize], next);
            }
        }
    }
    assert!(cuts > 6 * 2 * SAVES && kept > 3 * lost, "{cuts} cuts: {kept} kept, {lost} lost");
}

/// Every cut of one save, and the save after it.
fn cut_again<const BYTES: usize, const WRITE: usize, const ERASE: usize>(
    flash: &Nor<BYTES, WRITE, ERASE>,
    values: &[Tuner],
    save: u32,
) {
    let value = &values[save as usize];
    for tear in Tear::ALL {
        for steps in 0.. {
            let mut again = boot(flash.clone()).into_flash();
            again.cut_after(steps, tear);
            let half = BYTES as u32 / 2;
            let mut slots = Slots::new(again, [0..half, half..2 * half]).expect("slots");
            if slots.save(value, &mut [0; 256]).is_ok() {
                break;
            }
            let mut slots = boot(slots.into_flash());
            let found = stored(&mut slots, values);
            assert!(found == Some(save) || found == save.checked_sub(1), "{found:?}");
            assert_eq!(slots.save(value, &mut [0; 256]), Ok(()));
            assert_eq!(stored(&mut boot(slots.into_flash()), values), Some(save));
        }
    }
}

#[test]
fn words_of_1() {
    every_cut::<512, 1, 256>(false);
}

#[test]
fn words_of_4() {
    every_cut::<512, 4, 256>(false);
}

#[test]
fn words_of_8_and_a_second_cut() {
    every_cut::<512, 8, 256>(true);
}

#[test]
fn words_of_16_and_a_second_cut() {
    every_cut::<512, 16, 256>(true);
}

#[test]
fn slots_of_several_pages() {
    every_cut::<1024, 8, 64>(true);
    every_cut::<1024, 16, 128>(false);
}

#[test]
fn slots_of_one_record() {
    assert_eq!(boot(Nor::<256, 8, 128>::new(1)).saves_per_erase(), 1);
    every_cut::<256, 8, 128>(true);
}

#[test]
fn records_that_end_inside_a_page() {
    const { assert!(!416_usize.is_multiple_of(Slots::<832, 8, 104>::BUFFER)) };
    every_cut::<832, 8, 104>(false);
}

#[test]
fn a_cut_before_the_first_save_leaves_nothing_and_says_so() {
    let mut flash = Nor::<512, 8, 256>::new(1);
    flash.cut_after(5, Tear::Noise);
    let mut slots: Slots<512, 8, 256> = Slots::new(flash, [0..256, 256..512]).expect("slots");
    assert!(slots.save(&value(0), &mut [0; 256]).is_err());
    let found = boot(slots.into_flash()).load(&mut [0; 256]).expect("a buffer");
    assert!(matches!(found, Recovery::Nothing { refused: Some(_) }), "{found:?}");
}
