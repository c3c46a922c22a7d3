//! Levenberg–Marquardt with derivatives by differences, on nalgebra's QR.

use nalgebra::{DMatrix, DVector};
use solvekit::calibration::norm::{NormModel, Rung};

fn model(p: &DVector<f64>, rung: Rung) -> NormModel<f64> {
    let mut found = NormModel::IDENTITY;
    found.offset.copy_from_slice(&p.as_slice()[..3]);
    if rung > Rung::Offset {
        found.matrix[..p.len() - 3].copy_from_slice(&p.as_slice()[3..]);
    }
    found
}

/// ‖T (y − o)‖ − g, written out anew.
fn residuals(p: &DVector<f64>, rung: Rung, readings: &[[f64; 3]], norm: f64) -> DVector<f64> {
    let NormModel { offset, matrix: [xx, yy, zz, xy, xz, yz] } = model(p, rung);
    let t = nalgebra::Matrix3::new(xx, xy, xz, xy, yy, yz, xz, yz, zz);
    let one = |y: &[f64; 3]| {
        let d = nalgebra::Vector3::from(*y) - nalgebra::Vector3::from(offset);
        (t * d).norm() - norm
    };
    DVector::from_iterator(readings.len(), readings.iter().map(one))
}

/// The least-squares model of a rung with known g.
pub(crate) fn fitted(readings: &[[f64; 3]], norm: f64, rung: Rung) -> NormModel<f64> {
    let count = rung.parameters(true);
    let mut p = DVector::from_fn(count, |k, _| if (3..6).contains(&k) { 1.0 } else { 0.0 });
    let mut damping = 1e-3;
    for _ in 0..200 {
        let r = residuals(&p, rung, readings, norm);
        let mut jacobian = DMatrix::zeros(readings.len() + count, count);
        for k in 0..count {
            let (mut up, mut down) = (p.clone(), p.clone());
            up[k] += 1e-6;
            down[k] -= 1e-6;
            let slope =
                residuals(&up, rung, readings, norm) - residuals(&down, rung, readings, norm);
            jacobian.view_mut((0, k), (readings.len(), 1)).copy_from(&(slope / 2e-6));
            jacobian[(readings.len() + k, k)] = f64::sqrt(damping);
        }
        let mut right = DVector::zeros(readings.len() + count);
        right.rows_mut(0, readings.len()).copy_from(&-&r);
        let qr = jacobian.qr();
        let Some(step) = qr.r().solve_upper_triangular(&(qr.q().transpose() * right)) else {
            break;
        };
        let moved = &p + &step;
        if residuals(&moved, rung, readings, norm).norm_squared() <= r.norm_squared() {
            p = moved;
            damping = f64::max(damping / 5.0, 1e-12);
        } else {
            damping *= 5.0;
        }
        if step.norm() < 1e-14 * p.norm() {
            break;
        }
    }
    model(&p, rung)
}
