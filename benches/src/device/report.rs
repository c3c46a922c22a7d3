//! The comparison's table.

use super::Case;
use crate::machine::Machine;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// One contender.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// Its name.
    pub name: String,
    /// Distance of its answers from those in double precision, relative to the largest number.
    pub error: f64,
    /// Round by round.
    pub nanoseconds: Vec<f64>,
}

/// What a case came to.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    /// `ista` or `spd`.
    pub case: String,
    /// M, N, problems and iterations.
    pub shape: [usize; 4],
    /// Rounds of the interleaved run.
    pub rounds: u32,
    /// Additions and multiplications of all problems.
    pub operations: f64,
    /// Bytes that have to be read and written at least, once.
    pub bytes: f64,
    /// Contender by contender.
    pub lines: Vec<Line>,
    /// Who is not there, and why.
    pub skipped: Vec<(String, String)>,
    /// Who is there and does not do it.
    pub failed: Vec<(String, String)>,
}

/// Everything.
#[derive(Clone, Debug, Serialize)]
pub struct Record {
    /// As in 2026-01-31.
    pub date: String,
    /// Where.
    pub machine: Machine,
    /// Devices that were found.
    pub devices: Vec<String>,
    /// Versions of PyTorch and of what it stands on.
    pub versions: serde_json::Value,
    /// Bytes and operations a second that PyTorch reaches with copies and with large products in f32.
    pub peaks: BTreeMap<String, f64>,
    /// What is missing altogether, and why.
    pub skipped: Vec<(String, String)>,
    /// Case by case.
    pub cases: Vec<Measured>,
}

/// The device that the issue aims at: bytes a second, and operations a second in f32 and of TF32 on tensor
/// cores.
const H200: [f64; 3] = [4.8e12, 67e12, 494e12];

impl Measured {
    pub(super) fn new(case: &Case, rounds: u32, lines: Vec<Line>) -> Self {
        let Case { kind, rows, columns, count, iterations, .. } = case;
        let shape = [*rows, *columns, *count, *iterations as usize];
        let [m, n, problems, steps] = shape.map(|size| size as f64);
        let (operations, bytes) = if *kind == "ista" {
            // Measurements in, signals out; what is between could stay on the chip.
            (4.0 * m * n * problems * steps, 4.0 * problems * (m + n))
        } else {
            // The factor and two triangles; the matrix, both vectors, a scale and a residual.
            (problems * (n * n * n / 3.0 + 2.0 * n * n), 4.0 * problems * (n * n + 2.0 * n + 2.0))
        };
        let case = (*kind).to_owned();
        let (skipped, failed) = (Vec::new(), Vec::new());
        Self { case, shape, rounds, operations, bytes, lines, skipped, failed }
    }

    /// The fastest of PyTorch's.
    fn peer(&self) -> Option<&Line> {
        let peers = self.lines.iter().filter(|line| line.name.starts_with("PyTorch"));
        peers.min_by(|a, b| median(&a.nanoseconds).total_cmp(&median(&b.nanoseconds)))
    }

    fn table(&self, is_h200: bool) -> String {
        let [m, n, problems, steps] = self.shape;
        let what = match self.case.as_str() {
            "ista" => format!(
                "x ← soft(x + α Aᵀ(y − A x), α λ), {m} × {n}, {problems} signals, {steps} steps"
            ),
            _ => format!("A x = b, symmetric positive definite, {n} unknowns, {problems} systems"),
        };
        let mut text = format!("## {what}\n\n{} rounds.\n\n", self.rounds);
        text += "| contender | median ms | least ms | GFLOP/s | GB/s | of the roofline | PyTorch's over it | error |\n";
        text += "|---|---:|---:|---:|---:|---:|---:|---:|\n";
        for line in &self.lines {
            let nanoseconds = median(&line.nanoseconds);
            let least = line.nanoseconds.iter().copied().fold(f64::INFINITY, f64::min);
            let ratio = self.peer().map_or_else(String::new, |peer| {
                let pairs = peer.nanoseconds.iter().zip(&line.nanoseconds);
                let ratios: Vec<f64> = pairs.map(|(peer, own)| peer / own).collect();
                format!("{:.2}", median(&ratios))
            });
            let roofline = if is_h200 { self.roofline(line, nanoseconds) } else { String::new() };
            let _ = writeln!(
                text,
                "| {} | {:.3} | {:.3} | {:.0} | {:.0} | {roofline} | {ratio} | {:.1e} |",
                line.name,
                nanoseconds / 1e6,
                least / 1e6,
                self.operations / nanoseconds,
                self.bytes / nanoseconds,
                line.error,
            );
        }
        for (list, what) in [(&self.skipped, "skipped"), (&self.failed, "FAILED")] {
            for (who, why) in list {
                let _ = writeln!(text, "| {who} | {what}: {why} | | | | | | |");
            }
        }
        text + "\n"
    }

    /// The larger of the fractions of the two roofs.
    fn roofline(&self, line: &Line, nanoseconds: f64) -> String {
        let [bandwidth, single, tensor] = H200;
        let seconds = nanoseconds / 1e9;
        let memory = self.bytes / seconds / bandwidth;
        // Three products on tensor cores for one.
        let (compute, of) = if line.name.contains("split") {
            (3.0 * self.operations / seconds / tensor, "TF32")
        } else {
            (self.operations / seconds / single, "f32")
        };
        let (fraction, of) = if memory > compute { (memory, "memory") } else { (compute, of) };
        format!("{:.0} % of {of}", 100.0 * fraction)
    }
}

impl Record {
    /// As Markdown.
    #[must_use]
    pub fn page(&self) -> String {
        let Machine { cpu, cores, rustc, target, .. } = &self.machine;
        let mut page = format!(
            "# Batches in a graphics processor's memory beside PyTorch, {}\n\n\
             Written by `cargo xtask bench device --record`. {}. {cpu}, {cores} cores; {rustc}, {target}.\n\n\
             All numbers are in the device's memory before the clock runs and after it stopped. One \
             interleaved run for each case, another contender first in every round; before it all answers to \
             a sample were held against those in double precision (error: the largest distance, relative to \
             the largest number). PyTorch's over it: the median over the rounds of the time of the better \
             PyTorch over the contender's in the same round.",
            self.date,
            self.devices.join("; "),
        );
        let is_h200 = self.devices.iter().any(|name| name.contains("H200"));
        if is_h200 {
            page += " Rooflines of an H200: 4.8 TB/s; 67 TFLOP/s in f32, 494 of TF32 on tensor cores, where \
                     one product is three.";
        }
        let versions = self.versions.as_object();
        for (name, version) in versions.into_iter().flatten() {
            let _ = write!(page, " PyTorch's {name}: {}.", version.as_str().unwrap_or("none"));
        }
        for (name, peak) in &self.peaks {
            let _ = write!(page, " Measured peak of {name}: {:.2}e12 a second.", peak / 1e12);
        }
        page += "\n\n";
        for (who, why) in &self.skipped {
            let _ = writeln!(page, "Skipped: {who}: {why}.");
        }
        page += "\n";
        self.cases.iter().for_each(|case| page += &case.table(is_h200));
        page
    }
}

/// The middle one, or the lower of the two.
#[must_use]
pub fn median(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN)
}
