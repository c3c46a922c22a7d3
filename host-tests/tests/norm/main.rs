//! Norm calibration against a naive fit in `f64`, and against what it was made of.

mod fit;
mod ladder;
mod oracle;
mod refused;
mod sensor;
