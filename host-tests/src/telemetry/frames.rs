//! [`Frames`]: observations out of bytes that come as they come.

use solvekit::Observation;
use solvekit::telemetry::{Frame, FrameError};

/// What a stream held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tally {
    /// Observations that were read.
    pub observations: u64,
    /// Frames that were cut short or changed on the way.
    pub damaged: u64,
    /// Frames of something else, or of another version.
    pub foreign: u64,
    /// Observations that the sender lost, and those missing between two that came.
    pub lost: u64,
}

/// Takes frames out of a stream of bytes. It may begin and end anywhere: what lies before the first
/// zero byte and behind the last is part of a frame that was cut.
#[derive(Clone, Debug, Default)]
pub struct Frames {
    /// Of the frame that has not ended; cut off where it is longer than any.
    begun: Vec<u8>,
    tally: Tally,
    /// Numbers of the last frame: its own, and of what its sender had lost.
    last: Option<(u32, u32)>,
}

impl Frames {
    /// More bytes; each observation that they complete is `heard`.
    pub fn feed(&mut self, bytes: &[u8], mut heard: impl FnMut(Observation<f32>)) {
        for byte in bytes {
            if *byte != 0 {
                // One byte more than the longest frame shows that it is none.
                if self.begun.len() < Frame::LONGEST {
                    self.begun.push(*byte);
                }
            } else if !self.begun.is_empty() {
                let frame = Frame::decode(&self.begun);
                self.begun.clear();
                if let Some(observation) = self.take(frame) {
                    heard(observation);
                }
            }
        }
    }

    /// The stream has ended; a frame that had begun is damaged.
    pub fn end(&mut self) {
        if !self.begun.is_empty() {
            self.begun.clear();
            self.tally.damaged += 1;
        }
    }

    /// What there was so far.
    pub const fn tally(&self) -> Tally {
        self.tally
    }

    fn take(&mut self, frame: Result<Frame, FrameError>) -> Option<Observation<f32>> {
        match frame {
            Ok(frame) => {
                self.tally.observations += 1;
                self.tally.lost += u64::from(self.missing(&frame));
                self.last = Some((frame.sequence, frame.lost));
                Some(frame.observation)
            }
            Err(FrameError::Damaged) => {
                self.tally.damaged += 1;
                None
            }
            Err(_) => {
                self.tally.foreign += 1;
                None
            }
        }
    }

    /// Lost since the last frame. A sender that begins anew counts anew.
    fn missing(&self, frame: &Frame) -> u32 {
        let Some((sequence, lost)) = self.last else { return frame.lost };
        let restarted = frame.sequence == 0 || frame.lost < lost;
        if restarted {
            return frame.lost;
        }
        let skipped = frame.sequence.wrapping_sub(sequence.wrapping_add(1));
        // More than half of all numbers ahead is behind: twice the same frame, or out of order.
        let skipped = if skipped > u32::MAX / 2 { 0 } else { skipped };
        skipped.saturating_add(frame.lost - lost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use solvekit::Status;
    use solvekit::telemetry::Wire;

    fn seen(iteration: u32) -> Observation<f32> {
        let status = Status::Running;
        Observation { iteration, residual: 0.5, parameter: Some(1.5), arm: None, status }
    }

    /// Frames of so many observations.
    fn stream(count: u32) -> Vec<Vec<u8>> {
        let mut sent = Vec::new();
        let mut wire = Wire::new(|bytes: &[u8]| {
            sent.push(bytes.to_vec());
            true
        });
        assert!((0..count).all(|k| wire.send(&seen(k), 0)));
        sent
    }

    fn read(pieces: &[Vec<u8>]) -> (Vec<u32>, Tally) {
        let (mut frames, mut heard) = (Frames::default(), Vec::new());
        pieces.iter().for_each(|piece| frames.feed(piece, |seen| heard.push(seen.iteration)));
        frames.end();
        (heard, frames.tally())
    }

    #[test]
    fn a_stream_cut_anywhere_loses_the_frame_it_was_cut_in() {
        let whole = stream(3).concat();
        let each = whole.len() / 3;
        for cut in 0..whole.len() {
            let (whole_frames, inside) = (cut / each, cut % each);
            // Of each frame the first byte is a zero, and the last.
            let (heard, tally) = read(&[whole[..cut].to_vec()]);
            assert_eq!(heard.len(), whole_frames, "cut at {cut}");
            assert_eq!(tally.damaged, u64::from(inside > 1), "cut at {cut}");
            let (heard, tally) = read(&[whole[cut..].to_vec()]);
            let entire = 3 - whole_frames - usize::from(inside > 1);
            assert_eq!(heard.len(), entire, "from {cut}");
            let part = inside > 1 && inside < each - 1;
            // Without its beginning a frame does not say whose it was.
            assert_eq!(tally.damaged + tally.foreign, u64::from(part), "from {cut}");
        }
    }

    #[test]
    fn what_is_missing_is_counted_and_a_restart_is_not_a_gap() {
        let mut pieces = stream(6);
        pieces.remove(4);
        pieces.remove(1);
        let (heard, tally) = read(&pieces);
        assert_eq!((heard, tally.lost), (vec![0, 2, 3, 5], 2));
        let twice = [stream(3), stream(2)].concat();
        assert_eq!(read(&twice).1, Tally { observations: 5, ..Tally::default() });
    }

    #[test]
    fn others_on_the_wire_are_passed_over() {
        let mut pieces = stream(2);
        // Text, a frame far too long, and one of another firmware that uses the same stuffing.
        pieces.insert(1, b"\0boot: rev 3\0".to_vec());
        pieces.insert(1, vec![7; 10_000]);
        let mut other = vec![0; 20];
        let length = cobs::encode(b"temperature 21.5", &mut other);
        other.truncate(length + 1);
        pieces.insert(1, other);
        let (heard, tally) = read(&pieces);
        assert_eq!(heard, [0, 1]);
        assert_eq!((tally.foreign, tally.foreign + tally.damaged), (1, 3));
    }
}
