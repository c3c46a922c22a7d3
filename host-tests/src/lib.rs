//! solvekit on the host: operators of any size, experiments, files, and what the `solvekit`
//! program is made of.
//!
//! | module | what it holds |
//! |---|---|
//! | [`direct`] | direct solution of sparse systems |
//! | [`experiment`] | the papers' experiments, seeded and repeatable |
//! | [`export`] | networks as Rust modules for firmware |
//! | [`plan`] | what a network takes of a board, before it is there |
//! | [`network`] | trained networks and their files |
//! | [`precision`] | the two precisions of the program, f32 and f64 |
//! | [`training`] | training of unrolled networks |
//! | [`vector`] | a vector whose length is known at run time |
//! | [`matrix`] | compressed sparse rows of any size |
//! | [`mod@file`] | Matrix Market, NPY and CSV in; NPY and CSV out |
//! | [`program`] | the commands of `solvekit` |
#![deny(unsafe_code)]

pub mod batch;
pub mod direct;
mod draws;
pub mod experiment;
pub mod export;
pub mod figure;
pub mod file;
pub mod matrix;
pub mod network;
pub mod plan;
pub mod precision;
pub mod program;
pub mod telemetry;
pub mod training;
pub mod vector;
