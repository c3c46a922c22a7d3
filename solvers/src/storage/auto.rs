//! What [`AutoSor`](crate::sor::AutoSor) learns as [`Memory`].

use super::{Memory, longest_integer, tag};
use crate::sor::AutoMemory;
use crate::{Real, SMatrix};
use serde::{Serialize, de::DeserializeOwned};

/// For systems whose size is fixed when compiling. The context's interval is part of it: after an
/// update that changed it, start anew.
impl<R, const ROWS: usize, const COLUMNS: usize> Memory for AutoMemory<R, SMatrix<R, ROWS, COLUMNS>>
where
    R: Real + Serialize + DeserializeOwned,
    SMatrix<R, ROWS, COLUMNS>: Serialize + DeserializeOwned,
{
    const TAG: u32 = tag("AutoMemory 1", &[size_of::<R>(), ROWS, COLUMNS]);

    /// The mode, 4 of its numbers, the means of 8 exponents, 13 numbers of the context; solves, next
    /// probe, two pauses, clamped contexts, products; 4 flags and small counts here, 13 of the
    /// exponents, 2 of the context.
    const LONGEST: usize =
        (ROWS * COLUMNS + 25) * size_of::<R>() + 6 * longest_integer::<u32>() + 19;

    fn is_sound(&self) -> bool {
        self.check()
    }
}
