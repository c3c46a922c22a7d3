//! `solvekit completions` and `solvekit man`: the program's own options, for shells and for `man`.

use super::{Ending, Program, tell_bytes};
use anyhow::Context;
use clap::{Args, CommandFactory};
use clap_complete::Shell;
use std::path::PathBuf;

/// What `--help` says below the options of `completions`.
pub(super) const AFTER_COMPLETIONS: &str = "\
bash: solvekit completions bash > ~/.local/share/bash-completion/completions/solvekit
zsh: solvekit completions zsh > _solvekit, in a folder of $fpath
fish: solvekit completions fish > ~/.config/fish/completions/solvekit.fish";

/// Options of `completions`.
#[derive(Args, Clone, Debug)]
pub(super) struct CompletionsOptions {
    /// The shell
    #[arg(value_enum)]
    pub(super) shell: Shell,
}

/// Options of `man`.
#[derive(Args, Clone, Debug)]
pub(super) struct ManOptions {
    /// Folder for a page of the program and of every command [default: the program's page on stdout]
    #[arg(long, value_name = "DIR")]
    pub(super) output: Option<PathBuf>,
}

/// Writes the script to stdout.
pub(super) fn completions(options: &CompletionsOptions) -> anyhow::Result<Ending> {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut Program::command(), "solvekit", &mut script);
    tell_bytes(&script)?;
    Ok(Ending::Done)
}

/// Writes the page to stdout, or all pages into the folder.
pub(super) fn man(options: &ManOptions) -> anyhow::Result<Ending> {
    if let Some(folder) = &options.output {
        let told = || folder.display().to_string();
        std::fs::create_dir_all(folder).with_context(told)?;
        clap_mangen::generate_to(Program::command(), folder).with_context(told)?;
        return Ok(Ending::Done);
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(Program::command()).render(&mut page)?;
    tell_bytes(&page)?;
    Ok(Ending::Done)
}
