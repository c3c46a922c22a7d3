//! [`Sink`]: least squares, row by row, into a packed triangle.

use super::prior::length;
use super::snapshots::at;
use crate::direct::{backward_in_place, factor_in_place, packed, solve_in_place};
use crate::squares::{add_square, add_squares};
use crate::sum::{dot, square, sum_of};
use crate::{Buffer, Real, Scalar};

/// How the factor of K comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Form {
    /// Squares of the rows are added up, then factored. Loses twice the digits of the conditioning.
    Cholesky,
    /// Rows are rotated into the factor, about four times the work: all digits near the counting
    /// bound too.
    Rotations,
}

impl Form {
    /// [`Rotations`](Self::Rotations) in `f32` with fewer than 1.4 times the equations needed.
    pub(super) fn automatic<R: Real>(counts: super::Counts) -> Self {
        let coarse = R::EPSILON > R::from_f64(1e-9);
        let near = counts.equations().saturating_mul(5) < counts.needed().saturating_mul(7);
        if coarse && near { Self::Rotations } else { Self::Cholesky }
    }
}

/// Least squares ‖C v − b‖ as its rows are added up: K = CᵀC, and what b becomes.
///
/// With room for them, three rows are held until a fourth comes: every number of the triangle is then loaded and stored
/// once for four of them, which takes a third of the time. The bits are those of one row after the other.
pub(super) struct Sink<'a, R, X> {
    form: Form,
    memory: &'a mut [R],
    side: &'a mut [R],
    held: Option<&'a mut [X; 3]>,
    /// Of those, rows that are held.
    count: usize,
}

impl<'a, R: Real, X: Buffer<R>> Sink<'a, R, X> {
    /// Nothing added yet.
    pub(super) fn new(form: Form, memory: &'a mut [R], side: &'a mut [R]) -> Self {
        memory.iter_mut().for_each(|entry| *entry = R::ZERO);
        side.iter_mut().for_each(|entry| *entry = R::ZERO);
        Self::summed(form, memory, side)
    }

    /// What another one has [finished](Self::finish).
    pub(super) fn summed(form: Form, memory: &'a mut [R], side: &'a mut [R]) -> Self {
        Self { form, memory, side, held: None, count: 0 }
    }

    /// Nothing waits any more.
    pub(super) fn finish(mut self) {
        self.flush();
    }

    /// With room for the rows that wait.
    pub(super) fn holding(self, held: &'a mut [X; 3]) -> Self {
        Self { held: Some(held), ..self }
    }

    /// tr K / n.
    pub(super) fn mean(&mut self) -> R {
        self.flush();
        let trace = match self.form {
            Form::Cholesky => sum_of(self.side.len(), |i| at(self.memory, packed(i) + i)),
            Form::Rotations => dot(self.memory, self.memory),
        };
        trace / R::from_u32(u32::try_from(self.side.len()).unwrap_or(u32::MAX))
    }

    fn flush(&mut self) {
        if self.count > 0 {
            self.take_held();
        }
    }

    /// Adds the rows that wait.
    #[inline(never)]
    fn take_held(&mut self) {
        for held in self.held.iter().flat_map(|held| held.iter()).take(self.count) {
            add_square(self.memory, held.as_slice());
        }
        self.count = 0;
    }

    /// A row of C and its b. What `row` holds is used up.
    pub(super) fn add(&mut self, row: &mut [R], b: R) {
        match self.form {
            Form::Cholesky => {
                match &mut self.held {
                    None => add_square(self.memory, row),
                    Some(held) => {
                        if let Some(held) = held.get_mut(self.count) {
                            let held = held.as_mut_slice().iter_mut();
                            held.zip(&*row).for_each(|(held, v)| *held = *v);
                            self.count += 1;
                        } else {
                            let [a, b, c] = held.each_ref().map(Buffer::as_slice);
                            add_squares(self.memory, [a, b, c, row]);
                            self.count = 0;
                        }
                    }
                }
                if b != R::ZERO {
                    self.side.iter_mut().zip(row).for_each(|(side, v)| *side += b * *v);
                }
            }
            Form::Rotations => rotate(self.memory, self.side, row, b),
        }
    }

    /// K ← K − `weight` v vᵀ, of squares.
    pub(super) fn take(&mut self, row: &[R], weight: R) {
        let mut rest = &mut *self.memory;
        for (j, factor) in row.iter().enumerate() {
            let Some((own, behind)) = rest.split_at_mut_checked(j + 1) else { break };
            let factor = weight * *factor;
            own.iter_mut().zip(row).for_each(|(slot, entry)| *slot -= factor * *entry);
            rest = behind;
        }
    }

    /// Adds `amount` to the diagonal of squares and factors. `None` where K is no number, or not what
    /// rounding could have made of a semidefinite matrix.
    pub(super) fn factor(&mut self, amount: R) -> Option<()> {
        let order = self.side.len();
        match self.form {
            Form::Cholesky => {
                self.flush();
                for i in 0..order {
                    if let Some(diagonal) = self.memory.get_mut(packed(i) + i) {
                        *diagonal += amount;
                    }
                }
                factor_in_place(self.memory, order).ok().map(|_| ())
            }
            Form::Rotations => invert_diagonal(self.memory, order),
        }
    }

    /// The side becomes the least-squares v.
    pub(super) fn solve(self) -> Option<()> {
        match self.form {
            Form::Cholesky => solve_in_place(self.memory, self.side),
            Form::Rotations => backward_in_place(self.memory, self.side),
        }
        self.side.iter().all(|v| v.is_finite()).then_some(())
    }
}

/// L Lᵀ ← L Lᵀ + v vᵀ by plane rotations, L packed row by row with its diagonal as it is; `side` and
/// b take part in them.
///
/// Source: Golub and Van Loan, *Matrix Computations*, §6.5 (appending a row).
pub(super) fn rotate<R: Real>(memory: &mut [R], side: &mut [R], row: &mut [R], mut b: R) {
    for j in 0..row.len() {
        let entry = at(row, j);
        let Some(diagonal) = memory.get_mut(packed(j) + j) else { break };
        if entry == R::ZERO {
            continue;
        }
        let unit = Scalar::abs(entry).max(Scalar::abs(*diagonal)).unit_scale();
        let length = (square(entry * unit) + square(*diagonal * unit)).sqrt() / unit;
        let (cosine, sine) = (*diagonal / length, entry / length);
        *diagonal = length;
        if let Some(own) = side.get_mut(j) {
            let old = *own;
            *own = cosine * old + sine * b;
            b = cosine * b - sine * old;
        }
        for k in j + 1..row.len() {
            if let (Some(l), Some(v)) = (memory.get_mut(packed(k) + j), row.get_mut(k)) {
                let (old, own) = (*l, *v);
                *l = cosine * old + sine * own;
                *v = cosine * own - sine * old;
            }
        }
    }
}

/// Reciprocals on the diagonal, of entries no smaller than rounding of the largest.
pub(super) fn invert_diagonal<R: Real>(memory: &mut [R], order: usize) -> Option<()> {
    let largest = (0..order).fold(R::ZERO, |most, i| most.max(at(memory, packed(i) + i)));
    if !(largest > R::ZERO && largest.is_finite()) {
        return None;
    }
    for i in 0..order {
        if let Some(diagonal) = memory.get_mut(packed(i) + i) {
            *diagonal = R::ONE / diagonal.max(R::EPSILON * largest);
        }
    }
    memory.iter().all(|entry| entry.is_finite()).then_some(())
}

/// The least eigenvalue of a factored K, from above, by two rounds of inverse iteration from a start
/// without pattern; a little more where others are near it.
pub(super) fn least_eigenvalue<R: Real>(factor: &[R], z: &mut [R]) -> R {
    // Fractions of multiples of the golden ratio repeat nothing.
    let mut fraction = R::from_f64(0.5);
    for z in z.iter_mut() {
        fraction += R::from_f64(0.618_033_988_749_894_9);
        if fraction >= R::ONE {
            fraction -= R::ONE;
        }
        *z = fraction - R::from_f64(0.5);
    }
    let mut inverse = R::ONE;
    for _ in 0..2 {
        let size = length(z);
        z.iter_mut().for_each(|z| *z = *z / size);
        solve_in_place(factor, z);
        inverse = length(z);
    }
    R::ONE / inverse
}

/// Is an eigenvalue relative to the mean one mere rounding? Then some direction is not in the data.
pub(super) fn is_rounding<R: Real>(form: Form, relative: R, order: usize) -> bool {
    let count = R::from_u32(u32::try_from(order).unwrap_or(u32::MAX));
    let rounding = (R::from_f64(16.0) + count) * R::EPSILON;
    // Also true for NaN.
    let sound = match form {
        Form::Cholesky => relative > rounding,
        Form::Rotations => relative > rounding * rounding,
    };
    !sound
}
