//! [`Fit`]: signals and gains of as many devices as there are lanes.
//!
//! Every sum and every product is that of [`solvekit::calibration`], in its order, so that a device has the bits it
//! has alone. Where a device would go another way than the others (a pivot that is raised, a step that is
//! halved, a sensor that is suspected), its lane is in `doubt`, and nothing of it counts.

use super::rows::{Rows, adjoint};
use super::shared::Shared;
use crate::batch::lanes::{Laned, Side, dot, dot_same, factor_semidefinite, gather, solve};
use solvekit::direct::packed;
use solvekit::sum::{square, sum_of};
use solvekit::{Real, Scalar};

/// Numbers of several devices, side by side.
pub(super) struct Fit<'s, T: Side> {
    pub(super) shared: &'s Shared<T::Real>,
    /// Measurements as they come, snapshot after snapshot.
    given: Vec<T>,
    /// Scaled to about 1, sensor after sensor, like u.
    pub(super) y: Vec<T>,
    pub(super) scale: T,
    /// ‖y‖, scaled.
    pub(super) y_norm: T,
    pub(super) x: Vec<T>,
    pub(super) gains: Vec<T>,
    /// s A x.
    pub(super) u: Vec<T>,
    /// ‖uᵢ‖².
    pub(super) squares: Vec<T>,
    pub(super) direction: Vec<T>,
    pub(super) trial: Vec<T>,
    /// K, then its factor.
    pub(super) factor: Vec<T>,
    pub(super) rows: Rows<T>,
    /// Of one sensor: factors, residuals.
    pub(super) own: Vec<T>,
    objective: T,
    pub(super) change: T,
    pub(super) conditioning: T,
    /// How many times larger Σ γ² ‖A‖² is than tr K: what the gains take from it cancels.
    pub(super) cancelled: T,
    /// Not zero where a device has to be worked on alone.
    pub(super) doubt: T,
}

/// Gain and ‖u‖² of a sensor.
#[derive(Clone, Copy)]
pub(super) struct Profile<T> {
    pub(super) square: T,
    pub(super) gain: T,
}

impl<'s, R: Laned, T: Side<Real = R>> Fit<'s, T> {
    pub(super) fn new(shared: &'s Shared<R>) -> Self {
        let counts = shared.counts;
        let (n, m, all) = (counts.unknowns, counts.sensors, counts.equations());
        let zeros = |length| vec![T::ZERO; length];
        Self {
            shared,
            given: zeros(all),
            y: zeros(all),
            scale: T::ONE,
            y_norm: T::ZERO,
            x: zeros(n),
            gains: zeros(m),
            u: zeros(all),
            squares: zeros(m),
            direction: zeros(n),
            trial: zeros(n),
            factor: zeros(packed(n)),
            rows: Rows::new(n, counts.snapshots),
            own: zeros(counts.snapshots),
            objective: T::ZERO,
            change: T::ZERO,
            conditioning: T::ONE,
            cancelled: T::ONE,
            doubt: T::ZERO,
        }
    }

    /// Doubts the lanes where `less` < `more` does not hold.
    #[inline(always)]
    pub(super) fn expect_less(&mut self, less: T, more: T) {
        self.doubt = less.if_less(more, self.doubt, T::ONE);
    }

    /// Measurements of some devices, one behind the other.
    #[inline(always)]
    pub(super) fn load(&mut self, observations: &[R]) {
        self.doubt = T::ZERO;
        self.given.fill(T::ZERO);
        gather(observations, &mut self.given);
        let largest = max_abs(&self.given);
        let (scale, given) = (largest.unit_scale(), &self.given);
        let squares = sum_of(given.len(), |k| square(given[k] * scale));
        let size = squares.sqrt() / scale;
        self.expect_less(T::ZERO, largest);
        self.expect_less(size, T::splat(R::INFINITY));
        (self.scale, self.y_norm) = (scale, size * scale);
        let (m, p) = (self.shared.counts.sensors, self.shared.counts.snapshots);
        for (k, y) in self.given.iter().enumerate() {
            self.y[(k % m) * p + k / m] = scale * *y;
        }
        self.screen();
    }

    /// Doubts devices with a sensor that looks dead, stuck or clipped.
    #[inline(always)]
    fn screen(&mut self) {
        let p = self.shared.counts.snapshots;
        let mut largest = T::ZERO;
        for (own, y) in self.squares.iter_mut().zip(self.y.chunks_exact(p)) {
            *own = dot(y, y);
            largest = largest.max(*own);
        }
        // The middle one is at most the largest.
        let (count, least) = (T::splat(number(p)), T::splat(R::from_f64(1e-4)) * largest);
        let mut doubt = self.doubt;
        for (own, y) in self.squares.iter().zip(self.y.chunks_exact(p)) {
            doubt = least.if_less(*own, doubt, T::ONE);
            if p >= 3 {
                doubt = doubtful(count, y.len(), |l| y[l], doubt);
                doubt = doubtful(count, y.len(), |l| y[l].abs(), doubt);
            }
        }
        self.doubt = doubt;
    }

    /// x by the weighted linear start, gains of mean 1.
    #[inline(always)]
    pub(super) fn start(&mut self) {
        let counts = self.shared.counts;
        let (n, p) = (counts.unknowns, counts.snapshots);
        self.direction.fill(T::ZERO);
        self.factor.fill(T::ZERO);
        for sensor in 0..counts.sensors {
            let (entries, y) = (self.shared.of(sensor), &self.y[sensor * p..(sensor + 1) * p]);
            let square = self.squares[sensor];
            self.doubt = T::ZERO.if_less(square, self.doubt, T::ONE);
            let size = square.sqrt();
            let inverse = T::ONE / size;
            self.own.iter_mut().zip(y).for_each(|(own, y)| *own = inverse * *y);
            adjoint(entries, &self.own, &mut self.direction);
            self.rows.reflect(entries, size, (y, square), None, &mut self.doubt);
            self.rows.add(&mut self.factor);
        }
        let amount = T::splat(R::from_f64(4.0) * R::EPSILON) * self.mean();
        self.shift(amount);
        let refused = factor_semidefinite(&mut self.factor, n);
        self.expect_less(refused, T::ONE);
        solve(&self.factor, &mut self.direction);
        self.expect_finite();
        let unit = T::ONE / self.scale;
        let size = max_abs(&self.direction).unit_scale();
        for (x, d) in self.x.iter_mut().zip(&self.direction) {
            *x = *d * size * unit;
        }
        self.predict();
        self.objective = self.judge();
        let gains = &self.gains;
        let sum = sum_of(gains.len(), |i| gains[i]);
        let sizes = sum_of(gains.len(), |i| gains[i].abs());
        // Gains whose signs differ that much have another gauge.
        let even = sum.abs().if_less(T::splat(R::from_f64(0.5)) * sizes, T::ONE, T::ZERO);
        self.expect_less(even, T::ONE);
        self.normalise();
    }

    /// tr K / n.
    #[inline(always)]
    pub(super) fn mean(&self) -> T {
        let n = self.x.len();
        sum_of(n, |i| self.factor[packed(i) + i]) / T::splat(number(n))
    }

    #[inline(always)]
    pub(super) fn shift(&mut self, amount: T) {
        for i in 0..self.x.len() {
            self.factor[packed(i) + i] += amount;
        }
    }

    /// Doubts lanes whose direction is none.
    #[inline(always)]
    pub(super) fn expect_finite(&mut self) {
        let largest = max_abs(&self.direction);
        self.expect_less(largest, T::splat(R::INFINITY));
    }

    /// u of the signal that is to be tried next, which is x at first.
    #[inline(always)]
    fn predict(&mut self) {
        let n = self.x.len();
        for (u, row) in self.u.iter_mut().zip(self.shared.rows.chunks_exact(n)) {
            *u = dot_same(row, &self.x) * self.scale;
        }
    }

    /// Gain and ‖u‖² of a sensor.
    #[inline(always)]
    pub(super) fn profile(&mut self, sensor: usize) -> Profile<T> {
        let p = self.shared.counts.snapshots;
        let places = sensor * p..(sensor + 1) * p;
        let (u, y) = (&self.u[places.clone()], &self.y[places]);
        let square = dot(u, u);
        self.doubt = T::ZERO.if_less(square, self.doubt, T::ONE);
        Profile { square, gain: (dot(u, y) + T::ZERO) / (square + T::ZERO) }
    }

    /// own ← γ u − y of a sensor.
    #[inline(always)]
    pub(super) fn residual(&mut self, sensor: usize, profile: Profile<T>) {
        let p = self.shared.counts.snapshots;
        let places = sensor * p..(sensor + 1) * p;
        let seen = self.u[places.clone()].iter().zip(&self.y[places]);
        for (own, (u, y)) in self.own.iter_mut().zip(seen) {
            *own = profile.gain * *u - *y;
        }
    }

    /// Gains and ‖u‖² of a prediction; returns f.
    #[inline(always)]
    fn judge(&mut self) -> T {
        let mut sums = [-T::ZERO; 4];
        for sensor in 0..self.gains.len() {
            let profile = self.profile(sensor);
            (self.gains[sensor], self.squares[sensor]) = (profile.gain, profile.square);
            self.residual(sensor, profile);
            let left = dot(&self.own, &self.own) + T::ZERO;
            sums[sensor & 3] += T::splat(R::from_f64(0.5)) * left;
        }
        (sums[0] + sums[1]) + (sums[2] + sums[3])
    }

    /// Gains of mean 1; signal and prediction with them.
    #[inline(always)]
    fn normalise(&mut self) {
        let gains = &self.gains;
        let factor = sum_of(gains.len(), |i| gains[i]) / T::splat(number(gains.len()));
        self.expect_less(T::ZERO, factor.abs());
        self.expect_less(factor.abs(), T::splat(R::INFINITY));
        let inverse = T::ONE / factor;
        self.x.iter_mut().for_each(|x| *x *= factor);
        self.u.iter_mut().for_each(|u| *u *= factor);
        self.squares.iter_mut().for_each(|s| *s *= factor * factor);
        self.gains.iter_mut().for_each(|gain| *gain *= inverse);
    }

    /// x ← x + d; doubts lanes where that raises f.
    #[inline(always)]
    pub(super) fn take(&mut self) {
        let part = T::ONE / self.scale;
        let rounding = T::splat(R::ONE + R::from_f64(32.0) * R::EPSILON);
        let tiny = T::splat(R::from_f64(8.0) * R::EPSILON) * self.y_norm;
        let allowed = self.objective * rounding + square(tiny);
        for (trial, (x, d)) in self.trial.iter_mut().zip(self.x.iter().zip(&self.direction)) {
            *trial = *x + part * *d;
        }
        std::mem::swap(&mut self.x, &mut self.trial);
        self.predict();
        let tried = self.judge();
        self.doubt = allowed.if_less(tried, T::ONE, self.doubt);
        self.expect_less(tried, T::splat(R::INFINITY));
        self.objective = tried;
        self.normalise();
    }
}

/// Do measurements spread by less than a hundredth of their mean?
#[inline(always)]
fn doubtful<T: Side>(count: T, length: usize, of: impl Fn(usize) -> T, doubt: T) -> T {
    let mean = sum_of(length, &of) / count;
    let spread = sum_of(length, |l| square(of(l) - mean)) / count;
    spread.if_less(square(T::splat(T::Real::from_f64(1e-2)) * mean), T::ONE, doubt)
}

/// The largest |vₖ|; NaN wins.
#[inline(always)]
pub(super) fn max_abs<T: Scalar>(v: &[T]) -> T {
    // Not a fold, which would be compiled by itself, for the build's own instructions.
    let mut most = T::ZERO;
    for x in v {
        most = most.max(x.abs());
    }
    most
}

pub(super) fn number<R: Real>(count: usize) -> R {
    R::from_u32(u32::try_from(count).unwrap_or(u32::MAX))
}
