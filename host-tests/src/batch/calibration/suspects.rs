//! [`Suspects`]: sensors that fit the others badly.
//!
//! Nothing here has to have the bits of one device alone. A device is doubted where a sensor might be called erratic, a
//! little before it is; whoever looks at it alone decides.

use super::fit::{Fit, number};
use super::rows::adjoint;
use crate::batch::lanes::{Apart, Laned, Side};
use solvekit::Scalar;
use solvekit::direct::packed;
use solvekit::sum::square;

/// A sensor's rows, and what they leave.
#[derive(Debug)]
pub(super) struct Room<T> {
    /// s = Aᵢᵀ uᵢ.
    along: Vec<T>,
    /// Z, snapshot after snapshot, four or a multiple of them.
    z: Vec<T>,
    /// M = I − Z Zᵀ, as many rows and columns.
    matrix: Vec<T>,
    /// Residuals, sensor after sensor: with their bits, since of a good fit rounding is a part of them.
    pub(super) residuals: Vec<T>,
}

impl<T: Scalar> Room<T> {
    pub(super) fn new(unknowns: usize, sensors: usize, snapshots: usize) -> Self {
        let zeros = |length| vec![T::ZERO; length];
        let fours = snapshots.next_multiple_of(4);
        Self {
            along: zeros(unknowns),
            z: zeros(fours * unknowns),
            matrix: zeros(fours * fours),
            residuals: zeros(sensors * snapshots),
        }
    }
}

/// Looks for sensors that fit the others badly: doubts devices that have one. The last is Σ r².
pub(super) struct Suspects<'f, 's, T: Side>(
    pub(super) &'f mut Fit<'s, T>,
    pub(super) &'f mut Room<T>,
    pub(super) T,
);

impl<R: Laned, T: Side<Real = R>> Apart for Suspects<'_, '_, T> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        self.0.suspects(self.1, self.2);
    }
}

impl<R: Laned, T: Side<Real = R>> Fit<'_, T> {
    #[inline(always)]
    fn suspects(&mut self, room: &mut Room<T>, whole: T) {
        let Some(suspicious) = self.shared.suspicious else { return };
        let rounding = square(T::splat(R::from_f64(64.0) * R::EPSILON) * self.y_norm);
        // Where rounding is all that is left, everything fits.
        if rounding.if_less(whole, T::ONE, T::ZERO).is_zero() {
            return;
        }
        let counts = self.shared.counts;
        let own = counts.snapshots - 1;
        let (own_freedom, rest) = (number::<R>(own), number::<R>(counts.freedom() - own));
        let most = T::splat(suspicious * own_freedom);
        let (mut doubt, mut least) = (T::ZERO, T::ONE);
        for sensor in 0..counts.sensors {
            let (loss, pivot) = self.loss(sensor, room);
            least = least.min(pivot);
            // Without a gain there is nothing to leave out.
            doubt = T::ZERO.if_less(self.gains[sensor].abs(), doubt, T::ONE);
            // (loss / own) / ((whole − loss) / rest) < suspicious; false for NaN.
            doubt = (loss * T::splat(rest)).if_less(most * (whole - loss), doubt, T::ONE);
        }
        // What separates `suspicious` from where sensors are called erratic is a hundredth of Σ r² − loss, which is this
        // share of Σ r² there. Rounding in Z and in M has to be well below that.
        let share = rest / (rest + suspicious * own_freedom);
        let sizes = number::<R>(counts.unknowns + counts.snapshots);
        let rough = T::splat(R::from_f64(1e3) * sizes * R::EPSILON / share) * self.cancelled.sqrt();
        doubt = rough.if_less(self.conditioning * least, doubt, T::ONE);
        self.doubt = rounding.if_less(whole, self.doubt.max(doubt), self.doubt);
    }

    /// What Σ r² would lose without a sensor, rᵀ M⁻¹ r, M = I − Z Zᵀ, Z = γ (I − u uᵀ / ‖u‖²) A L⁻ᵀ; and the least
    /// pivot of M. The residuals are used up.
    #[inline(always)]
    fn loss(&self, sensor: usize, room: &mut Room<T>) -> (T, T) {
        let (n, p) = (self.x.len(), self.shared.counts.snapshots);
        let places = sensor * p..(sensor + 1) * p;
        let u = &self.u[places.clone()];
        let (gain, entries) = (self.gains[sensor], self.shared.of(sensor));
        room.along.fill(T::ZERO);
        adjoint(entries, u, &mut room.along);
        let share = -(gain / self.squares[sensor]);
        for (four, z) in room.z.chunks_exact_mut(4 * n).enumerate() {
            let (mut rows, mut weights, mut back) = ([entries; 4], [T::ZERO; 4], [T::ZERO; 4]);
            // Rows of zeros fill the last four up.
            for (k, u) in u[4 * four..].iter().take(4).enumerate() {
                rows[k] = &entries[(4 * four + k) * n..];
                (weights[k], back[k]) = (gain, share * *u);
            }
            let rows = rows.map(|row| &row[..n]);
            forward_four(&self.factor, rows, (&weights, &back), &room.along, z);
        }
        products(&room.z, n, &mut room.matrix);
        inverse_form(&mut room.matrix, &mut room.residuals[places])
    }
}

/// sumₖ ← sumₖ + factor · vectorₖ of four: not a function, whose arrays would have to be taken apart first.
macro_rules! add_products {
    ($sums:expr, $factor:expr, $vectors:expr) => {
        $sums[0] = $sums[0].plus_product($factor, $vectors[0]);
        $sums[1] = $sums[1].plus_product($factor, $vectors[1]);
        $sums[2] = $sums[2].plus_product($factor, $vectors[2]);
        $sums[3] = $sums[3].plus_product($factor, $vectors[3]);
    };
}

/// zₖ ← L⁻¹ (wₖ aₖ + bₖ s) of four rows aₖ, two entries at a time.
#[inline(always)]
fn forward_four<T: Side>(
    l: &[T],
    rows: [&[T::Real]; 4],
    (weights, back): (&[T; 4], &[T; 4]),
    s: &[T],
    z: &mut [T],
) {
    let n = s.len();
    let (ab, cd) = z.split_at_mut(2 * n);
    let ((a, b), (c, d)) = (ab.split_at_mut(n), cd.split_at_mut(n));
    let mut i = 0;
    while i < n {
        let pair = i + 1 < n;
        let (upper, upper_inverse) = l[packed(i)..=packed(i) + i].split_at(i);
        // Where there is no second entry, the first is made twice.
        let next = if pair { i + 1 } else { i };
        let (lower, lower_rest) = l[packed(next)..=packed(next) + next].split_at(i);
        let (mut first, mut second) = ([T::ZERO; 4], [T::ZERO; 4]);
        {
            let (a, b, c, d) = (&a[..i], &b[..i], &c[..i], &d[..i]);
            for j in 0..i {
                let z = [a[j], b[j], c[j], d[j]];
                add_products!(first, upper[j], z);
                add_products!(second, lower[j], z);
            }
        }
        let known =
            |k: usize, i: usize| (weights[k] * T::splat(rows[k][i])).plus_product(back[k], s[i]);
        let z = [
            (known(0, i) - first[0]) * upper_inverse[0],
            (known(1, i) - first[1]) * upper_inverse[0],
            (known(2, i) - first[2]) * upper_inverse[0],
            (known(3, i) - first[3]) * upper_inverse[0],
        ];
        (a[i], b[i], c[i], d[i]) = (z[0], z[1], z[2], z[3]);
        if pair {
            add_products!(second, lower_rest[0], z);
            let (i, inverse) = (next, lower_rest[1]);
            a[i] = (known(0, i) - second[0]) * inverse;
            b[i] = (known(1, i) - second[1]) * inverse;
            c[i] = (known(2, i) - second[2]) * inverse;
            d[i] = (known(3, i) - second[3]) * inverse;
        }
        i += 2;
    }
}

/// M ← I − Z Zᵀ, its lower triangle, four rows and two columns at a time.
#[inline(always)]
fn products<T: Side>(z: &[T], n: usize, m: &mut [T]) {
    let order = z.len() / n;
    for (four, rows) in z.chunks_exact(4 * n).enumerate() {
        let (ab, cd) = rows.split_at(2 * n);
        let ((a, b), (c, d)) = (ab.split_at(n), cd.split_at(n));
        for (two, pair) in z.chunks_exact(2 * n).enumerate().take(2 * four + 2) {
            let (e, f) = pair.split_at(n);
            let (mut first, mut second) = ([T::ZERO; 4], [T::ZERO; 4]);
            for j in 0..n {
                let z = [a[j], b[j], c[j], d[j]];
                add_products!(first, e[j], z);
                add_products!(second, f[j], z);
            }
            for k in 0..4 {
                let slot = (4 * four + k) * order + 2 * two;
                (m[slot], m[slot + 1]) = (-first[k], -second[k]);
            }
        }
    }
    for k in 0..order {
        m[k * order + k] += T::ONE;
    }
}

/// rᵀ M⁻¹ r by L D Lᵀ, and the least pivot; M and r are used up.
#[inline(always)]
fn inverse_form<T: Side>(m: &mut [T], r: &mut [T]) -> (T, T) {
    let (p, order) = (r.len(), r.len().next_multiple_of(4));
    let (mut sum, mut least) = (T::ZERO, T::ONE);
    for k in 0..p {
        let (above, below) = m.split_at_mut((k + 1) * order);
        let pivot = above[k * order + k];
        least = least.min(pivot);
        let (_, rest) = r.split_at_mut(k);
        let (own, rest) = rest.split_at_mut(1);
        let inverse = T::ONE / pivot;
        let share = own[0] * inverse;
        sum = sum.plus_product(own[0], share);
        let back = -share;
        for (i, r) in rest.iter_mut().enumerate() {
            let factor = below[i * order + k];
            *r = r.plus_product(factor, back);
            let factor = -(factor * inverse);
            for j in 0..=i {
                let other = below[j * order + k];
                let slot = &mut below[i * order + k + 1 + j];
                *slot = slot.plus_product(factor, other);
            }
        }
    }
    (sum, least)
}

#[cfg(test)]
mod tests;
