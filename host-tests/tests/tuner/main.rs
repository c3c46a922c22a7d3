//! The tuners against their definitions, against bad input, and against Gauss–Seidel.

mod toy;
mod tsallis;
