//! The firmware's programs: what there is, how it is built, where it lies.

use super::board::Board;
use crate::shell;
use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// What a program is for, by the beginning of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Compared with its expected output.
    Story,
    /// `count_…`: a story whose kernels are also counted.
    Count,
    /// `fail_…`: must fail; for the self-tests.
    Failure,
    /// `demo_…`: too long for every run; for the demo.
    Demo,
    /// `plan_…`: layers counted for `solvekit plan`, which foretells others from them.
    Plan,
}

/// A program of the firmware.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Program {
    /// Its name: the file's, without the ending.
    pub(crate) name: String,
    /// What it is for.
    pub(crate) kind: Kind,
}

impl Program {
    fn new(name: &str) -> Self {
        let kind = if name.starts_with("fail_") {
            Kind::Failure
        } else if name.starts_with("count_") {
            Kind::Count
        } else if name.starts_with("plan_") {
            Kind::Plan
        } else if name.starts_with("demo_") {
            Kind::Demo
        } else {
            Kind::Story
        };
        Self { name: name.to_owned(), kind }
    }

    /// Where its expected output lies, beside its source.
    pub(crate) fn expected(&self) -> PathBuf {
        folder().join(&self.name).with_extension("out")
    }
}

fn folder() -> PathBuf {
    shell::firmware().join("src/bin")
}

/// Every program, by listing the folder. An expected output without a program
/// is an error: it would never be compared with anything.
pub(crate) fn programs() -> Result<Vec<Program>> {
    let folder = folder();
    let mut sources = Vec::new();
    let mut outputs = Vec::new();
    for entry in
        fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))?
    {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().display().to_string();
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("rs") => sources.push(name),
            Some("out") => outputs.push(name),
            _ => {}
        }
    }
    if let Some(orphan) = outputs.iter().find(|name| !sources.contains(name)) {
        bail!("{}/{orphan}.out has no program {orphan}.rs beside it", folder.display());
    }
    sources.sort();
    Ok(sources.iter().map(|name| Program::new(name)).collect())
}

/// For [`shell::firmware_cargo`], where only the output of an image counts, or that it links: no
/// information for debuggers, without which it is built in half the time. Other settings may be
/// optimised to other machine code, so that what is measured keeps the profile's.
pub(crate) const BARE: [&str; 2] = ["--config", "profile.release.debug=0"];

/// Builds the named programs (all of them if none is named) for a board, to be measured.
pub(crate) fn build(board: &Board, names: &[&str]) -> Result<()> {
    build_with(&mut shell::firmware_cargo("build", board.target), board, names)
}

/// As [`build`], with the demo's matrix (a Rust table) in the image.
pub(crate) fn build_for(board: &Board, names: &[&str], matrix: Option<&Path>) -> Result<()> {
    let mut cargo = shell::firmware_cargo("build", board.target);
    if let Some(matrix) = matrix {
        cargo.env("SOLVEKIT_MATRIX", matrix);
    }
    build_with(&mut cargo, board, names)
}

/// As [`build`], sooner, for images whose output alone counts.
pub(crate) fn build_bare(board: &Board, names: &[&str]) -> Result<()> {
    build_with(shell::firmware_cargo("build", board.target).args(BARE), board, names)
}

fn build_with(cargo: &mut Command, board: &Board, names: &[&str]) -> Result<()> {
    cargo.env("SOLVEKIT_BOARD", board.memory).args(["--quiet", "--package", "firmware-examples"]);
    if names.is_empty() {
        cargo.arg("--bins");
    }
    for name in names {
        cargo.args(["--bin", name]);
    }
    shell::read(cargo).map(drop).with_context(|| format!("{}: build", board.core))
}

/// Where a program's image lies once built.
pub(crate) fn path(board: &Board, name: &str) -> PathBuf {
    shell::firmware().join("target").join(board.target).join("release").join(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_a_program_is_for() {
        assert_eq!(Program::new("relax").kind, Kind::Story);
        assert_eq!(Program::new("count_sor").kind, Kind::Count);
        assert_eq!(Program::new("fail_hang").kind, Kind::Failure);
    }

    #[test]
    fn the_failing_programs_are_found() {
        let programs = programs().unwrap();
        for name in ["fail_assert", "fail_fault", "fail_hang"] {
            assert!(programs.contains(&Program::new(name)), "{name}");
        }
    }
}
