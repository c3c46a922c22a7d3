//! `cargo xtask emulate`: firmware is run, never only built.

mod blame;
pub(crate) mod board;
pub(crate) mod budgets;
mod counts;
mod flash;
mod footprint;
mod image;
pub(crate) mod kernels;
mod limits;
mod log;
mod machine;
mod package;
mod plan;
mod plugin;
mod prove;
pub(crate) mod readme;
mod record;
mod self_test;
mod stack;
mod stories;
mod sweep;
pub(crate) mod table;
mod verdict;
pub(crate) mod watch;

use crate::{chores::setup, failures::Failures};
use anyhow::Result;
use board::{BOARDS, Board, SPECIAL};
use clap::{Args, Subcommand};
use std::time::{Duration, Instant};

pub(crate) use image::BARE;
pub(crate) use log::{Level, lines};
pub(crate) use sweep::run_one;
pub(crate) use verdict::judge;

/// Build, RUN and judge the firmware stories under QEMU.
#[derive(Args)]
pub(crate) struct Emulate {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    choice: Choice,
    /// Write the expected outputs anew, where all boards say the same
    #[arg(long)]
    bless: bool,
    /// Show also what the images measured, which is not compared
    #[arg(long)]
    measured: bool,
    /// Instead of the stories: prove that a failing assert, a fault, a time-out
    /// and another output each fail a run
    #[arg(long, conflicts_with = "bless")]
    self_test: bool,
}

/// Which boards and stories.
#[derive(Args, Clone)]
pub(crate) struct Choice {
    /// A board by its core: M0, M3, M4F, M7F, M33F, RV32imac, RV32imafc, F405; may be repeated
    #[arg(long = "board", global = true, value_parser = Board::named)]
    boards: Vec<Board>,
    /// All boards (as when none is named)
    #[arg(long, global = true, conflicts_with = "boards")]
    all: bool,
    /// A story by its name; may be repeated (default: all)
    #[arg(long = "story", global = true)]
    stories: Vec<String>,
    /// Seconds after which a run is stopped
    #[arg(long, global = true, default_value_t = 60)]
    limit: u64,
}

impl Choice {
    /// Everything there is.
    pub(crate) fn everything() -> Self {
        Self { boards: Vec::new(), all: true, stories: Vec::new(), limit: 60 }
    }

    fn boards(&self) -> &[Board] {
        if self.boards.is_empty() { BOARDS } else { &self.boards }
    }

    /// With those of single packages.
    fn every_board(&self) -> Vec<Board> {
        let special = if self.boards.is_empty() { SPECIAL } else { &[] };
        self.boards().iter().chain(special).copied().collect()
    }

    fn limit(&self) -> Duration {
        Duration::from_secs(self.limit)
    }
}

#[derive(Subcommand)]
enum What {
    /// Instructions executed in each counted region
    Counts,
    /// Flash of an image, function by function
    Flash {
        /// How many functions to show, largest first
        #[arg(long, default_value_t = 30)]
        top: usize,
    },
    /// How deep the stack goes, by painting
    Stack,
    /// Prove by linking that no panic is reachable, and look for symbols that must not be there
    Prove,
    /// Measure exported networks on all boards, and write what `solvekit plan` foretells others from;
    /// with --story those of the programs named alone, beside what was measured before
    Plan,
    /// Write a dated record of instructions, flash and stack into benches/records
    Record,
    /// Watch a firmware that runs on the M4F, with `solvekit watch` at its serial port
    Watch {
        /// At its defmt log instead
        #[arg(long)]
        defmt: bool,
        /// As fast as it goes, not at a pace to look on
        #[arg(long)]
        fast: bool,
        /// Options of `solvekit watch`
        #[arg(last = true)]
        options: Vec<String>,
    },
}

impl Emulate {
    /// Does what was asked.
    pub(crate) fn run(&self) -> Result<()> {
        setup::emulation()?;
        match &self.what {
            Some(What::Counts) => counts::run(&self.choice),
            Some(What::Flash { top }) => flash::run(&self.choice, *top),
            Some(What::Stack) => stack::run(&self.choice),
            Some(What::Prove) => prove::run(&self.choice),
            Some(What::Plan) => plan::run(&self.choice),
            Some(What::Record) => record::run(&self.choice),
            Some(What::Watch { defmt, fast, options }) => watch::run(*defmt, !fast, options),
            None if self.self_test => self_test::run(&self.choice),
            None => stories::run(&self.choice, self.bless, self.measured),
        }
    }
}

/// All stories on all boards, the self-tests, the proof, and the counts that
/// have a budget: what `test` runs.
pub(crate) fn everything() -> Failures {
    let mut failures = Failures::default();
    let mut part = |name: &str, run: &dyn Fn() -> Result<()>| {
        let begun = Instant::now();
        failures.note(name, run());
        println!("({name}: {} s)", begun.elapsed().as_secs());
    };
    let all = Choice::everything();
    part("stories", &|| stories::run(&all, false, false));
    part("self-tests", &|| self_test::run(&all));
    part("proof", &|| prove::run(&all));
    part("counts", &|| {
        let board = Board::named("M4F")?;
        counts::run(&Choice { boards: vec![board], ..all.clone() })
    });
    part("budgets", &budgets::check);
    failures
}
