//! Forests: how they grow, how they are eliminated, what they are good for.

mod elimination;
mod growth;
mod labels;
mod network;
mod refusal;
