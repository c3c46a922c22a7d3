//! [`Group`]: the rows of one device.

use super::{Common, Missing};
use crate::file::Table;

/// The rows of one device, those with missing numbers left out.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    /// None where the log has one device without a name.
    pub(super) device: Option<String>,
    pub(super) rows: Vec<usize>,
    /// Which of its rows each of these is, those left out counted.
    pub(super) places: Vec<usize>,
    /// Rows left out.
    pub(super) skipped: usize,
    /// Why it cannot be calibrated.
    pub(super) refusal: Option<String>,
}

impl Group {
    /// All devices of a log, in the order of their first rows. The device's column is the last of the
    /// words.
    pub(super) fn all(table: &Table, common: &Common) -> Vec<Self> {
        let names = common.device.as_ref().and_then(|_| table.words().last());
        let mut groups: Vec<Self> = common.only.iter().map(|name| Self::named(name)).collect();
        if names.is_none() {
            groups.push(Self::default());
        }
        let mut last = 0;
        for row in 0..table.rows() {
            if let Some(names) = names {
                let name = &names[row];
                let is_it = |group: &Self| group.device.as_ref() == Some(name);
                // Rows of one device mostly stand together.
                if !groups.get(last).is_some_and(is_it) {
                    match groups.iter().position(is_it) {
                        Some(place) => last = place,
                        None if common.only.is_empty() => {
                            last = groups.len();
                            groups.push(Self::named(name));
                        }
                        None => continue,
                    }
                }
            }
            groups[last].take(table, row, common.missing);
        }
        for group in &mut groups {
            if group.rows.is_empty() && group.refusal.is_none() {
                group.refusal = Some(match group.skipped {
                    0 => "there are no rows of it".to_owned(),
                    skipped => format!("all of its {skipped} rows have missing numbers"),
                });
            }
        }
        groups
    }

    fn named(name: &str) -> Self {
        Self { device: Some(name.to_owned()), ..Self::default() }
    }

    fn take(&mut self, table: &Table, row: usize, missing: Missing) {
        let Some(place) = table.numbers().iter().position(|column| column[row].is_nan()) else {
            self.places.push(self.rows.len() + self.skipped);
            self.rows.push(row);
            return;
        };
        self.skipped += 1;
        if missing == Missing::Refuse && self.refusal.is_none() {
            let (at, column) = (table.place(row), &table.names()[place]);
            self.refusal = Some(format!(
                "{}, {at}: a number of column `{column}` is missing (--missing skip leaves such rows out)",
                table.path().display()
            ));
        }
    }
}
