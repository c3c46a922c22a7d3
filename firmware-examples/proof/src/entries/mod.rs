//! Every public solver entry, with inputs the optimiser cannot see through.

mod auto;
mod bcd;
mod calibration;
mod choice;
mod direct;
mod fit;
mod fixed;
mod krylov;
mod lanes;
mod lasso;
mod network;
mod operator;
mod recovery;
mod rows;
mod sor;
mod storage;
mod telemetry;
mod tree;
mod tuner;

use core::hint::black_box;

/// Calls them all.
pub(crate) fn call() {
    let b = operator::Vector::from_element(black_box(1.0));
    operator::dense(&b);
    operator::tiles();
    operator::csr(&b);
    operator::stencil();
    operator::banded(&b);
    bcd::solve();
    calibration::calibrate();
    lanes::solve();
    tree::solve();
    network::infer();
    network::retrain();
    recovery::solve();
    rows::solve();
    lasso::solve_all();
    choice::choose();
    fit::fit_all();
    fixed::solve();
    tuner::play_all();
    storage::save_and_load();
    storage::restore_all();
    telemetry::watch();
}
