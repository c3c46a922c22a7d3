//! The firmware's programs: what there is, how it is built, where it lies.

use super::board::Board;
use super::package::{PACKAGES, Package, STORIES};
use crate::shell;
use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// What a program is for, by the beginning of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Compared with its expected output.
    Story,
    /// A story of another package: compared, and not measured.
    Integration,
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
    /// Whose it is.
    pub(crate) package: &'static Package,
}

impl Program {
    fn new(package: &'static Package, name: &str) -> Self {
        let kind = if name.starts_with("fail_") {
            Kind::Failure
        } else if name.starts_with("count_") {
            Kind::Count
        } else if name.starts_with("plan_") {
            Kind::Plan
        } else if name.starts_with("demo_") {
            Kind::Demo
        } else if package == STORIES {
            Kind::Story
        } else {
            Kind::Integration
        };
        Self { name: name.to_owned(), kind, package }
    }

    /// Where its expected output lies, beside its source.
    pub(crate) fn expected(&self) -> PathBuf {
        self.package.programs().join(&self.name).with_extension("out")
    }
}

/// Every program of every package. Two of one name would be one file once built.
pub(crate) fn programs() -> Result<Vec<Program>> {
    let mut all: Vec<Program> = Vec::new();
    for package in PACKAGES {
        for program in of_package(package)? {
            if all.iter().any(|other| other.name == program.name) {
                bail!("two programs are called {}", program.name);
            }
            all.push(program);
        }
    }
    Ok(all)
}

/// The programs of a package, by listing its folder. An expected output without a program
/// is an error: it would never be compared with anything.
fn of_package(package: &'static Package) -> Result<Vec<Program>> {
    let folder = package.programs();
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
    Ok(sources.iter().map(|name| Program::new(package, name)).collect())
}

/// For [`shell::firmware_cargo`], where only the output of an image counts, or that it links: no
/// information for debuggers, without which it is built in half the time. Other settings may be
/// optimised to other machine code, so that what is measured keeps the profile's.
pub(crate) const BARE: [&str; 2] = ["--config", "profile.release.debug=0"];

/// Builds programs for a board, to be measured.
pub(crate) fn build(board: &Board, programs: &[&Program]) -> Result<()> {
    build_with(board, programs, &[], None)
}

/// As [`build`], with the demo's matrix (a Rust table) in the image.
pub(crate) fn build_for(board: &Board, program: &Program, matrix: Option<&Path>) -> Result<()> {
    build_with(board, &[program], &[], matrix)
}

/// As [`build`], sooner, for images whose output alone counts.
pub(crate) fn build_bare(board: &Board, programs: &[&Program]) -> Result<()> {
    build_with(board, programs, &BARE, None)
}

/// Package by package: built together, each would have what another's features add.
fn build_with(
    board: &Board,
    programs: &[&Program],
    options: &[&str],
    matrix: Option<&Path>,
) -> Result<()> {
    for package in PACKAGES {
        let own = programs.iter().filter(|program| program.package == *package);
        let names: Vec<_> = own.map(|program| program.name.as_str()).collect();
        if names.is_empty() {
            continue;
        }
        let mut cargo = shell::firmware_cargo("build", board.target);
        cargo.args(options).env("SOLVEKIT_BOARD", board.memory);
        cargo.args(["--quiet", "--package", package.name]);
        if !package.features.is_empty() {
            cargo.args(["--no-default-features", "--features", &package.features.join(",")]);
        }
        if let Some(matrix) = matrix {
            cargo.env("SOLVEKIT_MATRIX", matrix);
        }
        for name in names {
            cargo.args(["--bin", name]);
        }
        let what = || format!("{}: build of {}", board.core, package.name);
        shell::read(&mut cargo).map(drop).with_context(what)?;
    }
    Ok(())
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
        let kind = |name| Program::new(STORIES, name).kind;
        assert_eq!(kind("relax"), Kind::Story);
        assert_eq!(kind("count_sor"), Kind::Count);
        assert_eq!(kind("fail_hang"), Kind::Failure);
        assert_eq!(Program::new(PACKAGES[1], "relax").kind, Kind::Integration);
    }

    #[test]
    fn the_failing_programs_are_found() {
        let programs = programs().unwrap();
        for name in ["fail_assert", "fail_fault", "fail_hang"] {
            assert!(programs.contains(&Program::new(STORIES, name)), "{name}");
        }
    }
}
