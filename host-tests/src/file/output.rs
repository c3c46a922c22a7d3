//! Results on their way to a file: whole, or not at all.

use super::error::{Cause, FileError};
use super::{csv, npy};
use crate::precision::Precision;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// A file to be written at the end of the work, in a format told by the name's ending.
///
/// The name is tried before the work, so that one that cannot be written is known before the hours
/// are spent. Until [`Output::write`] has succeeded, whatever stood under the name stays as it was.
#[derive(Clone, Debug)]
pub struct Output {
    path: PathBuf,
    format: Format,
}

#[derive(Clone, Copy, Debug)]
enum Format {
    Npy,
    Csv,
}

#[derive(Debug)]
enum Target {
    /// Beside the name, and renamed to it at the end.
    Temporary(NamedTempFile),
    /// A device or a pipe, which must not be replaced by a file.
    Device(File),
}

impl Output {
    /// Prepares to write to `path`, an `.npy` or `.csv` file.
    ///
    /// # Errors
    /// [`FileError`] for another ending, or when no file can be made there.
    pub fn prepare(path: &Path) -> Result<Self, FileError> {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        let format = match ending.as_deref() {
            Some("npy") => Ok(Format::Npy),
            Some("csv") => Ok(Format::Csv),
            _ => Err(Cause::Ending { known: ".npy or .csv" }.at(path)),
        }?;
        // Made and thrown away: an interrupted solve leaves no trace.
        target(path).map_err(|error| Cause::from(error).at(path))?;
        Ok(Self { path: path.to_owned(), format })
    }

    /// Writes columns of the same length and gives the file its name.
    ///
    /// # Errors
    /// [`FileError`] when the system refuses; nothing is left behind then.
    pub fn write<T: Precision>(&self, columns: &[&[T]]) -> Result<(), FileError> {
        let written = target(&self.path).and_then(|target| match target {
            Target::Device(mut file) => fill(&mut file, self.format, columns),
            Target::Temporary(mut file) => {
                fill(file.as_file_mut(), self.format, columns)?;
                file.persist(&self.path).map(drop).map_err(|error| error.error)
            }
        });
        written.map_err(|error| Cause::from(error).at(&self.path))
    }
}

/// Writes a text or table that is already in memory, whole or not at all.
///
/// # Errors
/// [`FileError`] when the system refuses; whatever stood under the name stays as it was.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let written = target(path).and_then(|target| match target {
        Target::Device(mut file) => file.write_all(bytes),
        Target::Temporary(mut file) => {
            file.write_all(bytes)?;
            file.persist(path).map(drop).map_err(|error| error.error)
        }
    });
    written.map_err(|error| Cause::from(error).at(path))
}

fn fill<T: Precision>(file: &mut File, format: Format, columns: &[&[T]]) -> std::io::Result<()> {
    let mut buffered = BufWriter::new(file);
    match format {
        Format::Npy => npy::write(&mut buffered, columns)?,
        Format::Csv => csv::write(&mut buffered, columns)?,
    }
    buffered.flush()
}

fn target(path: &Path) -> std::io::Result<Target> {
    match path.metadata() {
        Ok(found) if found.is_dir() => Err(std::io::ErrorKind::IsADirectory.into()),
        Ok(found) if !found.is_file() => File::options().write(true).open(path).map(Target::Device),
        _ => {
            let folder = match path.parent() {
                Some(folder) if !folder.as_os_str().is_empty() => folder,
                _ => Path::new("."),
            };
            let mut builder = tempfile::Builder::new();
            builder.prefix(".solvekit-");
            // By default only the owner may read a temporary file; this one is a result.
            #[cfg(unix)]
            builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
            builder.tempfile_in(folder).map(Target::Temporary)
        }
    }
}
