//! How an image starts, runs its one job and leaves.

use crate::{marker, stack};
use semihosting::process::exit;

/// Makes the image whose only job is the given story.
#[macro_export]
macro_rules! story {
    ($story:path) => {
        // SAFETY: the only symbol of this name; both runtimes call `main` once,
        // with memory initialised, and expect it never to return.
        #[unsafe(export_name = "main")]
        extern "C" fn story_image() -> ! {
            $crate::story(|| $story(&mut $crate::say))
        }
    };
}

/// Makes an image that measures kernels with [`region`]; the given function
/// calls it and says its answers like a story.
#[macro_export]
macro_rules! kernels {
    ($kernels:path) => {
        // SAFETY: as for `story!`.
        #[unsafe(export_name = "main")]
        extern "C" fn kernels_image() -> ! {
            $crate::kernels(|| $kernels(&mut $crate::say))
        }
    };
}

/// Runs a story to its end, logs how deep the stack went, exits with 0.
pub fn story(run: impl FnOnce()) -> ! {
    let ((), bytes) = stack::high_water(run);
    defmt::debug!("stack: {=u32}", bytes);
    exit(0)
}

/// Runs an image of measured kernels, exits with 0. No painting around the
/// whole: it would be wiped by each region's own.
pub fn kernels(run: impl FnOnce()) -> ! {
    run();
    exit(0)
}

/// Runs a kernel between the counting marks and logs its name and its stack.
///
/// Give it a function that is never inlined, and pass its inputs through
/// [`core::hint::black_box`], or there may be nothing left to count.
pub fn region<R>(name: &'static str, kernel: impl FnOnce() -> R) -> R {
    let (answer, bytes) = stack::high_water(|| {
        marker::begin();
        let answer = kernel();
        marker::end();
        answer
    });
    defmt::debug!("region: {=str}: stack: {=u32}", name, bytes);
    answer
}

/// A story's meter that makes a counted region of each measured part; the counts of several with
/// one name become a mean.
pub struct Regions;

impl scenarios::Meter for Regions {
    fn measure<T>(&mut self, name: &'static str, work: impl FnOnce() -> T) -> T {
        region(name, work)
    }
}
