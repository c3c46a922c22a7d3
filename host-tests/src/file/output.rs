//! Results on their way to a file: whole, or not at all.

use super::error::{Cause, FileError};
use super::{csv, npy};
use crate::precision::Precision;
use std::fs::File;
use std::io::{self, BufWriter, Write};
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
        try_out(path).map_err(|error| Cause::from(error).at(path))?;
        Ok(Self { path: path.to_owned(), format })
    }

    /// Writes columns of the same length and gives the file its name.
    ///
    /// # Errors
    /// [`FileError`] when the system refuses; nothing is left behind then.
    pub fn write<T: Precision>(&self, columns: &[&[T]]) -> Result<(), FileError> {
        whole(&self.path, |file| {
            let mut buffered = BufWriter::new(file);
            match self.format {
                Format::Npy => npy::write(&mut buffered, columns)?,
                Format::Csv => csv::write(&mut buffered, columns)?,
            }
            buffered.flush()
        })
    }
}

/// Writes a text or table that is already in memory, whole or not at all.
///
/// # Errors
/// [`FileError`] when the system refuses; whatever stood under the name stays as it was.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    whole(path, |file| file.write_all(bytes))
}

/// Fills a file beside `path` and renames it to that.
fn whole(path: &Path, fill: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), FileError> {
    let place = Place::of(path);
    let written = place.and_then(|place| match place {
        Place::Device => fill(&mut File::options().write(true).open(path)?),
        Place::File(path) => {
            let mut file = temporary(&path)?;
            fill(file.as_file_mut())?;
            file.persist(&path).map(drop).map_err(|error| error.error)
        }
    });
    written.map_err(|error| Cause::from(error).at(path))
}

/// Whether [`whole`] could begin. The temporary file is thrown away, so that an interrupted solve
/// leaves no trace; a pipe is not opened, because its reader would see it closed again.
fn try_out(path: &Path) -> io::Result<()> {
    match Place::of(path)? {
        Place::Device => Ok(()),
        Place::File(path) => temporary(&path).map(drop),
    }
}

/// What a name stands for.
enum Place {
    /// A device or a pipe, which must not be replaced by a file.
    Device,
    /// A file, or nothing yet; the name that a link leads to.
    File(PathBuf),
}

impl Place {
    fn of(path: &Path) -> io::Result<Self> {
        match path.metadata() {
            Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            Ok(found) if found.is_file() => path.canonicalize().map(Self::File),
            Ok(_) => Ok(Self::Device),
            Err(_) => Ok(Self::File(path.to_owned())),
        }
    }
}

fn temporary(path: &Path) -> io::Result<NamedTempFile> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".solvekit-");
    // By default only the owner may read a temporary file; this one is a result.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}
