//! [`Log`]: observations out of a defmt log.

use super::Tally;
use defmt_decoder::{DecodeError, StreamDecoder, Table};
use solvekit::{Observation, Status};

/// Reads a defmt log with the formats in the firmware's image; `solvekit::Log` writes the lines that
/// are observations, and all others are somebody's remarks.
pub struct Log<'t> {
    decoder: Box<dyn StreamDecoder + 't>,
    recovers: bool,
    tally: Tally,
}

/// Why an image cannot be used to read a log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// It is no image, or its table cannot be read.
    #[error("no image with a table of log formats: {0}")]
    Image(String),
    /// There is no table in it.
    #[error("the image has no table of log formats: was it linked with -Tdefmt.x?")]
    Table,
    /// The log is of another image: a frame could not be read, and the ones behind it cannot be found.
    #[error("the log cannot be read with this image: is it the one that runs?")]
    Lost,
}

impl<'t> Log<'t> {
    /// The formats in an image (an ELF file).
    ///
    /// # Errors
    /// [`LogError::Image`], [`LogError::Table`].
    pub fn table(image: &[u8]) -> Result<Table, LogError> {
        let table = Table::parse(image).map_err(|error| LogError::Image(format!("{error:#}")))?;
        table.ok_or(LogError::Table)
    }

    /// With the formats of the image that runs.
    pub fn new(table: &'t Table) -> Self {
        let recovers = table.encoding().can_recover();
        Self { decoder: table.new_stream_decoder(), recovers, tally: Tally::default() }
    }

    /// More bytes; each observation that they complete is `heard`, every other line is `remarked`.
    ///
    /// # Errors
    /// [`LogError::Lost`].
    pub fn feed(
        &mut self,
        bytes: &[u8],
        mut heard: impl FnMut(Observation<f32>),
        mut remarked: impl FnMut(&str),
    ) -> Result<(), LogError> {
        self.decoder.received(bytes);
        loop {
            match self.decoder.decode() {
                Ok(frame) => {
                    let line = frame.display_message().to_string();
                    match observation(&line) {
                        Some(seen) => {
                            self.tally.observations += 1;
                            heard(seen);
                        }
                        None => remarked(&line),
                    }
                }
                Err(DecodeError::UnexpectedEof) => return Ok(()),
                Err(DecodeError::Malformed) => {
                    self.tally.foreign += 1;
                    if !self.recovers {
                        return Err(LogError::Lost);
                    }
                }
            }
        }
    }

    /// What there was so far.
    pub const fn tally(&self) -> Tally {
        self.tally
    }
}

/// The observation that a line of a log tells, if it is one: what `defmt::Format` makes of it.
pub fn observation(line: &str) -> Option<Observation<f32>> {
    let fields = line.strip_prefix("Observation { ")?.strip_suffix(" }")?;
    let mut fields = fields.split(", ");
    let mut next = |name: &str| fields.next()?.strip_prefix(name)?.strip_prefix(": ");
    let seen = Observation {
        iteration: next("iteration")?.parse().ok()?,
        residual: next("residual")?.parse().ok()?,
        parameter: optional(next("parameter")?)?,
        arm: optional(next("arm")?)?,
        status: status(next("status")?)?,
    };
    fields.next().is_none().then_some(seen)
}

fn optional<T: std::str::FromStr>(text: &str) -> Option<Option<T>> {
    if text == "None" {
        return Some(None);
    }
    let inside = text.strip_prefix("Some(")?.strip_suffix(')')?;
    inside.parse().ok().map(Some)
}

fn status(text: &str) -> Option<Status> {
    let all = [
        Status::Running,
        Status::Converged,
        Status::IterationLimit,
        Status::Stalled,
        Status::Diverged,
        Status::NonFinite,
        Status::Breakdown,
    ];
    all.into_iter().find(|status| format!("{status:?}") == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_observations_or_remarks() {
        let status = Status::IterationLimit;
        let seen = Observation {
            iteration: 7,
            residual: 0.25,
            parameter: Some(1.5),
            arm: Some(3),
            status,
        };
        assert_eq!(observation(&format!("{seen:?}")), Some(seen));
        let bare = Observation { parameter: None, arm: None, ..seen };
        assert_eq!(observation(&format!("{bare:?}")), Some(bare));
        let lost = observation(
            "Observation { iteration: 1, residual: inf, parameter: None, arm: None, status: NonFinite }",
        );
        assert_eq!(
            lost.map(|seen| (seen.residual, seen.status)),
            Some((f32::INFINITY, Status::NonFinite))
        );
        for other in [
            "",
            "battery at 3.7 V",
            "Observation { iteration: 7 }",
            "Observation { iteration: -1, residual: 1, parameter: None, arm: None, status: Running }",
            "Observation { iteration: 1, residual: 1, parameter: None, arm: None, status: Fine }",
            "Observation { iteration: 1, residual: 1, parameter: None, arm: None, status: Running, more: 1 }",
        ] {
            assert_eq!(observation(other), None, "{other}");
        }
    }

    #[test]
    fn what_is_no_image_is_refused() {
        assert!(matches!(Log::table(b"not an image"), Err(LogError::Image(_))));
    }
}
