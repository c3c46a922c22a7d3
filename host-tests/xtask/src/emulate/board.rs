//! The seven emulated boards, and those of single packages.

use anyhow::{Result, bail};

/// A board QEMU emulates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Board {
    /// Its core, by which it is chosen and shown.
    pub(crate) core: &'static str,
    /// QEMU's name for the machine.
    pub(crate) machine: &'static str,
    /// rustc's target.
    pub(crate) target: &'static str,
    /// The board whose memory map the image is linked for.
    pub(crate) memory: &'static str,
}

/// All of them, smallest first. The M7F runs the M4F's image.
pub(crate) const BOARDS: &[Board] = &[
    Board::new("M0", "microbit", "thumbv6m-none-eabi", "microbit"),
    Board::new("M3", "lm3s6965evb", "thumbv7m-none-eabi", "lm3s6965evb"),
    Board::new("M4F", "mps2-an386", "thumbv7em-none-eabihf", "mps2-an386"),
    Board::new("M7F", "mps2-an500", "thumbv7em-none-eabihf", "mps2-an386"),
    Board::new("M33F", "mps2-an505", "thumbv8m.main-none-eabihf", "mps2-an505"),
    Board::new("RV32imac", "virt", "riscv32imac-unknown-none-elf", "virt"),
    Board::new("RV32imafc", "virt", "riscv32imafc-unknown-none-elf", "virt"),
];

/// Boards on which only packages run that are written for them.
pub(crate) const SPECIAL: &[Board] =
    &[Board::new("F405", "netduinoplus2", "thumbv7em-none-eabihf", "netduinoplus2")];

impl Board {
    const fn new(
        core: &'static str,
        machine: &'static str,
        target: &'static str,
        memory: &'static str,
    ) -> Self {
        Self { core, machine, target, memory }
    }

    /// The board of a core (or of a machine's name, where only one has it).
    pub(crate) fn named(name: &str) -> Result<Self> {
        let by_core = |board: &&Self| board.core.eq_ignore_ascii_case(name);
        let by_machine = |board: &&Self| board.machine == name && name != "virt";
        let all = || BOARDS.iter().chain(SPECIAL);
        match all().find(by_core).or_else(|| all().find(by_machine)) {
            Some(board) => Ok(*board),
            None => {
                let known: Vec<_> = all().map(|board| board.core).collect();
                bail!("no board `{name}`; there are {}", known.join(", "))
            }
        }
    }

    /// The emulator that has it.
    pub(crate) fn emulator(&self) -> &'static str {
        if self.is_riscv() { "qemu-system-riscv32" } else { "qemu-system-arm" }
    }

    /// Whether its core is a RISC-V one.
    pub(crate) fn is_riscv(&self) -> bool {
        self.target.starts_with("riscv")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boards_are_found_by_core_and_by_machine() {
        assert_eq!(Board::named("m4f").unwrap().machine, "mps2-an386");
        assert_eq!(Board::named("mps2-an505").unwrap().core, "M33F");
        let error = Board::named("virt").unwrap_err().to_string();
        assert!(error.contains("RV32imac, RV32imafc"), "{error}");
    }
}
