//! [`Quantized`]: dense matrices of 8-bit codes, a quarter of the memory.

mod error;
mod quantise;
mod table;

pub use error::QuantizedError;
pub use quantise::quantise;
pub use table::QuantizedTable;

use crate::{LinearOperator, SVector, operator::zeros};

/// An `M` × `N` matrix of 8-bit codes with one scale for each `B` entries of a column: aᵢⱼ = s c, c
/// from −127 to 127. The tables are borrowed, in flash say; [`quantise`] makes them.
///
/// Storage in flash: M N + 4 N ⌈M/B⌉ bytes, that is M N (1 + 4/B) where B divides M: for 16 a
/// quarter more than the codes, and 31 % of a matrix of `f32`. Two pointers and four
/// lengths in RAM. An entry is off by at most half a scale, about 0.4 % of the largest of its block.
///
/// Products are made of whole numbers, so that they are cheap without a floating-point unit, and
/// have the same bits everywhere: the vector is rounded to whole numbers of 24 − log₂ B bits (and at
/// most 22) beside its largest entry, codes times those are summed exactly, and each block's sum is
/// scaled once. What is rounded away of a vector v is at most 2^(log₂ B − 24) max |vⱼ| in each
/// entry, for B = 16 about 8 ε. In a product with A entries that are zero cost nothing.
///
/// Cost: a product with Aᵀ M N multiplications and additions of whole numbers, 2 M roundings and 3
/// N ⌈M/B⌉ operations; one with A the same for the columns whose xⱼ is not zero, and 3 N ⌈M/B⌉
/// operations.
///
/// ```
/// use solvekit::dictionary::Quantized;
/// use solvekit::{LinearOperator, SVector};
/// // Two columns of three entries, in blocks of two: (10, −5 | 3) / 10 and (0, 0 | 1) / 4.
/// static CODES: [i8; 6] = [10, -5, 3, 0, 0, 1];
/// static SCALES: [f32; 4] = [0.1, 0.1, 0.0, 0.25];
/// const A: Quantized<3, 2, 2> = match Quantized::new(&CODES, &SCALES) {
///     Ok(a) => a,
///     Err(_) => panic!("no such matrix"),
/// };
/// let mut y = SVector::zeros();
/// A.apply(&SVector::from([1.0, 2.0]), &mut y);
/// assert!((y - SVector::from([1.0, -0.5, 0.8])).amax() < 1e-6);
/// ```
///
/// Source: Dettmers, Lewis, Shleifer and Zettlemoyer 2022 (block-wise quantisation).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantized<'t, const M: usize, const N: usize, const B: usize = 16>(
    QuantizedTable<'t, B>,
);

impl<'t, const M: usize, const N: usize, const B: usize> Quantized<'t, M, N, B> {
    /// M N codes column by column, and ⌈M/B⌉ scales for each column.
    ///
    /// # Errors
    /// [`QuantizedError`]: `Block`, `Codes`, `Scales`, `Code`, `Scale`.
    pub const fn new(codes: &'t [i8], scales: &'t [f32]) -> Result<Self, QuantizedError> {
        match QuantizedTable::new([M, N], codes, scales) {
            Ok(table) => Ok(Self(table)),
            Err(error) => Err(error),
        }
    }

    /// The table, whose shape is known when it runs.
    pub const fn table(&self) -> &QuantizedTable<'t, B> {
        &self.0
    }
}

impl<const M: usize, const N: usize, const B: usize> LinearOperator<f32>
    for Quantized<'_, M, N, B>
{
    type Domain = SVector<f32, N>;
    type Range = SVector<f32, M>;

    fn rows(&self) -> usize {
        M
    }
    fn columns(&self) -> usize {
        N
    }
    fn zero_domain(&self) -> Self::Domain {
        zeros()
    }
    fn zero_range(&self) -> Self::Range {
        zeros()
    }
    fn apply(&self, x: &Self::Domain, y: &mut Self::Range) {
        self.0.multiply_in([M, N], &x.data.0[0], &mut y.data.0[0]);
    }
    fn apply_adjoint(&self, y: &Self::Range, x: &mut Self::Domain) {
        self.0.multiply_adjoint_in([M, N], &y.data.0[0], &mut x.data.0[0]);
    }
    fn non_finite(&self) -> Option<(usize, usize)> {
        self.0.non_finite()
    }
}
