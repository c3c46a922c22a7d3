//! What the command line of `devices` says.

use clap::Args;

/// What `--help` says below the options.
pub const AFTER_HELP: &str = "\
A graphics processor is looked for by Vulkan, Metal or DirectX 12 when the program runs; the fastest kind is \
taken. One in software is the processor itself, by a driver: it is for tests.
Exit codes: 0, and 2 for a bad command line.";

/// Options of `devices`.
#[derive(Args, Clone, Copy, Debug)]
pub struct Options {
    /// Print one JSON object on stdout
    #[arg(long)]
    pub json: bool,
}
