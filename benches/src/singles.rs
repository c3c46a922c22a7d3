//! Files of f32 or f64 numbers and nothing else, as NumPy's `tofile` has them: what peers in Python hand over.

use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::Path;

/// Writes NAME.f32.
///
/// # Errors
/// A folder that cannot be written to.
pub fn write(folder: &Path, name: &str, numbers: &[f32]) -> Result<()> {
    let bytes: Vec<u8> = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
    let path = folder.join(format!("{name}.f32"));
    fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// Reads NAME.f32.
///
/// # Errors
/// A file that is missing or of another length.
pub fn read(folder: &Path, name: &str, len: usize) -> Result<Vec<f32>> {
    let path = folder.join(format!("{name}.f32"));
    let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let (numbers, rest) = bytes.as_chunks::<4>();
    let path = path.display();
    ensure!(
        rest.is_empty() && numbers.len() == len,
        "{path}: {} bytes, not {len} numbers",
        bytes.len()
    );
    Ok(numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
}

/// Writes NAME.f64.
///
/// # Errors
/// A folder that cannot be written to.
pub fn write_doubles(folder: &Path, name: &str, numbers: &[f64]) -> Result<()> {
    let bytes: Vec<u8> = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
    let path = folder.join(format!("{name}.f64"));
    fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// Reads NAME.f64.
///
/// # Errors
/// A file that is missing or of another length.
pub fn read_doubles(folder: &Path, name: &str, len: usize) -> Result<Vec<f64>> {
    let path = folder.join(format!("{name}.f64"));
    let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let (numbers, rest) = bytes.as_chunks::<8>();
    let path = path.display();
    ensure!(
        rest.is_empty() && numbers.len() == len,
        "{path}: {} bytes, not {len} numbers",
        bytes.len()
    );
    Ok(numbers.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect())
}
