//! What is refused, with its cause and place.

use crate::problem::{Shape, draw};
use solvekit::calibration::{
    CalibrationError, Counts, Order, ProjectedGradient, Snapshots, SparseProjectedGradient, Steps,
    Subspace,
};
use solvekit::recovery::Largest;
use solvekit_host::{matrix::DenseMatrix, vector::Vector};

const SHAPE: Shape = Shape { n: 5, m: 3, p: 4 };

fn refused(rows: &DenseMatrix<f64>, y: &Vector<f64>, order: Order) -> Option<CalibrationError> {
    Snapshots::new(rows, y, Vector::filled(3, 0.0), order).err()
}

#[test]
fn data_that_is_none() {
    let problem = draw(1, SHAPE, 5, 0.5, 20.0);
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for k in 0..12 {
            let mut y = problem.y.clone();
            y[k] = bad;
            let mut values = problem.rows.values().to_vec();
            values[5 * k + 2] = bad;
            let rows = DenseMatrix::from_columns(5, values).unwrap();
            for (order, snapshot, sensor) in
                [(Order::BySnapshot, k / 3, k % 3), (Order::BySensor, k % 4, k / 4)]
            {
                let error = CalibrationError::NonFiniteMeasurement { snapshot, sensor };
                assert_eq!(refused(&problem.rows, &y, order), Some(error));
                let error = CalibrationError::NonFiniteEntry { snapshot, sensor, column: 2 };
                assert_eq!(refused(&rows, &problem.y, order), Some(error));
            }
        }
    }
    let order = Order::BySnapshot;
    let rows = &problem.rows;
    let length = CalibrationError::Length { expected: 12, found: 9 };
    assert_eq!(refused(rows, &Vector::filled(9, 1.0), order), Some(length));
    assert_eq!(refused(rows, &Vector::filled(12, 0.0), order), Some(CalibrationError::Silent));
    let huge = Some(CalibrationError::HugeMeasurements);
    assert_eq!(refused(rows, &Vector::filled(12, 1e308), order), huge);
    for size in [0.0, 1e-200, 1e200] {
        let rows = DenseMatrix::from_columns(5, vec![size; 60]).unwrap();
        assert_eq!(refused(&rows, &problem.y, order), Some(CalibrationError::SensingSize));
    }
    let shape = Snapshots::new(rows, &problem.y, Vector::filled(5, 0.0), order).err();
    assert_eq!(shape, Some(CalibrationError::Shape { rows: 12, sensors: 5 }));
    let none = Snapshots::new(rows, &problem.y, Vector::filled(0, 0.0), order).err();
    assert_eq!(none, Some(CalibrationError::Empty));
    let empty = DenseMatrix::from_columns(5, vec![]).unwrap();
    let none = Snapshots::new(&empty, &Vector::filled(0, 0.0), Vector::filled(3, 0.0), order).err();
    assert_eq!(none, Some(CalibrationError::Empty));
}

#[test]
fn parameters_that_are_none() {
    let problem = draw(1, SHAPE, 5, 0.5, 20.0);
    let new = |steps| ProjectedGradient::new(problem.snapshots(), steps);
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        for steps in
            [Steps::Fixed { signal: bad, gains: 1.0 }, Steps::Fixed { signal: 1.0, gains: bad }]
        {
            assert_eq!(new(steps).err(), Some(CalibrationError::Step));
        }
    }
    for bad in [0.0, 1.0, -0.5, f64::NAN] {
        let descent = new(Steps::Joint).unwrap().within(bad);
        assert_eq!(descent.err(), Some(CalibrationError::Radius));
    }
    let matrix = |values: &[f64], rows| DenseMatrix::from_columns(rows, values.to_vec()).unwrap();
    let skew = matrix(&[1.0, 0.0, 0.0, 0.6, 0.8, 0.0], 3);
    let error = CalibrationError::NotOrthonormal { first: 0, second: 1 };
    assert_eq!(Subspace::new(&skew).err(), Some(error));
    let long = matrix(&[1.0, 0.0, 0.0, 0.0, 0.5, 0.0], 3);
    let error = CalibrationError::NotOrthonormal { first: 1, second: 1 };
    assert_eq!(Subspace::new(&long).err(), Some(error));
    let nan = matrix(&[f64::NAN, 0.0, 0.0], 3);
    assert!(Subspace::new(&nan).is_err());
    let axis = matrix(&[1.0, 0.0, 0.0], 3);
    let one = Subspace::new(&axis).unwrap();
    assert_eq!(new(Steps::Joint).unwrap().gains_in(one).err(), Some(CalibrationError::NoMean));
    let error = CalibrationError::Length { expected: 5, found: 3 };
    assert_eq!(new(Steps::Joint).unwrap().signal_in(one).err(), Some(error));
    for asked in [0, 6] {
        let room = Largest::new(vec![0; asked], Vector::filled(asked, 0.0));
        let sparse = SparseProjectedGradient::new(problem.snapshots(), room);
        assert_eq!(sparse.err(), Some(CalibrationError::Sparsity { asked, most: 5 }));
    }
}

#[test]
fn starts_that_are_none() {
    let problem = draw(1, SHAPE, 5, 0.5, 20.0);
    let descent = ProjectedGradient::new(problem.snapshots(), Steps::Joint).unwrap();
    let start = |x: Vec<f64>, gains: Vec<f64>| descent.start_at(x.into(), gains.into()).err();
    let (x, gains) = (vec![1.0; 5], vec![1.0; 3]);
    let error = CalibrationError::Length { expected: 5, found: 4 };
    assert_eq!(start(vec![1.0; 4], gains.clone()), Some(error));
    let error = CalibrationError::Length { expected: 3, found: 4 };
    assert_eq!(start(x.clone(), vec![1.0; 4]), Some(error));
    let error = CalibrationError::NonFiniteStart { place: 2 };
    assert_eq!(start(x, vec![1.0, 1.0, f64::NAN]), Some(error));
}

#[test]
fn too_few_equations_are_counted() {
    let of = |unknowns, sensors, snapshots, offsets| {
        let counts = Counts { unknowns, sensors, snapshots, offsets };
        counts.check().map_err(|error| error.to_string())
    };
    let told = "1 snapshot of 64 sensors cannot fix 64 gains and 64 unknowns: \
                127 equations are needed, 64 given";
    assert_eq!(of(64, 64, 1, false), Err(told.into()));
    assert_eq!(of(64, 64, 2, false), Ok(()));
    let told = "3 snapshots of 2 sensors cannot fix 2 gains and 6 unknowns: \
                7 equations are needed, 6 given";
    assert_eq!(of(6, 2, 3, false), Err(told.into()));
    assert_eq!(of(5, 2, 3, false), Ok(()));
    assert_eq!(of(1, 4, 1, false), Err("2 snapshots are needed, 1 given".into()));
    let told = "2 snapshots of 4 sensors cannot fix 4 gains, 4 offsets and 2 unknowns: \
                9 equations are needed, 8 given";
    assert_eq!(of(2, 4, 2, true), Err(told.into()));
    assert_eq!(of(1, 4, 2, true), Err("3 snapshots are needed, 2 given".into()));
    // Scarce below 1.5 (n + m).
    let scarce = |unknowns, sensors, snapshots| {
        Counts { unknowns, sensors, snapshots, offsets: false }.is_scarce()
    };
    assert!(scarce(8, 8, 2) && scarce(9, 8, 3) && !scarce(8, 8, 3));
}
