//! The built program, from the outside: files in; exit code, stdout, stderr and files out.

mod bad_matrix;
mod bad_option;
mod bad_vector;
mod bcd;
mod desk;
mod endings;
mod lasso;
mod method;
mod outputs;
mod recover;
mod robustness;
mod sequence;
mod solve;
mod train;
