//! [`Given`]: what is to be solved, in memory.

use super::{Bound, Options, SolveError};
use crate::file::{Columns, read_matrix};
use crate::matrix::CsrMatrix;
use crate::precision::Precision;
use crate::vector::Vector;
use std::path::Path;

/// What is to be solved: A x = b, or (A + cₜ·I) xₜ = bₜ for several t.
#[derive(Clone, Debug)]
pub struct Given<T> {
    /// A.
    pub matrix: CsrMatrix<T>,
    /// cₜ, one a system; none when A is used as it is.
    pub shifts: Option<Vector<T>>,
    /// bₜ, one or one a system; none for A·1.
    pub right_hand_sides: Option<Vec<Vector<T>>>,
    /// Where to start, one or one a system; none for zero.
    pub starts: Option<Vec<Vector<T>>>,
    /// l of l ≤ x ≤ u; none where nothing bounds x from below.
    pub lower: Option<Vector<T>>,
    /// u.
    pub upper: Option<Vector<T>>,
}

impl<T: Precision> Given<T> {
    /// A alone.
    pub const fn new(matrix: CsrMatrix<T>) -> Self {
        let (shifts, right_hand_sides, starts) = (None, None, None);
        Self { matrix, shifts, right_hand_sides, starts, lower: None, upper: None }
    }

    /// Reads every file that the options name.
    pub(super) fn read(options: &Options) -> Result<Self, SolveError> {
        let matrix = read_matrix::<T>(&options.matrix)?;
        let unknowns = solvekit::LinearOperator::columns(&matrix);
        let columns = |path: Option<&Path>| {
            path.map(|path| Ok::<_, SolveError>(Columns::read(path)?.into_vec()))
        };
        let bound = |given: Option<&Bound>| {
            given.map(|given| match given {
                Bound::File(path) => one_column(path, "bounds"),
                Bound::Number(number) => Ok(Vector::filled(unknowns, T::from_f64(*number))),
            })
        };
        let shifts = options.shifts.as_deref().map(|path| one_column(path, "shifts"));
        Ok(Self {
            shifts: shifts.transpose()?,
            right_hand_sides: columns(options.rhs.as_deref()).transpose()?,
            starts: columns(options.initial.as_deref()).transpose()?,
            lower: bound(options.lower.as_ref()).transpose()?,
            upper: bound(options.upper.as_ref()).transpose()?,
            matrix,
        })
    }
}

fn one_column<T: Precision>(path: &Path, of: &str) -> Result<Vector<T>, SolveError> {
    let mut columns = Columns::read(path)?.into_vec();
    match (columns.pop(), columns.is_empty()) {
        (Some(column), true) => Ok(column),
        _ => Err(SolveError::content(path, format!("one column of {of} is expected"))),
    }
}
