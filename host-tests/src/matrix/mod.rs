//! Sparse matrices of any size.

mod csr;
#[cfg(test)]
mod tests;
mod triplets;

pub use csr::CsrMatrix;
pub use triplets::{Triplets, TripletsError};
