//! Dictionaries that cost no memory, or little: sensing matrices whose entries are computed when
//! they are needed, and matrices of 8-bit codes.
//!
//! | dictionary | entries | storage | a product |
//! |---|---|---|---|
//! | [`Signs`] | ±1/√M, drawn from a seed | a seed | M·N additions |
//! | [`Hadamard`] | ±1/√N, M rows of the Walsh–Hadamard matrix | M indices of 16 bits | N log₂ N additions |
//! | [`Quantized`] | any, to 8 bits | M·N (1 + 4/B) bytes | M·N multiplications and additions of whole numbers |
//!
//! A dense dictionary is an [`SMatrix`](crate::SMatrix), a sparse one a [`Csr`](crate::Csr). All
//! but [`Quantized`] are operators by rows ([`RowOperator`](crate::RowOperator)) and by columns
//! ([`ColumnOperator`](crate::ColumnOperator)).

mod hadamard;
mod quantized;
mod signs;

pub use hadamard::{Hadamard, HadamardError};
pub use quantized::{Quantized, QuantizedError, QuantizedTable, quantise};
pub use signs::Signs;
