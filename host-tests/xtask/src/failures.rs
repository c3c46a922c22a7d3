//! Failures gathered while a chore goes on, shown together when it ends.

use anyhow::{Result, bail};

/// What went wrong so far.
#[derive(Default)]
pub(crate) struct Failures(Vec<String>);

impl Failures {
    /// Notes a failure and goes on.
    pub(crate) fn add(&mut self, what: impl Into<String>) {
        self.0.push(what.into());
    }

    /// Notes the error of a step, with the step's name; returns its value.
    /// Further lines (the failures of a part) are set in below the first.
    pub(crate) fn note<T>(&mut self, step: &str, done: Result<T>) -> Option<T> {
        let text = |error: anyhow::Error| format!("{step}: {error:#}").replace('\n', "\n  ");
        done.map_err(|error| self.add(text(error))).ok()
    }

    /// Has nothing gone wrong?
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each of them, its first line.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|failure| failure.lines().next().unwrap_or_default())
    }

    /// Takes over the failures of a part.
    pub(crate) fn append(&mut self, part: Self) {
        self.0.extend(part.0);
    }

    /// An error naming every failure, if there is one.
    pub(crate) fn finish(self) -> Result<()> {
        match self.0.as_slice() {
            [] => Ok(()),
            [one] => bail!("{one}"),
            many => bail!("{} failures\n- {}", many.len(), many.join("\n- ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_failures_are_named() {
        let mut failures = Failures::default();
        failures.add("first");
        failures.note("second", Err::<(), _>(anyhow::anyhow!("broken")));
        let text = failures.finish().unwrap_err().to_string();
        assert!(text.contains("2 failures"), "{text}");
        assert!(text.contains("- first") && text.contains("- second: broken"), "{text}");
    }

    #[test]
    fn the_failures_of_a_part_are_set_in() {
        let mut part = Failures::default();
        part.add("one");
        part.add("two");
        let mut whole = Failures::default();
        whole.note("part", part.finish());
        let text = whole.finish().unwrap_err().to_string();
        assert_eq!(text, "part: 2 failures\n  - one\n  - two");
    }

    #[test]
    fn nothing_failed() {
        assert!(Failures::default().finish().is_ok());
    }
}
