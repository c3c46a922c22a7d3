//! The lasso against naive computations in f64.

mod bad_input;
mod concomitant;
mod data;
mod gap;
mod oracle;
mod path;
mod solutions;
