//! The orders of a sweep against textbook sweeps, permuted systems and each other.

mod coloring;

use nalgebra::DMatrix;
use solvekit::sor::{Backward, Forward, Multicolor, Order, Sor, Symmetric};
use solvekit::{
    Banded, Buffer, ColorOperator, Colored, Coloring, CsrVec, FivePoint, Iteration, LinearOperator,
    RowOperator, SMatrix, SVector,
};

fn dense<A: LinearOperator<f64>>(a: &A) -> DMatrix<f64> {
    let mut matrix = DMatrix::zeros(a.rows(), a.columns());
    for j in 0..a.columns() {
        let (mut unit, mut column) = (a.zero_domain(), a.zero_range());
        unit.as_mut_slice()[j] = 1.0;
        a.apply(&unit, &mut column);
        matrix.column_mut(j).copy_from_slice(column.as_slice());
    }
    matrix
}

/// A matrix without any symmetry, diagonally heavy.
fn uneven<const N: usize>() -> SMatrix<f64, N, N> {
    SMatrix::from_fn(|i, j| {
        if i == j { 9.0 + 0.3 * i as f64 } else { ((i * 5 + j * 3) % 7) as f64 / 4.0 - 0.6 }
    })
}

fn side<const N: usize>() -> SVector<f64, N> {
    SVector::from_fn(|i, _| ((i * 7 + 3) % 11) as f64 - 4.5)
}

/// Textbook relaxation of the rows in the order given.
fn naive(
    a: &DMatrix<f64>,
    b: &[f64],
    omega: f64,
    rows: impl Iterator<Item = usize>,
    x: &mut [f64],
) {
    for i in rows {
        let others: f64 = (0..b.len()).filter(|j| *j != i).map(|j| a[(i, j)] * x[j]).sum();
        x[i] = (1.0 - omega) * x[i] + omega * (b[i] - others) / a[(i, i)];
    }
}

fn agrees<A: RowOperator<f64>, O: Order<f64, A>>(a: &A, b: &A::Range, order: O, rows: &[usize]) {
    let (matrix, omega) = (dense(a), 1.3);
    let sor = Sor::ordered(a, b, omega, order).expect("a valid system");
    let (mut state, mut x) = (sor.start(), vec![0.0; b.as_slice().len()]);
    for sweep in 1..=20 {
        sor.step(&mut state);
        naive(&matrix, b.as_slice(), omega, rows.iter().copied(), &mut x);
        for (i, (own, x)) in state.x.as_slice().iter().zip(&x).enumerate() {
            // 20 sweeps of at most 12-term sums of numbers below 10: some hundred roundings.
            assert!((own - x).abs() < 1e-12, "sweep {sweep}, x[{i}]: {own}, should be {x}");
        }
    }
}

fn every_order<A: RowOperator<f64>>(a: &A, b: &A::Range) {
    let forward: Vec<_> = (0..a.rows()).collect();
    let backward: Vec<_> = forward.iter().rev().copied().collect();
    agrees(a, b, Forward, &forward);
    agrees(a, b, Backward, &backward);
    agrees(a, b, Symmetric, &[forward, backward].concat());
}

fn stencil() -> FivePoint<f64, 4, 3> {
    FivePoint { center: 4.3, vertical: -1.1, horizontal: -0.7 }
}

#[test]
fn every_order_agrees_with_the_textbook_on_every_operator() {
    every_order(&uneven::<9>(), &side());
    every_order(&stencil(), &SMatrix::from_fn(|i, j| side::<12>()[i + 4 * j]));
    let full = uneven::<9>();
    let entries = (0..81).map(|k| (k / 9, k % 9)).filter(|(i, j)| (i * j) % 3 != 1 || i == j);
    let sparse = CsrVec::<f64, 9, 9, 81>::from_triplets(entries.map(|(i, j)| (i, j, full[(i, j)])));
    every_order(&sparse.expect("it fits"), &side());
    every_order(&Banded::<f64, 9, 5>::from_fn(|i, j| full[(i, j)]).expect("odd"), &side());
}

#[test]
fn red_black_agrees_with_the_textbook() {
    fn on<const R: usize, const C: usize>() {
        let a = FivePoint::<f64, R, C> { center: 4.3, vertical: -1.1, horizontal: -0.7 };
        let b = SMatrix::<f64, R, C>::from_fn(|i, j| ((7 * i + 3 * j) % 11) as f64 - 4.5);
        let red = |k: &usize| (k / R + k % R).is_multiple_of(2);
        let (reds, blacks): (Vec<_>, Vec<_>) = (0..R * C).partition(red);
        agrees(&a, &b, Multicolor, &[reds, blacks].concat());
    }
    on::<1, 1>();
    on::<1, 5>();
    on::<2, 3>();
    on::<3, 4>();
    on::<8, 2>();
    on::<9, 3>();
    on::<17, 2>();
}

#[test]
fn backward_is_forward_on_the_reversed_system() {
    let a = Banded::<f64, 9, 3>::from_fn(|i, j| uneven::<9>()[(i, j)]).expect("odd");
    let reversed = Banded::<f64, 9, 3>::from_fn(|i, j| a.row(8 - i).1[8 - j - a.row(8 - i).0]);
    let (reversed, b) = (reversed.expect("odd"), side::<9>());
    let reversed_b = SVector::<f64, 9>::from_fn(|i, _| b[8 - i]);
    let back = Sor::ordered(&a, &b, 1.2, Backward).expect("valid");
    let there = Sor::new(&reversed, &reversed_b, 1.2).expect("valid");
    let (mut x, mut y) = (back.start(), there.start());
    for _ in 0..20 {
        back.step(&mut x);
        there.step(&mut y);
        for i in 0..9 {
            // (a₀ + a₁) + a₂ against (a₂ + a₁) + a₀: a rounding or two each, of numbers below 10.
            assert!((x.x[i] - y.x[8 - i]).abs() < 1e-13);
        }
    }
}

#[test]
fn red_black_is_forward_on_the_permuted_matrix() {
    // Per row the permuted sum has the same entries in another order; with whole numbers and ω = 1
    // on a diagonal of 4 every operation is exact for some sweeps, so the bits must be the same.
    let a = FivePoint::<f64, 4, 3>::laplacian(0.0);
    let b = SMatrix::<f64, 4, 3>::from_fn(|i, j| ((7 * i + 3 * j) % 11) as f64 - 5.0);
    let coloring = Coloring::<12, 2>::of(&a).expect("two colours");
    let order: Vec<_> = coloring.groups().rows.iter().map(|row| *row as usize).collect();
    let full = dense(&a);
    let permuted = SMatrix::<f64, 12, 12>::from_fn(|i, j| full[(order[i], order[j])]);
    let permuted_b = SVector::<f64, 12>::from_fn(|i, _| b.as_slice()[order[i]]);
    let red_black = Sor::ordered(&a, &b, 1.0, Multicolor).expect("valid");
    let forward = Sor::new(&permuted, &permuted_b, 1.0).expect("valid");
    let (mut x, mut y) = (red_black.start(), forward.start());
    for sweep in 0..8 {
        red_black.step(&mut x);
        forward.step(&mut y);
        for (k, row) in order.iter().enumerate() {
            assert_eq!(
                x.x.as_slice()[*row].to_bits(),
                y.x[k].to_bits(),
                "sweep {sweep}, row {row}"
            );
        }
    }
}

#[test]
fn a_coloured_stencil_sweeps_like_its_own_red_black_to_the_bit() {
    let a = FivePoint::<f32, 11, 6> { center: 4.3, vertical: -1.1, horizontal: -0.7 };
    let b = SMatrix::<f32, 11, 6>::from_fn(|i, j| ((7 * i + 3 * j) % 11) as f32 - 4.5);
    let coloring = Coloring::<66, 4>::of(&a).expect("two colours");
    let colored = Colored::new(&a, coloring.groups()).expect("the same size");
    assert_eq!((colored.colors(), a.colors()), (2, 2));
    let own = Sor::ordered(&a, &b, 1.4, Multicolor).expect("valid");
    let other = Sor::ordered(&colored, &b, 1.4, Multicolor).expect("valid");
    let (mut x, mut y) = (own.start(), other.start());
    for _ in 0..20 {
        own.step(&mut x);
        other.step(&mut y);
        assert_eq!(x, y);
    }
    // What the pair offers beside colours is the operator's own.
    let mut z = a.zero_range();
    colored.apply(&x.x, &mut z);
    for row in 0..66 {
        assert_eq!(z.as_slice()[row], a.row_dot(row, &x.x));
        assert_eq!(colored.lower_dot(row, &x.x), a.lower_dot(row, &x.x));
        assert_eq!(colored.upper_dot(row, &x.x), a.upper_dot(row, &x.x));
    }
}

#[test]
fn the_symmetric_sweep_is_a_symmetric_operator() {
    // From 0 a sweep is x = M⁻¹ b; its matrix, column by column.
    let a = SMatrix::<f64, 9, 9>::from_fn(|i, j| uneven::<9>()[(i.min(j), i.max(j))]);
    let sweep = |order_is_symmetric: bool| {
        DMatrix::from_fn(9, 9, |i, j| {
            let unit = SVector::<f64, 9>::from_fn(|k, _| f64::from(u8::from(k == j)));
            let mut x = SVector::zeros();
            if order_is_symmetric {
                let sor = Sor::ordered(&a, &unit, 1.3, Symmetric).expect("valid");
                let mut state = sor.start();
                sor.step(&mut state);
                x = state.x;
            } else {
                let sor = Sor::new(&a, &unit, 1.3).expect("valid");
                let mut state = sor.start();
                sor.step(&mut state);
                x.copy_from(&state.x);
            }
            x[i]
        })
    };
    let (m, forward) = (sweep(true), sweep(false));
    // Entries are below 1: a few dozen roundings.
    assert!((&m - m.transpose()).amax() < 1e-15, "{}", (&m - m.transpose()).amax());
    assert!((&forward - forward.transpose()).amax() > 1e-3, "too special to show anything");
}

#[test]
fn every_part_of_a_row_is_the_row() {
    fn on<A: RowOperator<f64>>(a: &A) {
        let mut x = a.zero_domain();
        x.as_mut_slice().iter_mut().enumerate().for_each(|(k, x)| *x = k as f64 * 0.5 - 1.0);
        let full = dense(a);
        for i in 0..a.rows() {
            let mut row = vec![0.0; a.columns()];
            let mut last = None;
            a.visit_row(i, |j, value| {
                assert!(last.is_none_or(|last| last < j), "columns do not ascend");
                last = Some(j);
                row[j] = value;
            });
            assert!(row.iter().enumerate().all(|(j, v)| full[(i, j)] == *v), "row {i}");
            let split = a.lower_dot(i, &x) + a.diagonal(i) * x.as_slice()[i] + a.upper_dot(i, &x);
            // Sums of at most 12 numbers below 100, in two orders.
            assert!((split - a.row_dot(i, &x)).abs() < 1e-12, "row {i}");
        }
        a.visit_row(a.rows(), |_, _| panic!("a row outside the matrix"));
    }
    on(&uneven::<9>());
    on(&stencil());
    on(&Banded::<f64, 9, 5>::from_fn(|i, j| uneven::<9>()[(i, j)]).expect("odd"));
    on(&FivePoint::<f64, 1, 3>::laplacian(0.5));
    on(&FivePoint::<f64, 3, 1>::laplacian(0.5));
}
