//! Files of f32 or f64 numbers and nothing else, as NumPy's `tofile` has them: what peers in Python hand over.

use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::Path;

/// Writes NAME.f32.
///
/// # Errors
/// A folder that cannot be written to.
pub fn write(folder: &Path, name: &str, numbers: &[f32]) -> Result<()> {
    put(&folder.join(format!("{name}.f32")), numbers.iter().flat_map(|x| x.to_le_bytes()))
}

/// Writes NAME.f64.
///
/// # Errors
/// A folder that cannot be written to.
pub fn write_doubles(folder: &Path, name: &str, numbers: &[f64]) -> Result<()> {
    put(&folder.join(format!("{name}.f64")), numbers.iter().flat_map(|x| x.to_le_bytes()))
}

/// Reads NAME.f32.
///
/// # Errors
/// A file that is missing or of another length.
pub fn read(folder: &Path, name: &str, len: usize) -> Result<Vec<f32>> {
    get(&folder.join(format!("{name}.f32")), len, f32::from_le_bytes)
}

/// Reads NAME.f64.
///
/// # Errors
/// A file that is missing or of another length.
pub fn read_doubles(folder: &Path, name: &str, len: usize) -> Result<Vec<f64>> {
    get(&folder.join(format!("{name}.f64")), len, f64::from_le_bytes)
}

fn put(path: &Path, bytes: impl Iterator<Item = u8>) -> Result<()> {
    let bytes: Vec<u8> = bytes.collect();
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

fn get<T, const BYTES: usize>(path: &Path, len: usize, of: fn([u8; BYTES]) -> T) -> Result<Vec<T>> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let (numbers, rest) = bytes.as_chunks::<BYTES>();
    let path = path.display();
    ensure!(
        rest.is_empty() && numbers.len() == len,
        "{path}: {} bytes, not {len} numbers",
        bytes.len()
    );
    Ok(numbers.iter().map(|bytes| of(*bytes)).collect())
}
