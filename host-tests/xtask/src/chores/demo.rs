//! The main job, shown on an emulated microcontroller.

use super::setup;
use crate::emulate::{self, Level, board::Board};
use anyhow::{Result, anyhow};
use clap::Args;
use std::time::Duration;

/// What is shown.
#[derive(Args)]
pub(crate) struct Demo {
    /// The story to show
    #[arg(long, default_value = "relax")]
    story: String,
    /// The board to run it on
    #[arg(long, default_value = "M4F", value_parser = Board::named)]
    board: Board,
}

impl Demo {
    /// Runs it.
    pub(crate) fn run(&self) -> Result<()> {
        setup::emulation()?;
        let cell = emulate::run_one(&self.board, &self.story, Duration::from_secs(60))?;
        let run = cell.run.as_ref().map_err(|why| anyhow!("{}: {why}", cell.name()))?;
        println!("{} ({}), {}:", self.board.core, self.board.machine, run.end);
        for line in emulate::lines(&run.log, Level::Story) {
            println!("  {line}");
        }
        for region in &cell.regions {
            println!("  {}: {} instructions", region.name, region.instructions);
        }
        Ok(())
    }
}
