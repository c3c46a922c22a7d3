//! Writes what a network for the biosignal stories is trained on: the dictionary, and the coefficients
//! of 4,000 frames that no story shows, for `solvekit train`.
//!
//!     cargo run --release --example biosignal -- FOLDER

use anyhow::{Context, Result};
use scenarios::biosignal::{dictionary, frame, wavelets};
use solvekit_host::file::Output;
use std::path::PathBuf;

/// Frames for training and validation.
const FRAMES: u32 = 4_000;
/// Stories begin at 0.
const FIRST: u32 = 1_000_000;

fn main() -> Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).context("a folder is needed")?);
    std::fs::create_dir_all(&folder)?;
    let a = dictionary();
    let columns: Vec<_> = a.data.0.iter().map(|column| column.as_slice()).collect();
    Output::prepare(&folder.join("dictionary.npy"))?.write(&columns)?;
    let signals: Vec<_> = (0..FRAMES).map(|k| wavelets(&frame(FIRST + k))).collect();
    let columns: Vec<_> = signals.iter().map(|x| x.as_slice()).collect();
    Output::prepare(&folder.join("signals.npy"))?.write(&columns)?;
    Ok(())
}
