//! [`Rows`]: the rows whose squares make K, sensor after sensor.

use crate::batch::lanes::{Side, add_square, add_squares, dot};

/// The rows of one sensor, and up to three of those before that wait for a fourth.
#[derive(Debug)]
pub(super) struct Rows<T> {
    n: usize,
    /// The reflection's vector v, snapshot by snapshot.
    v: Vec<T>,
    /// Aᵢᵀ v.
    along: Vec<T>,
    /// Rows one behind the other.
    pub(super) rows: Vec<T>,
    /// What stands beside the rows of this sensor.
    pub(super) beside: Vec<T>,
    /// Rows that wait.
    waiting: usize,
}

impl<T: Side> Rows<T> {
    pub(super) fn new(unknowns: usize, snapshots: usize) -> Self {
        let zeros = |length| vec![T::ZERO; length];
        Self {
            n: unknowns,
            v: zeros(snapshots),
            along: zeros(unknowns),
            rows: zeros((snapshots + 2) * unknowns),
            beside: zeros(snapshots - 1),
            waiting: 0,
        }
    }

    /// K ← 0, and nothing waits.
    #[inline(always)]
    pub(super) fn begin(&mut self, triangle: &mut [T]) {
        triangle.fill(T::ZERO);
        self.waiting = 0;
    }

    /// The p − 1 last rows of w H Aᵢ, H being the reflection that turns q to the first axis, and of −H r.
    #[inline(always)]
    pub(super) fn reflect(
        &mut self,
        entries: &[T::Real],
        weight: T,
        (q, q_square): (&[T], T),
        r: Option<&[T]>,
        doubt: &mut T,
    ) {
        let length = q_square.sqrt();
        // Away from cancellation.
        let turned = q[0].if_less(T::ZERO, -length, length);
        self.v.copy_from_slice(q);
        self.v[0] = q[0] + turned;
        let whole = length * (length + q[0].abs());
        *doubt = T::ZERO.if_less(whole, *doubt, T::ONE);
        let beta = T::ONE / whole;
        self.along.fill(T::ZERO);
        adjoint(entries, &self.v, &mut self.along);
        let turned = r.map(|r| beta * dot(&self.v, r));
        let scaled = weight * beta;
        let slots = self.rows.chunks_exact_mut(self.n).skip(self.waiting);
        let entries = entries.chunks_exact(self.n).skip(1);
        for (l, (row, entries)) in slots.zip(entries).enumerate() {
            let v = self.v[l + 1];
            if let (Some(turned), Some(r)) = (turned, r) {
                self.beside[l] = turned * v - r[l + 1];
            }
            let back = -(scaled * v);
            for ((row, along), entry) in row.iter_mut().zip(&self.along).zip(entries) {
                *row = back * *along + weight * T::splat(*entry);
            }
        }
    }

    /// side ← side + Σ b · row, of what [`reflect`](Self::reflect) left.
    #[inline(always)]
    pub(super) fn add_beside(&self, side: &mut [T]) {
        let rows = self.rows.chunks_exact(self.n).skip(self.waiting);
        for (row, b) in rows.zip(&self.beside) {
            side.iter_mut().zip(row).for_each(|(side, v)| *side += *b * *v);
        }
    }

    /// K ← K + Σ v vᵀ over the rows, but for up to three that wait.
    #[inline(always)]
    pub(super) fn add(&mut self, triangle: &mut [T]) {
        let (n, all) = (self.n, self.waiting + self.beside.len());
        let whole = all & !3;
        for four in self.rows[..whole * n].chunks_exact(4 * n) {
            add_squares(triangle, four);
        }
        self.rows.copy_within(whole * n..all * n, 0);
        self.waiting = all - whole;
    }

    /// Those that wait too.
    #[inline(always)]
    pub(super) fn finish(&mut self, triangle: &mut [T]) {
        for row in self.rows[..self.waiting * self.n].chunks_exact(self.n) {
            add_square(triangle, row);
        }
        self.waiting = 0;
    }
}

/// v ← v + Aᵢᵀ q, four snapshots at a time.
#[inline(always)]
pub(super) fn adjoint<T: Side>(entries: &[T::Real], q: &[T], v: &mut [T]) {
    let n = v.len();
    let (fours, rest) = q.as_chunks::<4>();
    let mut rows = entries.chunks_exact(4 * n);
    for (q, rows) in fours.iter().zip(&mut rows) {
        let (ab, cd) = rows.split_at(2 * n);
        let ((a, b), (c, d)) = (ab.split_at(n), cd.split_at(n));
        let entries = a.iter().zip(b).zip(c.iter().zip(d));
        for (v, ((a, b), (c, d))) in v.iter_mut().zip(entries) {
            *v = (((*v + q[0] * T::splat(*a)) + q[1] * T::splat(*b)) + q[2] * T::splat(*c))
                + q[3] * T::splat(*d);
        }
    }
    for (q, row) in rest.iter().zip(rows.remainder().chunks_exact(n)) {
        for (v, entry) in v.iter_mut().zip(row) {
            *v += *q * T::splat(*entry);
        }
    }
}
