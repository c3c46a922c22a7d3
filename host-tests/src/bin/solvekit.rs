//! The `solvekit` program.

use clap::Parser;
use solvekit_host::program::{BAD_INPUT, INTERRUPTED, Interrupt, Program, run};
use std::io::{Write, stderr};
use std::process::{ExitCode, exit};
use std::sync::Arc;

fn main() -> ExitCode {
    let program = Program::parse();
    let interrupt = Arc::new(Interrupt::new());
    if program.heeds_interrupts() {
        let asked = interrupt.clone();
        // Where no handler can be set, a Ctrl-C ends the program as ever.
        let _ = ctrlc::set_handler(move || ask(&asked));
    }
    match run(&program, &interrupt) {
        Ok(ending) => ending.into(),
        Err(error) => {
            // Nobody is there to be told when stderr is closed.
            let _ = writeln!(stderr(), "error: {error:#}");
            ExitCode::from(BAD_INPUT)
        }
    }
}

/// The first Ctrl-C asks for an end with what there is; a second one does not wait for it.
fn ask(interrupt: &Interrupt<'_>) {
    if interrupt.is_asked() {
        exit(INTERRUPTED.into());
    }
    interrupt.ask();
    let _ = writeln!(stderr(), "ending with what there is; Ctrl-C again ends at once");
}
