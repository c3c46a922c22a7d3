//! The systems to solve, from their files.

use super::{Bound, Options, SolveError, right_hand_side};
use crate::file::{Columns, read_matrix};
use crate::matrix::CsrMatrix;
use crate::precision::Precision;
use crate::vector::Vector;
use solvekit::LinearOperator;
use std::borrow::Cow;
use std::path::Path;

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
    /// Reads every file that the options name, and checks that they fit together.
    pub(super) fn read(options: &Options) -> Result<Self, SolveError> {
        let matrix = read_matrix::<T>(&options.matrix)?;
        let (rows, columns) = (matrix.rows(), matrix.columns());
        if rows != columns {
            return Err(SolveError::content(
                &options.matrix,
                format!("the matrix is {rows}×{columns}, and must be square"),
            ));
        }
        let shifts = options.shifts.as_deref().map(read_shifts).transpose()?;
        let of_length = |path: &Path| of_length(path, rows);
        let right_hand_sides = options.rhs.as_deref().map(of_length).transpose()?;
        let starts = options.initial.as_deref().map(of_length).transpose()?;
        let bound = |given: Option<&Bound>, none| match given {
            Some(Bound::File(path)) => one_column(path, rows),
            Some(Bound::Number(number)) => Ok(Vector::filled(rows, T::from_f64(*number))),
            None => Ok(Vector::filled(rows, none)),
        };
        let bounds = [
            bound(options.lower.as_ref(), -T::INFINITY)?,
            bound(options.upper.as_ref(), T::INFINITY)?,
        ];
        let systems = Self { matrix, shifts, right_hand_sides, starts, bounds };

        let fits = |path: Option<&Path>, columns: &Option<Vec<Vector<T>>>| match (path, columns) {
            (Some(path), Some(columns)) if ![1, systems.len()].contains(&columns.len()) => {
                let (found, count) = (columns.len(), systems.len());
                let cause =
                    format!("{found} columns for {count} systems: one is needed, or {count}");
                Err(SolveError::content(path, cause))
            }
            _ => Ok(()),
        };
        fits(options.rhs.as_deref(), &systems.right_hand_sides)?;
        fits(options.initial.as_deref(), &systems.starts)?;
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

fn read_shifts<T: Precision>(path: &Path) -> Result<Vector<T>, SolveError> {
    let mut columns = Columns::read(path)?.into_vec();
    match (columns.pop(), columns.is_empty()) {
        (Some(shifts), true) => Ok(shifts),
        _ => Err(SolveError::content(path, "one column of shifts is expected")),
    }
}

fn one_column<T: Precision>(path: &Path, unknowns: usize) -> Result<Vector<T>, SolveError> {
    let mut columns = of_length(path, unknowns)?;
    match (columns.pop(), columns.is_empty()) {
        (Some(column), true) => Ok(column),
        _ => Err(SolveError::content(path, "one column of bounds is expected")),
    }
}

fn of_length<T: Precision>(path: &Path, unknowns: usize) -> Result<Vec<Vector<T>>, SolveError> {
    let columns = Columns::read(path)?;
    if columns.length() != unknowns {
        let found = columns.length();
        let cause = format!("{found} rows for the matrix's {unknowns}");
        return Err(SolveError::content(path, cause));
    }
    Ok(columns.into_vec())
}
