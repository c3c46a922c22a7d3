//! The `solvekit` program.

use clap::Parser;
use solvekit_host::program::{BAD_INPUT, Program, run};
use std::io::{Write, stderr};
use std::process::ExitCode;

fn main() -> ExitCode {
    match run(&Program::parse()) {
        Ok(ending) => ending.into(),
        Err(error) => {
            // Nobody is there to be told when stderr is closed.
            let _ = writeln!(stderr(), "error: {error:#}");
            ExitCode::from(BAD_INPUT)
        }
    }
}
