//! Every operator: ⟨A x, y⟩ = ⟨x, Aᵀ y⟩, and its rows are those of its products.

use solvekit::sum::Accumulator;
use solvekit::{Buffer, CsrVec, FivePoint, RowOperator, SMatrix};
use solvekit_host::matrix::Triplets;

fn number(k: usize) -> f64 {
    ((k * 7 + 3) % 13) as f64 - 6.0
}

fn fill(v: &mut impl Buffer<f64>, offset: usize) {
    v.as_mut_slice().iter_mut().enumerate().for_each(|(k, x)| *x = number(k + offset));
}

fn dot(a: &impl Buffer<f64>, b: &impl Buffer<f64>) -> f64 {
    a.as_slice().iter().zip(b.as_slice()).map(|(a, b)| a * b).sum()
}

fn check<A: RowOperator<f64>>(a: &A) {
    let (mut x, mut y) = (a.zero_domain(), a.zero_range());
    fill(&mut x, 1);
    fill(&mut y, 5);
    let (mut ax, mut aty) = (a.zero_range(), a.zero_domain());
    a.apply(&x, &mut ax);
    a.apply_adjoint(&y, &mut aty);
    // Small whole numbers: every product and sum is exact.
    assert_eq!(dot(&ax, &y), dot(&x, &aty));
    assert!(dot(&ax, &y) != 0.0, "too special to show anything");
    for (row, value) in ax.as_slice().iter().enumerate() {
        assert_eq!(a.row_dot(row, &x), *value, "row {row}");
    }
    triangles(a, &x);
    assert_eq!((ax.as_slice().len(), x.as_slice().len()), (a.rows(), a.columns()));
}

/// The same bits, −0 told from 0.
fn bits(v: &impl Buffer<f64>) -> Vec<u64> {
    v.as_slice().iter().map(|x| x.to_bits()).collect()
}

/// The parts before and behind the diagonal: each is the fixed-order sum of the entries stored
/// there, and with the diagonal they make the whole row; sweeps and visits take the same bits.
fn triangles<A: RowOperator<f64>>(a: &A, x: &A::Domain) {
    // Not whole numbers any more, so that the order of a sum shows.
    let mut x = x.clone();
    x.as_mut_slice().iter_mut().enumerate().for_each(|(k, x)| *x += 0.1 * (k + 1) as f64);
    let partial = |row: usize, part: fn(usize, usize) -> bool| {
        let (mut sum, mut terms) = (Accumulator::default(), 0);
        a.visit_row(row, |column, value| {
            if part(column, row) {
                sum.add(terms, value * x.as_slice()[column]);
                terms += 1;
            }
        });
        sum.total()
    };
    for row in 0..a.rows() {
        let (lower, upper) = (a.lower_dot(row, &x), a.upper_dot(row, &x));
        assert_eq!(lower.to_bits(), partial(row, |j, i| j < i).to_bits(), "row {row}");
        assert_eq!(upper.to_bits(), partial(row, |j, i| j > i).to_bits(), "row {row}");
        let own = x.as_slice().get(row).map_or(0.0, |x| a.diagonal(row) * x);
        let whole = a.row_dot(row, &x);
        // A few roundings of sums of numbers below 100.
        assert!((lower + own + upper - whole).abs() < 1e-11, "row {row}");
    }
    a.visit_lower(&x, |row, dot| assert_eq!(dot.to_bits(), a.lower_dot(row, &x).to_bits()));
    let update = |row: usize, dot: f64, old: f64| 0.3 * old - 0.2 * dot + row as f64;
    let (mut swept, mut expected) = (x.clone(), x.clone());
    a.sweep_lower(&mut swept, update);
    for row in 0..a.rows().min(a.columns()) {
        let dot = a.lower_dot(row, &expected);
        let slot = &mut expected.as_mut_slice()[row];
        *slot = update(row, dot, *slot);
    }
    assert_eq!(bits(&swept), bits(&expected));
    a.sweep_upper(&mut swept, update);
    for row in (0..a.rows().min(a.columns())).rev() {
        let dot = a.upper_dot(row, &expected);
        let slot = &mut expected.as_mut_slice()[row];
        *slot = update(row, dot, *slot);
    }
    assert_eq!(bits(&swept), bits(&expected));
}

#[test]
fn dense() {
    check(&SMatrix::<f64, 3, 5>::from_fn(|i, j| number(4 * i + j)));
    check(&SMatrix::<f64, 6, 2>::from_fn(|i, j| number(5 * i + 2 * j)));
}

#[test]
fn sparse() {
    let entries = (0..9).map(|k| (k % 4, (3 * k) % 5, number(k) + 0.5));
    check(&CsrVec::<f64, 4, 5, 9>::from_triplets(entries.clone()).expect("it fits"));
    let mut triplets = Triplets::new(4, 5).expect("a good size");
    entries.for_each(|(i, j, v)| triplets.push(i, j, v).expect("inside"));
    check(&triplets.into_csr().expect("good entries"));
}

#[test]
fn stencil() {
    check(&FivePoint::<f64, 4, 3> { center: 4.5, vertical: -1.0, horizontal: -2.0 });
    check(&FivePoint::<f64, 1, 4> { center: 4.5, vertical: -1.0, horizontal: -2.0 });
    check(&FivePoint::<f64, 4, 1> { center: 4.5, vertical: -1.0, horizontal: -2.0 });
}
