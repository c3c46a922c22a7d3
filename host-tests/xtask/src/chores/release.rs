//! Whether the packages are ready to release: what is in them, that they build from that alone, and what
//! their interfaces have lost since the latest release.

use super::setup;
use crate::{failures::Failures, shell};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// What is released.
const PACKAGES: [&str; 2] = ["solvekit-core", "solvekit"];

/// What is in the names of all that cargo makes of them.
const OURS: &str = "solvekit";

/// What a package has to hold.
const NEEDED: &[&str] = &["Cargo.toml", "README.md", "LICENSE-MIT", "LICENSE-APACHE", "src/lib.rs"];

/// What it may hold besides source: cargo's own, and what the documentation takes in.
const ALLOWED: &[&str] = &[".cargo_vcs_info.json", "Cargo.lock", "Cargo.toml.orig", "GUIDE.md"];

/// Options of the release chore.
#[derive(Args)]
pub(crate) struct Release {
    /// Compare with this revision, and not with the latest tag of a release
    #[arg(long, value_name = "REV")]
    baseline: Option<String>,
}

impl Release {
    /// Packages with every feature, and compares; an error names every failure.
    pub(crate) fn run(&self) -> Result<()> {
        let mut failures = Failures::default();
        // What the packages are verified with: that asks no registry.
        shell::run(shell::cargo().args(["fetch", "--locked"]))?;
        failures.note("packages", packages(&["--all-features"]));
        failures.note("interfaces", self.compare());
        failures.finish()
    }

    /// Compares the interfaces of this tree, all features on, with those of the baseline. Both packages: what
    /// one hands on from the other is looked at only where it is from.
    fn compare(&self) -> Result<()> {
        setup::semver_checks()?;
        let head = commit("HEAD")?;
        let given = self.baseline.clone().map_or_else(latest, |given| Ok(Some(given)))?;
        let name = given.as_deref().unwrap_or("HEAD");
        let baseline = commit(name)?;
        if given.is_none() {
            println!("no release yet: in this clone no tag v… leads to HEAD");
        }
        if baseline == head {
            println!("the baseline is HEAD: a look at the tool, and no comparison with a release");
        } else {
            println!("compared with {name}, {baseline}");
        }
        let mut cargo = shell::cargo();
        cargo.args(["semver-checks", "--baseline-rev", &baseline]).args(chosen());
        shell::run(&mut cargo)
    }
}

/// Packages both, and builds each from its package alone, the second with the package of the first.
/// Everything they depend on has to be there: no registry is asked.
pub(crate) fn packages(features: &[&str]) -> Result<()> {
    let mut words = vec!["package", "--locked", "--offline"];
    if is_dirty()? {
        println!("the work tree has changes: they are packaged too (--allow-dirty)");
        words.push("--allow-dirty");
    }
    let mut failures = Failures::default();
    for package in PACKAGES {
        let mut list = shell::cargo();
        list.args(&words).args(["--list", "--package", package]);
        failures.note(package, shell::read(&mut list).and_then(|list| judge(&list).finish()));
    }
    // A folder of its own: what is forgotten in it other builds would have to do again.
    let folder = shell::scratch()?.join("packages");
    forget_built(&folder).with_context(|| folder.display().to_string())?;
    forget_unpacked()?;
    let mut cargo = shell::cargo();
    cargo.args(&words).args(chosen()).args(features).arg("--target-dir").arg(&folder);
    // There too where the settings name another folder for what is not final.
    cargo.env("CARGO_BUILD_BUILD_DIR", &folder);
    // Nobody steps through it, and what of it is built again begins at nothing.
    cargo.env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_INCREMENTAL", "0");
    if failures.note("from the package alone", shell::run(&mut cargo)).is_some() {
        println!("packages: {}", folder.join("package").display());
    }
    failures.finish()
}

/// What is missing in a package and what is strange there, by the list of its files.
fn judge(list: &str) -> Failures {
    let mut failures = Failures::default();
    let files: Vec<_> = list.lines().map(|line| line.replace('\\', "/")).collect();
    for needed in NEEDED {
        if !files.iter().any(|file| file == needed) {
            failures.add(format!("{needed} is missing"));
        }
    }
    for file in &files {
        let source = file.starts_with("src/") && file.ends_with(".rs");
        let file = file.as_str();
        if !source && !NEEDED.contains(&file) && !ALLOWED.contains(&file) {
            failures.add(format!("{file} does not belong there"));
        }
    }
    failures
}

/// Removes what was built of the packages. cargo holds the first of them, as a dependency of the second, for
/// something from a registry, which never changes without a new version: the second would be verified
/// against what the first was when this last ran.
fn forget_built(folder: &Path) -> std::io::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let ours = entry.file_name().to_string_lossy().contains(OURS);
        match (entry.file_type()?.is_dir(), ours) {
            (true, true) => fs::remove_dir_all(entry.path())?,
            (true, false) => forget_built(&entry.path())?,
            (false, true) => fs::remove_file(entry.path())?,
            (false, false) => {}
        }
    }
    Ok(())
}

/// Has cargo unpack the packages anew, for the same reason. Registries in a folder, as `cargo package` makes
/// one, have no name before the dash.
fn forget_unpacked() -> Result<()> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| env::home_dir().map(|home| home.join(".cargo")));
    let sources = home.context("cargo has no home")?.join("registry/src");
    for registry in entries(&sources, "-") {
        for unpacked in entries(&registry, OURS) {
            // Where this mark is missing, cargo unpacks anew.
            let mark = unpacked.join(".cargo-ok");
            if mark.exists() {
                fs::remove_file(&mark).with_context(|| mark.display().to_string())?;
            }
        }
    }
    Ok(())
}

/// What is in a folder and begins so; nothing where there is no such folder.
fn entries(folder: &Path, prefix: &str) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(move |entry| entry.file_name().to_string_lossy().starts_with(prefix))
        .map(|entry| entry.path())
}

fn chosen() -> impl Iterator<Item = &'static str> {
    PACKAGES.into_iter().flat_map(|package| ["--package", package])
}

/// The latest tag of a release on the way to HEAD, if there is one.
fn latest() -> Result<Option<String>> {
    let tag = ["describe", "--tags", "--abbrev=0", "--match", "v[0-9]*"];
    let done = shell::quiet(git().args(tag))?;
    // What else may be wrong with git has shown itself before.
    Ok(done.success.then(|| done.stdout.trim().to_owned()))
}

/// The commit that a revision names: what the tool keeps of a baseline, it keeps by this name.
fn commit(revision: &str) -> Result<String> {
    let what = format!("{revision}^{{commit}}");
    let done = shell::quiet(git().args(["rev-parse", "--verify", "--quiet", &what]))?;
    if !done.success {
        bail!("git knows no revision {revision}");
    }
    Ok(done.stdout.trim().to_owned())
}

/// Whether there is something that is not committed. Source without git has no such thing.
fn is_dirty() -> Result<bool> {
    let done = shell::quiet(git().args(["status", "--porcelain"]))?;
    Ok(done.success && !done.stdout.is_empty())
}

fn git() -> Command {
    let mut git = Command::new("git");
    git.current_dir(shell::root());
    git
}

#[cfg(test)]
mod tests {
    use super::judge;

    const WHOLE: &str = ".cargo_vcs_info.json\nCargo.lock\nCargo.toml\nCargo.toml.orig\nLICENSE-APACHE\n\
                         LICENSE-MIT\nREADME.md\nsrc/lib.rs\nsrc/sum/mod.rs\n";

    #[test]
    fn a_whole_package_passes() {
        assert!(judge(WHOLE).is_empty());
        assert!(judge(&WHOLE.replace('/', "\\")).is_empty());
    }

    #[test]
    fn what_is_missing_and_what_is_strange_is_named() {
        let list = WHOLE.replace("LICENSE-MIT\n", "") + "src/notes.txt\ntests/all.rs\n";
        let found = judge(&list);
        let found: Vec<_> = found.lines().collect();
        let strange = ["src/notes.txt does not belong there", "tests/all.rs does not belong there"];
        assert_eq!(found, [&["LICENSE-MIT is missing"][..], &strange].concat());
    }
}
