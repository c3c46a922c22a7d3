//! A training's file: a line of text, then all of its state.

use super::state::State;
use super::{Network, Objective, Plan, Source, TrainError};
use crate::file::{Cause, write_whole};
use crate::matrix::DenseMatrix;
use crate::network::Digest;
use solvekit::LinearOperator;
use std::fs;
use std::path::Path;

/// What the file begins with: name and version.
const HEAD: &str = "solvekit-training 2";

/// Writes a state, whole or not at all.
pub(super) fn write(state: &State, identity: &Digest, path: &Path) -> Result<(), TrainError> {
    let refused = |cause: String| TrainError::Checkpoint { path: path.to_owned(), cause };
    let body = postcard::to_stdvec(state).map_err(|error| refused(error.to_string()))?;
    let checksum = Digest::of_bytes(&body);
    let mut bytes = format!("{HEAD} {} {}\n", identity.as_str(), checksum.as_str()).into_bytes();
    bytes.extend(body);
    Ok(write_whole(path, &bytes)?)
}

/// Reads the state of the training that this identity is of.
pub(super) fn read(identity: &Digest, path: &Path) -> Result<State, TrainError> {
    let refused =
        |cause: &str| TrainError::Checkpoint { path: path.to_owned(), cause: cause.into() };
    let bytes = fs::read(path).map_err(|error| Cause::from(error).at(path))?;
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (head, body) = bytes.split_at(end);
    let head = std::str::from_utf8(head).unwrap_or_default();
    let rest = head
        .strip_prefix(HEAD)
        .ok_or_else(|| refused("it is no checkpoint of a training, or one of another version"))?;
    let mut words = rest.split(' ').filter(|word| !word.is_empty());
    let (owner, checksum) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let body = body.get(1..).unwrap_or_default();
    if Digest::of_bytes(body).as_str() != checksum {
        return Err(refused("the checksum is that of other content: the file is damaged"));
    }
    if owner != identity.as_str() {
        return Err(refused(
            "it is of another training: options, dictionary and signals must be the same",
        ));
    }
    postcard::from_bytes(body).map_err(|error| refused(&error.to_string()))
}

/// Of all that the result depends on.
pub(super) fn identity(
    plan: &Plan,
    network: &Network,
    objective: Objective,
    dictionary: &DenseMatrix<f32>,
    source: &Source,
) -> Digest {
    let dictionary = Digest::of_matrix(dictionary.rows(), dictionary.values());
    let data = source.digest();
    let drawn = match source {
        Source::Drawn(drawn) => Some(drawn),
        Source::Stored(_) => None,
    };
    // Plain numbers and words: they always have a text.
    let text = serde_json::to_vec(&(plan, network, objective, dictionary, data, drawn));
    Digest::of_bytes(&text.unwrap_or_default())
}
