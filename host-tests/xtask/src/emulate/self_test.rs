//! Proves that a failing run fails: an emulation that cannot say no would say
//! nothing by saying yes.

use super::{
    Choice,
    image::{Kind, Program},
    log::{self, Level},
    machine::{End, Run},
    sweep,
    verdict::{Verdict, judge},
};
use crate::failures::Failures;
use anyhow::{Result, bail};
use std::time::Duration;

/// After which the hanging image is stopped; the other failing ones end at once.
const LIMIT: Duration = Duration::from_secs(3);

/// Runs the failing images on every chosen board and asserts the verdicts.
pub(crate) fn run(choice: &Choice) -> Result<()> {
    let choice = Choice { stories: Vec::new(), ..choice.clone() };
    let failing = sweep::chosen(&choice, &[Kind::Failure])?;
    // One good story is enough to see another output refused.
    let mut good = sweep::chosen(&choice, &[Kind::Story])?;
    good.truncate(1);

    let mut failures = Failures::default();
    let mut ran = 0;
    for (programs, limit) in [(failing, LIMIT), (good, choice.limit())] {
        let cells = sweep::sweep(&choice, &programs, limit, None, |cell| {
            let test = cell.run.as_ref().map_err(|why| anyhow::anyhow!("{why}"));
            let done = test.and_then(|run| expect(&cell.program, run));
            failures.note(&cell.name(), done).map_or("WRONG".to_owned(), str::to_owned)
        });
        ran += cells.len();
    }
    println!("\n{ran} self-tests ran");
    failures.finish()
}

/// What must be thought of the run; returns what was seen.
fn expect(program: &Program, run: &Run) -> Result<&'static str> {
    // Its own output as the expected one: only the ending is left to judge.
    let own: String = log::lines(&run.log, Level::Story).map(|line| format!("{line}\n")).collect();
    let verdict = judge(run, Some(&own));
    let as_wanted = match (program.name.as_str(), &verdict) {
        ("fail_assert", Verdict::Ended(End::Exit(101), said)) => {
            if !said.contains("one is not above one") {
                bail!("the log does not name the assert: {said}");
            }
            "a failing assert fails the run with exit 101, and the log names it"
        }
        ("fail_fault", Verdict::Ended(End::Exit(102), said)) => {
            if !(said.contains("fault") || said.contains("trap")) {
                bail!("the log does not name the fault: {said}");
            }
            "a fault fails the run with exit 102, and the log names it"
        }
        ("fail_hang", Verdict::Ended(End::TimedOut, _)) => "a time-out fails the run",
        (name, Verdict::Ended(End::Exit(101), said)) if name.starts_with("fail_deadline") => {
            if !said.contains("a deadline was missed") {
                bail!("the log does not name the deadline: {said}");
            }
            "a solve in one piece misses deadlines, and the log says so"
        }
        (_, Verdict::Agrees) if program.kind == Kind::Story => {
            let Verdict::Differs(_) = judge(run, Some(&format!("{own}one more line\n"))) else {
                bail!("another output was not refused");
            };
            "another output fails the run"
        }
        _ => bail!("unexpected: {}", verdict.complaint().unwrap_or_else(|| "it passed".into())),
    };
    Ok(as_wanted)
}
