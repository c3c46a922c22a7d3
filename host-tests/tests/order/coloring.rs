//! Greedy colourings of sparse matrices, on the device and on the host.

use super::agrees;
use solvekit::coloring::{Groups, color_greedily, group};
use solvekit::sor::{Multicolor, Sor};
use solvekit::{
    Colored, Coloring, ColoringError, CsrVec, FivePoint, RowOperator, SMatrix, Stop, solve,
};
use solvekit_host::matrix::{HostColoring, Triplets};

type Pattern<const N: usize> = CsrVec<f32, N, N, 1024>;

/// No two neighbours share a colour, every row has one, and there are `colors` of them.
fn valid<const N: usize, const K: usize>(a: &Pattern<N>, colors: usize) {
    let coloring = Coloring::<N, K>::of(a).expect("enough colours");
    assert_eq!(coloring.colors(), colors);
    let mut color_of = vec![None; N];
    for color in 0..K {
        assert!(coloring.rows_of(color).is_sorted());
        assert_eq!(coloring.rows_of(color).is_empty(), color >= colors);
        for row in coloring.rows_of(color) {
            assert_eq!(color_of[*row as usize].replace(color), None, "row {row} comes twice");
        }
    }
    for i in 0..N {
        assert!(color_of[i].is_some(), "row {i} has no colour");
        a.visit_row(i, |j, _| assert!(i == j || color_of[i] != color_of[j], "rows {i} and {j}"));
    }
}

fn pattern<const N: usize>(entry: impl Fn(usize, usize) -> bool) -> Pattern<N> {
    let places = (0..N * N).map(|k| (k / N, k % N)).filter(|(i, j)| i == j || entry(*i, *j));
    Pattern::from_triplets(places.map(|(i, j)| (i, j, 1.0))).expect("it fits")
}

/// How far two points of a grid six rows high are apart, across and down.
fn apart(i: usize, j: usize) -> (usize, usize) {
    ((i / 6).abs_diff(j / 6), (i % 6).abs_diff(j % 6))
}

#[test]
fn colourings_are_valid_and_small() {
    valid::<36, 8>(&pattern(|i, j| matches!(apart(i, j), (0, 1) | (1, 0))), 2);
    valid::<36, 8>(&pattern(|i, j| matches!(apart(i, j), (0..=1, 0..=1))), 4);
    valid::<36, 8>(&pattern(|i, j| i == 0 || j == 0), 2);
    valid::<12, 12>(&pattern(|_, _| true), 12);
    valid::<12, 12>(&pattern(|_, _| false), 1);
    // Not symmetric: each row sees only the next two, or only the two before.
    valid::<36, 8>(&pattern(|i, j| i < j && j - i <= 2), 3);
    valid::<36, 8>(&pattern(|i, j| j < i && i - j <= 2), 3);
    valid::<36, 8>(&pattern(|i, j| (i * i + 3 * j) % 17 == 1), 4);
}

#[test]
fn a_colouring_without_room_names_the_row() {
    let full = pattern::<12>(|_, _| true);
    let error = Coloring::<12, 5>::of(&full).expect_err("dense");
    assert_eq!(error, ColoringError::TooManyColors { row: 5, capacity: 5 });
    let error = Coloring::<4, 5>::of(&full).expect_err("another size");
    assert_eq!(error, ColoringError::Length { expected: 12, found: 4 });
    let error = Coloring::<2, 5>::of(&SMatrix::<f32, 2, 3>::zeros()).expect_err("not square");
    assert_eq!(error, ColoringError::NotSquare { rows: 2, columns: 3 });
    let other = Coloring::<12, 12>::of(&full).expect("room");
    let small = pattern::<4>(|_, _| false);
    let error = Colored::new(&small, other.groups()).expect_err("another size");
    assert_eq!(error, ColoringError::Length { expected: 4, found: 12 });
    // 65 rows that all see each other: more colours than can be told apart.
    let full = SMatrix::<f32, 65, 65>::repeat(1.0);
    let error = Coloring::<65, 65>::of(&full).expect_err("too many");
    assert_eq!(error, ColoringError::TooManyColors { row: 64, capacity: 64 });
}

#[test]
fn the_host_colours_as_the_device_does() {
    let a = pattern::<36>(|i, j| (i * i + 3 * j) % 17 == 1);
    let mut triplets = Triplets::new(36, 36).expect("a good size");
    for i in 0..36 {
        a.visit_row(i, |j, value| triplets.push(i, j, value).expect("inside"));
    }
    let host = triplets.into_csr().expect("good entries");
    let (own, other) = (Coloring::<36, 8>::of(&a).expect("room"), HostColoring::of(&host));
    let other = other.expect("room");
    assert_eq!(own.groups(), other.groups());
    let (mut colors, mut taken) = ([0; 36], [0; 36]);
    let used = color_greedily(&a, &mut colors, &mut taken, 8).expect("room");
    let (mut rows, mut ends) = ([0; 36], [0; 4]);
    group(&colors, &mut rows, &mut ends);
    assert_eq!((used, Groups { rows: &rows, ends: &ends }), (4, own.groups()));
}

#[test]
fn a_coloured_sparse_matrix_is_solved_in_colour_order() {
    let (stencil, n) = (FivePoint::<f64, 4, 3>::laplacian(0.1), 12);
    let mut triplets = Triplets::new(n, n).expect("a good size");
    for i in 0..n {
        stencil.visit_row(i, |j, value| triplets.push(i, j, value).expect("inside"));
    }
    let a = triplets.into_csr().expect("good entries");
    let coloring = HostColoring::of(&a).expect("room");
    let colored = Colored::new(&a, coloring.groups()).expect("the same size");
    let b: solvekit_host::vector::Vector<f64> = (0..n).map(|k| (k * 7 % 11) as f64 - 4.5).collect();
    let sor = Sor::ordered(&colored, &b, 1.3, Multicolor).expect("valid");
    let mut state = sor.start();
    assert!(solve(&sor, &mut state, Stop::relative(1e-10).expect("valid")).converged());
    let rows: Vec<_> = coloring.groups().rows.iter().map(|row| *row as usize).collect();
    agrees(&colored, &b, Multicolor, &rows);
}

#[test]
fn scratch_of_another_length_is_refused_and_what_is_in_it_does_not_matter() {
    let a = FivePoint::<f64, 4, 3>::laplacian(0.1);
    let (mut clean, mut blank) = ([0; 12], [0; 12]);
    let used = color_greedily(&a, &mut clean, &mut blank, 4);
    assert_eq!(used, Ok(2));
    let (mut colors, mut taken) = ([9; 12], [u64::MAX; 12]);
    assert_eq!((color_greedily(&a, &mut colors, &mut taken, 4), colors), (used, clean));
    let refused = |found| Err(ColoringError::Length { expected: 12, found });
    assert_eq!(color_greedily(&a, &mut [0; 11], &mut taken, 4), refused(11));
    assert_eq!(color_greedily(&a, &mut [0; 13], &mut taken, 4), refused(12));
    assert_eq!(color_greedily(&a, &mut colors, &mut [0; 11], 4), refused(11));
    assert_eq!(color_greedily(&a, &mut colors, &mut [0; 13], 4), refused(12));
}
