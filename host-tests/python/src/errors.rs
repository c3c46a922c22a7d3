//! Refusals as Python's own exceptions.

use pyo3::PyErr;
use pyo3::exceptions::{PyTypeError, PyValueError};
use std::fmt::Display;

/// A `ValueError` with the words of a refusal, in which options are called as they are in Python:
/// `max_iterations`, not `--max-iterations`.
pub(crate) fn refused(error: impl Display) -> PyErr {
    PyValueError::new_err(in_python(&error.to_string()))
}

/// A `ValueError` that names the argument.
pub(crate) fn bad(argument: &str, cause: impl Display) -> PyErr {
    PyValueError::new_err(format!("{argument}: {cause}"))
}

/// A `TypeError` that names the argument.
pub(crate) fn wrong_type(argument: &str, cause: impl Display) -> PyErr {
    PyTypeError::new_err(format!("{argument}: {cause}"))
}

fn in_python(message: &str) -> String {
    let mut rest = message;
    let mut told = String::with_capacity(message.len());
    while let Some(place) = rest.find("--") {
        let (before, option) = rest.split_at(place);
        let option = option.trim_start_matches('-');
        let length =
            option.find(|c: char| !(c.is_ascii_lowercase() || c == '-')).unwrap_or(option.len());
        told.push_str(before);
        told.push_str(&option[..length].replace('-', "_"));
        rest = &option[length..];
    }
    told.push_str(rest);
    told
}
