//! [`Case`]: the problems, and what they come to in double precision.

use anyhow::{Context, Result, ensure};
use nalgebra::{DMatrix, DVector};
use rand_pcg::Pcg64;
use rand_pcg::rand_core::{Rng, SeedableRng};
use solvekit::recovery::largest_eigenvalue;
use solvekit_host::matrix::DenseMatrix;
use std::fs;
use std::path::Path;

/// What a contender is told of a case.
#[derive(Clone, Debug)]
pub struct Case {
    /// `ista`, `spd` or `peaks`.
    pub kind: &'static str,
    /// M.
    pub rows: usize,
    /// N.
    pub columns: usize,
    /// Signals or systems.
    pub count: usize,
    /// Of each.
    pub iterations: u32,
    /// α.
    pub step: f32,
    /// α λ.
    pub threshold: f32,
}

/// Its numbers: A and y, or matrices and right-hand sides.
#[derive(Clone, Debug)]
pub struct Numbers {
    /// Column by column where there is one, row by row where there are many.
    pub a: Vec<f32>,
    /// One problem's behind the other.
    pub b: Vec<f32>,
}

/// Numbers in −1 … 1.
fn draw(random: &mut Pcg64) -> f32 {
    ((random.next_u32() >> 8) as f32 - 8_388_608.0) / 8_388_608.0
}

/// 250 × 500, 100 iterations; of each signal one entry in ten is not zero.
///
/// # Errors
/// Numbers that make no dictionary.
pub fn ista(count: usize) -> Result<(Case, Numbers)> {
    let (rows, columns, iterations) = (250, 500, 100);
    let mut random = Pcg64::seed_from_u64(7);
    let scale = (3.0 / rows as f32).sqrt();
    let a: Vec<f32> = (0..rows * columns).map(|_| scale * draw(&mut random)).collect();
    let mut b = Vec::with_capacity(count * rows);
    for _ in 0..count {
        let mut y: Vec<f32> = (0..rows).map(|_| 0.01 * draw(&mut random)).collect();
        for column in a.chunks(rows) {
            let x = draw(&mut random);
            if random.next_u32() % 10 == 0 {
                y.iter_mut().zip(column).for_each(|(y, a)| *y += a * x);
            }
        }
        b.extend(y);
    }
    let dictionary = DenseMatrix::from_columns(rows, a.clone())?;
    let step = 0.95 / largest_eigenvalue(&dictionary, 200);
    let threshold = 0.05 * step;
    let case = Case { kind: "ista", rows, columns, count, iterations, step, threshold };
    Ok((case, Numbers { a, b }))
}

/// 16 unknowns, with eigenvalues of about 2 to 14.
#[must_use]
pub fn spd(count: usize) -> (Case, Numbers) {
    let order = 16;
    let mut random = Pcg64::seed_from_u64(8);
    let mut a = vec![0.0; count * order * order];
    for matrix in a.chunks_mut(order * order) {
        for i in 0..order {
            for j in 0..i {
                let entry = draw(&mut random);
                matrix[i * order + j] = entry;
                matrix[j * order + i] = entry;
            }
            matrix[i * order + i] = 8.0 + draw(&mut random);
        }
    }
    let b = (0..count * order).map(|_| draw(&mut random)).collect();
    let (rows, columns, iterations) = (order, order, 1);
    let case = Case { kind: "spd", rows, columns, count, iterations, step: 0.0, threshold: 0.0 };
    (case, Numbers { a, b })
}

impl Case {
    /// Numbers of one answer.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.columns
    }

    /// Some at the beginning, some at the end.
    #[must_use]
    pub fn sample(&self) -> Vec<usize> {
        let some = 16.min(self.count);
        (0..some).chain((self.count - some).max(some)..self.count).collect()
    }

    /// For peers to read.
    ///
    /// # Errors
    /// A folder that cannot be written to.
    pub fn write(&self, numbers: &Numbers, folder: &Path) -> Result<()> {
        let names = if self.kind == "ista" { ["a", "y"] } else { ["matrices", "right_hand_sides"] };
        for (name, numbers) in names.iter().zip([&numbers.a, &numbers.b]) {
            let bytes: Vec<u8> = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
            let path = folder.join(format!("{name}.f32"));
            fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(())
    }

    /// The answers to a sample, by the definition, in f64.
    ///
    /// # Errors
    /// A matrix that is not positive definite.
    pub fn known(&self, numbers: &Numbers, sample: &[usize]) -> Result<Vec<f64>> {
        let wide = |numbers: &[f32]| numbers.iter().map(|x| f64::from(*x)).collect::<Vec<_>>();
        let mut all = Vec::new();
        for problem in sample.iter().copied() {
            let b = DVector::from_vec(wide(&numbers.b[problem * self.rows..][..self.rows]));
            if self.kind == "spd" {
                let size = self.rows * self.rows;
                let a = wide(&numbers.a[problem * size..][..size]);
                let a = DMatrix::from_row_slice(self.rows, self.rows, &a);
                all.extend(a.cholesky().context("not positive definite")?.solve(&b).iter());
                continue;
            }
            let a = DMatrix::from_column_slice(self.rows, self.columns, &wide(&numbers.a));
            let (step, threshold) = (f64::from(self.step), f64::from(self.threshold));
            let mut x = DVector::zeros(self.columns);
            for _ in 0..self.iterations {
                let z = &x + step * a.tr_mul(&(&b - &a * &x));
                x = z.map(|z| z - z.clamp(-threshold, threshold));
            }
            all.extend(x.iter());
        }
        Ok(all)
    }
}

/// Largest distance, relative to the largest number.
///
/// # Errors
/// Answers that are not as many.
pub fn apart(found: &[f32], known: &[f64]) -> Result<f64> {
    ensure!(found.len() == known.len(), "{} numbers, not {}", found.len(), known.len());
    let largest = known.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
    let worst = found.iter().zip(known).map(|(x, known)| (f64::from(*x) - known).abs());
    // What is not a number is apart, whatever comes after it.
    let larger = |most: f64, one: f64| if most.is_nan() || one <= most { most } else { one };
    Ok(worst.fold(0.0, larger) / largest)
}

#[cfg(test)]
mod tests {
    use super::apart;

    #[test]
    fn what_is_no_number_is_apart() {
        let known = [1.0, -2.0, 0.5];
        assert_eq!(apart(&[1.0, -2.0, 0.25], &known).expect("as many"), 0.125);
        for place in 0..3 {
            let mut found = [1.0, -2.0, 0.5];
            found[place] = f32::NAN;
            assert!(apart(&found, &known).expect("as many").is_nan(), "{place}");
        }
        assert!(apart(&[1.0], &known).is_err());
    }
}
