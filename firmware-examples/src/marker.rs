//! Marks around a region whose executed instructions are counted.
//!
//! They are hints that do nothing on hardware: reserved NOPs on Arm, writes to
//! `x0` on RISC-V. The emulator's plugin (`host-tests/xtask/plugin/region.c`)
//! knows them. On Arm an `isb` stands before each: the emulator then begins a new
//! block of code with the mark, and cannot lose it where a block crosses a page.

use core::arch::asm;

/// Begins a counted region.
#[inline(always)]
pub fn begin() {
    // SAFETY: a hint without effect. It may touch memory as far as the compiler
    // knows, so that no load or store of the region moves in front of it.
    #[cfg(target_arch = "arm")]
    unsafe {
        asm!("isb", ".inst.n 0xbf80", options(nostack, preserves_flags));
    }
    // SAFETY: as above.
    #[cfg(target_arch = "riscv32")]
    unsafe {
        asm!("slti x0, x0, 0x701", options(nostack, preserves_flags));
    }
}

/// Ends the counted region.
#[inline(always)]
pub fn end() {
    // SAFETY: as in `begin`.
    #[cfg(target_arch = "arm")]
    unsafe {
        asm!("isb", ".inst.n 0xbf90", options(nostack, preserves_flags));
    }
    // SAFETY: as in `begin`.
    #[cfg(target_arch = "riscv32")]
    unsafe {
        asm!("slti x0, x0, 0x702", options(nostack, preserves_flags));
    }
}
