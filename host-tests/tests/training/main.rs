//! Training: gradients against dual numbers through the deployed layers, forward passes to the bit,
//! stages, checkpoints.

mod dual;
mod forward;
mod gradient;
mod planted;
