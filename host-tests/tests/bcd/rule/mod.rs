//! What the rules choose.

mod greedy;
pub(crate) mod random;
mod refused;

use crate::problem::{N, somewhere};
use solvekit::bcd::Partition;

fn sorted(mut block: Vec<usize>) -> Vec<usize> {
    block.sort_unstable();
    block
}

/// A partition of N = 7 in blocks of 3, 3 and 1, in no particular order.
fn blocks(seed: u64) -> Partition<[usize; N]> {
    let at = somewhere(seed);
    Partition::sorted([0; N], 3, |j| at[j]).unwrap()
}
