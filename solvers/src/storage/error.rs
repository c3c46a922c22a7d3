//! Why bytes, slots or a save were refused.

use core::fmt;
use embedded_storage::nor_flash::NorFlashError;

/// Why a value was not encoded, or bytes were not decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum RecordError {
    /// The caller's buffer is too short.
    Buffer {
        /// Bytes it must have.
        needed: usize,
    },
    /// There are fewer bytes than the record has.
    Truncated {
        /// Bytes of the record, or of its header when not even that is there.
        needed: usize,
        /// Bytes given.
        found: usize,
    },
    /// There are bytes after the record.
    Trailing {
        /// Bytes of the record.
        needed: usize,
        /// Bytes given.
        found: usize,
    },
    /// The bytes do not begin as a record does.
    NotARecord,
    /// A record of another version of this format.
    Version {
        /// Which one.
        found: u32,
    },
    /// A record of another type, or of another layout of it.
    Tag {
        /// Its tag.
        found: u32,
    },
    /// The value's bytes are more than its type declares as its longest.
    TooLong {
        /// What the type declares.
        longest: usize,
    },
    /// The bytes changed since they were encoded.
    Checksum,
    /// The bytes are as they were encoded, and are not a value of the type all the same.
    Payload,
    /// The value has a field that no computation can have left there.
    Unsound,
    /// The flash did not let it be read.
    Unreadable,
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Buffer { needed } => write!(f, "the buffer needs {needed} bytes"),
            Self::Truncated { needed, found } => {
                write!(f, "the record has {needed} bytes, of which {found} are there")
            }
            Self::Trailing { needed, found } => {
                write!(f, "the record has {needed} bytes, and {found} were given")
            }
            Self::NotARecord => f.write_str("these bytes are not a stored record"),
            Self::Version { found } => write!(f, "a record of version {found} of the format"),
            Self::Tag { found } => {
                write!(f, "a record of another type or layout, tagged {found:#010x}")
            }
            Self::TooLong { longest } => {
                write!(f, "the value takes more than the {longest} bytes its type declares")
            }
            Self::Checksum => f.write_str("the record was damaged: its checksum differs"),
            Self::Payload => f.write_str("the record does not hold a value of its type"),
            Self::Unsound => f.write_str("the value could not have been learned: it is unsound"),
            Self::Unreadable => f.write_str("the flash could not be read"),
        }
    }
}

impl core::error::Error for RecordError {}

/// Why two regions of a flash cannot be slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum RegionError {
    /// The driver's sizes are zero, or do not divide one another: a page must be a whole number
    /// of the units that are read and written.
    Geometry,
    /// A slot is empty, or does not begin and end at a page.
    Alignment {
        /// 0 or 1.
        slot: usize,
    },
    /// A slot ends after the flash does.
    OutOfBounds {
        /// 0 or 1.
        slot: usize,
    },
    /// A slot cannot hold one record.
    TooSmall {
        /// 0 or 1.
        slot: usize,
        /// Bytes of one record.
        needed: usize,
    },
    /// The slots share a page.
    Overlap,
}

impl fmt::Display for RegionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Geometry => {
                f.write_str("the flash's read, write and page sizes do not divide one another")
            }
            Self::Alignment { slot } => {
                write!(f, "slot {slot} must be one whole page of the flash or several")
            }
            Self::OutOfBounds { slot } => write!(f, "slot {slot} ends after the flash does"),
            Self::TooSmall { slot, needed } => {
                write!(f, "slot {slot} is too small for one record of {needed} bytes")
            }
            Self::Overlap => f.write_str("the two slots overlap"),
        }
    }
}

impl core::error::Error for RegionError {}

/// Why a value was not saved; what was saved before is as before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum StorageError<E> {
    /// The value was refused, or the buffer.
    Record(RecordError),
    /// The flash refused.
    Flash(E),
    /// The flash took the record and gives back another: worn out, or write-protected.
    Verify,
}

impl<E> From<RecordError> for StorageError<E> {
    fn from(error: RecordError) -> Self {
        Self::Record(error)
    }
}

impl<E: NorFlashError> fmt::Display for StorageError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Record(error) => error.fmt(f),
            Self::Flash(error) => write!(f, "the flash refused: {}", error.kind()),
            Self::Verify => f.write_str("the flash did not keep what was written"),
        }
    }
}

impl<E: NorFlashError> core::error::Error for StorageError<E> {}
