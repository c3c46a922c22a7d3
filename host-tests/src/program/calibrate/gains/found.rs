//! [`GainsFound`]: what a blind calibration found of a device.

use crate::figure::{BLUE, Figure, ORANGE};
use crate::program::calibrate::Found;
use crate::program::calibrate::outcome::figure_file;
use crate::program::calibrate::verdict::{bars, judge};
use serde::Serialize;
use solvekit::calibration::{Answer, Counts, Sensor, Verdict};
use solvekit::{Report, Status};
use std::path::Path;

/// What a blind calibration found of a device. What does not apply is null.
#[derive(Clone, Debug, Serialize)]
pub struct GainsFound {
    /// What gains and signal are, in the words of `auto`.
    pub answer: Option<Answer>,
    /// Steps; advances of `auto`.
    pub iterations: u32,
    /// γ, with mean 1.
    pub gains: Vec<f64>,
    /// x.
    pub signal: Vec<f64>,
    /// Offsets of the sensors, only with `--offsets`.
    pub offsets: Option<Vec<f64>>,
    /// Of gains and signal; null where nothing tells them.
    pub standard_errors: Option<Errors>,
    /// The noise's standard deviation.
    pub sigma: Option<f64>,
    /// How each sensor fares; only `auto` looks.
    pub sensors: Option<Vec<Sensor>>,
    /// Are there enough equations, and different ones?
    pub identifiability: Identifiability,
    /// Of each sensor, the root mean square of what was measured less what was to be expected: with
    /// gains of 1, and with those found.
    pub residuals: Residuals,
    #[serde(skip)]
    status: Status,
    #[serde(skip)]
    names: Vec<String>,
    #[serde(skip)]
    warnings: Vec<String>,
}

/// Standard errors.
#[derive(Clone, Debug, Serialize)]
pub struct Errors {
    /// Of γ.
    pub gains: Vec<f64>,
    /// Of x.
    pub signal: Vec<f64>,
    /// Half an interval of 95 % in standard errors.
    pub quantile: Option<f64>,
}

/// What each sensor leaves over.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Residuals {
    /// With gains of 1.
    pub before: Vec<f64>,
    /// With what was found.
    pub after: Vec<f64>,
}

/// What `auto` found: γ, x, their standard errors, and how each sensor fares.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judged<'a> {
    pub(super) gains: &'a [f64],
    pub(super) signal: &'a [f64],
    pub(super) gain_errors: &'a [f64],
    pub(super) signal_errors: &'a [f64],
    pub(super) sensors: &'a [Sensor],
}

/// Are there enough equations, and different ones?
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Identifiability {
    /// n, m and p.
    #[serde(flatten)]
    pub counts: Counts,
    /// m p.
    pub equations: usize,
    /// Equations needed.
    pub needed: usize,
    /// Fewer than one and a half times as many as there are numbers to find.
    pub scarce: bool,
    /// The standard error of a gain to be expected, widened for few degrees of freedom.
    pub predicted_error: Option<f64>,
    /// Least eigenvalue of the last normal matrix relative to the mean one.
    pub conditioning: Option<f64>,
    /// The learned standard deviation of the gains about 1; 0 where they needed none.
    pub width: Option<f64>,
}

impl Identifiability {
    const fn new(counts: Counts) -> Self {
        Self {
            counts,
            equations: counts.equations(),
            needed: counts.needed(),
            scarce: counts.is_scarce(),
            predicted_error: None,
            conditioning: None,
            width: None,
        }
    }
}

impl GainsFound {
    /// Of a solver that reports.
    pub(super) fn reported(
        counts: Counts,
        report: &Report<f64>,
        gains: &[f64],
        signal: &[f64],
    ) -> Self {
        Self {
            answer: None,
            iterations: report.iterations,
            gains: gains.to_vec(),
            signal: signal.to_vec(),
            offsets: None,
            standard_errors: None,
            sigma: None,
            sensors: None,
            identifiability: Identifiability::new(counts),
            residuals: Residuals::default(),
            status: report.status,
            names: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Of `auto`, whose verdict is that there is an answer.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) fn judged(
        counts: Counts,
        iterations: u32,
        judged: Judged<'_>,
        verdict: Verdict<f64>,
        names: &[String],
    ) -> Result<Self, String> {
        let mut warnings = judge(&verdict, judged.sensors, names)?;
        if verdict.scarce {
            warnings.push(format!(
                "{} equations for {} numbers are few: mind the standard errors",
                counts.equations(),
                counts.needed()
            ));
        }
        let predicted = verdict.predicted;
        let known = |number: f64| number.is_finite().then_some(number);
        Ok(Self {
            answer: Some(verdict.answer),
            iterations,
            gains: judged.gains.to_vec(),
            signal: judged.signal.to_vec(),
            offsets: None,
            standard_errors: known(predicted).map(|_| Errors {
                gains: judged.gain_errors.to_vec(),
                signal: judged.signal_errors.to_vec(),
                quantile: known(verdict.quantile),
            }),
            sigma: known(verdict.sigma),
            sensors: Some(judged.sensors.to_vec()),
            identifiability: Identifiability {
                predicted_error: known(predicted),
                conditioning: known(verdict.conditioning),
                width: known(verdict.width),
                ..Identifiability::new(counts)
            },
            residuals: Residuals::default(),
            status: Status::Converged,
            names: Vec::new(),
            warnings,
        })
    }

    pub(super) fn with_errors(
        self,
        sigma: Option<f64>,
        gains: &[f64],
        signal: &[f64],
        conditioning: f64,
    ) -> Self {
        let standard_errors = sigma.map(|_| Errors {
            gains: gains.to_vec(),
            signal: signal.to_vec(),
            quantile: None,
        });
        let conditioning = conditioning.is_finite().then_some(conditioning);
        let identifiability = Identifiability { conditioning, ..self.identifiability };
        Self { sigma, standard_errors, identifiability, ..self }
    }

    /// Where offsets were sought.
    pub(super) fn with_offsets(self, offsets: &[f64]) -> Self {
        let sought = self.identifiability.counts.offsets;
        Self { offsets: sought.then(|| offsets.to_vec()), ..self }
    }

    /// With the names of the sensors, and what they leave over before and after.
    pub(super) fn named(self, names: &[String], residuals: Vec<(f64, f64)>) -> Self {
        let (before, after) = residuals.into_iter().unzip();
        Self { names: names.to_vec(), residuals: Residuals { before, after }, ..self }
    }

    /// `STEM-residual.svg`: what each sensor leaves over, before and after.
    fn draw_residuals(&self, stem: &Path) -> anyhow::Result<()> {
        let points = |all: &[f64]| -> Vec<(f64, f64)> {
            all.iter().enumerate().map(|(i, r)| (i as f64, *r)).collect()
        };
        let mut figure = Figure::new("sensor", "root mean square of the residual").logarithmic();
        figure.points("gains of 1", &points(&self.residuals.before), ORANGE);
        figure.points("calibrated", &points(&self.residuals.after), BLUE);
        figure.write(&figure_file(stem, "residual"))
    }
}

impl Found for GainsFound {
    fn status(&self) -> String {
        self.status.name().to_owned()
    }

    fn warnings(&self) -> &[String] {
        &self.warnings
    }

    fn numbers(&self) -> Vec<(String, f64)> {
        let mut all = vec![("sigma".to_owned(), self.sigma.unwrap_or(f64::NAN))];
        let errors = self.standard_errors.as_ref();
        for (i, (name, gain)) in self.names.iter().zip(&self.gains).enumerate() {
            all.push((format!("gain_{name}"), *gain));
            let error = errors.map_or(f64::NAN, |errors| errors.gains[i]);
            all.push((format!("gain_{name}_error"), error));
            if let Some(offsets) = &self.offsets {
                all.push((format!("offset_{name}"), offsets[i]));
            }
        }
        all.extend(self.signal.iter().enumerate().map(|(k, x)| (format!("signal_{k}"), *x)));
        all
    }

    fn summary(&self) -> String {
        let (least, most) =
            self.gains.iter().fold((f64::MAX, f64::MIN), |(l, m), g| (l.min(*g), m.max(*g)));
        let answer = self.answer.map_or_else(String::new, |answer| format!("{}: ", answer.name()));
        let expected = self.identifiability.predicted_error;
        let expected = expected.map_or_else(String::new, |e| format!(" ± {e:.2e}"));
        let Counts { unknowns, sensors, snapshots, .. } = self.identifiability.counts;
        format!(
            "{answer}gains {least:.4} to {most:.4}{expected}, {sensors} sensors, {snapshots} snapshots, \
             {unknowns} unknowns, {} steps",
            self.iterations
        )
    }

    /// `STEM-gains.svg`: gains with intervals of 95 %, those of sensors left out apart; and
    /// `STEM-residual.svg`.
    fn draw(&self, stem: &Path) -> anyhow::Result<()> {
        self.draw_residuals(stem)?;
        let errors = self.standard_errors.as_ref();
        let errors = errors.map(|e| (&e.gains[..], e.quantile.unwrap_or(1.96)));
        bars(&self.gains, errors, self.sensors.as_deref(), stem)
    }
}
