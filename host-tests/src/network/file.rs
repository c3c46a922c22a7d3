//! A model's file: JSON, its content checked by a digest of its own bytes.

use super::{Digest, Model, ModelError};
use crate::file::{Cause, write_whole};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::fs;
use std::path::Path;

/// What the first key says.
const FORMAT: &str = "solvekit-network";
/// The version that is written and read.
const VERSION: u64 = 1;

#[derive(Serialize, Deserialize)]
struct Envelope<M> {
    format: String,
    version: u64,
    /// Of the bytes of `network`.
    checksum: Option<Digest>,
    network: M,
}

/// The bytes of a model's file; the same model has the same bytes. Numbers that are not finite make
/// a file that nobody reads: [`Model::check`] finds them before.
///
/// # Errors
/// None is known.
pub fn to_bytes(model: &Model) -> Result<Vec<u8>, serde_json::Error> {
    let network = serde_json::to_string(model)?;
    let checksum = Some(Digest::of_bytes(network.as_bytes()));
    let network = RawValue::from_string(network)?;
    let envelope = Envelope { format: FORMAT.to_owned(), version: VERSION, checksum, network };
    let mut bytes = serde_json::to_vec(&envelope)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Writes a model, whole or not at all.
///
/// # Errors
/// [`ModelError::File`].
pub fn write(model: &Model, path: &Path) -> Result<(), ModelError> {
    let bytes = to_bytes(model)
        .map_err(|error| ModelError::Format { path: path.into(), cause: error.to_string() })?;
    Ok(write_whole(path, &bytes)?)
}

/// Reads a model. [`Model::check`] says whether it suits a dictionary.
///
/// # Errors
/// [`ModelError`]: `File`, `Format`, `Version`, `Checksum`.
pub fn read(path: &Path) -> Result<Model, ModelError> {
    let text = fs::read_to_string(path).map_err(|error| Cause::from(error).at(path))?;
    let format = |error: serde_json::Error| ModelError::Format {
        path: path.into(),
        cause: error.to_string(),
    };
    // The version first: another one may hold anything else.
    #[derive(Deserialize)]
    struct Head {
        format: String,
        version: u64,
    }
    let head: Head = serde_json::from_str(&text).map_err(format)?;
    if head.format != FORMAT {
        let cause = format!("it is a `{}`", head.format);
        return Err(ModelError::Format { path: path.into(), cause });
    }
    if head.version != VERSION {
        let (found, expected) = (head.version, VERSION);
        return Err(ModelError::Version { path: path.into(), found, expected });
    }
    let envelope: Envelope<&RawValue> = serde_json::from_str(&text).map_err(format)?;
    let found = Digest::of_bytes(envelope.network.get().as_bytes());
    if envelope.checksum != Some(found) {
        return Err(ModelError::Checksum { path: path.into() });
    }
    serde_json::from_str(envelope.network.get()).map_err(format)
}
