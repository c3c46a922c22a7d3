//! [`Digest`]: what tells two dictionaries, or two files, apart.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// SHA-256 of numbers or bytes, as 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    /// Of bytes.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self::finish(Sha256::new_with_prefix(bytes))
    }

    /// Of a matrix: its rows and columns as 64 bits each, then its numbers column by column as
    /// `f32`, all little-endian.
    #[must_use]
    pub fn of_matrix(rows: usize, values: &[f32]) -> Self {
        let columns = values.len().checked_div(rows).unwrap_or(0);
        let mut hasher = Sha256::new();
        for size in [rows, columns] {
            hasher.update((size as u64).to_le_bytes());
        }
        values.iter().for_each(|value| hasher.update(value.to_le_bytes()));
        Self::finish(hasher)
    }

    fn finish(hasher: Sha256) -> Self {
        Self(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The first twelve digits: enough for people.
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.get(..12).unwrap_or(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::Digest;

    #[test]
    fn known_bytes_have_their_known_digest() {
        // FIPS 180-2, appendix B.1.
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Digest::of_bytes(b"abc").as_str(), known);
    }

    #[test]
    fn the_shape_counts_and_every_bit() {
        let values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let digest = Digest::of_matrix(2, &values);
        assert_ne!(digest, Digest::of_matrix(3, &values));
        assert_ne!(digest, Digest::of_matrix(2, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.000_000_5]));
        assert_eq!(digest, Digest::of_matrix(2, &values.map(|v| v)));
    }
}
