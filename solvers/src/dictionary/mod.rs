//! Dictionaries that cost no memory: sensing matrices whose entries are computed when they are
//! needed.
//!
//! | dictionary | entries | storage | a product |
//! |---|---|---|---|
//! | [`Signs`] | ±1/√M, drawn from a seed | a seed | M·N additions |
//! | [`Hadamard`] | ±1/√N, M rows of the Walsh–Hadamard matrix | M indices of 16 bits | N log₂ N additions |
//!
//! A dense dictionary is an [`SMatrix`](crate::SMatrix), a sparse one a [`Csr`](crate::Csr). All
//! are operators by rows ([`RowOperator`](crate::RowOperator)) and by columns
//! ([`ColumnOperator`](crate::ColumnOperator)).

mod hadamard;
mod signs;

pub use hadamard::{Hadamard, HadamardError};
pub use signs::Signs;
