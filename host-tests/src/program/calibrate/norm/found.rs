//! [`NormFound`]: what a norm calibration found of a device.

use super::{Options, figure};
use crate::program::calibrate::Found;
use serde::Serialize;
use solvekit::calibration::norm::{NormCalibration, NormModel, Rung};
use std::path::Path;

/// What a norm calibration found of a device: v = T (y − o).
#[derive(Clone, Debug, Serialize)]
pub struct NormFound {
    /// Steps of the last fit.
    pub iterations: u32,
    /// What was fitted.
    pub rung: Rung,
    /// What ‖v‖ is to be.
    pub norm: f64,
    /// o, in the units of the log.
    pub offset: [f64; 3],
    /// T, by rows.
    pub matrix: [[f64; 3]; 3],
    /// Of o, and of the numbers of T as they stand there; 0 for what was not fitted.
    pub standard_errors: Errors,
    /// √(mean (‖y‖ / mean ‖y‖ − 1)²) of the readings.
    pub spread_before: f64,
    /// √(mean (‖v‖ / norm − 1)²).
    pub spread: f64,
    /// How well the poses tell the numbers.
    pub identifiability: Identifiability,
    /// Readings, or windows at rest.
    pub samples: usize,
    #[serde(skip)]
    warnings: Vec<String>,
    #[serde(skip)]
    readings: Vec<[f64; 3]>,
    #[serde(skip)]
    model: NormModel<f64>,
}

/// Standard errors.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Errors {
    /// Of o.
    pub offset: [f64; 3],
    /// Of T, by rows.
    pub matrix: [[f64; 3]; 3],
}

/// How well the poses tell the numbers.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Identifiability {
    /// Octants with readings, of 8.
    pub octants: u32,
    /// 1 where directions are spread evenly, 0 where they lie in a plane.
    pub coverage: f64,
    /// The most that the noise of a reading shows in a number.
    pub amplification: f64,
}

impl NormFound {
    pub(super) fn new(
        options: &Options,
        found: &NormCalibration<f64>,
        readings: Vec<[f64; 3]>,
    ) -> Self {
        let [a, b, c, errors @ ..] = found.standard_errors;
        // Of an offset without a known norm, the fourth number is the radius's.
        let errors = if found.rung == Rung::Offset { [0.0; 6] } else { errors };
        let mut warnings = Vec::new();
        if let (Some(ratio), Some(norm)) = (found.suspicious_units, options.norm) {
            warnings.push(format!(
                "readings have {ratio:.3} times the length of {norm}: are they in other units?"
            ));
        }
        if found.rung < options.solver().highest {
            warnings.push(format!(
                "the poses do not tell more than {}: {} of 8 octants have readings",
                match found.rung {
                    Rung::Offset => "offsets",
                    Rung::Scale => "offsets and scales",
                    Rung::Full => "all",
                },
                found.coverage.octants()
            ));
        }
        Self {
            iterations: found.report.iterations,
            rung: found.rung,
            norm: found.norm,
            offset: found.model.offset,
            matrix: square(found.model.matrix),
            standard_errors: Errors { offset: [a, b, c], matrix: square(errors) },
            spread_before: found.spread_before,
            spread: found.spread,
            identifiability: Identifiability {
                octants: found.coverage.octants(),
                coverage: found.coverage.evenness,
                amplification: found.amplification,
            },
            samples: readings.len(),
            warnings,
            readings,
            model: found.model,
        }
    }
}

const fn square([xx, yy, zz, xy, xz, yz]: [f64; 6]) -> [[f64; 3]; 3] {
    [[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]]
}

impl Found for NormFound {
    fn status(&self) -> String {
        "converged".to_owned()
    }

    fn warnings(&self) -> &[String] {
        &self.warnings
    }

    fn numbers(&self) -> Vec<(String, f64)> {
        let mut all = vec![("norm".to_owned(), self.norm)];
        let errors = &self.standard_errors;
        for (k, axis) in ["x", "y", "z"].iter().enumerate() {
            all.push((format!("offset_{axis}"), self.offset[k]));
            all.push((format!("offset_{axis}_error"), errors.offset[k]));
        }
        for (i, row) in ["x", "y", "z"].iter().enumerate() {
            for (k, column) in ["x", "y", "z"].iter().enumerate() {
                all.push((format!("matrix_{row}{column}"), self.matrix[i][k]));
                all.push((format!("matrix_{row}{column}_error"), errors.matrix[i][k]));
            }
        }
        let more = [
            ("spread_before", self.spread_before),
            ("spread", self.spread),
            ("octants", f64::from(self.identifiability.octants)),
            ("coverage", self.identifiability.coverage),
            ("amplification", self.identifiability.amplification),
        ];
        all.extend(more.map(|(name, number)| (name.to_owned(), number)));
        all
    }

    fn summary(&self) -> String {
        let [x, y, z] = self.offset;
        format!(
            "{}: offset {x:.5} {y:.5} {z:.5}, spread {:.3e} -> {:.3e}, {} samples in {} octants",
            self.rung.name(),
            self.spread_before,
            self.spread,
            self.samples,
            self.identifiability.octants,
        )
    }

    fn draw(&self, stem: &Path) -> anyhow::Result<()> {
        let after: Vec<[f64; 3]> = self.readings.iter().map(|y| self.model.apply(*y)).collect();
        figure::residuals(&self.readings, &after, self.norm, stem)?;
        figure::coverage(&after, stem)
    }
}
