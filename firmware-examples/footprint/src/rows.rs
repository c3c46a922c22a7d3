//! Row actions: checked, run to the end, reported.

use crate::data::{DENSE, RIGHT};
use crate::measure::run;
use core::hint::black_box;
use solvekit::rows::Kaczmarz;
use solvekit::rows::rule::{Distance, Greedy};

pub(crate) fn greedy() {
    let (a, b) = (black_box(&DENSE), black_box(&RIGHT));
    let rule = Greedy::new(Distance, [0; 1], solvekit::SVector::<f32, 1>::zeros());
    if let Ok(kaczmarz) = Kaczmarz::new(a, b, rule, black_box(1.0)) {
        run(&kaczmarz, kaczmarz.start());
    }
}
