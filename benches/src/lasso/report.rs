//! The comparison's table, from what `benches/peers/lasso.py` measured.

use super::GAP;
use crate::machine::Machine;
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The contender whose times are compared with the best of all others.
pub const OURS: &str = "solvekit";

/// What was measured.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Measured {
    /// Versions of the peers in Python.
    pub versions: BTreeMap<String, String>,
    /// The least objectives on scikit-learn's diabetes data.
    #[serde(default)]
    pub diabetes: Vec<Agreement>,
    /// Case by case.
    pub cases: Vec<Case>,
}

/// The same least objective, found twice.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Agreement {
    /// The weight of ‖w‖₁ where the squares are divided by 2 M.
    pub alpha: f64,
    /// Ours.
    pub solvekit: f64,
    /// Of scikit-learn's weights.
    pub scikit_learn: f64,
}

/// One problem.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Case {
    /// Shape, correlation and λ.
    pub name: String,
    /// Medians by contender.
    pub nanoseconds: BTreeMap<String, f64>,
    /// Duality gap of each answer, relative to ½‖y‖², recomputed with the rescaled residual.
    pub gaps: BTreeMap<String, f64>,
    /// Objective above the least of all, relative to ½‖y‖².
    pub excesses: BTreeMap<String, f64>,
    /// What it costs to call a peer from Python for an answer of zero.
    pub call_overheads: BTreeMap<String, f64>,
}

impl Case {
    /// The fastest contender but [`OURS`] whose answer is good enough, and its time.
    #[must_use]
    pub fn best_peer(&self) -> Option<(&str, f64)> {
        let good = |name: &String| self.excesses.get(name).is_some_and(|excess| *excess <= GAP);
        let peers = self.nanoseconds.iter().filter(|(name, _)| *name != OURS && good(name));
        peers.min_by(|a, b| a.1.total_cmp(b.1)).map(|(name, time)| (name.as_str(), *time))
    }

    /// Our time over the best peer's; the second one less what the peer's call costs.
    fn ratios(&self) -> Option<(f64, f64)> {
        let ours = *self.nanoseconds.get(OURS)?;
        let (_, time) = self.best_peer()?;
        let net = |(name, time): (&String, &f64)| {
            let good = self.excesses.get(name).is_some_and(|excess| *excess <= GAP);
            let overhead = self.call_overheads.get(name).copied().unwrap_or(0.0);
            (name != OURS && good).then_some(time - overhead)
        };
        let least = self.nanoseconds.iter().filter_map(net).fold(f64::INFINITY, f64::min);
        Some((ours / time, ours / least))
    }
}

/// The table as Markdown.
///
/// # Errors
/// If a case lacks our time or any peer's.
pub fn markdown(measured: &Measured, machine: &Machine, date: &str) -> Result<String> {
    let Machine { cpu, cores, rustc, target, features, .. } = machine;
    let mut text = format!(
        "# Lasso to a duality gap of {GAP:.0e} · ½‖y‖², {date}\n\n\
         Written by `cargo xtask bench lasso --record`. {cpu}, {cores} cores; {rustc}, {target}, \
         target features {features}.\n\n"
    );
    let versions: Vec<_> = measured.versions.iter().map(|(n, v)| format!("{n} {v}")).collect();
    writeln!(text, "Peers: linfa-elasticnet 0.8, {}.", versions.join(", "))?;
    writeln!(
        text,
        "One core, f64, medians of one interleaved run, from the raw data on. \"net\" takes from \
         each peer in Python what a call costs that has nothing to do.\n"
    )?;
    let peers: Vec<&String> = match measured.cases.first() {
        Some(case) => case.nanoseconds.keys().filter(|name| *name != OURS).collect(),
        None => Vec::new(),
    };
    write!(text, "| case | {OURS} µs |")?;
    peers.iter().try_for_each(|peer| write!(text, " {peer} µs |"))?;
    writeln!(text, " ratio to the best | net |")?;
    writeln!(text, "|---|{}", "---|".repeat(peers.len() + 3))?;
    let mut logarithms = (0.0, 0.0);
    for case in &measured.cases {
        let (ratio, net) = case.ratios().with_context(|| format!("{}: not complete", case.name))?;
        let time = |name: &str| case.nanoseconds.get(name).map_or(f64::NAN, |ns| ns / 1e3);
        write!(text, "| {} | {:.1} |", case.name, time(OURS))?;
        for peer in &peers {
            let late = case.excesses.get(*peer).is_none_or(|excess| *excess > GAP);
            write!(text, " {:.1}{} |", time(peer), if late { " (not there)" } else { "" })?;
        }
        writeln!(text, " {ratio:.3} | {net:.3} |")?;
        logarithms = (logarithms.0 + ratio.ln(), logarithms.1 + net.ln());
    }
    let count = measured.cases.len().max(1) as f64;
    let mean = |logarithm: f64| (logarithm / count).exp();
    writeln!(
        text,
        "\nGeometric mean of the ratios: {:.3}, net {:.3}.",
        mean(logarithms.0),
        mean(logarithms.1)
    )?;
    if !measured.diabetes.is_empty() {
        writeln!(
            text,
            "\nscikit-learn's diabetes data (442 x 10, intercept): the least ‖y − Xw − c‖²/(2 · 442) + α‖w‖₁, \
             each evaluated by its own solver in this run.\n"
        )?;
        writeln!(text, "| α | {OURS} | scikit-learn | relative difference |\n|---|---|---|---|")?;
    }
    for Agreement { alpha, solvekit, scikit_learn } in &measured.diabetes {
        let difference = (solvekit - scikit_learn).abs() / scikit_learn;
        writeln!(text, "| {alpha} | {solvekit:.9e} | {scikit_learn:.9e} | {difference:.1e} |")?;
    }
    Ok(text)
}
