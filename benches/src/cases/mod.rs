//! The jobs. Making a case asserts its answers.

pub mod batch;
pub mod dense;
pub mod grid;
pub mod lanes;
pub mod sequence;
pub mod side;
pub mod sides;
pub mod sparse;
pub mod tuner;

use crate::case::Case;

/// A case by name; made only when it is asked for.
pub type Entry = (&'static str, fn() -> Case);

/// Every case.
pub const ALL: &[Entry] = &[
    ("dense 16 sweep f32", dense::sweep::<f32, 16>),
    ("dense 16 sweep f64", dense::sweep::<f64, 16>),
    ("dense 32 sweep f32", dense::sweep::<f32, 32>),
    ("dense 32 sweep f64", dense::sweep::<f64, 32>),
    ("dense 16 residual f32", dense::residual::<f32, 16>),
    ("dense 16 solve f32", dense::solve::<f32, 16>),
    ("dense 16 solve f64", dense::solve::<f64, 16>),
    ("dense 32 solve f32", dense::solve::<f32, 32>),
    ("dense 32 solve f64", dense::solve::<f64, 32>),
    ("grid 10x10 sweep f32", grid::sweep::<f32, 10, 12>),
    ("grid 10x10 sweep f64", grid::sweep::<f64, 10, 12>),
    ("grid 24x24 sweep f32", grid::sweep::<f32, 24, 26>),
    ("grid 24x24 sweep f64", grid::sweep::<f64, 24, 26>),
    ("grid 10x10 residual f32", grid::residual::<f32, 10, 12>),
    ("grid 24x24 residual f32", grid::residual::<f32, 24, 26>),
    ("grid 10x10 solve f32", grid::solve::<f32, 10, 12>),
    ("grid 10x10 solve f64", grid::solve::<f64, 10, 12>),
    ("grid 24x24 solve f32", grid::solve::<f32, 24, 26>),
    ("grid 24x24 solve f64", grid::solve::<f64, 24, 26>),
    ("sparse 1024 sweep f32", sparse::sweep::<f32>),
    ("sparse 1024 sweep f64", sparse::sweep::<f64>),
    ("sparse 1024 residual f64", sparse::residual::<f64>),
    ("sparse 1024 solve f32", sparse::solve::<f32>),
    ("sparse 1024 solve f64", sparse::solve::<f64>),
    ("lanes dense 16 sweep f32", lanes::dense::<f32, 16>),
    ("lanes dense 16 sweep f64", lanes::dense::<f64, 16>),
    ("lanes dense 32 sweep f32", lanes::dense::<f32, 32>),
    ("lanes grid 10x10 sweep f32", lanes::grid::<f32, 10>),
    ("lanes grid 10x10 sweep f64", lanes::grid::<f64, 10>),
    ("lanes grid 24x24 sweep f32", lanes::grid::<f32, 24>),
    ("lanes grid 24x24 red-black sweep f32", lanes::red_black::<f32, 24>),
    ("side by side 8 sweep f32", side::sweep::<f32, 8>),
    ("side by side 16 sweep f32", side::sweep::<f32, 16>),
    ("side by side 32 sweep f32", side::sweep::<f32, 32>),
    ("side by side 16 sweep f64", side::sweep::<f64, 16>),
    ("side by side 8 Cholesky f32", side::cholesky::<f32, 8>),
    ("side by side 16 Cholesky f32", side::cholesky::<f32, 16>),
    ("side by side 32 Cholesky f32", side::cholesky::<f32, 32>),
    ("side by side 16 Cholesky f64", side::cholesky::<f64, 16>),
    ("batch of 1 relaxations f32", batch::sor::<1>),
    ("batch of 1 Cholesky f32", batch::cholesky::<1>),
    ("batch of 4 relaxations f32", batch::sor::<4>),
    ("batch of 4 Cholesky f32", batch::cholesky::<4>),
    ("batch of 16 relaxations f32", batch::sor::<16>),
    ("batch of 16 Cholesky f32", batch::cholesky::<16>),
    ("batch of 64 relaxations f32", batch::sor::<64>),
    ("batch of 64 Cholesky f32", batch::cholesky::<64>),
    ("batch of 256 relaxations f32", batch::sor::<256>),
    ("batch of 256 Cholesky f32", batch::cholesky::<256>),
    ("batch of 1024 relaxations f32", batch::sor::<1024>),
    ("batch of 1024 Cholesky f32", batch::cholesky::<1024>),
    ("batch of 4096 relaxations f32", batch::sor::<4096>),
    ("batch of 4096 Cholesky f32", batch::cholesky::<4096>),
    ("batch of 65536 relaxations f32", batch::sor::<65536>),
    ("batch of 65536 Cholesky f32", batch::cholesky::<65536>),
    ("256 right-hand sides 64x64 f32", sides::sweep::<f32>),
    ("256 right-hand sides 64x64 f64", sides::sweep::<f64>),
    ("tuner 20 arms f32", tuner::round::<f32>),
    ("tuner 20 arms f64", tuner::round::<f64>),
    ("sequence n=100 low variance f64", sequence::low),
    ("sequence n=100 high variance f64", sequence::high),
];
