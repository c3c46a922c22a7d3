//! What a reference in NumPy gave for the same draws in law: n = 64, 20 trials, at most 1,500 steps.

/// m, p, successes for ρ = .1, .5, .9, and the median steps for ρ = .5.
pub(super) type Success = (usize, usize, [u32; 3], Option<f64>);

/// Draws of a cell.
pub(super) const TRIALS: u32 = 20;

pub(super) const SUCCESS: [Success; 16] = [
    (16, 4, [0, 0, 0], None),
    (16, 6, [19, 16, 0], Some(1305.0)),
    (16, 8, [20, 20, 20], Some(292.0)),
    (16, 12, [20, 20, 20], Some(94.0)),
    (32, 3, [0, 0, 0], None),
    (32, 4, [20, 20, 16], Some(689.0)),
    (32, 6, [20, 20, 20], Some(136.0)),
    (32, 8, [20, 20, 20], Some(75.0)),
    (64, 2, [0, 0, 0], None),
    (64, 3, [19, 18, 16], Some(587.0)),
    (64, 4, [20, 20, 20], Some(231.0)),
    (64, 6, [20, 20, 20], Some(85.0)),
    (128, 2, [9, 2, 4], Some(1101.0)),
    (128, 3, [20, 17, 16], Some(551.0)),
    (128, 4, [20, 19, 20], Some(229.0)),
    (128, 8, [20, 20, 20], Some(51.0)),
];

/// n = m = 64, p = 4, ρ = .5: the step of the signal, successes.
pub(super) const STEPS: [(f64, u32); 4] = [(0.25, 19), (0.5, 11), (1.0, 0), (1.5, 0)];

/// n = 128, ρ = .5: non-zeros, m, p, successes.
pub(super) const SPARSE: [(usize, usize, usize, u32); 24] = [
    (4, 16, 3, 18),
    (4, 16, 4, 19),
    (4, 16, 6, 20),
    (4, 32, 2, 15),
    (4, 32, 3, 20),
    (4, 64, 1, 0),
    (4, 64, 2, 14),
    (4, 64, 3, 20),
    (8, 16, 3, 5),
    (8, 16, 4, 15),
    (8, 16, 6, 20),
    (8, 32, 2, 6),
    (8, 32, 3, 19),
    (8, 32, 4, 20),
    (8, 64, 1, 0),
    (8, 64, 2, 17),
    (8, 64, 3, 19),
    (16, 16, 4, 5),
    (16, 16, 6, 19),
    (16, 32, 2, 0),
    (16, 32, 3, 10),
    (16, 32, 4, 20),
    (16, 64, 2, 11),
    (16, 64, 3, 18),
];

/// n = m = 64, p = 6, ρ = .5: dB, then median errors of 30 trials: uncalibrated, projected gradient, true
/// gains.
pub(super) const NOISE: [(f64, [f64; 3]); 5] = [
    (50.0, [0.130, 0.001_65, 0.001_41]),
    (40.0, [0.127, 0.005_19, 0.004_61]),
    (30.0, [0.125, 0.0161, 0.0144]),
    (20.0, [0.134, 0.0509, 0.0433]),
    (10.0, [0.183, 0.157, 0.138]),
];
/// Draws behind each of those medians.
pub(super) const NOISE_TRIALS: u32 = 30;

/// ρ, then dB of the image: uncalibrated, and projected gradient after 100, 300, 1,000 steps.
pub(super) const IMAGING: [(f64, f64, [f64; 3]); 3] = [
    (0.1, 26.6, [74.0, 150.0, 147.0]),
    (0.5, 13.2, [58.0, 116.0, 147.0]),
    (0.9, 8.0, [41.0, 83.0, 147.0]),
];
