//! Every operator: ⟨A x, y⟩ = ⟨x, Aᵀ y⟩, and its rows are those of its products.

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
    assert_eq!((ax.as_slice().len(), x.as_slice().len()), (a.rows(), a.columns()));
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
}
