//! Batches: every backend against one problem after the other.

/// The same test in both precisions.
macro_rules! in_both_precisions {
    ($every_size:ident) => {
        #[test]
        fn side_by_side_has_the_bits_of_one_after_the_other_in_f32() {
            $every_size::<f32>();
        }

        #[test]
        fn side_by_side_has_the_bits_of_one_after_the_other_in_f64() {
            $every_size::<f64>();
        }
    };
}

mod calibration;
mod cholesky;
mod lasso;
#[allow(dead_code, reason = "another suite uses more of it")]
#[path = "../network_file/model.rs"]
mod model;
mod network;
#[allow(dead_code, reason = "other suites use more of it")]
#[path = "../recovery/problem.rs"]
mod problem;
mod recovery;
mod runner;
mod same;
mod sor;
mod sparse;
mod tolerance;
