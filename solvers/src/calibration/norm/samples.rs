//! [`Samples`]: readings of a sensor that was turned, and the sphere through them.

use super::NormError;
use super::model::length;
use super::system::System;
use crate::Real;

/// Readings, checked, with the sphere that fits them best and how well they cover it.
///
/// The sphere is the least-squares solution of ‖y‖² = 2 oᵀy + c, a linear system of four unknowns:
/// the start of every fit, and the units that make fits alike whatever the readings' own.
///
/// Storage: 6 numbers; the readings are borrowed. Making it costs two passes over them, of about 20
/// multiplications a reading.
///
/// ```
/// use solvekit::calibration::norm::Samples;
/// let poses = [[3.0_f32, 1.0, 1.0], [-1.0, 1.0, 1.0], [1.0, 3.0, 1.0], [1.0, -1.0, 1.0], [1.0, 1.0, 3.0]];
/// let samples = Samples::new(&poses)?;
/// assert!((samples.radius() - 2.0).abs() < 1e-5);
/// assert!(samples.centre().iter().all(|o| (o - 1.0).abs() < 1e-5));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Samples<'a, R> {
    all: &'a [[R; 3]],
    centre: [R; 3],
    radius: R,
    coverage: Coverage<R>,
}

/// Where on the sphere samples lie.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Coverage<R> {
    /// A bit for each octant that has a sample: bit 0 for all axes positive, bit 1 for x negative, and
    /// so on with y and z as the second and third digit.
    pub occupied: u8,
    /// 27 det(mean n nᵀ) of the directions n: 1 where all are alike, 0 where they lie in a plane.
    pub evenness: R,
}

impl<R> Coverage<R> {
    /// Octants that have a sample.
    #[must_use]
    pub const fn octants(&self) -> u32 {
        self.occupied.count_ones()
    }
}

impl<'a, R: Real> Samples<'a, R> {
    /// Checks the readings, and finds the sphere.
    ///
    /// # Errors
    /// [`NormError`]: `TooFew` below 4, `NonFinite`, `Size`, `Coverage` where no sphere is found, as
    /// in a plane.
    pub fn new(all: &'a [[R; 3]]) -> Result<Self, NormError<R>> {
        if all.len() < 4 {
            return Err(NormError::TooFew { needed: 4, given: all.len() });
        }
        for (sample, y) in all.iter().enumerate() {
            if let Some(axis) = y.iter().position(|y| !y.is_finite()) {
                return Err(NormError::NonFinite { sample, axis });
            }
        }
        let (middle, extent) = extent(all).ok_or(NormError::Size)?;
        let within = |y: &[R; 3]| -> [R; 3] { scaled(apart(*y, middle), R::ONE / extent) };
        let mut system = System::<R, 4, 10>::new();
        let two = R::from_f64(2.0);
        let mut part = System::new();
        for chunk in all.chunks(CHUNK) {
            part.clear();
            for u in chunk.iter().map(within) {
                let [x, y, z] = u;
                part.add([two * x, two * y, two * z, R::ONE], x * x + y * y + z * z);
            }
            system.join(&part);
        }
        let nowhere = Coverage { occupied: 0, evenness: R::ZERO };
        let Some([x, y, z, c]) = system.solve() else {
            return Err(NormError::Coverage(nowhere));
        };
        let square = c + x * x + y * y + z * z;
        if !(square > R::ZERO && square.is_finite()) {
            return Err(NormError::Coverage(nowhere));
        }
        let radius = extent * square.sqrt();
        let offset = scaled([x, y, z], extent);
        let centre = [0, 1, 2].map(|k| component(middle, k) + component(offset, k));
        let coverage = coverage(all, centre);
        Ok(Self { all, centre, radius, coverage })
    }

    /// All readings.
    #[must_use]
    pub const fn readings(&self) -> &'a [[R; 3]] {
        self.all
    }

    /// Of the sphere.
    #[must_use]
    pub const fn centre(&self) -> [R; 3] {
        self.centre
    }

    /// Of the sphere.
    #[must_use]
    pub const fn radius(&self) -> R {
        self.radius
    }

    /// How the directions from the centre are spread.
    #[must_use]
    pub const fn coverage(&self) -> Coverage<R> {
        self.coverage
    }

    /// Readings on a sphere of about 1 about zero.
    pub(super) fn normalised(&self) -> impl Iterator<Item = [R; 3]> + '_ {
        let scale = R::ONE / self.radius;
        self.all.iter().map(move |y| scaled(apart(*y, self.centre), scale))
    }
}

/// Samples whose sums are made apart before they join the total: rounding grows with the root of
/// their number instead of with it.
pub(super) const CHUNK: usize = 32;

/// The middle of the box around all readings, and the largest distance from it along an axis.
fn extent<R: Real>(all: &[[R; 3]]) -> Option<([R; 3], R)> {
    let first = all.first()?;
    let (mut low, mut high) = (*first, *first);
    for y in all {
        for ((low, high), y) in low.iter_mut().zip(&mut high).zip(y) {
            *low = low.min(*y);
            *high = high.max(*y);
        }
    }
    let half = R::from_f64(0.5);
    let middle = [0, 1, 2].map(|k| half * component(low, k) + half * component(high, k));
    let reach = apart(high, middle);
    let extent = reach.iter().fold(R::ZERO, |most, reach| most.max(*reach));
    let usable = extent > R::ZERO
        && (extent * extent).is_finite()
        && (R::ONE / (extent * extent)).is_finite();
    usable.then_some((middle, extent))
}

fn coverage<R: Real>(all: &[[R; 3]], centre: [R; 3]) -> Coverage<R> {
    let (mut occupied, mut sums, mut count) = (0, [R::ZERO; 6], R::ZERO);
    for y in all {
        let d = apart(*y, centre);
        let bit = |k: usize| u32::from(component(d, k) < R::ZERO) << k;
        occupied |= 1_u8 << (bit(0) | bit(1) | bit(2));
        let size = length(d);
        if size > R::ZERO {
            let [x, y, z] = scaled(d, R::ONE / size);
            let squares = [x * x, y * y, z * z, x * y, x * z, y * z];
            sums.iter_mut().zip(squares).for_each(|(sum, square)| *sum += square);
            count += R::ONE;
        }
    }
    let moment = super::NormModel { offset: [R::ZERO; 3], matrix: sums.map(|sum| sum / count) };
    let evenness = (R::from_f64(27.0) * moment.determinant()).max(R::ZERO);
    Coverage { occupied, evenness: evenness.finite_or(R::ZERO) }
}

fn apart<R: Real>([a, b, c]: [R; 3], [x, y, z]: [R; 3]) -> [R; 3] {
    [a - x, b - y, c - z]
}

pub(super) fn scaled<R: Real>(v: [R; 3], factor: R) -> [R; 3] {
    v.map(|v| v * factor)
}

fn component<R: Real>([x, y, z]: [R; 3], k: usize) -> R {
    match k {
        0 => x,
        1 => y,
        _ => z,
    }
}
