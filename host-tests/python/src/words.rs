//! Words that name a choice, as the program's command line has them.

use crate::errors::bad;
use clap::ValueEnum;
use pyo3::PyResult;
use solvekit_host::program::{Chosen, Threads, Work};

/// The choice of this name.
pub(crate) fn choice<T: ValueEnum>(argument: &str, word: &str) -> PyResult<T> {
    T::from_str(word, false).map_err(|_| {
        let names: Vec<String> = T::value_variants()
            .iter()
            .filter_map(ValueEnum::to_possible_value)
            .map(|value| format!("'{}'", value.get_name()))
            .collect();
        bad(argument, format!("'{word}' is none of {}", names.join(", ")))
    })
}

/// The same where one is named.
pub(crate) fn optional<T: ValueEnum>(argument: &str, word: Option<&str>) -> PyResult<Option<T>> {
    word.map(|word| choice(argument, word)).transpose()
}

/// By what, and on how many threads.
pub(crate) fn work(backend: Option<&str>, threads: Option<usize>) -> PyResult<Work> {
    let backend = optional::<Chosen>("backend", backend)?;
    Ok(Work { backend, threads: Threads { count: threads } })
}
