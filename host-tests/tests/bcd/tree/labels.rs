//! Labels that spread over a graph: the fixed point, and how fast each kind of block finds it.

use super::network::{Fit, Network, passing};
use rand_core::Rng;
use rand_pcg::Pcg32;
use solvekit::bcd::Descent;
use solvekit::bcd::rule::{GaussSouthwellDiagonal, Greedy, Rule};
use solvekit::bcd::tree::{GreedyTree, RandomTree, TreePartition};
use solvekit::bcd::update::{Matrix, Update};
use solvekit::direct::packed;
use solvekit::fit::{DataFit, Quadratic};
use solvekit::penalty::Unpenalized;
use solvekit::{Iteration, RowOperator, Stop, solve};
use solvekit_host::matrix::HostColoring;
use solvekit_host::vector::Vector;

/// A lattice of weights `weight`; labelled nodes become part of the ground, so that the rest has
/// A_uu x_u = −A_ul x_l. Returns the network of the rest, its right-hand side, and who is who.
fn spread(side: usize, weight: f64, labels: &[(usize, f64)]) -> (Network, Vector<f64>, Vec<usize>) {
    let lattice = Network::lattice(side, side, 0.0);
    let rest: Vec<_> = (0..side * side).filter(|i| labels.iter().all(|(l, _)| l != i)).collect();
    let place = |i: usize| rest.binary_search(&i).ok();
    let label = |i: usize| labels.iter().find(|(l, _)| *l == i).map_or(0.0, |(_, value)| *value);
    let (mut ground, mut b, mut edges) = (vec![0.0; rest.len()], vec![0.0; rest.len()], Vec::new());
    for (i, j) in lattice.edges.keys().copied() {
        match (place(i), place(j)) {
            (Some(p), Some(q)) => edges.push((p, q, weight)),
            (Some(p), None) => (ground[p], b[p]) = (ground[p] + weight, b[p] + weight * label(j)),
            (None, Some(q)) => (ground[q], b[q]) = (ground[q] + weight, b[q] + weight * label(i)),
            (None, None) => {}
        }
    }
    (Network::new(ground, edges), b.into(), rest)
}

fn greedy(n: usize) -> GreedyTree<GaussSouthwellDiagonal, Vec<usize>, Vector<f64>> {
    GreedyTree::new(GaussSouthwellDiagonal, [vec![0; n], vec![0; n]], Vector::filled(n, 0.0))
}

#[test]
fn every_node_ends_as_the_mean_of_its_neighbours() {
    let labels = [(0, 1.0), (24, -2.0), (17, 0.5)];
    let (network, b, rest) = spread(5, 1.0, &labels);
    let a = network.matrix();
    let fit = Quadratic::new(&a, &b).expect("valid");
    let descent = Descent::new(fit, Unpenalized, greedy(22), passing(22));
    let mut state = descent.start_from(descent.fit().start());
    let report = solve(&descent, &mut state, Stop::relative(1e-13).expect("valid"));
    assert!(report.converged(), "{report:?}");
    let mut all = [0.0; 25];
    labels.iter().for_each(|(i, value)| all[*i] = *value);
    rest.iter().zip(state.point.x.iter()).for_each(|(i, x)| all[*i] = *x);
    let lattice = Network::lattice(5, 5, 0.0);
    for i in rest {
        let neighbors: Vec<_> = (0..25).filter(|j| lattice.joined(i, *j)).map(|j| all[j]).collect();
        let mean = neighbors.iter().sum::<f64>() / neighbors.len() as f64;
        assert!((all[i] - mean).abs() < 1e-12, "{i}: {} and {mean}", all[i]);
    }
    // The fixed point stays: one more step changes nothing but the last digits.
    let before = state.point.x.clone();
    descent.step(&mut state);
    let change = before.iter().zip(state.point.x.iter()).map(|(a, b)| (a - b).abs());
    assert!(change.fold(0.0, f64::max) < 1e-13);
}

/// Steps until ½‖x − x*‖²_A = f(x) − f(x*) is at most `enough`, computed from x − x*.
fn steps_until<S, U>(fit: &Fit<'_>, rule: S, update: U, best: &[f64], enough: f64) -> Option<u32>
where
    for<'a> S: Rule<Fit<'a>, Unpenalized>,
    for<'a> U: Update<Fit<'a>, Unpenalized>,
{
    let descent = Descent::new(fit.clone(), Unpenalized, rule, update);
    let mut state = descent.start_from(descent.fit().start());
    let mut error = Vector::filled(best.len(), 0.0);
    for steps in 0..12_000 {
        let x = fit.x(&state.point);
        error.iter_mut().zip(x.iter().zip(best)).for_each(|(e, (x, best))| *e = x - best);
        let a = fit.matrix();
        let norm: f64 = (0..best.len()).map(|i| error[i] * a.row_dot(i, &error)).sum();
        if 0.5 * norm <= enough {
            return Some(steps);
        }
        descent.step(&mut state);
    }
    None
}

/// Dataset D of the paper, drawn anew: a 50 × 50 lattice of weights 1e5, 100 nodes labelled with
/// 10 N(0, 1); the paper's order of the methods by the steps until ½‖x − x*‖²_A ≤ 1e-3.
#[test]
fn larger_forests_and_better_ones_need_fewer_steps() {
    let mut random = Pcg32::new(1, 0);
    let mut labels: Vec<(usize, f64)> = Vec::new();
    while labels.len() < 100 {
        let node = random.next_u32() as usize % 2500;
        if labels.iter().all(|(l, _)| *l != node) {
            // A sum of twelve uniform numbers less six: normal enough.
            let uniform = || f64::from(random.next_u32()) / 4_294_967_296.0;
            let normal: f64 = std::iter::repeat_with(uniform).take(12).sum::<f64>() - 6.0;
            labels.push((node, 10.0 * normal));
        }
    }
    let (network, b, rest) = spread(50, 1e5, &labels);
    let n = rest.len();
    assert_eq!(n, 2400);
    let a = network.matrix();
    let fit = Quadratic::new(&a, &b).expect("valid");
    let best = {
        let descent = Descent::new(fit.clone(), Unpenalized, greedy(n), passing(n));
        let mut state = descent.start_from(descent.fit().start());
        let report = solve(&descent, &mut state, Stop::relative(1e-14).expect("valid"));
        assert!(report.residual <= 1e-12 * report.reference, "{report:?}");
        state.point.x
    };
    let memory = || std::array::from_fn(|_| vec![0; n]);
    let partition = |sorted| {
        let score = |j: usize| if sorted { fit.lipschitz(j) } else { 0.0 };
        TreePartition::sorted(&fit, memory(), vec![0; 4], score).expect("room")
    };
    let coloring = HostColoring::of(&a).expect("two colours");
    let red_black = TreePartition::colored(coloring.groups(), memory(), [0; 4]).expect("room");
    let random = RandomTree::new([vec![0; n], vec![0; n]], Pcg32::new(7, 0));
    let enough = 1e-3;
    let until = |steps: Option<u32>| steps.expect("in time");
    let greedy = until(steps_until(&fit, greedy(n), passing(n), &best, enough));
    let fixed = until(steps_until(&fit, partition(true), passing(n), &best, enough));
    let natural = until(steps_until(&fit, partition(false), passing(n), &best, enough));
    let random = until(steps_until(&fit, random, passing(n), &best, enough));
    let colors = until(steps_until(&fit, red_black, passing(n), &best, enough));
    // Blocks of any shape that cost as much: ∛2400 coordinates, solved densely.
    let general = Greedy::new(GaussSouthwellDiagonal, vec![0; 13], Vector::filled(13, 0.0));
    let dense = Matrix::new(Vector::filled(13, 0.0), Vector::filled(packed(13), 0.0));
    let general = steps_until(&fit, general, dense, &best, enough);
    eprintln!(
        "greedy tree {greedy}, tree partition {fixed} (natural order {natural}), \
         random tree {random}, red-black {colors}, general {general:?} of 12000"
    );
    assert!(greedy < fixed && fixed < random && random < colors);
    assert!(general.is_none_or(|general| general > 4 * colors), "{general:?}");
}
