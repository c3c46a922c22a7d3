//! Kernels of fixed size beside CMSIS-DSP's and nalgebra's, on an emulated Cortex-M4F.

use crate::emulate;
use anyhow::Result;

/// Counts, prints the table, and writes the dated record when asked.
pub(super) fn run(record: bool, date: Option<&str>) -> Result<()> {
    emulate::kernels::run(record, date)
}
