//! [`Chosen`]: a block that a rule has chosen.

/// A block that a rule has chosen.
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
