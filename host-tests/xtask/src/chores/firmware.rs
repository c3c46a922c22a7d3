//! The firmware alone: all that is checked and tested of it.

use super::{check, setup, test};
use crate::{failures::Failures, shell};
use anyhow::{Context, Result, bail};
use std::{
    env,
    fs::{self, File},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

/// Before every failure of a chore, as `main` shows it.
const ERROR: &str = "\nerror: ";

/// Checks and tests; an error names every failure.
pub(crate) fn run() -> Result<()> {
    setup::targets()?;
    setup::components()?;
    let mut failures = check::firmware();
    failures.append(test::emulated());
    failures.finish()
}

/// This chore in a process of its own, beside others: it builds into a folder of its own, and has
/// long stretches for one core. What it says is kept, and shown when it is waited for.
pub(crate) struct Beside {
    child: Child,
    said: PathBuf,
}

impl Beside {
    /// Starts it, with all that it needs there already: two that install would meet.
    pub(crate) fn start() -> Result<Self> {
        setup::everything()?;
        let said = shell::scratch()?.join("firmware.log");
        let file = File::create(&said).with_context(|| said.display().to_string())?;
        let child = Command::new(env::current_exe()?)
            .arg("firmware")
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .context("cannot start the firmware's part")?;
        println!("firmware: beside, in {}", said.display());
        Ok(Self { child, said })
    }

    /// Waits for it, shows what it said, and returns its failures.
    pub(crate) fn finish(mut self) -> Result<()> {
        let status = self.child.wait().context("lost the firmware's part")?;
        let said = fs::read(&self.said).with_context(|| self.said.display().to_string())?;
        let said = String::from_utf8_lossy(&said);
        println!("\n{said}");
        match failed(&said) {
            _ if status.success() => Ok(()),
            Some(failures) => bail!("{failures}"),
            None => bail!("{status}"),
        }
    }
}

/// The failures that a chore names at its end; those of its parts are set in.
fn failed(said: &str) -> Option<&str> {
    said.rsplit_once(ERROR).map(|(_, failures)| failures.trim_end())
}

/// Waits for it, if it could be started.
pub(crate) fn failures(beside: Result<Beside>) -> Failures {
    let mut failures = Failures::default();
    failures.note("firmware", beside.and_then(Beside::finish));
    failures
}

#[cfg(test)]
mod tests {
    use super::failed;

    #[test]
    fn the_last_error_holds_the_failures() {
        let said = "a\n\nerror: of a part\nb\n\nerror: 2 failures\n- one\n  error: set in\n- two\n";
        assert_eq!(failed(said), Some("2 failures\n- one\n  error: set in\n- two"));
        assert_eq!(failed("all is well\n"), None);
    }
}
