//! [`Chosen`]: a block that a rule has chosen.

/// A block that a rule has chosen; also made by hand, to apply an update to any coordinates.
///
/// ```
/// use solvekit::bcd::rule::Chosen;
/// use solvekit::bcd::update::{Coordinate, Update};
/// use solvekit::{SMatrix, SVector, fit::Quadratic, penalty::Unpenalized};
/// let a = SMatrix::<f32, 3, 3>::from_diagonal(&SVector::from([2.0, 4.0, 8.0]));
/// let b = SVector::from([2.0, 4.0, 8.0]);
/// let fit = Quadratic::new(&a, &b)?;
/// let mut point = fit.start();
/// let ends = Chosen { coordinates: &[2, 0], block: None };
/// Coordinate.apply(&fit, &Unpenalized, &mut point, ends, &mut ());
/// assert_eq!(point.x, SVector::from([1.0, 0.0, 1.0]));
/// assert_eq!(ends.first(1).coordinates, [2]);
/// # Ok::<(), solvekit::fit::FitError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chosen<'a> {
    /// Its coordinates, each once.
    pub coordinates: &'a [usize],
    /// Which of the fixed blocks it is, where blocks are fixed: an update may keep what depends on
    /// the block alone.
    pub block: Option<usize>,
}

impl Chosen<'_> {
    /// Its first `count` coordinates; the number of the block stays.
    #[must_use]
    pub fn first(self, count: usize) -> Self {
        let coordinates = self.coordinates.get(..count).unwrap_or(self.coordinates);
        Self { coordinates, ..self }
    }
}
