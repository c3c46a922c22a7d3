//! [`Common`]: what every kind of calibration is asked.

use super::{CalibrateError, Found, Outcome};
use crate::file::{try_name, write_whole};
use crate::program::Work;
use clap::{Args, ValueEnum};
use std::fs;
use std::path::{Path, PathBuf};

/// What every kind of calibration is asked.
#[derive(Args, Clone, Debug, Default)]
pub struct Common {
    /// A column that names the device of each row; every device is calibrated by itself
    #[arg(long, value_name = "COLUMN")]
    pub device: Option<String>,

    /// Only these devices, separated by commas; one without rows is told
    #[arg(long, value_name = "NAMES", value_delimiter = ',', requires = "device")]
    pub only: Vec<String>,

    /// What becomes of a row with a missing number
    #[arg(long, value_enum, default_value_t = Missing::Refuse)]
    pub missing: Missing,

    /// Where to write the results: .csv (a row a device) or .json
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Folder for figures (SVG), some for each device
    #[arg(long, value_name = "DIR")]
    pub figures: Option<PathBuf>,

    /// Print one JSON object on stdout
    #[arg(long)]
    pub json: bool,

    /// By what, and on how many threads
    #[command(flatten)]
    pub work: Work,
}

/// What becomes of a row with a missing number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Missing {
    /// Its device is not calibrated, and the row is named
    #[default]
    Refuse,
    /// The row is left out and counted
    Skip,
}

impl Common {
    /// Before any work: can the outputs be written?
    pub(super) fn prepare(&self) -> Result<(), CalibrateError> {
        if let Some(path) = &self.output {
            let known = ".csv or .json";
            if !matches!(ending(path).as_str(), "csv" | "json") {
                return Err(crate::file::Cause::Ending { known }.at(path).into());
            }
            try_name(path)?;
        }
        if let Some(folder) = &self.figures {
            fs::create_dir_all(folder)
                .map_err(|error| crate::file::Cause::from(error).at(folder))?;
        }
        Ok(())
    }

    /// The results and the figures.
    pub(super) fn write<F: Found>(&self, outcome: &Outcome<F>) -> anyhow::Result<()> {
        if let Some(path) = &self.output {
            let bytes = if ending(path) == "json" {
                serde_json::to_vec_pretty(outcome)?
            } else {
                outcome.table()?
            };
            write_whole(path, &bytes)?;
        }
        if let Some(folder) = &self.figures {
            outcome.draw(folder)?;
        }
        Ok(())
    }
}

fn ending(path: &Path) -> String {
    path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase()).unwrap_or_default()
}
