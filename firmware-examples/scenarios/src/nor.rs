//! [`Nor`]: a simulated NOR flash whose power can be cut at any word.

use core::fmt;
use solvekit::storage::nor_flash::{
    ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash,
};

/// What a power cut leaves of the word being programmed, or of the page being erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tear {
    /// It was not begun.
    Before,
    /// Some bits of the word are programmed; the first half of the page is erased.
    Partly,
    /// It holds garbage.
    Noise,
    /// It reads as erased, and cannot be programmed before it is erased.
    Blank,
    /// It cannot be read, as where an error-correcting flash gives up.
    Unreadable,
    /// It was done, and nothing after it.
    After,
}

impl Tear {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Before, Self::Partly, Self::Noise, Self::Blank, Self::Unreadable, Self::After];
}

/// Why the flash refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NorError {
    /// Offset or length is not a whole number of words or pages.
    NotAligned,
    /// The flash ends before.
    OutOfBounds,
    /// The word was programmed since its page was erased.
    Rewritten,
    /// The word was being programmed, or its page erased, when power failed.
    Unreadable,
    /// There is no power.
    NoPower,
}

impl NorFlashError for NorError {
    fn kind(&self) -> NorFlashErrorKind {
        match self {
            Self::NotAligned => NorFlashErrorKind::NotAligned,
            Self::OutOfBounds => NorFlashErrorKind::OutOfBounds,
            _ => NorFlashErrorKind::Other,
        }
    }
}

impl fmt::Display for NorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind().fmt(f)
    }
}

/// What may be done with a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Byte {
    Erased,
    Programmed,
    Unreadable,
}

/// `BYTES` of NOR flash in words of `WRITE` and pages of `ERASE` bytes. Programming turns ones
/// into zeros and each word takes it once; erasing sets a page to ones. Every word and every page
/// is one step, and power can be cut at any of them.
#[derive(Clone, Debug)]
pub struct Nor<const BYTES: usize, const WRITE: usize, const ERASE: usize> {
    bytes: [u8; BYTES],
    states: [Byte; BYTES],
    /// Steps before the cut, and what it leaves.
    cut: Option<(u32, Tear)>,
    powered: bool,
    steps: u32,
    erases: u32,
    noise: u32,
}

impl<const BYTES: usize, const WRITE: usize, const ERASE: usize> Nor<BYTES, WRITE, ERASE> {
    /// Blank; `seed` fixes what garbage a cut leaves.
    pub const fn new(seed: u32) -> Self {
        Self {
            bytes: [0xFF; BYTES],
            states: [Byte::Erased; BYTES],
            cut: None,
            powered: true,
            steps: 0,
            erases: 0,
            noise: seed | 1,
        }
    }

    /// With these contents, none of which can be programmed before it is erased.
    pub const fn holding(bytes: [u8; BYTES]) -> Self {
        Self { bytes, states: [Byte::Programmed; BYTES], ..Self::new(0) }
    }

    /// Lets power fail at the step after `steps` more.
    pub const fn cut_after(&mut self, steps: u32, tear: Tear) {
        self.cut = Some((steps, tear));
    }

    /// Brings power back.
    pub const fn reboot(&mut self) {
        self.cut = None;
        self.powered = true;
    }

    /// Whether power is there.
    pub const fn is_powered(&self) -> bool {
        self.powered
    }

    /// What is in it.
    pub const fn bytes(&self) -> &[u8; BYTES] {
        &self.bytes
    }

    /// Words programmed and pages erased so far.
    pub const fn steps(&self) -> u32 {
        self.steps
    }

    /// Pages erased so far.
    pub const fn erases(&self) -> u32 {
        self.erases
    }

    fn check(&self, offset: usize, length: usize, align: usize) -> Result<(), NorError> {
        if !self.powered {
            Err(NorError::NoPower)
        } else if !offset.is_multiple_of(align) || !length.is_multiple_of(align) {
            Err(NorError::NotAligned)
        } else if length > BYTES || offset > BYTES - length {
            Err(NorError::OutOfBounds)
        } else {
            Ok(())
        }
    }

    /// Counts a step; what is left of it, if power fails at it.
    fn step(&mut self) -> Option<Tear> {
        self.steps += 1;
        match &mut self.cut {
            Some((0, tear)) => {
                self.powered = false;
                Some(*tear)
            }
            Some((left, _)) => {
                *left -= 1;
                None
            }
            None => None,
        }
    }

    /// Marsaglia's xorshift.
    fn garbage(&mut self) -> u8 {
        self.noise ^= self.noise << 13;
        self.noise ^= self.noise >> 17;
        self.noise ^= self.noise << 5;
        (self.noise >> 24) as u8
    }

    /// Leaves a word or page as the cut does; `whole` is what each byte would have become.
    fn tear(&mut self, from: usize, to: usize, tear: Tear, whole: impl Fn(usize, u8) -> u8) {
        for at in from..to {
            let (before, garbage) = (self.bytes[at], self.garbage());
            let after = whole(at, before);
            let (byte, state) = match tear {
                Tear::Before => (before, self.states[at]),
                // Of a word some bits change; of a page, its first half.
                Tear::Partly if to - from == WRITE => {
                    (before & (after | garbage), Byte::Programmed)
                }
                Tear::Partly if at - from < (to - from) / 2 => (after, Byte::Programmed),
                Tear::Partly => (before, Byte::Programmed),
                Tear::Noise => (garbage, Byte::Programmed),
                Tear::Blank => (0xFF, Byte::Programmed),
                Tear::Unreadable => (before, Byte::Unreadable),
                Tear::After if after == 0xFF && to - from == ERASE => (after, Byte::Erased),
                Tear::After => (after, Byte::Programmed),
            };
            (self.bytes[at], self.states[at]) = (byte, state);
        }
    }
}

impl<const BYTES: usize, const WRITE: usize, const ERASE: usize> ErrorType
    for Nor<BYTES, WRITE, ERASE>
{
    type Error = NorError;
}

impl<const BYTES: usize, const WRITE: usize, const ERASE: usize> ReadNorFlash
    for Nor<BYTES, WRITE, ERASE>
{
    /// As a driver that reads whole words of up to 4 bytes.
    const READ_SIZE: usize = if WRITE < 4 { WRITE } else { 4 };

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), NorError> {
        let from = offset as usize;
        self.check(from, bytes.len(), Self::READ_SIZE)?;
        let to = from + bytes.len();
        if self.states[from..to].contains(&Byte::Unreadable) {
            return Err(NorError::Unreadable);
        }
        bytes.copy_from_slice(&self.bytes[from..to]);
        Ok(())
    }

    fn capacity(&self) -> usize {
        BYTES
    }
}

impl<const BYTES: usize, const WRITE: usize, const ERASE: usize> NorFlash
    for Nor<BYTES, WRITE, ERASE>
{
    const WRITE_SIZE: usize = WRITE;
    const ERASE_SIZE: usize = ERASE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), NorError> {
        let (from, to) = (from as usize, to as usize);
        self.check(from, to.checked_sub(from).ok_or(NorError::OutOfBounds)?, ERASE)?;
        for page in (from..to).step_by(ERASE) {
            if let Some(tear) = self.step() {
                self.tear(page, page + ERASE, tear, |_, _| 0xFF);
                return Err(NorError::NoPower);
            }
            self.erases += 1;
            self.bytes[page..page + ERASE].fill(0xFF);
            self.states[page..page + ERASE].fill(Byte::Erased);
        }
        Ok(())
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorError> {
        let offset = offset as usize;
        self.check(offset, bytes.len(), WRITE)?;
        for (word, new) in (offset..).step_by(WRITE).zip(bytes.chunks(WRITE)) {
            if self.states[word..word + WRITE].iter().any(|state| *state != Byte::Erased) {
                return Err(NorError::Rewritten);
            }
            if let Some(tear) = self.step() {
                self.tear(word, word + WRITE, tear, |at, before| before & new[at - word]);
                return Err(NorError::NoPower);
            }
            for (byte, new) in self.bytes[word..word + WRITE].iter_mut().zip(new) {
                *byte &= new;
            }
            self.states[word..word + WRITE].fill(Byte::Programmed);
        }
        Ok(())
    }
}
