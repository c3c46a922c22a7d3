//! [`Target`]: the boards that were measured.

use clap::ValueEnum;
use serde::Serialize;
use std::fmt;

/// A core that was measured in emulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[non_exhaustive]
pub enum Target {
    /// Cortex-M0, thumbv6m-none-eabi: no floating point in hardware
    #[value(name = "M0", alias = "m0", alias = "thumbv6m-none-eabi")]
    M0,
    /// Cortex-M3, thumbv7m-none-eabi: no floating point in hardware
    #[value(name = "M3", alias = "m3", alias = "thumbv7m-none-eabi")]
    M3,
    /// Cortex-M4F, thumbv7em-none-eabihf
    #[value(name = "M4F", alias = "m4f", alias = "thumbv7em-none-eabihf")]
    M4F,
    /// Cortex-M7F, thumbv7em-none-eabihf, with the M4F's image
    #[value(name = "M7F", alias = "m7f")]
    M7F,
    /// Cortex-M33F, thumbv8m.main-none-eabihf
    #[value(name = "M33F", alias = "m33f", alias = "thumbv8m.main-none-eabihf")]
    M33F,
    /// RISC-V without floating point, riscv32imac-unknown-none-elf
    #[value(name = "RV32imac", alias = "rv32imac", alias = "riscv32imac-unknown-none-elf")]
    #[serde(rename = "RV32imac")]
    Rv32imac,
    /// RISC-V with floating point, riscv32imafc-unknown-none-elf
    #[value(name = "RV32imafc", alias = "rv32imafc", alias = "riscv32imafc-unknown-none-elf")]
    #[serde(rename = "RV32imafc")]
    Rv32imafc,
}

/// The core's name.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_possible_value().map_or(Ok(()), |value| f.write_str(value.get_name()))
    }
}
