//! The solvers that have a budget: features of firmware-examples/footprint.

/// Features of firmware-examples/footprint, and what each puts into the image.
pub(crate) const SOLVERS: &[(&str, &str)] = &[
    ("sor", "Sor, five-point 10 x 10"),
    ("adaptive", "AdaptiveSor, five-point 10 x 10"),
    ("auto", "AutoSor, five-point 10 x 10"),
    ("red_black", "red-black Sor, five-point 10 x 10"),
    ("block", "BlockSor, dense 16 x 16, blocks of 4"),
    ("projected", "ProjectedSor, five-point 10 x 10"),
    ("cg", "Cg, five-point 10 x 10"),
    ("ssor_cg", "SsorCg, five-point 10 x 10"),
    ("cholesky", "Cholesky, dense 16 x 16"),
    ("refinement", "Refinement by Cholesky, dense 16 x 16"),
    ("tsallis", "TsallisInf, 20 arms"),
    ("bins", "TsallisBins, 20 arms, 5 bins"),
    ("cheb", "ChebCb, 20 arms, 6 terms"),
    ("unimodal", "UnimodalUcb, 20 arms"),
    ("windowed", "WindowedUcb, 20 arms, the last 64 rounds"),
    ("slots", "TwoSlots of a TsallisInf"),
    ("lasso", "lasso: LeastSquares 32 x 16, L1, Cyclic, Coordinate"),
    ("lasso_gram", "lasso: Quadratic of its Gram 16 x 16, L1, Cyclic, Coordinate"),
    ("nonnegative_two_metric", "LeastSquares 32 x 16, Bounds, Greedy 4, TwoMetric"),
    ("nonnegative_newton", "LeastSquares 32 x 16, NonNegative, Greedy 4, ProximalNewton"),
    ("quadratic_matrix", "Quadratic 16 x 16, GreedyBlocks of 4, Matrix"),
    ("quadratic_tree", "Quadratic five-point 10 x 10, GreedyTree, MessagePassing"),
    ("logistic", "Logistic 32 x 16, L1, Greedy 4, ProximalNewton"),
    ("softmax", "Softmax 32 x 16, 3 classes, Cyclic, Gradient"),
    ("kaczmarz", "Kaczmarz, dense 16 x 16, greedy"),
    ("calibration", "GaussNewton calibration, 16 sensors and unknowns, 4 snapshots"),
    ("auto_calibration", "Auto calibration, 16 sensors and unknowns, 4 snapshots"),
    ("tracking", "GainTracker, 16 sensors and unknowns, 4 snapshots"),
    ("tracking_offsets", "GainTracker with offsets, 16 sensors and unknowns, 4 snapshots"),
    ("recalibration", "Recalibration, 3 features"),
    ("shared_gains", "SharedGains, 2 signals, 16 sensors and unknowns, 4 snapshots"),
    ("norm_calibration", "NormCalibration, 24 readings"),
    ("ferraris", "FerrarisCalibration"),
    ("ista", "ISTA, dense 32 x 16"),
    ("iht", "IHT, dense 32 x 16, 3 places"),
    ("fista", "FISTA, dense 32 x 16"),
    ("omp", "orthogonal matching pursuit, dense 32 x 16, 4 places"),
    ("hyperlista", "HyperLISTA, dense 32 x 16, 16 layers"),
    ("fixed_cholesky", "Cholesky in Q31, dense 16 x 16"),
    ("fixed_refinement", "Refinement in Q31, dense 16 x 16"),
    ("fixed_sor", "Sor in Q31, dense 16 x 16"),
    ("fixed_ista", "ISTA in Q15, dense 32 x 16"),
    ("fixed_iht", "IHT in Q15, dense 32 x 16, 3 places"),
    ("fixed_hyperlista", "HyperLISTA in Q15, dense 32 x 16, 16 layers"),
    ("exported_ista", "exported unfolded ISTA, 24 x 48, its tables included"),
    ("exported_iht", "exported unfolded IHT, 24 x 48, its tables included"),
    ("exported_coupled", "exported ALISTA, 24 x 48, its tables included"),
    ("exported_hyper", "exported HyperLISTA, 24 x 48, its tables included"),
    ("exported_lista", "exported LISTA, 24 x 48, its tables included"),
    ("exported_ada_lista", "exported Ada-LISTA, 24 x 48, its tables included"),
    ("exported_tista", "exported TISTA, 24 x 48, its tables included"),
    ("exported_ista_q8", "exported unfolded ISTA of 8-bit codes, 24 x 48, its tables included"),
    ("exported_iht_q8", "exported unfolded IHT of 8-bit codes, 24 x 48, its tables included"),
    ("exported_coupled_q8", "exported ALISTA of 8-bit codes, 24 x 48, its tables included"),
    ("exported_hyper_q8", "exported HyperLISTA of 8-bit codes, 24 x 48, its tables included"),
    ("exported_lista_q8", "exported LISTA of 8-bit codes, 24 x 48, its tables included"),
    ("exported_ada_lista_q8", "exported Ada-LISTA of 8-bit codes, 24 x 48, its tables included"),
    ("exported_coupled_spline", "exported ALISTA with splines, 24 x 48, its tables included"),
    ("exported_lista_spline", "exported LISTA with splines, 24 x 48, its tables included"),
    ("exported_ada_lista_spline", "exported Ada-LISTA with splines, 24 x 48, its tables included"),
    (
        "exported_coupled_spline_q8",
        "exported ALISTA with splines and of 8-bit codes, 24 x 48, its tables included",
    ),
    (
        "exported_lista_spline_q8",
        "exported LISTA with splines and of 8-bit codes, 24 x 48, its tables included",
    ),
    (
        "exported_ada_lista_spline_q8",
        "exported Ada-LISTA with splines and of 8-bit codes, 24 x 48, its tables included",
    ),
    ("exported_tista_q8", "exported TISTA of 8-bit codes, 24 x 48, its tables included"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell;
    use std::{collections::BTreeSet, fs};

    #[test]
    fn every_solver_of_the_image_has_a_title() {
        let manifest = shell::firmware().join("footprint/Cargo.toml");
        let manifest = fs::read_to_string(manifest).unwrap();
        let (_, features) = manifest.split_once("[features]\n").unwrap();
        let features = features.lines().map_while(|line| line.strip_suffix(" = []"));
        let titled = SOLVERS.iter().map(|(feature, _)| *feature);
        assert_eq!(features.collect::<BTreeSet<_>>(), titled.collect::<BTreeSet<_>>());
    }
}
