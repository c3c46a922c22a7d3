//! What follows from gains: signals, residuals, and the matrix of the gains with the signals eliminated.

use super::SharedGains;
use super::state::{SharedGainsState, SharedGainsStateOf};
use crate::calibration::Snapshots;
use crate::calibration::kernel::fill;
use crate::calibration::sink::{Form, Sink, is_rounding, least_eigenvalue};
use crate::calibration::snapshots::at;
use crate::direct::{forward_in_place, packed};
use crate::sum::{Accumulator, dot, square, sum_of};
use crate::{Buffer, ColumnOperator, Real};

/// Triangle of a signal, triangle of the gains, rows between them.
pub(super) struct Memory<'m, R> {
    pub(super) signal: &'m mut [R],
    pub(super) gains: &'m mut [R],
    pub(super) between: &'m mut [R],
}

impl<'m, R: Real> Memory<'m, R> {
    pub(super) fn of(memory: &'m mut impl Buffer<R>, unknowns: usize, sensors: usize) -> Self {
        let (signal, rest) = cut(memory.as_mut_slice(), packed(unknowns));
        let (gains, rest) = cut(rest, packed(sensors));
        let (between, _) = cut(rest, unknowns * sensors);
        Self { signal, gains, between }
    }

    /// (i, j) ← (i, j) − zᵢᵀ zⱼ.
    fn eliminate(&mut self, unknowns: usize, sensors: usize) {
        let row = |i: usize| self.between.get(i * unknowns..(i + 1) * unknowns).unwrap_or(&[]);
        for i in 0..sensors {
            for j in 0..=i {
                let product = dot(row(i), row(j));
                if let Some(slot) = self.gains.get_mut(packed(i) + j) {
                    *slot -= product;
                }
            }
        }
    }
}

fn cut<R>(memory: &mut [R], at: usize) -> (&mut [R], &mut [R]) {
    let at = at.min(memory.len());
    memory.split_at_mut(at)
}

impl<'a, R, A, S, G, W> SharedGains<'a, R, A, S, G, W>
where
    R: Real,
    A: ColumnOperator<R>,
    S: AsRef<[A::Range]> + AsMut<[A::Range]>,
    G: Buffer<R>,
    W: Buffer<R>,
{
    /// A measurement in the common scale.
    #[inline]
    pub(super) fn y(&self, signal: &Snapshots<'a, R, A, G>, k: usize) -> R {
        signal.y(k) * (self.scale / signal.scale())
    }

    /// Σ over the snapshots of a sensor.
    pub(super) fn over(
        signal: &Snapshots<'a, R, A, G>,
        sensor: usize,
        mut term: impl FnMut(usize) -> R,
    ) -> R {
        sum_of(signal.counts().snapshots, |l| term(signal.place(sensor, l)))
    }

    /// u ← A x in the front of a buffer that is as long as the longest signal needs.
    pub(super) fn predict(signal: &Snapshots<'a, R, A, G>, x: &A::Range, u: &mut A::Domain) {
        let places = u.as_mut_slice().iter_mut().take(signal.counts().equations());
        places.enumerate().for_each(|(k, u)| *u = signal.rows().column_dot(k, x));
    }

    /// memory.signal ← factor of Σ wᵢ² AᵢᵀAᵢ, x ← its solution for Σ wᵢ tᵢ Aᵢᵀ yᵢ. `None` where the
    /// measurements do not tell the signal.
    #[inline(never)]
    pub(super) fn solve(
        &self,
        signal: &Snapshots<'a, R, A, G>,
        terms: impl Fn(usize) -> (R, R),
        (memory, row, x): (&mut [R], &mut A::Range, &mut A::Range),
    ) -> Option<()> {
        self.gather(signal, terms, (memory, row, x));
        let mut sink = Sink::<R, A::Range>::summed(Form::Cholesky, memory, x.as_mut_slice());
        let mean = sink.mean();
        sink.factor(R::from_f64(4.0) * R::EPSILON * mean)?;
        sink.solve()?;
        let conditioning = least_eigenvalue(memory, row.as_mut_slice()) / mean;
        let unknowns = signal.counts().unknowns;
        (!is_rounding(Form::Cholesky, conditioning, unknowns)).then_some(())
    }

    /// The sums of [`solve`](Self::solve).
    // Not inlined: its room on the stack is free when the factor is made.
    #[inline(never)]
    fn gather(
        &self,
        signal: &Snapshots<'a, R, A, G>,
        terms: impl Fn(usize) -> (R, R),
        (memory, row, x): (&mut [R], &mut A::Range, &mut A::Range),
    ) {
        let counts = signal.counts();
        let mut sink = Sink::<R, A::Range>::new(Form::Cholesky, memory, x.as_mut_slice());
        for sensor in 0..counts.sensors {
            let (weight, target) = terms(sensor);
            for l in 0..counts.snapshots {
                let k = signal.place(sensor, l);
                fill(row);
                signal.rows().add_column(k, weight, row);
                sink.add(row.as_mut_slice(), target * self.y(signal, k));
            }
        }
    }

    /// Signals, f, its gradient and its matrix for gains `trial`. Cost: see [`SharedGains`].
    pub(super) fn look(&self, state: &mut SharedGainsStateOf<R, A, S, G, W>) -> Option<()> {
        let (unknowns, sensors) = (self.unknowns(), self.sensors());
        let SharedGainsState { trial, gradient, row, along, u, signals, .. } = state;
        let mut memory = Memory::of(&mut state.memory, unknowns, sensors);
        memory.gains.iter_mut().for_each(|v| *v = R::ZERO);
        fill(gradient);
        let half = R::from_f64(0.5);
        let mut whole = Accumulator::default();
        let gains = trial.as_slice();
        for (own, x) in self.signals.iter().zip(signals.as_mut()) {
            let terms = |i: usize| (at(gains, i), R::ONE);
            self.solve(own, terms, (memory.signal, row, x))?;
            Self::predict(own, x, u);
            let u = u.as_slice();
            for sensor in 0..sensors {
                let gain = at(gains, sensor);
                let left = |k: usize| gain * at(u, k) - self.y(own, k);
                let slope = Self::over(own, sensor, |k| at(u, k) * left(k));
                if let Some(slot) = gradient.as_mut_slice().get_mut(sensor) {
                    *slot += slope;
                }
                whole.add(sensor, half * Self::over(own, sensor, |k| square(left(k))));
                if let Some(slot) = memory.gains.get_mut(packed(sensor) + sensor) {
                    *slot += Self::over(own, sensor, |k| square(at(u, k)));
                }
                fill(along);
                for l in 0..own.counts().snapshots {
                    let k = own.place(sensor, l);
                    own.rows().add_column(k, gain * at(u, k), along);
                }
                self.keep(&mut memory, sensor, along);
            }
            memory.eliminate(unknowns, sensors);
        }
        state.objective = whole.total();
        let finite =
            state.objective.is_finite() && gradient.as_slice().iter().all(|v| v.is_finite());
        finite.then_some(())
    }

    /// The row between a gain and the signal, through the factor.
    fn keep(&self, memory: &mut Memory<'_, R>, sensor: usize, along: &mut A::Range) {
        let unknowns = self.unknowns();
        forward_in_place(memory.signal, along.as_mut_slice());
        let place = sensor * unknowns..(sensor + 1) * unknowns;
        if let Some(slots) = memory.between.get_mut(place) {
            slots.iter_mut().zip(along.as_slice()).for_each(|(slot, v)| *slot = *v);
        }
    }

    /// direction ← the targets of the weighted linear start.
    ///
    /// ‖yᵢ‖ Aᵢ x should be tᵢ yᵢ, and t is to be the same for all sensors on average: with the signals
    /// eliminated, S t = 1. Gains then follow from the signals that t gives.
    #[inline(never)]
    pub(super) fn linear(&self, state: &mut SharedGainsStateOf<R, A, S, G, W>) -> Option<()> {
        let (unknowns, sensors) = (self.unknowns(), self.sensors());
        let SharedGainsState { direction, gradient, row, along, signals, .. } = state;
        let mut memory = Memory::of(&mut state.memory, unknowns, sensors);
        memory.gains.iter_mut().for_each(|v| *v = R::ZERO);
        for (i, slot) in gradient.as_mut_slice().iter_mut().enumerate() {
            let square =
                |own: &Snapshots<'a, R, A, G>| Self::over(own, i, |k| square(self.y(own, k)));
            *slot = self.signals.iter().fold(R::ZERO, |sum, own| sum + square(own)).sqrt();
        }
        let sizes = gradient.as_slice();
        for (own, x) in self.signals.iter().zip(signals.as_mut()) {
            self.solve(own, |i| (at(sizes, i), R::ONE), (memory.signal, row, x))?;
            for sensor in 0..sensors {
                fill(along);
                let size = at(sizes, sensor);
                for l in 0..own.counts().snapshots {
                    let k = own.place(sensor, l);
                    own.rows().add_column(k, size * self.y(own, k), along);
                }
                self.keep(&mut memory, sensor, along);
                if let Some(slot) = memory.gains.get_mut(packed(sensor) + sensor) {
                    *slot += Self::over(own, sensor, |k| square(self.y(own, k)));
                }
            }
            memory.eliminate(unknowns, sensors);
        }
        // Noiseless data make S singular exactly.
        let diagonal = |memory: &[R], i: usize| at(memory, packed(i) + i);
        let mean = sum_of(sensors, |i| diagonal(memory.gains, i)) / self.count();
        for i in 0..sensors {
            if let Some(slot) = memory.gains.get_mut(packed(i) + i) {
                *slot += R::from_f64(16.0) * R::EPSILON * mean;
            }
        }
        crate::direct::factor_in_place(memory.gains, sensors).ok()?;
        direction.as_mut_slice().iter_mut().for_each(|t| *t = R::ONE);
        crate::direct::solve_in_place(memory.gains, direction.as_mut_slice());
        let largest = crate::sum::max_abs(direction.as_slice());
        direction.as_mut_slice().iter_mut().for_each(|t| *t = *t / largest);
        Some(())
    }

    /// trial ← the gains that suit the targets in direction: uᵀy over ‖u‖²; the step's room holds both.
    #[inline(never)]
    pub(super) fn weigh(&self, state: &mut SharedGainsStateOf<R, A, S, G, W>) -> Option<()> {
        let (unknowns, sensors) = (self.unknowns(), self.sensors());
        let SharedGainsState { trial, direction, gradient, row, u, signals, .. } = state;
        let memory = Memory::of(&mut state.memory, unknowns, sensors);
        let sizes = gradient.as_slice();
        // What stood between gains and signals has served.
        let targets = memory.between.get_mut(..sensors)?;
        targets.iter_mut().zip(direction.as_slice()).for_each(|(target, d)| *target = *d);
        fill(direction);
        fill(trial);
        for (own, x) in self.signals.iter().zip(signals.as_mut()) {
            let terms = |i: usize| (at(sizes, i), at(targets, i));
            self.solve(own, terms, (memory.signal, row, x))?;
            Self::predict(own, x, u);
            let slots = trial.as_mut_slice().iter_mut().zip(direction.as_mut_slice());
            for (sensor, (cross, whole)) in slots.enumerate() {
                *cross += Self::over(own, sensor, |k| at(u.as_slice(), k) * self.y(own, k));
                *whole += Self::over(own, sensor, |k| square(at(u.as_slice(), k)));
            }
        }
        for (gain, whole) in trial.as_mut_slice().iter_mut().zip(direction.as_slice()) {
            *gain = if *whole == R::ZERO { R::ZERO } else { *gain / *whole };
        }
        trial.as_slice().iter().all(|gain| gain.is_finite()).then_some(())
    }
}
