//! The lasso against naive computations in f64 and against glmnet's stored answers.

mod bad_input;
mod concomitant;
mod data;
mod gap;
mod glmnet;
mod oracle;
mod path;
mod solutions;
#[path = "../common/glmnet.rs"]
mod stored;
