//! [`Product`]: a product of matrices in the words of BLAS.

use super::CudaError;
use super::machine::count;

/// C ← op(A) B + β C, column by column: op(A) is m × k, B is k × n, C is m × n, and columns begin `lda`,
/// `ldb`, `ldc` numbers after each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Product {
    /// Is op(A) = Aᵀ, with A of k × m?
    pub transposed: bool,
    pub m: usize,
    pub n: usize,
    pub k: usize,
    pub lda: usize,
    pub ldb: usize,
    pub ldc: usize,
    /// β = 1, or else 0.
    pub adds: bool,
    /// On tensor cores, which look at the first 11 bits of a number's 24: for numbers that have no more.
    pub coarse: bool,
}

impl Product {
    /// Words of A, B and C from their first to their last.
    pub const fn words(&self) -> [usize; 3] {
        let Self { transposed, m, n, k, lda, ldb, ldc, .. } = *self;
        let a = if transposed { span(k, m, lda) } else { span(m, k, lda) };
        [a, span(k, n, ldb), span(m, n, ldc)]
    }

    /// The numbers as BLAS counts: m, n, k, lda, ldb, ldc.
    pub fn sizes(&self) -> Result<[i32; 6], CudaError> {
        let Self { m, n, k, lda, ldb, ldc, .. } = *self;
        let mut sizes = [0; 6];
        for (size, number) in sizes.iter_mut().zip([m, n, k, lda, ldb, ldc]) {
            *size = count("sizes of a product", number)?.cast_signed();
        }
        Ok(sizes)
    }
}

const fn span(rows: usize, columns: usize, apart: usize) -> usize {
    if rows == 0 || columns == 0 { 0 } else { (columns - 1) * apart + rows }
}

/// What cuBLAS makes of it, by the definition, in double precision.
#[cfg(test)]
pub(super) fn by_definition(product: &Product, a: &[f32], b: &[f32], c: &mut [f32]) {
    let Product { transposed, m, n, k, lda, ldb, ldc, adds, coarse } = *product;
    let seen = |number: f32| match coarse {
        true => f64::from(f32::from_bits(number.to_bits() & !0x1fff)),
        false => f64::from(number),
    };
    for column in 0..n {
        for row in 0..m {
            let entry =
                |term: usize| if transposed { a[row * lda + term] } else { a[term * lda + row] };
            let sum: f64 =
                (0..k).map(|term| seen(entry(term)) * seen(b[column * ldb + term])).sum();
            let into = &mut c[column * ldc + row];
            *into = (sum + if adds { f64::from(*into) } else { 0.0 }) as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Product, by_definition};

    /// [1 3; 2 4] and its transpose times [5 7; 6 8], with room between the columns that nobody touches.
    #[test]
    fn columns_come_one_after_the_other() {
        let (a, b) = ([1.0, 2.0, f32::NAN, 3.0, 4.0], [5.0, 6.0, f32::NAN, f32::NAN, 7.0, 8.0]);
        let plain = Product {
            transposed: false,
            m: 2,
            n: 2,
            k: 2,
            lda: 3,
            ldb: 4,
            ldc: 3,
            adds: false,
            coarse: false,
        };
        assert_eq!(plain.words(), [5, 6, 5]);
        let mut c = [0.0, 0.0, -9.0, 0.0, 0.0];
        by_definition(&plain, &a, &b, &mut c);
        assert_eq!(c, [23.0, 34.0, -9.0, 31.0, 46.0]);
        by_definition(&Product { transposed: true, adds: true, ..plain }, &a, &b, &mut c);
        assert_eq!(c, [23.0 + 17.0, 34.0 + 39.0, -9.0, 31.0 + 23.0, 46.0 + 53.0]);
        let wide = Product { m: 1, n: 3, k: 2, lda: 1, ldb: 2, ldc: 1, ..plain };
        assert_eq!(wide.words(), [2, 6, 3]);
        let tall = Product { transposed: true, m: 3, n: 1, k: 2, lda: 2, ..plain };
        assert_eq!(tall.words()[0], 6);
    }
}
