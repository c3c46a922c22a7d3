//! The main job, shown on the host and on an emulated microcontroller.

use clap::Args;

use super::setup;
use anyhow::{Result, bail};

/// The main job, on the host and on an emulated microcontroller.
#[derive(Args)]
pub(crate) struct Demo {}

impl Demo {
    /// Runs it.
    pub(crate) fn run(&self) -> Result<()> {
        setup::emulation()?;
        bail!("the demo is not written yet")
    }
}
