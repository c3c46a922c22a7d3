//! [`Budget`]: what a board has to give.

use crate::plan::Estimate;
use clap::Args;
use serde::Serialize;
use std::fmt::Write;

/// What a board has to give.
#[derive(Args, Clone, Copy, Debug, Default, Serialize)]
pub struct Budget {
    /// Bytes of flash that the network may take: tables and code
    #[arg(long, value_name = "BYTES", allow_hyphen_values = true)]
    pub flash: Option<u64>,

    /// Bytes of RAM that it may take: state, measurements and stack
    #[arg(long, value_name = "BYTES", allow_hyphen_values = true)]
    pub ram: Option<u64>,
}

impl Budget {
    /// What does not fit, and by how much; `None` where all does.
    pub(super) fn excess(&self, estimate: &Estimate) -> Option<String> {
        let mut text = String::new();
        for (what, needed, given) in
            [("flash", estimate.flash_bytes, self.flash), ("RAM", estimate.ram_bytes, self.ram)]
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
