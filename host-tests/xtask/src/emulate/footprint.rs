//! The image with one solver (firmware-examples/footprint), and its flash for `plan`.

use super::{board::Board, flash};
use crate::shell;
use anyhow::Result;
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Flash of the image with one solver.
pub(super) fn size(board: &Board, feature: Option<&str>) -> Result<u64> {
    weighed(board, feature, None)
}

/// The same with an exported network of M × N.
pub(super) fn sized(board: &Board, feature: &str, shape: (u64, u64)) -> Result<u64> {
    weighed(board, Some(feature), Some(shape))
}

fn weighed(board: &Board, feature: Option<&str>, shape: Option<(u64, u64)>) -> Result<u64> {
    let folder = shell::firmware().join("target");
    let cargo = shell::firmware_cargo_into("build", board.target, &folder);
    Ok(flash::read(&build(cargo, board, &folder, feature, shape)?)?.total)
}

/// Builds it with this `cargo`, which builds into `folder`; where it lies.
pub(super) fn build(
    mut cargo: Command,
    board: &Board,
    folder: &Path,
    feature: Option<&str>,
    shape: Option<(u64, u64)>,
) -> Result<PathBuf> {
    cargo.args(["--quiet", "--package", "footprint"]).env("SOLVEKIT_BOARD", board.memory);
    cargo.env_remove("SOLVEKIT_ROWS").env_remove("SOLVEKIT_COLUMNS");
    if let Some((rows, columns)) = shape {
        cargo.env("SOLVEKIT_ROWS", rows.to_string()).env("SOLVEKIT_COLUMNS", columns.to_string());
    }
    if let Some(feature) = feature {
        cargo.args(["--features", feature]);
    }
    shell::read(&mut cargo)?;
    Ok(folder.join(board.target).join("release/footprint"))
}
