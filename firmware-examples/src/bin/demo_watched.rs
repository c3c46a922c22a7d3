//! Solves watched through a serial port, for `cargo xtask emulate watch`: frames on the first port of
//! the M4F's board.
#![no_std]
#![no_main]

use firmware_examples::uart::Uart;
use scenarios::Line;
use scenarios::watched::Watched;
use solvekit::telemetry::Wire;

firmware_examples::story!(send);

fn send(say: &mut impl FnMut(Line)) {
    let mut port = Uart::new();
    let mut wire = Wire::new(|bytes: &[u8]| {
        port.send(bytes);
        true
    });
    let mut watched = Watched::new();
    say(Line::Count("observations lost", watched.send(60, 8, &mut wire)));
    say(Line::Count("sweeps", watched.sweeps));
}
