//! What the command line of `devices` says.

use clap::Args;

/// What `--help` says below the options.
pub const AFTER_HELP: &str = "\
A graphics processor is looked for by Vulkan, Metal or DirectX 12 when the program runs; the fastest kind is \
taken. One in software is the processor itself, by a driver: it is for tests. An NVIDIA processor is looked for by CUDA \
too, which needs its libraries nvrtc and cuBLAS.
Crossovers tell from which number of problems on `--backend auto` takes which backend. They are measured when a \
batch of a shape is met for the first time, and kept in the user's cache folder; --measure measures those \
of common shapes now.
Exit codes: 0, and 2 for a bad command line.";

/// Options of `devices`.
#[derive(Args, Clone, Copy, Debug)]
pub struct Options {
    /// Measure crossovers of common shapes first: relaxation and direct solution of 8, 16 and 32 unknowns
    #[arg(long)]
    pub measure: bool,

    /// Print one JSON object on stdout
    #[arg(long)]
    pub json: bool,
}
