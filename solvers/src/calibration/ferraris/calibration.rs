//! [`FerrarisCalibration`]: offsets, scales and axes from the means of a session.

use super::axes::{minus, product, transposed};
use super::{Axes, Axis, FerrarisError, Part, Session};
use crate::Real;
use core::cmp::Ordering;

/// What is known of a session, and what is asked of it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct FerrarisOptions<R> {
    /// g, in the units that calibrated accelerations shall have.
    pub gravity: R,
    /// Readings a second.
    pub rate: R,
    /// By how much the device was turned about each axis, in the units that calibrated rates shall
    /// have times a second (degrees); positive as a right-handed screw.
    pub angle: R,
    /// The largest standard deviation of the accelerometer at rest, as a part of gravity.
    pub motion: R,
    /// The least independence of axes, |det R|.
    pub independence: R,
    /// The largest difference between the middles of opposite poses, as a part of gravity.
    pub disagreement: R,
}

impl<R: Real> FerrarisOptions<R> {
    /// Full turns, in degrees; at rest at most 0.05 of gravity; an independence of 0.5, which axes
    /// have that lie 30° askew; a disagreement of 0.1, which a pose 5° aslant shows.
    #[must_use]
    pub fn new(gravity: R, rate: R) -> Self {
        Self {
            gravity,
            rate,
            angle: R::from_f64(360.0),
            motion: R::from_f64(0.05),
            independence: R::from_f64(0.5),
            disagreement: R::from_f64(0.1),
        }
    }

    fn checked(&self) -> Result<(), FerrarisError<R>> {
        let positive = |number: R| number > R::ZERO && number.is_finite();
        if !positive(self.gravity) {
            return Err(FerrarisError::Gravity);
        }
        if !positive(self.rate) {
            return Err(FerrarisError::Rate);
        }
        if !positive(self.angle.abs()) {
            return Err(FerrarisError::Angle);
        }
        Ok(())
    }
}

/// A gyroscope, calibrated.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Gyroscope<R> {
    /// Offset, scales and directions.
    pub axes: Axes<R>,
    /// What it reads of an acceleration, by rows, in its own units for one of the accelerometer's.
    pub sensitivity: [[R; 3]; 3],
}

impl<R: Real> Gyroscope<R> {
    /// One that needs no calibration.
    const IDENTITY: Self = Self { axes: Axes::IDENTITY, sensitivity: [[R::ZERO; 3]; 3] };

    /// The rate of a reading, while the case is accelerated by a (calibrated).
    #[must_use]
    pub fn apply(&self, rate: [R; 3], acceleration: [R; 3]) -> [R; 3] {
        self.axes.apply(minus(rate, product(&self.sensitivity, acceleration)))
    }
}

/// An accelerometer and a gyroscope, calibrated by six poses and three turns.
///
/// With P and N the means of the poses upwards and downwards as columns, one for each axis:
/// b = diag(P + N) / 2 and K R = (P − N) / 2g of the accelerometer; the gyroscope's offset is its
/// mean at rest, its sensitivity (P − N) / 2g; and K R = W / angle, where the columns of W are the sums
/// of a turn's readings, less offset and sensitivity times acceleration, over the sampling rate.
///
/// Each pose fixes an offset on its own axis, where gravity makes small slants count least; what the two
/// other axes say of the same offset shows how well the poses were held: the
/// [`disagreement`](Self::disagreement).
///
/// ```
/// use solvekit::calibration::ferraris::{Axis, FerrarisCalibration, FerrarisOptions, Part, Session};
/// let mut session = Session::new();
/// // An accelerometer with scale 100 and an offset of 20 on x.
/// for (axis, up) in Axis::ALL.into_iter().zip([[981.0_f32, 0.0, 0.0], [0.0, 981.0, 0.0], [0.0, 0.0, 981.0]]) {
///     session.add(Part::Up(axis), up.map(|a| a), [1.0; 3])?;
///     session.add(Part::Down(axis), up.map(|a| -a), [1.0; 3])?;
/// }
/// let found = FerrarisCalibration::of(&session, &FerrarisOptions::new(9.81, 100.0))?;
/// assert_eq!(found.gyroscope, None); // There were no turns.
/// assert!((found.accelerometer.apply([981.0, 0.0, 0.0])[0] - 9.81).abs() < 1e-5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct FerrarisCalibration<R> {
    /// Offset, scales and directions.
    pub accelerometer: Axes<R>,
    /// Of a session with turns.
    pub gyroscope: Option<Gyroscope<R>>,
    /// The largest difference of the accelerometer's offset on an axis between the three pairs of
    /// poses, as a part of gravity.
    pub disagreement: R,
    /// Do the accelerometer's axes form a left-handed frame? Then an upward and a downward pose may
    /// have changed names.
    pub mirrored: bool,
}

impl<R: Real> FerrarisCalibration<R> {
    /// Calibrates the accelerometer, and the gyroscope where there were turns.
    ///
    /// Cost: some 200 multiplications.
    ///
    /// # Errors
    /// [`FerrarisError`]: `Gravity`, `Rate`, `Angle`; `Missing` for a pose, and for a turn where there
    /// were others; `Moved`, `Poses`, `Disagree`, `Turns`.
    pub fn of(
        session: &Session<R>,
        options: &FerrarisOptions<R>,
    ) -> Result<Self, FerrarisError<R>> {
        options.checked()?;
        let turned = Axis::ALL.iter().any(|axis| session.mean(Part::Turn(*axis)).count() > 0);
        let missing = |part: &Part| (part.is_rest() || turned) && session.mean(*part).count() == 0;
        if let Some(part) = Part::ALL.into_iter().find(missing) {
            return Err(FerrarisError::Missing(part));
        }

        let mut found = Self {
            accelerometer: Axes::IDENTITY,
            gyroscope: turned.then_some(Gyroscope::IDENTITY),
            disagreement: R::ZERO,
            mirrored: false,
        };
        accelerometer(session, options, &mut found.accelerometer);
        let solved = found.accelerometer.solve(options.independence);
        solved.map_err(|independence| FerrarisError::Poses { independence })?;
        found.disagreement = disagreement(session, options, &found.accelerometer)?;
        if let Some(of_turns) = &mut found.gyroscope {
            gyroscope(session, options, &found.accelerometer, of_turns);
            let solved = of_turns.axes.solve(options.independence);
            solved.map_err(|independence| FerrarisError::Turns { independence })?;
        }
        found.mirrored = found.accelerometer.is_mirrored();
        Ok(found)
    }
}

/// What the poses say of the accelerometer into `found`; its axes are still to be solved for.
// Neither this nor what follows is inlined: the stack holds one of them at a time.
#[inline(never)]
fn accelerometer<R: Real>(session: &Session<R>, options: &FerrarisOptions<R>, found: &mut Axes<R>) {
    let read = |part| session.mean(part).acceleration();
    let [[x, _, _], [_, y, _], [_, _, z]] = middles(read);
    found.offset = [x, y, z];
    found.directions = slopes(read, options.gravity);
}

/// How far the poses disagree, where all were held still.
#[inline(never)]
fn disagreement<R: Real>(
    session: &Session<R>,
    options: &FerrarisOptions<R>,
    found: &Axes<R>,
) -> Result<R, FerrarisError<R>> {
    for part in Part::ALL.into_iter().filter(|part| part.is_rest()) {
        let [a, b, c, ..] = session.mean(part).deviation();
        let deviation = found.in_gravity([a, b, c], options.gravity);
        if beyond(deviation, options.motion) {
            return Err(FerrarisError::Moved { part, deviation });
        }
    }
    // By rows: what an axis of the sensor reads in the three pairs of poses.
    let middles = transposed(middles(|part| session.mean(part).acceleration()));
    let disagreement = middles.iter().fold(R::ZERO, |most, middle| {
        most.max(found.in_gravity(minus(*middle, found.offset), options.gravity))
    });
    if beyond(disagreement, options.disagreement) {
        return Err(FerrarisError::Disagree { disagreement });
    }
    Ok(disagreement)
}

/// Also for NaN.
fn beyond<R: Real>(number: R, most: R) -> bool {
    number.partial_cmp(&most).is_none_or(Ordering::is_gt)
}

/// Halves of what is read in the two poses of an axis: halved before they are added, so that large
/// readings do not overflow.
fn halves<R: Real>(read: &impl Fn(Part) -> [R; 3], axis: Axis) -> [[R; 3]; 2] {
    let half = R::from_f64(0.5);
    [Part::Up(axis), Part::Down(axis)].map(|part| read(part).map(|y| half * y))
}

/// (P + N) / 2 of opposite poses: a row for an axis of the sensor, a column for an axis of the case.
fn middles<R: Real>(read: impl Fn(Part) -> [R; 3]) -> [[R; 3]; 3] {
    transposed(Axis::ALL.map(|axis| {
        let [up, down] = halves(&read, axis);
        minus(up, down.map(|y| -y))
    }))
}

/// (P − N) / 2g, likewise.
fn slopes<R: Real>(read: impl Fn(Part) -> [R; 3], gravity: R) -> [[R; 3]; 3] {
    transposed(Axis::ALL.map(|axis| {
        let [up, down] = halves(&read, axis);
        minus(up, down).map(|y| y / gravity)
    }))
}

/// What the readings say of the gyroscope into `found`; its axes are still to be solved for.
#[inline(never)]
fn gyroscope<R: Real>(
    session: &Session<R>,
    options: &FerrarisOptions<R>,
    accelerometer: &Axes<R>,
    found: &mut Gyroscope<R>,
) {
    let offset = mean_at_rest(session);
    found.sensitivity = slopes(|part| session.mean(part).rate(), options.gravity);
    let Gyroscope { axes, sensitivity } = found;
    for (column, axis) in Axis::ALL.into_iter().enumerate() {
        let mean = session.mean(Part::Turn(axis));
        // Everything is linear in the readings, so the means say what the sums would.
        let acceleration = accelerometer.apply(mean.acceleration());
        let rate = minus(minus(mean.rate(), offset), product(sensitivity, acceleration));
        let seconds = R::from_u32(mean.count()) / options.rate;
        for (row, rate) in axes.directions.iter_mut().zip(rate) {
            if let Some(slot) = row.get_mut(column) {
                *slot = rate * seconds / options.angle;
            }
        }
    }
    axes.offset = offset;
}

/// Of all readings at rest, however they are spread over the poses.
fn mean_at_rest<R: Real>(session: &Session<R>) -> [R; 3] {
    let (mut mean, mut total) = ([R::ZERO; 3], R::ZERO);
    for part in Part::ALL.into_iter().filter(|part| part.is_rest()) {
        let part = session.mean(part);
        let count = R::from_u32(part.count());
        total += count;
        let share = if total > R::ZERO { count / total } else { R::ZERO };
        mean.iter_mut().zip(part.rate()).for_each(|(mean, y)| *mean += share * (y - *mean));
    }
    mean
}
