//! The commands of `solvekit`: each reads its options and files, works, and tells an [`Ending`].

mod budget;
pub mod calibrate;
pub mod devices;
mod experiment;
pub mod export;
mod interrupt;
pub mod lasso;
mod manual;
pub mod plan;
mod progress;
pub mod recover;
pub mod solve;
mod stored;
pub mod train;
pub mod watch;
mod work;

pub use interrupt::Interrupt;
pub use stored::Stored;
pub use work::{Chosen, Threads, Work};

use anyhow::Context;
use clap::{Parser, Subcommand};
use solvekit::Status;
use std::io::{ErrorKind, Write, stdout};
use std::path::Path;
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
    /// Write a shell's script that completes commands and options
    #[command(after_help = manual::AFTER_COMPLETIONS)]
    Completions(manual::CompletionsOptions),
    /// Write the manual's pages
    Man(manual::ManOptions),
}

/// How a command ended, when its input was good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The work is done.
    Done,
    /// The method did not get there; the status has been told.
    NotConverged,
    /// Somebody asked for an early end; what there was by then has been told and written.
    Interrupted,
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Done => Self::SUCCESS,
            Ending::NotConverged => Self::from(1),
            Ending::Interrupted => Self::from(INTERRUPTED),
        }
    }
}

/// The exit code of bad input and of an output that cannot be written, the same as that of a bad
/// command line.
pub const BAD_INPUT: u8 = 2;

/// The exit code of work that ended early because somebody asked: a shell's for a Ctrl-C, which a script
/// takes as a reason to end too.
pub const INTERRUPTED: u8 = 130;

/// Runs the command that the command line asks for. Solving, fitting, recovering, training and calibrating
/// end early where `interrupt` asks for it, and write what there is by then; what else there is to do goes on.
///
/// # Errors
/// Bad input, with the file, the line and the cause; nothing has been written then. Or an output
/// that cannot be written, with what has been written before.
pub fn run(program: &Program, interrupt: &Interrupt<'_>) -> anyhow::Result<Ending> {
    match &program.command {
        Command::Solve(options) => solve::run(options, interrupt),
        Command::Lasso(options) => lasso::run(options, interrupt),
        Command::Recover(options) => recover::run(options, interrupt),
        Command::Train(options) => train::run(options, interrupt),
        Command::Export(options) => export::run(options),
        Command::Plan(options) => plan::run(options),
        Command::Devices(options) => devices::run(options),
        Command::Watch(options) => watch::run(options),
        Command::Calibrate(kind) => calibrate::run(kind, interrupt),
        Command::Experiment(name) => experiment::run(name),
        Command::Completions(options) => manual::completions(options),
        Command::Man(options) => manual::man(options),
    }
}

impl Program {
    /// Does [`run`] end early where it is asked to? What else there is to do is not worth keeping half.
    #[must_use]
    pub const fn heeds_interrupts(&self) -> bool {
        matches!(
            self.command,
            Command::Solve(_)
                | Command::Lasso(_)
                | Command::Recover(_)
                | Command::Train(_)
                | Command::Calibrate(_)
        )
    }
}

/// Which of two endings says more about several systems that did not go well.
const fn gravity(status: Status) -> u8 {
    match status {
        Status::Converged => 0,
        // It was ended early.
        Status::Running => 1,
        Status::IterationLimit => 2,
        Status::Stalled => 3,
        Status::Diverged => 4,
        Status::NonFinite => 5,
        _ => 6,
    }
}

/// What holds that which there is when work has ended early: "FILE holds", or nothing does.
fn kept(output: Option<&Path>) -> String {
    match output {
        Some(path) => format!("{} holds", path.display()),
        None => "without --output nothing keeps".to_owned(),
    }
}

/// Writes a result to stdout. A reader that has seen enough and closed it (`| head`) is no failure.
fn tell(text: &str) -> anyhow::Result<()> {
    tell_bytes(format!("{text}\n").as_bytes())
}

fn tell_bytes(bytes: &[u8]) -> anyhow::Result<()> {
    let mut stdout = stdout();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        told => told.context("stdout"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Args;
    use std::fmt::Debug;

    #[derive(Debug, Parser)]
    struct Line<O: Args> {
        #[command(flatten)]
        options: O,
    }

    fn parsed<O: Args + Debug>(words: &str) -> String {
        let words = std::iter::once("command").chain(words.split_whitespace());
        format!("{:?}", Line::<O>::parse_from(words).options)
    }

    #[test]
    fn options_in_memory_have_the_defaults_of_the_command_line() {
        let solve = solve::Options::new("a.mtx");
        assert_eq!(format!("{solve:?}"), parsed::<solve::Options>("--matrix a.mtx"));
        let lasso = lasso::Options::new("x.npy", "y.npy");
        let words = "--design x.npy --response y.npy";
        assert_eq!(format!("{lasso:?}"), parsed::<lasso::Options>(words));
        let recover = recover::Options::new("a.npy", "y.npy", recover::Method::Omp);
        let words = "--dictionary a.npy --measurements y.npy --method omp";
        assert_eq!(format!("{recover:?}"), parsed::<recover::Options>(words));
        let train = train::Options::new("a.npy", crate::network::Kind::Alista);
        let words = "--dictionary a.npy --network alista";
        assert_eq!(format!("{train:?}"), parsed::<train::Options>(words));
        let gains = calibrate::GainsOptions::new("a.npy", "y.csv");
        let words = "--sensing a.npy --observations y.csv";
        assert_eq!(format!("{gains:?}"), parsed::<calibrate::GainsOptions>(words));
        let array = calibrate::ArrayOptions::new("y.csv");
        assert_eq!(format!("{array:?}"), parsed::<calibrate::ArrayOptions>("--observations y.csv"));
        let norm = calibrate::NormOptions::new("log.csv");
        assert_eq!(format!("{norm:?}"), parsed::<calibrate::NormOptions>("--log log.csv"));
    }
}
