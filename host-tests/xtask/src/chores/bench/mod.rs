//! The benchmarks: measured, or run once each as tests.

mod calibration;
mod device;
mod direct;
mod kernels;
mod lasso;
mod peers;
mod python;
mod recovery;
mod training;

use super::test::{FEATURES, host};
use crate::{failures::Failures, shell};
use anyhow::Result;
use clap::Args;

/// What is measured.
#[derive(Args)]
pub(crate) struct Bench {
    /// Only cases whose name contains this; `lasso`, `training`, `calibration`, `recovery`, `direct` and `python`
    /// are comparisons of their own, with peers in Python, and so are `device`, on a graphics processor,
    /// and `kernels`: kernels of fixed size beside CMSIS-DSP and nalgebra, in instructions of an emulated
    /// Cortex-M4F
    filter: Option<String>,
    /// With these: rounds of the interleaved run [default: 31, 101, 501, 101, 201, 21 and 21]
    #[arg(long, value_name = "N", requires = "filter")]
    rounds: Option<u32>,
    /// With `device`: of 65,536 signals and 1,000,000 systems, for a processor that is none
    #[arg(long, value_name = "F", requires = "filter")]
    scale: Option<f64>,
    /// Only the interleaved comparison, without criterion
    #[arg(long)]
    compare: bool,
    /// Count instructions too, where valgrind is installed
    #[arg(long)]
    count: bool,
    /// Write benches/records/DATE-host.{md,json}, instruction counts included; of a comparison, its own
    #[arg(long)]
    record: bool,
    /// The record's date [default: today, in UTC]
    #[arg(long, value_name = "YYYY-MM-DD", requires = "record")]
    date: Option<String>,
}

impl Bench {
    /// Measures: criterion first, then all contenders interleaved.
    pub(crate) fn run(&self) -> Result<()> {
        let date = self.date.as_deref();
        match self.filter.as_deref() {
            Some("lasso") => return lasso::run(self.record, date, self.rounds),
            Some("training") => return training::run(self.record, date, self.rounds),
            Some("calibration") => return calibration::run(self.record, date, self.rounds),
            Some("device") => return device::run(self.record, date, self.rounds, self.scale),
            Some("direct") => return direct::run(self.record, date, self.rounds),
            Some("python") => return python::run(self.record, date, self.rounds),
            Some("recovery") => return recovery::run(self.record, date, self.rounds),
            Some("kernels") if self.rounds.is_none() && self.scale.is_none() => {
                return kernels::run(self.record, date);
            }
            _ => {}
        }
        anyhow::ensure!(self.rounds.is_none(), "--rounds is for comparisons with peers in Python");
        anyhow::ensure!(self.scale.is_none(), "--scale is for `bench device`");
        anyhow::ensure!(
            !self.record || self.filter.is_none(),
            "a record holds every case: leave the filter out"
        );
        if !self.compare {
            let mut cargo = shell::cargo();
            cargo.args(["bench", "--locked", "--package", "solvekit-benches", "--bench", "cases"]);
            shell::run(cargo.arg("--").args(&self.filter))?;
        }
        let mut cargo = shell::cargo();
        cargo.args(["run", "--locked", "--release", "--package", "solvekit-benches"]);
        cargo.args(["--bin", "compare", "--"]).args(&self.filter);
        if self.count || self.record {
            cargo.arg("--count");
        }
        if self.record {
            cargo.arg("--record").arg(shell::root().join("benches/records"));
        }
        if let Some(date) = &self.date {
            cargo.args(["--date", date]);
        }
        shell::run(&mut cargo)
    }
}

/// Runs each benchmark once: each asserts its answer, so this is a test. Built as the other tests
/// are, overflow checks included, on the same libraries, which a build of its own would double.
pub(crate) fn as_tests(results: &mut Vec<String>) -> Failures {
    let mut cargo = shell::cargo();
    // The whole workspace, or features would be other ones and the libraries be built anew.
    cargo.args(["test", "--locked", "--workspace", "--features", FEATURES, "--bench", "cases"]);
    host("benchmarks as tests", &mut cargo, results)
}
