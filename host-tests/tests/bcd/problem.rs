//! Small random problems, and what a rule or an update does to them once.

use rand_core::{Rng, SeedableRng};
use rand_pcg::Pcg32;
use solvekit::bcd::rule::{Chosen, Rule};
use solvekit::fit::DataFit;
use solvekit::{SMatrix, SVector};

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
    let mut generator = Pcg32::seed_from_u64(seed);
    let root = SMatrix::<f64, 9, N>::from_fn(|_, _| signed(&mut generator));
    let units = Vector::from_fn(|_, _| (3.0 * signed(&mut generator)).exp2());
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
