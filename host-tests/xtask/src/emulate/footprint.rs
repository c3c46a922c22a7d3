//! Flash of each solver: an image with it, less the same image with none.

use super::{
    board::Board,
    flash,
    table::{Table, thousands},
};
use crate::shell;
use anyhow::{Context, Result};
use serde_json::{Value, json};

/// The cores it is measured for: without and with floating point, and another architecture.
const CORES: &[&str] = &["M0", "M4F", "RV32imafc"];

/// Features of firmware-examples/footprint, and what each puts into the image.
const SOLVERS: &[(&str, &str)] = &[
    ("sor", "Sor, five-point 10 x 10"),
    ("adaptive", "AdaptiveSor, five-point 10 x 10"),
    ("red_black", "red-black Sor, five-point 10 x 10"),
    ("block", "BlockSor, dense 16 x 16, blocks of 4"),
    ("projected", "ProjectedSor, five-point 10 x 10"),
    ("cg", "Cg, five-point 10 x 10"),
    ("ssor_cg", "SsorCg, five-point 10 x 10"),
    ("cholesky", "Cholesky, dense 16 x 16"),
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
    ("fista", "FISTA, dense 16 x 16"),
    ("omp", "orthogonal matching pursuit, dense 16 x 16, 4 places"),
    ("hyperlista", "HyperLISTA, dense 16 x 16, 16 layers"),
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

/// Bytes that every solver adds on each core.
pub(crate) struct Footprint {
    boards: Vec<Board>,
    /// Bytes of the image with no solver.
    empty: Vec<u64>,
    /// A title and the bytes added.
    solvers: Vec<(&'static str, Vec<u64>)>,
}

impl Footprint {
    /// Builds every image and compares.
    pub(crate) fn measure() -> Result<Self> {
        let boards: Vec<_> = CORES.iter().map(|core| Board::named(core)).collect::<Result<_>>()?;
        let empty: Vec<_> = boards.iter().map(|board| size(board, None)).collect::<Result<_>>()?;
        let mut solvers = Vec::new();
        for (feature, title) in SOLVERS {
            println!("footprint of {title}");
            let added = |(board, empty): (&Board, &u64)| -> Result<u64> {
                let whole = size(board, Some(feature))?;
                whole
                    .checked_sub(*empty)
                    .filter(|added| *added > 0)
                    .with_context(|| format!("{title} adds nothing on {}", board.core))
            };
            solvers.push((*title, boards.iter().zip(&empty).map(added).collect::<Result<_>>()?));
        }
        Ok(Self { boards, empty, solvers })
    }

    /// Solvers by cores; the image without one last.
    pub(crate) fn table(&self) -> Table {
        let heading = ["flash added, bytes"].into_iter();
        let mut table = Table::new(heading.chain(self.boards.iter().map(|board| board.core)));
        let rows = self.solvers.iter().map(|(title, bytes)| (*title, bytes));
        for (title, bytes) in rows.chain([("the image without a solver", &self.empty)]) {
            let bytes = bytes.iter().map(|bytes| thousands(*bytes));
            table.row([title.to_owned()].into_iter().chain(bytes));
        }
        table
    }

    /// For the record.
    pub(crate) fn data(&self) -> Value {
        let by_core = |bytes: &[u64]| -> Value {
            let cores = self.boards.iter().map(|board| board.core.to_owned());
            cores.zip(bytes.iter().map(|bytes| json!(bytes))).collect()
        };
        let solver =
            |(title, bytes): &(&str, Vec<u64>)| json!({ "solver": title, "bytes": by_core(bytes) });
        json!({
            "image_without_a_solver": by_core(&self.empty),
            "added": self.solvers.iter().map(solver).collect::<Vec<_>>(),
        })
    }
}

/// Flash of the image with one solver.
pub(super) fn size(board: &Board, feature: Option<&str>) -> Result<u64> {
    built(board, feature, None)
}

/// The same with an exported network of M × N.
pub(super) fn sized(board: &Board, feature: &str, shape: (u64, u64)) -> Result<u64> {
    built(board, Some(feature), Some(shape))
}

fn built(board: &Board, feature: Option<&str>, shape: Option<(u64, u64)>) -> Result<u64> {
    let mut cargo = shell::firmware_cargo("build", board.target);
    cargo.args(["--quiet", "--package", "footprint"]);
    cargo.env_remove("SOLVEKIT_ROWS").env_remove("SOLVEKIT_COLUMNS");
    if let Some((rows, columns)) = shape {
        cargo.env("SOLVEKIT_ROWS", rows.to_string()).env("SOLVEKIT_COLUMNS", columns.to_string());
    }
    if let Some(feature) = feature {
        cargo.args(["--features", feature]);
    }
    shell::read(&mut cargo)?;
    let image = shell::firmware().join("target").join(board.target).join("release/footprint");
    Ok(flash::read(&image)?.total)
}

#[cfg(test)]
mod tests {
    use super::*;
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
