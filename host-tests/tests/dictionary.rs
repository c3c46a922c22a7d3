//! Dictionaries without memory: their products are those of their entries, and they sense as they should.

use rand_pcg::Pcg32;
use solvekit::dictionary::{Hadamard, HadamardError, Signs};
use solvekit::recovery::{Iht, Largest, Sensing, largest_eigenvalue};
use solvekit::{
    Buffer, ColumnOperator, Lanes, LinearOperator, RowOperator, SMatrix, SVector, Stop,
    operator::zeros, solve,
};

fn entries<A: RowOperator<f64>>(a: &A) -> nalgebra::DMatrix<f64> {
    let mut matrix = nalgebra::DMatrix::zeros(a.rows(), a.columns());
    for i in 0..a.rows() {
        a.visit_row(i, |j, value| matrix[(i, j)] = value);
    }
    matrix
}

fn number(k: usize) -> f64 {
    ((k * 7 + 3) % 13) as f64 - 6.0
}

/// Every product against the entries. What differs is rounding of sums of a few dozen numbers up to 6.
fn check<A: RowOperator<f64> + ColumnOperator<f64>>(a: &A) {
    let (matrix, tolerance) = (entries(a), 1e-12);
    let (m, n) = matrix.shape();
    let (mut x, mut y) = (a.zero_domain(), a.zero_range());
    x.as_mut_slice().iter_mut().enumerate().for_each(|(k, x)| *x = number(k));
    y.as_mut_slice().iter_mut().enumerate().for_each(|(k, y)| *y = number(k + 4));
    let (dense_x, dense_y) = (
        nalgebra::DVector::from_column_slice(x.as_slice()),
        nalgebra::DVector::from_column_slice(y.as_slice()),
    );
    let (ax, aty) = (&matrix * &dense_x, matrix.transpose() * &dense_y);
    let (mut image, mut back) = (a.zero_range(), a.zero_domain());
    // What was there before does not matter.
    image.as_mut_slice().fill(9.0);
    back.as_mut_slice().fill(9.0);
    a.apply(&x, &mut image);
    a.apply_adjoint(&y, &mut back);
    for i in 0..m {
        assert!((image.as_slice()[i] - ax[i]).abs() < tolerance, "row {i}");
        assert!((a.row_dot(i, &x) - ax[i]).abs() < tolerance, "row {i}");
        assert_eq!(a.diagonal(i), matrix.get((i, i)).copied().unwrap_or(0.0));
    }
    for j in 0..n {
        assert!((back.as_slice()[j] - aty[j]).abs() < tolerance, "column {j}");
        assert!((a.column_dot(j, &y) - aty[j]).abs() < tolerance, "column {j}");
        a.visit_column(j, |i, value| assert_eq!(value, matrix[(i, j)]));
        let mut moved = y.clone();
        a.add_column(j, 0.5, &mut moved);
        for i in 0..m {
            let wanted = number(i + 4) + 0.5 * matrix[(i, j)];
            assert!((moved.as_slice()[i] - wanted).abs() < tolerance);
        }
        let other = (j * 5 + 1) % n;
        let pair = a.column_pair(j, other, number);
        let wanted: f64 = (0..m).map(|i| matrix[(i, j)] * matrix[(i, other)] * number(i)).sum();
        assert!((pair - wanted).abs() < tolerance, "columns {j}, {other}");
    }
    // Outside: nothing.
    assert_eq!((a.row_dot(m, &x), a.diagonal(m.max(n)), a.column_dot(n, &y)), (0.0, 0.0, 0.0));
    assert_eq!(a.column_pair(n, 0, |_| 1.0), 0.0);
    a.visit_row(m, |_, _| panic!("no such row"));
    a.visit_column(n, |_, _| panic!("no such column"));
    assert_eq!(a.non_finite(), None);
}

#[test]
fn products_are_those_of_the_entries() {
    check(&Signs::<f64, 5, 7>::new(1));
    check(&Signs::<f64, 9, 64>::new(2));
    check(&Signs::<f64, 12, 70>::new(3));
    check(&Hadamard::<f64, 5, 8>::new([7, 0, 3, 4, 1]).unwrap());
    check(&Hadamard::<f64, 1, 1>::new([0]).unwrap());
    check(&Hadamard::<f64, 20, 64>::drawn(&mut Pcg32::new(4, 0)).unwrap());
}

#[test]
fn signs_are_the_bits_of_the_sequence() {
    use rand_core::Rng;
    let mut generator = Pcg32::new(99, 0);
    let a = entries(&Signs::<f64, 4, 50>::new(99));
    for i in 0..4 {
        let words = [generator.next_u32(), generator.next_u32()];
        for j in 0..50 {
            let negative = (words[j / 32] >> (j % 32)) & 1 == 1;
            assert_eq!(a[(i, j)], if negative { -0.5 } else { 0.5 }, "({i}, {j})");
        }
    }
}

#[test]
fn lanes_are_scalars() {
    let a = Signs::<f32, 6, 40>::new(5);
    let wide = Signs::<Lanes<4, f32>, 6, 40>::new(5);
    let entry = |l: usize, j: usize| ((l * 41 + j) as f32 * 0.7).sin();
    let x = SVector::from_fn(|j, _| Lanes(std::array::from_fn(|l| entry(l, j))));
    let mut y = zeros();
    wide.apply(&x, &mut y);
    for l in 0..4 {
        let mut single = SVector::zeros();
        a.apply(&SVector::from_fn(|j, _| entry(l, j)), &mut single);
        assert!(y.iter().zip(single.iter()).all(|(y, s)| y.0[l].to_bits() == s.to_bits()));
    }
}

#[test]
fn rows_of_a_hadamard_matrix_are_orthonormal_and_drawn_evenly() {
    let matrix = entries(&Hadamard::<f64, 16, 16>::drawn(&mut Pcg32::new(1, 0)).unwrap());
    assert_eq!(&matrix * matrix.transpose(), nalgebra::DMatrix::identity(16, 16));
    let some = Hadamard::<f64, 7, 32>::drawn(&mut Pcg32::new(1, 0)).unwrap();
    assert!((largest_eigenvalue(&some, 50) - 1.0).abs() < 1e-12);
    let mut counts = [0_u32; 16];
    for seed in 0..4000 {
        let drawn = Hadamard::<f32, 4, 16>::drawn(&mut Pcg32::new(seed, 0)).unwrap();
        drawn.chosen().iter().for_each(|row| counts[usize::from(*row)] += 1);
    }
    // 1000 each, σ = √(4000 · ¼ · ¾) = 27; five of them.
    assert!(counts.iter().all(|count| count.abs_diff(1000) < 137), "{counts:?}");
}

#[test]
fn what_is_no_choice_of_rows_is_refused() {
    assert_eq!(Hadamard::<f32, 1, 12>::new([0]).err(), Some(HadamardError::Order));
    let beyond = Hadamard::<f32, 2, 8>::new([0, 8]).err();
    assert_eq!(beyond, Some(HadamardError::Row { place: 1 }));
    let twice = Hadamard::<f32, 3, 8>::new([5, 2, 5]).err();
    assert_eq!(twice, Some(HadamardError::Twice { place: 2 }));
    let many = Hadamard::<f32, 9, 8>::drawn(&mut Pcg32::new(1, 0)).err();
    assert!(matches!(many, Some(HadamardError::Twice { .. })), "{many:?}");
}

/// 8 of 256 unknowns from 96 measurements, by either, as by a dense matrix.
#[test]
fn sparse_signals_are_recovered() {
    fn found<A: LinearOperator<f64, Domain = SVector<f64, 256>>>(a: &A) -> bool {
        let truth =
            SVector::<f64, 256>::from_fn(
                |j, _| {
                    if j % 32 == 5 { number(j / 32) + 0.5 } else { 0.0 }
                },
            );
        let mut y = a.zero_range();
        a.apply(&truth, &mut y);
        let room = Largest::new([0; 8], zeros::<f64, 8, 1>());
        let iht = Iht::normalised(Sensing::new(a, &y).unwrap(), room).unwrap();
        let mut state = iht.start();
        let report = solve(&iht, &mut state, Stop::relative(1e-10).unwrap().max_iterations(2000));
        report.converged() && (state.x - truth).norm() < 1e-6
    }
    let mut found_by = [0; 3];
    for seed in 0..10 {
        found_by[0] += u32::from(found(&Signs::<f64, 96, 256>::new(seed)));
        let rows = Hadamard::<f64, 96, 256>::drawn(&mut Pcg32::new(seed, 0)).unwrap();
        found_by[1] += u32::from(found(&rows));
        let signs = Signs::<f64, 96, 256>::new(seed);
        let mut dense = SMatrix::<f64, 96, 256>::zeros();
        (0..96).for_each(|i| signs.visit_row(i, |j, value| dense[(i, j)] = value));
        found_by[2] += u32::from(found(&dense));
    }
    assert!(found_by.iter().all(|found| *found >= 9), "{found_by:?}");
    assert_eq!(found_by[0], found_by[2]);
}
