//! What was stored goes on as what never stopped.

use super::{cost, draw};
use scenarios::nor::Nor;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use solvekit::sor::{AdaptiveSor, AdaptiveSorState};
use solvekit::storage::{Memory, TwoSlots, decode, encode, longest, tag};
use solvekit::tuner::{Cost, OmegaTuner, Round, TsallisInf};
use solvekit::{FivePoint, Real, Run, SMatrix, Status, Stop};

type Flash = Nor<4096, 8, 1024>;

/// A device that is reset after every call.
fn reset<M: Memory>(flash: &mut Flash, value: &M) -> M {
    let regions = || [0..2048, 2048..4096];
    let mut buffer = vec![0; TwoSlots::<&mut Flash, M>::BUFFER];
    let mut slots = TwoSlots::new(&mut *flash, regions()).expect("slots");
    slots.save(value, &mut buffer).expect("saved");
    let mut slots = TwoSlots::new(flash, regions()).expect("slots");
    slots.load(&mut buffer).expect("a buffer").value().expect("what was saved")
}

fn draws_on<R: Real + Serialize + DeserializeOwned>() {
    let fresh = TsallisInf::<R, 20>::evenly(R::from_f64(1.0), R::from_f64(1.95)).expect("valid");
    let (mut steady, mut interrupted, mut flash) = (fresh, fresh, Flash::new(1));
    for round in 0..150 {
        let uniform = Round::new(draw(round));
        let choice = steady.select(uniform).expect("valid");
        assert_eq!(interrupted.select(uniform), Ok(choice), "round {round}");
        interrupted = reset(&mut flash, &interrupted);
        steady.update(Cost::Solved(cost(choice.omega))).expect("valid");
        interrupted.update(Cost::Solved(cost(choice.omega))).expect("valid");
        interrupted = reset(&mut flash, &interrupted);
        assert_eq!(interrupted, steady, "round {round}");
        assert_eq!(interrupted.probabilities(), steady.probabilities());
    }
    assert_eq!(interrupted.rounds(), 150);
}

#[test]
fn a_tuner_draws_on_in_f32() {
    draws_on::<f32>();
}

#[test]
fn a_tuner_draws_on_in_f64() {
    draws_on::<f64>();
}

type Plate = FivePoint<f32, 6, 6>;
type Grid = SMatrix<f32, 6, 6>;

/// A solve in the middle of its sweeps, as a user would keep it.
#[derive(Serialize, Deserialize)]
struct Solve {
    run: Run<f32>,
    state: AdaptiveSorState<f32, Grid>,
}

impl Memory for Solve {
    const TAG: u32 = tag("a solve on 6 x 6", &[1]);
    const LONGEST: usize = 1024;
    fn is_sound(&self) -> bool {
        self.state.x.iter().all(|x| x.is_finite())
    }
}

#[test]
fn a_solve_goes_on_to_the_same_bits() {
    let a = Plate::laplacian(0.1);
    let b = Grid::from_fn(|i, j| (i * j) as f32 - 7.0);
    let sor = AdaptiveSor::new(&a, &b).expect("valid");
    let mut solve =
        Solve { run: Run::new(Stop::relative(1e-5_f32).expect("valid")), state: sor.start() };
    assert_eq!(solve.run.advance(&sor, &mut solve.state, 5).status, Status::Running);
    let mut buffer = [0; longest::<Solve>()];
    let bytes = encode(&solve, &mut buffer).expect("sound");
    let mut other: Solve = decode(bytes).expect("whole");
    let first = solve.run.advance(&sor, &mut solve.state, u32::MAX);
    let second = other.run.advance(&sor, &mut other.state, u32::MAX);
    assert_eq!((first, solve.state.x), (second, other.state.x));
    assert_eq!(first.status, Status::Converged);
}
