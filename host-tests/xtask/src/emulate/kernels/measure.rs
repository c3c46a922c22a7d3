//! One kernel by one side in an image: built, run, counted.

use super::{Exact, Kernel, Library, Side};
use crate::{
    emulate::{board::Board, machine, plugin::Plugin},
    shell,
};
use anyhow::{Context, Result, bail};
use std::{path::PathBuf, time::Duration};

/// Long after any of them has ended.
const LIMIT: Duration = Duration::from_secs(60);

/// What was counted of one side.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Counted {
    pub(super) instructions: u64,
    /// Its answer.
    pub(super) answer: Vec<f32>,
    /// How far that is from the exact one: the largest share of the bound.
    pub(super) share: f64,
}

/// What images are built and run with.
pub(super) struct Images<'a> {
    pub(super) board: &'a Board,
    pub(super) plugin: &'a Plugin,
    pub(super) library: &'a Library,
}

impl Images<'_> {
    /// Whether a side can be built here.
    pub(super) fn has(&self, side: Side) -> bool {
        side != Side::Cmsis || matches!(self.library, Library::There { .. })
    }

    /// What the image with the exact answers says.
    pub(super) fn exact(&self) -> Result<String> {
        let image = self.build("exact")?;
        machine::output(self.board, &image, LIMIT, &[]).context("the exact answers")
    }

    /// One side of one kernel, its answer held against the exact one.
    pub(super) fn counted(&self, kernel: &Kernel, side: Side, exact: &Exact) -> Result<Counted> {
        let whose = || side.title();
        let image =
            self.build(&format!("{},{}", kernel.feature, side.feature())).with_context(whose)?;
        let counts = shell::scratch()?.join("kernels.txt");
        let arguments = self.plugin.arguments_into(&counts);
        let said = machine::output(self.board, &image, LIMIT, &arguments).with_context(whose)?;
        let regions = Plugin::counts_in(&counts).with_context(whose)?;
        let [instructions] = regions.as_slice() else {
            bail!("{}: {} counted regions, not one", side.title(), regions.len());
        };
        let answer = numbers(&said).with_context(whose)?;
        let share = exact.share(kernel, &answer).with_context(whose)?;
        Ok(Counted { instructions: *instructions, answer, share })
    }

    fn build(&self, features: &str) -> Result<PathBuf> {
        let mut cargo = shell::firmware_cargo("build", self.board.target);
        cargo.args(["--quiet", "--package", "peers"]).env("SOLVEKIT_BOARD", self.board.memory);
        cargo.args(["--features", features]).env_remove("SOLVEKIT_CMSIS");
        if let Library::There { folder, .. } = self.library {
            cargo.env("SOLVEKIT_CMSIS", folder);
        }
        shell::read(&mut cargo)?;
        let folder = shell::firmware().join("target").join(self.board.target);
        Ok(folder.join("release/peers"))
    }
}

/// The bits of an answer, a line each.
fn numbers(said: &str) -> Result<Vec<f32>> {
    let number = |line: &str| {
        let bits = u32::from_str_radix(line, 16).with_context(|| format!("it said `{line}`"))?;
        Ok(f32::from_bits(bits))
    };
    said.lines().map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn answers_are_bits() {
        assert_eq!(numbers("3f800000\nc0000000\n").unwrap(), [1.0, -2.0]);
        assert!(numbers("3f800000\nnonsense\n").is_err());
    }
}
