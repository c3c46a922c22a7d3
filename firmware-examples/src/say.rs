//! A story's lines, through defmt.

use scenarios::Line;

/// Logs one line at `info`.
///
/// Reals travel as their bits: the decoder on the host writes the decimal
/// beside them with the same `Display` as the host tests, since defmt's own
/// decimal (and its cost on the target) would differ.
pub fn say(line: Line) {
    match line {
        Line::Text(text) => defmt::info!("{=str}", text),
        Line::Count(label, count) => defmt::info!("{=str}: {=u32}", label, count),
        Line::Real(label, value) => defmt::info!("{=str}: {=u32:#010x}", label, value.to_bits()),
    }
}
