//! Real data: sweeps that SciPy counted, a published dictionary, glmnet's answers, files that others
//! broke.
//!
//! The data is not part of the project. It is looked for in the folder that `SOLVEKIT_DATA` names,
//! from the project's root; by default `../shared/data`. A test whose file is not there appears as
//! ignored, with the reason, never as passed: libtest cannot do that at run time, so the harness is
//! `libtest-mimic`'s.

mod air;
mod bad;
mod data;
mod dictionary;
mod ferraris;
mod glmnet;
mod network;
mod norm;
mod program;
mod stored;
mod sweeps;

use libtest_mimic::Arguments;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = sweeps::trials();
    trials.extend(program::trials());
    trials.extend(dictionary::trials());
    trials.extend(glmnet::trials());
    trials.extend(network::trials());
    trials.extend(norm::trials());
    trials.extend(ferraris::trials());
    trials.extend(air::trials());
    trials.extend(bad::trials());
    libtest_mimic::run(&arguments, trials).exit_code()
}
