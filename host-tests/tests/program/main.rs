//! The built program, from the outside: files in; exit code, stdout, stderr and files out.

#[allow(dead_code, reason = "other suites use more of it")]
#[path = "../network_file/model.rs"]
mod model;
#[allow(dead_code, reason = "other suites use more of it")]
#[path = "../recovery/problem.rs"]
mod problem;

mod bad_matrix;
mod bad_option;
mod bad_vector;
mod bcd;
mod calibrate;
mod desk;
mod devices;
mod endings;
mod experiment;
mod export;
#[cfg(unix)]
mod interrupt;
mod lasso;
mod manual;
mod method;
mod outputs;
mod plan;
mod recover;
mod robustness;
mod sequence;
mod sides;
mod solve;
mod train;
mod watch;
