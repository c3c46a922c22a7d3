extern crate std;

use super::*;
use crate::SMatrix;
use std::boxed::Box;

type Small = CsrVec<f64, 3, 3, 6>;

#[test]
fn assembly_sorts_and_sums() {
    let a = Small::from_triplets([(2, 2, 1.0), (0, 1, 5.0), (0, 0, 2.0), (2, 2, 3.0), (1, 1, 7.0)]);
    let a = a.expect("it fits");
    a.check().expect("sound");
    let mut dense = SMatrix::<f64, 3, 3>::zeros();
    a.entries().for_each(|(i, j, v)| dense[(i, j)] = v);
    assert_eq!(dense, SMatrix::from([[2.0, 0.0, 0.0], [5.0, 7.0, 0.0], [0.0, 0.0, 4.0]]));
    let x = SVector::from([1.0, 2.0, 3.0]);
    let (mut y, mut z) = (a.zero_range(), a.zero_domain());
    a.apply(&x, &mut y);
    a.apply_adjoint(&x, &mut z);
    assert_eq!((y, z), (dense * x, dense.transpose() * x));
    assert_eq!((a.diagonal(2), a.diagonal(9)), (4.0, 0.0));
}

#[test]
fn bad_triplets_are_named() {
    assert_eq!(
        Small::from_triplets([(3, 0, 1.0)]),
        Err(CsrError::OutOfRange { row: 3, column: 0 })
    );
    assert_eq!(
        Small::from_triplets([(0, 70_000, 1.0)]),
        Err(CsrError::OutOfRange { row: 0, column: 70_000 })
    );
    let nine = (0..9).map(|k| (k / 3, k % 3, 1.0));
    assert_eq!(Small::from_triplets(nine), Err(CsrError::Capacity { capacity: 6 }));
}

#[test]
fn bad_tables_are_named() {
    let table =
        |ends, columns| CsrSlice::<f32, 2, 2>::from_parts(ends, columns, &[1.0, 2.0]).check();
    assert!(table([1, 2], &[0, 1]).is_ok());
    assert_eq!(table([1, 2], &[0, 2]), Err(CsrError::OutOfRange { row: 1, column: 2 }));
    assert_eq!(table([2, 2], &[1, 1]), Err(CsrError::Order { row: 0 }));
    assert_eq!(table([2, 1], &[0, 1]), Err(CsrError::RowEnds { row: 1 }));
    assert_eq!(table([1, 1], &[0, 1]), Err(CsrError::RowEnds { row: 1 }));
    assert_eq!(table([1, 3], &[0, 1]), Err(CsrError::RowEnds { row: 1 }));
}

#[test]
fn more_entries_than_16_bits_count_are_refused() {
    type Wide = CsrVec<f32, 2, 40_000, 66_000>;
    let mut a = Box::new(Wide::new());
    // Ascending, so that every new entry goes to the end.
    for k in 0..65_535_usize {
        a.add(k / 40_000, k % 40_000, 1.0).expect("it fits");
    }
    assert_eq!(a.add(1, 30_000, 1.0), Err(CsrError::Capacity { capacity: 65_535 }));
    assert_eq!(a.add(1, 25_534, 1.0), Ok(()), "an entry that is there takes more");
}
