//! The inputs, in flash. Matrices lie there in both orders, and each side takes its own.

use solvekit::nalgebra::ArrayStorage;
use solvekit::{SMatrix, SVector};

/// A matrix: column by column, as nalgebra and we want it, and row by row (which is its transpose
/// column by column), as CMSIS-DSP does.
pub(crate) struct Matrix<const M: usize, const N: usize> {
    pub(crate) columns: SMatrix<f32, M, N>,
    pub(crate) rows: SMatrix<f32, N, M>,
}

/// A and x.
pub(crate) struct Square<const N: usize> {
    pub(crate) a: Matrix<N, N>,
    pub(crate) x: SVector<f32, N>,
}

/// x and y, and a factor.
pub(crate) struct Pair<const N: usize> {
    pub(crate) x: SVector<f32, N>,
    pub(crate) y: SVector<f32, N>,
    pub(crate) factor: f32,
}

/// A and B.
pub(crate) struct Factors {
    pub(crate) a: Matrix<16, 16>,
    pub(crate) b: Matrix<16, 16>,
}

/// A, symmetric and with a diagonal that outweighs the rest of every row, b, and ω of sweeps.
pub(crate) struct System {
    pub(crate) a: SMatrix<f32, 16, 16>,
    pub(crate) b: SVector<f32, 16>,
    pub(crate) omega: f32,
}

/// A, y, λ, and a step length of at most 1 / ‖A‖².
pub(crate) struct Lasso {
    pub(crate) a: Matrix<16, 32>,
    pub(crate) y: SVector<f32, 16>,
    pub(crate) lambda: f32,
    pub(crate) step: f32,
}

/// Steps of ISTA and sweeps of SOR: the last is counted, when the state is no longer zero.
pub(crate) const STEPS: usize = 3;

pub(crate) static SQUARE_16: Square<16> = Square { a: matrix(3), x: vector(5) };
pub(crate) static SQUARE_32: Square<32> = Square { a: matrix(7), x: vector(11) };
pub(crate) static PAIR_16: Pair<16> = Pair { x: vector(13), y: vector(17), factor: 0.3 };
pub(crate) static PAIR_64: Pair<64> = Pair { x: vector(19), y: vector(47), factor: 0.3 };
pub(crate) static FACTORS: Factors = Factors { a: matrix(29), b: matrix(31) };
pub(crate) static SYSTEM: System =
    System { a: SMatrix::from_array_storage(ArrayStorage(dominant())), b: vector(37), omega: 1.1 };
pub(crate) static LASSO: Lasso = Lasso {
    a: matrix(41),
    y: vector(43),
    lambda: 0.1,
    step: 1.0 / squares(&numbers::<16, 32>(41)),
};

const fn matrix<const M: usize, const N: usize>(seed: u32) -> Matrix<M, N> {
    let columns = numbers(seed);
    Matrix {
        columns: SMatrix::from_array_storage(ArrayStorage(columns)),
        rows: SMatrix::from_array_storage(ArrayStorage(transpose(&columns))),
    }
}

const fn vector<const N: usize>(seed: u32) -> SVector<f32, N> {
    SVector::from_array_storage(ArrayStorage(numbers(seed)))
}

/// Uniform in [−1, 1), of no particular order (a linear congruence).
const fn numbers<const M: usize, const N: usize>(seed: u32) -> [[f32; M]; N] {
    let (mut a, mut state, mut j) = ([[0.0; M]; N], seed, 0);
    while j < N {
        let mut i = 0;
        while i < M {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            a[j][i] = (state >> 8) as f32 / 8_388_608.0 - 1.0;
            i += 1;
        }
        j += 1;
    }
    a
}

const fn transpose<const M: usize, const N: usize>(a: &[[f32; M]; N]) -> [[f32; N]; M] {
    let (mut t, mut j) = ([[0.0; N]; M], 0);
    while j < N {
        let mut i = 0;
        while i < M {
            t[i][j] = a[j][i];
            i += 1;
        }
        j += 1;
    }
    t
}

const fn dominant() -> [[f32; 16]; 16] {
    let (mut a, mut j) = ([[0.0; 16]; 16], 0);
    while j < 16 {
        let mut i = 0;
        while i < 16 {
            a[j][i] = if i == j { 4.0 } else { 0.4 / (1 + i + j) as f32 };
            i += 1;
        }
        j += 1;
    }
    a
}

/// ‖A‖ in Frobenius' norm, squared: no less than ‖A‖².
const fn squares<const M: usize, const N: usize>(a: &[[f32; M]; N]) -> f32 {
    let (mut sum, mut j) = (0.0, 0);
    while j < N {
        let mut i = 0;
        while i < M {
            sum += a[j][i] * a[j][i];
            i += 1;
        }
        j += 1;
    }
    sum
}
