//! Sparse matrices of any size.

mod csr;
mod triplets;

pub use csr::CsrMatrix;
pub use triplets::{Triplets, TripletsError};
