//! [`SideBySide`]: the devices of one part, as many at a time as there are lanes.

use super::fit::Fit;
use super::judge::Judged;
use super::shared::Shared;
use super::steps::{Start, Step};
use super::{Calibrated, CalibrationBatch};
use crate::batch::Part;
use crate::batch::lanes::{Laned, OnLanes, Side, scatter};
use rayon::prelude::*;
use solvekit::Scalar;
use solvekit::calibration::{Sensor, Verdict};

/// The devices of a part, to be calibrated with lanes.
pub(super) struct SideBySide<'b, 'a, R: Laned> {
    pub(super) batch: &'b CalibrationBatch<'a, R>,
    pub(super) shared: &'b Shared<R>,
    pub(super) part: Part<'b, CalibrationBatch<'a, R>>,
}

impl<R: Laned> OnLanes<R> for SideBySide<'_, '_, R> {
    type Output = ();

    #[inline(always)]
    fn run<T: Side<Real = R>>(self) {
        let Self { batch, shared, part } = self;
        let counts = shared.counts;
        let (size, width) = (counts.equations(), super::width(counts));
        let mut fit = Fit::<T>::new(shared);
        let mut judged = Judged::<T>::new(counts.unknowns, counts.sensors, counts.snapshots);
        let (mut first, mut alone) = (0, Vec::new());
        while first < part.problems.len() {
            let count = (part.problems.len() - first).min(T::LANES);
            let device = part.problems.start + first;
            fit.load(&batch.observations[device * size..(device + count) * size]);
            T::apart(Start(&mut fit));
            fit.two_steps();
            T::apart(Step(&mut fit));
            fit.conclude(&mut judged);
            for lane in 0..count {
                let numbers = &mut part.numbers[(first + lane) * width..][..width];
                match answer(&fit, &judged, lane, numbers) {
                    Some(found) => part.outcomes[first + lane] = Some(Ok(found)),
                    None => alone.push(first + lane),
                }
            }
            first += count;
        }
        finish_alone(batch, part, &alone);
    }
}

/// Calibrates those that lanes did not, on the threads of the pool that this one belongs to: each may take as long as
/// a group.
fn finish_alone<R: Laned>(
    batch: &CalibrationBatch<'_, R>,
    part: Part<'_, CalibrationBatch<'_, R>>,
    alone: &[usize],
) {
    let width = super::width(batch.counts);
    let one = |place: &usize| {
        let mut numbers = vec![R::ZERO; width];
        let outcome = batch.one(part.problems.start + place, &mut numbers);
        (*place, numbers, outcome)
    };
    let found: Vec<_> = match rayon::current_thread_index() {
        Some(_) => alone.par_iter().map(one).collect(),
        None => alone.iter().map(one).collect(),
    };
    for (place, numbers, outcome) in found {
        part.numbers[place * width..][..width].copy_from_slice(&numbers);
        part.outcomes[place] = Some(outcome);
    }
}

/// A look at the sensors, the start, two steps, the errors.
const ADVANCES: u32 = 5;

/// What a lane came to; none where its device has to be worked on alone.
fn answer<R: Laned, T: Side<Real = R>>(
    fit: &Fit<'_, T>,
    judged: &Judged<T>,
    lane: usize,
    numbers: &mut [R],
) -> Option<Calibrated<R>> {
    let of = |side: T| side.lanes()[lane];
    let (sigma, known) = (of(judged.sigma / fit.scale), fit.shared.noise.is_some());
    let (error, conditioning) = (of(judged.mean_error), of(fit.conditioning));
    let verdict = Verdict::likelihood(fit.shared.counts, (sigma, known), error, conditioning);
    // Errors above this are the beginning of another story. Also false for NaN.
    let sure = verdict.predicted <= R::from_f64(0.1);
    if of(fit.doubt) != R::ZERO || !sure {
        return None;
    }
    let parts = [&fit.gains, &fit.x, &judged.gain_errors, &judged.signal_errors];
    let mut rest = numbers;
    for part in parts {
        let (own, behind) = rest.split_at_mut_checked(part.len())?;
        scatter(part, lane, own);
        rest = behind;
    }
    let marks = fit.gains.iter().zip(&judged.gain_errors).map(|(gain, error)| {
        let (gain, error) = (of(*gain), of(*error));
        if Scalar::abs(gain) < R::from_f64(3.0) * error {
            Sensor::Weak
        } else if gain < R::ZERO {
            Sensor::Flipped
        } else {
            Sensor::Sound
        }
    });
    Some(Calibrated { verdict, sensors: marks.collect(), advances: ADVANCES })
}

#[cfg(test)]
mod tests {
    use super::super::CalibrationBatch;
    use super::super::shared::Shared;
    use super::*;
    use crate::batch::{Backend, Runner};
    use crate::matrix::DenseMatrix;
    use solvekit::Lanes;

    /// What is not worked on alone: nearly everything, or lanes would be for nothing.
    #[test]
    fn most_devices_are_calibrated_side_by_side() {
        let (n, m, p, devices) = (8, 8, 6, 64);
        let wave = |k: usize| (0.37 * (k * k) as f64 + k as f64).sin();
        let entries = (0..n * m * p).map(|k| wave(5_000 + k)).collect();
        let sensing = DenseMatrix::from_columns(n, entries).expect("whole columns");
        for noise in [0.0, 1e-3, 1e-2] {
            let seen = |device: usize, k: usize| {
                let row = sensing.column(k).iter().enumerate();
                let seen: f64 = row.map(|(j, a)| a * wave(1_000 + 7 * device + j)).sum();
                (1.0 + 0.3 * wave(31 * device + k % m)) * seen + noise * wave(device * m * p + k)
            };
            let y = (0..devices).flat_map(|device| (0..m * p).map(move |k| (device, k)));
            let y: Vec<f64> = y.map(|(device, k)| seen(device, k)).collect();
            let batch = CalibrationBatch::new(&sensing, m, &y).expect("whole devices");
            let shared = Shared::new(&batch).expect("an ordinary size");
            let known = Runner::new(Backend::Scalar).run(&batch).expect("scalar");
            let mut fit = Fit::<Lanes<8, f64>>::new(&shared);
            let mut judged = Judged::new(n, m, p);
            let mut done = 0;
            for (group, y) in y.chunks(8 * m * p).enumerate() {
                fit.load(y);
                fit.start();
                fit.two_steps();
                Lanes::<8, f64>::apart(Step(&mut fit));
                fit.conclude(&mut judged);
                for lane in 0..8 {
                    let mut numbers = vec![0.0; 2 * (n + m)];
                    if let Some(found) = answer(&fit, &judged, lane, &mut numbers) {
                        let device = 8 * group + lane;
                        assert_eq!(numbers, known.answer(device), "device {device}");
                        assert_eq!(Some(Ok(found)), known.outcomes[device]);
                        done += 1;
                    }
                }
            }
            assert!(10 * done > 9 * devices, "noise {noise}: {done} of {devices}");
        }
    }
}
