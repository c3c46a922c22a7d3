//! SOR.

use crate::model::{ONE, Scale, again, bits, cut, floor, product, uniform};
use crate::sparse::scale;
use nalgebra::{DMatrix, DVector};
use rand_pcg::Pcg32;
use solvekit::fixed::{FixedError, Format, I1F15, I1F31, Sor};
use solvekit::{Iteration, Run, Status, Stop, solve};

/// A symmetric matrix whose diagonal is `dominance` times the sum of its row's other entries, and is
/// `diagonal` in the first row; and b for an x of up to `size`.
fn system<F: Format, const N: usize>(
    seed: u64,
    (diagonal, dominance, size): (f64, f64, f64),
) -> ([[F; N]; N], [I1F31; N]) {
    let mut random = Pcg32::new(seed, 4);
    let mut a = DMatrix::from_fn(N, N, |_, _| uniform(&mut random, 1.0));
    a = &a + a.transpose();
    for i in 0..N {
        a[(i, i)] = 0.0;
        a[(i, i)] = dominance * a.row(i).lp_norm(1);
    }
    a *= diagonal / a[(0, 0)];
    let a = a.map(|a| F::saturating_from_num(a));
    let dense = a.map(|a| a.to_num::<f64>());
    let b = dense * DVector::from_fn(N, |_, _| uniform(&mut random, size));
    (
        std::array::from_fn(|i| std::array::from_fn(|j| a[(i, j)])),
        std::array::from_fn(|i| I1F31::saturating_from_num(b[i])),
    )
}

fn integers<F: Format, const N: usize>(a: &[[F; N]; N]) -> Vec<Vec<i128>> {
    let entry = |a: &F| i128::from(a.to_num::<I1F31>().to_bits());
    a.iter().map(|row| row.iter().map(entry).collect()).collect()
}

/// ω / a, cut to 31 bits.
fn over(omega: f32, a: i128) -> Scale {
    let Scale { m, s } = scale(omega);
    // m 2^(s − 30) / (a 2⁻³¹).
    let (mut over, mut exponent) = (m << 62, s + 1 - 62);
    while over / a >= 1 << 31 {
        over = floor(over, 1);
        exponent += 1;
    }
    Scale { m: over / a, s: exponent + 30 }
}

fn sweep(a: &[Vec<i128>], b: &[i128], omega: f32, x: &mut [i128], overflows: &mut u32) {
    for i in 0..b.len() {
        let sum: i128 = a[i].iter().zip(&*x).map(|(a, x)| product(*a, *x)).sum();
        let change = over(omega, a[i][i]).apply((b[i] << 15) - sum, overflows);
        x[i] = cut(x[i] + change, overflows);
    }
}

#[test]
fn every_bit_is_that_of_the_exact_model() {
    fn check<F: Format, const N: usize>(shape: (f64, f64, f64), omega: f32) -> u32 {
        let mut overflows = 0;
        for seed in 0..25 {
            let (a, b) = system::<F, N>(seed, shape);
            let sor = Sor::new(&a, &b, omega).unwrap();
            let (mut state, mut x, mut cut_off) = (sor.start(), vec![0; N], 0);
            for k in 0..12 {
                sweep(&integers(&a), &bits(&b), omega, &mut x, &mut cut_off);
                sor.step(&mut state);
                assert_eq!(bits(&state.x), x, "sweep {k}, seed {seed}, {shape:?}");
            }
            assert_eq!(sor.overflows(&state), cut_off);
            overflows += cut_off;
        }
        overflows
    }
    for (shape, omega) in
        [((0.4, 1.2, 0.35), 1.3), ((0.01, 1.5, 0.5), 0.7), ((0.3, 1.05, 0.3), 1.0)]
    {
        let fits = [check::<I1F31, 2>(shape, omega), check::<I1F15, 7>(shape, omega)];
        assert_eq!(fits, [0; 2], "{shape:?}");
        check::<I1F31, 16>(shape, omega);
    }
    // Solutions beyond the format, and a matrix for which sweeps diverge.
    assert!(check::<I1F31, 5>((0.2, 1.2, 2.5), 1.2) > 100);
    assert!(check::<I1F15, 5>((0.05, 0.3, 0.9), 1.9) > 100);
}

/// ‖x − x*‖₂ ≤ ‖A⁻¹‖₂ ‖b − A x‖₂, the residual as the report says it: converged means near, whatever
/// the rounding on the way. The residual's own rounding is 16 products that were cut at 2⁻⁴⁶.
#[test]
fn converged_is_as_near_as_the_certificate_says() {
    fn check<F: Format>(tolerance: f32) {
        for seed in 0..10 {
            let (a, b) = system::<F, 16>(seed, (0.4, 1.2, 0.7));
            let sor = Sor::new(&a, &b, 1.2).unwrap();
            let mut state = sor.start();
            let report = solve(&sor, &mut state, Stop::relative(tolerance).unwrap());
            assert!(report.converged() && report.overflows == 0, "{report:?}");
            let dense = DMatrix::from_fn(16, 16, |i, j| a[i][j].to_num::<f64>());
            let plain =
                dense.clone().lu().solve(&DVector::from_fn(16, |i, _| b[i].to_num())).unwrap();
            let own = DVector::from_fn(16, |i, _| state.x[i].to_num::<f64>());
            let least = dense.singular_values().min();
            let bound = (f64::from(report.residual) * (1.0 + 1e-6) + 1e-12) / least;
            assert!((own - plain).norm() <= bound, "seed {seed}, bound {bound:e}");
        }
    }
    check::<I1F15>(1e-6);
    check::<I1F31>(3e-8);
}

/// At ω = 1 it is Gauss–Seidel: after a row is relaxed its residual is what one unit of x makes of
/// it, and half a unit of its sum's.
#[test]
fn at_one_each_row_is_solved_in_turn() {
    let (a, b) = system::<I1F31, 6>(3, (0.4, 1.3, 0.7));
    let sor = Sor::new(&a, &b, 1.0).unwrap();
    let mut state = sor.start();
    sor.step(&mut state);
    let (a, x) = (integers(&a), bits(&state.x));
    // The last row was relaxed last.
    let left = bits(&b)[5] * ONE - a[5].iter().zip(&x).map(|(a, x)| a * x).sum::<i128>();
    assert!(left.abs() <= a[5][5] * 2, "{left}");
}

#[test]
fn slices_and_clones_change_nothing() {
    let (a, b) = system::<I1F15, 5>(2, (0.2, 1.2, 2.5));
    let sor = Sor::new(&a, &b, 1.2).unwrap();
    let stop = Stop::relative(1e-4).unwrap().max_iterations(40);
    let mut whole = (Run::new(stop), sor.start());
    let report = whole.0.advance(&sor, &mut whole.1, u32::MAX);
    assert!(report.status == Status::IterationLimit && report.overflows > 0, "{report:?}");
    for slice in [1, 3] {
        let (mut run, mut state) = (Run::new(stop), sor.start());
        while run.advance(&sor, &mut state, slice).status == Status::Running {
            state = again(&state);
        }
        assert_eq!((run, state), whole);
    }
}

#[test]
fn bad_input_is_named() {
    let q = I1F31::from_num::<f64>;
    let b = [q(0.5); 2];
    let new = |a: [[f64; 2]; 2], omega| Sor::new(&a.map(|row| row.map(q)), &b, omega).err();
    let good = [[0.5, 0.1], [0.1, 0.5]];
    assert_eq!(new(good, 1.0), None);
    for omega in [0.0, -1.0, 2.0, f32::NAN, f32::INFINITY, 1e-40] {
        assert_eq!(new(good, omega), Some(FixedError::Omega), "{omega}");
    }
    let diagonal = Some(FixedError::Diagonal { row: 1 });
    assert_eq!(new([[0.5, 0.1], [0.1, 0.0]], 1.0), diagonal);
    assert_eq!(new([[0.5, 0.1], [0.1, -0.5]], 1.0), diagonal);
    assert_eq!(Sor::<I1F31, 0>::new(&[], &[], 1.0).err(), Some(FixedError::Empty));
}
