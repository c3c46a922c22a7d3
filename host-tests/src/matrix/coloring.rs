//! Colourings of any size.

use solvekit::coloring::{Groups, color_greedily, group};
use solvekit::{ColoringError, RowOperator, Scalar};

/// [`solvekit::Coloring`] for the host: the same colours, for any number of rows.
///
/// ```
/// use solvekit::{Colored, sor::{Multicolor, Sor}};
/// use solvekit_host::{matrix::{HostColoring, Triplets}, vector::Vector};
///
/// let mut triplets = Triplets::new(3, 3)?;
/// for (row, column, value) in [(0, 0, 4.0), (0, 2, -1.0), (1, 1, 4.0), (2, 0, -1.0), (2, 2, 4.0)] {
///     triplets.push(row, column, value)?;
/// }
/// let a = triplets.into_csr()?;
/// let coloring = HostColoring::of(&a)?;
/// assert_eq!(coloring.groups().rows, [0, 1, 2]); // two colours: rows 0 and 1, then row 2
/// let colored = Colored::new(&a, coloring.groups())?;
/// let b = Vector::filled(3, 1.0);
/// assert!(Sor::ordered(&colored, &b, 1.2, Multicolor).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostColoring {
    rows: Vec<u32>,
    ends: Vec<u32>,
}

impl HostColoring {
    /// Colours the rows of `a`, with at most 64 colours.
    ///
    /// # Errors
    /// [`ColoringError::TooManyColors`], [`ColoringError::NotSquare`].
    pub fn of<T: Scalar>(a: &impl RowOperator<T>) -> Result<Self, ColoringError> {
        let (mut colors, mut taken) = (vec![0; a.rows()], vec![0; a.rows()]);
        let used = color_greedily(a, &mut colors, &mut taken, usize::MAX)?;
        let (mut rows, mut ends) = (vec![0; a.rows()], vec![0; used]);
        group(&colors, &mut rows, &mut ends);
        Ok(Self { rows, ends })
    }

    /// The colouring as slices.
    #[must_use]
    pub fn groups(&self) -> Groups<'_> {
        Groups { rows: &self.rows, ends: &self.ends }
    }
}
