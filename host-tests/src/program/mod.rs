//! The commands of `solvekit`: each reads its options and files, works, and tells an [`Ending`].

mod budget;
pub mod calibrate;
pub mod devices;
mod experiment;
pub mod export;
pub mod lasso;
pub mod plan;
mod progress;
pub mod recover;
pub mod solve;
mod stored;
pub mod train;
pub mod watch;
mod work;

pub use work::{Chosen, Threads, Work};

use anyhow::Context;
use clap::{Parser, Subcommand};
use solvekit::Status;
use std::io::{ErrorKind, Write, stdout};
use std::process::ExitCode;

/// Numerical solvers that learn while they run and say truthfully how they ended.
#[derive(Debug, Parser)]
#[command(name = "solvekit", version, arg_required_else_help = true)]
pub struct Program {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Solve A x = b, once or for a sequence of shifted matrices
    #[command(after_help = solve::AFTER_HELP)]
    Solve(solve::Options),
    /// Fit the lasso or the elastic net, for one λ or a path of them
    #[command(after_help = lasso::AFTER_HELP)]
    Lasso(lasso::Options),
    /// Recover sparse signals from fewer measurements than unknowns
    #[command(after_help = recover::AFTER_HELP)]
    Recover(recover::Options),
    /// Train an unrolled network for sparse recovery
    #[command(after_help = train::AFTER_HELP)]
    Train(train::Options),
    /// Write a network as a Rust module for firmware
    #[command(after_help = export::AFTER_HELP)]
    Export(export::Options),
    /// Foretell what a network or a solver takes of a board
    #[command(after_help = plan::AFTER_HELP)]
    Plan(plan::Options),
    /// Tell what batches of problems can run on here
    #[command(after_help = devices::AFTER_HELP)]
    Devices(devices::Options),
    /// Watch a solver on a target: live telemetry from a pipe or a serial port
    #[command(after_help = watch::AFTER_HELP)]
    Watch(watch::Options),
    /// Calibrate sensors from their own readings, one device or many
    #[command(subcommand, after_help = calibrate::AFTER_HELP)]
    Calibrate(calibrate::Kind),
    /// Regenerate a paper's table and figures
    #[command(subcommand)]
    Experiment(experiment::Name),
}

/// How a command ended, when its input was good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The work is done.
    Done,
    /// The method did not get there; the status has been told.
    NotConverged,
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Done => Self::SUCCESS,
            Ending::NotConverged => Self::from(1),
        }
    }
}

/// The exit code of bad input and of an output that cannot be written, the same as that of a bad
/// command line.
pub const BAD_INPUT: u8 = 2;

/// Runs the command that the command line asks for.
///
/// # Errors
/// Bad input, with the file, the line and the cause; nothing has been written then. Or an output
/// that cannot be written, with what has been written before.
pub fn run(program: &Program) -> anyhow::Result<Ending> {
    match &program.command {
        Command::Solve(options) => solve::run(options),
        Command::Lasso(options) => lasso::run(options),
        Command::Recover(options) => recover::run(options),
        Command::Train(options) => train::run(options),
        Command::Export(options) => export::run(options),
        Command::Plan(options) => plan::run(options),
        Command::Devices(options) => devices::run(options),
        Command::Watch(options) => watch::run(options),
        Command::Calibrate(kind) => calibrate::run(kind),
        Command::Experiment(name) => experiment::run(name),
    }
}

/// Which of two endings says more about several systems that did not go well.
const fn gravity(status: Status) -> u8 {
    match status {
        Status::Converged => 0,
        Status::IterationLimit => 1,
        Status::Stalled => 2,
        Status::Diverged => 3,
        Status::NonFinite => 4,
        _ => 5,
    }
}

/// Writes a result to stdout. A reader that has seen enough and closed it (`| head`) is no failure.
fn tell(text: &str) -> anyhow::Result<()> {
    match writeln!(stdout(), "{text}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        told => told.context("stdout"),
    }
}
