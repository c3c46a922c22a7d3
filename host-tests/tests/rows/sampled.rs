//! Rows that are drawn.

use crate::stuck::Stuck;
use rand_pcg::Pcg32;
use solvekit::rows::RowSystem;
use solvekit::rows::rule::{RowRule, Sampled};
use solvekit::{SMatrix, SVector};

#[test]
fn rows_are_drawn_by_their_squared_norms() {
    let norms = [0.0, 1.0, 3.0, 0.0, 2.0, 0.0];
    let a = SMatrix::<f32, 6, 2>::from_fn(|i, j| if j == i % 2 { norms[i] } else { 0.0 });
    let b = SVector::<f32, 6>::zeros();
    let system = RowSystem::new(&a, &b).expect("valid");
    let rule = Sampled::of(&a, SVector::<f32, 6>::zeros(), Pcg32::new(9, 0)).expect("valid");
    let mut state = RowRule::<f32, SMatrix<f32, 6, 2>>::start(&rule);
    let mut counts = [0_u32; 6];
    let draws = 140_000;
    for _ in 0..draws {
        counts[rule.select(&system, &SVector::zeros(), &mut state)[0]] += 1;
    }
    for (count, norm) in counts.into_iter().zip(norms) {
        let p = f64::from(norm * norm) / 14.0;
        let (mean, deviation) = (f64::from(draws) * p, (f64::from(draws) * p * (1.0 - p)).sqrt());
        // Five standard deviations; none at all for a row of zeros.
        assert!((f64::from(count) - mean).abs() <= 5.0 * deviation, "{count}, expected {mean}");
    }
}

/// At either end of what a generator can say (in f32 its largest word rounds to 1) there is a row.
#[test]
fn a_stuck_generator_draws_no_row_of_zeros() {
    let a = SMatrix::<f32, 4, 1>::new(0.0, 1.0, 2.0, 0.0);
    let b = SVector::<f32, 4>::zeros();
    let system = RowSystem::new(&a, &b).expect("valid");
    for (word, row) in [(0, 1), (u32::MAX, 2)] {
        let rule = Sampled::of(&a, SVector::<f32, 4>::zeros(), Stuck(word)).expect("valid");
        let mut state = RowRule::<f32, SMatrix<f32, 4, 1>>::start(&rule);
        assert_eq!(rule.select(&system, &SVector::zeros(), &mut state), [row], "{word}");
    }
}

/// Each square is in range, their sum is not.
#[test]
fn rows_whose_squares_add_up_beyond_the_range_are_drawn_evenly() {
    let a = SMatrix::<f32, 5, 1>::repeat(1.5e19);
    let b = SVector::<f32, 5>::zeros();
    let system = RowSystem::new(&a, &b).expect("valid");
    let rule = Sampled::of(&a, SVector::<f32, 5>::zeros(), Pcg32::new(9, 0)).expect("valid");
    let mut state = RowRule::<f32, SMatrix<f32, 5, 1>>::start(&rule);
    let mut counts = [0_u32; 5];
    for _ in 0..5000 {
        counts[rule.select(&system, &SVector::zeros(), &mut state)[0]] += 1;
    }
    // Five standard deviations of 28.
    assert!(counts.iter().all(|count| count.abs_diff(1000) <= 142), "{counts:?}");
}
