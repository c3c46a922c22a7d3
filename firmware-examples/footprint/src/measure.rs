//! What a solver takes while it runs: instructions between marks, the depth of the stack, the size
//! of what it keeps.

use crate::{marker, stack};
use core::hint::black_box;
use semihosting::io::{self, Write};
use solvekit::{Iteration, Run, Stop};

/// A depth that is beyond what is painted: too large to pass for one.
const UNKNOWN: u32 = 999_999_999;

/// To the end of a run, with the report: one step, another one, and the rest, each counted apart.
/// The first look is in the first count; so the second is that of a step with its look.
pub(crate) fn run<I: Iteration<Real = f32>>(iteration: &I, mut state: I::State) {
    let Ok(stop) = Stop::relative(black_box(1e-4)) else { return };
    // A fit of separable classes has no end.
    let stop = stop.max_iterations(200);
    let (mut run, mut depth, mut steps) = (Run::new(stop), 0, 0);
    for budget in [1, 1, u32::MAX] {
        let budget = black_box(budget);
        let (report, bytes) = stack::depth(|| {
            marker::begin();
            let report = run.advance(iteration, &mut state, budget);
            marker::end();
            report
        });
        (depth, steps) = (bytes.unwrap_or(UNKNOWN).max(depth), report.iterations);
        black_box(&state);
    }
    tell([size_of::<I::State>(), depth as usize, steps as usize]);
}

/// Of work that is no iteration; `kept` is the size of what outlives it.
pub(crate) fn call<R>(kept: usize, work: impl FnOnce() -> R) -> R {
    let (answer, depth) = stack::depth(|| {
        marker::begin();
        let answer = work();
        marker::end();
        answer
    });
    tell([kept, depth.unwrap_or(UNKNOWN) as usize, 0]);
    answer
}

/// A line on the emulator's standard output: bytes of state, bytes of stack, steps.
fn tell(numbers: [usize; 3]) {
    let mut line = *b"         |         |         \n";
    for (number, field) in numbers.into_iter().zip(line.chunks_mut(10)) {
        let mut rest = number;
        for digit in field.iter_mut().take(9).rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
    }
    // A line that is missing is missed on the other side.
    let _ = io::stdout().and_then(|mut out| out.write_all(&line));
}

/// What every image has of this, one without a solver too.
pub(crate) fn keep() {
    call(0, || black_box(0));
}
