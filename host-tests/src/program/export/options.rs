//! What the command line of `export` says.

use crate::export::Weights;
use crate::plan::Target;
use crate::program::budget::Budget;
use clap::Args;
use std::path::PathBuf;

/// What `--help` says below the options.
pub const AFTER_HELP: &str = "\
The module needs the crate `solvekit` alone and no allocator: the dictionary, the weights, the layers' \
numbers and their splines, if they have any, as statics, `layers()`, `start()`, `recover()`, and `self_test()`, which checks the tables against \
their CRC-32 and replays a recorded run to the bit. With --weights q8 the run is one of the 8-bit codes, \
which have the same bits everywhere too; the module and `quantisation_db` say how far their signals are \
from those of f32.
A module of lista holds B and C and no dictionary, which none of its layers reads: measurements are \
checked with Bᵀ in the place of A, and y − A x takes a dictionary of yours.
What it takes of the target is foretold as by `solvekit plan`; over a budget nothing is written.
Exit codes: 0 written, 2 bad input, over a budget, or an output that cannot be written.";

/// Options of `export`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// The network, a file that `solvekit train` wrote
    #[arg(value_name = "NET")]
    pub network: PathBuf,

    /// A, the dictionary that the network is for
    #[arg(long, value_name = "FILE")]
    pub dictionary: PathBuf,

    /// The core it is for
    #[arg(long, value_enum, ignore_case = true)]
    pub target: Target,

    /// Where to write the module, .rs
    #[arg(long, value_name = "FILE")]
    pub output: PathBuf,

    /// How matrices are stored
    #[arg(long, value_enum, default_value_t = Weights::F32)]
    pub weights: Weights,

    /// The module's name in its documentation [default: the output's]
    #[arg(long, value_name = "MODULE")]
    pub name: Option<String>,

    /// What the board has to give
    #[command(flatten)]
    pub budget: Budget,

    /// Print one JSON object on stdout
    #[arg(long)]
    pub json: bool,
}
