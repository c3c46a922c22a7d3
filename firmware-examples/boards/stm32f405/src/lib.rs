//! A solve in slices in a super loop on an STM32F405, with stm32f4xx-hal.
//!
//! No operating system: whenever a millisecond has passed, the loop samples an MCP3208 on SPI 1, and in
//! between it gives the solver slices of a tenth of one. Wiring: PA4 to the converter's chip select,
//! PA5 to its clock, PA6 to its output, PA7 to its input. Without a converter every sample is an error
//! with a name, the currents stay as they are, and the solves go on.
//!
//! # Run it
//!
//! On a board with a debug probe, in this folder: `cargo run --release`. The clock is the internal one
//! of 16 MHz, so that no crystal matters; a board with one calls `freeze` with its frequency.
//! `cargo test --release` runs the tests of `tests/on_board.rs` on the board.
//!
//! In emulation, from anywhere in the repository: `cargo xtask emulate --story superloop_stm32f405`.
//! QEMU has the SPI of this chip and nothing on its wires, which is how the driver's errors are seen
//! through a real HAL. It runs with `-icount shift=3`: time is executed instructions, 8 ns each.
#![no_std]

use cortex_m::peripheral::{SYST, syst::SystClkSource};
use drivers::Adc;
use embedded_hal_bus::spi::{ExclusiveDevice, NoDelay};
use stm32f4xx_hal::gpio::{Output, PA4};
use stm32f4xx_hal::pac::{Peripherals, SPI1};
use stm32f4xx_hal::prelude::*;
use stm32f4xx_hal::spi::{Mode, Phase, Polarity, Spi};

// The log's way out, and what happens in a panic.
#[cfg(all(feature = "probe", not(feature = "emulated")))]
use {defmt_rtt as _, panic_probe as _};
#[cfg(feature = "emulated")]
mod emulated;

/// The converter as it is wired here.
pub type OwnAdc = Adc<ExclusiveDevice<Spi<SPI1>, PA4<Output>, NoDelay>>;

/// Cycles a second: of the core and of SysTick. After a reset; in QEMU it is always the most.
pub const HZ: u32 = if cfg!(feature = "emulated") { 168_000_000 } else { 16_000_000 };
/// SysTick counts down from here, and starts again.
const TURN: u32 = 0x00FF_FFFF;

/// The converter on SPI 1 at 1 MHz.
///
/// # Panics
/// Never: chip select is a pin that cannot fail.
pub fn adc(peripherals: Peripherals) -> OwnAdc {
    let mut rcc = peripherals.RCC.constrain();
    let pins = peripherals.GPIOA.split(&mut rcc);
    let mode = Mode { polarity: Polarity::IdleLow, phase: Phase::CaptureOnFirstTransition };
    let bus = (Some(pins.pa5), Some(pins.pa6), Some(pins.pa7));
    let spi = Spi::new(peripherals.SPI1, bus, mode, 1.MHz(), &mut rcc);
    let select = pins.pa4.into_push_pull_output();
    Adc::new(ExclusiveDevice::new_no_delay(spi, select).expect("a pin that cannot fail"))
}

/// Ends an emulated run; on a board the loop goes on.
pub fn end() {
    #[cfg(feature = "emulated")]
    semihosting::process::exit(0);
}

/// SysTick as a clock of 32 bits, for who reads it at least once in 2²⁴ cycles.
#[derive(Debug)]
pub struct Clock {
    last: u32,
    total: u32,
}

impl Clock {
    /// Starts it.
    pub fn start(mut systick: SYST) -> Self {
        systick.set_clock_source(SystClkSource::Core);
        systick.set_reload(TURN);
        systick.clear_current();
        systick.enable_counter();
        Self { last: TURN - SYST::get_current(), total: 0 }
    }

    /// Cycles since the start.
    pub fn now(&mut self) -> u32 {
        let now = TURN - SYST::get_current();
        self.total = self.total.wrapping_add(now.wrapping_sub(self.last) & TURN);
        self.last = now;
        self.total
    }
}
