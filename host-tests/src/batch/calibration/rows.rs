//! [`Rows`]: the rows whose squares make K, of one sensor at a time.

use crate::batch::lanes::{Side, add_multiples, add_multiples_same, add_squares, dot};

/// The rows of one sensor.
#[derive(Debug)]
pub(super) struct Rows<T> {
    n: usize,
    /// The reflection's vector v, snapshot by snapshot.
    v: Vec<T>,
    /// Aᵢᵀ v.
    along: Vec<T>,
    /// Rows one behind the other.
    rows: Vec<T>,
    /// What stands beside them.
    beside: Vec<T>,
}

impl<T: Side> Rows<T> {
    pub(super) fn new(unknowns: usize, snapshots: usize) -> Self {
        let zeros = |length| vec![T::ZERO; length];
        Self {
            n: unknowns,
            v: zeros(snapshots),
            along: zeros(unknowns),
            rows: zeros((snapshots - 1) * unknowns),
            beside: zeros(snapshots - 1),
        }
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
        let slots = self.rows.chunks_exact_mut(self.n);
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

    /// side ← side + Σ b v, of what [`reflect`](Self::reflect) left.
    #[inline(always)]
    pub(super) fn add_beside(&self, side: &mut [T]) {
        add_multiples(side, &self.beside, &self.rows);
    }

    /// K ← K + Σ v vᵀ.
    #[inline(always)]
    pub(super) fn add(&self, triangle: &mut [T]) {
        add_squares(triangle, &self.rows, self.n);
    }
}

/// v ← v + Aᵢᵀ q.
#[inline(always)]
pub(super) fn adjoint<T: Side>(entries: &[T::Real], q: &[T], v: &mut [T]) {
    add_multiples_same(v, q, entries);
}
