//! The built program, from the outside: files in; exit code, stdout, stderr and files out.

// Other suites use more of them.
#[allow(dead_code)]
#[path = "../network_file/model.rs"]
mod model;
#[allow(dead_code)]
#[path = "../recovery/problem.rs"]
mod problem;

mod bad_matrix;
mod bad_option;
mod bad_vector;
mod bcd;
mod desk;
mod endings;
mod export;
mod lasso;
mod method;
mod outputs;
mod plan;
mod recover;
mod robustness;
mod sequence;
mod solve;
mod train;
