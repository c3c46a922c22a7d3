//! Values of ω, evenly and in ln(2 − ω).

use proptest::prelude::*;
use solvekit::tuner::{Arms, TunerError};

#[test]
fn logarithmic_arms_are_even_in_the_logarithm() {
    let arms = Arms::<f64, 20>::logarithmic(1.0, 1.95).expect("valid");
    for (k, omega) in arms.values().iter().enumerate() {
        let expected = 2.0 - (0.05_f64.ln() * k as f64 / 19.0).exp();
        assert!((omega - expected).abs() < 1e-14, "{k}: {omega}, should be {expected}");
    }
    let single = Arms::<f32, 20>::logarithmic(1.0, 1.95).expect("valid");
    for (x, y) in single.values().iter().zip(arms.values()) {
        assert!((f64::from(*x) - y).abs() < 2e-6, "{x}, {y}");
    }
}

proptest! {
    #[test]
    fn any_ends_and_either_direction(first in 1e-6..1.999_999, last in 1e-6..1.999_999) {
        let arms = Arms::<f64, 7>::logarithmic(first, last).expect("valid");
        prop_assert_eq!((arms.values()[0], arms.values()[6]), (first, last));
        let ratio = ((2.0 - last) / (2.0 - first)).powf(1.0 / 6.0);
        for (k, omega) in arms.values().iter().enumerate() {
            let expected = (2.0 - first) * ratio.powi(k as i32);
            prop_assert!((2.0 - omega - expected).abs() < 1e-14 * 7.0, "{} {} {}", k, omega, expected);
        }
    }
}

#[test]
fn one_arm_is_the_first_end_and_bad_ends_are_refused() {
    assert_eq!(Arms::<f64, 1>::logarithmic(1.3, 1.9).map(|arms| *arms.values()), Ok([1.3]));
    assert_eq!(Arms::<f64, 1>::evenly(1.3, 1.9).map(|arms| *arms.values()), Ok([1.3]));
    assert_eq!(Arms::<f64, 0>::logarithmic(1.0, 1.9), Err(TunerError::NoArms));
    assert_eq!(Arms::<f64, 0>::evenly(1.0, 1.9), Err(TunerError::NoArms));
    for bad in [0.0, 2.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(Arms::<f64, 4>::logarithmic(bad, 1.9), Err(TunerError::Arm { index: 0 }));
        assert_eq!(Arms::<f64, 4>::logarithmic(1.0, bad), Err(TunerError::Arm { index: 3 }));
        assert!(Arms::<f64, 4>::evenly(1.0, bad).is_err());
    }
}
