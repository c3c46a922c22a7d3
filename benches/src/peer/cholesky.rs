//! Cholesky as a page of a textbook has it, for a size known when compiling.

use crate::number::Number;
use nalgebra::ComplexField;

/// x ← A⁻¹ x.
#[inline(never)]
pub fn solve<T: Number, const N: usize>(a: &[[T; N]; N], x: &mut [T; N]) {
    let mut l = [[T::ZERO; N]; N];
    let mut inverse = [T::ZERO; N];
    for j in 0..N {
        let mut pivot = a[j][j];
        for k in 0..j {
            pivot -= l[j][k] * l[j][k];
        }
        inverse[j] = T::ONE / ComplexField::sqrt(pivot);
        for i in j + 1..N {
            let mut entry = a[i][j];
            for k in 0..j {
                entry -= l[i][k] * l[j][k];
            }
            l[i][j] = entry * inverse[j];
        }
    }
    for i in 0..N {
        for k in 0..i {
            let known = l[i][k] * x[k];
            x[i] -= known;
        }
        x[i] *= inverse[i];
    }
    for i in (0..N).rev() {
        for k in i + 1..N {
            let known = l[k][i] * x[k];
            x[i] -= known;
        }
        x[i] *= inverse[i];
    }
}
