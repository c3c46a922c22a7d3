//! What verdicts say in words, and gains as a figure.

use super::outcome::figure_file;
use crate::figure::{BLUE, Figure, GREY, RED};
use solvekit::calibration::{Answer, Sensor, Verdict};
use std::path::Path;

/// What is to be looked at in an answer.
///
/// # Errors
/// Why there is none.
pub(super) fn judge(
    verdict: &Verdict<f64>,
    sensors: &[Sensor],
    names: &[String],
) -> Result<Vec<String>, String> {
    // Whatever a sensor is, it cannot be told from measurements that are the same.
    let alike = sensors.iter().all(|sensor| *sensor == Sensor::Stuck);
    let faulty = if alike { String::new() } else { faults(sensors, names) };
    let predicted = verdict.predicted;
    let reason = match verdict.answer {
        Answer::TooFew | Answer::Singular if alike || verdict.answer == Answer::Singular => Some(
            "the measurements are too much alike: they cannot tell the signal from the gains"
                .to_owned(),
        ),
        Answer::Uncertain => Some(format!(
            "the gains would be uncertain by {predicted:.2}: more measurements, more different ones, \
             or less noise are needed"
        )),
        Answer::TooFew => Some("without the faulty sensors there are too few equations".to_owned()),
        _ => None,
    };
    if let Some(reason) = reason {
        return Err(if faulty.is_empty() { reason } else { format!("{reason}; {faulty}") });
    }
    let mut warnings = Vec::new();
    if !faulty.is_empty() {
        warnings.push(faulty);
    }
    match verdict.answer {
        Answer::Posterior => warnings.push(format!(
            "the data alone do not tell the gains well: these are the most probable ones if gains \
             deviate from 1 by {:.3}",
            verdict.width
        )),
        Answer::Uninformed => {
            warnings.push("the data say nothing of the gains, which are left at 1".to_owned());
        }
        Answer::Unchecked => warnings.push(
            "there are as many equations as numbers to find: nothing tells how wrong they are"
                .to_owned(),
        ),
        _ => {}
    }
    Ok(warnings)
}

/// "sensor s3 is dead, sensor s5 is flipped".
fn faults(sensors: &[Sensor], names: &[String]) -> String {
    let faulty = sensors.iter().zip(names).filter(|(sensor, _)| **sensor != Sensor::Sound);
    let told: Vec<String> =
        faulty.map(|(sensor, name)| format!("sensor {name} is {}", sensor.name())).collect();
    told.join(", ")
}

/// `STEM-gains.svg`: gains with intervals of 95 %, those of sensors left out apart.
pub(super) fn bars(
    gains: &[f64],
    errors: Option<(&[f64], f64)>,
    sensors: Option<&[Sensor]>,
    stem: &Path,
) -> anyhow::Result<()> {
    let mut figure = Figure::new("sensor", "gain");
    let takes_part = |i: usize| sensors.is_none_or(|sensors| sensors[i].takes_part());
    let half = |i: usize| {
        let half = errors.map_or(0.0, |(errors, quantile)| quantile * errors[i]);
        if half.is_finite() { half } else { 0.0 }
    };
    let kept = gains.iter().enumerate().filter(|(i, _)| takes_part(*i));
    let bars: Vec<(f64, f64, f64)> =
        kept.map(|(i, gain)| (i as f64, gain - half(i), gain + half(i))).collect();
    let ends = bars
        .iter()
        .fold((1.0_f64, 1.0_f64), |(low, high), (_, from, to)| (low.min(*from), high.max(*to)));
    let margin = 0.15 * (ends.1 - ends.0).max(1e-3);
    let (low, high) = (ends.0 - margin, ends.1 + margin);
    figure.level("", 1.0, GREY);
    for (k, (i, from, to)) in bars.iter().enumerate() {
        let label = if k == 0 && errors.is_some() { "95 %" } else { "" };
        figure.line(label, &[(*i, *from), (*i, *to)], GREY);
    }
    let points = |kept: bool| -> Vec<(f64, f64)> {
        let all = gains.iter().enumerate().filter(|(i, _)| takes_part(*i) == kept);
        all.map(|(i, gain)| (i as f64, gain.clamp(low, high))).collect()
    };
    figure.points("gains", &points(true), BLUE);
    if !points(false).is_empty() {
        figure.points("left out", &points(false), RED);
    }
    figure.between(low, high).write(&figure_file(stem, "gains"))
}
