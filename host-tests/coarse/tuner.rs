//! The tuners with coarse roots, which change bits on purpose: they must stay sound.
//!
//! The guarantees on whole sequences (`auto`, `safe`) are left out: they are computed in f64, whose
//! roots are exact with or without micromath, to the same bits.

#[path = "../tests/tuner/arms.rs"]
mod arms;
#[path = "../tests/tuner/contexts.rs"]
mod contexts;
#[path = "../tests/tuner/digits.rs"]
mod digits;
#[path = "../tests/tuner/guard.rs"]
mod guard;
#[path = "../tests/tuner/jumps.rs"]
mod jumps;
#[path = "../tests/tuner/toy.rs"]
mod toy;
#[path = "../tests/tuner/tsallis.rs"]
mod tsallis;
#[path = "../tests/tuner/uniformity.rs"]
mod uniformity;
#[path = "../tests/tuner/unimodal.rs"]
mod unimodal;
#[path = "../tests/tuner/windowed.rs"]
mod windowed;

/// Else these tests would say what those of the host crate say.
#[test]
fn the_roots_are_coarse() {
    assert_eq!(solvekit::Real::sqrt_coarse(2.0_f32), 1.5);
}
