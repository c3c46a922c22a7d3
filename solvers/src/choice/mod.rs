//! Which method to solve the next system with, by what each has cost.
//!
//! Methods are compared by their *work* (multiplications with an addition), not by iterations: one
//! iteration of SOR, of preconditioned conjugate gradients and of a direct solver have little in
//! common. One round is [`MethodChoice::choose`], a solve within the budget it names,
//! [`MethodChoice::learn`]. Nothing is random.

mod candidate;
mod learned;

pub use candidate::Candidate;
pub use learned::{Effort, MethodChoice, Reason, Selection};

#[cfg(test)]
mod tests;
