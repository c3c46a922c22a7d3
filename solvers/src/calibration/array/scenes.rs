//! [`Scenes`]: another signal in every frame, through known matrices.

use super::subspace::Room;
use super::{ArrayCounts, ArrayError, room};
use crate::calibration::snapshots::at;
use crate::direct::{factor_in_place, forward_in_place, packed, solve_in_place};
use crate::sum::{dot, max_abs, square, sum_of};
use crate::system::first_non_finite;
use crate::{Buffer, ColumnOperator, Real};

/// Rounds of inverse iteration.
const ROUNDS: u32 = 3;

/// The sums of frames y_t = γ ∘ A_t x_t of m sensors that tell the gains: every frame has a signal x_t of
/// its own, of n < m numbers, and a known A_t.
///
/// With w the gains as they are thought to be, Π_t the projection onto the range of diag(w) A_t and
/// Q = Σ (I − Π_t) ∘ (y_t y_tᵀ), Q c = 0 has c = w / γ for its solution without noise. With noise, c is the
/// eigenvector of least eigenvalue of Q c = λ diag(Σ (I − Π_t)) c, found by three rounds of inverse
/// iteration. Once w is near γ that is close to the least-squares answer, and the standard errors hold:
/// solve, [`reweigh`](Self::reweigh), and add the frames again (or those to come).
///
/// Shapes: A_t is m × n. Storage: m (m + 1) / 2 + 2 m + [`room`]`(m, n)` + 2 numbers. Cost of a frame: m
/// n² + m² n / 2 multiplications, whatever n³ / 6 are; of a solution: 2 m³ / 3.
///
/// ```
/// use solvekit::calibration::array::{Scenes, room};
/// use solvekit::{SMatrix, SVector, direct::packed, operator::zeros};
/// let gains = [1.2, 0.8, 1.1, 0.9];
/// let ones = SVector::<f64, 4>::repeat(1.0);
/// let memory = zeros::<f64, { packed(4) }, 1>();
/// let mut scenes = Scenes::new(ones, 2, memory, zeros::<f64, { room(4, 2) }, 1>())?;
/// for t in 0..4 {
///     let a = SMatrix::<f64, 4, 2>::from_fn(|i, j| ((t * t * 5 + i * i * 3 + 7 * i * j + t) as f64).sin());
///     let seen = a * SVector::from([1.0, 0.3 * t as f64 - 0.5]);
///     scenes.add(&a, &[0, 1, 2, 3].map(|i| gains[i] * seen[i]))?;
/// }
/// let (mut found, mut errors) = (ones, ones);
/// scenes.solve(memory, &mut found, &mut errors)?;
/// assert!(found.iter().zip(gains).all(|(found, gain)| (found - gain).abs() < 1e-9));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Ling and Strohmer 2018, *Self-calibration and bilinear inverse problems via linear least
/// squares* (the linear equations).
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Scenes<G, W, S> {
    weights: G,
    /// diag Σ (I − Π_t).
    metric: G,
    squares: W,
    room: S,
    signals: usize,
    frames: u32,
}

impl<G, W, S> Scenes<G, W, S> {
    /// m, n and the number of frames.
    fn counted(&self, sensors: usize) -> ArrayCounts {
        let frames = usize::try_from(self.frames).unwrap_or(usize::MAX);
        ArrayCounts { sensors, signals: self.signals, frames, offsets: false }
    }
}

impl<G, W, S> Scenes<G, W, S> {
    /// Of no frames yet, for gains thought to be `weights` (1, where nothing is known) and signals of n
    /// numbers; m (m + 1) / 2 numbers of `memory` and [`room`](super::room)`(m, n)` of `room`, which may
    /// hold anything.
    ///
    /// # Errors
    /// [`ArrayError`]: `Empty`, `Signals`, `Length`, `Weight`.
    pub fn new<R>(weights: G, signals: usize, memory: W, space: S) -> Result<Self, ArrayError>
    where
        R: Real,
        G: Buffer<R>,
        W: Buffer<R>,
        S: Buffer<R>,
    {
        let sensors = weights.as_slice().len();
        if sensors == 0 || signals == 0 {
            return Err(ArrayError::Empty);
        }
        if signals >= sensors {
            return Err(ArrayError::Signals { sensors, signals });
        }
        let lengths = [
            (packed(sensors), memory.as_slice().len()),
            (room(sensors, signals), space.as_slice().len()),
        ];
        if let Some((expected, found)) = lengths.into_iter().find(|(e, f)| e != f) {
            return Err(ArrayError::Length { expected, found });
        }
        let metric = weights.clone();
        let mut scenes = Self { weights, metric, squares: memory, room: space, signals, frames: 0 };
        let own = scenes.weights.clone();
        scenes.reweigh(own)?;
        Ok(scenes)
    }

    /// Forgets all frames, and takes the gains to be these.
    ///
    /// # Errors
    /// [`ArrayError`]: `Length`; `Weight` for what is zero or not finite.
    pub fn reweigh<R>(&mut self, weights: G) -> Result<(), ArrayError>
    where
        R: Real,
        G: Buffer<R>,
        W: Buffer<R>,
    {
        let (expected, found) = (self.weights.as_slice().len(), weights.as_slice().len());
        if expected != found {
            return Err(ArrayError::Length { expected, found });
        }
        let unusable = |w: &R| !(w.abs() > R::ZERO && w.is_finite());
        if let Some(sensor) = weights.as_slice().iter().position(unusable) {
            return Err(ArrayError::Weight { sensor });
        }
        self.weights = weights;
        let all = self.metric.as_mut_slice().iter_mut().chain(self.squares.as_mut_slice());
        all.for_each(|number| *number = R::ZERO);
        self.frames = 0;
        Ok(())
    }

    /// Frames that were added.
    pub const fn frames(&self) -> u32 {
        self.frames
    }

    /// Adds a frame and the matrix through which it was seen. One that is refused changes nothing.
    ///
    /// # Errors
    /// [`ArrayError`]: `Length`, `NonFiniteMeasurement`, `Dependent`, `Size`.
    pub fn add<R, A>(&mut self, sensing: &A, y: &[R]) -> Result<(), ArrayError>
    where
        R: Real,
        A: ColumnOperator<R>,
        G: Buffer<R>,
        W: Buffer<R>,
        S: Buffer<R>,
    {
        let Self { weights, metric, squares, room, signals, .. } = self;
        let (weights, squares) = (weights.as_slice(), squares.as_mut_slice());
        let sensors = weights.len();
        let lengths =
            [(sensors, y.len()), (sensors, sensing.rows()), (*signals, sensing.columns())];
        if let Some((expected, found)) = lengths.into_iter().find(|(e, f)| e != f) {
            return Err(ArrayError::Length { expected, found });
        }
        if let Some(sensor) = first_non_finite(y) {
            return Err(ArrayError::NonFiniteMeasurement { sensor });
        }
        let largest = square(max_abs(y));
        let whole = max_abs(squares) + largest;
        if !(whole * R::from_f64(4.0)).is_finite() {
            return Err(ArrayError::Size);
        }
        let mut room =
            Room::of(room.as_mut_slice(), sensors, *signals).ok_or(ArrayError::Dependent)?;
        room.fill(|place| {
            for signal in 0..*signals {
                sensing.visit_column(signal, |sensor, a| place(sensor, signal, a));
            }
        });
        room.orthogonalise(|i| at(weights, i)).ok_or(ArrayError::Dependent)?;
        for (i, slot) in metric.as_mut_slice().iter_mut().enumerate() {
            for j in 0..=i {
                let pair = at(weights, i) * at(weights, j) * room.pair(i, j);
                let rest = if i == j { R::ONE - pair } else { -pair };
                if let Some(entry) = squares.get_mut(packed(i) + j) {
                    *entry += rest * at(y, i) * at(y, j);
                }
                if i == j {
                    *slot += rest;
                }
            }
        }
        self.frames = self.frames.saturating_add(1);
        Ok(())
    }

    /// The gains, of mean 1, and their standard errors into the buffers given; returns the standard
    /// deviation σ of the noise. Where no degree of freedom is left, σ and the errors are infinite.
    /// `factor` has m (m + 1) / 2 numbers; what it holds does not matter.
    ///
    /// # Errors
    /// [`ArrayError`]: `Length`, `Unidentifiable`, `Silent`, `Singular`.
    pub fn solve<R>(&mut self, factor: W, gains: &mut G, errors: &mut G) -> Result<R, ArrayError>
    where
        R: Real,
        G: Buffer<R>,
        W: Buffer<R>,
        S: Buffer<R>,
    {
        let counts = self.counted(self.weights.as_slice().len());
        let (weights, metric) = (self.weights.as_slice(), self.metric.as_slice());
        let squares = self.squares.as_slice();
        let sensors = weights.len();
        let mut factor = factor;
        let (memory, c) = (factor.as_mut_slice(), gains.as_mut_slice());
        let row = errors.as_mut_slice();
        let lengths = [(squares.len(), memory.len()), (sensors, c.len()), (sensors, row.len())];
        if let Some((expected, found)) = lengths.into_iter().find(|(e, f)| e != f) {
            return Err(ArrayError::Length { expected, found });
        }
        counts.check()?;
        let count = real::<R>(sensors);
        let mean = sum_of(sensors, |i| at(squares, packed(i) + i)) / count;
        if mean == R::ZERO {
            return Err(ArrayError::Silent);
        }
        let scale = mean.unit_scale();
        let fill = |memory: &mut [R]| {
            memory.iter_mut().zip(squares).for_each(|(to, from)| *to = scale * *from);
        };
        let ridge = R::from_f64(4.0) * R::EPSILON * scale * mean;
        let raise = |memory: &mut [R]| {
            for i in 0..sensors {
                if let Some(diagonal) = memory.get_mut(packed(i) + i) {
                    *diagonal += ridge;
                }
            }
        };
        fill(memory);
        raise(memory);
        factor_in_place(memory, sensors).map_err(|_| ArrayError::Singular)?;
        c.iter_mut().for_each(|c| *c = R::ONE);
        for _ in 0..=ROUNDS {
            c.iter_mut().zip(metric).for_each(|(c, metric)| *c *= *metric);
            solve_in_place(memory, c);
            let size = max_abs(c).unit_scale();
            c.iter_mut().for_each(|c| *c *= size);
        }
        // σ from what is left at c of mean square 1, before c becomes the gains.
        let length = (dot(c, c) / count).sqrt();
        c.iter_mut().for_each(|c| *c = *c / length);
        let left = sum_of(sensors, |i| {
            let line = squares.get(packed(i)..packed(i) + i).unwrap_or(&[]);
            let two = R::from_f64(2.0);
            scale * at(c, i) * (two * dot(line, c) + at(squares, packed(i) + i) * at(c, i))
        });
        let freedom = counts.freedom();
        let variance = left.max(R::ZERO) / real::<R>(freedom);
        // The matrix again, with the direction of c closed.
        fill(memory);
        raise(memory);
        for i in 0..sensors {
            for j in 0..=i {
                if let Some(entry) = memory.get_mut(packed(i) + j) {
                    *entry += scale * mean / count * at(c, i) * at(c, j);
                }
            }
        }
        let added = factor_in_place(memory, sensors).map_err(|_| ArrayError::Singular)?;
        if added > R::ZERO || !c.iter().all(|c| c.abs() > R::ZERO && c.is_finite()) {
            return Err(ArrayError::Singular);
        }
        for (c, weight) in c.iter_mut().zip(weights) {
            *c = *weight / *c;
        }
        let total = sum_of(sensors, |i| at(c, i)) / count;
        if total.abs() <= R::EPSILON * max_abs(c) {
            return Err(ArrayError::Singular);
        }
        c.iter_mut().for_each(|gain| *gain = *gain / total);
        let Some(room) = self.room.as_mut_slice().get_mut(..sensors) else {
            return Err(ArrayError::Singular);
        };
        let deviation = if freedom == 0 { R::INFINITY } else { variance.sqrt() };
        for (i, error) in row.iter_mut().enumerate() {
            let share = at(c, i) / count;
            for (j, slot) in room.iter_mut().enumerate() {
                // What a change of c makes of a gain.
                let slope = square(at(c, j)) * total / at(weights, j);
                *slot = if i == j { slope - share * slope } else { -share * slope };
            }
            forward_in_place(memory, room);
            *error = deviation * dot(room, room).sqrt();
        }
        Ok(deviation / scale.sqrt())
    }
}

fn real<R: Real>(count: usize) -> R {
    R::from_u32(u32::try_from(count).unwrap_or(u32::MAX))
}
