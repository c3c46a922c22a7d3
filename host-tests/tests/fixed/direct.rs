//! Cholesky and refinement.

use crate::model::{ONE, Scale, again, bits, dot, product, real, uniform};
use nalgebra::{DMatrix, DVector};
use rand_pcg::Pcg32;
use solvekit::fixed::{Cholesky, FixedError, I1F15, I1F31, Refinement, Saturations, words};
use solvekit::{Iteration, Run, Status, Stop, solve};

/// L and its reciprocals, from the definitions.
fn factor(a: &[Vec<i128>]) -> Option<(Vec<Vec<i128>>, Vec<Scale>)> {
    let n = a.len();
    let (mut l, mut inverses) = (vec![vec![0; n]; n], Vec::<Scale>::new());
    for i in 0..n {
        for j in 0..i {
            let left = (a[i][j] << 15) - dot(&l[i][..j], &l[j][..j]);
            l[i][j] = inverses[j].exact(left);
            if l[i][j] < -ONE || l[i][j] >= ONE {
                return None;
            }
        }
        let left = (a[i][i] << 15) - dot(&l[i][..i], &l[i][..i]);
        if left <= 0 {
            return None;
        }
        // left = w 2^−k with 2⁶² ≤ w < 2⁶⁴.
        let mut k = 0;
        while left << (k + 2) < 1 << 64 {
            k += 2;
        }
        let w = (left << k) as u128;
        // Heron's iteration from above ends at the root's floor.
        let mut root = 1_u128 << 32;
        while root * root > w {
            root = (root + w / root) / 2;
        }
        let m = ((1_i128 << 62) / root as i128).min(ONE - 1);
        inverses.push(Scale { m, s: k / 2 - 9 });
    }
    Some((l, inverses))
}

fn back(l: &[Vec<i128>], inverses: &[Scale], b: &[i128], overflows: &mut u32) -> Vec<i128> {
    let n = b.len();
    let mut x = b.to_vec();
    for i in 0..n {
        let left = (x[i] << 15) - dot(&l[i][..i], &x[..i]);
        x[i] = inverses[i].apply(left, overflows);
    }
    for i in (0..n).rev() {
        let column: i128 = (i + 1..n).map(|j| product(l[j][i], x[j])).sum();
        x[i] = inverses[i].apply((x[i] << 15) - column, overflows);
    }
    x
}

/// A symmetric positive definite matrix with a condition number of about `condition` and row sums
/// just below 1, and x with ‖x‖₂ of about `size`.
fn system<const N: usize>(seed: u64, condition: f64, size: f64) -> ([[I1F31; N]; N], [I1F31; N]) {
    let mut random = Pcg32::new(seed, 1);
    let q = DMatrix::from_fn(N, N, |_, _| uniform(&mut random, 1.0)).qr().q();
    let eigenvalues =
        DVector::from_fn(N, |i, _| condition.powf(-(i as f64) / (N - 1).max(1) as f64));
    let mut a = &q * DMatrix::from_diagonal(&eigenvalues) * q.transpose();
    let most = (0..N).map(|i| a.row(i).lp_norm(1)).fold(0.0, f64::max);
    a /= most * 1.001;
    let x = DVector::from_fn(N, |_, _| uniform(&mut random, size * (3.0 / N as f64).sqrt()));
    let b = &a * x;
    // The mean of two roundings would not be symmetric.
    let entry = |i: usize, j: usize| I1F31::from_num(a[(i.max(j), i.min(j))]);
    (
        std::array::from_fn(|i| std::array::from_fn(|j| entry(i, j))),
        std::array::from_fn(|i| I1F31::saturating_from_num(b[i])),
    )
}

fn integers<const N: usize>(a: &[[I1F31; N]; N]) -> Vec<Vec<i128>> {
    a.iter().map(|row| bits(row)).collect()
}

/// Every bit of solutions, and what was cut off, over sizes, conditions and head-rooms.
#[test]
fn solutions_are_those_of_the_exact_model() {
    fn check<const N: usize>() -> (u32, u32) {
        let (mut solved, mut cut_off) = (0, 0);
        for seed in 0..30 {
            for (condition, size) in [(3.0, 0.5), (1e3, 0.5), (1e6, 0.9), (10.0, 6.0), (1e9, 0.5)] {
                let (a, b) = system::<N>(seed, condition, size);
                let mut memory = vec![0; words(N)];
                let own = Cholesky::factor(&a, &mut memory);
                let Some((l, inverses)) = factor(&integers(&a)) else {
                    assert!(matches!(own, Err(FixedError::Pivot { .. })), "{own:?}");
                    continue;
                };
                let own = own.expect("the model factored it");
                let (mut x, mut saturations) = (b, Saturations::NONE);
                own.solve(&mut x, &mut saturations);
                let mut overflows = 0;
                let wanted = back(&l, &inverses, &bits(&b), &mut overflows);
                assert_eq!(bits(&x), wanted, "order {N}, seed {seed}, condition {condition}");
                assert_eq!(saturations.count(), overflows);
                solved += 1;
                cut_off += u32::from(overflows > 0);
            }
        }
        (solved, cut_off)
    }
    for (solved, cut_off) in [check::<1>(), check::<2>(), check::<5>(), check::<16>()] {
        // The test must have seen both.
        assert!(solved >= 100 && cut_off >= 10, "{solved} solved, {cut_off} cut off");
    }
}

/// Each entry of L and of the two solutions is within 3 units of what it would be exactly (half a
/// unit of its sum, times a reciprocal below 2; half a unit of its own; the reciprocal's two cuts),
/// so a row of the residual is within 3 (2 N + 1) units.
#[test]
fn a_direct_solution_leaves_a_residual_of_rounding() {
    for seed in 0..50 {
        let (a, b) = system::<16>(seed, 1e4, 0.7);
        let mut memory = [0; words(16)];
        let mut x = b;
        let mut saturations = Saturations::NONE;
        Cholesky::factor(&a, &mut memory).unwrap().solve(&mut x, &mut saturations);
        assert_eq!(saturations.count(), 0);
        let x = bits(&x);
        for (row, b) in integers(&a).iter().zip(bits(&b)) {
            let left = b * ONE - row.iter().zip(&x).map(|(a, x)| a * x).sum::<i128>();
            assert!(left.abs() <= 3 * 33 * ONE, "seed {seed}: {}", real(left));
        }
    }
}

/// The solution in f64, of the matrix as it is in Q31, to a unit: half for rounding x, the rest for a
/// correction that has rounded and for the residual's products, which are cut below 2⁻⁴⁶: 16 of them
/// and a condition of 1e3 make an eighth of a unit.
#[test]
fn refinement_ends_at_the_last_bit() {
    for seed in 0..50 {
        let (a, b) = system::<16>(seed, 1e3, 0.7);
        let mut memory = [0; words(16)];
        let direct = Refinement::new(&a, &b, Cholesky::factor(&a, &mut memory).unwrap());
        let mut state = direct.start();
        let stop = Stop::relative(0.0).unwrap().max_iterations(4);
        let report = solve(&direct, &mut state, stop);
        assert!(report.overflows == 0 && report.residual < 2e-9, "{report:?}");
        let dense = DMatrix::from_fn(16, 16, |i, j| a[i][j].to_num::<f64>());
        let side = DVector::from_fn(16, |i, _| b[i].to_num::<f64>());
        let plain = dense.lu().solve(&side).unwrap();
        for (own, plain) in state.x.iter().zip(plain.iter()) {
            let apart = (own.to_num::<f64>() - plain) * ONE as f64;
            assert!(apart.abs() < 1.0, "seed {seed}: {apart} units apart");
        }
    }
}

/// The first step from zero is the direct solution, to the bit, where b is not enlarged.
#[test]
fn the_first_step_is_the_direct_solution() {
    let (a, b) = system::<16>(3, 2.0, 0.9);
    assert!(bits(&b).iter().any(|b| b.abs() >= ONE / 8), "as large as the target");
    let mut memory = [0; words(16)];
    let factor = Cholesky::factor(&a, &mut memory).unwrap();
    let direct = Refinement::new(&a, &b, factor);
    let (mut state, mut x) = (direct.start(), b);
    direct.step(&mut state);
    factor.solve(&mut x, &mut Saturations::default());
    assert_eq!(state.x, x);
}

/// A solution that does not fit is cut off, and the report says how often.
#[test]
fn what_does_not_fit_is_cut_off_and_counted() {
    let (a, b) = system::<5>(1, 4.0, 4.0);
    let mut memory = [0; words(5)];
    let direct = Refinement::new(&a, &b, Cholesky::factor(&a, &mut memory).unwrap());
    let mut state = direct.start();
    let report = solve(&direct, &mut state, Stop::relative(1e-6).unwrap().max_iterations(3));
    assert_eq!(report.status, Status::IterationLimit);
    assert!(report.overflows > 0 && report.overflows == direct.overflows(&state));
    // The same system an eighth as large fits, and has an eighth of the solution.
    let eighth: [I1F31; 5] = std::array::from_fn(|i| b[i] / 8);
    let direct = Refinement::new(&a, &eighth, Cholesky::factor(&a, &mut memory).unwrap());
    let mut state = direct.start();
    let report = solve(&direct, &mut state, Stop::relative(1e-7).unwrap());
    assert!(report.converged() && report.overflows == 0, "{report:?}");
}

#[test]
fn a_stale_factor_converges_and_slices_change_nothing() {
    let (a, b) = system::<5>(7, 20.0, 0.5);
    let mut old = a;
    (0..5).for_each(|i| old[i][i] = old[i][i] - old[i][i] / 128);
    let mut memory = [0; words(5)];
    let direct = Refinement::new(&a, &b, Cholesky::factor(&old, &mut memory).unwrap());
    let stop = Stop::relative(1e-7).unwrap();
    let mut whole = (Run::new(stop), direct.start());
    let report = whole.0.advance(&direct, &mut whole.1, u32::MAX);
    assert!(report.converged() && report.iterations > 2, "{report:?}");
    let (mut run, mut state) = (Run::new(stop), direct.start());
    while run.advance(&direct, &mut state, 1).status == Status::Running {
        state = again(&state);
    }
    assert_eq!((run, state), whole);
}

#[test]
fn bad_input_is_named() {
    let q = I1F31::from_num::<f64>;
    let mut memory = [0; 5];
    let factor = |a: [[f64; 2]; 2], memory: &mut [i32]| {
        Cholesky::factor(&a.map(|row| row.map(q)), memory).err()
    };
    assert_eq!(factor([[0.5, 0.5], [0.0, 0.5]], &mut memory), Some(FixedError::RowSum { row: 0 }));
    assert_eq!(factor([[0.5, 0.0], [-1.0, 0.5]], &mut memory), Some(FixedError::RowSum { row: 1 }));
    let saddle = [[0.1, 0.2], [0.2, 0.1]];
    assert_eq!(factor(saddle, &mut memory), Some(FixedError::Pivot { row: 1 }));
    assert_eq!(factor([[0.0; 2]; 2], &mut memory), Some(FixedError::Pivot { row: 0 }));
    let short = factor([[0.5, 0.0], [0.0, 0.5]], &mut memory[..4]);
    assert_eq!(short, Some(FixedError::Memory { expected: 5, found: 4 }));
    assert_eq!(Cholesky::<0>::factor::<I1F31>(&[], &mut []).err(), Some(FixedError::Empty));
}

/// A matrix of 16 bits is the same matrix in 32.
#[test]
fn sixteen_bits_are_the_same_matrix() {
    let (wide, b) = system::<5>(11, 5.0, 0.5);
    let narrow = wide.map(|row| row.map(I1F15::from_num::<I1F31>));
    let widened = narrow.map(|row| row.map(I1F31::from_num::<I1F15>));
    let (mut one, mut other) = ([0; words(5)], [0; words(5)]);
    Cholesky::factor(&narrow, &mut one).unwrap();
    Cholesky::factor(&widened, &mut other).unwrap();
    assert_eq!(one, other);
    let direct = Refinement::new(&narrow, &b, Cholesky::factor(&narrow, &mut one).unwrap());
    let mut state = direct.start();
    assert!(solve(&direct, &mut state, Stop::relative(1e-7).unwrap()).converged());
}
