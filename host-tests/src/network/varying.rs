//! [`Varying`]: dictionaries that change from signal to signal.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How the dictionaries vary that a network is to serve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Varying {
    /// The columns of one dictionary in any order.
    Permuted,
    /// One dictionary with normal noise on its entries; each column keeps its norm.
    Noisy {
        /// ‖a‖² / E‖noise‖² of each column a, in decibels.
        snr_db: f64,
    },
}

/// As it is typed.
impl fmt::Display for Varying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Permuted => f.write_str("permuted"),
            Self::Noisy { snr_db } => write!(f, "noisy:{snr_db}"),
        }
    }
}

impl FromStr for Varying {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "permuted" {
            return Ok(Self::Permuted);
        }
        let unknown = || "`permuted` or `noisy:DB` is needed".to_owned();
        let snr_db = text.strip_prefix("noisy:").and_then(|db| db.parse().ok());
        let varying = Self::Noisy { snr_db: snr_db.ok_or_else(unknown)? };
        varying.check().map(|()| varying)
    }
}

impl Varying {
    /// # Errors
    /// A ratio beyond what numbers in `f32` can show, in words.
    pub(crate) fn check(self) -> Result<(), String> {
        match self {
            Self::Noisy { snr_db } if snr_db.is_nan() || snr_db.abs() > 200.0 => {
                Err(format!("noise at {snr_db} dB is not between -200 and 200 dB"))
            }
            _ => Ok(()),
        }
    }
}

impl TryFrom<String> for Varying {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Varying> for String {
    fn from(varying: Varying) -> Self {
        varying.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::Varying;

    #[test]
    fn words_come_back() {
        for varying in [Varying::Permuted, Varying::Noisy { snr_db: 12.5 }] {
            assert_eq!(varying.to_string().parse(), Ok(varying));
        }
        for bad in ["", "Permuted", "noisy", "noisy:", "noisy:x", "noisy:nan", "noisy:-201"] {
            assert!(bad.parse::<Varying>().is_err(), "{bad}");
        }
    }
}
