//! The figures: learned step sizes by layer, and what networks lose where they were not trained.

use super::check::spread;
use super::row::{Learned, Recovery, Row};
use super::setup::{CONDITIONS, LAYERS, Problem};
use crate::figure::{BLUE, Figure, GREEN, GREY, Legend, ORANGE};
use plotters::style::RGBColor;
use std::path::Path;

const fn color(recovery: Recovery) -> RGBColor {
    match recovery {
        Recovery::Plain => GREY,
        Recovery::Converged => GREEN,
        Recovery::Supervised => ORANGE,
        Recovery::Unsupervised => BLUE,
    }
}

/// αₖ‖A‖² of both losses: the mean over dictionaries, and the dictionaries' own as dots.
pub(super) fn steps(learned: &[Learned], problem: Problem, path: &Path) -> anyhow::Result<()> {
    let title = format!("step times the squared norm of A ({problem})");
    let mut figure = Figure::new("layer", &title).logarithmic().legend(Legend::TopLeft);
    for recovery in [Recovery::Supervised, Recovery::Unsupervised] {
        let own: Vec<_> = learned
            .iter()
            .filter(|network| (network.problem, network.recovery) == (problem, recovery))
            .collect();
        let at = |layer: usize| own.iter().map(move |network| network.steps[layer]);
        let mean = |layer: usize| spread(&at(layer).collect::<Vec<_>>()).0;
        let line: Vec<_> = (0..LAYERS).map(|k| ((k + 1) as f64, mean(k))).collect();
        let dots: Vec<_> =
            (0..LAYERS).flat_map(|k| at(k).map(move |step| ((k + 1) as f64, step))).collect();
        figure.line(&recovery.to_string(), &line, color(recovery));
        figure.points("", &dots, color(recovery));
    }
    figure.level("plain, 1", 1.0, GREY);
    figure.level("2: one such step for ever would diverge", 2.0, crate::figure::RED);
    figure.write(path)
}

/// The objective under each condition, relative to that of converged plain steps.
pub(super) fn mismatch(rows: &[Row], problem: Problem, path: &Path) -> anyhow::Result<()> {
    let names: Vec<_> =
        CONDITIONS.iter().enumerate().map(|(k, c)| format!("{} {}", k + 1, c.name)).collect();
    let title = format!("objective over that of 2000 plain steps ({problem})");
    let mut figure =
        Figure::new(&format!("signals: {}", names.join(", ")), &title).legend(Legend::BottomLeft);
    for recovery in [Recovery::Plain, Recovery::Supervised, Recovery::Unsupervised] {
        let of = |recovery: Recovery, name: &str| -> Vec<f64> {
            let own = rows.iter().filter(|row| {
                (row.problem, row.recovery, row.condition.name) == (problem, recovery, name)
            });
            own.map(|row| row.score.objective).collect()
        };
        let points = CONDITIONS.iter().enumerate().flat_map(|(k, condition)| {
            let (own, least) =
                (of(recovery, condition.name), of(Recovery::Converged, condition.name));
            let ratios: Vec<_> = own.iter().zip(least).map(|(own, least)| own / least).collect();
            ratios.into_iter().map(move |ratio| ((k + 1) as f64, ratio))
        });
        let points: Vec<_> = points.collect();
        let means: Vec<_> = (1..=CONDITIONS.len())
            .map(|k| {
                let own: Vec<_> = points.iter().filter(|p| p.0 == k as f64).map(|p| p.1).collect();
                (k as f64, spread(&own).0)
            })
            .collect();
        figure.line(&recovery.to_string(), &means, color(recovery));
        figure.points("", &points, color(recovery));
    }
    figure.level("2000 plain steps", 1.0, GREEN);
    figure.write(path)
}
