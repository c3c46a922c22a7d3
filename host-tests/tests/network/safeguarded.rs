//! What a safeguarded network promises, on any input.

use crate::problem::{draw, objective};
use proptest::prelude::*;
use solvekit::network::{Check, Network, Safeguarded, Unfolded};
use solvekit::penalty::L1;
use solvekit::recovery::{Ista, Sensing, StepSize};
use solvekit::{Iteration, Stop, solve};

const LAMBDA: f64 = 0.03;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Whatever the steps are, and wherever it is checked, F is at most that of ISTA after as many
    /// steps.
    #[test]
    fn it_is_never_above_its_twin(
        seed in 0_u64..1000,
        steps in prop::collection::vec(0.01_f64..60.0, 1..10),
        each in any::<bool>(),
        scale in prop::sample::select(vec![1e-6, 1.0, 1e6]),
    ) {
        let mut problem = draw(seed, (12, 25), 4, 0.1);
        problem.measurements.iter_mut().for_each(|y| *y *= scale);
        let sensing = Sensing::new(&problem.dictionary, &problem.measurements).unwrap();
        let lambda = LAMBDA * scale;
        let penalty = L1::new(lambda).unwrap();
        let step = StepSize::automatic(&problem.dictionary).unwrap();
        let twin = Ista::new(sensing, penalty, step).unwrap();
        let network = Network::new(sensing, Unfolded::new(penalty, &steps[..]).unwrap());
        let check = if each { Check::EachLayer } else { Check::LastLayer };
        let safe = Safeguarded::new(network, twin.clone(), check);
        let (mut state, mut plain) = (safe.start(), twin.start());
        for layer in 1..=steps.len() + 20 {
            safe.step(&mut state);
            twin.step(&mut plain);
            let own = objective(&problem, lambda, state.x());
            let its = objective(&problem, lambda, &plain.x);
            prop_assert!(state.x().iter().all(|x| x.is_finite()));
            // A few roundings of the objective, since both are recomputed here. Beyond the last
            // layer ISTA from a lower start may be passed by ISTA from a higher one.
            if layer == steps.len() || (each && layer < steps.len()) {
                prop_assert!(own <= its * (1.0 + 1e-12), "layer {layer}: {own} above {its}");
            }
        }
    }
}

#[test]
fn good_layers_are_not_refused() {
    let problem = draw(3, (30, 60), 5, 0.02);
    let sensing = Sensing::new(&problem.dictionary, &problem.measurements).unwrap();
    let penalty = L1::new(LAMBDA).unwrap();
    let step = StepSize::automatic(&problem.dictionary).unwrap();
    let twin = Ista::new(sensing, penalty, step).unwrap();
    // Half as long again: still below 2 / ‖A‖², and faster.
    let steps = [1.5 * step.initial(); 15];
    let network = Network::new(sensing, Unfolded::new(penalty, steps).unwrap());
    let safe = Safeguarded::new(network.clone(), twin, Check::EachLayer);
    let (mut state, mut bare) = (safe.start(), network.start());
    for _ in 0..15 {
        safe.step(&mut state);
        network.step(&mut bare);
    }
    assert_eq!(state.refused(), 0);
    assert_eq!(state.x(), &bare.x);
}

#[test]
fn it_goes_on_to_any_tolerance() {
    let problem = draw(5, (30, 60), 5, 0.02);
    let sensing = Sensing::new(&problem.dictionary, &problem.measurements).unwrap();
    let penalty = L1::new(LAMBDA).unwrap();
    let step = StepSize::automatic(&problem.dictionary).unwrap();
    let twin = Ista::new(sensing, penalty, step).unwrap();
    let stop = Stop::relative(1e-9).unwrap().max_iterations(50_000);
    let mut plain = twin.start();
    assert!(solve(&twin, &mut plain, stop).converged());
    for steps in [[0.2, 0.4, 0.3], [50.0, 60.0, 70.0]] {
        let network = Network::new(sensing, Unfolded::new(penalty, steps).unwrap());
        let safe = Safeguarded::new(network, twin.clone(), Check::LastLayer);
        let mut state = safe.start();
        let report = solve(&safe, &mut state, stop);
        assert!(report.converged(), "{report:?}");
        for (x, plain) in state.x().iter().zip(plain.x.iter()) {
            assert!((x - plain).abs() < 1e-6);
        }
    }
}
