//! The Python module `solvekit._solvekit`: the host crate's solvers for NumPy arrays.
//!
//! Python's own side of the package is in `../solvekit`. Here numbers are taken in and handed out, the
//! interpreter's lock is released while they are worked on, and refusals become exceptions. What is solved
//! by what, and how, is said by the host crate alone, so that answers have the bits of the program.
#![deny(unsafe_code)]

mod arrays;
mod asked;
mod calibrate;
mod errors;
mod lasso;
mod network;
mod recover;
mod report;
mod sequence;
mod solve;
mod system;
mod words;

use pyo3::prelude::*;

/// Solvers for NumPy arrays.
#[pymodule]
mod _solvekit {
    #[pymodule_export]
    use super::calibrate::{array_of_one, gains_of_many, gains_of_one, norm_of_one};
    #[pymodule_export]
    use super::lasso::lasso;
    #[pymodule_export]
    use super::network::Network;
    #[pymodule_export]
    use super::recover::recover;
    #[pymodule_export]
    use super::report::Report;
    #[pymodule_export]
    use super::sequence::SorSequence;
    #[pymodule_export]
    use super::solve::solve;

    #[pymodule_init]
    fn init(module: &super::Bound<'_, super::PyModule>) -> super::PyResult<()> {
        use pyo3::prelude::*;
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
