//! "Learning to Relax": total sweeps over a sequence of shifted Laplacians, policy by policy.

mod policy;

pub use policy::{Policy, Trial};
