//! Lanes give the bits of the scalar run.

use crate::sor::{dense_spd, grid, uneven};
use solvekit::sor::Sor;
use solvekit::{
    Buffer, CsrVec, FivePoint, Iteration, Lanes, Real, RowOperator, SMatrix, SVector, Scalar,
};

const L: usize = 8;
/// Every lane has its own ω, from slow to nearly unstable.
fn omega<R: Real>(lane: usize) -> R {
    R::from_f64(0.9 + 0.13 * lane as f64)
}

/// Steps the lane solver and the L scalar solvers side by side and compares every bit of x and of
/// the residual norms.
fn compare<R: Real, A, W>(lanes_a: &W, lanes_b: &W::Range, scalar: &[(A, A::Range); L])
where
    A: RowOperator<R>,
    W: RowOperator<Lanes<L, R>>,
{
    let wide = Sor::new(lanes_a, lanes_b, Lanes(std::array::from_fn(omega))).expect("valid lanes");
    let single: Vec<_> = scalar
        .iter()
        .enumerate()
        .map(|(l, (a, b))| Sor::new(a, b, omega::<R>(l)).expect("valid"))
        .collect();
    let mut wide_state = wide.start();
    let mut states: Vec<_> = single.iter().map(Sor::start).collect();
    for sweep in 0..25 {
        let norms = wide.residual_norm(&wide_state.x);
        for (l, (sor, state)) in single.iter().zip(&states).enumerate() {
            assert_eq!(norms.0[l], sor.residual_norm(&state.x), "norm, lane {l}, sweep {sweep}");
        }
        wide.step(&mut wide_state);
        for (l, (sor, state)) in single.iter().zip(&mut states).enumerate() {
            sor.step(state);
            for (i, (wide, x)) in wide_state.x.as_slice().iter().zip(state.x.as_slice()).enumerate()
            {
                // Equality, and 1/x tells −0 from 0.
                let same = wide.0[l] == *x && R::ONE / wide.0[l] == R::ONE / *x;
                assert!(same, "lane {l}, sweep {sweep}, x[{i}]: {:?} and {x:?}", wide.0[l]);
            }
        }
    }
}

fn each<R: Real>(value: impl Fn(usize) -> R) -> Lanes<L, R> {
    Lanes(std::array::from_fn(value))
}

/// Lane l's right-hand side.
fn side<R: Real>(k: usize, lane: usize) -> R {
    uneven::<R>(k + 3 * lane) * R::from_f64(10f64.powi(lane as i32 - 4))
}

fn dense_lanes<R: Real>() {
    let at = |l: usize| dense_spd::<R, 9>() * R::from_f64(1.0 + l as f64);
    let scalar = std::array::from_fn(|l| (at(l), SVector::<R, 9>::from_fn(|k, _| side(k, l))));
    let a = SMatrix::<Lanes<L, R>, 9, 9>::from_fn(|i, j| each(|l| at(l)[(i, j)]));
    compare(&a, &SVector::from_fn(|k, _| each(|l| side(k, l))), &scalar);
}

fn grid_lanes<R: Real>() {
    let shifted = |l: usize| FivePoint::<R, 4, 3>::laplacian(R::from_f64(0.1 * l as f64));
    let scalar = std::array::from_fn(|l| (shifted(l), SMatrix::from_fn(|i, j| side(i + 4 * j, l))));
    let a = FivePoint::<Lanes<L, R>, 4, 3>::laplacian(each(|l| R::from_f64(0.1 * l as f64)));
    compare(&a, &SMatrix::from_fn(|i, j| each(|l| side(i + 4 * j, l))), &scalar);
}

fn sparse_lanes<R: Real>() {
    let (_, one) = grid::<R>();
    let scalar =
        std::array::from_fn(|l| (one.clone(), SVector::<R, 12>::from_fn(|k, _| side(k, l))));
    let entries = (0..12).flat_map(|i| {
        let (columns, values) = one.row(i);
        columns.iter().zip(values).map(move |(j, v)| (i, usize::from(*j), Lanes::splat(*v)))
    });
    let a = CsrVec::<Lanes<L, R>, 12, 12, 64>::from_triplets(entries).expect("it fits");
    compare(&a, &SVector::from_fn(|k, _| each(|l| side(k, l))), &scalar);
}

#[test]
fn sor_in_f32_lanes() {
    dense_lanes::<f32>();
    grid_lanes::<f32>();
    sparse_lanes::<f32>();
}

#[test]
fn sor_in_f64_lanes() {
    dense_lanes::<f64>();
    grid_lanes::<f64>();
    sparse_lanes::<f64>();
}

#[test]
fn the_worst_lane_decides() {
    let a = SMatrix::<Lanes<2>, 2, 2>::from_fn(|i, j| Lanes::splat(if i == j { 2.0 } else { 0.5 }));
    // The second lane's right-hand side is a million times the first's; both are solved to 1e-4.
    let b = SVector::from([Lanes([1.0, 1e6]), Lanes([2.0, 3e6])]);
    let sor = Sor::new(&a, &b, Lanes([1.0, 1.0])).expect("valid");
    let mut state = sor.start();
    let report = solvekit::solve(&sor, &mut state, solvekit::Stop::relative(1e-4).expect("valid"));
    assert!(report.converged());
    let relative = sor.residual_norm(&state.x) / Lanes([5f32.sqrt(), 1e6 * 10f32.sqrt()]);
    assert!(relative.all(|r| r <= 1e-4), "{relative:?}");
}

#[test]
fn a_bad_lane_is_refused() {
    let a = SMatrix::<Lanes<2>, 1, 1>::from([[Lanes([1.0, 0.0])]]);
    let b = SVector::from([Lanes([1.0, 1.0])]);
    let error = Sor::new(&a, &b, Lanes::splat(1.0)).expect_err("a zero diagonal in lane 1");
    assert_eq!(error, solvekit::sor::SorError::ZeroDiagonal { row: 0 });
}
