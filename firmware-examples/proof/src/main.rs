//! An image whose panic handler calls a function that does not exist: it links
//! only if the optimiser removed every panic path. Never run; no log in it,
//! since a logger may panic.
#![no_std]
#![no_main]

use core::panic::PanicInfo;
#[cfg(target_arch = "arm")]
use cortex_m_rt as _;
#[cfg(target_arch = "riscv32")]
use riscv_rt as _;

#[cfg(feature = "panicking")]
mod counterexample;
#[cfg(not(feature = "panicking"))]
mod entries;

unsafe extern "C" {
    /// Defined nowhere.
    fn solvekit_panic_is_reachable() -> !;
}

#[panic_handler]
fn on_panic(_: &PanicInfo) -> ! {
    // SAFETY: an image with this call does not link, so it never runs.
    #[cfg(not(feature = "diagnose"))]
    unsafe {
        solvekit_panic_is_reachable()
    }
    #[cfg(feature = "diagnose")]
    loop {
        core::hint::spin_loop();
    }
}

// SAFETY: the only symbol of this name; both runtimes call it once and expect
// it never to return.
#[unsafe(export_name = "main")]
extern "C" fn proof() -> ! {
    #[cfg(not(feature = "panicking"))]
    entries::call();
    #[cfg(feature = "panicking")]
    counterexample::call();
    loop {
        core::hint::spin_loop();
    }
}
