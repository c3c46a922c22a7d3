//! How coordinates are cut into blocks, against the sort of the library.

use rand_core::{Rng, SeedableRng};
use rand_pcg::Pcg32;
use solvekit::bcd::Partition;

#[test]
fn partitions_sort_and_average_as_the_library_would() {
    let mut generator = Pcg32::seed_from_u64(5);
    for count in 1..60_usize {
        // Few different scores, so that there are ties; some are NaN.
        let scores: Vec<f64> = (0..count)
            .map(|_| match generator.next_u32() % 9 {
                8 => f64::NAN,
                k => f64::from(k),
            })
            .collect();
        let rank = |j: &usize| if scores[*j].is_nan() { f64::INFINITY } else { scores[*j] };
        let mut expected: Vec<usize> = (0..count).collect();
        expected.sort_by(|i, j| rank(i).total_cmp(&rank(j)));
        let found = Partition::sorted(vec![0; count], 4, |j| scores[j]).unwrap();
        let listed: Vec<_> = (0..found.blocks()).flat_map(|k| found.block(k).to_vec()).collect();
        assert_eq!(listed, expected);
        let averaged = Partition::averaged(vec![0; count], 4, |j| scores[j]).unwrap();
        let listed: Vec<_> =
            (0..averaged.blocks()).flat_map(|k| averaged.block(k).to_vec()).collect();
        let ends = (0..count).map(|k| expected[if k % 2 == 0 { k / 2 } else { count - 1 - k / 2 }]);
        assert_eq!(listed, ends.collect::<Vec<_>>());
    }
}
