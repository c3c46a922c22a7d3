//! Block SOR.

use crate::case::holds;
use crate::oracle::{answer, dense};
use crate::orders::band;
use crate::sor::{dense_spd, grid, uneven};
use nalgebra::{DMatrix, DVector};
use solvekit::sor::{BlockSor, Sor, SorError};
use solvekit::{Buffer, Iteration, Real, RowOperator, SMatrix, SVector};

fn check<R: Real + Into<f64>, A: RowOperator<R>, const B: usize>(
    name: &'static str,
    a: &A,
    b: &A::Range,
) {
    let before = format!("{b:?}");
    let sor = BlockSor::<R, A, B>::new(a, b, R::from_f64(1.1)).expect("a valid system");
    holds(name, &sor, sor.start(), answer(a, b.as_slice()), 40);
    assert_eq!(before, format!("{b:?}"), "the right-hand side was changed");
}

fn all<R: Real + Into<f64>>() {
    let nine = SVector::<R, 9>::from_fn(|k, _| uneven(k));
    check::<R, _, 3>("BlockSor, dense", &dense_spd::<R, 9>(), &nine);
    check::<R, _, 2>("BlockSor, last block short", &dense_spd::<R, 9>(), &nine);
    check::<R, _, 4>("BlockSor, banded", &band::<R>(), &nine);
    let (stencil, sparse) = grid::<R>();
    check::<R, _, 4>("BlockSor, stencil", &stencil, &SMatrix::from_fn(|i, j| uneven(i + 4 * j)));
    check::<R, _, 5>("BlockSor, sparse", &sparse, &SVector::from_fn(|k, _| uneven(k)));
}

#[test]
fn block_f32() {
    all::<f32>();
}
#[test]
fn block_f64() {
    all::<f64>();
}

/// Textbook block SOR: each block by nalgebra's LU.
fn naive(a: &DMatrix<f64>, b: &[f64], omega: f64, size: usize, x: &mut DVector<f64>) {
    let n = b.len();
    for first in (0..n).step_by(size) {
        let len = size.min(n - first);
        let residual = DVector::from_column_slice(b) - a * &*x;
        let block = a.view((first, first), (len, len)).into_owned();
        let own = residual.rows(first, len).into_owned();
        let change = block.lu().solve(&own).expect("a regular block") * omega;
        let mut target = x.rows_mut(first, len);
        target += change;
    }
}

#[test]
fn every_sweep_agrees_with_the_textbook() {
    fn on<const B: usize>() {
        let a = dense_spd::<f64, 9>();
        let b = SVector::<f64, 9>::from_fn(|k, _| uneven(k));
        let sor = BlockSor::<_, _, B>::new(&a, &b, 1.3).expect("a valid system");
        let (mut state, mut x) = (sor.start(), DVector::zeros(9));
        for sweep in 0..20 {
            sor.step(&mut state);
            naive(&dense(&a), b.as_slice(), 1.3, B, &mut x);
            for i in 0..9 {
                // 20 sweeps of 9-term sums of numbers below 10: a few hundred roundings.
                assert!((state.x[i] - x[i]).abs() < 1e-12, "B = {B}, sweep {sweep}, x[{i}]");
            }
        }
    }
    on::<1>();
    on::<2>();
    on::<3>();
    on::<4>();
    on::<9>();
    on::<20>();
}

#[test]
fn blocks_of_one_are_sor_to_the_bit() {
    let (a, b) = (dense_spd::<f32, 9>(), SVector::<f32, 9>::from_fn(|k, _| uneven(k)));
    let (block, sor) = (
        BlockSor::<_, _, 1>::new(&a, &b, 1.3).expect("valid"),
        Sor::new(&a, &b, 1.3).expect("valid"),
    );
    let (mut x, mut y) = (block.start(), sor.start());
    for _ in 0..30 {
        block.step(&mut x);
        sor.step(&mut y);
        assert_eq!(x, y);
    }
}

#[test]
fn one_block_is_a_direct_solve() {
    // No diagonal to speak of: only an exchange of rows can solve it.
    let a = SMatrix::<f64, 3, 3>::new(0.0, 2.0, 1.0, 1.0, 0.0, 0.0, 3.0, 0.0, 1e-3);
    let b = SVector::<f64, 3>::new(1.0, -2.0, 5.0);
    let sor = BlockSor::<_, _, 3>::new(&a, &b, 1.0).expect("regular");
    let mut state = sor.start();
    sor.step(&mut state);
    let exact = answer(&a, b.as_slice());
    for i in 0..3 {
        // The condition number is about 1e4.
        assert!((state.x[i] - exact[i]).abs() < 1e-8 * exact[1].abs(), "{} {exact:?}", state.x);
    }
}

#[test]
fn a_singular_block_is_named() {
    let mut a = dense_spd::<f64, 9>();
    a.view_mut((4, 4), (2, 2)).copy_from(&SMatrix::<f64, 2, 2>::new(1.0, 2.0, 2.0, 4.0));
    let b = SVector::repeat(1.0);
    let error = BlockSor::<_, _, 2>::new(&a, &b, 1.0).expect_err("a singular block");
    assert_eq!(error, SorError::SingularBlock { block: 2 });
    assert!(BlockSor::<_, _, 3>::new(&a, &b, 1.0).is_ok(), "other blocks are regular");
    // The inverse of the last, shorter block overflows.
    let mut a = dense_spd::<f64, 9>();
    a[(8, 8)] = 1e-310;
    let error = BlockSor::<_, _, 2>::new(&a, &b, 1.0).expect_err("no inverse");
    assert_eq!(error, SorError::SingularBlock { block: 4 });
    let error = BlockSor::<_, _, 0>::new(&a, &b, 1.0).expect_err("no block");
    assert_eq!(error, SorError::NoBlock);
    let error = BlockSor::<_, _, 2>::new(&a, &b, 2.0).expect_err("a bad omega");
    assert_eq!(error, SorError::Omega);
}

#[test]
fn its_memory_is_the_formula_of_the_documentation() {
    // N·B + 3 numbers and two borrows.
    type Blocks = BlockSor<'static, f32, SMatrix<f32, 9, 9>, 3>;
    assert_eq!(size_of::<Blocks>(), (4 * (9 * 3 + 3) + 2 * size_of::<usize>()).next_multiple_of(8));
}

#[test]
fn a_bad_omega_is_refused_and_an_overflow_changes_nothing() {
    let a = SMatrix::<f64, 2, 2>::new(4.0, -1.0, -1.0, 3.0);
    let b = SVector::<f64, 2>::new(1.0, 2.0);
    let mut sor = BlockSor::<_, _, 1>::new(&a, &b, 1.5).expect("valid");
    for omega in [0.0, 2.0, -1.0, f64::NAN] {
        assert_eq!((sor.set_omega(omega), sor.omega()), (Err(SorError::Omega), 1.5));
    }
    // Both products are infinite.
    let huge = SVector::<f64, 2>::new(1e308, -1e308);
    let mut state = sor.start_at(huge).expect("finite");
    sor.step(&mut state);
    assert_eq!(state.x, huge);
}
