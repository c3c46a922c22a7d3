//! Forests grow as the naive search for cycles says.

use super::network::{Network, any_network, rule_start, side};
use crate::problem::pick;
use crate::rule::random::check_frequencies;
use proptest::prelude::*;
use rand_pcg::Pcg32;
use solvekit::bcd::rule::{GaussSouthwell, Rule};
use solvekit::bcd::tree::{GreedyTree, RandomTree, TreePartition, TreePartitionError};
use solvekit::fit::{DataFit, Quadratic};
use solvekit::penalty::Unpenalized;
use solvekit::{SMatrix, SVector};
use solvekit_host::matrix::HostColoring;
use solvekit_host::vector::Vector;

/// Takes nodes in order while no cycle closes.
fn naive(network: &Network, order: &[usize]) -> Vec<usize> {
    let mut taken = Vec::new();
    for node in order {
        taken.push(*node);
        if !network.is_forest(&taken) {
            taken.pop();
        }
    }
    taken
}

fn greedy(n: usize) -> GreedyTree<GaussSouthwell, Vec<usize>, Vector<f64>> {
    // Again: what is in the buffers must not matter.
    let scores = Vector::from(vec![f64::NAN; n]);
    GreedyTree::new(GaussSouthwell, [vec![3; n], vec![1; n]], scores)
}

/// The forest that the greedy rule grows at x, and the order of its scores.
fn grown(network: &Network, x: Vec<f64>) -> (Vec<usize>, Vec<usize>) {
    let (a, b) = (network.matrix(), side(network.nodes()));
    let fit = Quadratic::new(&a, &b).expect("valid");
    let point = fit.start_at(x.into()).expect("finite");
    let mut order: Vec<_> = (0..network.nodes()).collect();
    // Stable: equal scores stay in the order of indices.
    let size = |j: usize| fit.partial(&point, j).abs();
    order.sort_by(|i, j| size(*j).total_cmp(&size(*i)));
    let tree = greedy(network.nodes());
    let mut state = rule_start(&fit, &tree);
    let block = tree.select(&fit, &Unpenalized, &point, &mut state).coordinates.to_vec();
    // A second choice forgets the first.
    assert_eq!(tree.select(&fit, &Unpenalized, &point, &mut state).coordinates, block);
    (block, order)
}

proptest! {
    #[test]
    fn greedy_growth_is_the_naive_one(network in any_network(), seed in any::<u64>()) {
        let x: Vec<_> = (0..network.nodes()).map(|k| ((k as u64 + 2) * (seed % 97)) as f64 * 0.1 % 3.0).collect();
        let (block, order) = grown(&network, x);
        prop_assert!(network.is_forest(&block));
        prop_assert_eq!(block, naive(&network, &order));
    }

    #[test]
    fn random_growth_is_a_largest_forest_of_its_order(network in any_network(), seed in any::<u64>()) {
        let n = network.nodes();
        let (a, b) = (network.matrix(), side(n));
        let fit = Quadratic::new(&a, &b).expect("valid");
        let point = fit.start();
        let tree = RandomTree::new([vec![0; n], vec![0; n]], Pcg32::new(seed, 0));
        let mut state = rule_start(&fit, &tree);
        for _ in 0..4 {
            let block = tree.select(&fit, &Unpenalized, &point, &mut state).coordinates.to_vec();
            prop_assert!(network.is_forest(&block));
            prop_assert_eq!(&naive(&network, &block), &block);
            for node in (0..n).filter(|node| !block.contains(node)) {
                let mut more = block.clone();
                more.push(node);
                prop_assert!(!network.is_forest(&more), "{} would have done no harm", node);
            }
        }
    }

    #[test]
    fn partitions_take_the_first_forest_that_stays_one(network in any_network(), sorted in any::<bool>()) {
        let n = network.nodes();
        let (a, b) = (network.matrix(), side(n));
        let fit = Quadratic::new(&a, &b).expect("valid");
        let memory = || std::array::from_fn(|_| vec![5; n]);
        let mut order: Vec<_> = (0..n).collect();
        let partition = if sorted {
            order.sort_by(|i, j| fit.lipschitz(*j).total_cmp(&fit.lipschitz(*i)));
            TreePartition::sorted(&fit, memory(), vec![9; n], |j| fit.lipschitz(j))
        } else {
            TreePartition::natural(&fit, memory(), vec![9; n])
        };
        let partition = partition.expect("room enough");
        let mut forests: Vec<Vec<usize>> = Vec::new();
        for node in order {
            let with = |forest: &Vec<usize>| [&forest[..], &[node]].concat();
            match forests.iter_mut().find(|forest| network.is_forest(&with(forest))) {
                Some(forest) => forest.push(node),
                None => forests.push(vec![node]),
            }
        }
        prop_assert_eq!(partition.forests(), forests.len());
        for (k, mut forest) in forests.into_iter().enumerate() {
            forest.sort_unstable();
            prop_assert_eq!(partition.forest(k), forest);
        }
        prop_assert!(partition.forest(partition.forests()).is_empty());
    }
}

#[test]
fn equal_scores_go_by_index() {
    // A ring, all derivatives equal: the last node closes it.
    let ring = Network::new(vec![1.0; 6], (0..6).map(|i| (i, (i + 1) % 6, 1.0)));
    let (a, b) = (ring.matrix(), Vector::from(vec![2.0; 6]));
    let fit = Quadratic::new(&a, &b).expect("valid");
    let tree = greedy(6);
    let mut state = rule_start(&fit, &tree);
    let chosen = tree.select(&fit, &Unpenalized, &fit.start(), &mut state);
    assert_eq!(chosen.coordinates, [0, 1, 2, 3, 4]);
    assert_eq!(chosen.block, None);
}

#[test]
fn simple_graphs_are_forests_as_they_are() {
    let path = Network::new(vec![1.0; 9], (1..9).map(|i| (i - 1, i, 1.0)));
    let star = Network::new(vec![1.0; 9], (0..9).filter(|i| *i != 4).map(|i| (4, i, 1.0)));
    let apart = Network::new(vec![1.0; 9], [(0, 5, 1.0), (7, 2, 1.0), (2, 3, 1.0)]);
    for network in [path, star, apart, Network::new(vec![1.0], [])] {
        let (mut block, _) = grown(&network, vec![0.0; network.nodes()]);
        block.sort_unstable();
        assert!(block.into_iter().eq(0..network.nodes()));
    }
}

#[test]
fn a_lattice_takes_two_forests_and_the_greedy_one_most_of_it() {
    let lattice = Network::lattice(12, 9, 0.1);
    let (a, b) = (lattice.matrix(), side(108));
    let fit = Quadratic::new(&a, &b).expect("valid");
    let combs = TreePartition::natural(&fit, std::array::from_fn(|_| vec![0; 108]), [0; 2]);
    let combs = combs.expect("two are enough");
    assert_eq!(combs.forests(), 2);
    assert_eq!(combs.forest(0).len() + combs.forest(1).len(), 108);
    let (block, _) = grown(&lattice, vec![0.0; 108]);
    // No forest has more than 2/3 of a torus; an edge gives a few nodes more.
    assert!((65..=80).contains(&block.len()), "{}", block.len());
}

#[test]
fn colors_are_forests_without_an_edge() {
    let lattice = Network::lattice(5, 4, 0.1);
    let (a, b) = (lattice.matrix(), side(20));
    let fit = Quadratic::new(&a, &b).expect("valid");
    let coloring = HostColoring::of(&a).expect("two colours");
    let memory = || std::array::from_fn(|_| vec![0; 20]);
    let partition = TreePartition::colored(coloring.groups(), memory(), [0; 2]).expect("room");
    assert_eq!(partition.forests(), 2);
    let mut next = 7; // a memory from elsewhere
    for color in [0, 1, 0] {
        let chosen = partition.select(&fit, &Unpenalized, &fit.start(), &mut next);
        assert_eq!(chosen.block, Some(color));
        let nodes = chosen.coordinates;
        assert_eq!(nodes.len(), 10);
        assert!(nodes.iter().all(|i| nodes.iter().all(|j| !lattice.joined(*i, *j))));
    }
    let short = TreePartition::colored(coloring.groups(), memory(), [0; 1]);
    let full = TreePartitionError::TooManyForests { coordinate: 1, capacity: 1 };
    assert_eq!(short, Err(full));
    let groups = solvekit::coloring::Groups { rows: &[0, 2, 2], ends: &[3] };
    let twice = TreePartition::colored(groups, std::array::from_fn(|_| vec![0; 3]), [0; 1]);
    assert_eq!(twice, Err(TreePartitionError::NotAnOrder { place: 2 }));
    let outside = solvekit::coloring::Groups { rows: &[0, 3, 2], ends: &[3] };
    let outside = TreePartition::colored(outside, std::array::from_fn(|_| vec![0; 3]), [0; 1]);
    assert_eq!(outside, Err(TreePartitionError::NotAnOrder { place: 1 }));
}

#[test]
fn too_little_room_is_told() {
    let full = Network::new(vec![1.0; 4], (0..4).flat_map(|i| (0..i).map(move |j| (i, j, 1.0))));
    let (a, b) = (full.matrix(), side(4));
    let fit = Quadratic::new(&a, &b).expect("valid");
    let one = TreePartition::natural(&fit, std::array::from_fn(|_| vec![0; 4]), [0; 1]);
    assert_eq!(one, Err(TreePartitionError::TooManyForests { coordinate: 2, capacity: 1 }));
    let short = TreePartition::natural(&fit, [vec![0; 4], vec![0; 4], vec![0; 3]], [0; 4]);
    assert_eq!(short, Err(TreePartitionError::Length { expected: 4, found: 3 }));
}

/// Of a ring of three the last in the order is left out: each alike often.
#[test]
fn random_trees_are_drawn_evenly() {
    let ring = Network::new(vec![1.0; 3], (0..3).map(|i| (i, (i + 1) % 3, 1.0)));
    let (a, b) = (ring.matrix(), side(3));
    let fit = Quadratic::new(&a, &b).expect("valid");
    let point = fit.start();
    let tree = RandomTree::new([vec![0; 3], vec![0; 3]], Pcg32::new(4, 0));
    let mut state = rule_start(&fit, &tree);
    let orders = (0..3).flat_map(|i| (0..3).filter(move |j| *j != i).map(move |j| vec![i, j]));
    let expected = orders.map(|order| (order, 1.0 / 6.0)).collect();
    check_frequencies(&expected, || {
        tree.select(&fit, &Unpenalized, &point, &mut state).coordinates.to_vec()
    });
}

/// A dense matrix visits its zeros too: they are no edges.
#[test]
fn zeros_that_are_stored_join_nothing() {
    let path = SMatrix::<f64, 5, 5>::from_fn(|i, j| match i.abs_diff(j) {
        0 => 3.0,
        1 => -1.0,
        _ => 0.0,
    });
    let b = SVector::from([1.0, 5.0, 2.0, 4.0, 3.0]);
    let fit = Quadratic::new(&path, &b).expect("valid");
    let tree = GreedyTree::new(GaussSouthwell, [[0; 5]; 2], SVector::<f64, 5>::zeros());
    assert_eq!(pick(&tree, (&fit, &Unpenalized, &fit.start())).0, [1, 3, 4, 2, 0]);
    let one = TreePartition::natural(&fit, [[0; 5]; 3], [0; 1]).expect("a single forest");
    assert_eq!(one.forest(0), [0, 1, 2, 3, 4]);
}
