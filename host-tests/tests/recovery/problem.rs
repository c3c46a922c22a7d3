//! Sparse signals seen through random dictionaries, as in the literature.

use rand_core::Rng;
use rand_pcg::Pcg32;
use solvekit_host::{matrix::DenseMatrix, vector::Vector};

/// A random dictionary and sparse signal: `rows` × `columns` entries N(0, 1/rows), `nonzeros` entries
/// N(0, 1) in places drawn without replacement, and noise of a given standard deviation.
pub(crate) struct Problem {
    pub(crate) dictionary: DenseMatrix<f64>,
    pub(crate) truth: Vector<f64>,
    pub(crate) measurements: Vector<f64>,
}

pub(crate) fn normal(random: &mut Pcg32) -> f64 {
    let mut uniform = || (f64::from(random.next_u32()) + 0.5) / 4_294_967_296.0;
    let (radius, angle) = ((-2.0 * uniform().ln()).sqrt(), std::f64::consts::TAU * uniform());
    radius * angle.cos()
}

pub(crate) fn draw(
    seed: u64,
    (rows, columns): (usize, usize),
    nonzeros: usize,
    noise: f64,
) -> Problem {
    let mut random = Pcg32::new(seed, 0);
    let scale = (rows as f64).sqrt().recip();
    let entries: Vec<f64> = (0..rows * columns).map(|_| scale * normal(&mut random)).collect();
    let mut truth = vec![0.0; columns];
    let mut left = nonzeros;
    while left > 0 {
        let place = random.next_u32() as usize % columns;
        if truth[place] == 0.0 {
            truth[place] = normal(&mut random);
            left -= 1;
        }
    }
    let dictionary = DenseMatrix::from_columns(rows, entries).expect("as many as needed");
    let mut measurements = vec![0.0; rows];
    for (j, x) in truth.iter().enumerate() {
        for (y, a) in measurements.iter_mut().zip(dictionary.column(j)) {
            *y += a * x;
        }
    }
    measurements.iter_mut().for_each(|y| *y += noise * normal(&mut random));
    Problem { dictionary, truth: truth.into(), measurements: measurements.into() }
}

/// ½‖y − A x‖² + λ‖x‖₁ in plain numbers.
pub(crate) fn objective(problem: &Problem, lambda: f64, x: &[f64]) -> f64 {
    let mut r = problem.measurements.to_vec();
    for (j, x) in x.iter().enumerate() {
        r.iter_mut().zip(problem.dictionary.column(j)).for_each(|(r, a)| *r -= a * x);
    }
    let size: f64 = x.iter().map(|x| x.abs()).sum();
    0.5 * r.iter().map(|r| r * r).sum::<f64>() + lambda * size
}

/// Σ vᵢ².
pub(crate) fn squares(v: &[f64]) -> f64 {
    v.iter().map(|v| v * v).sum()
}
