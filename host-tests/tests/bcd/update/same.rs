//! What must come out the same, whichever way it is computed.

use super::{blocks, three};
use crate::problem::{N, Vector, quadratic};
use rand_core::SeedableRng;
use rand_pcg::Pcg32;
use solvekit::bcd::rule::*;
use solvekit::bcd::update::*;
use solvekit::bcd::{BlockFactors, Descent};
use solvekit::direct::packed;
use solvekit::fit::Quadratic;
use solvekit::penalty::{L1, Unpenalized};
use solvekit::sor::Sor;
use solvekit::{Iteration, Run, SVector, Status, Stop, solve};

#[test]
fn kept_factors_know_only_their_own_blocks() {
    let (a, b) = quadratic(3);
    let fit = Quadratic::new(&a, &b).unwrap();
    let memory = SVector::<f64, { 3 * packed(3) }>::zeros();
    let factors = BlockFactors::new(&fit, blocks(3), memory).unwrap();
    let (vector, matrix) = three();
    let kept = FactoredMatrix::new(&factors, vector);
    // The same to the bit as factoring anew.
    let rule = Cyclic::new(blocks(3));
    let one = Descent::new(fit, Unpenalized, rule, kept);
    let two = Descent::new(fit, Unpenalized, rule, Matrix::new(vector, matrix));
    let (mut x, mut y) = (one.start_from(fit.start()), two.start_from(fit.start()));
    for _ in 0..20 {
        one.step(&mut x);
        two.step(&mut y);
        assert_eq!(x.point, y.point);
    }
    let stop = Stop::relative(1e-9).unwrap();
    let foreign = Descent::new(fit, Unpenalized, Cyclic::new(blocks(2)), kept);
    let report = solve(&foreign, &mut foreign.start_from(fit.start()), stop);
    assert_eq!(report.status, Status::Breakdown);
    let any = Descent::new(fit, Unpenalized, Greedy::new(GaussSouthwell, [0; 3], vector), kept);
    let report = solve(&any, &mut any.start_from(fit.start()), stop);
    assert_eq!(report.status, Status::Breakdown);
}

#[test]
fn blocks_of_one_are_coordinates_and_both_are_gauss_seidel() {
    let (a, b) = quadratic(21);
    let fit = Quadratic::new(&a, &b).unwrap();
    let single = SVector::<f64, 1>::zeros();
    let by_matrix =
        Descent::new(fit, Unpenalized, Cyclic::new(blocks(1)), Matrix::new(single, single));
    let by_coordinate = Descent::new(fit, Unpenalized, Cyclic::new(blocks(N)), Coordinate);
    let sor = Sor::new(&a, &b, 1.0).unwrap();
    let (mut x, mut y) = (by_matrix.start_from(fit.start()), by_coordinate.start_from(fit.start()));
    let mut z = sor.start();
    for pass in 0..30 {
        (0..N).for_each(|_| by_matrix.step(&mut x));
        by_coordinate.step(&mut y);
        sor.step(&mut z);
        for j in 0..N {
            // The gradient is kept here and summed anew there; units span 64.
            let size = 1e-10 * (1.0 + z.x.amax());
            assert!((x.point.x[j] - z.x[j]).abs() <= size, "pass {pass}: {} {}", x.point.x, z.x);
            assert!((y.point.x[j] - z.x[j]).abs() <= size, "pass {pass}: {} {}", y.point.x, z.x);
        }
    }
}

#[test]
fn a_cloned_random_run_goes_on_alike_in_any_slices() {
    let (a, b) = quadratic(2);
    let fit = Quadratic::new(&a, &b).unwrap();
    let (vector, _) = three();
    let rule = SampledCoordinates::new([0; 3], vector, Pcg32::seed_from_u64(5));
    let update = Estimated::new(Vector::repeat(1.0), vector).unwrap();
    let descent = Descent::new(fit, L1::new(0.01).unwrap(), rule, update);
    let stop = Stop::relative(1e-30).unwrap().max_iterations(100);
    let mut whole = (Run::new(stop), descent.start_from(fit.start()));
    let _ = whole.0.advance(&descent, &mut whole.1, 100);
    let mut sliced = (Run::new(stop), descent.start_from(fit.start()));
    for slice in [1, 1, 7, 30] {
        let _ = sliced.0.advance(&descent, &mut sliced.1, slice);
    }
    let mut clone = sliced.clone();
    let _ = sliced.0.advance(&descent, &mut sliced.1, 100);
    let _ = clone.0.advance(&descent, &mut clone.1, 100);
    assert_eq!(sliced.1.point, whole.1.point);
    assert_eq!(clone.1.point, whole.1.point);
    assert_eq!(format!("{:?}", clone.1), format!("{:?}", whole.1));
}
