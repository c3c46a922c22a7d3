//! Where the files are, and tests that need them.

use libtest_mimic::{Completion, Trial};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A test of one file below `matrices/`, ignored when it is not there.
pub(crate) fn trial(
    name: impl Into<String>,
    file: &'static str,
    test: impl FnOnce(&Path) + Send + 'static,
) -> Trial {
    trial_in("matrices", name, file, test)
}

/// A test of one file below another folder, ignored when it is not there.
pub(crate) fn trial_in(
    below: &'static str,
    name: impl Into<String>,
    file: &'static str,
    test: impl FnOnce(&Path) + Send + 'static,
) -> Trial {
    Trial::ignorable_test(name, move || {
        let path = folder().join(below).join(file);
        if !path.exists() {
            let reason = format!("{} is not there (see SOLVEKIT_DATA)", path.display());
            return Ok(Completion::ignored_with(reason));
        }
        test(&path);
        Ok(Completion::Completed)
    })
}

fn folder() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let named = std::env::var_os("SOLVEKIT_DATA").filter(|name| !name.is_empty());
    root.join(named.unwrap_or_else(|| "../shared/data".into()))
}

/// What the program told.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// `solvekit solve` on the matrix.
pub(crate) fn solve(matrix: &Path, options: &[&str]) -> Told {
    run("solve", "--matrix", matrix, options)
}

/// `solvekit` with a command, the option that takes its file, and more.
pub(crate) fn run(command: &str, option: &str, file: &Path, options: &[&str]) -> Told {
    let output = Command::new(env!("CARGO_BIN_EXE_solvekit"))
        .args([command, "--json", option])
        .arg(file)
        .args(options)
        .stdin(Stdio::null())
        .output()
        .expect("the program starts");
    Told {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("text"),
        stderr: String::from_utf8(output.stderr).expect("text"),
    }
}

impl Told {
    /// The JSON object on stdout.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}
