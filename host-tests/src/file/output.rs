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
/// are spent. Until [`Staged::publish`] has succeeded, whatever stood under the name stays as it was.
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

    /// Writes columns of the same length beside the name, which [`Staged::publish`] then gives them.
    /// A device or a pipe has no such place, and receives them at once.
    ///
    /// # Errors
    /// [`FileError`] when the system refuses; nothing is left behind then.
    pub fn stage<T: Precision>(&self, columns: &[&[T]]) -> Result<Staged, FileError> {
        stage(&self.path, |file| {
            let mut buffered = BufWriter::new(file);
            match self.format {
                Format::Npy => npy::write(&mut buffered, columns)?,
                Format::Csv => csv::write(&mut buffered, columns)?,
            }
            buffered.flush()
        })
    }

    /// [`stage`](Self::stage) and [`publish`](Staged::publish).
    ///
    /// # Errors
    /// As both.
    pub fn write<T: Precision>(&self, columns: &[&[T]]) -> Result<(), FileError> {
        self.stage(columns)?.publish()
    }
}

/// A whole file that has not got its name yet. Dropped, it goes away.
#[derive(Debug)]
#[must_use = "a staged file that is not published goes away"]
pub struct Staged {
    path: PathBuf,
    /// The file and the name it gets, a link's end; none for a device, which has it all.
    file: Option<(NamedTempFile, PathBuf)>,
}

impl Staged {
    /// Gives the file its name. All of it is on the disk: little can still go wrong.
    ///
    /// # Errors
    /// [`FileError`] when the system refuses; whatever stood under the name stays as it was.
    pub fn publish(self) -> Result<(), FileError> {
        let Self { path, file } = self;
        let published = file.map_or(Ok(()), |(file, name)| file.persist(name).map(drop));
        published.map_err(|error| Cause::from(error.error).at(&path))
    }
}

/// Writes a text or table that is already in memory, whole or not at all.
///
/// # Errors
/// [`FileError`] when the system refuses; whatever stood under the name stays as it was.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    stage(path, |file| file.write_all(bytes))?.publish()
}

/// Whether [`write_whole`] could begin, tried before the work whose result it is to write.
///
/// # Errors
/// [`FileError`] when no file can be made there.
pub fn try_name(path: &Path) -> Result<(), FileError> {
    try_out(path).map_err(|error| Cause::from(error).at(path))
}

/// Fills a file beside `path`, or the device there.
fn stage(path: &Path, fill: impl FnOnce(&mut File) -> io::Result<()>) -> Result<Staged, FileError> {
    let filled = Place::of(path).and_then(|place| match place {
        Place::Device => fill(&mut File::options().write(true).open(path)?).map(|()| None),
        Place::File(name) => {
            let mut file = temporary(&name)?;
            fill(file.as_file_mut())?;
            Ok(Some((file, name)))
        }
    });
    filled
        .map(|file| Staged { path: path.to_owned(), file })
        .map_err(|error| Cause::from(error).at(path))
}

/// Whether [`stage`] could begin. The temporary file is thrown away, so that an interrupted solve
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
    builder.tempfile_in(folder).map_err(|error| {
        // It names the temporary file, of which nobody has heard; the caller adds the name asked for.
        let told = error.to_string();
        let cause = told.rsplit_once(" at path ").map_or(&*told, |(cause, _)| cause);
        io::Error::new(error.kind(), cause)
    })
}
