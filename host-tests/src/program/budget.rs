//! [`Budget`]: what a board has to give.

use crate::plan::Estimate;
use clap::Args;
use serde::Serialize;
use std::fmt::Write;

/// What a board has to give.
#[derive(Args, Clone, Copy, Debug, Default, Serialize)]
pub struct Budget {
    /// Bytes of flash that it may take: tables and code
    #[arg(long, value_name = "BYTES", allow_hyphen_values = true)]
    pub flash: Option<u64>,

    /// Bytes of RAM that it may take: state, stack, and a network's measurements
    #[arg(long, value_name = "BYTES", allow_hyphen_values = true)]
    pub ram: Option<u64>,
}

/// What is needed of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Needs {
    /// Bytes.
    pub(super) flash: u64,
    /// Bytes.
    pub(super) ram: u64,
}

impl From<&Estimate> for Needs {
    fn from(of: &Estimate) -> Self {
        Self { flash: of.flash_bytes, ram: of.ram_bytes }
    }
}

impl Budget {
    /// What does not fit, and by how much; `None` where all does.
    pub(super) fn excess(&self, needs: Needs) -> Option<String> {
        let mut text = String::new();
        for (what, needed, given) in
            [("flash", needs.flash, self.flash), ("RAM", needs.ram, self.ram)]
        {
            let Some(given) = given.filter(|given| needed > *given) else { continue };
            let separator = if text.is_empty() { "" } else { "; " };
            let over = needed - given;
            let _ = write!(
                text,
                "{separator}{what}: {needed} bytes are needed, {over} more than the {given} there are"
            );
        }
        (!text.is_empty()).then_some(text)
    }
}
