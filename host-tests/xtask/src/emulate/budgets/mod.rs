//! `cargo xtask budget`: what each solver takes of a target, measured and kept as a record that later
//! measurements are held against.

mod compare;
mod measure;
mod planned;
mod record;
mod sizes;
mod solvers;

use super::{board::Board, counts::CAUTION, footprint::Size, plugin::Plugin};
use crate::{chores::setup, failures::Failures};
use anyhow::{Result, bail};
use clap::Args;
use measure::{Measured, Measuring};
use solvers::SOLVERS;
use std::thread;

/// The cores that a record holds: without and with floating point, and another architecture.
const CORES: &[&str] = &["M0", "M4F", "RV32imafc"];
/// The core of the check in continuous integration.
const CHECKED: &str = "M4F";
/// Before the names of exported networks, which are measured when they are named: what they take is
/// in the record of `solvekit plan`.
const EXPORTED: &str = "exported_";
/// Bytes of stack that no solver may take beyond its own state.
const STACK: u64 = 512;

/// What each solver takes of a target
#[derive(Args)]
pub(crate) struct Budgets {
    /// A core: M0, M3, M4F, M33F, RV32imac, RV32imafc; may be repeated [default: M0, M4F, RV32imafc]
    #[arg(long = "board", value_parser = Board::named)]
    boards: Vec<Board>,
    /// A solver by its feature in firmware-examples/footprint; may be repeated [default: all but the
    /// exported networks]
    #[arg(long = "solver")]
    solvers: Vec<String>,
    /// An optimisation: 3 or s; may be repeated [default: both]
    #[arg(long = "opt", value_parser = Optimisation::named)]
    optimisations: Vec<Optimisation>,
    /// Write benches/records/DATE-budget.{json,md}, and what the README shows of it; where cores,
    /// solvers or optimisations are named, of those anew beside what the newest record has of others
    #[arg(long)]
    record: bool,
    /// Measure at several sizes, and write what `solvekit plan` foretells others from: for the cores,
    /// solvers and optimisations that are named, beside what was measured before
    #[arg(long, conflicts_with_all = ["record", "check"])]
    sizes: bool,
    /// Hold what is measured against the newest record
    #[arg(long, conflicts_with = "record")]
    check: bool,
}

/// For speed or for size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Optimisation {
    /// `opt-level = 3`.
    Speed,
    /// `opt-level = "s"`.
    Size,
}

impl Optimisation {
    const BOTH: [Self; 2] = [Self::Speed, Self::Size];

    fn named(name: &str) -> Result<Self> {
        match name {
            "3" => Ok(Self::Speed),
            "s" => Ok(Self::Size),
            _ => bail!("there are 3 and s"),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Speed => "3",
            Self::Size => "s",
        }
    }
}

impl Budgets {
    /// Measures and shows, writes or compares.
    pub(crate) fn run(&self) -> Result<()> {
        setup::emulation()?;
        let boards = if self.boards.is_empty() {
            CORES.iter().map(|core| Board::named(core)).collect::<Result<_>>()?
        } else {
            self.boards.clone()
        };
        let unknown = |name: &&String| !SOLVERS.iter().any(|(feature, _)| feature == name);
        if let Some(unknown) = self.solvers.iter().find(unknown) {
            let known: Vec<_> = SOLVERS.iter().map(|(feature, _)| *feature).collect();
            bail!("no solver `{unknown}`; there are {}", known.join(", "));
        }
        let wanted = |feature: &str| match self.solvers.as_slice() {
            [] => !feature.starts_with(EXPORTED),
            named => named.iter().any(|solver| solver == feature),
        };
        if self.sizes {
            return planned::run(&boards, &self.optimisations, wanted);
        }
        let (all, failures) = measure(&boards, &self.optimisations, wanted)?;
        println!("\n{}\n{CAUTION}", record::table(&all).text());
        if self.record {
            let is_part =
                [self.boards.len(), self.solvers.len(), self.optimisations.len()] != [0; 3];
            let (all, missing) = if is_part {
                failures.finish()?;
                record::renewed(all)?
            } else {
                // What a board has no memory for is told, not left out in silence.
                (all, failures.lines().map(str::to_owned).collect())
            };
            record::write(&all, &missing)?;
            return super::readme::write();
        }
        let mut failures = failures;
        failures.append(compare::promises(&all));
        if self.check {
            failures.append(compare::with_newest(&all)?);
        }
        failures.finish()
    }
}

/// What continuous integration holds against the record: every solver but the exported networks,
/// whose tables are most of their flash, for speed on the M4F.
pub(crate) fn check() -> Result<()> {
    let board = Board::named(CHECKED)?;
    let wanted = |feature: &str| !feature.starts_with(EXPORTED);
    let (all, mut failures) = measure(&[board], &[Optimisation::Speed], wanted)?;
    failures.append(compare::promises(&all));
    failures.append(compare::with_newest(&all)?);
    failures.finish()
}

/// Every wanted solver at its usual size.
fn measure(
    boards: &[Board],
    optimisations: &[Optimisation],
    wanted: impl Fn(&str) -> bool + Sync,
) -> Result<(Vec<Measured>, Failures)> {
    let plugin = Plugin::build()?;
    beside_each_other(optimisations, |optimisation| {
        let (mut failures, mut all) = (Failures::default(), Vec::new());
        for board in boards {
            let mut measuring = Measuring::new(board, optimisation, &plugin);
            for (feature, title) in SOLVERS.iter().filter(|(feature, _)| wanted(feature)) {
                let what =
                    format!("{title} on {} at opt-level {}", board.core, optimisation.name());
                println!("budget of {what}");
                let measured = measuring.one((feature, title), Size::default());
                all.extend(failures.note(&what, measured));
            }
        }
        Ok((all, failures))
    })
}

/// Optimisations beside each other: each builds into a folder of its own, mostly on one core.
fn beside_each_other<T: Send>(
    optimisations: &[Optimisation],
    of_one: impl Fn(Optimisation) -> Result<(Vec<T>, Failures)> + Sync,
) -> Result<(Vec<T>, Failures)> {
    let optimisations =
        if optimisations.is_empty() { &Optimisation::BOTH[..] } else { optimisations };
    let of_one = &of_one;
    let parts = thread::scope(|scope| {
        let parts: Vec<_> = optimisations.iter().map(|o| scope.spawn(|| of_one(*o))).collect();
        parts.into_iter().map(thread::ScopedJoinHandle::join).collect::<Vec<_>>()
    });
    let (mut all, mut failures) = (Vec::new(), Failures::default());
    for part in parts {
        let Ok(part) = part else { bail!("a measurement was given up") };
        let (measured, failed) = part?;
        all.extend(measured);
        failures.append(failed);
    }
    Ok((all, failures))
}
