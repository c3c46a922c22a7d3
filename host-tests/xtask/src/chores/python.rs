//! The Python package: its wheel, the wheel's tests in an environment of its own, and a tour of it as a page.

use super::{setup, venv};
use crate::shell;
use anyhow::{Context, Result};
use clap::Args;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Options of the Python chore.
#[derive(Args, Default)]
pub(crate) struct Python {
    /// Build the wheel that is given away, optimised, and not the one for tests
    #[arg(long)]
    release: bool,
    /// Words for pytest, after `--`
    #[arg(last = true)]
    words: Vec<String>,
}

impl Python {
    /// Builds the wheel, installs it, runs its tests, and renders the tour.
    pub(crate) fn run(&self) -> Result<()> {
        setup::python()?;
        let package = package();
        let python = venv::of("python", &package.join("requirements.txt"))?;
        self.install(&python)?;
        let mut tests = Command::new(python.with_file_name("pytest"));
        // Where nothing is called solvekit but what was installed.
        tests.current_dir(package.join("tests")).args(["-q", "--durations=5"]).args(&self.words);
        shell::run(tests.env("SOLVEKIT_PROGRAM", self.program()?))?;
        tour(&python, &package)
    }

    /// The wheel that is given away.
    pub(crate) const fn released() -> Self {
        Self { release: true, words: Vec::new() }
    }

    /// Builds the wheel by an environment's maturin, and installs it there.
    pub(crate) fn install(&self, python: &Path) -> Result<()> {
        let wheel = self.wheel(python)?;
        println!("wheel: {}", wheel.display());
        let mut pip = Command::new(python);
        pip.args(["-m", "pip", "--quiet", "--disable-pip-version-check", "install"]);
        // Of a version that is there already, too.
        shell::run(pip.args(["--force-reinstall", "--no-deps"]).arg(&wheel))
    }

    fn profile(&self) -> &'static str {
        if self.release { "release" } else { "dev" }
    }

    fn wheel(&self, python: &Path) -> Result<PathBuf> {
        let wheels = shell::scratch()?.join("wheels").join(self.profile());
        if wheels.exists() {
            fs::remove_dir_all(&wheels)?;
        }
        let mut maturin = Command::new(python.with_file_name("maturin"));
        maturin.current_dir(package()).args(["build", "--locked", "--profile", self.profile()]);
        // It is asked of the environment, which has no shell's word for it.
        maturin.arg("--interpreter").arg(python).arg("--out").arg(&wheels);
        shell::run(&mut maturin)?;
        let built = fs::read_dir(&wheels)?.flatten().map(|entry| entry.path());
        let mut built = built.filter(|path| path.extension().is_some_and(|e| e == "whl"));
        built.next().with_context(|| format!("no wheel in {}", wheels.display()))
    }

    /// The program whose answers the package's have to be.
    pub(crate) fn program(&self) -> Result<PathBuf> {
        let mut cargo = shell::cargo();
        cargo.args(["build", "--locked", "--package", "solvekit-host", "--bin", "solvekit"]);
        // With the features that the package asks for, or libraries would be built twice.
        cargo.args(["--package", "solvekit-python"]);
        shell::run(cargo.args(["--profile", self.profile()]))?;
        let folder = if self.release { "release" } else { "debug" };
        Ok(shell::root().join("target").join(folder).join("solvekit"))
    }
}

/// Where its sources are.
fn package() -> PathBuf {
    shell::root().join("host-tests/python")
}

/// Runs `examples/tour.py` as a notebook, and writes it as a page with its pictures.
fn tour(python: &Path, package: &Path) -> Result<()> {
    let folder = shell::root().join("target/tour");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let notebook = folder.join("tour.ipynb");
    let mut jupytext = Command::new(python);
    jupytext.args(["-m", "jupytext", "--quiet", "--to", "ipynb", "--output"]).arg(&notebook);
    shell::run(jupytext.arg(package.join("examples/tour.py")))?;
    let mut nbconvert = Command::new(python);
    // A cell that fails ends it.
    nbconvert.args(["-m", "nbconvert", "--log-level", "ERROR", "--execute", "--to", "html"]);
    // Where nothing is called solvekit but what was installed.
    shell::run(nbconvert.current_dir(&folder).arg("--output-dir").arg(&folder).arg(&notebook))?;
    println!("a tour: {}", folder.join("tour.html").display());
    Ok(())
}
