//! A device learns ω, loses power in the middle of a save, and goes on with what it had learned.

use crate::nor::{Nor, NorError, Tear};
use crate::relax::{Campaign, Outcome, Policy, Tuner, checksum};
use crate::sequence::Variance;
use crate::{Line, NoMeter};
use solvekit::storage::{RecordError, Recovery, StorageError, TwoSlots, longest};
use solvekit::tuner::TsallisInf;

/// The flash: two pages of 512 bytes, words of 8 bytes.
pub type Flash = Nor<1024, 8, 512>;
/// The memory in it.
pub type Slots = TwoSlots<Flash, Tuner>;
/// What a save or a load borrows.
pub type Buffer = [u8; Slots::BUFFER];

/// Systems before power fails.
pub const BEFORE: u32 = 12;
/// Systems after it.
pub const AFTER: u32 = 12;
/// Words of the last save that are written before power fails: all of the value and the first of
/// the header's three.
const WORDS: u32 = 23;

/// The memory as a boot finds it.
///
/// # Panics
/// If the two pages were no slots; they are.
pub fn boot(mut flash: Flash) -> Slots {
    flash.reboot();
    Slots::new(flash, [0..512, 512..1024]).expect("two pages")
}

/// One number for everything a tuner's next draw depends on.
fn fingerprint(tuner: &Tuner) -> u32 {
    checksum(tuner.mean_cost().to_bits() ^ tuner.rounds(), &tuner.probabilities())
}

/// Why a record was passed over, in words.
const fn reason(refused: Option<RecordError>) -> &'static str {
    match refused {
        None => "  no record was refused",
        Some(RecordError::Tag { .. }) => "  a record was refused: its tag differs",
        Some(RecordError::Checksum) => "  a record was refused: its checksum differs",
        Some(_) => "  a record was refused",
    }
}

/// Tells what a boot finds, and returns it; a tuner that knows nothing where there is nothing.
///
/// # Panics
/// If the buffer were too short or the arms wrong; neither is.
fn recover(slots: &mut Slots, buffer: &mut Buffer, say: &mut impl FnMut(Line)) -> Tuner {
    let (value, refused) = match slots.load(buffer).expect("the buffer is large enough") {
        Recovery::Stored { value, refused } => (Some(value), refused),
        Recovery::Nothing { refused } => (None, refused),
    };
    say(Line::Text(reason(refused)));
    let Some(tuner) = value else {
        say(Line::Text("  nothing is stored: learning starts anew"));
        return TsallisInf::evenly(1.0, 1.95).expect("valid arms");
    };
    say(Line::Count("  solves remembered", tuner.rounds()));
    say(Line::Real("  mean cost", tuner.mean_cost()));
    say(Line::Count("  fingerprint", fingerprint(&tuner)));
    tuner
}

/// Goes on with the same systems and draws, and one memory or another.
fn go_on(
    campaign: &Campaign,
    tuner: Tuner,
    title: &'static str,
    say: &mut impl FnMut(Line),
) -> Campaign {
    let mut campaign = campaign.clone();
    campaign.tuner = tuner;
    campaign.outcome = Outcome::default();
    for _ in 0..AFTER {
        campaign.next(&mut NoMeter);
    }
    say(Line::Text(title));
    campaign.outcome.tell(say);
    campaign
}

/// The story.
///
/// # Panics
/// If the flash refused a save while it has power; it does not.
pub fn story(say: &mut impl FnMut(Line)) {
    let mut buffer: Buffer = [0; Slots::BUFFER];
    say(Line::Count("longest record in bytes", longest::<Tuner>() as u32));
    say(Line::Text("first boot"));
    let mut slots = boot(Nor::new(1));
    let mut campaign = Campaign::new(Policy::Tuned, Variance::Low);
    campaign.tuner = recover(&mut slots, &mut buffer, say);
    say(Line::Count("  saves between two erases of a page", slots.saves_per_erase()));
    for _ in 1..BEFORE {
        campaign.next(&mut NoMeter);
        slots.save(&campaign.tuner, &mut buffer).expect("there is power");
    }
    say(Line::Count("saved after solve", campaign.tuner.rounds()));
    say(Line::Count("  fingerprint", fingerprint(&campaign.tuner)));

    campaign.next(&mut NoMeter);
    let mut flash = slots.into_flash();
    say(Line::Count("  pages erased so far", flash.erases()));
    flash.cut_after(WORDS, Tear::Partly);
    let mut slots = Slots::new(flash, [0..512, 512..1024]).expect("two pages");
    let saved = slots.save(&campaign.tuner, &mut buffer);
    assert_eq!(saved, Err(StorageError::Flash(NorError::NoPower)));
    say(Line::Text("power fails in the middle of the save after solve 12"));

    say(Line::Text("second boot"));
    let mut slots = boot(slots.into_flash());
    let remembered = recover(&mut slots, &mut buffer, say);
    let fresh = Campaign::new(Policy::Tuned, Variance::Low).tuner;
    go_on(&campaign, campaign.tuner, "12 more systems, had power not failed", say);
    go_on(&campaign, fresh, "12 more systems, learning anew", say);
    let campaign = go_on(&campaign, remembered, "12 more systems with the memory", say);

    slots.save(&campaign.tuner, &mut buffer).expect("there is power");
    say(Line::Text("third boot, after a whole save"));
    let remembered = recover(&mut boot(slots.into_flash()), &mut buffer, say);
    assert_eq!(remembered, campaign.tuner);
    go_on(&campaign, remembered, "12 more systems with the memory", say);
    go_on(&campaign, campaign.tuner, "12 more systems without a reset: the same bits", say);
}
