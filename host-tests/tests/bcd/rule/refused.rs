//! Weights and buffers that are refused, with their cause.

use super::random::diagonal;
use crate::problem::N;
use rand_core::SeedableRng;
use rand_pcg::Pcg32;
use solvekit::bcd::rule::*;
use solvekit::bcd::{BlockFactors, Partition, block_constants, room};
use solvekit::fit::Quadratic;
use solvekit::{SMatrix, SVector};

type Three = SVector<f64, 3>;

#[test]
fn bad_weights_and_short_buffers_are_refused() {
    let partition = Partition::consecutive([0; N], 3).unwrap();
    let seeded = Pcg32::seed_from_u64(1);
    let refused = |weights: [f64; 3]| {
        Sampled::new(partition, Three::from(weights), seeded.clone()).unwrap_err()
    };
    assert_eq!(refused([1.0, -1.0, 1.0]), RuleError::Weight { block: 1 });
    assert_eq!(refused([1.0, 1.0, f64::NAN]), RuleError::Weight { block: 2 });
    assert_eq!(refused([f64::INFINITY, 1.0, 1.0]), RuleError::Weight { block: 0 });
    assert_eq!(refused([0.0; 3]), RuleError::NoWeight);
    let short = RuleError::Room { expected: 3, found: 2 };
    assert_eq!(Permuted::new(partition, [0; 2], seeded.clone()).unwrap_err(), short);
    let two = SVector::<f64, 2>::repeat(1.0);
    assert_eq!(Sampled::new(partition, two, seeded.clone()).unwrap_err(), short);
    let none = PermutedCoordinates::new(N, 0, [0; N], seeded.clone()).unwrap_err();
    assert_eq!(none, RuleError::NoBlock);
    assert_eq!(RandomCoordinates::new([], seeded).unwrap_err(), RuleError::NoBlock);
    let (a, b) = diagonal();
    let fit = Quadratic::new(&a, &b).unwrap();
    let mut constants = [0.0; 3];
    let refused = block_constants(&fit, &partition, &mut constants, &mut [0.0; room(3) - 1]);
    assert_eq!(refused, Err(RuleError::Room { expected: room(3), found: room(3) - 1 }));
    let memory = SVector::<f64, 17>::zeros();
    let refused = BlockFactors::new(&fit, partition, memory).unwrap_err();
    assert_eq!(refused, RuleError::Room { expected: 18, found: 17 });
    let saddle = SMatrix::<f64, 2, 2>::new(1.0, 2.0, 2.0, 1.0);
    let zero = SVector::zeros();
    let fit = Quadratic::new(&saddle, &zero).unwrap();
    let one = Partition::consecutive([0; 2], 2).unwrap();
    let refused = BlockFactors::new(&fit, one, Three::zeros()).unwrap_err();
    assert_eq!(refused, RuleError::Indefinite { block: 0 });
    for bound in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let refused = GreedyQuadratic::new(bound, true, (), [0; 2], Three::zeros(), Three::zeros());
        assert_eq!(refused.unwrap_err(), RuleError::Curvature);
    }
}
