//! [`Held`]: what a problem owns, and what a view of it with another weight borrows.

use core::ops::Deref;

/// A vector that is owned or lent.
#[derive(Debug)]
pub(super) enum Held<'a, V> {
    Owned(V),
    Lent(&'a V),
}

impl<V: Clone> Clone for Held<'_, V> {
    /// A copy that owns what it holds.
    fn clone(&self) -> Self {
        Self::Owned(V::clone(self))
    }
}

impl<V> Deref for Held<'_, V> {
    type Target = V;

    #[inline]
    fn deref(&self) -> &V {
        match self {
            Self::Owned(held) => held,
            Self::Lent(held) => held,
        }
    }
}
