//! Small random problems, and what a rule or an update does to them once.

use rand_core::{Rng, SeedableRng};
use rand_pcg::Pcg32;
use solvekit::bcd::rule::{Chosen, Rule};
use solvekit::fit::DataFit;
use solvekit::{Constraint, Penalty, SMatrix, SVector, Separable};

/// Unknowns of the random problems.
pub(crate) const N: usize = 7;
pub(crate) type Square = SMatrix<f64, N, N>;
pub(crate) type Vector = SVector<f64, N>;

/// Uniform in [−1, 1).
pub(crate) fn signed(generator: &mut Pcg32) -> f64 {
    f64::from(generator.next_u32()) / f64::from(1_u32 << 31) - 1.0
}

/// A positive definite matrix whose columns have units from 1/8 to 8, and a right-hand side.
pub(crate) fn quadratic(seed: u64) -> (Square, Vector) {
    in_units(seed, 3.0)
}

/// The same with units from 2^−`spread` to 2^`spread`.
pub(crate) fn in_units(seed: u64, spread: f64) -> (Square, Vector) {
    let mut generator = Pcg32::seed_from_u64(seed);
    let root = SMatrix::<f64, 9, N>::from_fn(|_, _| signed(&mut generator));
    let units = Vector::from_fn(|_, _| (spread * signed(&mut generator)).exp2());
    let a = (root.transpose() * root + Square::identity() * 0.05)
        .component_mul(&(units * units.transpose()));
    let a = (a + a.transpose()) * 0.5;
    (a, Vector::from_fn(|i, _| units[i] * signed(&mut generator)))
}

/// A point that is not the origin.
pub(crate) fn somewhere(seed: u64) -> Vector {
    let mut generator = Pcg32::seed_from_u64(seed ^ 0x5eed);
    Vector::from_fn(|_, _| signed(&mut generator))
}

/// The coordinates that a rule picks at a point, from a fresh memory.
pub(crate) fn pick<F: DataFit, P, S: Rule<F, P>>(
    rule: &S,
    (fit, penalty, point): (&F, &P, &F::Point),
) -> (Vec<usize>, Option<usize>) {
    let mut state = rule.start();
    let Chosen { coordinates, block } = rule.select(fit, penalty, point, &mut state);
    (coordinates.to_vec(), block)
}

/// The submatrix of some rows and columns, and the part of a vector.
pub(crate) fn part(
    a: &Square,
    v: &Vector,
    block: &[usize],
) -> (nalgebra::DMatrix<f64>, nalgebra::DVector<f64>) {
    let count = block.len();
    let matrix = nalgebra::DMatrix::from_fn(count, count, |i, j| a[(block[i], block[j])]);
    (matrix, nalgebra::DVector::from_fn(count, |i, _| v[block[i]]))
}

/// Every set of `size` coordinates, ascending.
pub(crate) fn subsets(size: usize) -> Vec<Vec<usize>> {
    let all = (0_u32..1 << N).filter(|bits| bits.count_ones() as usize == size);
    all.map(|bits| (0..N).filter(|j| bits >> j & 1 == 1).collect()).collect()
}

/// Between two bounds.
#[derive(Clone, Copy)]
pub(crate) struct Between(pub(crate) f64, pub(crate) f64);

impl Penalty<f64> for Between {
    fn value(&self, _: usize, x: f64) -> f64 {
        if self.0 <= x && x <= self.1 { 0.0 } else { f64::INFINITY }
    }
    fn prox(&self, _: usize, _: f64, v: f64) -> f64 {
        v.clamp(self.0, self.1)
    }
    fn distance(&self, _: usize, x: f64, gradient: f64) -> f64 {
        let inwards = x <= self.0 && gradient >= 0.0 || x >= self.1 && gradient <= 0.0;
        if inwards { 0.0 } else { gradient.abs() }
    }
    fn slope(&self, _: usize, _: f64) -> f64 {
        0.0
    }
    fn sticks(&self, _: usize, x: f64) -> bool {
        x == self.0 || x == self.1
    }
}
impl Separable<f64> for Between {}
impl Constraint<f64> for Between {}

/// Σᵢ √(1 + rᵢ²) with r = A x − y: convex, not quadratic, its curvature at most that of least
/// squares. Everything is computed from x whenever it is asked for.
#[derive(Clone, Copy)]
pub(crate) struct PseudoHuber {
    pub(crate) a: SMatrix<f64, 12, N>,
    pub(crate) y: SVector<f64, 12>,
}

impl PseudoHuber {
    pub(crate) fn random(seed: u64) -> Self {
        let mut generator = Pcg32::seed_from_u64(seed);
        let a = SMatrix::from_fn(|_, _| 2.0 * signed(&mut generator));
        Self { a, y: SVector::from_fn(|_, _| 4.0 * signed(&mut generator)) }
    }

    fn residual(&self, x: &Vector) -> SVector<f64, 12> {
        self.a * x - self.y
    }
}

impl DataFit for PseudoHuber {
    type Real = f64;
    type Point = Vector;
    const QUADRATIC: bool = false;

    fn unknowns(&self) -> usize {
        N
    }
    fn x<'p>(&self, point: &'p Vector) -> &'p [f64] {
        point.as_slice()
    }
    fn value(&self, point: &Vector) -> f64 {
        self.residual(point).iter().map(|r| (1.0 + r * r).sqrt()).sum()
    }
    fn partial(&self, point: &Vector, j: usize) -> f64 {
        let r = self.residual(point);
        (0..12).map(|i| self.a[(i, j)] * r[i] / (1.0 + r[i] * r[i]).sqrt()).sum()
    }
    fn shift(&self, point: &mut Vector, j: usize, delta: f64) {
        if delta.is_finite() {
            point[j] += delta;
        }
    }
    fn bound(&self, i: usize, j: usize) -> f64 {
        self.a.column(i).dot(&self.a.column(j))
    }
    fn second(&self, point: &Vector, i: usize, j: usize) -> f64 {
        let r = self.residual(point);
        (0..12).map(|k| self.a[(k, i)] * self.a[(k, j)] / (1.0 + r[k] * r[k]).powf(1.5)).sum()
    }
    fn gradient_scale(&self) -> f64 {
        (0..N).map(|j| self.partial(&Vector::zeros(), j).abs()).fold(0.0, f64::max)
    }
    fn refresh(&self, _: &mut Vector) {}
    fn restore(&self, point: &mut Vector) {
        point.iter_mut().filter(|x| !x.is_finite()).for_each(|x| *x = 0.0);
    }
}
