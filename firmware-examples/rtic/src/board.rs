//! What is the LM3S6965's: its clock, its timer, and SysTick as a counter of cycles.

use cortex_m::peripheral::{SYST, syst::SystClkSource};

/// Cycles a second: of the core, the timer and SysTick.
pub const HZ: u32 = 50_000_000;
/// SysTick counts down from here, and starts again.
const TURN: u32 = 0x00FF_FFFF;

const RIS: *mut u32 = 0x400F_E050 as *mut u32;
const RCC: *mut u32 = 0x400F_E060 as *mut u32;
const RCGC1: *mut u32 = 0x400F_E104 as *mut u32;
const TIMER0: usize = 0x4003_0000;

/// 50 MHz from a crystal of 8 MHz by the PLL, and SysTick running free.
pub fn start(systick: &mut SYST) {
    const BYPASS: u32 = 1 << 11;
    const POWER_DOWN: u32 = 1 << 13;
    const LOCKED: u32 = 1 << 6;
    const CRYSTAL: u32 = 0xE << 6;
    const BY_FOUR: u32 = 3 << 23 | 1 << 22;
    // SAFETY: registers of the system's control, which nothing else uses; in the order of the data
    // sheet: bypass, choose, wait for the lock, divide, and only then through the PLL.
    unsafe {
        RCC.write_volatile(BYPASS | POWER_DOWN | CRYSTAL);
        RCC.write_volatile(BYPASS | CRYSTAL);
        while RIS.read_volatile() & LOCKED == 0 {}
        RCC.write_volatile(BYPASS | CRYSTAL | BY_FOUR);
        RCC.write_volatile(CRYSTAL | BY_FOUR);
    }
    systick.set_clock_source(SystClkSource::Core);
    systick.set_reload(TURN);
    systick.clear_current();
    systick.enable_counter();
}

/// Starts timer 0, which asks for `TIMER_0A` every `period` cycles.
pub fn start_timer(period: u32) {
    // SAFETY: registers of timer 0, which nothing else uses: clocked, 32 bits, periodic, its
    // interrupt on.
    unsafe {
        RCGC1.write_volatile(RCGC1.read_volatile() | 1 << 16);
        timer(0x00).write_volatile(0);
        timer(0x04).write_volatile(2);
        timer(0x28).write_volatile(period - 1);
        timer(0x18).write_volatile(1);
        timer(0x0C).write_volatile(1);
    }
}

/// Tells timer 0 that its interrupt was heard.
pub fn heard_timer() {
    // SAFETY: the register that clears the interrupt; writing has no other effect.
    unsafe { timer(0x24).write_volatile(1) }
}

const fn timer(register: usize) -> *mut u32 {
    (TIMER0 + register) as *mut u32
}

/// SysTick as a counter that goes up, in turns of 2²⁴ cycles (a third of a second).
pub fn cycles() -> u32 {
    TURN - SYST::get_current()
}

/// Cycles between two readings that are less than a turn apart.
pub const fn elapsed(before: u32, after: u32) -> u32 {
    after.wrapping_sub(before) & TURN
}

/// [`cycles`] in 32 bits, for who reads it at least once a turn.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    last: u32,
    total: u32,
}

impl Clock {
    /// Of now.
    pub fn new() -> Self {
        Self { last: cycles(), total: 0 }
    }

    /// Cycles since the start.
    pub fn now(&mut self) -> u32 {
        let now = cycles();
        self.total = self.total.wrapping_add(elapsed(self.last, now));
        self.last = now;
        self.total
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}
