//! [`Listener`]: either kind of stream.

use crate::telemetry::{Frames, Log, LogError, Tally};
use defmt_decoder::Table;
use solvekit::Observation;

/// What takes the bytes.
pub(super) enum Listener<'t> {
    /// As frames.
    Frames(Frames),
    /// As a defmt log.
    Log(Log<'t>),
}

impl<'t> Listener<'t> {
    pub(super) fn frames() -> Self {
        Self::Frames(Frames::default())
    }

    pub(super) fn log(table: &'t Table) -> Self {
        Self::Log(Log::new(table))
    }

    /// More bytes; observations are `heard`, other lines of a log `remarked`.
    pub(super) fn feed(
        &mut self,
        bytes: &[u8],
        heard: impl FnMut(Observation<f32>),
        remarked: impl FnMut(&str),
    ) -> Result<(), LogError> {
        match self {
            Self::Frames(frames) => {
                frames.feed(bytes, heard);
                Ok(())
            }
            Self::Log(log) => log.feed(bytes, heard, remarked),
        }
    }

    pub(super) fn end(&mut self) {
        if let Self::Frames(frames) = self {
            frames.end();
        }
    }

    pub(super) const fn tally(&self) -> Tally {
        match self {
            Self::Frames(frames) => frames.tally(),
            Self::Log(log) => log.tally(),
        }
    }
}
