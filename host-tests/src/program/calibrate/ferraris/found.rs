//! [`FerrarisFound`]: what six poses and three turns tell of a device.

use super::Options;
use crate::figure::{BLUE, Figure, GREEN, GREY, Legend, ORANGE};
use crate::program::calibrate::Found;
use crate::program::calibrate::outcome::figure_file;
use serde::Serialize;
use solvekit::calibration::ferraris::{Axes, FerrarisCalibration, Gyroscope, Part, Session};
use std::path::Path;

/// What six poses and three turns tell of a device.
#[derive(Clone, Debug, Serialize)]
pub struct FerrarisFound {
    /// y = K R v + b of the accelerometer.
    pub accelerometer: SensorFound,
    /// Of the gyroscope; null without turns.
    pub gyroscope: Option<SensorFound>,
    /// What the gyroscope reads of an acceleration, by rows; null without turns.
    pub sensitivity: Option<[[f64; 3]; 3]>,
    /// How well the poses agree.
    pub identifiability: Identifiability,
    /// Rows of other parts.
    pub passed_over: usize,
    #[serde(skip)]
    warnings: Vec<String>,
    /// What is wrong with the mean of each pose, calibrated, in percent of gravity.
    #[serde(skip)]
    errors: Vec<(Part, [f64; 3])>,
}

/// y = K R v + b.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct SensorFound {
    /// b.
    pub offset: [f64; 3],
    /// The diagonal of K.
    pub scale: [f64; 3],
    /// R, by rows.
    pub directions: [[f64; 3]; 3],
    /// (K R)⁻¹, by rows: v = this (y − b).
    pub inverse: [[f64; 3]; 3],
}

/// How well the poses agree.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Identifiability {
    /// The largest difference of an offset between pairs of poses, as a part of gravity.
    pub disagreement: f64,
    /// Is the accelerometer's frame left-handed?
    pub mirrored: bool,
}

impl From<&Axes<f64>> for SensorFound {
    fn from(axes: &Axes<f64>) -> Self {
        let Axes { offset, scale, directions, inverse } = *axes;
        Self { offset, scale, directions, inverse }
    }
}

impl FerrarisFound {
    pub(super) fn new(
        found: &FerrarisCalibration<f64>,
        session: &Session<f64>,
        options: &Options,
        passed_over: usize,
    ) -> Self {
        let mut warnings = Vec::new();
        if found.mirrored {
            let text = "the accelerometer's axes are left-handed: an upward and a downward pose may \
                        have changed names";
            warnings.push(text.to_owned());
        }
        if found.gyroscope.is_none() && options.has_gyroscope() {
            warnings.push("there are no turns: the gyroscope is not calibrated".to_owned());
        }
        let error = |part: Part| {
            let seen = found.accelerometer.apply(session.mean(part).acceleration());
            let meant = match part {
                Part::Up(axis) => (axis as usize, options.gravity),
                Part::Down(axis) => (axis as usize, -options.gravity),
                Part::Turn(_) => return None,
            };
            let off = |k: usize| seen[k] - if k == meant.0 { meant.1 } else { 0.0 };
            Some((part, [0, 1, 2].map(|k| 100.0 * off(k) / options.gravity)))
        };
        Self {
            accelerometer: SensorFound::from(&found.accelerometer),
            gyroscope: found.gyroscope.as_ref().map(|gyro: &Gyroscope<f64>| (&gyro.axes).into()),
            sensitivity: found.gyroscope.map(|gyro| gyro.sensitivity),
            identifiability: Identifiability {
                disagreement: found.disagreement,
                mirrored: found.mirrored,
            },
            passed_over,
            warnings,
            errors: Part::ALL.into_iter().filter_map(error).collect(),
        }
    }
}

impl SensorFound {
    fn numbers(&self, sensor: &str) -> Vec<(String, f64)> {
        const AXES: [&str; 3] = ["x", "y", "z"];
        let mut all = Vec::new();
        for (k, axis) in AXES.iter().enumerate() {
            all.push((format!("{sensor}_offset_{axis}"), self.offset[k]));
            all.push((format!("{sensor}_scale_{axis}"), self.scale[k]));
        }
        for (name, matrix) in [("direction", &self.directions), ("inverse", &self.inverse)] {
            for (i, row) in AXES.iter().enumerate() {
                for (k, column) in AXES.iter().enumerate() {
                    all.push((format!("{sensor}_{name}_{row}{column}"), matrix[i][k]));
                }
            }
        }
        all
    }
}

impl Found for FerrarisFound {
    fn status(&self) -> String {
        "converged".to_owned()
    }

    fn warnings(&self) -> &[String] {
        &self.warnings
    }

    fn numbers(&self) -> Vec<(String, f64)> {
        let mut all = self.accelerometer.numbers("accelerometer");
        // NaN of a device without turns, so that every device has the same columns.
        let none = SensorFound {
            offset: [f64::NAN; 3],
            scale: [f64::NAN; 3],
            directions: [[f64::NAN; 3]; 3],
            inverse: [[f64::NAN; 3]; 3],
        };
        all.extend(self.gyroscope.unwrap_or(none).numbers("gyroscope"));
        all.push(("disagreement".to_owned(), self.identifiability.disagreement));
        all
    }

    fn summary(&self) -> String {
        let [x, y, z] = self.accelerometer.scale;
        let [a, b, c] = self.accelerometer.offset;
        let gyroscope = self.gyroscope.map_or_else(String::new, |gyro| {
            let [x, y, z] = gyro.scale;
            format!(", gyroscope: scale {x:.5} {y:.5} {z:.5}")
        });
        format!(
            "accelerometer: scale {x:.5} {y:.5} {z:.5}, offset {a:.5} {b:.5} {c:.5}{gyroscope}; poses \
             agree to {:.2e} of gravity",
            self.identifiability.disagreement
        )
    }

    /// `STEM-poses.svg`: what is wrong with each pose after the calibration.
    fn draw(&self, stem: &Path) -> anyhow::Result<()> {
        let names: Vec<&str> = self.errors.iter().map(|(part, _)| part.name()).collect();
        let axis = format!("pose: {}", names.join(", "));
        let all = self.errors.iter().flat_map(|(_, errors)| errors);
        let most = all.map(|error| error.abs()).fold(1e-6, f64::max);
        let mut figure = Figure::new(&axis, "error of the mean in percent of gravity")
            .between(-1.3 * most, 1.3 * most)
            .legend(Legend::TopRight);
        figure.level("", 0.0, GREY);
        for (k, (label, color)) in [("x", BLUE), ("y", ORANGE), ("z", GREEN)].iter().enumerate() {
            // Side by side, since exact ones lie on each other.
            let shift = 0.12 * (k as f64 - 1.0);
            let points: Vec<(f64, f64)> = self
                .errors
                .iter()
                .enumerate()
                .map(|(place, (_, errors))| (place as f64 + 1.0 + shift, errors[k]))
                .collect();
            figure.points(label, &points, *color);
        }
        figure.write(&figure_file(stem, "poses"))
    }
}
