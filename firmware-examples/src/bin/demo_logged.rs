//! Solves watched through the log, for `cargo xtask emulate watch --defmt`.
#![no_std]
#![no_main]

use scenarios::Line;
use scenarios::watched::Watched;

firmware_examples::story!(log);

fn log(say: &mut impl FnMut(Line)) {
    let mut watched = Watched::new();
    for _ in 0..20 {
        watched.next(u32::MAX, &mut solvekit::Log, |_| ());
    }
    say(Line::Count("sweeps", watched.sweeps));
}
