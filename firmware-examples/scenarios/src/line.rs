//! One line of a story's output.

use core::fmt;

/// What a story says. Shown with `Display` on the host; firmware logs the same
/// content through defmt, and its decoder restores the same text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Line {
    /// A sentence. Its text does not end like a real (`: 0x` and eight digits).
    Text(&'static str),
    /// A label and a whole number: `sweeps: 12`.
    Count(&'static str, u32),
    /// A label and a real, its bits first: `omega: 0x3fc00000 (1.5)`.
    Real(&'static str, f32),
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Count(label, count) => write!(f, "{label}: {count}"),
            Self::Real(label, value) => {
                write!(f, "{label}: {:#010x} ({value})", value.to_bits())
            }
        }
    }
}
