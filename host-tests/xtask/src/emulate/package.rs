//! The firmware's packages of which programs are run, each with boards of its own.

use super::board::{BOARDS, Board};
use crate::shell;
use std::path::PathBuf;

/// A package of the firmware workspace.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Package {
    /// Cargo's name for it.
    pub(crate) name: &'static str,
    /// Its folder in the workspace; its programs are in `src/bin` there.
    folder: &'static str,
    /// The cores of its boards; none: all that every story runs on.
    cores: &'static [&'static str],
    /// Its features when its programs run in emulation.
    pub(crate) features: &'static [&'static str],
    /// What the emulator is told besides.
    pub(crate) emulator: &'static [&'static str],
}

/// The package of the stories: the same output on every board, and what is measured.
pub(crate) const STORIES: &Package =
    &Package { name: "firmware-examples", folder: "", cores: &[], features: &[], emulator: &[] };

/// Time is executed instructions: nothing depends on the machine that emulates, and sleeping takes no
/// time there. 16 ns each: 0.8 cycles at 50 MHz.
const EVERY_16_NS: &[&str] = &["-icount", "shift=4,sleep=off"];
/// 8 ns each: 1.3 cycles at 168 MHz.
const EVERY_8_NS: &[&str] = &["-icount", "shift=3,sleep=off"];

/// All of them.
pub(crate) const PACKAGES: &[&Package] = &[
    STORIES,
    &Package {
        name: "embassy-example",
        folder: "embassy",
        cores: &["M4F", "M7F"],
        features: &[],
        emulator: EVERY_8_NS,
    },
    &Package {
        name: "stm32f405",
        folder: "boards/stm32f405",
        cores: &["F405"],
        features: &["emulated"],
        emulator: EVERY_8_NS,
    },
    &Package {
        name: "rtic-example",
        folder: "rtic",
        cores: &["M3"],
        features: &[],
        emulator: EVERY_16_NS,
    },
];

impl Package {
    /// Where its programs and their expected outputs lie.
    pub(crate) fn programs(&self) -> PathBuf {
        shell::firmware().join(self.folder).join("src/bin")
    }

    /// Whether its programs run on a board.
    pub(crate) fn runs_on(&self, board: &Board) -> bool {
        if self.cores.is_empty() {
            BOARDS.contains(board)
        } else {
            self.cores.contains(&board.core)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_package_has_a_board_and_no_core_is_unknown() {
        for package in PACKAGES {
            for core in package.cores {
                assert!(package.runs_on(&Board::named(core).unwrap()), "{}", package.name);
            }
            assert!(package.programs().is_dir(), "{}", package.programs().display());
        }
    }
}
