//! What the command line of `plan` says.

use crate::export::Weights;
use crate::network::Kind;
use crate::plan::Target;
use crate::program::budget::Budget;
use crate::training::Shrinkage;
use clap::Args;
use std::path::PathBuf;

/// What `--help` says below the options.
pub const AFTER_HELP: &str = "\
Tables and state are exact. Code, stack and instructions are those of networks that were measured in \
emulation, at opt-level 3 with link-time optimisation. Code, the self-test included, is that of 16 x 32, \
27 x 83 or 64 x 128, and for other sizes the most of the three: the compiler unrolls as it likes, and one \
size may take 2.4 times as much as another. Stack is that of a whole `recover` or `self_test`. Instructions \
follow a line in M N, N and M (for lista N² too, for ada-lista M², for splines N times their knots, for 8-bit \
codes their blocks) through five or six sizes; at others they were within 7 % (f32), 12 % (f32 of lista) or \
18 % (8-bit codes, and f32 of ada-lista). They are instructions, not cycles, and of one signal: its check and \
all layers, most entries of x being not zero, and with splines beyond the last knot, which takes longest; with \
8-bit codes an entry that is zero costs less.
RAM is the state, y, and that stack; what else a program holds comes on top.
Exit codes: 0 it fits (or no budget was given), 1 it does not fit, 2 bad input.";

/// Options of `plan`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// The network, a file that `solvekit train` wrote
    #[arg(long, value_name = "FILE")]
    pub network: Option<PathBuf>,

    /// A network of this kind, without a file
    #[arg(long, value_enum)]
    pub solver: Option<Kind>,

    /// M, measurements, without a file
    #[arg(long, value_name = "M")]
    pub rows: Option<u64>,

    /// N, unknowns, without a file
    #[arg(long, value_name = "N")]
    pub columns: Option<u64>,

    /// Layers [default: those of the file, or 16]
    #[arg(long, value_name = "K")]
    pub layers: Option<u64>,

    /// What layers of alista, lista-cp, lista and ada-lista do to entries by their threshold, without a
    /// file: soft, spline or spline:KNOTS (2 to 16) [default: soft]
    #[arg(long, value_name = "HOW", allow_hyphen_values = true)]
    pub shrinkage: Option<Shrinkage>,

    /// The core
    #[arg(long, value_enum, ignore_case = true)]
    pub target: Target,

    /// How matrices are stored
    #[arg(long, value_enum, default_value_t = Weights::F32)]
    pub weights: Weights,

    /// What the board has to give
    #[command(flatten)]
    pub budget: Budget,

    /// Print one JSON object on stdout
    #[arg(long)]
    pub json: bool,
}
