//! Training: gradients against dual numbers through the deployed layers, forward passes to the bit,
//! stages, checkpoints.

mod bilevel;
mod dual;
mod forward;
mod gradient;
mod hyper;
mod matrix;
mod planted;
mod spline;
mod stages;
