//! Judges a run: its end first, then its output against the expected one.

use super::{
    log::{self, Level},
    machine::{End, Run},
};
use std::fmt;

/// What is thought of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Exit 0 and the expected output.
    Agrees,
    /// Exit 0, but another output; where it differs first.
    Differs(String),
    /// It did not end with exit 0; what it said about that.
    Ended(End, String),
    /// There is nothing to compare with.
    NoExpectation,
    /// It never ran.
    NotRun(String),
}

impl fmt::Display for Verdict {
    /// A word for a table.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agrees => f.pad("ok"),
            Self::Differs(_) => f.pad("differs"),
            Self::Ended(end, _) => f.pad(&end.to_string()),
            Self::NoExpectation => f.pad("no .out"),
            Self::NotRun(_) => f.pad("not run"),
        }
    }
}

impl Verdict {
    /// What to tell about a failure; nothing if there is none.
    pub(crate) fn complaint(&self) -> Option<String> {
        match self {
            Self::Agrees => None,
            Self::Differs(place) => Some(format!("differs from its .out: {place}")),
            Self::Ended(end, said) => Some(format!("{end}: {said}")),
            Self::NoExpectation => Some("has no .out beside it; --bless writes it".to_owned()),
            Self::NotRun(why) => Some(why.clone()),
        }
    }
}

/// Judges a run. A bad end is never excused by a good output.
pub(crate) fn judge(run: &Run, expected: Option<&str>) -> Verdict {
    let trouble: Vec<_> = log::lines(&run.log, Level::Trouble).collect();
    if run.end != End::Exit(0) || !trouble.is_empty() {
        let said = match trouble.as_slice() {
            [] if run.stderr.trim().is_empty() => "it logged nothing about it".to_owned(),
            [] => run.stderr.trim().to_owned(),
            some => some.join("; "),
        };
        return Verdict::Ended(run.end, said);
    }
    let Some(expected) = expected else {
        return Verdict::NoExpectation;
    };
    let got: Vec<_> = log::lines(&run.log, Level::Story).collect();
    let want: Vec<_> = expected.lines().collect();
    match (0..got.len().max(want.len())).find(|&i| got.get(i) != want.get(i)) {
        None => Verdict::Agrees,
        Some(i) => {
            let show =
                |line: Option<&&str>| line.map_or("nothing".into(), |line| format!("`{line}`"));
            Verdict::Differs(format!(
                "line {}: expected {}, got {}",
                i + 1,
                show(want.get(i)),
                show(got.get(i))
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulate::log::Entry;

    fn run(end: End, lines: &[(Level, &str)]) -> Run {
        let entry = |&(level, text): &(Level, &str)| Entry { level, text: text.to_owned() };
        Run { end, log: lines.iter().map(entry).collect(), stderr: String::new() }
    }

    #[test]
    fn a_good_run_agrees_whatever_it_measured() {
        let run = run(End::Exit(0), &[(Level::Story, "a"), (Level::Measure, "stack: 8")]);
        assert_eq!(judge(&run, Some("a\n")), Verdict::Agrees);
        assert_eq!(judge(&run, None), Verdict::NoExpectation);
    }

    #[test]
    fn a_missing_or_additional_line_is_a_difference() {
        let run = run(End::Exit(0), &[(Level::Story, "a")]);
        let complaint = judge(&run, Some("a\nb\n")).complaint().unwrap();
        assert!(complaint.contains("line 2: expected `b`, got nothing"), "{complaint}");
        assert!(judge(&run, Some("")).complaint().is_some());
    }

    #[test]
    fn a_bad_end_is_not_excused_by_a_good_output() {
        for end in [End::Exit(101), End::Exit(102), End::TimedOut, End::Killed] {
            let run = run(end, &[(Level::Story, "a")]);
            assert!(matches!(judge(&run, Some("a\n")), Verdict::Ended(e, _) if e == end));
        }
    }

    #[test]
    fn an_error_in_the_log_fails_a_run_that_exits_with_0() {
        let run = run(End::Exit(0), &[(Level::Story, "a"), (Level::Trouble, "lost")]);
        assert!(judge(&run, Some("a\n")).complaint().unwrap().contains("lost"));
    }
}
