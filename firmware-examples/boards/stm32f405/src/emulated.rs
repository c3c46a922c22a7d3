//! In QEMU: the log goes through semihosting, and the exit code tells how it ended.

use core::panic::PanicInfo;
use defmt_semihosting as _;
use semihosting::process::exit;

#[panic_handler]
fn on_panic(info: &PanicInfo<'_>) -> ! {
    let message = info.message().as_str().unwrap_or("(a formatted message)");
    let line = info.location().map_or(0, core::panic::Location::line);
    defmt::error!("panicked at line {=u32}: {=str}", line, message);
    exit(101)
}
