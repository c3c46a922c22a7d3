//! The paper's five data sets, regenerated: its own files were never published, so sizes and
//! distributions are the paper's and the numbers are not.
//!
//! | set | problem | size | source |
//! |---|---|---|---|
//! | A | least squares | 1000 × 10,000, about 6.9 % full | [`regression`] |
//! | B | two classes, logistic | the design of A | [`two_classes`] |
//! | C | 50 classes, softmax | 1000 × 1000 | [`many_classes`] |
//! | D | quadratic on a 50 × 50 lattice | 2400 unknowns | [`lattice`] |
//! | E | quadratic on a graph of two moons | 1900 unknowns | [`moons`] |

mod design;
mod graph;
mod lattice;
mod moons;

pub use design::{Classes, Regression, many_classes, regression, two_classes};
pub use graph::Propagation;
pub use lattice::lattice;
pub use moons::moons;

#[cfg(test)]
mod tests;
