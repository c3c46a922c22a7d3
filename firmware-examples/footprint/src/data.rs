//! The problems of the solvers, in flash. The image without a solver has them too, so that no solver
//! pays for its problem.

use crate::size::{rows, snapshots};
use crate::{Dense, N, Vector};
use core::hint::black_box;
use solvekit::nalgebra::ArrayStorage;
use solvekit::{SMatrix, SVector};

/// Measurements of N unknowns.
pub(crate) const M: usize = rows(32);
pub(crate) type Design = SMatrix<f32, M, N>;
pub(crate) type Response = SVector<f32, M>;
/// Snapshots of sensors, each a row of N unknowns.
pub(crate) const SENSORS: usize = rows(16);
pub(crate) const SNAPSHOTS: usize = snapshots(4);
const SEEN: usize = SENSORS * SNAPSHOTS;
pub(crate) type Rows = SMatrix<f32, N, SEEN>;
pub(crate) type Readings = SVector<f32, SEEN>;
/// Readings of an accelerometer.
const POSE: usize = rows(24);

/// Symmetric, positive definite.
pub(crate) static DENSE: Dense = Dense::from_array_storage(ArrayStorage(dense()));
pub(crate) static RIGHT: Vector = vector(1.0);
pub(crate) static DESIGN: Design = Design::from_array_storage(ArrayStorage(numbers(3)));
pub(crate) static RESPONSE: Response =
    Response::from_array_storage(ArrayStorage([seen(&numbers::<M, N>(3))]));
/// Of two kinds, and of three.
pub(crate) static SIGNS: Response = Response::from_array_storage(ArrayStorage([signs()]));
pub(crate) static CLASSES: [usize; M] = classes();
pub(crate) static ROWS: Rows = Rows::from_array_storage(ArrayStorage(numbers(7)));
pub(crate) static READINGS: Readings =
    Readings::from_array_storage(ArrayStorage([readings(&numbers::<N, SEEN>(7))]));
/// An accelerometer at rest in many poses.
pub(crate) static POSES: [[f32; 3]; POSE] = poses();

/// Keeps all of them in the image.
pub(crate) fn keep() {
    black_box((&DENSE, &RIGHT, &DESIGN, &RESPONSE, &SIGNS, &CLASSES, &ROWS, &READINGS, &POSES));
}

const fn dense() -> [[f32; N]; N] {
    let (mut a, mut j) = ([[0.0; N]; N], 0);
    while j < N {
        let mut i = 0;
        while i < N {
            a[j][i] = if i == j { 4.0 } else { 0.4 / (1 + i + j) as f32 };
            i += 1;
        }
        j += 1;
    }
    a
}

const fn vector(first: f32) -> Vector {
    let (mut b, mut i) = ([0.0; N], 0);
    while i < N {
        b[i] = first + i as f32;
        i += 1;
    }
    Vector::from_array_storage(ArrayStorage([b]))
}

/// Uniform in [−1, 1), of no particular order (a linear congruence).
const fn numbers<const R: usize, const C: usize>(seed: u32) -> [[f32; R]; C] {
    let (mut a, mut state, mut j) = ([[0.0; R]; C], seed, 0);
    while j < C {
        let mut i = 0;
        while i < R {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            a[j][i] = (state >> 8) as f32 / 8_388_608.0 - 1.0;
            i += 1;
        }
        j += 1;
    }
    a
}

/// What a signal with three entries makes of a design.
const fn seen(design: &[[f32; M]; N]) -> [f32; M] {
    let (mut y, mut i) = ([0.0; M], 0);
    while i < M {
        y[i] = 2.0 * design[2 % N][i] - 1.5 * design[7 % N][i] + design[11 % N][i];
        i += 1;
    }
    y
}

const fn signs() -> [f32; M] {
    let (y, mut labels, mut i) = (seen(&numbers::<M, N>(3)), [0.0; M], 0);
    while i < M {
        labels[i] = if (y[i] > 0.0) == (i % 11 != 0) { 1.0 } else { -1.0 };
        i += 1;
    }
    labels
}

const fn classes() -> [usize; M] {
    let (mut classes, mut i) = ([0; M], 0);
    while i < M {
        classes[i] = i * i % 7 % 3;
        i += 1;
    }
    classes
}

/// A smooth signal seen by sensors whose gains are up to 15 % apart.
const fn readings(rows: &[[f32; N]; SEEN]) -> [f32; SEEN] {
    let (mut y, mut k) = ([0.0; SEEN], 0);
    while k < SEEN {
        let (mut sum, mut j) = (0.0, 0);
        while j < N {
            sum += rows[k][j] * (1.0 + 0.1 * j as f32);
            j += 1;
        }
        y[k] = (0.925 + 0.01 * (k % SENSORS % 16) as f32) * sum;
        k += 1;
    }
    y
}

/// Directions over the sphere, stretched and moved.
const fn poses() -> [[f32; 3]; POSE] {
    let (raw, mut poses, mut k) = (numbers::<3, POSE>(11), [[0.0; 3]; POSE], 0);
    while k < POSE {
        let [x, y, z] = raw[k];
        // Newton's square root: enough for poses of 1 % accuracy.
        let (square, mut norm, mut n) = (x * x + y * y + z * z, 1.0, 0);
        while n < 12 {
            norm = 0.5 * (norm + square / norm);
            n += 1;
        }
        poses[k] = [1.02 * x / norm + 0.05, 0.97 * y / norm - 0.02, z / norm + 0.01];
        k += 1;
    }
    poses
}
