//! Blocks that are refused, and that a run says so.

use super::network::{Fit, Network, passing, side, update_start};
use solvekit::bcd::rule::{Chosen, Cyclic};
use solvekit::bcd::tree::{MessagePassing, Refusal};
use solvekit::bcd::update::Update;
use solvekit::bcd::{Descent, Partition};
use solvekit::fit::Quadratic;
use solvekit::penalty::Unpenalized;
use solvekit::{SMatrix, SVector, Status, Stop, solve};

/// What message passing says of a block; x must be as before.
fn refusal(network: &Network, block: &[usize], room: usize) -> Option<Refusal<f64>> {
    let (a, b) = (network.matrix(), side(network.nodes()));
    let fit = Quadratic::new(&a, &b).expect("valid");
    let mut point = fit.start();
    let update = passing(room);
    let mut state = update_start(&fit, &update);
    let chosen = Chosen { coordinates: block, block: None };
    update.apply(&fit, &Unpenalized, &mut point, chosen, &mut state);
    let broken = Update::<Fit<'_>, Unpenalized>::breakdown(&update, &state);
    assert_eq!(broken, state.refusal().is_some());
    if state.refusal().is_some() {
        assert_eq!(point, fit.start(), "x was changed by a block that was refused");
    }
    state.refusal()
}

#[test]
fn a_cycle_is_refused_wherever_it_is() {
    // A square 1 2 4 3 with a tail 0 and a tail 5–6.
    let edges = [(0, 1), (1, 2), (2, 4), (4, 3), (3, 1), (4, 5), (5, 6)];
    let network = Network::new(vec![1.0; 7], edges.map(|(i, j)| (i, j, 1.0)));
    let all = [6, 5, 4, 3, 2, 1, 0];
    let told = refusal(&network, &all, 7);
    assert!(matches!(told, Some(Refusal::Cycle { coordinate: 1..=4 })), "{told:?}");
    for out in 1..=4 {
        let open: Vec<_> = all.into_iter().filter(|i| *i != out).collect();
        assert_eq!(refusal(&network, &open, 7), None, "without {out}");
    }
    for out in [0, 5, 6] {
        let closed: Vec<_> = all.into_iter().filter(|i| *i != out).collect();
        assert!(refusal(&network, &closed, 7).is_some(), "without {out}");
    }
}

#[test]
fn wrong_blocks_and_short_buffers_are_refused() {
    let path = Network::new(vec![1.0; 4], (1..4).map(|i| (i - 1, i, 1.0)));
    let repeated = Some(Refusal::Repeated { coordinate: 2 });
    assert_eq!(refusal(&path, &[2, 1, 2], 4), repeated);
    assert_eq!(refusal(&path, &[2, 2], 4), repeated);
    assert_eq!(refusal(&path, &[0, 4], 9), Some(Refusal::Outside { coordinate: 4 }));
    let far = usize::MAX;
    assert_eq!(refusal(&path, &[far], 4), Some(Refusal::Outside { coordinate: far }));
    assert_eq!(refusal(&path, &[0, 1, 2], 2), Some(Refusal::Room { expected: 3, found: 2 }));
    assert_eq!(refusal(&path, &[3], 2), Some(Refusal::Room { expected: 4, found: 2 }));
    for told in [repeated, refusal(&path, &[9], 4)] {
        assert!(!told.expect("refused").to_string().is_empty());
    }
}

#[test]
fn a_run_over_a_cycle_breaks_down() {
    let ring = Network::new(vec![1.0; 5], (0..5).map(|i| (i, (i + 1) % 5, 1.0)));
    let (a, b) = (ring.matrix(), side(5));
    let fit = Quadratic::new(&a, &b).expect("valid");
    let all = Cyclic::new(Partition::consecutive(vec![0; 5], 5).expect("valid"));
    let descent = Descent::new(fit, Unpenalized, all, passing(5));
    let mut state = descent.start_from(descent.fit().start());
    let report = solve(&descent, &mut state, Stop::relative(1e-6).expect("valid"));
    assert_eq!((report.status, report.iterations), (Status::Breakdown, 1));
}

/// The same for a matrix given by hand, in one block.
fn whole<const N: usize>(
    a: SMatrix<f64, N, N>,
    b: SVector<f64, N>,
) -> (Status, Option<Refusal<f64>>, f64) {
    let fit = Quadratic::new(&a, &b).expect("valid");
    let all = Cyclic::new(Partition::consecutive([0; N], N).expect("valid"));
    let update = MessagePassing::new([[0; N]; 4], [SVector::<f64, N>::zeros(); 2]);
    let descent = Descent::new(fit, Unpenalized, all, update);
    let mut state = descent.start_from(descent.fit().start());
    let report = solve(&descent, &mut state, Stop::relative(1e-10).expect("valid"));
    (report.status, state.update.refusal(), state.update.added())
}

#[test]
fn an_indefinite_tree_is_told_with_its_curvature() {
    let a = SMatrix::<f64, 3, 3>::new(1.0, 2.0, 0.0, 2.0, 1.0, 0.5, 0.0, 0.5, 4.0);
    let (status, refusal, _) = whole(a, SVector::from([1.0, 0.0, 0.0]));
    // 0 is the first leaf, 1 is then one, with 1 − 2² / 1.
    assert_eq!(status, Status::Breakdown);
    assert_eq!(refusal, Some(Refusal::Curvature { coordinate: 1, pivot: -3.0 }));
}

#[test]
fn a_singular_tree_is_solved_where_it_can_be_and_told() {
    // A path that is tied to nothing: only sums of b of zero have a solution.
    let a = SMatrix::<f64, 3, 3>::new(0.3, -0.3, 0.0, -0.3, 1.0, -0.7, 0.0, -0.7, 0.7);
    let (status, refusal, added) = whole(a, SVector::from([1.0, 2.0, -3.0]));
    assert_eq!((status, refusal), (Status::Converged, None));
    assert!(added > 0.0 && added < 1e-14, "{added}");
    let (status, ..) = whole(a, SVector::from([1.0, 2.0, 0.0]));
    assert!(!matches!(status, Status::Converged | Status::Running), "{status}");
}

#[test]
fn overflow_is_not_called_a_solution() {
    let a = SMatrix::<f64, 2, 2>::new(1e-300, 1e200, 1e200, 1.0);
    let (status, refusal, _) = whole(a, SVector::from([1.0, 1.0]));
    assert_eq!(status, Status::Breakdown);
    assert!(matches!(refusal, Some(Refusal::Curvature { .. })), "{refusal:?}");
}
