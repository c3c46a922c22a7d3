//! Bad data, one test for each cause, and data that is only awkward.

use solvekit::bcd::rule::Cyclic;
use solvekit::bcd::update::{Coordinate, Matrix};
use solvekit::bcd::{Descent, Partition};
use solvekit::direct::packed;
use solvekit::fit::{DataFit, FitError, LeastSquares, Logistic, Quadratic, Softmax};
use solvekit::penalty::{L1, Unpenalized};
use solvekit::{Penalty, Report, SMatrix, SVector, Separable, Status, Stop, solve};

type Design = SMatrix<f32, 4, 2>;
type Response = SVector<f32, 4>;

fn good() -> (Design, Response) {
    let design = Design::from([[1.0, -2.0, 0.5, 3.0], [0.25, 1.0, -1.0, 1.5]]);
    (design, Response::from([1.0, -1.0, 1.0, -1.0]))
}

const CLASSES: [usize; 4] = [0, 1, 2, 1];

/// What each of the three fits of a design says of it; the classes are good ones.
fn refusals(design: &Design, response: &Response) -> [Option<FitError>; 3] {
    [
        LeastSquares::new(design, response).err(),
        Logistic::new(design, response).err(),
        softmax(design, &CLASSES).err(),
    ]
}

fn softmax<'a>(
    design: &'a Design,
    labels: &'a [usize],
) -> Result<Softmax<'a, f32, Design, SVector<f32, 6>, [Response; 3]>, FitError> {
    Softmax::new(design, labels, SVector::zeros(), [Response::zeros(); 3])
}

#[test]
fn good_data_is_taken() {
    let (design, response) = good();
    assert_eq!(refusals(&design, &response), [None; 3]);
}

#[test]
fn an_entry_that_is_not_finite_is_named() {
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let (mut design, response) = good();
        design[(2, 1)] = bad;
        let expected = Some(FitError::NonFiniteEntry { row: 2, column: 1 });
        assert_eq!(refusals(&design, &response), [expected; 3]);
    }
}

#[test]
fn a_response_that_is_not_finite_is_named() {
    for bad in [f32::NAN, f32::INFINITY] {
        let (design, mut response) = good();
        response[3] = bad;
        let expected = [FitError::NonFiniteResponse { row: 3 }, FitError::Label { row: 3 }];
        assert_eq!(refusals(&design, &response)[..2], expected.map(Some));
    }
}

#[test]
fn a_label_is_one_of_the_classes() {
    let (design, mut response) = good();
    for bad in [0.0, 2.0, -1.5] {
        response[1] = bad;
        assert_eq!(Logistic::new(&design, &response).unwrap_err(), FitError::Label { row: 1 });
    }
    for bad in [3, usize::MAX] {
        let refused = softmax(&design, &[0, 1, 2, bad]).unwrap_err();
        assert_eq!(refused, FitError::Label { row: 3 });
    }
}

#[test]
fn a_column_whose_square_overflows_is_named() {
    let (mut design, response) = good();
    design[(0, 1)] = 1e20;
    assert_eq!(refusals(&design, &response), [Some(FitError::HugeColumn { column: 1 }); 3]);
}

#[test]
fn a_response_whose_square_overflows_is_refused() {
    let (design, mut response) = good();
    response[0] = -1e20;
    assert_eq!(LeastSquares::new(&design, &response).unwrap_err(), FitError::HugeResponse);
}

#[test]
fn there_are_rows_and_columns() {
    let (none, one) = (SMatrix::<f32, 0, 2>::zeros(), SMatrix::<f32, 2, 0>::zeros());
    assert_eq!(LeastSquares::new(&none, &SVector::zeros()).unwrap_err(), FitError::Empty);
    assert_eq!(Logistic::new(&one, &SVector::zeros()).unwrap_err(), FitError::Empty);
    let room = [SVector::<f32, 0>::zeros(); 2];
    let refused = Softmax::new(&none, &[], SVector::<f32, 4>::zeros(), room).unwrap_err();
    assert_eq!(refused, FitError::Empty);
}

#[test]
fn there_are_two_classes() {
    let (design, _) = good();
    let room = [Response::zeros(); 1];
    let refused = Softmax::new(&design, &[0; 4], SVector::<f32, 2>::zeros(), room).unwrap_err();
    assert_eq!(refused, FitError::Classes { found: 1 });
}

#[test]
fn lengths_are_compared() {
    let (design, response) = good();
    let refused = softmax(&design, &[0, 1, 2]).unwrap_err();
    assert_eq!(refused, FitError::Length { expected: 4, found: 3 });
    let room = [Response::zeros(); 3];
    let refused = Softmax::new(&design, &CLASSES, SVector::<f32, 5>::zeros(), room).unwrap_err();
    assert_eq!(refused, FitError::Length { expected: 6, found: 5 });
    let fit = LeastSquares::new(&design, &response).unwrap();
    let refused = fit.gram(&mut [0.0; 3], &mut [0.0; 2]).unwrap_err();
    assert_eq!(refused, FitError::Length { expected: 4, found: 3 });
    let refused = fit.gram(&mut [0.0; 4], &mut [0.0; 1]).unwrap_err();
    assert_eq!(refused, FitError::Length { expected: 2, found: 1 });
}

#[test]
fn a_start_that_is_not_finite_is_named() {
    let (design, response) = good();
    let expected = FitError::NonFiniteStart { unknown: 1 };
    let x = SVector::from([0.0, f32::NAN]);
    let fit = Logistic::new(&design, &response).unwrap();
    assert_eq!(fit.start_at(x).unwrap_err(), expected);
    let fit = LeastSquares::new(&design, &response).unwrap();
    assert_eq!(fit.start_at(x).unwrap_err(), expected);
    let x = SVector::from([0.0, f32::INFINITY, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!(softmax(&design, &CLASSES).unwrap().start_at(x).unwrap_err(), expected);
}

#[test]
fn no_curvature_is_taken_only_where_nothing_depends_on_it() {
    let b = SVector::from([1.0, 0.0]);
    let flat = SMatrix::<f32, 2, 2>::new(2.0, 0.0, 0.0, 0.0);
    assert!(Quadratic::new(&flat, &b).is_ok());
    let expected = FitError::NonPositiveDiagonal { row: 1 };
    assert_eq!(Quadratic::new(&flat, &SVector::from([1.0, 0.5])).unwrap_err(), expected);
    let saddle = SMatrix::<f32, 2, 2>::new(2.0, 1.0, 1.0, 0.0);
    assert_eq!(Quadratic::new(&saddle, &b).unwrap_err(), expected);
    let concave = SMatrix::<f32, 2, 2>::new(2.0, 0.0, 0.0, -1.0);
    assert_eq!(Quadratic::new(&concave, &b).unwrap_err(), expected);
}

/// Cyclic descent over all coordinates.
fn descend<F, P, const N: usize>(fit: F, penalty: P, start: F::Point) -> (Report<f32>, F::Point)
where
    F: DataFit<Real = f32>,
    P: Penalty<f32> + Separable<f32>,
{
    let rule = Cyclic::new(Partition::consecutive([0; N], N).unwrap());
    let descent = Descent::new(fit, penalty, rule, Coordinate);
    let mut state = descent.start_from(start);
    let stop = Stop::relative(1e-5).unwrap().max_iterations(20_000);
    (solve(&descent, &mut state, stop), state.point)
}

#[test]
fn a_zero_column_has_no_weight() {
    let (mut design, response) = good();
    design.column_mut(1).fill(0.0);
    let penalty = L1::new(0.125).unwrap();
    let fit = LeastSquares::new(&design, &response).unwrap();
    let (mut gram, mut b) = (SMatrix::<f32, 2, 2>::zeros(), SVector::<f32, 2>::zeros());
    let constant = fit.gram(gram.as_mut_slice(), b.as_mut_slice()).unwrap();
    let (report, point) = descend::<_, _, 2>(fit.clone(), penalty, fit.start());
    assert!(report.converged() && point.x[1] == 0.0 && point.x[0] != 0.0, "{report:?}");
    let fit = Quadratic::new(&gram, &b).unwrap().with_constant(constant);
    let (report, other) = descend::<_, _, 2>(fit, penalty, fit.start());
    assert!(report.converged() && (point.x - other.x).amax() < 1e-6, "{report:?}");
    let fit = Logistic::new(&design, &response).unwrap();
    let (report, point) = descend::<_, _, 2>(fit.clone(), penalty, fit.start());
    assert!(report.converged() && point.x[1] == 0.0 && point.x[0] != 0.0, "{report:?}");
    let fit = softmax(&design, &CLASSES).unwrap();
    let (report, point) = descend::<_, _, 6>(fit.clone(), penalty, fit.start());
    assert!(report.converged() && point.x.rows(3, 3).amax() == 0.0, "{report:?}");
}

#[test]
fn duplicate_columns_share_one_weight() {
    let (mut design, response) = good();
    let first = design.column(0).into_owned();
    design.set_column(1, &first);
    let single = SMatrix::<f32, 4, 1>::from(first);
    let penalty = L1::new(0.125).unwrap();
    let one = Logistic::new(&single, &response).unwrap();
    let (report, alone) = descend::<_, _, 1>(one.clone(), penalty, one.start());
    assert!(report.converged());
    let fit = Logistic::new(&design, &response).unwrap();
    let (report, point) = descend::<_, _, 2>(fit.clone(), penalty, fit.start());
    assert!(report.converged(), "{report:?}");
    // To the tolerance of the runs over the curvature along the column, about 1e-5.
    assert!((point.x.sum() - alone.x.sum()).abs() < 1e-4, "{} {}", point.x, alone.x);
    // Their block is singular: regularised, with the amount kept.
    let update = Matrix::new(SVector::<f32, 2>::zeros(), SVector::<f32, { packed(2) }>::zeros());
    let rule = Cyclic::new(Partition::consecutive([0; 2], 2).unwrap());
    let descent = Descent::new(fit.clone(), Unpenalized, rule, update);
    let mut state = descent.start_from(fit.start());
    let report = solve(&descent, &mut state, Stop::relative(1e-4).unwrap());
    assert!(report.converged() && state.update.added() > 0.0, "{report:?}");
}

#[test]
fn from_the_largest_slope_on_nothing_is_left() {
    let (design, response) = good();
    let fit = Logistic::new(&design, &response).unwrap();
    let largest = fit.gradient_scale();
    for (lambda, is_zero) in [(largest, true), (0.9 * largest, false)] {
        let penalty = L1::new(lambda).unwrap();
        let (report, point) = descend::<_, _, 2>(fit.clone(), penalty, fit.start());
        assert!(report.converged());
        assert_eq!((report.iterations == 0, point.x.amax() == 0.0), (is_zero, is_zero));
    }
}

#[test]
fn a_constant_response_is_fitted_by_its_mean() {
    let mut design = good().0;
    design.column_mut(1).fill(1.0);
    let constant = Response::repeat(2.5);
    let fit = LeastSquares::new(&design, &constant).unwrap();
    let (report, point) = descend::<_, _, 2>(fit.clone(), Unpenalized, fit.start());
    // Tolerance over the least curvature, about 3.
    assert!(report.converged() && (point.x - SVector::from([0.0, 2.5])).amax() < 1e-3);
    let nothing = Response::zeros();
    let fit = LeastSquares::new(&design, &nothing).unwrap();
    let (report, point) = descend::<_, _, 2>(fit.clone(), Unpenalized, fit.start());
    assert!(report.converged() && point.x.amax() == 0.0);
    // All labels alike are separable by the intercept.
    let alike = Response::repeat(1.0);
    let fit = Logistic::new(&design, &alike).unwrap();
    let (_, mut point) = descend::<_, _, 2>(fit.clone(), Unpenalized, fit.start());
    assert!(fit.separates(&mut point));
}

#[test]
fn separable_data_is_found_out_and_not_endless() {
    // The first feature alone tells the classes apart.
    let design = Design::from([[1.0, -1.0, 2.0, -3.0], [1.0, 1.0, -1.0, 0.5]]);
    let (_, response) = good();
    let fit = Logistic::new(&design, &response).unwrap();
    let rule = Cyclic::new(Partition::consecutive([0; 2], 2).unwrap());
    let descent = Descent::new(fit.clone(), Unpenalized, rule, Coordinate);
    let mut sizes = [0.0; 3];
    for (size, steps) in sizes.iter_mut().zip([10, 100, 1000]) {
        let mut state = descent.start_from(fit.start());
        // Tighter than the gradient gets within these steps: it falls as one over their number.
        let stop = Stop::relative(1e-6).unwrap().max_iterations(steps);
        assert_eq!(solve(&descent, &mut state, stop).status, Status::IterationLimit);
        *size = state.point.x.amax();
        assert!(fit.separates(&mut state.point));
    }
    assert!(sizes[0] + 1.0 < sizes[1] && sizes[1] + 1.0 < sizes[2], "{sizes:?}");
    // A penalty makes the minimum exist: the same data, converged.
    let (report, _) = descend::<_, _, 2>(fit.clone(), L1::new(0.1).unwrap(), fit.start());
    assert_eq!(report.status, Status::Converged);
}

#[test]
fn data_that_is_not_separable_is_never_called_so() {
    // Labels that take turns along the first feature.
    let design = Design::from([[4.0, 3.0, 2.0, 1.0], [1.0; 4]]);
    let (_, response) = good();
    let fit = Logistic::new(&design, &response).unwrap();
    let (report, mut point) = descend::<_, _, 2>(fit.clone(), Unpenalized, fit.start());
    assert!(report.converged() && !fit.separates(&mut point), "{report:?}");
    // Two rows alike with different labels, the others separable: no minimum either, but their
    // margins stay at zero. The run says so by its end.
    let design = Design::from([[1.0, 1.0, 2.0, -3.0], [1.0, 1.0, -1.0, 0.5]]);
    let fit = Logistic::new(&design, &response).unwrap();
    let (report, mut point) = descend::<_, _, 2>(fit.clone(), Unpenalized, fit.start());
    assert_eq!(report.status, Status::IterationLimit);
    assert!(!fit.separates(&mut point) && point.x.amax() > 1.0);
    // Margins that are rounding are none: 0.1 · 3 − 0.3 · 1 is not quite zero in f32, and x = 0 is.
    let design = SMatrix::<f32, 1, 3>::from_row_slice(&[0.1, 0.3, 0.2]);
    for label in [-1.0, 1.0] {
        let label = SVector::from([label]);
        let fit = Logistic::new(&design, &label).unwrap();
        let x = SVector::from([3.0, -1.0, 1e-8]);
        assert!(!fit.separates(&mut fit.start_at(x).unwrap()));
        assert!(!fit.separates(&mut fit.start()));
    }
}

#[test]
fn separable_classes_are_found_out() {
    // Three directions, a class each.
    let design = SMatrix::<f32, 3, 2>::from([[1.0, -1.0, 0.0], [0.5, 0.5, -1.0]]);
    let labels = [2, 0, 1];
    let room = [SVector::<f32, 3>::zeros(); 3];
    let fit = Softmax::new(&design, &labels, SVector::<f32, 6>::zeros(), room).unwrap();
    let (_, mut point) = descend::<_, _, 6>(fit.clone(), Unpenalized, fit.start());
    assert!(fit.separates(&mut point));
    assert!(!fit.separates(&mut fit.start()));
    // The same row in two classes.
    let (twice, labels) = (SMatrix::<f32, 3, 2>::repeat(1.0), [0, 1, 0]);
    let fit = Softmax::new(&twice, &labels, SVector::<f32, 6>::zeros(), room).unwrap();
    let (_, mut point) = descend::<_, _, 6>(fit.clone(), Unpenalized, fit.start());
    assert!(!fit.separates(&mut point));
}
