//! Every kernel for graphics processors against one problem after the other.
//!
//! Any device will do; `cargo xtask test` brings one in software (lavapipe). Where none is found, the tests
//! appear as ignored, with the reason, never as passed: libtest cannot do that at run time, so the harness
//! is `libtest-mimic`'s. With `SOLVEKIT_GPU=required` in the environment they fail then; with
//! `SOLVEKIT_CUDA=required` those for CUDA do.

mod cholesky;
#[cfg(feature = "cuda")]
mod cuda;
mod device;
mod ista;
#[path = "../batch/same.rs"]
#[allow(dead_code, reason = "shared with the tests of other backends")]
mod same;
mod sor;
#[path = "../batch/tolerance.rs"]
mod tolerance;

use libtest_mimic::Arguments;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = device::trials();
    trials.extend(sor::trials());
    trials.extend(cholesky::trials());
    trials.extend(ista::trials());
    #[cfg(feature = "cuda")]
    trials.extend(cuda::trials());
    libtest_mimic::run(&arguments, trials).exit_code()
}
