//! [`Picked`]: the columns that were asked for, while they fill.

use super::Numbers;
use crate::file::error::Cause;

/// Columns that were asked for.
pub(super) struct Picked {
    /// Of the columns of numbers.
    pub(super) names: Vec<String>,
    /// Where these stand in the file.
    pub(super) number_places: Vec<usize>,
    pub(super) word_places: Vec<usize>,
    pub(super) numbers: Vec<Vec<f64>>,
    pub(super) words: Vec<Vec<String>>,
    pub(super) rows: usize,
    pub(super) lines: Vec<u64>,
}

impl Picked {
    /// Finds them among all columns of a file.
    ///
    /// # Errors
    /// [`Cause::NoColumn`].
    pub(super) fn new(
        all: Vec<String>,
        numbers: Numbers<'_>,
        words: &[String],
    ) -> Result<Self, Cause> {
        let find = |name: &String| place(&all, name);
        let word_places = words.iter().map(find).collect::<Result<Vec<usize>, Cause>>()?;
        let number_places: Vec<usize> = match numbers {
            Numbers::Named(names) => names.iter().map(find).collect::<Result<_, _>>()?,
            Numbers::Others => (0..all.len()).filter(|k| !word_places.contains(k)).collect(),
        };
        Ok(Self {
            names: number_places.iter().map(|place| all[*place].clone()).collect(),
            numbers: vec![Vec::new(); number_places.len()],
            words: vec![Vec::new(); word_places.len()],
            number_places,
            word_places,
            rows: 0,
            lines: Vec::new(),
        })
    }
}

fn place(all: &[String], name: &str) -> Result<usize, Cause> {
    let own = all.iter().position(|column| column == name);
    let counted = || name.parse().ok().filter(|place| *place < all.len());
    own.or_else(counted)
        .ok_or_else(|| Cause::NoColumn { name: name.to_owned(), known: all.join(", ") })
}
