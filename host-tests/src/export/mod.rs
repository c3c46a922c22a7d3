//! A network as a Rust module of tables, which firmware compiles into its flash.
//!
//! The module holds the dictionary, the weights and the layers' numbers as statics, what makes the
//! layers of them, and a self-test: a checksum of the tables, and a recorded run that has to come out
//! to the bit. It needs `solvekit` alone.

mod golden;
mod literal;
mod module;
mod parts;
mod splines;
mod tables;
mod weights;

pub use module::{Module, export};
pub use weights::Weights;
