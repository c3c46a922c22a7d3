//! What the numbers were measured on, and how the program was built.

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use std::{fs, process::Command, thread};

/// Machine and build.
#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    /// The processor's own name.
    pub cpu: String,
    /// Cores that this process may use.
    pub cores: usize,
    /// `rustc --version` of the build.
    pub rustc: &'static str,
    /// Target triple of the build.
    pub target: &'static str,
    /// Target features of the build; vector instructions show here.
    pub features: &'static str,
    /// Optimisation level of the build.
    pub opt_level: &'static str,
    /// Flags from the environment or the configuration.
    pub rustflags: &'static str,
}

impl Machine {
    /// This one.
    #[must_use]
    pub fn here() -> Self {
        let information = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = information.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            (key.trim() == "model name").then(|| value.trim().to_owned())
        });
        Self {
            cpu: model.unwrap_or_else(|| std::env::consts::ARCH.to_owned()),
            cores: thread::available_parallelism().map_or(1, Into::into),
            rustc: env!("BUILD_RUSTC"),
            target: env!("BUILD_TARGET"),
            features: env!("BUILD_TARGET_FEATURES"),
            opt_level: env!("BUILD_OPT_LEVEL"),
            rustflags: env!("BUILD_RUSTFLAGS"),
        }
    }
}

/// Today in UTC, as in 2026-01-31.
///
/// # Errors
/// Where there is no `date` program; the date can be given instead.
pub fn today() -> Result<String> {
    let output = Command::new("date").args(["-u", "+%F"]).output();
    let output = output.context("cannot ask the system for the date: pass --date YYYY-MM-DD")?;
    date(String::from_utf8_lossy(&output.stdout).trim())
}

/// A date as it stands in the name of a record.
///
/// # Errors
/// Unless it looks like 2026-01-31.
pub fn date(text: &str) -> Result<String> {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(k, byte)| match k {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    ensure!(shape, "`{text}` is not a date such as 2026-01-31");
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn a_date_cannot_leave_the_folder() {
        assert!(date("2026-11-22").is_ok());
        for bad in ["", "2026-11-2", "22.11.2026", "../../../x", "2026-11-222"] {
            assert!(date(bad).is_err(), "{bad}");
        }
    }
}
