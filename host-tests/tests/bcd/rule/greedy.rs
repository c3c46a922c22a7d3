//! What the greedy rules choose, against brute force.

use super::{blocks, sorted};
use crate::problem::{N, Square, Vector, part, pick, quadratic, somewhere, subsets};
use proptest::prelude::*;
use solvekit::SVector;
use solvekit::bcd::rule::*;
use solvekit::bcd::{BlockFactors, Partition, room};
use solvekit::direct::packed;
use solvekit::fit::{DataFit, Quadratic};
use solvekit::penalty::{Bounds, ElasticNet, L1, NonNegative, Separable, Unpenalized};

type Three = SVector<f64, 3>;

/// The block (of three) of the largest value; the first one of equals.
fn best(value: impl Fn(usize) -> f64) -> usize {
    (0..3).fold(0, |best, block| if value(block) > value(best) { block } else { best })
}

proptest! {
    #[test]
    fn fixed_blocks_are_those_of_the_largest_scores(seed in any::<u64>()) {
        let (a, b) = quadratic(seed);
        let fit = Quadratic::new(&a, &b).unwrap();
        let point = fit.start_at(somewhere(seed)).unwrap();
        let g = a * point.x - b;
        let partition = blocks(seed);
        let norm = |k: usize| part(&a, &g, partition.block(k)).1.norm_squared();
        let ones = Three::repeat(1.0);
        let here = (&fit, &Unpenalized, &point);

        let gs = GreedyBlocks::new(GaussSouthwell, partition, ones);
        prop_assert_eq!(pick(&gs, here).1, Some(best(norm)));

        let gsd = GreedyBlocks::new(GaussSouthwellDiagonal, partition, ones);
        let diagonal = |k| partition.block(k).iter().map(|j: &usize| g[*j] * g[*j] / a[(*j, *j)]).sum();
        prop_assert_eq!(pick(&gsd, here).1, Some(best(diagonal)));

        // Within the margin of the certificate the choice is the true one: the scores with the true
        // constants differ by no more.
        let gsl = GreedyBlocks::lipschitz(&fit, partition, ones, &mut [0.0; room(3)]).unwrap();
        let chosen = pick(&gsl, here).1.unwrap();
        let largest = |k: usize| part(&a, &g, partition.block(k)).0.symmetric_eigenvalues().max();
        let gain = |k| norm(k) / largest(k);
        prop_assert!(gain(chosen) * 1.02 >= gain(best(gain)));

        let factors = BlockFactors::new(&fit, partition, SVector::<f64, { 3 * packed(3) }>::zeros()).unwrap();
        let gsq = GreedyQuadraticBlocks::new(&factors, Three::zeros());
        let model = |k: usize| {
            let (h, g) = part(&a, &g, partition.block(k));
            g.dot(&h.cholesky().unwrap().solve(&g))
        };
        prop_assert_eq!(pick(&gsq, here).1, Some(best(model)));
    }

    #[test]
    fn any_coordinates_are_the_best_of_all_subsets(seed in any::<u64>()) {
        let (a, b) = quadratic(seed);
        let fit = Quadratic::new(&a, &b).unwrap();
        let point = fit.start_at(somewhere(seed)).unwrap();
        let g = a * point.x - b;
        let here = (&fit, &Unpenalized, &point);
        let sum = |weight: &dyn Fn(usize) -> f64, block: &[usize]| -> f64 {
            block.iter().map(|j| g[*j] * g[*j] / weight(*j)).sum()
        };
        let best = |weight: &dyn Fn(usize) -> f64| {
            subsets(3).into_iter().max_by(|s, t| sum(weight, s).total_cmp(&sum(weight, t))).unwrap()
        };
        let gs = Greedy::new(GaussSouthwell, [0; 3], Three::zeros());
        prop_assert_eq!(sorted(pick(&gs, here).0), best(&|_| 1.0));
        let gsd = Greedy::new(GaussSouthwellDiagonal, [0; 3], Three::zeros());
        prop_assert_eq!(sorted(pick(&gsd, here).0), best(&|j| a[(j, j)]));
        let score = GaussSouthwellRowSum::new(&fit, Vector::zeros()).unwrap();
        let rows = Greedy::new(score, [0; 3], Three::zeros());
        prop_assert_eq!(sorted(pick(&rows, here).0), best(&|j| a.row(j).abs().sum()));
        let prox = Greedy::new(Proximal, [0; 3], Three::zeros());
        prop_assert_eq!(sorted(pick(&prox, here).0), best(&|j| a[(j, j)]));
    }

    /// Along one coordinate a quadratic is its own model: the score is what the best place there
    /// gains, the penalty's share included.
    #[test]
    fn the_proximal_score_is_the_gain_of_one_coordinate(seed in any::<u64>()) {
        let (a, b) = quadratic(seed);
        let fit = Quadratic::new(&a, &b).unwrap();
        fn check<P: Separable<f64>>(
            (a, b): (&Square, &Vector),
            fit: &Quadratic<'_, f64, Square>,
            penalty: P,
            x: Vector,
        ) -> Result<(), TestCaseError> {
            let point = fit.start_at(x).unwrap();
            for j in 0..N {
                let at = |z: f64| {
                    let mut y = x;
                    y[j] = z;
                    0.5 * y.dot(&(a * y)) - b.dot(&y) + penalty.value(j, z)
                };
                let gain = |z: f64| at(x[j]) - at(z);
                let best = penalty.prox(j, 1.0 / a[(j, j)], x[j] - fit.partial(&point, j) / a[(j, j)]);
                let score = Proximal.score(fit, &penalty, &point, j);
                // Rounding of values of f, whose units span 64.
                let noise = 1e-12 * (1.0 + x.abs().dot(&(a.abs() * x.abs())));
                prop_assert!((score - gain(best)).abs() <= noise, "{score} for {}", gain(best));
                for k in -200..=200 {
                    let z = best + f64::from(k) / 100.0;
                    prop_assert!(gain(z) <= score + noise, "{} at {z} over {score}", gain(z));
                }
            }
            Ok(())
        }
        let (x, at) = (somewhere(seed), (&a, &b));
        check(at, &fit, L1::new(0.3).unwrap(), x)?;
        check(at, &fit, ElasticNet::new(0.3, 0.7).unwrap(), x)?;
        check(at, &fit, NonNegative::new(0.3).unwrap(), x.abs())?;
        check(at, &fit, Bounds::all(-0.5, 0.25).unwrap(), x.map(|x| x.clamp(-0.5, 0.25)))?;
        check(at, &fit, Unpenalized, x)?;
    }

    /// The search for GSQ's block never ends below where it starts (GSD's block with d = −g/L), and
    /// no set promises more than the best one.
    #[test]
    fn the_search_for_a_block_gains_on_its_start(seed in any::<u64>()) {
        let (a, b) = quadratic(seed);
        let fit = Quadratic::new(&a, &b).unwrap();
        let point = fit.start_at(somewhere(seed)).unwrap();
        let g = a * point.x - b;
        let here = (&fit, &Unpenalized, &point);
        let promised = |block: &[usize]| {
            let (h, g) = part(&a, &g, block);
            0.5 * g.dot(&h.cholesky().unwrap().solve(&g))
        };
        let gsd = Greedy::new(GaussSouthwellDiagonal, [0; 3], Three::zeros());
        let start = pick(&gsd, here).0;
        let (h, part) = part(&a, &g, &start);
        let d = nalgebra::DVector::from_fn(3, |k, _| -part[k] / h[(k, k)]);
        let at_start = -(part.dot(&d) + 0.5 * d.dot(&(&h * &d)));
        let largest = subsets(3).iter().map(|s| promised(s)).fold(0.0, f64::max);
        let search = [
            GreedyQuadratic::plain(&fit, fit.start(), [0; 3], Three::zeros(), Three::zeros()),
            GreedyQuadratic::scaled(&fit, fit.start(), [0; 3], Three::zeros(), Three::zeros()),
        ];
        for search in search {
            let found = promised(&pick(&search.unwrap(), here).0);
            prop_assert!(found >= at_start * (1.0 - 1e-9), "{found} from {at_start}");
            prop_assert!(found <= largest * (1.0 + 1e-9), "{found} of {largest}");
        }
    }
}

#[test]
fn the_search_finds_the_best_block_more_often_than_the_diagonal_rule() {
    let (mut by_search, mut by_diagonal) = (0, 0);
    for seed in 0..300 {
        let (a, b) = quadratic(seed);
        let fit = Quadratic::new(&a, &b).unwrap();
        let point = fit.start();
        let here = (&fit, &Unpenalized, &point);
        let promised = |block: &[usize]| {
            let (h, g) = part(&a, &b, block);
            g.dot(&h.cholesky().unwrap().solve(&g))
        };
        let largest = subsets(3).iter().map(|s| promised(s)).fold(0.0, f64::max);
        let search =
            GreedyQuadratic::scaled(&fit, point, [0; 3], Three::zeros(), Three::zeros()).unwrap();
        let gsd = Greedy::new(GaussSouthwellDiagonal, [0; 3], Three::zeros());
        let is_best = |block: &[usize]| promised(block) >= largest * (1.0 - 1e-9);
        by_search += i32::from(is_best(&pick(&search, here).0));
        by_diagonal += i32::from(is_best(&pick(&gsd, here).0));
    }
    assert!(by_search > by_diagonal, "{by_search} and {by_diagonal}");
}

#[test]
fn ties_go_to_the_lowest_coordinate_and_block() {
    let a = Square::identity() * 2.0;
    let b = Vector::repeat(1.0);
    let fit = Quadratic::new(&a, &b).unwrap();
    let point = fit.start();
    let here = (&fit, &Unpenalized, &point);
    let partition = Partition::consecutive([0; N], 2).unwrap();
    let four = SVector::<f64, 4>::repeat(1.0);
    assert_eq!(pick(&GreedyBlocks::new(GaussSouthwell, partition, four), here).1, Some(0));
    let gsl = GreedyBlocks::lipschitz(&fit, partition, four, &mut [0.0; room(2)]).unwrap();
    assert_eq!(pick(&gsl, here).1, Some(0));
    let memory = SVector::<f64, { 4 * packed(2) }>::zeros();
    let factors = BlockFactors::new(&fit, partition, memory).unwrap();
    let pair = SVector::<f64, 2>::zeros();
    assert_eq!(pick(&GreedyQuadraticBlocks::new(&factors, pair), here).1, Some(0));
    for score in [0, 1, 2] {
        let picked = match score {
            0 => pick(&Greedy::new(GaussSouthwell, [0; 3], Three::zeros()), here).0,
            1 => pick(&Greedy::new(GaussSouthwellDiagonal, [0; 3], Three::zeros()), here).0,
            _ => pick(&Greedy::new(Proximal, [0; 3], Three::zeros()), here).0,
        };
        assert_eq!(picked, [0, 1, 2]);
    }
    let search = GreedyQuadratic::scaled(&fit, point, [0; 3], Three::zeros(), Three::zeros());
    assert_eq!(pick(&search.unwrap(), here).0, [0, 1, 2]);
}

#[test]
fn a_score_that_is_not_a_number_comes_first() {
    let mut picked = Picked::new([0; 2], SVector::<f64, 2>::zeros());
    for (j, score) in [1.0, f64::NAN, 5.0, 3.0].into_iter().enumerate() {
        picked.offer(j, score);
    }
    assert_eq!(picked.coordinates(), [1, 2]);
}
