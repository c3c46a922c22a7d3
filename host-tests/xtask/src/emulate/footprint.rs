//! The image with one solver (firmware-examples/footprint), at its usual size or another; and its flash
//! for `plan`.

use super::{board::Board, flash};
use crate::shell;
use anyhow::Result;
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// What the problem in the image has of each: the usual number where none is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Size {
    pub(super) rows: Option<u64>,
    pub(super) columns: Option<u64>,
    pub(super) snapshots: Option<u64>,
    /// M and N of an exported network.
    pub(super) network: Option<(u64, u64)>,
}

impl Size {
    pub(super) fn of(rows: u64, columns: u64) -> Self {
        Self { rows: Some(rows), columns: Some(columns), ..Self::default() }
    }
}

/// Flash of the image with one solver.
pub(super) fn size(board: &Board, feature: Option<&str>) -> Result<u64> {
    weighed(board, feature, Size::default())
}

/// The same with an exported network of M × N.
pub(super) fn sized(board: &Board, feature: &str, network: (u64, u64)) -> Result<u64> {
    weighed(board, Some(feature), Size { network: Some(network), ..Size::default() })
}

fn weighed(board: &Board, feature: Option<&str>, size: Size) -> Result<u64> {
    let folder = shell::firmware().join("target");
    let cargo = shell::firmware_cargo_into("build", board.target, &folder);
    Ok(flash::read(&build(cargo, board, &folder, feature, size)?)?.total)
}

/// Builds it with this `cargo`, which builds into `folder`; where it lies.
pub(super) fn build(
    mut cargo: Command,
    board: &Board,
    folder: &Path,
    feature: Option<&str>,
    size: Size,
) -> Result<PathBuf> {
    cargo.args(["--quiet", "--package", "footprint"]).env("SOLVEKIT_BOARD", board.memory);
    for (variable, number) in [
        ("SOLVEKIT_ROWS", size.rows),
        ("SOLVEKIT_COLUMNS", size.columns),
        ("SOLVEKIT_SNAPSHOTS", size.snapshots),
        ("SOLVEKIT_NETWORK_ROWS", size.network.map(|(rows, _)| rows)),
        ("SOLVEKIT_NETWORK_COLUMNS", size.network.map(|(_, columns)| columns)),
    ] {
        match number {
            Some(number) => cargo.env(variable, number.to_string()),
            None => cargo.env_remove(variable),
        };
    }
    if let Some(feature) = feature {
        cargo.args(["--features", feature]);
    }
    shell::read(&mut cargo)?;
    Ok(folder.join(board.target).join("release/footprint"))
}
