//! QEMU's plugin that counts instructions: built with gcc when needed.

use crate::shell;
use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The plugin, built.
pub(crate) struct Plugin {
    library: PathBuf,
    output: PathBuf,
}

impl Plugin {
    /// Compiles `plugin/region.c` for the QEMU that is installed.
    pub(crate) fn build() -> Result<Self> {
        let folder = shell::scratch()?;
        let library = folder.join("libregion.so");
        let version = shell::read(Command::new("qemu-system-arm").arg("--version"))?;
        let api = interface(&version).with_context(|| format!("version of QEMU in `{version}`"))?;
        let mut gcc = Command::new("gcc");
        gcc.args(["-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-fvisibility=hidden"])
            .arg(format!("-DAPI={api}"))
            .arg("-o")
            .arg(&library)
            .arg(shell::root().join("host-tests/xtask/plugin/region.c"));
        shell::read(&mut gcc).context("the counting plugin")?;
        Ok(Self { library, output: folder.join("counts.txt") })
    }

    /// What to add to QEMU's command line.
    pub(crate) fn arguments(&self) -> Vec<String> {
        self.arguments_into(&self.output)
    }

    /// The same with counts in a file of one's own, where several run at the same time.
    pub(crate) fn arguments_into(&self, output: &Path) -> Vec<String> {
        let plugin = format!("{},out={}", self.library.display(), output.display());
        vec!["-plugin".to_owned(), plugin]
    }

    /// The counts of the regions of the run just made, in order.
    pub(crate) fn counts(&self) -> Result<Vec<u64>> {
        Self::counts_in(&self.output)
    }

    /// The same out of a file of one's own.
    pub(crate) fn counts_in(output: &Path) -> Result<Vec<u64>> {
        let text = fs::read_to_string(output)
            .with_context(|| format!("the plugin wrote no {}", output.display()))?;
        parse(&text)
    }
}

fn parse(text: &str) -> Result<Vec<u64>> {
    let mut counts = Vec::new();
    for line in text.lines() {
        let fields: Vec<_> = line.split(' ').collect();
        match fields.as_slice() {
            ["region", index, count] if index.parse() == Ok(counts.len()) => {
                counts.push(count.parse().with_context(|| format!("count in `{line}`"))?);
            }
            ["total", _] => return Ok(counts),
            _ => bail!("the plugin wrote `{line}`"),
        }
    }
    bail!("the plugin's output ends too early: the run was cut off")
}

/// The plugin interface of a QEMU, from what its `--version` prints.
fn interface(text: &str) -> Option<u32> {
    let version = text.split("version ").nth(1)?;
    let mut numbers = version.split(['.', ' ', '\n']).map_while(|part| part.parse::<u32>().ok());
    Some(match (numbers.next()?, numbers.next()?) {
        (..=8, _) => 1,
        (9, 0) => 2,
        _ => 3,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_is_parsed_and_a_torn_one_refused() {
        assert_eq!(parse("region 0 12\nregion 1 7\ntotal 99\n").unwrap(), [12, 7]);
        assert!(parse("region 0 12\n").is_err());
        assert!(parse("region 1 12\ntotal 3\n").is_err());
    }

    #[test]
    fn the_interface_follows_the_version() {
        assert_eq!(interface("QEMU emulator version 7.2.22 (Debian 1:7.2)\n"), Some(1));
        assert_eq!(interface("QEMU emulator version 9.0.1\n"), Some(2));
        assert_eq!(interface("QEMU emulator version 10.0.3 (Debian)\n"), Some(3));
        assert_eq!(interface("something else"), None);
    }
}
