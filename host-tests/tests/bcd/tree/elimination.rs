//! Message passing against dense solves.

use super::network::{
    Network, any_network, dense_block_solve, passing, rule_start, side, update_start,
};
use proptest::prelude::*;
use solvekit::bcd::rule::{Chosen, Cyclic, GaussSouthwellDiagonal, Rule};
use solvekit::bcd::tree::GreedyTree;
use solvekit::bcd::update::Update;
use solvekit::bcd::{Descent, Partition};
use solvekit::fit::{DataFit, Quadratic};
use solvekit::penalty::Unpenalized;
use solvekit::{Stop, solve};
use solvekit_host::vector::Vector;

/// One exact step over `block` from x: agrees with the dense solve, leaves no gradient on the block,
/// leaves everything else, and promises what it keeps.
fn check(network: &Network, x: Vec<f64>, block: &[usize]) {
    let n = network.nodes();
    let (a, b) = (network.matrix(), side(n));
    let fit = Quadratic::new(&a, &b).expect("valid");
    let mut point = fit.start_at(x.clone().into()).expect("finite");
    let gradient: Vec<_> = (0..n).map(|j| -fit.partial(&point, j)).collect();
    let before = fit.value(&point);
    let expected = dense_block_solve(&a, block, &gradient);
    let update = passing(n);
    let mut state = update_start(&fit, &update);
    let chosen = Chosen { coordinates: block, block: None };
    update.apply(&fit, &Unpenalized, &mut point, chosen, &mut state);
    assert_eq!((state.refusal(), state.added()), (None, 0.0), "{network:?}, {block:?}");
    // Condition numbers up to 40 nodes × 10 / 0.01.
    let size = expected.iter().fold(1.0_f64, |size, d| size.max(d.abs()));
    for (j, d) in block.iter().zip(&expected) {
        let moved = point.x[*j] - x[*j];
        assert!((moved - d).abs() <= 1e-11 * size, "{j} by {moved}, should be {d}");
    }
    fit.refresh(&mut point);
    let scale = 100.0 * size;
    for (j, before) in x.iter().enumerate() {
        if block.contains(&j) {
            assert!(fit.partial(&point, j).abs() <= 1e-14 * scale, "{}", fit.partial(&point, j));
        } else {
            assert_eq!(point.x[j], *before, "{j} is not of the block");
        }
    }
    // f(x) − f(x⁺) = ½ gᵀ A_bb⁻¹ g exactly.
    let promised: f64 = block.iter().zip(&expected).map(|(j, d)| 0.5 * gradient[*j] * d).sum();
    let decrease = before - fit.value(&point);
    let rounding = 1e-13 * (before.abs() + scale * size);
    assert!((decrease - promised).abs() <= rounding, "{decrease}, promised {promised}");
}

/// A random forest on nodes 0..n (each hangs on an earlier one, or on none), and chords beside it
/// that are left out of the block.
fn any_forest() -> impl Strategy<Value = (Network, Vec<f64>, Vec<usize>)> {
    (1_usize..40).prop_flat_map(|n| {
        let parents: Vec<_> = (0..n).map(|i| (0..=i, 0.1_f64..10.0)).collect();
        let ground = prop::collection::vec(0.01_f64..2.0, n + 2);
        let chords = prop::collection::vec((0..n, n..n + 2, 0.1_f64..10.0), 0..6);
        let x = prop::collection::vec(-3.0_f64..3.0, n + 2);
        let block = Just((0..n).collect::<Vec<_>>()).prop_shuffle();
        (parents, ground, chords, x, block).prop_map(|(parents, ground, chords, x, block)| {
            let tree = parents.into_iter().enumerate().map(|(i, (above, w))| (above, i, w));
            (Network::new(ground, tree.chain(chords)), x, block)
        })
    })
}

proptest! {
    #[test]
    fn any_forest_in_any_order((network, x, block) in any_forest()) {
        check(&network, x, &block);
    }

    #[test]
    fn what_the_greedy_rule_chooses(network in any_network()) {
        let n = network.nodes();
        let (a, b) = (network.matrix(), side(n));
        let fit = Quadratic::new(&a, &b).expect("valid");
        let tree = GreedyTree::new(GaussSouthwellDiagonal, [vec![0; n], vec![0; n]], Vector::filled(n, 0.0));
        let mut state = rule_start(&fit, &tree);
        let block = tree.select(&fit, &Unpenalized, &fit.start(), &mut state).coordinates.to_vec();
        check(&network, vec![0.0; n], &block);
    }
}

#[test]
fn paths_stars_and_single_nodes() {
    let path = Network::new(vec![0.1; 40], (1..40).map(|i| (i - 1, i, 1.0)));
    let every: Vec<_> = (0..40).collect();
    check(&path, vec![0.5; 40], &every);
    check(
        &path,
        vec![0.5; 40],
        &(0..40).map(|i| i * 27 % 40).filter(|i| i % 3 > 0).collect::<Vec<_>>(),
    );
    let star = Network::new(vec![0.1; 40], (0..39).map(|i| (39, i, 1.0)));
    check(&star, vec![-0.5; 40], &every);
    check(&star, vec![-0.5; 40], &every[..39]);
    check(&star, vec![-0.5; 40], &[39]);
    check(&star, vec![-0.5; 40], &[]);
}

#[test]
fn a_whole_tree_is_a_direct_solve() {
    let tree = Network::new(vec![0.2; 31], (1..31).map(|i| ((i - 1) / 2, i, 1.0 + i as f64)));
    let (a, b) = (tree.matrix(), side(31));
    let fit = Quadratic::new(&a, &b).expect("valid");
    let all = Cyclic::new(Partition::consecutive(vec![0; 31], 31).expect("valid"));
    let descent = Descent::new(fit, Unpenalized, all, passing(31));
    let mut state = descent.start_from(descent.fit().start());
    let report = solve(&descent, &mut state, Stop::relative(1e-12).expect("valid"));
    assert!(report.converged() && report.iterations == 1, "{report:?}");
    let expected = dense_block_solve(&a, &(0..31).collect::<Vec<_>>(), &b);
    for (x, expected) in state.point.x.iter().zip(&expected) {
        assert!((x - expected).abs() < 1e-11, "{x}, should be {expected}");
    }
}
