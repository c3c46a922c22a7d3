//! The tuners against their definitions, against bad input, and against Gauss–Seidel.

mod arms;
mod auto;
mod contexts;
mod digits;
mod guard;
mod jumps;
mod safe;
mod sequences;
mod toy;
mod tsallis;
mod uniformity;
mod unimodal;
mod windowed;
