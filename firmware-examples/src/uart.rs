//! The serial port of Arm's MPS2 boards (CMSDK APB UART), as far as sending goes.

use core::ptr;

/// Of the first port on the M4F's board.
const BASE: usize = 0x4000_4000;
const DATA: usize = 0;
const STATE: usize = 4;
const CONTROL: usize = 8;
const DIVISOR: usize = 16;

/// STATE: the transmitter still holds a byte.
const FULL: u32 = 1;
/// CONTROL: the transmitter is on.
const SEND: u32 = 1;

/// The port. There is one; on another board than the M4F's nothing answers there.
#[derive(Debug)]
pub struct Uart(());

impl Uart {
    /// Switches the transmitter on, at the board's fastest.
    pub fn new() -> Self {
        // The least divisor that the part allows.
        write(DIVISOR, 16);
        write(CONTROL, SEND);
        Self(())
    }

    /// Sends, waiting for the port where it has to.
    pub fn send(&mut self, bytes: &[u8]) {
        for byte in bytes {
            while read(STATE) & FULL != 0 {
                core::hint::spin_loop();
            }
            write(DATA, u32::from(*byte));
        }
    }
}

impl Default for Uart {
    fn default() -> Self {
        Self::new()
    }
}

fn write(register: usize, value: u32) {
    // SAFETY: a register of the port; writing it touches no memory of the program's.
    unsafe { ptr::with_exposed_provenance_mut::<u32>(BASE + register).write_volatile(value) }
}

fn read(register: usize) -> u32 {
    // SAFETY: as above.
    unsafe { ptr::with_exposed_provenance::<u32>(BASE + register).read_volatile() }
}
