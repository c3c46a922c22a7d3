//! A vector whose length is known at run time.

/// A vector on the heap: the domain and the range of the host's operators.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vector<T>(Vec<T>);

impl<T: Copy> Vector<T> {
    /// `length` copies of `value`.
    #[must_use]
    pub fn filled(length: usize, value: T) -> Self {
        Self(vec![value; length])
    }
}

impl<T> Vector<T> {
    /// How many numbers the vector holds.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the vector holds no number.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The numbers, to be read.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        &self.0
    }

    /// The numbers, to be written.
    #[must_use]
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.0
    }
}

impl<T> From<Vec<T>> for Vector<T> {
    fn from(numbers: Vec<T>) -> Self {
        Self(numbers)
    }
}
