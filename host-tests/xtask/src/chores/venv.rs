//! Virtual environments of Python, each with the packages of one list.

use crate::shell;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The interpreter of the environment `name`, which holds what the list of requirements says; made on
/// first use, and made anew when the list has changed.
pub(crate) fn of(name: &str, list: &Path) -> Result<PathBuf> {
    let own = shell::scratch()?.join(name);
    let python = own.join("bin/python");
    let wanted =
        fs::read_to_string(list).with_context(|| format!("cannot read {}", list.display()))?;
    let stamp = own.join("requirements.txt");
    if python.exists() && fs::read_to_string(&stamp).is_ok_and(|there| there == wanted) {
        return Ok(python);
    }
    if own.exists() {
        fs::remove_dir_all(&own).with_context(|| format!("cannot remove {}", own.display()))?;
    }
    shell::run(Command::new("python3").args([Path::new("-m"), Path::new("venv"), &own]))?;
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--requirement"]);
    shell::run(pip.arg(list))?;
    // Last, so that an installation that was cut off is not taken for a whole one.
    fs::write(&stamp, wanted)?;
    Ok(python)
}
