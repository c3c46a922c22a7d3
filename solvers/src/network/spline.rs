//! [`Spline`]: a shrinkage that is learned.

use super::NetworkError;
use crate::Real;

/// Most knots of a [`Spline`].
pub const MAX_KNOTS: usize = 16;

/// A learned shrinkage S(z; θ) = θ ψ(z / θ), where ψ is odd, piecewise linear and never falls:
///
/// ψ(0) = 0, ψ(uᵢ) = wᵢ at the knots 0 < u₁ < … < u_K, linear between, of slope 1 beyond u_K.
///
/// So knots and values are in units of the threshold, large entries are moved by a constant, and
/// with θ = 0 nothing is changed. Soft thresholding is the spline with one knot, ψ(1) = 0.
///
/// **What it is a proximal map of.** In one dimension a function is the proximal map of some g if
/// and only if it never falls, which the constructor sees to. With L = [`steepest`](Self::steepest),
/// the largest slope, g is weakly convex: g + (1 − 1/L) x²/2 is convex. It is convex itself if and
/// only if L = 1, and then the map is non-expansive. With L > 1 a network of such maps has no
/// convex objective behind it.
///
/// It never falls in floating point either: between two knots it is held at the value of the
/// second.
///
/// With the feature `serde` knots and values are kept, and checked anew when they are read. A table
/// of splines in flash is made by [`constant`](Self::constant), while compiling.
///
/// Storage: 3 · 16 numbers and a word, whatever K is. Cost of an entry: at most K products and
/// comparisons, 4 operations more; no division.
///
/// ```
/// use solvekit::network::Spline;
/// // Nothing up to half the threshold, everything from twice the threshold on: firm thresholding.
/// let firm = Spline::new(&[0.5_f32, 2.0], &[0.0, 2.0])?;
/// assert_eq!(firm.value(0.04, 0.1), 0.0);
/// assert_eq!(firm.value(-0.7, 0.1), -0.7);
/// let between = firm.at(0.125, 0.1);
/// assert_eq!((between.interval, between.slope), (1, 4.0 / 3.0));
/// assert!((between.value - 0.1).abs() < 1e-7);
/// assert!(firm.steepest() > 1.0); // no convex penalty does that
/// # Ok::<(), solvekit::network::NetworkError>(())
/// ```
///
/// Source: Fang, Buchanan and Sulam, *What's in a Prior? Learned Proximal Networks for Inverse
/// Problems*, ICLR 2024, in one dimension; Moreau 1965 and Gribonval and Nikolova 2020 for which
/// functions are proximal maps.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(
        try_from = "Kept<R>",
        into = "Kept<R>",
        bound(
            serialize = "R: Real + serde::Serialize",
            deserialize = "R: Real + serde::Deserialize<'de>"
        )
    )
)]
pub struct Spline<R> {
    knots: [R; MAX_KNOTS],
    values: [R; MAX_KNOTS],
    /// That of the interval which ends at a knot.
    slopes: [R; MAX_KNOTS],
    count: u32,
}

/// What is kept of a spline; who reads it passes the constructor's checks.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
struct Kept<R> {
    knots: [R; MAX_KNOTS],
    values: [R; MAX_KNOTS],
    count: u32,
}

#[cfg(feature = "serde")]
impl<R: Real> From<Spline<R>> for Kept<R> {
    fn from(Spline { knots, values, count, .. }: Spline<R>) -> Self {
        Self { knots, values, count }
    }
}

#[cfg(feature = "serde")]
impl<R: Real> TryFrom<Kept<R>> for Spline<R> {
    type Error = NetworkError;

    fn try_from(Kept { knots, values, count }: Kept<R>) -> Result<Self, NetworkError> {
        let found = count as usize;
        match (knots.get(..found), values.get(..found)) {
            (Some(knots), Some(values)) => Self::new(knots, values),
            _ => Err(NetworkError::KnotCount { found }),
        }
    }
}

/// What a [`Spline`] does at one place: all that a gradient through it needs.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SplinePoint<R> {
    /// S(z; θ).
    pub value: R,
    /// ∂S/∂z, at a knot that of the side towards zero. ∂S/∂θ is (value − z · slope) / θ.
    pub slope: R,
    /// How many knots uᵢ θ are below |z|: 0 before the first knot, K beyond the last.
    pub interval: usize,
}

impl<R: Real> Spline<R> {
    /// Knots uᵢ and the values wᵢ there, both in units of the threshold.
    ///
    /// # Errors
    /// [`NetworkError::KnotCount`], [`NetworkError::Length`] (a value for each knot),
    /// [`NetworkError::Knot`], [`NetworkError::KnotValue`].
    pub fn new(knots: &[R], values: &[R]) -> Result<Self, NetworkError> {
        let (expected, found) = (knots.len(), values.len());
        if !(1..=MAX_KNOTS).contains(&expected) {
            return Err(NetworkError::KnotCount { found: expected });
        }
        if found != expected {
            return Err(NetworkError::Length { expected, found });
        }
        let mut spline = Self {
            knots: [R::ZERO; MAX_KNOTS],
            values: [R::ZERO; MAX_KNOTS],
            slopes: [R::ZERO; MAX_KNOTS],
            count: u32::try_from(expected).unwrap_or_default(),
        };
        let (mut knot_before, mut value_before) = (R::ZERO, R::ZERO);
        let given = knots.iter().zip(values).enumerate();
        let own = spline.knots.iter_mut().zip(&mut spline.values).zip(&mut spline.slopes);
        for ((knot, (u, w)), ((own_u, own_w), slope)) in given.zip(own) {
            if !(*u > knot_before && u.is_finite()) {
                return Err(NetworkError::Knot { knot });
            }
            *slope = (*w - value_before) / (*u - knot_before);
            if !(*w >= value_before && slope.is_finite()) {
                return Err(NetworkError::KnotValue { knot });
            }
            (*own_u, *own_w) = (*u, *w);
            (knot_before, value_before) = (*u, *w);
        }
        Ok(spline)
    }

    /// Soft thresholding, for training to start from; one of the knots is 1. With that one alone it
    /// is soft thresholding to the bit, with others to a few roundings of z.
    ///
    /// # Errors
    /// [`NetworkError::KnotCount`], [`NetworkError::Knot`], [`NetworkError::NoKnotAtThreshold`].
    pub fn soft(knots: &[R]) -> Result<Self, NetworkError> {
        let mut values = [R::ZERO; MAX_KNOTS];
        for (value, knot) in values.iter_mut().zip(knots) {
            // NaN is not above and is refused below.
            *value = if *knot > R::ONE { *knot - R::ONE } else { R::ZERO };
        }
        let found = knots.len();
        let values = values.get(..found).ok_or(NetworkError::KnotCount { found })?;
        let spline = Self::new(knots, values)?;
        if knots.contains(&R::ONE) { Ok(spline) } else { Err(NetworkError::NoKnotAtThreshold) }
    }

    /// uᵢ, ascending.
    pub fn knots(&self) -> &[R] {
        self.knots.get(..self.count as usize).unwrap_or(&self.knots)
    }

    /// wᵢ.
    pub fn values(&self) -> &[R] {
        self.values.get(..self.count as usize).unwrap_or(&self.values)
    }

    /// That of each interval which ends at a knot.
    pub fn slopes(&self) -> &[R] {
        self.slopes.get(..self.count as usize).unwrap_or(&self.slopes)
    }

    /// The largest slope, at least 1. It is 1, to the rounding of slopes, if and only if this is the
    /// proximal map of a convex function.
    pub fn steepest(&self) -> R {
        self.slopes.iter().fold(R::ONE, |most, slope| most.max(*slope))
    }

    /// S(z; θ) for θ ≥ 0. NaN in, NaN out.
    #[inline]
    pub fn value(&self, z: R, theta: R) -> R {
        self.at(z, theta).value
    }

    /// S(z; θ) for θ ≥ 0 with its slope and interval. NaN in, NaN out.
    pub fn at(&self, z: R, theta: R) -> SplinePoint<R> {
        let size = z.abs();
        // The knot before, its value, how often it was passed.
        let (mut start, mut level, mut interval) = (R::ZERO, R::ZERO, 0);
        let mut found = None;
        let knots = self.knots.iter().zip(&self.values).zip(&self.slopes);
        for ((knot, value), slope) in knots.take(self.count as usize) {
            let (end, top) = (theta * *knot, theta * *value);
            if size > end {
                (start, level) = (end, top);
                interval += 1;
            } else {
                // Of products rounded one by one the line may end above its knot.
                found = Some(((level + *slope * (size - start)).min(top), *slope));
                break;
            }
        }
        let (value, slope) = found.unwrap_or((level + (size - start), R::ONE));
        // 0 − 0 is +0, as soft thresholding has it.
        let value = if z < R::ZERO { R::ZERO - value } else { value };
        SplinePoint { value, slope, interval }
    }
}

impl Spline<f32> {
    /// The bits and the refusals of [`new`](Self::new), also while compiling.
    ///
    /// ```
    /// use solvekit::network::Spline;
    /// static FIRM: [Spline<f32>; 2] = [firm(2.0), firm(3.0)];
    ///
    /// const fn firm(last: f32) -> Spline<f32> {
    ///     match Spline::constant(&[1.0, last], &[0.0, last]) {
    ///         Ok(spline) => spline,
    ///         Err(_) => panic!("no spline"), // while compiling
    ///     }
    /// }
    /// assert_eq!(FIRM[1].value(-0.4, 0.1), -0.4);
    /// ```
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub const fn constant(knots: &[f32], values: &[f32]) -> Result<Self, NetworkError> {
        let (expected, found) = (knots.len(), values.len());
        if expected == 0 || expected > MAX_KNOTS {
            return Err(NetworkError::KnotCount { found: expected });
        }
        if found != expected {
            return Err(NetworkError::Length { expected, found });
        }
        let zeros = [0.0; MAX_KNOTS];
        let mut spline =
            Self { knots: zeros, values: zeros, slopes: zeros, count: expected as u32 };
        let (mut left, mut knot) = ((knots, values), 0);
        let (mut knot_before, mut value_before) = (0.0, 0.0);
        // No iterator is `const`. There are at most as many as there is room for.
        while let ([u, knots @ ..], [w, values @ ..]) = left
            && knot < MAX_KNOTS
        {
            if !(*u > knot_before && u.is_finite()) {
                return Err(NetworkError::Knot { knot });
            }
            let slope = (*w - value_before) / (*u - knot_before);
            if !(*w >= value_before && slope.is_finite()) {
                return Err(NetworkError::KnotValue { knot });
            }
            (spline.knots[knot], spline.values[knot], spline.slopes[knot]) = (*u, *w, slope);
            (knot_before, value_before) = (*u, *w);
            (left, knot) = ((knots, values), knot + 1);
        }
        Ok(spline)
    }
}
