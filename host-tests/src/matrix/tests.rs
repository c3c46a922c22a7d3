//! The host's matrix against the one of fixed size, bit for bit.

use super::{CsrMatrix, Triplets};
use crate::vector::Vector;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;
use solvekit::sor::Sor;
use solvekit::{CsrVec, LinearOperator, RowOperator, SVector, Stop, solve};

const N: usize = 24;
type Entry = (usize, usize, f32);

/// A diagonal that dominates, and entries here and there, some of them several times.
fn entries(seed: u64) -> Vec<Entry> {
    let mut random = Pcg64::seed_from_u64(seed);
    let mut scattered: Vec<Entry> = (0..120)
        .map(|_| (random.random_range(0..N), random.random_range(0..N), random.random::<f32>()))
        .collect();
    scattered.extend((0..N).map(|i| (i, i, 20.0)));
    scattered
}

fn host(entries: &[Entry]) -> CsrMatrix<f32> {
    let mut triplets = Triplets::new(N, N).expect("a small size");
    for &(row, column, value) in entries {
        triplets.push(row, column, value).expect("inside");
    }
    triplets.into_csr().expect("a small matrix")
}

fn fixed(entries: &[Entry]) -> CsrVec<f32, N, N, 200> {
    CsrVec::from_triplets(entries.iter().copied()).expect("fits")
}

fn bits(numbers: &[f32]) -> Vec<u32> {
    numbers.iter().map(|number| number.to_bits()).collect()
}

#[test]
fn products_and_diagonals_have_the_bits_of_the_fixed_matrix() {
    for seed in 0..20 {
        let entries = entries(seed);
        let (host, fixed) = (host(&entries), fixed(&entries));
        let x: [f32; N] = std::array::from_fn(|k| (k as f32 + 0.3).sin());
        let (heap, array) = (Vector::from(x.to_vec()), SVector::from(x));

        let (mut y, mut z) = (host.zero_range(), fixed.zero_range());
        host.apply(&heap, &mut y);
        fixed.apply(&array, &mut z);
        assert_eq!(bits(&y), bits(z.as_slice()), "A x, seed {seed}");

        let (mut y, mut z) = (host.zero_domain(), fixed.zero_domain());
        host.apply_adjoint(&heap, &mut y);
        fixed.apply_adjoint(&array, &mut z);
        assert_eq!(bits(&y), bits(z.as_slice()), "Aᵀ y, seed {seed}");

        for i in 0..N {
            assert_eq!(host.diagonal(i).to_bits(), fixed.diagonal(i).to_bits());
            assert_eq!(host.row_dot(i, &heap).to_bits(), fixed.row_dot(i, &array).to_bits());
        }
    }
}

#[test]
fn a_solve_has_the_bits_of_the_fixed_matrix() {
    for seed in 0..5 {
        let entries = entries(seed);
        let (host, fixed) = (host(&entries), fixed(&entries));
        let b: [f32; N] = std::array::from_fn(|k| (k as f32).cos());
        let (heap, array) = (Vector::from(b.to_vec()), SVector::from(b));
        let stop = Stop::relative(1e-5).expect("a good tolerance");

        let sor = Sor::new(&host, &heap, 1.1).expect("a good system");
        let mut here = sor.start();
        let told_here = solve(&sor, &mut here, stop);
        let sor = Sor::new(&fixed, &array, 1.1).expect("a good system");
        let mut there = sor.start();
        let told_there = solve(&sor, &mut there, stop);

        assert_eq!(told_here, told_there, "seed {seed}");
        assert!(told_here.converged(), "seed {seed}: {told_here:?}");
        assert_eq!(bits(&here.x), bits(there.x.as_slice()), "seed {seed}");
    }
}

#[test]
fn a_shift_adds_to_the_diagonal_wherever_it_is() {
    let mut triplets = Triplets::new(3, 3).expect("a small size");
    for (row, column, value) in [(0, 0, 1.0), (0, 2, 2.0), (1, 0, 3.0), (1, 2, 4.0)] {
        triplets.push(row, column, value).expect("inside");
    }
    let shifted = triplets.into_csr().expect("a small matrix").shifted(0.5);
    assert_eq!(shifted.row(0), (&[0, 2][..], &[1.5, 2.0][..]));
    assert_eq!(shifted.row(1), (&[0, 1, 2][..], &[3.0, 0.5, 4.0][..]));
    assert_eq!(shifted.row(2), (&[2][..], &[0.5][..]));
    assert_eq!(shifted.row(3), (&[][..], &[][..]));
}

#[test]
fn entries_that_are_not_finite_are_found() {
    let mut triplets = Triplets::new(2, 2).expect("a small size");
    for (row, column, value) in [(0, 0, 1.0), (1, 1, f32::MAX), (1, 1, f32::MAX)] {
        triplets.push(row, column, value).expect("inside");
    }
    let matrix = triplets.into_csr().expect("a small matrix");
    assert_eq!(matrix.non_finite(), Some((1, 1)), "the sum of duplicates may overflow");
    assert_eq!(matrix.shifted(-1.0).non_finite(), Some((1, 1)));
}

#[test]
fn symmetry_is_of_values_up_to_rounding() {
    let base = [(0, 0, 2.0), (0, 1, 0.1), (1, 0, 0.1), (1, 1, 2.0)];
    assert!(host(&base).is_symmetric());
    let rounded =
        base.map(|(i, j, v)| (i, j, if i < j { f32::from_bits(f32::to_bits(v) + 1) } else { v }));
    assert!(host(&rounded).is_symmetric());
    let lopsided = base.map(|(i, j, v)| (i, j, if i < j { v * 1.0001 } else { v }));
    assert!(!host(&lopsided).is_symmetric());
    assert!(!host(&[(0, 1, 0.1)]).is_symmetric());
}
