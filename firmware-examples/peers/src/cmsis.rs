//! CMSIS-DSP's side: its functions in C, compiled by gcc, on matrices row by row.

use crate::plain::{self, State};
use crate::problem::{self, Lasso};
use core::marker::PhantomData;
use solvekit::{SMatrix, SVector};

/// `arm_matrix_instance_f32`, of a matrix that lives as long.
#[repr(C)]
pub(crate) struct Instance<'a> {
    rows: u16,
    columns: u16,
    data: *mut f32,
    of: PhantomData<&'a f32>,
}

unsafe extern "C" {
    fn arm_mat_vec_mult_f32(a: *const Instance<'_>, x: *const f32, y: *mut f32);
    fn arm_dot_prod_f32(x: *const f32, y: *const f32, length: u32, product: *mut f32);
    fn arm_scale_f32(x: *const f32, factor: f32, y: *mut f32, length: u32);
    fn arm_add_f32(x: *const f32, y: *const f32, sum: *mut f32, length: u32);
    fn arm_sub_f32(x: *const f32, y: *const f32, difference: *mut f32, length: u32);
    fn arm_mat_mult_f32(a: *const Instance<'_>, b: *const Instance<'_>, c: *mut Instance<'_>)
    -> i8;
    fn arm_mat_cholesky_f32(a: *const Instance<'_>, l: *mut Instance<'_>) -> i8;
    fn arm_mat_trans_f32(a: *const Instance<'_>, t: *mut Instance<'_>) -> i8;
    fn arm_mat_solve_lower_triangular_f32(
        l: *const Instance<'_>,
        b: *const Instance<'_>,
        x: *mut Instance<'_>,
    ) -> i8;
    fn arm_mat_solve_upper_triangular_f32(
        u: *const Instance<'_>,
        b: *const Instance<'_>,
        x: *mut Instance<'_>,
    ) -> i8;
}

/// A matrix that is read, M × N, from its transpose column by column.
pub(crate) fn matrix<const M: usize, const N: usize>(rows: &SMatrix<f32, N, M>) -> Instance<'_> {
    // It is handed on as what C does not write to.
    let data = rows.as_ptr().cast_mut();
    Instance { rows: M as u16, columns: N as u16, data, of: PhantomData }
}

/// The same of one that is written to.
fn written<const M: usize, const N: usize>(rows: &mut SMatrix<f32, N, M>) -> Instance<'_> {
    Instance { rows: M as u16, columns: N as u16, data: rows.as_mut_ptr(), of: PhantomData }
}

/// y ← A x. A is N × N, and so says its instance.
#[inline(always)]
pub(crate) fn mat_vec<const N: usize>(
    a: &Instance<'_>,
    x: &SVector<f32, N>,
    y: &mut SVector<f32, N>,
) {
    // SAFETY: the instance is of a living N × N matrix; x and y have N entries and do not overlap.
    unsafe { arm_mat_vec_mult_f32(a, x.as_ptr(), y.as_mut_ptr()) }
}

#[inline(always)]
pub(crate) fn dot<const N: usize>(x: &SVector<f32, N>, y: &SVector<f32, N>) -> f32 {
    let mut product = 0.0;
    // SAFETY: both have N entries.
    unsafe { arm_dot_prod_f32(x.as_ptr(), y.as_ptr(), N as u32, &mut product) }
    product
}

/// y ← y + a x, in two of its functions: there is none for it. Out of line, as it is more than one call.
#[inline(never)]
pub(crate) fn axpy<const N: usize>(
    factor: f32,
    x: &SVector<f32, N>,
    y: &mut SVector<f32, N>,
    scaled: &mut SVector<f32, N>,
) {
    // SAFETY: all three have N entries; in place is what its documentation allows.
    unsafe {
        arm_scale_f32(x.as_ptr(), factor, scaled.as_mut_ptr(), N as u32);
        arm_add_f32(scaled.as_ptr(), y.as_ptr(), y.as_mut_ptr(), N as u32);
    }
}

#[inline(always)]
pub(crate) fn product(a: &Instance<'_>, b: &Instance<'_>, c: &mut SMatrix<f32, 16, 16>) {
    let mut c = written(c);
    // SAFETY: all three are of living 16 × 16 matrices, and only c is written to.
    unsafe {
        arm_mat_mult_f32(a, b, &mut c);
    }
}

/// Of a factor, its transpose, and L⁻¹ b.
pub(crate) struct Memory {
    l: SMatrix<f32, 16, 16>,
    u: SMatrix<f32, 16, 16>,
    y: SVector<f32, 16>,
}

impl Memory {
    pub(crate) fn new() -> Self {
        Self { l: SMatrix::zeros(), u: SMatrix::zeros(), y: SVector::zeros() }
    }
}

/// A = L Lᵀ, L y = b, Lᵀ x = y. The last wants Lᵀ as a matrix of its own.
#[inline(never)]
pub(crate) fn spd_solve(
    a: &SMatrix<f32, 16, 16>,
    b: &SVector<f32, 16>,
    memory: &mut Memory,
    x: &mut SVector<f32, 16>,
) -> bool {
    // A column is one row by row, too. A is symmetric.
    let column = |data: *mut f32| Instance { rows: 16, columns: 1, data, of: PhantomData };
    let (a, b) = (matrix(a), column(b.as_ptr().cast_mut()));
    let (mut l, mut u) = (written(&mut memory.l), written(&mut memory.u));
    let (mut y, mut x) = (column(memory.y.as_mut_ptr()), column(x.as_mut_ptr()));
    // SAFETY: all are of living matrices and vectors of 16, and none overlaps another. a and b are
    // not written to.
    unsafe {
        arm_mat_cholesky_f32(&a, &mut l) == 0
            && arm_mat_solve_lower_triangular_f32(&l, &b, &mut y) == 0
            && arm_mat_trans_f32(&l, &mut u) == 0
            && arm_mat_solve_upper_triangular_f32(&u, &y, &mut x) == 0
    }
}

/// A and Aᵀ: it has no product with a transpose, so both are kept, of which the step has the benefit.
pub(crate) fn products(a: &problem::Matrix<16, 32>) -> [Instance<'_>; 2] {
    [matrix(&a.rows), matrix(&a.columns)]
}

#[inline(never)]
pub(crate) fn ista(lasso: &Lasso, [a, t]: &[Instance<'_>; 2], state: &mut State) {
    let State { x, r, g } = state;
    // SAFETY: a is of a living 16 × 32 matrix, t of its transpose; x and g have 32 entries, y and r 16.
    // A difference in place is what its documentation allows.
    unsafe {
        arm_mat_vec_mult_f32(a, x.as_ptr(), r.as_mut_ptr());
        arm_sub_f32(lasso.y.as_ptr(), r.as_ptr(), r.as_mut_ptr(), 16);
        arm_mat_vec_mult_f32(t, r.as_ptr(), g.as_mut_ptr());
    }
    plain::shrink(lasso, g, x);
}
