//! Decodes what an image logged through defmt.

use anyhow::{Context, Result};
use defmt_decoder::{DecodeError, Table};

/// How an entry is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// The story speaks.
    Story,
    /// Something measured: a stack, a region's name.
    Measure,
    /// A panic, a fault, a frame that cannot be decoded.
    Trouble,
}

/// One line of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// How it is meant.
    pub(crate) level: Level,
    /// Its text, as the host's `Display` of a `scenarios::Line` would print it.
    pub(crate) text: String,
}

/// Decodes the frames in `bytes` with the formats kept in the image.
pub(crate) fn decode(elf: &[u8], bytes: &[u8]) -> Result<Vec<Entry>> {
    let table = Table::parse(elf)
        .context("the image's defmt table")?
        .context("the image has no defmt table: was it linked with defmt.x?")?;
    let mut decoder = table.new_stream_decoder();
    decoder.received(bytes);
    let mut entries = Vec::new();
    loop {
        match decoder.decode() {
            Ok(frame) => {
                let level = match frame.level().map(|level| level.as_str()) {
                    Some("info") => Level::Story,
                    Some("debug" | "trace") => Level::Measure,
                    _ => Level::Trouble,
                };
                let text = with_decimal(frame.display_message().to_string());
                entries.push(Entry { level, text });
            }
            Err(DecodeError::UnexpectedEof) => break,
            Err(DecodeError::Malformed) => {
                let text = "a malformed log frame".to_owned();
                entries.push(Entry { level: Level::Trouble, text });
                if !table.encoding().can_recover() {
                    break;
                }
            }
        }
    }
    Ok(entries)
}

/// Reals arrive as their bits: appends the decimal, by the same `Display` as
/// on the host.
fn with_decimal(text: String) -> String {
    let bits = text
        .rsplit_once(": 0x")
        .filter(|(_, digits)| digits.len() == 8)
        .and_then(|(_, digits)| u32::from_str_radix(digits, 16).ok());
    match bits {
        Some(bits) => format!("{text} ({})", f32::from_bits(bits)),
        None => text,
    }
}

/// The lines of the given level.
pub(crate) fn lines(log: &[Entry], level: Level) -> impl Iterator<Item = &str> {
    log.iter().filter(move |entry| entry.level == level).map(|entry| entry.text.as_str())
}

#[cfg(test)]
mod tests {
    use super::with_decimal;

    #[test]
    fn decimals_follow_bits() {
        assert_eq!(with_decimal("w: 0x3fc00000".into()), "w: 0x3fc00000 (1.5)");
        assert_eq!(with_decimal("w: 0x3f800000".into()), "w: 0x3f800000 (1)");
        assert_eq!(with_decimal("sweeps: 12".into()), "sweeps: 12");
        assert_eq!(with_decimal("at: 0x12".into()), "at: 0x12");
    }
}
