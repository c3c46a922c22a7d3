//! What an image does when it goes wrong: it says so and exits, so that the
//! emulator's exit code tells; nothing hangs, nothing passes by accident.

use core::panic::PanicInfo;
use semihosting::process::exit;

/// Exit code after a panic (a failing assert among them).
pub const PANICKED: i32 = 101;
/// Exit code after a hardware fault or trap.
pub const FAULTED: i32 = 102;

#[panic_handler]
fn on_panic(info: &PanicInfo) -> ! {
    // Only messages without arguments are shown: others need core::fmt, which
    // would be several KiB in every image.
    let message = info.message().as_str().unwrap_or("(a formatted message)");
    match info.location() {
        Some(place) => {
            defmt::error!("panicked at {=str}:{=u32}: {=str}", place.file(), place.line(), message)
        }
        None => defmt::error!("panicked: {=str}", message),
    }
    exit(PANICKED)
}

#[cfg(target_arch = "arm")]
#[cortex_m_rt::exception]
unsafe fn HardFault(frame: &cortex_m_rt::ExceptionFrame) -> ! {
    defmt::error!("hard fault at {=u32:#010x}", frame.pc());
    exit(FAULTED)
}

/// Without it riscv-rt's default loops for ever.
// SAFETY: the name and signature riscv-rt's trap code asks for.
#[cfg(target_arch = "riscv32")]
#[unsafe(export_name = "ExceptionHandler")]
extern "C" fn exception_handler(_frame: &riscv_rt::TrapFrame) -> ! {
    defmt::error!(
        "trap, cause {=usize}, at {=usize:#010x}",
        riscv::register::mcause::read().code(),
        riscv::register::mepc::read()
    );
    exit(FAULTED)
}
