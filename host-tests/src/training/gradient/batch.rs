//! [`Batch`]: measurements, and the signals they are of where those are known.

use super::Element;
use super::aligned::Aligned;
use super::order::Order;
use rayon::prelude::*;

/// Signals and their measurements, laid out for training.
#[derive(Clone, Debug)]
pub struct Batch<T> {
    pub(super) rows: Order,
    pub(super) columns: Order,
    count: usize,
    y: Aligned<T>,
    x: Option<Aligned<T>>,
}

impl<T: Element> Batch<T> {
    /// Zeros: `count` measurements of `rows` numbers, with signals of `columns` where `truths` says so.
    #[must_use]
    pub fn zeros((rows, columns): (usize, usize), count: usize, truths: bool) -> Self {
        let (rows, columns) = (Order::new(rows), Order::new(columns));
        let y = Aligned::zeros(count * rows.padded());
        let x = truths.then(|| Aligned::zeros(count * columns.padded()));
        Self { rows, columns, count, y, x }
    }

    /// Signals.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.count
    }

    /// Are the signals known?
    #[must_use]
    pub const fn has_truths(&self) -> bool {
        self.x.is_some()
    }

    /// Sets the measurements of one signal, and the signal where signals are known; numbers beyond
    /// the last are left out.
    pub fn set(&mut self, signal: usize, y: &[T], x: Option<&[T]>) {
        if signal >= self.count {
            return;
        }
        let y = &y[..y.len().min(self.rows.len())];
        self.rows.sort(y, &mut self.y[signal * self.rows.padded()..]);
        if let (Some(x), Some(own)) = (x, &mut self.x) {
            let x = &x[..x.len().min(self.columns.len())];
            self.columns.sort(x, &mut own[signal * self.columns.padded()..]);
        }
    }

    /// The measurements and the signal of one, in their own order; nothing beyond the last.
    #[must_use]
    pub fn get(&self, signal: usize) -> (Vec<T>, Option<Vec<T>>) {
        let y = self.rows.restore(self.y_of(signal..signal + 1)).collect();
        let x = self.x_of(signal..signal + 1).map(|x| self.columns.restore(x).collect());
        (y, x)
    }

    /// Σ ‖x*‖²; zero where signals are not known.
    pub(crate) fn signal_squares(&self) -> f64 {
        self.x.iter().flat_map(|x| x.iter()).map(|x| x.wide() * x.wide()).sum()
    }

    /// Σ ‖y‖².
    pub(crate) fn measurement_squares(&self) -> f64 {
        self.y.iter().map(|y| y.wide() * y.wide()).sum()
    }

    /// Fills every signal, on all cores: its number, its measurements and itself, in the order of
    /// [`Packed`](super::Packed).
    pub(crate) fn fill(&mut self, fill: impl Fn(usize, &mut [T], Option<&mut [T]>) + Sync) {
        let y: Vec<&mut [T]> = self.y.chunks_exact_mut(self.rows.padded().max(1)).collect();
        let y = y.into_par_iter().enumerate().with_min_len(8);
        match &mut self.x {
            None => y.for_each(|(signal, y)| fill(signal, y, None)),
            Some(x) => {
                let x: Vec<&mut [T]> = x.chunks_exact_mut(self.columns.padded().max(1)).collect();
                y.zip(x).for_each(|((signal, y), x)| fill(signal, y, Some(x)));
            }
        }
    }

    pub(super) fn y_of(&self, signals: std::ops::Range<usize>) -> &[T] {
        let stride = self.rows.padded();
        &self.y[signals.start * stride..signals.end * stride]
    }

    pub(super) fn x_of(&self, signals: std::ops::Range<usize>) -> Option<&[T]> {
        let stride = self.columns.padded();
        self.x.as_ref().map(|x| &x[signals.start * stride..signals.end * stride])
    }
}
