//! [`Varied`]: the dictionary of each signal, where they vary.

use super::signals::{Which, numbered};
use crate::draws::Draws;
use crate::matrix::DenseMatrix;
use crate::network::Varying;
use solvekit::LinearOperator;

/// Keeps the draws of dictionaries apart from those of signals.
const APART: u64 = 0x6a09_e667_f3bc_c908;

/// Dictionaries by the number of their signal: the n-th of a seed is always the same, whoever asks
/// for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Varied<'a> {
    pub(super) base: &'a DenseMatrix<f32>,
    pub(super) varying: Varying,
    pub(super) seed: u64,
}

impl Varied<'_> {
    /// That of one signal.
    pub(super) fn of(&self, which: Which) -> DenseMatrix<f32> {
        let mut draws = numbered(self.seed ^ APART, which);
        let base = self.base;
        let values = match self.varying {
            Varying::Permuted => {
                let order = draws.subset(base.columns(), base.columns());
                order.into_iter().flat_map(|j| base.column(j)).copied().collect()
            }
            Varying::Noisy { snr_db } => {
                let relative = 10.0_f64.powf(-snr_db / 20.0);
                let columns = (0..base.columns()).map(|j| base.column(j));
                columns.flat_map(|column| noisy(column, relative, &mut draws)).collect()
            }
        };
        // Whole columns, as many as the base has: there is nothing to refuse.
        DenseMatrix::from_columns(base.rows(), values).unwrap_or_else(|_| base.clone())
    }
}

/// A column with noise of this part of its norm, of the norm that it had.
fn noisy(column: &[f32], relative: f64, draws: &mut Draws) -> Vec<f32> {
    let norm_of = |column: &[f64]| column.iter().map(|a| a * a).sum::<f64>().sqrt();
    let exact: Vec<f64> = column.iter().map(|a| f64::from(*a)).collect();
    let norm = norm_of(&exact);
    let deviation = relative * norm / (column.len() as f64).sqrt();
    let moved: Vec<f64> = exact.iter().map(|a| a + deviation * draws.normal()).collect();
    let found = norm_of(&moved);
    // Of zeros, zeros are left.
    let scale = if found > 0.0 { norm / found } else { 0.0 };
    moved.iter().map(|a| (scale * a) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::{Varied, Which};
    use crate::matrix::DenseMatrix;
    use crate::network::Varying;
    use solvekit::LinearOperator;

    const ROWS: usize = 30;
    const COLUMNS: usize = 50;

    fn base() -> DenseMatrix<f32> {
        let entry = |place: usize| ((place * place) as f32 * 0.37).sin() * (1 + place / 500) as f32;
        let mut values: Vec<f32> = (0..ROWS * COLUMNS).map(entry).collect();
        values[..ROWS].fill(0.0);
        DenseMatrix::from_columns(ROWS, values).expect("whole columns")
    }

    fn sorted(matrix: &DenseMatrix<f32>) -> Vec<Vec<u32>> {
        let bits = |j| matrix.column(j).iter().map(|a| a.to_bits()).collect();
        let mut all: Vec<Vec<u32>> = (0..matrix.columns()).map(bits).collect();
        all.sort_unstable();
        all
    }

    #[test]
    fn permuted_is_the_same_columns_in_another_order() {
        let base = base();
        let varied = Varied { base: &base, varying: Varying::Permuted, seed: 4 };
        let first = varied.of(Which::Trained(0));
        assert_ne!(first, base);
        assert_eq!(sorted(&first), sorted(&base));
        assert_eq!(first, varied.of(Which::Trained(0)));
        let others = [varied.of(Which::Trained(1)), varied.of(Which::Kept(0)), {
            Varied { seed: 5, ..varied }.of(Which::Trained(0))
        }];
        assert!(others.iter().all(|other| *other != first && sorted(other) == sorted(&base)));
    }

    #[test]
    fn noise_has_its_size_and_columns_their_norms() {
        let base = base();
        let varied = Varied { base: &base, varying: Varying::Noisy { snr_db: 20.0 }, seed: 4 };
        let (mut noise, mut size) = (0.0, 0.0);
        for number in 0..20 {
            let found = varied.of(Which::Kept(number));
            assert_eq!(found, varied.of(Which::Kept(number)));
            assert_ne!(found, varied.of(Which::Trained(number)));
            assert!(found.column(0).iter().all(|a| *a == 0.0), "zeros stay zeros");
            for j in 0..COLUMNS {
                let (mut own, mut before) = (0.0, 0.0);
                for (a, b) in found.column(j).iter().zip(base.column(j)) {
                    let (a, b) = (f64::from(*a), f64::from(*b));
                    (own, before, noise) = (own + a * a, before + b * b, noise + (a - b).powi(2));
                }
                // Rounded to f32, entry by entry.
                assert!((own - before).abs() <= 1e-6 * before, "{own} {before}");
                size += before;
            }
        }
        // 30 000 draws say 20 dB to 0.1; columns of the old norm lose what points along them, a
        // thirtieth, 0.15 dB.
        let snr: f64 = 10.0 * (size / noise).log10();
        assert!((snr - 20.15).abs() < 0.15, "{snr} dB");
    }
}
