//! Training of unrolled networks.

pub mod gradient;
