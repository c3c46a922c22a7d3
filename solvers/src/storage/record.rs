//! A value as bytes that know what they are: a header, then the value in postcard.
//!
//! | bytes | header field, little-endian |
//! |---|---|
//! | 0–3 | `skit` |
//! | 4–7 | version of this format: 1 |
//! | 8–11 | the type's tag |
//! | 12–15 | sequence number; [`encode`] writes 0 |
//! | 16–19 | bytes of the value |
//! | 20–23 | CRC-32 (ISO-HDLC, as of zip) of bytes 0–19 and of the value |

use super::{Memory, RecordError};
use crate::checksum::CRC;
use postcard::{Deserializer, de_flavors::Flavor};

/// Bytes before the value.
pub const HEADER: usize = 24;

const MAGIC: u32 = u32::from_le_bytes(*b"skit");
const VERSION: u32 = 1;

/// Bytes of the longest record of a type: what a buffer for [`encode`] must have.
pub const fn longest<M: Memory>() -> usize {
    HEADER + M::LONGEST
}

/// Writes a value into the front of `buffer`, which has at least [`longest`] bytes, and returns
/// the bytes written.
///
/// # Errors
/// [`RecordError::Buffer`]; [`RecordError::Unsound`]; [`RecordError::TooLong`] when the type
/// declares less than it takes.
pub fn encode<'b, M: Memory>(value: &M, buffer: &'b mut [u8]) -> Result<&'b [u8], RecordError> {
    let short = RecordError::Buffer { needed: longest::<M>() };
    let room = buffer.get_mut(..longest::<M>()).ok_or(short)?;
    let (header, payload) = room.split_first_chunk_mut().ok_or(short)?;
    let length = seal(value, 0, header, payload)?;
    buffer.get(..HEADER + length).ok_or(short)
}

/// The value in `bytes`, which are those of one record and nothing else.
///
/// # Errors
/// Every [`RecordError`] but `Buffer` and `Unreadable`, looked for in this order: header there,
/// begins as a record, version, tag, length, checksum, a value of the type, a sound one.
pub fn decode<M: Memory>(bytes: &[u8]) -> Result<M, RecordError> {
    let found = bytes.len();
    let truncated = RecordError::Truncated { needed: HEADER, found };
    let (header, payload) = bytes.split_first_chunk().ok_or(truncated)?;
    let needed = HEADER + Header::read::<M>(header)?.length;
    if found > needed {
        return Err(RecordError::Trailing { needed, found });
    }
    value(intact::<M>(header, payload)?.1)
}

/// What a header of the right kind says.
struct Header {
    sequence: u32,
    length: usize,
    checksum: u32,
}

impl Header {
    fn read<M: Memory>(bytes: &[u8; HEADER]) -> Result<Self, RecordError> {
        let mut words = [0; HEADER / 4];
        for (word, bytes) in words.iter_mut().zip(bytes.as_chunks().0) {
            *word = u32::from_le_bytes(*bytes);
        }
        let [magic, version, tag, sequence, length, checksum] = words;
        if magic != MAGIC {
            return Err(RecordError::NotARecord);
        }
        if version != VERSION {
            return Err(RecordError::Version { found: version });
        }
        if tag != M::TAG {
            return Err(RecordError::Tag { found: tag });
        }
        let length = length as usize;
        if length > M::LONGEST {
            return Err(RecordError::TooLong { longest: M::LONGEST });
        }
        Ok(Self { sequence, length, checksum })
    }
}

/// Writes `value` into `payload` and the header that goes with it; returns the value's bytes.
pub(super) fn seal<M: Memory>(
    value: &M,
    sequence: u32,
    header: &mut [u8; HEADER],
    payload: &mut [u8],
) -> Result<usize, RecordError> {
    if !value.is_sound() {
        return Err(RecordError::Unsound);
    }
    let too_long = RecordError::TooLong { longest: M::LONGEST };
    let room = payload.get_mut(..M::LONGEST).ok_or(too_long)?;
    let written = postcard::to_slice(value, room).map_err(|_| too_long)?;
    let words = [MAGIC, VERSION, M::TAG, sequence, written.len() as u32, 0];
    for (bytes, word) in header.as_chunks_mut().0.iter_mut().zip(words) {
        *bytes = word.to_le_bytes();
    }
    let sum = checksum(header, written);
    if let Some(last) = header.last_chunk_mut() {
        *last = sum.to_le_bytes();
    }
    Ok(written.len())
}

/// The sequence number of an undamaged record and its value's bytes; `payload` may be longer.
pub(super) fn intact<'p, M: Memory>(
    header: &[u8; HEADER],
    payload: &'p [u8],
) -> Result<(u32, &'p [u8]), RecordError> {
    let Header { sequence, length, checksum: expected } = Header::read::<M>(header)?;
    let found = HEADER + payload.len();
    let truncated = RecordError::Truncated { needed: HEADER + length, found };
    let payload = payload.get(..length).ok_or(truncated)?;
    if checksum(header, payload) != expected {
        return Err(RecordError::Checksum);
    }
    Ok((sequence, payload))
}

/// The value whose bytes these are, all of them, and is it sound? Values are judged where they are: each
/// move would take as much stack again.
pub(super) fn value<M: Memory>(payload: &[u8]) -> Result<M, RecordError> {
    let mut bytes = Deserializer::from_bytes(payload);
    let value = M::deserialize(&mut bytes).map_err(|_| RecordError::Payload)?;
    judge(&value, bytes)?;
    Ok(value)
}

/// The value at the front of bytes that were [checked](check).
pub(super) fn parse<M: Memory>(payload: &[u8]) -> postcard::Result<M> {
    M::deserialize(&mut Deserializer::from_bytes(payload))
}

/// Are these the bytes of a sound value?
// Never inlined: the value leaves the stack again.
#[inline(never)]
pub(super) fn check<M: Memory>(payload: &[u8]) -> Result<(), RecordError> {
    let mut bytes = Deserializer::from_bytes(payload);
    match &M::deserialize(&mut bytes) {
        Ok(value) => judge(value, bytes),
        Err(_) => Err(RecordError::Payload),
    }
}

fn judge<'p, M: Memory>(
    value: &M,
    rest: Deserializer<'p, impl Flavor<'p, Remainder = &'p [u8]>>,
) -> Result<(), RecordError> {
    match rest.finalize() {
        Ok([]) if value.is_sound() => Ok(()),
        Ok([]) => Err(RecordError::Unsound),
        _ => Err(RecordError::Payload),
    }
}

/// Of the header but its last four bytes, and of the value.
fn checksum(header: &[u8; HEADER], payload: &[u8]) -> u32 {
    let mut digest = CRC.digest();
    if let Some((covered, _)) = header.split_last_chunk::<4>() {
        digest.update(covered);
    }
    digest.update(payload);
    digest.finalize()
}
