//! Experiments that regenerate a paper's table and figures: DIR/table.csv and DIR/*.svg.

pub mod auto;
pub mod bcd;
pub mod calibration;
pub mod relax;
pub mod relax_curves;
pub mod relax_heat;
mod sensed;
mod table;
pub mod unfolded;
pub mod unfolded_layers;

use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::path::PathBuf;

/// What every experiment is asked.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the table and the figures go.
    pub output: PathBuf,
    /// Size relative to the paper's: 1 is the paper's.
    pub scale: f64,
    /// Also what the paper only shows in passing: whole grids.
    pub full: bool,
    /// Seed of every random draw.
    pub seed: u64,
}

impl Options {
    /// A bar over `steps` steps, on a terminal only.
    fn progress(&self, steps: u64) -> ProgressBar {
        if !std::io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let style = ProgressStyle::with_template("{bar:40} {pos}/{len} runs, {eta} left")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        ProgressBar::new(steps).with_style(style)
    }
}
