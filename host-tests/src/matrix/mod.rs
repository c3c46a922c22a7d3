//! Matrices of any size: sparse by rows, dense by columns, in 8-bit codes.

mod coloring;
mod csr;
mod dense;
mod quantized;
#[cfg(test)]
mod tests;
mod triplets;

pub use coloring::HostColoring;
pub use csr::CsrMatrix;
pub use dense::{DenseMatrix, DenseMatrixError};
pub use quantized::QuantizedMatrix;
pub use triplets::{Triplets, TripletsError};
