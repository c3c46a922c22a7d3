//! Flash of an image with one solver, for `plan`.

use super::{board::Board, flash};
use crate::shell;
use anyhow::Result;

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
