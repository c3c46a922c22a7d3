//! [`ArrayFound`]: what the frames of an array tell of a device.

use crate::program::calibrate::Found;
use crate::program::calibrate::verdict::{bars, judge};
use serde::Serialize;
use solvekit::calibration::array::ArrayCounts;
use solvekit::calibration::{Answer, Sensor, Verdict};
use std::path::Path;

/// What the frames of an array tell of a device. What does not apply is null.
#[derive(Clone, Debug, Serialize)]
pub struct ArrayFound {
    /// What the gains are.
    pub answer: Answer,
    /// Advances.
    pub iterations: u32,
    /// γ, with mean 1 among those that take part.
    pub gains: Vec<f64>,
    /// Of γ.
    pub standard_errors: Vec<f64>,
    /// Half an interval of 95 % in standard errors.
    pub quantile: f64,
    /// Offsets of the sensors.
    pub offsets: Option<Vec<f64>>,
    /// Of the offsets; null with `--subspace`.
    pub offset_errors: Option<Vec<f64>>,
    /// The standard deviation of each sensor's noise; null with `--subspace`.
    pub noise: Option<Vec<f64>>,
    /// The noise's standard deviation, of all sensors together.
    pub sigma: f64,
    /// How each sensor fares.
    pub sensors: Vec<Sensor>,
    /// Are there enough frames, and different ones?
    pub identifiability: Identifiability,
    #[serde(skip)]
    names: Vec<String>,
    #[serde(skip)]
    warnings: Vec<String>,
}

/// Are there enough frames, and different ones?
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Identifiability {
    /// m, k and p.
    #[serde(flatten)]
    pub counts: ArrayCounts,
    /// Equations that are left to the gains.
    pub equations: usize,
    /// Equations needed.
    pub needed: usize,
    /// The standard error of a gain to be expected, widened for few degrees of freedom.
    pub predicted_error: f64,
    /// As the solver tells it.
    pub conditioning: f64,
}

impl ArrayFound {
    /// Of a calibration whose verdict is that there is an answer.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) fn judged(
        (counts, names): (ArrayCounts, &[String]),
        (iterations, verdict): (u32, Verdict<f64>),
        (gains, errors, sensors): (&[f64], &[f64], &[Sensor]),
    ) -> Result<Self, String> {
        let mut warnings = judge(&verdict, sensors, names)?;
        if counts.is_scarce() {
            let (given, needed) = (counts.equations(), counts.needed());
            warnings.push(format!(
                "{given} equations for {needed} gains are few: mind the standard errors"
            ));
        }
        Ok(Self {
            answer: verdict.answer,
            iterations,
            gains: gains.to_vec(),
            standard_errors: errors.to_vec(),
            quantile: verdict.quantile,
            offsets: None,
            offset_errors: None,
            noise: None,
            sigma: verdict.sigma,
            sensors: sensors.to_vec(),
            identifiability: Identifiability {
                counts,
                equations: counts.equations(),
                needed: counts.needed(),
                predicted_error: verdict.predicted,
                conditioning: verdict.conditioning,
            },
            names: names.to_vec(),
            warnings,
        })
    }

    pub(super) fn with_offsets(self, offsets: &[f64], errors: Option<&[f64]>) -> Self {
        let offset_errors = errors.map(<[f64]>::to_vec);
        Self { offsets: Some(offsets.to_vec()), offset_errors, ..self }
    }

    pub(super) fn with_noise(self, variances: &[f64]) -> Self {
        Self { noise: Some(variances.iter().map(|v| v.sqrt()).collect()), ..self }
    }
}

impl Found for ArrayFound {
    fn status(&self) -> String {
        "converged".to_owned()
    }

    fn warnings(&self) -> &[String] {
        &self.warnings
    }

    fn numbers(&self) -> Vec<(String, f64)> {
        let mut all = vec![("sigma".to_owned(), self.sigma)];
        for (i, name) in self.names.iter().enumerate() {
            all.push((format!("gain_{name}"), self.gains[i]));
            all.push((format!("gain_{name}_error"), self.standard_errors[i]));
            let more = [
                ("offset", &self.offsets, ""),
                ("offset", &self.offset_errors, "_error"),
                ("noise", &self.noise, ""),
            ];
            for (what, numbers, end) in more {
                if let Some(numbers) = numbers {
                    all.push((format!("{what}_{name}{end}"), numbers[i]));
                }
            }
        }
        all
    }

    fn summary(&self) -> String {
        let (least, most) =
            self.gains.iter().fold((f64::MAX, f64::MIN), |(l, m), g| (l.min(*g), m.max(*g)));
        let ArrayCounts { sensors, signals, frames, .. } = self.identifiability.counts;
        format!(
            "{}: gains {least:.4} to {most:.4} ± {:.2e}, {sensors} sensors, {frames} frames, signals of \
             {signals}",
            self.answer.name(),
            self.identifiability.predicted_error
        )
    }

    /// `STEM-gains.svg`.
    fn draw(&self, stem: &Path) -> anyhow::Result<()> {
        bars(&self.gains, Some((&self.standard_errors, self.quantile)), Some(&self.sensors), stem)
    }
}
