//! [`Frame`]: one observation on a wire.
//!
//! | bytes, before stuffing | what |
//! |---|---|
//! | 0–1 | `sk` |
//! | 2 | version of this format: 1 |
//! | 3 … | the frame in postcard |
//! | the last four | CRC-32 (ISO-HDLC, as of zip) of all before, little-endian |
//!
//! Stuffed by COBS, so that a zero byte stands between frames and nowhere else: who begins to read
//! in the middle, or has lost something, goes on at the next one.

use crate::Observation;
use crate::checksum::CRC;
use cobs::{DecodeResult, DecoderState};
use core::fmt;
use serde::{Deserialize, Serialize};

/// Before the frame.
const BEGIN: [u8; 3] = [b's', b'k', VERSION];
const VERSION: u8 = 1;
const CHECKSUM: usize = 4;
/// Numbers of 32 bits take up to 5 bytes in postcard; iteration, residual, parameter, arm, status,
/// sequence, lost.
const PAYLOAD: usize = 5 + 4 + 5 + 4 + 1 + 5 + 5;
const PLAIN: usize = BEGIN.len() + PAYLOAD + CHECKSUM;

/// One observation with what tells that others are missing.
///
/// On the wire: at most [`LONGEST`](Self::LONGEST) bytes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Frame {
    /// Frames sent before this one; it wraps.
    pub sequence: u32,
    /// Observations lost on the sender's side so far.
    pub lost: u32,
    /// What was seen.
    pub observation: Observation<f32>,
}

/// Why bytes are no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum FrameError {
    /// Cut short, or changed on the way: stuffing, length or checksum are not right.
    Damaged,
    /// Not ours: it does not begin as a frame does (nor does one whose beginning is missing), or is no
    /// observation.
    Foreign,
    /// A frame of another version of this format.
    Version {
        /// That version.
        found: u8,
    },
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged => f.write_str("a frame that is cut short or damaged"),
            Self::Foreign => f.write_str("a frame of something else than solvekit"),
            Self::Version { found } => {
                write!(f, "a frame of version {found}; this is version {VERSION}")
            }
        }
    }
}

impl core::error::Error for FrameError {}

impl Frame {
    /// Bytes of the longest frame, with the zero before and the zero behind it.
    pub const LONGEST: usize = PLAIN + 1 + 2;

    /// The frame's bytes, in the front of `buffer`: a zero, the frame, a zero. The first one ends
    /// whatever was cut short before.
    pub fn encode<'b>(&self, buffer: &'b mut [u8; Self::LONGEST]) -> &'b [u8] {
        let mut plain = [0; PLAIN];
        let length = self.fill(&mut plain).unwrap_or(0);
        let Some(stuffed) = buffer.get_mut(1..Self::LONGEST - 1) else { return &[] };
        // There is room for it: PLAIN bytes become at most one more.
        let stuffed = cobs::try_encode(plain.get(..length).unwrap_or(&[]), stuffed).unwrap_or(0);
        if let Some(first) = buffer.first_mut() {
            *first = 0;
        }
        if let Some(last) = buffer.get_mut(stuffed + 1) {
            *last = 0;
        }
        buffer.get(..stuffed + 2).unwrap_or(&[])
    }

    /// Writes it without stuffing; how long it is. `None` does not happen: the longest fits.
    fn fill(&self, plain: &mut [u8; PLAIN]) -> Option<usize> {
        let (begin, rest) = plain.split_first_chunk_mut()?;
        *begin = BEGIN;
        let payload = postcard::to_slice(self, rest).ok()?.len();
        let (all, rest) = plain.split_at_mut_checked(BEGIN.len() + payload)?;
        *rest.first_chunk_mut()? = CRC.checksum(all).to_le_bytes();
        Some(all.len() + CHECKSUM)
    }

    /// The frame in the bytes between two zeros.
    ///
    /// # Errors
    /// [`FrameError`].
    pub fn decode(stuffed: &[u8]) -> Result<Self, FrameError> {
        let mut plain = [0; PLAIN];
        let plain = unstuff(stuffed, &mut plain).ok_or(FrameError::Damaged)?;
        let (all, checksum) = plain.split_last_chunk().ok_or(FrameError::Damaged)?;
        // Whose it is before whether it is whole: others have other checksums.
        let (begin, payload) = all.split_first_chunk().ok_or(FrameError::Damaged)?;
        let [first, second, version]: [u8; BEGIN.len()] = *begin;
        if [first, second] != [BEGIN[0], BEGIN[1]] {
            return Err(FrameError::Foreign);
        }
        if CRC.checksum(all) != u32::from_le_bytes(*checksum) {
            return Err(FrameError::Damaged);
        }
        if version != VERSION {
            return Err(FrameError::Version { found: version });
        }
        match postcard::take_from_bytes(payload) {
            Ok((frame, [])) => Ok(frame),
            _ => Err(FrameError::Foreign),
        }
    }
}

/// The bytes before stuffing, in the front of `plain`; `None` where they were not stuffed so, or are
/// more than a frame has.
fn unstuff<'p>(stuffed: &[u8], plain: &'p mut [u8; PLAIN]) -> Option<&'p [u8]> {
    let (mut state, mut length) = (DecoderState::Idle, 0);
    for byte in stuffed.iter().chain(&[0]) {
        match state.feed(*byte).ok()? {
            DecodeResult::DataContinue(byte) => {
                *plain.get_mut(length)? = byte;
                length += 1;
            }
            DecodeResult::DataComplete => return plain.get(..length),
            DecodeResult::NoData => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Status;

    fn longest() -> Frame {
        let observation = Observation {
            iteration: u32::MAX,
            residual: f32::NAN,
            parameter: Some(f32::MAX),
            arm: Some(u16::MAX),
            status: Status::Breakdown,
        };
        Frame { sequence: u32::MAX, lost: u32::MAX, observation }
    }

    fn bare(bytes: &[u8], into: &mut [u8; Frame::LONGEST]) -> usize {
        let frame = &bytes[1..bytes.len() - 1];
        into[..frame.len()].copy_from_slice(frame);
        frame.len()
    }

    #[test]
    fn the_longest_frame_fits_and_every_frame_comes_back() {
        let (mut buffer, mut again) = ([0; Frame::LONGEST], [0; Frame::LONGEST]);
        let short = Frame { sequence: 0, lost: 0, ..longest() };
        for frame in [longest(), short] {
            let bytes = frame.encode(&mut buffer);
            assert!(bytes[1..bytes.len() - 1].iter().all(|byte| *byte != 0));
            assert_eq!((bytes[0], bytes[bytes.len() - 1]), (0, 0));
            let length = bare(bytes, &mut again);
            let back = Frame::decode(&again[..length]).expect("whole");
            assert_eq!(back.observation.residual.to_bits(), f32::NAN.to_bits());
            // NaN is not equal to itself.
            let number = |frame: Frame| Frame {
                observation: Observation { residual: 1.0, ..frame.observation },
                ..frame
            };
            assert_eq!(number(back), number(frame));
        }
        assert_eq!(longest().encode(&mut buffer).len(), Frame::LONGEST);
    }

    #[test]
    fn what_is_cut_or_changed_anywhere_is_refused() {
        let mut buffer = [0; Frame::LONGEST];
        let bytes = longest().encode(&mut buffer);
        let mut copy = [0; Frame::LONGEST];
        let whole = bare(bytes, &mut copy);
        for length in 0..whole {
            bare(bytes, &mut copy);
            assert!(Frame::decode(&copy[..length]).is_err(), "cut to {length}");
        }
        for place in 0..whole {
            for bit in 0..8 {
                bare(bytes, &mut copy);
                copy[place] ^= 1 << bit;
                assert!(Frame::decode(&copy[..whole]).is_err(), "bit {bit} of {place}");
            }
        }
    }

    #[test]
    fn another_version_and_another_sender_are_told_apart() {
        let refused = |begin: [u8; 3]| {
            let mut plain = [0; PLAIN];
            let length = longest().fill(&mut plain).expect("fits") - CHECKSUM;
            plain[..3].copy_from_slice(&begin);
            let checksum = CRC.checksum(&plain[..length]).to_le_bytes();
            plain[length..length + CHECKSUM].copy_from_slice(&checksum);
            let mut stuffed = [0; Frame::LONGEST];
            let length = cobs::encode(&plain[..length + CHECKSUM], &mut stuffed);
            Frame::decode(&stuffed[..length])
        };
        assert_eq!(refused([b's', b'k', 9]), Err(FrameError::Version { found: 9 }));
        assert_eq!(refused(*b"abc"), Err(FrameError::Foreign));
        assert!(refused(BEGIN).is_ok());
    }
}
