//! What `calibrate` found, for people and for programs.

use super::group::Group;
use anyhow::Context;
use serde::{Serialize, Serializer};
use std::fmt;
use std::path::{Path, PathBuf};

/// What one kind of calibration finds of a device.
pub trait Found: Clone + std::fmt::Debug + Serialize + Send + Sync {
    /// How the calibration ended, as in JSON: `converged` where all is well.
    fn status(&self) -> String;
    /// What is to be looked at.
    fn warnings(&self) -> &[String];
    /// Every number with its name, for a table of many devices; the same names for every device.
    fn numbers(&self) -> Vec<(String, f64)>;
    /// The main figures in a line.
    fn summary(&self) -> String;
    /// The figures, into files that begin with `stem`.
    ///
    /// # Errors
    /// If one cannot be written.
    fn draw(&self, stem: &Path) -> anyhow::Result<()>;
}

/// `STEM-WHAT.svg`.
pub(super) fn figure_file(stem: &Path, what: &str) -> PathBuf {
    let mut name = stem.file_name().unwrap_or_default().to_owned();
    name.push(format!("-{what}.svg"));
    stem.with_file_name(name)
}

/// What became of one device.
#[derive(Clone, Debug, Serialize)]
pub struct DeviceOutcome<F> {
    /// Its name; null where the log has one device without a name.
    pub device: Option<String>,
    /// How it ended: `refused`, `interrupted` before it was begun, or as the kind of calibration says.
    pub status: String,
    /// Why it was refused.
    pub reason: Option<String>,
    /// What is to be looked at.
    pub warnings: Vec<String>,
    /// Rows that were used.
    pub rows: usize,
    /// Rows left out, for a missing number.
    pub skipped: usize,
    /// What was found; nothing of a refused device.
    #[serde(flatten)]
    pub found: Option<F>,
}

impl<F: Found> DeviceOutcome<F> {
    pub(super) fn new(group: &Group, found: Result<F, String>) -> Self {
        let (found, reason) = match found {
            Ok(found) => (Some(found), None),
            Err(reason) => (None, Some(reason)),
        };
        let (rows, skipped) = (group.rows.len(), group.skipped);
        let status = found.as_ref().map_or_else(|| "refused".to_owned(), Found::status);
        let warnings = found.as_ref().map_or_else(Vec::new, |found| found.warnings().to_vec());
        Self { device: group.device.clone(), status, reason, warnings, rows, skipped, found }
    }

    /// Somebody's wish for an early end came before it.
    pub(super) fn not_begun(group: &Group) -> Self {
        let reason = Some("the work was ended before it was begun".to_owned());
        Self { status: "interrupted".to_owned(), reason, ..Self::new(group, Err(String::new())) }
    }

    fn is_success(&self) -> bool {
        self.status == "converged"
    }

    fn name(&self) -> &str {
        self.device.as_deref().unwrap_or("device")
    }
}

/// What became of all devices.
#[derive(Clone, Debug)]
pub struct Outcome<F> {
    /// In the order of the log.
    pub devices: Vec<DeviceOutcome<F>>,
    /// Does a column name them?
    named: bool,
    /// Time spent, without files.
    pub seconds: f64,
}

impl<F: Found> Outcome<F> {
    pub(super) const fn new(devices: Vec<DeviceOutcome<F>>, named: bool, seconds: f64) -> Self {
        Self { devices, named, seconds }
    }

    /// Whether every device is calibrated.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.devices.iter().all(DeviceOutcome::is_success)
    }

    /// How many are.
    pub(super) fn successes(&self) -> usize {
        self.devices.iter().filter(|device| device.is_success()).count()
    }

    /// CSV, a row a device; numbers of refused ones are empty.
    pub(super) fn table(&self) -> anyhow::Result<Vec<u8>> {
        let found = |device: &DeviceOutcome<F>| device.found.as_ref().map(Found::numbers);
        let names: Vec<String> = self
            .devices
            .iter()
            .find_map(found)
            .map_or_else(Vec::new, |all| all.into_iter().map(|(name, _)| name).collect());
        let mut writer = csv::Writer::from_writer(Vec::new());
        let fixed = ["device", "status", "reason", "rows", "skipped"].map(str::to_owned);
        writer.write_record(fixed.iter().chain(&names))?;
        for device in &self.devices {
            let numbers = found(device).unwrap_or_default();
            let numbers = names.iter().map(|name| {
                let number = numbers.iter().find(|(own, _)| own == name);
                number.map_or_else(String::new, |(_, number)| format!("{number:e}"))
            });
            let fixed = [
                device.device.clone().unwrap_or_default(),
                device.status.clone(),
                device.reason.clone().unwrap_or_default(),
                device.rows.to_string(),
                device.skipped.to_string(),
            ];
            writer.write_record(fixed.into_iter().chain(numbers))?;
        }
        writer.into_inner().context("a table in memory")
    }

    /// The figures of every calibrated device.
    pub(super) fn draw(&self, folder: &Path) -> anyhow::Result<()> {
        for (place, device) in self.devices.iter().enumerate() {
            let Some(found) = &device.found else { continue };
            // Names may hold what no file's name does; their places keep them apart.
            let clean: String =
                device.name().chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
            let stem = if self.named { format!("{:03}-{clean}", place + 1) } else { clean };
            found.draw(&folder.join(stem))?;
        }
        Ok(())
    }
}

impl<F: Found> Serialize for Outcome<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// Without names there is one device.
        #[derive(Serialize)]
        struct One<'a, F> {
            #[serde(flatten)]
            device: &'a DeviceOutcome<F>,
            seconds: f64,
        }
        #[derive(Serialize)]
        struct Many<'a, F> {
            status: &'static str,
            calibrated: usize,
            refused: usize,
            devices: &'a [DeviceOutcome<F>],
            seconds: f64,
        }
        let seconds = self.seconds;
        if let ([device], false) = (&self.devices[..], self.named) {
            return One { device, seconds }.serialize(serializer);
        }
        let calibrated = self.devices.iter().filter(|device| device.is_success()).count();
        let refused = self.devices.iter().filter(|device| device.found.is_none()).count();
        let status = if self.is_success() { "converged" } else { "incomplete" };
        Many { status, calibrated, refused, devices: &self.devices, seconds }.serialize(serializer)
    }
}

impl<F: Found> fmt::Display for Outcome<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.devices.iter().map(|device| device.name().chars().count()).max();
        let width = width.unwrap_or(0);
        for device in &self.devices {
            let (name, status) = (device.name(), &device.status);
            write!(f, "{name:width$}  {status:<9}  ")?;
            match (&device.found, &device.reason) {
                (Some(found), _) => write!(f, "{}", found.summary())?,
                (None, reason) => f.write_str(reason.as_deref().unwrap_or_default())?,
            }
            if device.skipped > 0 && device.found.is_some() {
                write!(f, ", {} rows left out", device.skipped)?;
            }
            writeln!(f)?;
            for warning in &device.warnings {
                writeln!(f, "{:width$}  warning    {warning}", "")?;
            }
        }
        let done = self.devices.iter().filter(|device| device.is_success()).count();
        if self.named {
            writeln!(
                f,
                "{done} of {} devices calibrated in {:.3} s",
                self.devices.len(),
                self.seconds
            )?;
        }
        Ok(())
    }
}
