//! What the rules choose, against brute force and against the probabilities they promise.

use crate::problem::{N, Square, Vector, part, pick, quadratic, signed, somewhere, subsets};
use proptest::prelude::*;
use rand_core::{Rng, SeedableRng};
use rand_pcg::Pcg32;
use solvekit::bcd::rule::*;
use solvekit::bcd::{
    BlockFactors, Partition, block_constants, block_lipschitz, room, row_sum_lipschitz,
};
use solvekit::direct::packed;
use solvekit::fit::{DataFit, LeastSquares, Quadratic};
use solvekit::penalty::Unpenalized;
use solvekit::{SMatrix, SVector};
use std::collections::BTreeMap;

type Three = SVector<f64, 3>;

fn sorted(mut block: Vec<usize>) -> Vec<usize> {
    block.sort_unstable();
    block
}

/// A partition of N = 7 in blocks of 3, 3 and 1, in no particular order.
fn blocks(seed: u64) -> Partition<[usize; N]> {
    let at = somewhere(seed);
    Partition::sorted([0; N], 3, |j| at[j]).unwrap()
}

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

    #[test]
    fn the_certified_constant_is_above_the_largest_eigenvalue_and_near_it(seed in any::<u64>()) {
        let (a, b) = quadratic(seed);
        let fit = Quadratic::new(&a, &b).unwrap();
        let mut work = [0.0; room(N)];
        for size in 1..=4 {
            for block in subsets(size) {
                let largest = part(&a, &b, &block).0.symmetric_eigenvalues().max();
                let bound = block_lipschitz(&fit, &block, &mut work).unwrap();
                // The oracle rounds too.
                prop_assert!(bound >= largest * (1.0 - 1e-14), "{bound} for {largest}");
                prop_assert!(bound <= largest * 1.02, "{bound} for {largest}");
                let rows = row_sum_lipschitz(&fit, &block);
                // Both sum the same rows, in another order.
                prop_assert!(bound <= rows * (1.0 + 1e-14), "{bound} for {rows}");
                prop_assert!(rows <= largest * (size as f64).sqrt() * (1.0 + 1e-12));
            }
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
fn a_certificate_holds_for_blocks_without_rank_and_in_f32() {
    let mut generator = Pcg32::seed_from_u64(11);
    for case in 0..200 {
        // Columns 2 and 5 repeat columns 0 and 1; column 4 is zero.
        let mut a = SMatrix::<f32, 5, 6>::from_fn(|_, _| signed(&mut generator) as f32);
        a.set_column(2, &a.column(0).clone_owned());
        a.set_column(5, &a.column(1).clone_owned());
        a.column_mut(4).fill(0.0);
        let y = SVector::<f32, 5>::repeat(1.0);
        let fit = LeastSquares::new(&a, &y).unwrap();
        let all = [0, 1, 2, 3, 4, 5];
        let bound = block_lipschitz(&fit, &all, &mut [0.0; room(6)]).unwrap();
        // Of the numbers that the fit gives.
        let h = SMatrix::<f64, 6, 6>::from_fn(|i, j| f64::from(fit.bound(i, j)));
        let largest = h.symmetric_eigenvalues().max();
        assert!(f64::from(bound) >= largest, "case {case}: {bound} for {largest}");
        assert!(f64::from(bound) <= largest * 1.02, "case {case}: {bound} for {largest}");
        assert_eq!(block_lipschitz(&fit, &[4], &mut [0.0; room(1)]), Some(0.0));
        assert_eq!(block_lipschitz(&fit, &all, &mut [0.0; room(6) - 1]), None);
    }
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

/// 10,000 draws of `count` outcomes: each within four standard deviations of its probability.
fn check_frequencies<T: Ord + std::fmt::Debug>(
    expected: &BTreeMap<T, f64>,
    mut draw: impl FnMut() -> T,
) {
    let draws = 10_000;
    let mut seen = BTreeMap::<T, f64>::new();
    for _ in 0..draws {
        *seen.entry(draw()).or_default() += 1.0;
    }
    assert!(seen.keys().all(|outcome| expected.contains_key(outcome)), "{seen:?}");
    for (outcome, probability) in expected {
        let found = seen.get(outcome).copied().unwrap_or(0.0) / f64::from(draws);
        let deviation = (probability * (1.0 - probability) / f64::from(draws)).sqrt();
        assert!(
            (found - probability).abs() <= 4.0 * deviation,
            "{outcome:?}: {found}, {probability}"
        );
    }
}

/// Draws again and again with one memory.
fn repeated<F: DataFit, S: Rule<F, Unpenalized>>(
    rule: &S,
    (fit, point): (&F, &F::Point),
    mut read: impl FnMut(Chosen<'_>) -> Vec<usize>,
) -> impl FnMut() -> Vec<usize> {
    let mut state = rule.start();
    move || read(rule.select(fit, &Unpenalized, point, &mut state))
}

fn diagonal() -> (Square, Vector) {
    let sizes = Vector::from([1.0, 4.0, 0.5, 2.0, 8.0, 1.0, 3.5]);
    (Square::from_diagonal(&sizes), Vector::repeat(1.0))
}

#[test]
fn random_draws_have_their_probabilities() {
    let (a, b) = diagonal();
    let fit = Quadratic::new(&a, &b).unwrap();
    let point = fit.start();
    let here = (&fit, &point);
    let partition = Partition::consecutive([0; N], 3).unwrap();
    let seeded = || Pcg32::seed_from_u64(3);
    let number = |chosen: Chosen<'_>| vec![chosen.block.unwrap()];
    let set = |chosen: Chosen<'_>| sorted(chosen.coordinates.to_vec());

    let uniform: BTreeMap<_, _> = (0..3).map(|k| (vec![k], 1.0 / 3.0)).collect();
    check_frequencies(&uniform, repeated(&Random::new(partition, seeded()), here, number));

    let sets: BTreeMap<_, _> = subsets(3).into_iter().map(|s| (s, 1.0 / 35.0)).collect();
    let rule = RandomCoordinates::new([0; 3], seeded()).unwrap();
    check_frequencies(&sets, repeated(&rule, here, set));

    // Blocks {1, 4, 0.5}, {2, 8, 1}, {3.5} by their largest entries.
    let rule = Sampled::lipschitz(&fit, partition, Three::zeros(), &mut [0.0; room(3)], seeded());
    let weights = [4.0, 8.0, 3.5];
    let expected = (0..3).map(|k| (vec![k], weights[k] / 15.5)).collect();
    check_frequencies(&expected, repeated(&rule.unwrap(), here, number));

    // Pairs, one after the other among those left.
    let total: f64 = a.diagonal().sum();
    let in_order = |i: usize, j: usize| a[(i, i)] / total * a[(j, j)] / (total - a[(i, i)]);
    let expected = subsets(2).into_iter().map(|s| {
        let probability = in_order(s[0], s[1]) + in_order(s[1], s[0]);
        (s, probability)
    });
    let pair = SVector::<f64, 2>::zeros();
    let rule = SampledCoordinates::new([0; 2], pair, seeded());
    check_frequencies(&expected.collect(), repeated(&rule, here, set));

    // The first block of a pass is any one; a pass has each once.
    let rule = Permuted::new(partition, [0; 3], seeded()).unwrap();
    let mut next = repeated(&rule, here, number);
    let passes = move || (0..3).flat_map(|_| next()).collect::<Vec<_>>();
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    let expected = orders.into_iter().map(|order| (order.to_vec(), 1.0 / 6.0)).collect();
    check_frequencies(&expected, passes);
}

#[test]
fn a_pass_of_permuted_coordinates_has_each_once_and_a_short_end() {
    let (a, b) = diagonal();
    let fit = Quadratic::new(&a, &b).unwrap();
    let point = fit.start();
    let rule = PermutedCoordinates::new(N, 3, [0; N], Pcg32::seed_from_u64(9)).unwrap();
    let mut next = repeated(&rule, (&fit, &point), |chosen| chosen.coordinates.to_vec());
    let mut orders = Vec::new();
    for _ in 0..50 {
        let pass = [next(), next(), next()];
        assert_eq!([pass[0].len(), pass[1].len(), pass[2].len()], [3, 3, 1]);
        let all = pass.concat();
        assert_eq!(sorted(all.clone()), (0..N).collect::<Vec<_>>());
        orders.push(all);
    }
    orders.sort();
    orders.dedup();
    // 50 draws out of 5040.
    assert!(orders.len() > 45, "{}", orders.len());
}

/// The draws are part of the interface: the same on every machine.
#[test]
fn a_seed_means_these_draws() {
    let (a, b) = diagonal();
    let fit = Quadratic::new(&a, &b).unwrap();
    let point = fit.start();
    let here = (&fit, &point);
    let seeded = || Pcg32::seed_from_u64(1);
    let list = |chosen: Chosen<'_>| chosen.coordinates.to_vec();
    let permuted = PermutedCoordinates::new(N, N, [0; N], seeded()).unwrap();
    let subset = RandomCoordinates::new([0; 4], seeded()).unwrap();
    let sampled = SampledCoordinates::new([0; 4], SVector::<f64, 4>::zeros(), seeded());
    let (narrow, b) = (a.cast::<f32>(), b.cast::<f32>());
    let single = Quadratic::new(&narrow, &b).unwrap();
    let in_single = SampledCoordinates::new([0; 4], SVector::<f32, 4>::zeros(), seeded());
    let drawn = [
        repeated(&permuted, here, list)(),
        repeated(&subset, here, list)(),
        repeated(&sampled, here, list)(),
        repeated(&in_single, (&single, &single.start()), list)(),
    ];
    assert_eq!(drawn[0], [6, 4, 5, 0, 3, 2, 1]);
    assert_eq!(drawn[1..], [[0, 2, 4, 6], [4, 6, 1, 2], [4, 6, 1, 2]]);
}

/// A generator of one word, over and over.
#[derive(Clone)]
struct Stuck(u32);

impl rand_core::TryRng for Stuck {
    type Error = core::convert::Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(self.0)
    }
    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(u64::from(self.0) << 32 | u64::from(self.0))
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        bytes.fill(self.0 as u8);
        Ok(())
    }
}

#[test]
fn a_stuck_generator_still_yields_blocks() {
    let (a, b) = diagonal();
    let fit = Quadratic::new(&a, &b).unwrap();
    let point = fit.start();
    let here = (&fit, &Unpenalized, &point);
    let partition = Partition::consecutive([0; N], 3).unwrap();
    for word in [0, 1, u32::MAX / 2, u32::MAX] {
        assert_eq!(Stuck(word).next_u32(), word);
        assert!(pick(&Random::new(partition, Stuck(word)), here).1.unwrap() < 3);
        // The last block has no weight: even a fraction that rounds to 1 must not draw it.
        let weights = SVector::<f32, 3>::new(1.0, 2.0, 0.0);
        let (a, b) = (a.cast::<f32>(), b.cast::<f32>());
        let single = Quadratic::new(&a, &b).unwrap();
        let rule = Sampled::new(partition, weights, Stuck(word)).unwrap();
        let drawn = pick(&rule, (&single, &Unpenalized, &single.start())).1;
        assert!(drawn.unwrap() < 2, "{word}: {drawn:?}");
        let rule = RandomCoordinates::new([0; 3], Stuck(word)).unwrap();
        let mut set = sorted(pick(&rule, here).0);
        set.dedup();
        assert_eq!(set.len(), 3);
        let rule = SampledCoordinates::new([0; 3], Three::zeros(), Stuck(word));
        assert_eq!(pick(&rule, here).0.len(), 3);
        let rule = Permuted::new(partition, [0; 3], Stuck(word)).unwrap();
        assert!(pick(&rule, here).1.unwrap() < 3);
    }
}

#[test]
fn bad_weights_and_short_buffers_are_refused() {
    let partition = Partition::consecutive([0; N], 3).unwrap();
    let seeded = Pcg32::seed_from_u64(1);
    let refused = |weights: [f64; 3]| {
        Sampled::new(partition, Three::from(weights), seeded.clone()).unwrap_err()
    };
    assert_eq!(refused([1.0, -1.0, 1.0]), RuleError::Weight { block: 1 });
    assert_eq!(refused([1.0, 1.0, f64::NAN]), RuleError::Weight { block: 2 });
    assert_eq!(refused([f64::INFINITY, 1.0, 1.0]), RuleError::Weight { block: 0 });
    assert_eq!(refused([0.0; 3]), RuleError::NoWeight);
    let short = RuleError::Room { expected: 3, found: 2 };
    assert_eq!(Permuted::new(partition, [0; 2], seeded.clone()).unwrap_err(), short);
    let two = SVector::<f64, 2>::repeat(1.0);
    assert_eq!(Sampled::new(partition, two, seeded.clone()).unwrap_err(), short);
    let none = PermutedCoordinates::new(N, 0, [0; N], seeded.clone()).unwrap_err();
    assert_eq!(none, RuleError::NoBlock);
    assert_eq!(RandomCoordinates::new([], seeded).unwrap_err(), RuleError::NoBlock);
    let (a, b) = diagonal();
    let fit = Quadratic::new(&a, &b).unwrap();
    let mut constants = [0.0; 3];
    let refused = block_constants(&fit, &partition, &mut constants, &mut [0.0; room(3) - 1]);
    assert_eq!(refused, Err(RuleError::Room { expected: room(3), found: room(3) - 1 }));
    let memory = SVector::<f64, 17>::zeros();
    let refused = BlockFactors::new(&fit, partition, memory).unwrap_err();
    assert_eq!(refused, RuleError::Room { expected: 18, found: 17 });
    let saddle = SMatrix::<f64, 2, 2>::new(1.0, 2.0, 2.0, 1.0);
    let zero = SVector::zeros();
    let fit = Quadratic::new(&saddle, &zero).unwrap();
    let one = Partition::consecutive([0; 2], 2).unwrap();
    let refused = BlockFactors::new(&fit, one, Three::zeros()).unwrap_err();
    assert_eq!(refused, RuleError::Indefinite { block: 0 });
    for bound in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let refused = GreedyQuadratic::new(bound, true, (), [0; 2], Three::zeros(), Three::zeros());
        assert_eq!(refused.unwrap_err(), RuleError::Curvature);
    }
}

#[test]
fn partitions_sort_and_average_as_the_library_would() {
    let mut generator = Pcg32::seed_from_u64(5);
    for count in 1..60_usize {
        // Few different scores, so that there are ties; some are NaN.
        let scores: Vec<f64> = (0..count)
            .map(|_| match generator.next_u32() % 9 {
                8 => f64::NAN,
                k => f64::from(k),
            })
            .collect();
        let rank = |j: &usize| if scores[*j].is_nan() { f64::INFINITY } else { scores[*j] };
        let mut expected: Vec<usize> = (0..count).collect();
        expected.sort_by(|i, j| rank(i).total_cmp(&rank(j)));
        let found = Partition::sorted(vec![0; count], 4, |j| scores[j]).unwrap();
        let listed: Vec<_> = (0..found.blocks()).flat_map(|k| found.block(k).to_vec()).collect();
        assert_eq!(listed, expected);
        let averaged = Partition::averaged(vec![0; count], 4, |j| scores[j]).unwrap();
        let listed: Vec<_> =
            (0..averaged.blocks()).flat_map(|k| averaged.block(k).to_vec()).collect();
        let ends = (0..count).map(|k| expected[if k % 2 == 0 { k / 2 } else { count - 1 - k / 2 }]);
        assert_eq!(listed, ends.collect::<Vec<_>>());
    }
}
