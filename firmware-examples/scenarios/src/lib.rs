//! The firmware stories as plain functions: one problem in, result bits out, the same on host and
//! target.
#![no_std]
#![forbid(unsafe_code)]

pub mod sequence;
