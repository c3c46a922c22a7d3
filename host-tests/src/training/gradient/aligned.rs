//! [`Aligned`]: numbers that begin where a cache line does.

use super::Element;
use std::ops::{Deref, DerefMut};

/// Bytes of a cache line, and of the longest vector register.
const LINE: usize = 64;

/// Numbers in memory from the start of a cache line on: no vector crosses one.
#[derive(Debug)]
pub(super) struct Aligned<T> {
    numbers: Vec<T>,
    first: usize,
    len: usize,
}

impl<T: Element> Aligned<T> {
    /// So many zeros.
    pub(super) fn zeros(len: usize) -> Self {
        Self::filled(T::ZERO, len)
    }
}

impl<T: Clone> Aligned<T> {
    fn filled(value: T, len: usize) -> Self {
        let spare = LINE / size_of::<T>();
        let numbers = vec![value; len + spare];
        // A machine that cannot say gets what it has.
        let first = Some(numbers.as_ptr().align_offset(LINE)).filter(|first| *first <= spare);
        Self { numbers, first: first.unwrap_or(0), len }
    }
}

impl<T: Clone> Clone for Aligned<T> {
    fn clone(&self) -> Self {
        let mut copy = Self::filled(self.numbers[0].clone(), self.len);
        copy.clone_from_slice(self);
        copy
    }
}

impl<T> Deref for Aligned<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.numbers[self.first..self.first + self.len]
    }
}

impl<T> DerefMut for Aligned<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.numbers[self.first..self.first + self.len]
    }
}
