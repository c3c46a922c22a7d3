//! Sizes at which solvers are measured, so that `solvekit plan` can foretell others.

use crate::emulate::footprint::Size;

/// What the size of a problem is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// R × C points.
    Grid,
    /// A dense system of N.
    Square,
    /// M measurements of N unknowns.
    Design,
    /// K arms.
    Arms,
    /// M sensors of N unknowns in P snapshots.
    Sensors,
    /// M readings.
    Readings,
    /// Nothing: there is one size.
    Fixed,
}

/// A solver's shape, and what its counted run is. None of those that `plan` foretells as networks.
pub(super) fn shape(feature: &str) -> Option<(Shape, &'static str)> {
    const TO_THE_END: &str = "a run to a relative residual of 1e-4, 200 steps at most";
    Some(match feature {
        "sor" | "adaptive" | "red_black" | "projected" | "cg" | "ssor_cg" | "quadratic_tree" => {
            (Shape::Grid, TO_THE_END)
        }
        "auto" => (Shape::Grid, "a solve to a relative residual of 1e-4 with nothing learned yet"),
        "block" | "refinement" | "kaczmarz" | "quadratic_matrix" | "fixed_refinement"
        | "fixed_sor" => (Shape::Square, TO_THE_END),
        "cholesky" | "fixed_cholesky" => (Shape::Square, "a factorisation and a solve"),
        "lasso"
        | "lasso_gram"
        | "nonnegative_two_metric"
        | "nonnegative_newton"
        | "logistic"
        | "softmax"
        | "ista"
        | "iht"
        | "fista"
        | "omp"
        | "fixed_ista"
        | "fixed_iht" => (Shape::Design, TO_THE_END),
        "fixed_hyperlista" => (Shape::Design, "16 layers"),
        "tsallis" | "bins" | "cheb" | "unimodal" | "windowed" => (Shape::Arms, "ten rounds"),
        "slots" => (Shape::Arms, "a save and a load"),
        "calibration" | "shared_gains" => (Shape::Sensors, "three steps"),
        "auto_calibration" => (Shape::Sensors, "a whole calibration"),
        "tracking" | "tracking_offsets" => (Shape::Sensors, "a frame"),
        "norm_calibration" => (Shape::Readings, "a whole calibration"),
        "recalibration" => (Shape::Fixed, "an update"),
        "ferraris" => (Shape::Fixed, "a whole calibration of a full session"),
        _ => return None,
    })
}

impl Shape {
    /// As the record has it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Grid => "grid",
            Self::Square => "square",
            Self::Design => "design",
            Self::Arms => "arms",
            Self::Sensors => "sensors",
            Self::Readings => "readings",
            Self::Fixed => "fixed",
        }
    }

    /// More than a model has terms, so that each can be foretold from the others; round ones, which
    /// compilers like, and odd ones.
    pub(super) fn sizes(self) -> Vec<Size> {
        let of_rows = |rows| Size { rows: Some(rows), ..Size::default() };
        let of_columns = |columns| Size { columns: Some(columns), ..Size::default() };
        let of_both = |(rows, columns)| Size::of(rows, columns);
        let of_all = |(rows, columns, snapshots)| Size {
            snapshots: Some(snapshots),
            ..Size::of(rows, columns)
        };
        match self {
            Self::Grid => {
                [(6, 6), (8, 12), (10, 10), (9, 13), (13, 9), (12, 8), (16, 16), (20, 14)]
                    .map(of_both)
                    .to_vec()
            }
            Self::Square => [8, 11, 12, 16, 18, 20, 24, 27, 32].map(of_columns).to_vec(),
            Self::Design => {
                [(16, 12), (24, 12), (27, 13), (32, 16), (20, 20), (33, 17), (32, 24), (48, 32)]
                    .map(of_both)
                    .to_vec()
            }
            Self::Arms => [5, 10, 20, 30, 40].map(of_columns).to_vec(),
            Self::Sensors => [
                (8, 8, 4),
                (16, 16, 4),
                (16, 8, 4),
                (12, 12, 6),
                (8, 12, 6),
                (16, 8, 8),
                (20, 10, 4),
                (13, 9, 5),
            ]
            .map(of_all)
            .to_vec(),
            Self::Readings => [12, 24, 36, 48, 60].map(of_rows).to_vec(),
            Self::Fixed => vec![Size::default()],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{EXPORTED, solvers::SOLVERS};
    use super::*;

    #[test]
    fn every_solver_has_a_shape_but_those_that_are_networks() {
        for (feature, _) in SOLVERS {
            let network = feature.starts_with(EXPORTED) || *feature == "hyperlista";
            assert_eq!(shape(feature).is_none(), network, "{feature}");
        }
    }

    #[test]
    fn no_size_is_measured_twice() {
        use Shape::{Arms, Design, Fixed, Grid, Readings, Sensors, Square};
        for shape in [Grid, Square, Design, Arms, Sensors, Readings, Fixed] {
            let sizes = shape.sizes();
            let distinct: std::collections::HashSet<_> = sizes.iter().collect();
            assert_eq!(distinct.len(), sizes.len(), "{shape:?}");
        }
    }
}
