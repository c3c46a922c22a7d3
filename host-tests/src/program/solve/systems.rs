//! The systems to solve.

use super::{Bound, Given, Options, SolveError, right_hand_side};
use crate::matrix::CsrMatrix;
use crate::precision::Precision;
use crate::vector::Vector;
use solvekit::LinearOperator;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// One matrix and what varies from system to system.
#[derive(Debug)]
pub(super) struct Systems<T> {
    /// A.
    pub(super) matrix: CsrMatrix<T>,
    /// cₜ, one a system; none when A is used as it is.
    shifts: Option<Vector<T>>,
    /// bₜ, one or one a system; none for A·1.
    right_hand_sides: Option<Vec<Vector<T>>>,
    /// Where to start, one or one a system; none for zero.
    starts: Option<Vec<Vector<T>>>,
    /// l and u of l ≤ x ≤ u; infinite where there is none.
    pub(super) bounds: [Vector<T>; 2],
}

impl<T: Precision> Systems<T> {
    /// Checks that what is given fits together; the options' paths name what does not.
    pub(super) fn new(options: &Options, given: Given<T>) -> Result<Self, SolveError> {
        let Given { matrix, shifts, right_hand_sides, starts, lower, upper } = given;
        let (rows, columns) = (matrix.rows(), matrix.columns());
        if rows != columns {
            return Err(SolveError::content(
                &options.matrix,
                format!("the matrix is {rows}×{columns}, and must be square"),
            ));
        }
        let of_length = |path: &Path, column: Option<&Vector<T>>| match column {
            Some(column) if column.len() != rows => {
                let cause = format!("{} rows for the matrix's {rows}", column.len());
                Err(SolveError::content(path, cause))
            }
            _ => Ok(()),
        };
        let path = |path: &Option<PathBuf>| path.clone().unwrap_or_default();
        let (rhs, initial) = (path(&options.rhs), path(&options.initial));
        for (path, columns) in [(&rhs, &right_hand_sides), (&initial, &starts)] {
            columns.iter().flatten().try_for_each(|column| of_length(path, Some(column)))?;
        }
        for (bound, column) in [(&options.lower, &lower), (&options.upper, &upper)] {
            let path = if let Some(Bound::File(path)) = bound { path } else { Path::new("") };
            of_length(path, column.as_ref())?;
        }
        let or =
            |bound: Option<Vector<T>>, none| bound.unwrap_or_else(|| Vector::filled(rows, none));
        let bounds = [or(lower, -T::INFINITY), or(upper, T::INFINITY)];
        let systems = Self { matrix, shifts, right_hand_sides, starts, bounds };

        let fits = |path: &Path, columns: &Option<Vec<Vector<T>>>| match columns {
            Some(columns) if ![1, systems.len()].contains(&columns.len()) => {
                let (found, count) = (columns.len(), systems.len());
                let cause =
                    format!("{found} columns for {count} systems: one is needed, or {count}");
                Err(SolveError::content(path, cause))
            }
            _ => Ok(()),
        };
        fits(&rhs, &systems.right_hand_sides)?;
        fits(&initial, &systems.starts)?;
        Ok(systems)
    }

    /// How many systems there are: as many as shifts, else as many as right-hand sides.
    pub(super) fn len(&self) -> usize {
        let shifts = self.shifts.as_ref().map(|shifts| shifts.len());
        let sides = self.right_hand_sides.as_ref().map(Vec::len);
        shifts.or(sides).unwrap_or(1)
    }

    /// Whether the matrix varies.
    pub(super) const fn is_sequence(&self) -> bool {
        self.shifts.is_some()
    }

    /// cₜ.
    pub(super) fn shift(&self, t: usize) -> Option<T> {
        self.shifts.as_ref().and_then(|shifts| shifts.get(t).copied())
    }

    /// The smallest and the largest shift.
    pub(super) fn shift_range(&self) -> Option<(T, T)> {
        let shifts = || self.shifts.iter().flat_map(|shifts| shifts.iter().copied());
        Some((shifts().reduce(T::min)?, shifts().reduce(T::max)?))
    }

    /// A + cₜ·I.
    pub(super) fn matrix(&self, t: usize) -> Cow<'_, CsrMatrix<T>> {
        match self.shift(t) {
            Some(shift) => Cow::Owned(self.matrix.shifted(shift)),
            None => Cow::Borrowed(&self.matrix),
        }
    }

    /// bₜ for its matrix, or why there is none.
    pub(super) fn right_hand_side(
        &self,
        t: usize,
        matrix: &CsrMatrix<T>,
    ) -> Result<Cow<'_, Vector<T>>, String> {
        match &self.right_hand_sides {
            Some(columns) => Ok(Cow::Borrowed(of_system(columns, t))),
            None => right_hand_side::of_ones(matrix).map(Cow::Owned),
        }
    }

    /// Is there a start that is not zero?
    pub(super) const fn starts_somewhere(&self) -> bool {
        self.starts.is_some()
    }

    /// Where to start.
    pub(super) fn start(&self, t: usize) -> Vector<T> {
        match &self.starts {
            Some(columns) => of_system(columns, t).clone(),
            None => self.matrix.zero_domain(),
        }
    }
}

/// The column of system `t`: its own, or the only one.
fn of_system<T>(columns: &[Vector<T>], t: usize) -> &Vector<T> {
    &columns[if columns.len() == 1 { 0 } else { t }]
}
