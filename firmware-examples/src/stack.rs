//! How deep the stack goes: paint the free part, run, look for the paint.

use core::arch::asm;

/// Unlikely as data: neither a small number, nor an address, nor a float of use.
const PAINT: u32 = 0xc5ac_ce55;

/// At most so many bytes are painted: painting megabytes around every short
/// region would take longer than the region.
const REACH: usize = 16 * 1024;

unsafe extern "C" {
    /// The lowest word the stack may grow to, from either runtime's linker
    /// script (there is no heap).
    static mut __sheap: u32;
}

/// As [`depth`], where a depth that is unknown is a mistake.
///
/// # Panics
/// If the job reached below the paint.
pub fn high_water<R>(job: impl FnOnce() -> R) -> (R, u32) {
    let (answer, depth) = depth(job);
    (answer, depth.expect("the stack stays within its paint"))
}

/// Runs `job` and returns its answer with the bytes of stack it used, in steps
/// of 4. Counted from the caller's frame down; a word left untouched by chance
/// inside a frame does not hide what lies below it. `None` if the job reached
/// below the paint, so that its depth is unknown.
#[inline(never)]
pub fn depth<R>(job: impl FnOnce() -> R) -> (R, Option<u32>) {
    let top = stack_pointer();
    let lowest = &raw mut __sheap;
    let reach = top.saturating_sub(lowest as usize).min(REACH) / size_of::<u32>();
    let bottom = (top as *mut u32).wrapping_sub(reach);
    let mut word = bottom;
    while (word as usize) < top {
        // SAFETY: between the end of the statics and the stack pointer nothing
        // lives: no heap, and interrupts, which would push here, are not used.
        unsafe { word.write_volatile(PAINT) };
        word = word.wrapping_add(1);
    }

    let answer = call(job);

    let mut word = bottom;
    // SAFETY: the same words, read where nothing else writes them now.
    while (word as usize) < top && unsafe { word.read_volatile() } == PAINT {
        word = word.wrapping_add(1);
    }
    let known = word != bottom;
    (answer, known.then_some((top - word as usize) as u32))
}

/// Keeps the job's frame apart from the one that paints.
#[inline(never)]
fn call<R>(job: impl FnOnce() -> R) -> R {
    job()
}

#[inline(always)]
fn stack_pointer() -> usize {
    let pointer: usize;
    // SAFETY: copies a register.
    #[cfg(target_arch = "arm")]
    unsafe {
        asm!("mov {}, sp", out(reg) pointer, options(nomem, nostack, preserves_flags));
    }
    // SAFETY: copies a register.
    #[cfg(target_arch = "riscv32")]
    unsafe {
        asm!("mv {}, sp", out(reg) pointer, options(nomem, nostack, preserves_flags));
    }
    pointer
}
