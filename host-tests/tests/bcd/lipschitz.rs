//! Bounds of the largest eigenvalue of a block, against nalgebra's.

use crate::problem::{N, part, quadratic, signed, subsets};
use proptest::prelude::*;
use rand_core::SeedableRng;
use rand_pcg::Pcg32;
use solvekit::bcd::{block_lipschitz, room, row_sum_lipschitz};
use solvekit::fit::{DataFit, LeastSquares, Quadratic};
use solvekit::{SMatrix, SVector};

proptest! {
    #[test]
    fn the_certified_constant_is_above_the_largest_eigenvalue_and_near_it(seed in any::<u64>()) {
        let (a, b) = quadratic(seed);
        let fit = Quadratic::new(&a, &b).unwrap();
        let mut work = [0.0; room(N)];
        for size in 1..=4 {
            for block in subsets(size) {
                let largest = part(&a, &b, &block).0.symmetric_eigenvalues().max();
                let bound = block_lipschitz(&fit, &block, &mut work).unwrap();
                // The oracle rounds too.
                prop_assert!(bound >= largest * (1.0 - 1e-14), "{bound} for {largest}");
                prop_assert!(bound <= largest * 1.02, "{bound} for {largest}");
                let rows = row_sum_lipschitz(&fit, &block);
                // Both sum the same rows, in another order.
                prop_assert!(bound <= rows * (1.0 + 1e-14), "{bound} for {rows}");
                prop_assert!(rows <= largest * (size as f64).sqrt() * (1.0 + 1e-12));
            }
        }
    }
}

#[test]
fn a_certificate_holds_for_blocks_without_rank_and_in_f32() {
    let mut generator = Pcg32::seed_from_u64(11);
    for case in 0..200 {
        // Columns 2 and 5 repeat columns 0 and 1; column 4 is zero.
        let mut a = SMatrix::<f32, 5, 6>::from_fn(|_, _| signed(&mut generator) as f32);
        a.set_column(2, &a.column(0).clone_owned());
        a.set_column(5, &a.column(1).clone_owned());
        a.column_mut(4).fill(0.0);
        let y = SVector::<f32, 5>::repeat(1.0);
        let fit = LeastSquares::new(&a, &y).unwrap();
        let all = [0, 1, 2, 3, 4, 5];
        let bound = block_lipschitz(&fit, &all, &mut [0.0; room(6)]).unwrap();
        // Of the numbers that the fit gives.
        let h = SMatrix::<f64, 6, 6>::from_fn(|i, j| f64::from(fit.bound(i, j)));
        let largest = h.symmetric_eigenvalues().max();
        assert!(f64::from(bound) >= largest, "case {case}: {bound} for {largest}");
        assert!(f64::from(bound) <= largest * 1.02, "case {case}: {bound} for {largest}");
        assert_eq!(block_lipschitz(&fit, &[4], &mut [0.0; room(1)]), Some(0.0));
        assert_eq!(block_lipschitz(&fit, &all, &mut [0.0; room(6) - 1]), None);
    }
}

/// A sum of numbers of one size loses by rounding about half the time; the bound must not.
#[test]
fn a_row_sum_is_not_below_the_exact_one() {
    let mut generator = Pcg32::seed_from_u64(12);
    for case in 0..300 {
        let a = SMatrix::<f32, 8, 8>::from_fn(|_, _| signed(&mut generator) as f32);
        let a = (a + a.transpose()) + SMatrix::identity() * 4.0;
        let b = SVector::<f32, 8>::zeros();
        let fit = Quadratic::new(&a, &b).unwrap();
        let exact = |i: usize| (0..8).map(|j| f64::from(a[(i, j)]).abs()).sum::<f64>();
        let largest = (0..8).map(exact).fold(0.0, f64::max);
        let bound = f64::from(row_sum_lipschitz(&fit, &[0, 1, 2, 3, 4, 5, 6, 7]));
        // ε for each term is added, and no more lost.
        let most = largest * (1.0 + 17.0 * f64::from(f32::EPSILON));
        assert!((largest..=most).contains(&bound), "case {case}: {bound} for {largest}");
    }
}
