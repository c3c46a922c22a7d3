//! What the command line of `calibrate ferraris` says.

use crate::program::calibrate::{CalibrateError, Common};
use clap::Args;
use solvekit::calibration::ferraris::FerrarisOptions;
use std::path::PathBuf;

/// What `--help` says below the options.
pub(in crate::program::calibrate) const AFTER_HELP: &str = "\
The device rests with x, y, z upwards (parts x_p, y_p, z_p) and downwards (x_a, y_a, z_a), and is then \
turned about each axis (x_rot, y_rot, z_rot); other rows are passed over. Readings are y = K R v + b, the \
gyroscope's with what it reads of an acceleration. Without turns only the accelerometer is calibrated.
A turn by a positive angle goes as a right-handed screw; one that the device made clockwise, seen with its \
axis pointing at the eye, has a negative one.
Calibrated rates have the unit of --angle a second.";

/// Options of `calibrate ferraris`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// The log, a row a reading
    #[arg(long, value_name = "FILE")]
    pub log: PathBuf,

    /// The column that names the part of each row
    #[arg(long, value_name = "COLUMN", default_value = "part")]
    pub part: String,

    /// The accelerometer's axes
    #[arg(long, value_name = "X,Y,Z", value_delimiter = ',', default_value = "acc_x,acc_y,acc_z")]
    pub acceleration: Vec<String>,

    /// The gyroscope's axes; `none` where there is none
    #[arg(long, value_name = "X,Y,Z", value_delimiter = ',', default_value = "gyr_x,gyr_y,gyr_z")]
    pub turning: Vec<String>,

    /// Gravity, in the unit that calibrated accelerations shall have
    #[arg(long, value_name = "G", default_value_t = 9.80665, allow_hyphen_values = true)]
    pub gravity: f64,

    /// Readings a second; needed for the turns
    #[arg(long, value_name = "HERTZ", allow_hyphen_values = true)]
    pub rate: Option<f64>,

    /// By how much the device was turned about each axis
    #[arg(long, value_name = "DEGREES", default_value_t = 360.0, allow_hyphen_values = true)]
    pub angle: f64,

    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would show it as the command's own text")]
    pub common: Common,
}

impl Options {
    /// What a parser of single options cannot see. `none` empties the gyroscope's columns.
    pub(super) fn check(&self) -> Result<(), CalibrateError> {
        for (option, columns) in
            [("--acceleration", &self.acceleration), ("--turning", &self.turning)]
        {
            let none = option == "--turning" && *columns == ["none"];
            if columns.len() != 3 && !none {
                let cause = format!("three columns are needed, {} were given", columns.len());
                return Err(CalibrateError::option(option, cause));
            }
        }
        CalibrateError::positive("--gravity", self.gravity)?;
        match self.rate {
            Some(rate) => CalibrateError::positive("--rate", rate)?,
            None if self.has_gyroscope() => {
                let cause = "it is needed for the turns; --turning none leaves them out".to_owned();
                return Err(CalibrateError::option("--rate", cause));
            }
            None => {}
        }
        if self.angle == 0.0 || !self.angle.is_finite() {
            let cause = format!("{} is not a finite number other than 0", self.angle);
            return Err(CalibrateError::option("--angle", cause));
        }
        Ok(())
    }

    pub(super) fn has_gyroscope(&self) -> bool {
        self.turning.len() == 3
    }

    /// For the solver.
    pub(super) fn solver(&self) -> FerrarisOptions<f64> {
        let options = FerrarisOptions::new(self.gravity, self.rate.unwrap_or(1.0));
        FerrarisOptions { angle: self.angle, ..options }
    }
}
