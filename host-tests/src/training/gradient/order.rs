//! [`Order`]: where the k-th entry of a vector lies in training's memory.

/// Columns that one panel of a packed matrix holds, a multiple of every register's entries; vectors
/// are filled up with zeros to whole panels.
pub(super) const PANEL: usize = 32;

/// The entries of a vector sorted by k mod 4. The solvers' sums put term k into accumulator k mod 4:
/// in this order the terms of one accumulator lie side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Order {
    /// Where each quarter starts, and where the last one ends.
    pub(super) starts: [usize; 5],
}

impl Order {
    pub(super) fn new(len: usize) -> Self {
        let mut starts = [0; 5];
        for quarter in 0..4 {
            starts[quarter + 1] = starts[quarter] + (len + 3 - quarter) / 4;
        }
        Self { starts }
    }

    /// Entries.
    pub(super) const fn len(self) -> usize {
        self.starts[4]
    }

    /// Entries, filled up.
    pub(super) const fn padded(self) -> usize {
        self.len().next_multiple_of(PANEL)
    }

    /// Where entry k lies.
    pub(super) const fn place(self, k: usize) -> usize {
        self.starts[k % 4] + k / 4
    }

    /// `natural` into `placed`, entry by entry.
    pub(super) fn sort<T: Copy>(self, natural: &[T], placed: &mut [T]) {
        for (k, value) in natural.iter().enumerate() {
            placed[self.place(k)] = *value;
        }
    }

    /// Back again.
    pub(super) fn restore<T: Copy>(self, placed: &[T]) -> impl Iterator<Item = T> + '_ {
        (0..self.len()).map(move |k| placed[self.place(k)])
    }
}

#[cfg(test)]
mod tests {
    use super::Order;

    #[test]
    fn every_entry_has_a_place_of_its_own_in_its_quarter() {
        for len in 0..40 {
            let order = Order::new(len);
            let mut places: Vec<usize> = (0..len).map(|k| order.place(k)).collect();
            for (k, place) in places.iter().enumerate() {
                assert!((order.starts[k % 4]..order.starts[k % 4 + 1]).contains(place));
            }
            places.sort_unstable();
            assert_eq!(places, (0..len).collect::<Vec<_>>());
        }
    }
}
