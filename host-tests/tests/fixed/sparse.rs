//! Sparse problems in fixed point, and the exact model of what recovers them.

use crate::model::{ONE, Scale, bits, cut, floor, product, round};
use nalgebra::DMatrix;
use rand_core::Rng;
use rand_pcg::Pcg32;
use solvekit::fixed::{Dictionary, Format, I1F31, quantize, signal};

/// A, W and the reciprocals of W's scales in f64 and f32, signals in the caller's units.
pub(crate) struct Problem<const M: usize, const N: usize> {
    pub(crate) dense: DMatrix<f64>,
    pub(crate) weight: DMatrix<f64>,
    pub(crate) inverse_scales: Vec<f64>,
}

pub(crate) fn normal(random: &mut Pcg32) -> f64 {
    let mut uniform = || (f64::from(random.next_u32()) + 0.5) / 4_294_967_296.0;
    let (radius, angle) = ((-2.0 * uniform().ln()).sqrt(), std::f64::consts::TAU * uniform());
    radius * angle.cos()
}

impl<const M: usize, const N: usize> Problem<M, N> {
    /// Columns of independent normal entries and length 1; ALISTA's weight by nalgebra.
    pub(crate) fn draw(random: &mut Pcg32) -> Self {
        let mut dense = DMatrix::from_fn(M, N, |_, _| normal(random));
        dense.column_iter_mut().for_each(|mut column| column /= column.norm());
        let gram = &dense * dense.transpose();
        // Not there, and not needed, where A has more rows than columns.
        let mut weight = gram.cholesky().map_or(dense.clone(), |factor| factor.solve(&dense));
        let inverse_scales: Vec<f64> =
            (0..N).map(|j| dense.column(j).dot(&weight.column(j))).collect();
        for (mut column, inverse) in weight.column_iter_mut().zip(&inverse_scales) {
            column /= *inverse;
        }
        Self { dense, weight, inverse_scales }
    }

    /// 1 / ‖A‖², a little less.
    pub(crate) fn step(&self) -> f32 {
        let square = (&self.dense * self.dense.transpose()).symmetric_eigenvalues().max();
        (0.98 / square) as f32
    }

    /// K normal entries in drawn places, seen with noise of 30 dB, all times `size`: x and y.
    pub(crate) fn signal(&self, random: &mut Pcg32, k: usize, size: f64) -> (Vec<f64>, Vec<f64>) {
        let mut x = vec![0.0; N];
        let mut left = k;
        while left > 0 {
            let place = random.next_u32() as usize % N;
            if x[place] == 0.0 {
                x[place] = size * normal(random);
                left -= 1;
            }
        }
        let clean = &self.dense * nalgebra::DVector::from_column_slice(&x);
        let noise = clean.norm() / (M as f64).sqrt() * 10.0_f64.powf(-30.0 / 20.0);
        let y = clean.iter().map(|y| y + noise * normal(random)).collect();
        (x, y)
    }
}

/// Codes and exponent of a matrix.
pub(crate) struct Codes<F, const M: usize, const N: usize> {
    pub(crate) columns: Box<[[F; M]; N]>,
    pub(crate) exponent: i32,
}

impl<F: Format, const M: usize, const N: usize> Codes<F, M, N> {
    pub(crate) fn new(matrix: &DMatrix<f64>) -> Self {
        let values: Vec<f32> = matrix.iter().map(|value| *value as f32).collect();
        let mut columns = Box::new([[F::ZERO; M]; N]);
        let exponent = quantize(&values, columns.as_flattened_mut()).expect("finite numbers");
        Self { columns, exponent }
    }

    pub(crate) fn dictionary(&self) -> Dictionary<'_, F, M, N> {
        Dictionary::new(&self.columns, self.exponent).expect("of a size")
    }

    /// The same for the model.
    pub(crate) fn model(&self) -> Matrix {
        let code = |f: &F| i128::from(f.to_num::<I1F31>().to_bits());
        let wide = F::FRAC_NBITS == 31;
        let scaled = |f: &F| if wide { code(f) } else { code(f) >> 16 };
        let columns = self.columns.iter().map(|column| column.iter().map(scaled).collect());
        Matrix { columns: columns.collect(), wide, exponent: self.exponent }
    }
}

pub(crate) fn in_q31<const L: usize>(v: &[f64]) -> [I1F31; L] {
    let v: Vec<f32> = v.iter().map(|v| *v as f32).collect();
    let mut to = [I1F31::ZERO; L];
    signal(&v, &mut to);
    to
}

/// 2ᵏ C in plain integers.
pub(crate) struct Matrix {
    pub(crate) columns: Vec<Vec<i128>>,
    wide: bool,
    pub(crate) exponent: i32,
}

impl Matrix {
    fn times(&self, code: i128, x: i128) -> i128 {
        if self.wide { product(code, x) } else { code * x }
    }

    /// y − A x.
    pub(crate) fn residual(&self, y: &[i128], x: &[i128], overflows: &mut u32) -> Vec<i128> {
        let bits = 15 - self.exponent;
        let mut r = Vec::new();
        for (i, y) in y.iter().enumerate() {
            let mut sum = y << bits;
            for (column, x) in self.columns.iter().zip(x) {
                sum -= self.times(column[i], *x);
            }
            r.push(cut(round(sum, bits), overflows));
        }
        r
    }

    /// Cᵀr as sums.
    pub(crate) fn correlations(&self, r: &[i128]) -> Vec<i128> {
        let sum = |column: &Vec<i128>| {
            column.iter().zip(r).map(|(code, r)| self.times(*code, *r)).sum::<i128>()
        };
        self.columns.iter().map(sum).collect()
    }

    /// ‖·‖₁ with the weights of a column of codes, as a sum.
    pub(crate) fn weighed(&self, weights: &[i128], v: &[i128]) -> i128 {
        weights.iter().zip(v).map(|(w, v)| self.times(*w, v.abs().min(ONE - 1))).sum()
    }
}

/// The scale that is a float.
pub(crate) fn scale(value: f32) -> Scale {
    if value == 0.0 {
        return Scale { m: 0, s: 0 };
    }
    let mut s = 0;
    let v = f64::from(value);
    while v * 2.0_f64.powi(-s) >= 2.0 {
        s += 1;
    }
    while v * 2.0_f64.powi(-s) < 1.0 {
        s -= 1;
    }
    Scale { m: (v * 2.0_f64.powi(30 - s)) as i128, s }
}

/// A whole number times a scale: of its 32 leading bits, rounded down.
pub(crate) fn scaled_down(value: i128, Scale { m, s }: Scale) -> i128 {
    let mut dropped = 0;
    while floor(value, dropped) >= 1 << 32 {
        dropped += 1;
    }
    let bits = s - 30 + dropped as i32;
    let whole = floor(value, dropped) * m;
    if bits < 0 { floor(whole, bits.unsigned_abs()) } else { whole << bits }
}

pub(crate) fn soft(v: i128, t: i128) -> i128 {
    v.signum() * (v.abs() - t).max(0)
}

pub(crate) fn numbers_of(x: &[I1F31]) -> Vec<f64> {
    bits(x).into_iter().map(crate::model::real).collect()
}
