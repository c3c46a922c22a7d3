//! What the random rules draw, against the probabilities they promise.

use super::sorted;
use crate::problem::{N, Square, Vector, pick, subsets};
use crate::stuck::Stuck;
use rand_core::{Rng, SeedableRng};
use rand_pcg::Pcg32;
use solvekit::SVector;
use solvekit::bcd::rule::*;
use solvekit::bcd::{Partition, room};
use solvekit::fit::{DataFit, Quadratic};
use solvekit::penalty::Unpenalized;
use std::collections::BTreeMap;

type Three = SVector<f64, 3>;

/// 10,000 draws of `count` outcomes: each within four standard deviations of its probability.
pub(crate) fn check_frequencies<T: Ord + std::fmt::Debug>(
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

pub(super) fn diagonal() -> (Square, Vector) {
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
