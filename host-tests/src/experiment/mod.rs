//! Experiments that regenerate a paper's table and figures.

pub mod relax;
