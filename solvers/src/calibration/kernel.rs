//! [`Kernel`]: the one n × n matrix behind start, steps and errors.
//!
//! K = Σᵢ wᵢ Aᵢᵀ (I − qᵢ qᵢᵀ / (‖qᵢ‖² + κ)) Aᵢ, Aᵢ being the p × n rows of sensor i. A reflection that
//! turns qᵢ to the first axis leaves p − 1 rows, whose squares are that sum without a difference of
//! large numbers, and for κ > 0 a first one that counts for κ / (‖qᵢ‖² + κ).

use super::Snapshots;
use super::prior::length;
use super::snapshots::at;
use crate::direct::{backward_in_place, factor_in_place, packed, solve_in_place};
use crate::sum::{Accumulator, square, sum_of};
use crate::{Buffer, ColumnOperator, Real, Scalar};

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

/// What is known of one sensor once x is: gain, ‖u‖², and what is left.
#[derive(Clone, Copy, Debug)]
pub(super) struct Profile<R> {
    /// Mean prediction and mean measurement where offsets are sought; zero otherwise.
    pub(super) means: [R; 2],
    /// ‖u‖².
    pub(super) square: R,
    pub(super) gain: R,
}

/// Four vectors of n numbers to work in.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Room<X> {
    pub(super) row: X,
    pub(super) along: X,
    pub(super) mean: X,
}

/// Least squares ‖C v − b‖ as its rows are added up: K = CᵀC, its trace, and what b becomes.
pub(super) struct Sink<'a, R> {
    form: Form,
    memory: &'a mut [R],
    side: &'a mut [R],
    trace: R,
}

impl<'a, R: Real> Sink<'a, R> {
    pub(super) fn new(form: Form, memory: &'a mut [R], side: &'a mut [R]) -> Self {
        memory.iter_mut().for_each(|entry| *entry = R::ZERO);
        side.iter_mut().for_each(|entry| *entry = R::ZERO);
        Self { form, memory, side, trace: R::ZERO }
    }

    /// tr K / n.
    pub(super) fn mean(&self) -> R {
        self.trace / R::from_u32(u32::try_from(self.side.len()).unwrap_or(u32::MAX))
    }

    /// A row of C and its b. What `row` holds is used up.
    pub(super) fn add(&mut self, row: &mut [R], b: R) {
        self.trace += sum_of(row.len(), |j| square(at(row, j)));
        match self.form {
            Form::Cholesky => {
                add_square(self.memory, row);
                if b != R::ZERO {
                    self.side.iter_mut().zip(row).for_each(|(side, v)| *side += b * *v);
                }
            }
            Form::Rotations => rotate(self.memory, self.side, row, b),
        }
    }

    /// Adds `amount` to the diagonal of squares and factors. `None` where K is no number, or not what
    /// rounding could have made of a semidefinite matrix.
    pub(super) fn factor(&mut self, amount: R) -> Option<()> {
        let order = self.side.len();
        match self.form {
            Form::Cholesky => {
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

/// The packed lower triangle of K ← K + v vᵀ.
fn add_square<R: Real>(memory: &mut [R], row: &[R]) {
    let mut rest = memory;
    for (j, factor) in row.iter().enumerate() {
        let Some((own, behind)) = rest.split_at_mut_checked(j + 1) else { break };
        for (slot, entry) in own.iter_mut().zip(row) {
            *slot += *factor * *entry;
        }
        rest = behind;
    }
}

/// L Lᵀ ← L Lᵀ + v vᵀ by plane rotations, L packed row by row with its diagonal as it is; `side` and
/// b take part in them.
///
/// Source: Golub and Van Loan, *Matrix Computations*, §6.5 (appending a row).
fn rotate<R: Real>(memory: &mut [R], side: &mut [R], row: &mut [R], mut b: R) {
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
fn invert_diagonal<R: Real>(memory: &mut [R], order: usize) -> Option<()> {
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

/// The snapshots as every part of a fit sees them.
#[derive(Clone, Debug)]
pub(super) struct Kernel<'a, R: Real, A: crate::LinearOperator<R>, G> {
    pub(super) snapshots: Snapshots<'a, R, A, G>,
    /// Are offsets sought? Then the mean over its snapshots is taken from all of a sensor.
    pub(super) centred: bool,
}

impl<R: Real, A: ColumnOperator<R>, G: Buffer<R>> Kernel<'_, R, A, G> {
    /// p.
    pub(super) fn snapshots(&self) -> usize {
        self.snapshots.counts().snapshots
    }

    /// Σ over the snapshots of a sensor.
    #[inline]
    pub(super) fn over(&self, sensor: usize, mut term: impl FnMut(usize) -> R) -> R {
        sum_of(self.snapshots(), |l| term(self.snapshots.place(sensor, l)))
    }

    /// The mean of a sensor's numbers where offsets are sought, zero otherwise.
    pub(super) fn mean(&self, sensor: usize, term: impl FnMut(usize) -> R) -> R {
        if self.centred {
            let count = u32::try_from(self.snapshots()).unwrap_or(u32::MAX);
            self.over(sensor, term) / R::from_u32(count)
        } else {
            R::ZERO
        }
    }

    /// ‖yᵢ‖², and the mean that was taken from it.
    pub(super) fn measured(&self, sensor: usize) -> (R, R) {
        let mean = self.mean(sensor, |k| self.snapshots.y(k));
        (self.over(sensor, |k| square(self.snapshots.y(k) - mean)), mean)
    }

    /// The gain that suits a prediction best, drawn to 1 by `kappa`: (uᵀy + κ) / (‖u‖² + κ).
    pub(super) fn profile(&self, sensor: usize, u: &[R], kappa: R) -> Profile<R> {
        let of_u = self.mean(sensor, |k| at(u, k));
        let of_y = self.mean(sensor, |k| self.snapshots.y(k));
        let square_of = self.over(sensor, |k| square(at(u, k) - of_u));
        let cross = self.over(sensor, |k| (at(u, k) - of_u) * (self.snapshots.y(k) - of_y));
        let whole = square_of + kappa;
        let gain = if whole == R::ZERO { whole } else { (cross + kappa) / whole };
        Profile { means: [of_u, of_y], square: square_of, gain }
    }

    /// γ u − y of one measurement.
    #[inline]
    pub(super) fn residual(&self, profile: &Profile<R>, u: &[R], k: usize) -> R {
        let [of_u, of_y] = profile.means;
        profile.gain * (at(u, k) - of_u) - (self.snapshots.y(k) - of_y)
    }

    /// v ← v + `factor` (Aᵢᵀ q), q given snapshot by snapshot; of mean zero where offsets are sought.
    pub(super) fn add_adjoint(
        &self,
        sensor: usize,
        factor: R,
        mut q: impl FnMut(usize) -> R,
        v: &mut A::Range,
    ) {
        for l in 0..self.snapshots() {
            let k = self.snapshots.place(sensor, l);
            self.snapshots.rows().add_column(k, factor * q(k), v);
        }
    }

    /// The rows of w (H A) d = −H r, H being the reflection that turns q to the first axis; the first
    /// of them times `part`, and nothing where that is zero: K ← K + w² Aᵢᵀ (I − (1 − part²) q qᵀ /
    /// ‖q‖²) Aᵢ, and −w Aᵢᵀ r (where r is orthogonal to q if `part` is zero) on the side of K.
    pub(super) fn add_sensor(
        &self,
        sensor: usize,
        (weight, part): (R, R),
        (q, q_square): (impl Fn(usize) -> R, R),
        r: impl Fn(usize) -> R,
        room: &mut Room<A::Range>,
        sink: &mut Sink<'_, R>,
    ) {
        let (snapshots, rows) = (&self.snapshots, self.snapshots.rows());
        let length = q_square.sqrt();
        let first = snapshots.place(sensor, 0);
        let head = q(first);
        // v = q ± ‖q‖ e₀, away from cancellation; H = I − β v vᵀ.
        let v = |k: usize| {
            let turned = if head < R::ZERO { -length } else { length };
            if k == first { head + turned } else { q(k) }
        };
        let whole = length * (length + Scalar::abs(head));
        let beta = if whole > R::ZERO { R::ONE / whole } else { R::ZERO };
        if self.centred {
            fill(&mut room.mean);
            let count = u32::try_from(self.snapshots()).unwrap_or(u32::MAX);
            let share = R::ONE / R::from_u32(count);
            self.add_adjoint(sensor, share, |_| R::ONE, &mut room.mean);
        }
        let Room { row, along, mean } = room;
        fill(along);
        if beta > R::ZERO {
            self.add_adjoint(sensor, R::ONE, v, along);
            if self.centred {
                add(along, -self.over(sensor, v), mean);
            }
        }
        let turned = beta * self.over(sensor, |k| v(k) * r(k));
        for l in 0..self.snapshots() {
            let k = snapshots.place(sensor, l);
            let (mut weight, mut b) = (weight, turned * v(k) - r(k));
            if l == 0 {
                weight *= part;
                b = b / part;
            }
            if weight == R::ZERO {
                continue;
            }
            fill(row);
            rows.add_column(k, weight, row);
            if self.centred {
                add(row, -weight, mean);
            }
            add(row, -(weight * beta * v(k)), along);
            sink.add(row.as_mut_slice(), b);
        }
    }
}

/// v ← 0.
pub(super) fn fill<R: Real>(v: &mut impl Buffer<R>) {
    v.as_mut_slice().iter_mut().for_each(|v| *v = R::ZERO);
}

/// v ← v + `factor` w.
pub(super) fn add<R: Real>(v: &mut impl Buffer<R>, factor: R, w: &impl Buffer<R>) {
    if factor != R::ZERO {
        v.as_mut_slice().iter_mut().zip(w.as_slice()).for_each(|(v, w)| *v += factor * *w);
    }
}

/// Σ term(i) over those of m sensors that take part.
pub(super) fn total<R: Real>(
    sensors: usize,
    takes_part: &impl Fn(usize) -> bool,
    mut term: impl FnMut(usize) -> R,
) -> R {
    let mut sum = Accumulator::default();
    for sensor in (0..sensors).filter(|sensor| takes_part(*sensor)) {
        sum.add(sensor, term(sensor));
    }
    sum.total()
}
