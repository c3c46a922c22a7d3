//! [`Wire`]: an observer that sends.

use super::Frame;
use crate::{Observation, Observer};

/// Sends every observation as a [`Frame`] through a function that takes bytes: a serial port, a
/// radio, a debug channel.
///
/// The function says whether it took them. What it did not take is lost, and the frames that follow
/// say how many were: a run does not wait. Sending inside the run costs it the time of the function;
/// where that is too much, put a [`Ring`](crate::Ring) between.
#[derive(Clone, Debug)]
pub struct Wire<F> {
    take: F,
    sequence: u32,
    lost: u32,
}

impl<F: FnMut(&[u8]) -> bool> Wire<F> {
    /// Through a function that says whether it took the bytes.
    pub const fn new(take: F) -> Self {
        Self { take, sequence: 0, lost: 0 }
    }

    /// Sends one observation, of which `lost` others did not come this far. Whether it was taken.
    pub fn send(&mut self, observation: &Observation<f32>, lost: u32) -> bool {
        let lost = lost.saturating_add(self.lost);
        let frame = Frame { sequence: self.sequence, lost, observation: *observation };
        let taken = (self.take)(frame.encode(&mut [0; Frame::LONGEST]));
        if taken {
            self.sequence = self.sequence.wrapping_add(1);
        } else {
            self.lost = self.lost.saturating_add(1);
        }
        taken
    }

    /// Observations that were not taken.
    pub const fn lost(&self) -> u32 {
        self.lost
    }
}

impl<F: FnMut(&[u8]) -> bool> Observer<f32> for Wire<F> {
    fn observe(&mut self, seen: &Observation<f32>) {
        self.send(seen, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Status;

    #[test]
    fn what_is_not_taken_is_counted_in_the_frames_that_follow() {
        let mut frames = [None; 6];
        let mut calls = 0;
        let mut wire = Wire::new(|bytes: &[u8]| {
            calls += 1;
            let taken = calls % 3 != 0;
            if taken {
                let mut copy = [0; Frame::LONGEST];
                let stuffed = &mut copy[..bytes.len() - 2];
                stuffed.copy_from_slice(&bytes[1..bytes.len() - 1]);
                frames[calls - 1] = Some(Frame::decode(stuffed).expect("whole"));
            }
            taken
        });
        for iteration in 0..6 {
            let status = Status::Running;
            let seen = Observation { iteration, residual: 1.0, parameter: None, arm: None, status };
            wire.observe(&seen);
        }
        assert_eq!(wire.lost(), 2);
        let told = frames.iter().flatten().map(|f| (f.sequence, f.lost, f.observation.iteration));
        assert!(told.eq([(0, 0, 0), (1, 0, 1), (2, 1, 3), (3, 1, 4)]), "{frames:?}");
    }
}
