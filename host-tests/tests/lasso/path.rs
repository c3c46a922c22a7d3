//! Paths of λ: where they go, what they find, and what they promise about slices and memory.

use crate::data::{HostLasso, HostState, gaussian, run, start};
use crate::oracle::Plain;
use solvekit::lasso::{Lasso, LassoError, Path, PathPoint, Weighted};
use solvekit::{Status, Stop};
use solvekit_host::{matrix::DenseMatrix, vector::Vector};

fn stop(tolerance: f64) -> Stop<f64> {
    Stop::relative(tolerance).unwrap().max_iterations(100_000)
}

/// Every point with its x.
type Points = Vec<(PathPoint<f64>, Vec<f64>)>;

fn whole(
    lasso: &mut HostLasso<'_>,
    design: &DenseMatrix<f64>,
    mut path: Path<f64>,
) -> (Points, HostState) {
    let mut state = start(lasso, design, design.column(0).len());
    let mut points = Vec::new();
    while let Some(point) = path.next(lasso, &mut state) {
        points.push((point, state.x().to_vec()));
    }
    (points, state)
}

#[test]
fn every_point_of_a_path_is_the_naive_solution_of_its_own_weight() {
    let (design, y) = gaussian(30, 12, 0.5, 41);
    for (share, nonnegative) in [(1.0, false), (0.6, false), (1.0, true)] {
        let lasso: HostLasso<'_> = Lasso::new(&design, &y, 0.0).unwrap().with_share(share).unwrap();
        let mut lasso = if nonnegative { lasso.nonnegative() } else { lasso };
        let largest = lasso.largest_lambda();
        let path = Path::new(&lasso, 1e-3, 13, stop(1e-14)).unwrap();
        let (points, _) = whole(&mut lasso, &design, path);
        assert_eq!(points.len(), 13);
        for (k, (point, x)) in points.iter().enumerate() {
            assert_eq!(point.place as usize, k);
            assert!(point.report.converged(), "{point:?}");
            // Four values each tenfold.
            let expected = largest * 10.0_f64.powf(-0.25 * k as f64);
            // Some roundings of ln and exp.
            assert!((point.lambda / expected - 1.0).abs() < 1e-14, "{point:?} for {expected}");
            let (l1, ridge) = (share * point.lambda, (1.0 - share) * point.lambda);
            let plain = Plain { design: &design, y: &y, l1, ridge, nonnegative };
            for (x, expected) in x.iter().zip(plain.solution()) {
                // √gap and the condition of the Gram matrix.
                assert!((x - expected).abs() < 1e-6, "{point:?}: {x} and {expected}");
            }
        }
        assert_eq!(points[0].0.lambda, largest);
        assert_eq!((points[0].0.report.iterations, points[0].0.report.residual), (0, 0.0));
        assert!(points[0].1.iter().all(|x| *x == 0.0));
        assert_eq!(points[12].0.lambda, 1e-3 * largest);
    }
}

#[test]
fn a_warm_path_takes_fewer_steps_than_its_weights_alone() {
    let (design, y) = gaussian(60, 120, 0.5, 42);
    let mut lasso: HostLasso<'_> = Lasso::new(&design, &y, 0.0).unwrap();
    let path = Path::new(&lasso, 0.01, 30, stop(1e-8)).unwrap();
    let (points, _) = whole(&mut lasso, &design, path);
    let warm: u32 = points.iter().map(|(point, _)| point.report.iterations).sum();
    let mut cold = 0;
    for (point, _) in &points {
        let lasso = lasso.clone().with_lambda(point.lambda).unwrap();
        cold += run(&lasso, &design, 60, 1e-8).1.iterations;
    }
    // Measured: 87 and 279.
    // Measured: 50 and 309.
    assert!(3 * warm < cold, "{warm} steps, {cold} from zero each time");
}

#[test]
fn slices_and_copies_change_no_bit() {
    let (design, y) = gaussian(40, 60, 0.9, 43);
    let mut lasso: HostLasso<'_> = Lasso::new(&design, &y, 0.0).unwrap();
    let fresh = Path::new(&lasso, 0.01, 6, stop(1e-9)).unwrap();
    let (points, end) = whole(&mut lasso, &design, fresh);
    for budget in [0, 1, 3] {
        let mut path = fresh;
        let mut state = start(&lasso, &design, 40);
        let mut found = Vec::new();
        for call in 0.. {
            // A look without a step between two slices, and a copy to go on from.
            let budget = if budget == 0 { call % 2 } else { budget };
            let mut copy = (path, state.clone());
            let Some(point) = copy.0.advance(&mut lasso, &mut copy.1, budget) else { break };
            (path, state) = copy;
            if point.report.status.is_final() {
                found.push((point, state.x().to_vec()));
            }
        }
        assert_eq!(found, points, "slices of {budget}");
        assert_eq!(state, end, "slices of {budget}");
        assert_eq!(path.next(&mut lasso, &mut state), None);
    }
}

#[test]
fn a_path_goes_on_after_a_weight_that_did_not_converge() {
    let (design, y) = gaussian(30, 40, 0.5, 44);
    let mut lasso: HostLasso<'_> = Lasso::new(&design, &y, 0.0).unwrap();
    let mut path = Path::new(&lasso, 0.1, 4, stop(1e-9)).unwrap();
    let mut state = start(&lasso, &design, 30);
    assert!(path.next(&mut lasso, &mut state).unwrap().report.converged());
    let point = path.advance(&mut lasso, &mut state, 1).unwrap();
    assert_eq!((point.place, point.report.status), (1, Status::Running));
    state.x_mut()[3] = f64::NAN;
    let point = path.next(&mut lasso, &mut state).unwrap();
    assert_eq!((point.place, point.report.status), (1, Status::NonFinite));
    assert!(state.x().iter().all(|x| x.is_finite()));
    for place in 2..4 {
        let point = path.next(&mut lasso, &mut state).unwrap();
        assert_eq!((point.place, point.report.status), (place, Status::Converged));
    }
    assert_eq!(path.next(&mut lasso, &mut state), None);
    // Nothing was allowed: every weight is told so.
    let hasty = stop(1e-9).max_iterations(0);
    let mut path = Path::new(&lasso, 0.1, 3, hasty).unwrap();
    let mut state = start(&lasso, &design, 30);
    let told: Vec<Status> =
        std::iter::from_fn(|| path.next(&mut lasso, &mut state)).map(|p| p.report.status).collect();
    assert_eq!(told, [Status::Converged, Status::IterationLimit, Status::IterationLimit]);
}

#[test]
fn what_is_no_path_is_refused() {
    let (design, y) = gaussian(10, 5, 0.0, 45);
    let lasso: HostLasso<'_> = Lasso::new(&design, &y, 0.0).unwrap();
    for ratio in [f64::NAN, 0.0, -0.1, 1.0, 1.5, f64::INFINITY, f64::NEG_INFINITY, 5e-324] {
        let refused = Path::new(&lasso, ratio, 5, stop(1e-6)).err();
        let underflow = ratio * lasso.largest_lambda() > 0.0 && ratio < 1.0;
        assert_eq!(refused, (!underflow).then_some(LassoError::Ratio), "{ratio}");
    }
    let most = lasso.largest_lambda();
    for smallest in [f64::NAN, 0.0, -1.0, most, f64::INFINITY] {
        let refused = Path::down_to(&lasso, smallest, 5, stop(1e-6)).err();
        assert_eq!(refused, Some(LassoError::Ratio), "{smallest}");
    }
    for count in [0, 1] {
        assert_eq!(Path::new(&lasso, 0.1, count, stop(1e-6)).err(), Some(LassoError::Count));
    }
    let ridge = lasso.clone().with_share(0.0).unwrap();
    assert_eq!(Path::new(&ridge, 0.1, 5, stop(1e-6)).err(), Some(LassoError::LargestLambda));
    let nothing = Vector::filled(10, 0.0);
    let flat: HostLasso<'_> = Lasso::new(&design, &nothing, 0.0).unwrap();
    assert_eq!(Path::new(&flat, 0.1, 5, stop(1e-6)).err(), Some(LassoError::LargestLambda));
    // A weight that is refused leaves the one before.
    let mut lasso = lasso.with_lambda(0.25).unwrap();
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(lasso.weigh(bad), Err(LassoError::Lambda));
        assert_eq!(lasso.lambda(), 0.25);
    }
}

#[test]
fn single_precision_and_very_many_weights_stay_in_order() {
    let (design, y) = gaussian(10, 5, 0.0, 46);
    let lasso: HostLasso<'_> = Lasso::new(&design, &y, 0.0).unwrap();
    let path = Path::new(&lasso, 1.0 - 1e-13, 5_000, stop(1e-6)).unwrap();
    let lambdas: Vec<f64> = (0..5_000).filter_map(|k| path.lambda(k)).collect();
    assert_eq!(lambdas.len(), 5_000);
    assert_eq!(size_of::<Path<f32>>(), 104, "the storage that is documented");
    assert_eq!((path.count(), path.lambda(5_000), path.lambda(u32::MAX)), (5_000, None, None));
    assert!(lambdas.windows(2).all(|pair| pair[1] <= pair[0]), "not descending");
    let (a, y) = (solvekit::SMatrix::<f32, 3, 2>::identity(), solvekit::SVector::repeat(2.0_f32));
    let memory = solvekit::lasso::Workspace::new(0, [0.0_f32; 0].into(), [0; 2]);
    let mut lasso: Lasso<'_, f32, _, solvekit::SVector<f32, 0>, [usize; 2]> =
        Lasso::new(&a, &y, 0.0).unwrap();
    let mut state = lasso.start(memory).unwrap();
    let mut path = Path::new(&lasso, 0.25, 3, Stop::relative(1e-6).unwrap()).unwrap();
    // aⱼᵀy = 2: x = 2 − λ for λ = 2, 1, ½.
    for (lambda, x) in [(2.0, 0.0), (1.0, 1.0), (0.5, 1.5)] {
        let point = path.next(&mut lasso, &mut state).unwrap();
        assert!((point.lambda - lambda).abs() <= 4.0 * f32::EPSILON, "{point:?}");
        assert!((state.x()[0] - x).abs() <= 4.0 * f32::EPSILON, "{point:?}");
    } // Further apart than the smallest number from 1.
    let y = solvekit::SVector::repeat(1e18_f32);
    let memory = solvekit::lasso::Workspace::new(0, [0.0_f32; 0].into(), [0; 2]);
    let lasso: Lasso<'_, f32, _, solvekit::SVector<f32, 0>, [usize; 2]> =
        Lasso::new(&a, &y, 0.0).unwrap();
    assert!(lasso.start(memory).is_ok());
    let path = Path::down_to(&lasso, 1e-30, 5, Stop::relative(1e-6).unwrap()).unwrap();
    for (k, expected) in [1e18, 1e6, 1e-6, 1e-18, 1e-30_f32].into_iter().enumerate() {
        let lambda = path.lambda(k as u32).unwrap();
        // ln λ is up to 70, with half a rounding.
        assert!((lambda / expected - 1.0).abs() <= 100.0 * f32::EPSILON, "{lambda}");
    }
}
