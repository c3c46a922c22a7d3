//! Counts a kernel, and says its answer on the emulator's standard output, in bits.

use crate::marker;
use core::hint::black_box;
use semihosting::io::{self, Write};

/// Runs the kernel between the marks.
pub(crate) fn counted<R>(kernel: impl FnOnce() -> R) -> R {
    marker::begin();
    let answer = kernel();
    marker::end();
    black_box(answer)
}

/// A line for each number.
pub(crate) fn answer(numbers: &[f32]) {
    for number in numbers {
        let mut line = *b"........\n";
        hexadecimal(number.to_bits().into(), &mut line[..8]);
        write(&line);
    }
}

/// A line for each number of a kernel: what it is, and how far others may be from it.
pub(crate) fn exact(kernel: &str, number: f64, bound: f64) {
    let mut line = *b" ................ ................\n";
    hexadecimal(number.to_bits(), &mut line[1..17]);
    hexadecimal(bound.to_bits(), &mut line[18..34]);
    write(kernel.as_bytes());
    write(&line);
}

fn hexadecimal(mut bits: u64, digits: &mut [u8]) {
    for digit in digits.iter_mut().rev() {
        *digit = b"0123456789abcdef"[(bits & 15) as usize];
        bits >>= 4;
    }
}

fn write(bytes: &[u8]) {
    // A line that is missing is missed on the other side.
    let _ = io::stdout().and_then(|mut out| out.write_all(bytes));
}
