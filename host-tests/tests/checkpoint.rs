//! A solve and a tuner that are stored and restored half-way go on to the same bits.

use serde::{Serialize, de::DeserializeOwned};
use solvekit::sor::{AdaptiveSor, AutoMemory, AutoSor, Sor};
use solvekit::tuner::{Cost, OmegaTuner, Round, TsallisInf};
use solvekit::{FivePoint, Iteration, Run, SMatrix, Status, Stop};

fn stored<T: Serialize + DeserializeOwned>(value: &T) -> T {
    postcard::from_bytes(&postcard::to_stdvec(value).expect("serialisable")).expect("restorable")
}

/// Text formats have no infinity and no NaN; a fresh run and state must not need them.
fn written<T: Serialize + DeserializeOwned>(value: &T) -> T {
    serde_json::from_str(&serde_json::to_string(value).expect("serialisable")).expect("restorable")
}

fn survives<I: Iteration<Real = f32>>(iteration: &I, start: I::State)
where
    I::State: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let stop = Stop::relative(1e-5_f32).expect("valid");
    let (mut run, mut state) = (Run::new(stop), start);
    assert_eq!((written(&run), written(&state)), (run, state.clone()));
    assert_eq!(run.advance(iteration, &mut state, 11).status, Status::Running);
    let (mut other_run, mut other): (Run<f32>, I::State) = (stored(&run), stored(&state));
    assert_eq!((&run, &state), (&other_run, &other));
    assert_eq!((written(&run), written(&state)), (run, state.clone()));
    let first = run.advance(iteration, &mut state, u32::MAX);
    let second = other_run.advance(iteration, &mut other, u32::MAX);
    assert_eq!((first, state), (second, other));
    assert_eq!(first.status, Status::Converged);
    assert_eq!(stored(&first), first);
}

#[test]
fn a_solve_survives_a_reset() {
    let a = FivePoint::<f32, 10, 10>::laplacian(0.1);
    let b = SMatrix::from_fn(|i, j| (i * j) as f32 - 20.0);
    let sor = Sor::new(&a, &b, 1.6).expect("valid");
    survives(&sor, sor.start());
    let adaptive = AdaptiveSor::new(&a, &b).expect("valid");
    survives(&adaptive, adaptive.start());
}

#[test]
fn a_memory_survives_a_reset() {
    let mut memory =
        AutoMemory::new(SMatrix::<f32, 10, 10>::zeros()).with_context(-0.2, 0.2).expect("valid");
    assert_eq!((stored(&memory), written(&memory)), (memory, memory));
    for round in 0..30_u8 {
        let shift = f32::from(round % 7) * 0.05 - 0.15;
        memory.tell_context(shift);
        let a = FivePoint::<f32, 10, 10>::laplacian(shift);
        let b = SMatrix::from_fn(|i, j| ((i * j + usize::from(round)) % 13) as f32 - 6.0);
        let sor = AutoSor::new(&a, &b, &memory, 1e-5).expect("valid");
        survives(&sor, sor.start());
        // A reset may also come between the context and what is learned from it.
        memory = stored(&memory);
        let mut state = sor.start();
        let report = solvekit::solve(&sor, &mut state, Stop::relative(1e-5).expect("valid"));
        memory.learn(&sor, &state, &report);
        assert_eq!((stored(&memory), written(&memory)), (memory, memory));
    }
    assert_eq!(memory.solves(), 30);
}

#[test]
fn a_tuner_survives_a_reset() {
    let mut tuner = TsallisInf::<f32, 20>::evenly(1.0, 1.95).expect("valid");
    for round in 0..40_u16 {
        let uniform = f32::from(round * 37 % 64) / 64.0;
        let omega = tuner.select(Round::new(uniform)).expect("valid").omega;
        // A reset may also come between the selection and its cost.
        tuner = stored(&tuner);
        tuner.update(Cost::Solved(40.0 + 100.0 * (omega - 1.5).abs())).expect("valid");
        assert_eq!(stored(&tuner), tuner);
    }
    assert_eq!(tuner.rounds(), 40);
}
