//! What the command line of `plan` says.

use super::subject::{self, Subject};
use crate::export::Weights;
use crate::plan::Target;
use crate::plan::solvers::Optimisation;
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
codes their blocks) through five or six sizes; at others they were within 7 % (f32) or 18 % (8-bit codes, and \
f32 of ada-lista), but in f32 up to 23 % too few (lista: 37 %) where M and N leave ends that do not fill the \
products' tiles, as 27 and 83 do. They are instructions, not cycles, and of one signal: its check and \
all layers, most entries of x being not zero, and with splines beyond the last knot, which takes longest; with \
8-bit codes an entry that is zero costs less.
Solvers were measured at five to nine sizes on M0, M4F (whose image M7F runs) and RV32imafc, at opt-level 3 \
and s. Those sizes are told as measured. For others state and instructions follow a line in the points of a \
grid, in 1, N and N² of a step with a dense system (N³ where it is factored), in M, N and M N of a design, in \
the arms of a tuner; the error told is the largest of foretelling each measured size that lies between others \
from those. Code and stack are the most of the sizes measured. Steps are counted with a look at the certificate after each; checks before the first, and the \
problem's own numbers, come on top.
RAM is the state, a network's y, and the stack; what else a program holds comes on top.
Exit codes: 0 it fits (or no budget was given), 1 it does not fit, 2 bad input.";

/// Options of `plan`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// The network, a file that `solvekit train` wrote
    #[arg(long, value_name = "FILE")]
    pub network: Option<PathBuf>,

    /// A network of this kind, without a file; or a solver
    #[arg(long, value_parser = subject::parser(), value_name = "NAME")]
    pub solver: Option<Subject>,

    /// M, measurements; R of a grid; sensors; readings
    #[arg(long, value_name = "M")]
    pub rows: Option<u64>,

    /// N, unknowns; C of a grid; arms of a tuner
    #[arg(long, value_name = "N")]
    pub columns: Option<u64>,

    /// P, snapshots of sensors
    #[arg(long, value_name = "P")]
    pub snapshots: Option<u64>,

    /// Steps of a solver whose instructions are asked for
    #[arg(long, value_name = "K")]
    pub steps: Option<u64>,

    /// How a solver is optimised; networks were measured at 3
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t = Optimisation::Speed)]
    pub opt: Optimisation,

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

    /// How a network's matrices are stored [default: f32]
    #[arg(long, value_enum)]
    pub weights: Option<Weights>,

    /// What the board has to give
    #[command(flatten)]
    pub budget: Budget,

    /// Instructions that there are, until a deadline say: for a solver, how many steps are within them
    #[arg(long, value_name = "COUNT", allow_hyphen_values = true)]
    pub instructions: Option<u64>,

    /// Print one JSON object on stdout
    #[arg(long)]
    pub json: bool,
}
