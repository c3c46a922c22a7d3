//! [`Group`]: the rows of one device.

use super::{Common, Missing};
use crate::file::Table;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

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
        // Where each device's group is; of one that is asked for twice, the first.
        let mut places: HashMap<&str, usize> = HashMap::new();
        for (place, name) in common.only.iter().enumerate() {
            places.entry(name).or_insert(place);
        }
        for row in 0..table.rows() {
            let place = match names.map(|names| places.entry(&names[row])) {
                None => 0,
                Some(Entry::Occupied(known)) => *known.get(),
                Some(Entry::Vacant(new)) if common.only.is_empty() => {
                    let name = *new.key();
                    groups.push(Self::named(name));
                    *new.insert(groups.len() - 1)
                }
                Some(Entry::Vacant(_)) => continue,
            };
            groups[place].take(table, row, common.missing);
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
