//! [`Coloring`]: rows that do not wait for each other, found from a matrix's pattern.

mod colored;

pub use colored::Colored;

use crate::{RowOperator, Scalar};
use core::fmt;

/// The rows of a matrix in groups (colours): no row has an entry in the column of another row of its
/// group, nor the other way round.
///
/// `N` rows, at most `K` colours (64 at most). Storage: N + K words of 32 bits; finding it takes 9 N
/// bytes of scratch on the stack.
///
/// ```
/// use solvekit_core::{ColorOperator, Colored, Coloring, FivePoint};
/// let grid = FivePoint::<f32, 4, 3>::laplacian(0.0);
/// let coloring = Coloring::<12, 4>::of(&grid)?;
/// assert_eq!(coloring.colors(), 2); // red and black
/// assert_eq!(coloring.rows_of(0), [0, 2, 5, 7, 8, 10]);
/// assert_eq!(Colored::new(&grid, coloring.groups())?.colors(), 2);
/// # Ok::<(), solvekit_core::ColoringError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coloring<const N: usize, const K: usize> {
    rows: [u32; N],
    ends: [u32; K],
    colors: usize,
}

/// A colouring as slices, wherever they are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Groups<'a> {
    /// Every row once, colour by colour, ascending within each.
    pub rows: &'a [u32],
    /// Where each colour ends in `rows`.
    pub ends: &'a [u32],
}

/// Why a matrix was not coloured, or a colouring not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ColoringError {
    /// A row has neighbours of every colour there is room for.
    TooManyColors {
        /// The first such row.
        row: usize,
        /// The number of colours there is room for.
        capacity: usize,
    },
    /// The matrix is not square.
    NotSquare {
        /// Its rows.
        rows: usize,
        /// Its columns.
        columns: usize,
    },
    /// The colouring, or its scratch memory, is for another number of rows.
    Length {
        /// Rows of the matrix.
        expected: usize,
        /// Rows there is room for.
        found: usize,
    },
}

impl fmt::Display for ColoringError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManyColors { row, capacity } => {
                write!(f, "row {row} needs more than the {capacity} colours there is room for")
            }
            Self::NotSquare { rows, columns } => {
                write!(f, "the matrix is {rows} by {columns}, not square")
            }
            Self::Length { expected, found } => {
                write!(f, "a colouring of {expected} rows is needed, this one is for {found}")
            }
        }
    }
}

impl core::error::Error for ColoringError {}

/// Most colours that can be told apart: one bit each.
const MOST: usize = 64;

/// Gives every row the first colour that none of its neighbours has, rows ascending; returns the
/// number of colours. Row i and row j are neighbours where aᵢⱼ or aⱼᵢ is stored, so the pattern need
/// not be symmetric.
///
/// On grids numbered along their columns this order finds the 2 colours of a five-point stencil and
/// the 4 of a nine-point one. Other orders may need more or fewer on other patterns; none needs more
/// than the largest number of neighbours plus one.
/// `colors` and `taken` hold N numbers each, whatever is in them. Cost: one pass over the pattern.
///
/// # Errors
/// Every [`ColoringError`].
pub fn color_greedily<T: Scalar, A: RowOperator<T>>(
    a: &A,
    colors: &mut [u8],
    taken: &mut [u64],
    capacity: usize,
) -> Result<usize, ColoringError> {
    let (rows, columns) = (a.rows(), a.columns());
    if rows != columns {
        return Err(ColoringError::NotSquare { rows, columns });
    }
    let found = colors.len().min(taken.len());
    if colors.len() != rows || taken.len() != rows {
        return Err(ColoringError::Length { expected: rows, found });
    }
    let capacity = capacity.min(MOST);
    let mut used = 0;
    taken.fill(0);
    for row in 0..rows {
        // What earlier rows left here, because they have an entry in this column…
        let mut mask = taken.get(row).copied().unwrap_or(0);
        // … and what this row sees of them.
        a.visit_row(row, |column, _| {
            if column < row {
                mask |= colors.get(column).map_or(0, |color| 1 << (color & 63));
            }
        });
        let color = mask.trailing_ones();
        if color as usize >= capacity {
            return Err(ColoringError::TooManyColors { row, capacity });
        }
        if let Some(slot) = colors.get_mut(row) {
            // Below 64.
            *slot = color as u8;
        }
        used = used.max(color as usize + 1);
        a.visit_row(row, |column, _| {
            if let Some(mask) = taken.get_mut(column).filter(|_| column > row) {
                *mask |= 1 << (color & 63);
            }
        });
    }
    Ok(used)
}

/// Sorts rows by colour into `rows`, and the ends of the colours into `ends`.
pub fn group(colors: &[u8], rows: &mut [u32], ends: &mut [u32]) {
    let mut slots = rows.iter_mut();
    let mut placed = 0;
    for (color, end) in ends.iter_mut().enumerate() {
        for (row, own) in colors.iter().enumerate() {
            if usize::from(*own) == color
                && let Some(slot) = slots.next()
            {
                *slot = row as u32;
                placed += 1;
            }
        }
        *end = placed;
    }
}

impl<const N: usize, const K: usize> Coloring<N, K> {
    /// Colours the rows of `a` with [`color_greedily`].
    ///
    /// # Errors
    /// Every [`ColoringError`].
    pub fn of<T: Scalar>(a: &impl RowOperator<T>) -> Result<Self, ColoringError> {
        let (mut of_row, mut taken) = ([0; N], [0; N]);
        let colors = color_greedily(a, &mut of_row, &mut taken, K)?;
        let (mut rows, mut ends) = ([0; N], [0; K]);
        group(&of_row, &mut rows, &mut ends);
        Ok(Self { rows, ends, colors })
    }

    /// The number of colours.
    pub const fn colors(&self) -> usize {
        self.colors
    }

    /// The rows of one colour, ascending; none for a colour there is not.
    pub fn rows_of(&self, color: usize) -> &[u32] {
        self.groups().rows_of(color)
    }

    /// The colouring as slices.
    pub fn groups(&self) -> Groups<'_> {
        Groups { rows: &self.rows, ends: self.ends.get(..self.colors).unwrap_or(&[]) }
    }
}

impl<'a> Groups<'a> {
    /// The rows of one colour, ascending; none for a colour there is not.
    #[inline]
    pub fn rows_of(&self, color: usize) -> &'a [u32] {
        let end = |color: usize| self.ends.get(color).map_or(0, |end| *end as usize);
        let start = color.checked_sub(1).map_or(0, end);
        self.rows.get(start..end(color)).unwrap_or(&[])
    }
}
