//! Matrices of any size: sparse by rows, dense by columns.

mod coloring;
mod csr;
mod dense;
#[cfg(test)]
mod tests;
mod triplets;

pub use coloring::HostColoring;
pub use csr::CsrMatrix;
pub use dense::{DenseMatrix, DenseMatrixError};
pub use triplets::{Triplets, TripletsError};
