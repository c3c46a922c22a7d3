//! Sparse matrices of any size.

mod coloring;
mod csr;
#[cfg(test)]
mod tests;
mod triplets;

pub use coloring::HostColoring;
pub use csr::CsrMatrix;
pub use triplets::{Triplets, TripletsError};
