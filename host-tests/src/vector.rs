//! A vector whose length is known at run time.

use solvekit::Buffer;
use std::fmt::Debug;
use std::ops::{Deref, DerefMut};

/// A vector on the heap: the domain and the range of the host's operators.
///
/// A type of its own, because neither [`Buffer`] nor `Vec` belongs to this crate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vector<T>(Vec<T>);

impl<T: Copy> Vector<T> {
    /// `length` copies of `value`.
    #[must_use]
    pub fn filled(length: usize, value: T) -> Self {
        Self(vec![value; length])
    }
}

impl<T> From<Vec<T>> for Vector<T> {
    fn from(numbers: Vec<T>) -> Self {
        Self(numbers)
    }
}

impl<T> From<Vector<T>> for Vec<T> {
    fn from(vector: Vector<T>) -> Self {
        vector.0
    }
}

impl<T> FromIterator<T> for Vector<T> {
    fn from_iter<I: IntoIterator<Item = T>>(numbers: I) -> Self {
        Self(numbers.into_iter().collect())
    }
}

impl<T> Deref for Vector<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T> DerefMut for Vector<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.0
    }
}

impl<T: Clone + Debug> Buffer<T> for Vector<T> {
    fn as_slice(&self) -> &[T] {
        &self.0
    }

    fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.0
    }
}
