//! What a solver takes of a board at a size that may not have been measured.
//!
//! The record has each solver at several sizes (`cargo xtask budget --sizes`). Sizes that are in it are
//! told as they were measured. For others, state and instructions follow a line in what the algorithm
//! does (points of a grid; N, N² and N³ of a dense system; M, N and M N of a design), and the error told
//! is the largest of foretelling each measured size that lies between others from those. Code and stack follow no rule, since
//! the compiler unrolls as it likes: they are the most of the sizes measured.

mod forecast;
mod model;
mod record;
mod shape;
mod terms;

pub use forecast::{Forecast, ForecastError, Foretold, Source, forecast};
pub use record::{AtSize, Measured, Optimisation, Solver, cores, names, of};
pub use shape::{Shape, Size};
