//! The one checksum of everything that leaves memory: records in flash, tables, frames on a wire.

use crc::{CRC_32_ISO_HDLC, Crc, NoTable};

/// As of zip. Bit by bit: 1,310 bytes of a Cortex-M4F's flash with a record around it, where a table
/// makes it 1,556.
pub(crate) static CRC: Crc<u32, NoTable> = Crc::<u32, NoTable>::new(&CRC_32_ISO_HDLC);
