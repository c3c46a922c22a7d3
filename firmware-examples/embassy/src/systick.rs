//! embassy's clock by SysTick: microseconds, and wakers looked at ten thousand times a second.

use core::cell::RefCell;
use core::task::Waker;
use cortex_m::peripheral::{SCB, SYST, syst::SystClkSource};
use critical_section::Mutex;
use embassy_time_driver::Driver;
use embassy_time_queue_utils::Queue;

/// Turns of SysTick a second. A task wakes up at most one later than it asked.
const TURNS_HZ: u32 = 10_000;
/// Microseconds of a turn.
const MICROSECONDS: u32 = 1_000_000 / TURNS_HZ;
/// Cycles of a turn.
const CYCLES: u32 = hz(env!("SYSTICK_HZ")) / TURNS_HZ;

const fn hz(text: &str) -> u32 {
    match u32::from_str_radix(text, 10) {
        Ok(hz) => hz,
        Err(_) => panic!("SYSTICK_HZ is no number"),
    }
}

struct Inner {
    turns: u64,
    queue: Queue,
}

/// The driver. A critical section longer than two turns makes its clock go late.
struct SysTick(Mutex<RefCell<Inner>>);

embassy_time_driver::time_driver_impl!(
    static DRIVER: SysTick =
        SysTick(Mutex::new(RefCell::new(Inner { turns: 0, queue: Queue::new() })))
);

/// Starts the clock.
pub fn start(mut systick: SYST) {
    systick.set_clock_source(SystClkSource::Core);
    systick.set_reload(CYCLES - 1);
    systick.clear_current();
    systick.enable_counter();
    systick.enable_interrupt();
}

impl Inner {
    /// A turn that ended and whose interrupt still waits counts.
    fn now(&self) -> u64 {
        let before = SYST::get_current();
        let ended = SCB::is_pendst_pending();
        let current = if ended { SYST::get_current() } else { before };
        // It counts down, and a turn ends when 0 is reached.
        let into = (CYCLES - current) % CYCLES;
        let turns = self.turns + u64::from(ended);
        turns * u64::from(MICROSECONDS) + u64::from(into * MICROSECONDS / CYCLES)
    }
}

impl Driver for SysTick {
    fn now(&self) -> u64 {
        critical_section::with(|cs| self.0.borrow_ref(cs).now())
    }

    fn schedule_wake(&self, at: u64, waker: &Waker) {
        critical_section::with(|cs| {
            let _ = self.0.borrow_ref_mut(cs).queue.schedule_wake(at, waker);
        });
    }
}

#[cortex_m_rt::exception]
fn SysTick() {
    critical_section::with(|cs| {
        let mut inner = DRIVER.0.borrow_ref_mut(cs);
        inner.turns += 1;
        let now = inner.now();
        // Wakes whose time has come; when the next one's comes, the turns will tell.
        let _ = inner.queue.next_expiration(now);
    });
}
