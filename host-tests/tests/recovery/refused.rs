//! What is refused, with its cause and place.

use crate::problem::draw;
use solvekit::penalty::L1;
use solvekit::recovery::{Ista, RecoveryError, Sensing, StepSize, largest_eigenvalue};
use solvekit_host::{matrix::DenseMatrix, vector::Vector};

fn refused(a: &DenseMatrix<f64>, y: &Vector<f64>) -> Option<RecoveryError> {
    Sensing::new(a, y).err()
}

#[test]
fn data_that_is_none() {
    let problem = draw(1, (5, 8), 2, 0.0);
    let (a, y) = (&problem.dictionary, &problem.measurements);
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for row in 0..5 {
            let mut broken = y.clone();
            broken[row] = bad;
            assert_eq!(refused(a, &broken), Some(RecoveryError::NonFiniteMeasurement { row }));
            let mut values: Vec<f64> = (0..8).flat_map(|j| a.column(j).to_vec()).collect();
            values[3 * 5 + row] = bad;
            let broken = DenseMatrix::from_columns(5, values).unwrap();
            let error = RecoveryError::NonFiniteEntry { row, column: 3 };
            assert_eq!(refused(&broken, y), Some(error));
        }
    }
    let short = Vector::filled(4, 1.0);
    assert_eq!(refused(a, &short), Some(RecoveryError::Length { expected: 5, found: 4 }));
    let empty = DenseMatrix::from_columns(5, vec![]).unwrap();
    assert_eq!(refused(&empty, y), Some(RecoveryError::Empty));
    let huge = Vector::filled(5, 1e308);
    assert_eq!(refused(a, &huge), Some(RecoveryError::HugeMeasurements));
}

#[test]
fn steps_outside_the_stable_range() {
    let problem = draw(1, (5, 8), 2, 0.0);
    let sensing = Sensing::new(&problem.dictionary, &problem.measurements).unwrap();
    let new = |step| Ista::new(sensing, L1::new(0.1).unwrap(), step).err();
    let edge = 2.0 / largest_eigenvalue(&problem.dictionary, 1000);
    for step in [0.0, -1.0, f64::NAN, f64::INFINITY, 1.01 * edge] {
        assert_eq!(new(StepSize::Fixed(step)), Some(RecoveryError::Step), "{step}");
    }
    assert_eq!(new(StepSize::Fixed(0.99 * edge)), None);
    assert_eq!(new(StepSize::Guarded(1e6 * edge)), None);
    assert_eq!(new(StepSize::Guarded(f64::NAN)), Some(RecoveryError::Step));
    for size in [0.0, 1e-200, 1e200] {
        let a = DenseMatrix::from_columns(2, vec![size; 6]).unwrap();
        assert_eq!(StepSize::automatic(&a), Err(RecoveryError::DictionarySize), "{size}");
    }
}

#[test]
fn starts_that_are_none() {
    let problem = draw(1, (5, 8), 2, 0.0);
    let sensing = Sensing::new(&problem.dictionary, &problem.measurements).unwrap();
    let step = StepSize::automatic(&problem.dictionary).unwrap();
    let ista = Ista::new(sensing, L1::new(0.1).unwrap(), step).unwrap();
    let mut x = Vector::filled(8, 0.0);
    x[6] = f64::NAN;
    assert_eq!(ista.start_at(x).err(), Some(RecoveryError::NonFiniteStart { unknown: 6 }));
    let error = RecoveryError::Length { expected: 8, found: 7 };
    assert_eq!(ista.start_at(Vector::filled(7, 0.0)).err(), Some(error));
}
