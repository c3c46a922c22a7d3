//! One file per chore.

pub(crate) mod aarch64;
pub(crate) mod bench;
pub(crate) mod check;
pub(crate) mod ci;
pub(crate) mod demo;
pub(crate) mod firmware;
pub(crate) mod networks;
pub(crate) mod python;
pub(crate) mod release;
pub(crate) mod setup;
pub(crate) mod test;
mod venv;
