//! λ by known signals: against a fine grid of λ, each lasso solved to the end.

use crate::planted::Planted;
use solvekit::penalty::L1;
use solvekit::recovery::{Fista, Sensing, StepSize};
use solvekit::{LinearOperator, Stop, solve};
use solvekit_host::matrix::DenseMatrix;
use solvekit_host::training::{Source, Stored, TrainError, choose_lambda};
use solvekit_host::vector::Vector;

const SIGNALS: usize = 24;

/// Signals with noise.
fn pairs() -> (DenseMatrix<f32>, Vec<Vec<f32>>, Vec<Vec<f32>>) {
    let planted = Planted::draw(31, (30, 50), SIGNALS);
    let noise = Planted::draw(77, (30, 50), SIGNALS);
    let narrow = |v: f64| v as f32;
    let x: Vec<Vec<f32>> =
        planted.x.iter().map(|x| x.iter().map(|x| narrow(*x)).collect()).collect();
    let y = planted.y.iter().zip(noise.a.chunks(30));
    let y = y.map(|(y, noise)| y.iter().zip(noise).map(|(y, n)| narrow(y + 0.5 * n)).collect());
    (planted.matrix(&planted.a), x, y.collect())
}

/// Σ‖x(λ) − x*‖² / Σ‖x*‖².
fn error(a: &DenseMatrix<f64>, x: &[Vec<f32>], y: &[Vec<f32>], lambda: f64) -> f64 {
    let (mut errors, mut squares) = (0.0, 0.0);
    for (x, y) in x.iter().zip(y) {
        let y: Vector<f64> = y.iter().map(|y| f64::from(*y)).collect();
        let sensing = Sensing::new(a, &y).expect("good measurements");
        let step = StepSize::automatic(a).expect("a good dictionary");
        let fista = Fista::new(sensing, L1::new(lambda).expect("positive"), step).expect("good");
        let mut state = fista.start();
        let stop = Stop::relative(1e-10).expect("positive").max_iterations(100_000);
        assert!(solve(&fista, &mut state, stop).converged());
        let off = state.x.iter().zip(x).map(|(own, x)| (own - f64::from(*x)).powi(2));
        errors += off.sum::<f64>();
        squares += x.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>();
    }
    errors / squares
}

#[test]
fn it_is_the_best_of_a_grid() {
    let (dictionary, x, y) = pairs();
    let wide = dictionary.values().iter().map(|a| f64::from(*a)).collect();
    let wide = DenseMatrix::from_columns(dictionary.rows(), wide).expect("whole columns");
    let source = Source::Stored(Stored {
        signals: Some(x.clone()),
        measurements: Some(y.clone()),
        snr_db: None,
    });
    let chosen = choose_lambda(&dictionary, &source, 5, SIGNALS).expect("good input");
    assert!(chosen.converged, "{chosen:?}");
    let own = error(&wide, &x, &y, chosen.lambda);
    let grid = (0..25).map(|k| 0.01 * 1.2_f64.powi(k));
    let least = grid.map(|lambda| error(&wide, &x, &y, lambda)).fold(f64::INFINITY, f64::min);
    assert!(own <= 1.02 * least, "{chosen:?}: {own} {least}");
    let again = choose_lambda(&dictionary, &source, 5, SIGNALS).expect("good input");
    assert_eq!(again, chosen);
}

#[test]
fn without_signals_there_is_nothing_to_choose_by() {
    let (dictionary, _, y) = pairs();
    let source = Source::Stored(Stored { signals: None, measurements: Some(y), snr_db: None });
    let refused = choose_lambda(&dictionary, &source, 5, 10).expect_err("refused");
    assert!(matches!(refused, TrainError::Signals(_)));
}
