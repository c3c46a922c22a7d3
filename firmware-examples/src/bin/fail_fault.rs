//! Executes an undefined instruction: the run must exit with 102.
#![no_std]
#![no_main]

firmware_examples::story!(fail);

fn fail(say: &mut impl FnMut(scenarios::Line)) {
    say(scenarios::Line::Text("about to fault"));
    // SAFETY: it never returns from here: the fault handler exits.
    #[cfg(target_arch = "arm")]
    unsafe {
        core::arch::asm!("udf #0");
    }
    // SAFETY: as above.
    #[cfg(target_arch = "riscv32")]
    unsafe {
        core::arch::asm!("unimp");
    }
}
