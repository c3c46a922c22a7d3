//! Benchmarks of solvekit: each case sets our code beside independent peers, asserts that the
//! answers agree, and only then is measured.
//!
//! | module | what it holds |
//! |---|---|
//! | [`case`](mod@case) | [`Case`](case::Case): contenders for one job |
//! | [`cases`] | the jobs |
//! | [`contender`] | the frame of programs that peers in Python ask line by line |
//! | [`peer`] | what we are measured against, written without solvekit |
//! | [`number`] | the precisions |
//! | [`interleave`] | round-robin measuring: medians, and ratios within one run |
//! | [`count`] | exact instruction counts under callgrind |
//! | [`machine`] | what the numbers were measured on |
//! | [`singles`] | the files that peers in Python hand over |
//! | [`record`] | the table, and the dated files in `benches/records` |
//! | [`calibration`](mod@calibration) | blind gain calibration, beside NumPy |
//! | [`direct`] | many small systems, beside NumPy |
//! | [`python`] | what the Python package costs, beside Rust and NumPy |
//! | [`recovery`] | a batch of ISTA, beside the peak of the cores, NumPy and JAX |
//! | [`training`] | a training step of an unrolled network, beside JAX |
//!
//! `cargo bench` gives criterion's view of the same cases; the program `compare` gives ratios.
#![forbid(unsafe_code)]

pub mod calibration;
pub mod case;
pub mod cases;
pub mod contender;
pub mod count;
#[cfg(feature = "device")]
pub mod device;
pub mod direct;
pub mod interleave;
pub mod lasso;
pub mod machine;
pub mod number;
pub mod peer;
pub mod python;
pub mod record;
pub mod recovery;
pub mod singles;
pub mod training;
