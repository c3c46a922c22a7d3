//! The memory of `omega: auto`: goes on as what never stopped, is never refused, and is checked.

use super::mirror::{accepts, opened, refuses};
use proptest::prelude::*;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use solvekit::operator::zeros;
use solvekit::sor::{AutoMemory, AutoSor, Forward, Halves, Multicolor};
use solvekit::storage::{Memory, decode, encode, longest};
use solvekit::{FivePoint, Iteration, Real, Report, RowOperator, SMatrix, Status, Stop, solve};

type Plate<R> = FivePoint<R, 6, 6>;
type Grid<R> = SMatrix<R, 6, 6>;
type Auto<R> = AutoMemory<R, Grid<R>>;

fn fresh<R: Real>(with_context: bool) -> Auto<R> {
    let memory = Auto::<R>::new(zeros());
    let ends = (R::ZERO, R::ONE);
    if with_context { memory.with_context(ends.0, ends.1).expect("valid") } else { memory }
}

/// Solves and learns one system of a sequence that never rests.
fn next<R: Real, O: Halves<R, Plate<R>>>(memory: &mut Auto<R>, round: u32, order: O) -> Report<R> {
    let shift = R::from_u32(round * 37 % 64) / R::from_u32(64);
    let a = Plate::laplacian(shift);
    let b = Grid::from_fn(|i, j| R::from_u32((7 * i + 3 * j + round as usize) as u32 % 5));
    memory.tell_context(shift);
    let tolerance = R::from_f64(1e-4);
    let sor = AutoSor::ordered(&a, &b, memory, tolerance, order).expect("a valid system");
    let mut state = sor.start();
    let report = solve(&sor, &mut state, Stop::relative(tolerance).expect("valid"));
    memory.learn(&sor, &state, &report);
    report
}

fn goes_on<R: Real, O: Halves<R, Plate<R>> + Copy>(order: O)
where
    Auto<R>: Memory + PartialEq,
{
    for (with_context, before) in [(false, 0), (false, 3), (true, 0), (true, 60)] {
        let mut steady = fresh::<R>(with_context);
        for round in 0..before {
            assert!(next(&mut steady, round, order).converged());
        }
        steady.tell_context(R::from_f64(0.3));
        let mut buffer = vec![0; longest::<Auto<R>>()];
        let mut bytes = encode(&steady, &mut buffer).expect("sound").to_vec();
        let mut restored: Auto<R> = decode(&bytes).expect("whole");
        assert_eq!(restored, steady);
        for round in before..before + 200 {
            let report = next(&mut steady, round, order);
            assert_eq!(report.status, Status::Converged);
            assert_eq!(next(&mut restored, round, order), report, "round {round}");
        }
        assert_eq!(restored, steady);
        for bit in 0..8 * bytes.len() {
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(decode::<Auto<R>>(&bytes).is_err(), "bit {bit}");
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
    }
}

#[test]
fn the_memory_of_auto_goes_on_and_every_flipped_bit_is_refused() {
    goes_on::<f32, _>(Forward);
    goes_on::<f64, _>(Multicolor);
}

/// A system as bad as a caller can make it.
#[derive(Clone, Copy, Debug)]
struct Wild {
    entries: [f64; 9],
    b: [f64; 3],
    start: [f64; 3],
    told: f64,
    wanted: f64,
    cap: u32,
    context: f64,
}

fn stays_sound<R: Real + Serialize + DeserializeOwned>(rounds: &[Wild], with_context: bool)
where
    AutoMemory<R, SMatrix<R, 3, 1>>: Memory + PartialEq,
{
    let mut memory = AutoMemory::<R, SMatrix<R, 3, 1>>::new(zeros());
    if with_context {
        memory = memory.with_context(R::ZERO, R::ONE).expect("valid");
    }
    for round in rounds {
        memory.tell_context(R::from_f64(round.context));
        assert!(memory.is_sound(), "told {}: {memory:?}", round.context);
        let a = SMatrix::<R, 3, 3>::from_iterator(round.entries.map(R::from_f64));
        let b = SMatrix::<R, 3, 1>::from(round.b.map(R::from_f64));
        play(&mut memory, &a, &b, round);
        assert!(memory.is_sound(), "after {round:?}: {memory:?}");
    }
    let mut buffer = vec![0; longest::<AutoMemory<R, SMatrix<R, 3, 1>>>()];
    let bytes = encode(&memory, &mut buffer).expect("sound");
    assert_eq!(decode(bytes), Ok(memory));
}

fn play<R: Real, A>(
    memory: &mut AutoMemory<R, SMatrix<R, 3, 1>>,
    a: &A,
    b: &SMatrix<R, 3, 1>,
    round: &Wild,
) where
    A: RowOperator<R, Domain = SMatrix<R, 3, 1>, Range = SMatrix<R, 3, 1>>,
{
    let Ok(sor) = AutoSor::new(a, b, memory, R::from_f64(round.told)) else { return };
    let start = SMatrix::from(round.start.map(R::from_f64));
    let Ok(mut state) = sor.start_at(start) else { return };
    let stop = Stop::relative(R::from_f64(round.wanted)).expect("valid");
    let report = solve(&sor, &mut state, stop.max_iterations(round.cap));
    assert!(!report.converged() || sor.residual(&mut state).is_finite());
    memory.learn(&sor, &state, &report);
}

/// Ordinary numbers, and powers of ten to the ends of f32.
fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![
        6 => -2.0..2.0,
        1 => Just(0.0),
        1 => (-44.0..38.0).prop_map(|power: f64| 10_f64.powf(power)),
    ]
}

prop_compose! {
    /// Symmetric and diagonally dominant more often than not, at any scale.
    fn any_system()(
        tame in 0..4,
        off in prop::array::uniform3(any_number()),
        diagonal in prop::array::uniform3(any_number()),
        scale in prop_oneof![3 => Just(0.0), 1 => -40.0..37.0],
        b in prop::array::uniform3(any_number()),
        start in prop_oneof![Just([0.0; 3]), prop::array::uniform3(any_number())],
        told in prop_oneof![Just(1e-5), Just(0.9), 1e-6..0.99],
        wanted in prop_oneof![Just(1e-5), 1e-6..0.5],
        cap in prop_oneof![2 => Just(300_u32), 1 => 0..20_u32],
        context in prop_oneof![4 => 0.0..1.0, 1 => Just(f64::NAN), 1 => Just(1e38)],
    ) -> Wild {
        let [p, q, r] = off;
        let sum = p.abs() + q.abs() + r.abs();
        let more = if tame > 0 { sum } else { 0.0 };
        let [d, e, f] = diagonal.map(|d| if tame > 0 { d.abs() + more } else { d });
        let scale = 10_f64.powf(scale);
        let entries = [d, p, q, p, e, r, q, r, f].map(|entry| entry * scale);
        Wild { entries, b, start, told, wanted, cap, context }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn what_auto_learned_is_never_refused(
        rounds in prop::collection::vec(any_system(), 1..80),
        with_context in any::<bool>(),
    ) {
        stays_sound::<f32>(&rounds, with_context);
        stays_sound::<f64>(&rounds, with_context);
    }
}

#[derive(Clone, Serialize, Deserialize)]
struct Fields {
    mode: ([f32; 12], [f32; 12], [f32; 12]),
    known: bool,
    solves: u32,
    lambda: f32,
    drift: f32,
    struck: bool,
    calm: u8,
    since: u8,
    inverse_trace: f32,
    defect: f32,
    leader: Leader,
    context: Option<Context>,
    charged: u32,
}

#[derive(Clone, Serialize, Deserialize)]
struct Leader {
    arm: u8,
    kind: u8,
    next: u32,
    pause: u32,
    means: [f32; 8],
    wins: [u8; 8],
    before: u8,
    pause_before: u32,
    trial: u8,
    violations: u8,
}

#[derive(Clone, Serialize, Deserialize)]
struct Context {
    low: f32,
    high: f32,
    place: Option<f32>,
    gram: [f32; 6],
    moment: [f32; 3],
    error: f32,
    clamped: u32,
}

fn context(fields: &mut Fields) -> &mut Context {
    fields.context.as_mut().expect("a context")
}

#[test]
fn auto() {
    const NAN: f32 = f32::NAN;
    const INFINITY: f32 = f32::INFINITY;
    let mut memory = fresh::<f32>(true);
    for round in 0..40 {
        assert!(next(&mut memory, round, Forward).converged());
    }
    memory.tell_context(0.3);
    let sound: Fields = opened(&memory);
    assert!(sound.known && sound.solves == 40 && sound.leader.means[5] > 0.0);
    refuses::<Auto<f32>, _>(
        &sound,
        &[
            ("a mode with NaN", |t| t.mode.1[3] = NAN),
            ("an infinite mode", |t| t.mode.2[11] = INFINITY),
            ("a known mode of zeros", |t| t.mode = Default::default()),
            ("a known mode of no solve", |t| t.solves = 0),
            ("no λ of a known mode", |t| t.lambda = 0.0),
            ("a λ below what is usable", |t| t.lambda = 1e-8),
            ("a λ above 1", |t| t.lambda = 1.5),
            ("a λ below 0", |t| t.lambda = -0.5),
            ("a λ that is NaN", |t| t.lambda = NAN),
            ("a drift above 1", |t| t.drift = 1.5),
            ("an infinite drift", |t| t.drift = -INFINITY),
            ("a drift that is NaN", |t| t.drift = NAN),
            ("a trace below 0", |t| t.inverse_trace = -1.0),
            ("a trace that is NaN", |t| t.inverse_trace = NAN),
            ("a defect below its least", |t| t.defect = -2.5),
            ("a defect that is NaN", |t| t.defect = NAN),
            ("a leader that is not there", |t| t.leader.arm = 8),
            ("a leader before that is not there", |t| t.leader.before = 8),
            ("a kind that is not there", |t| t.leader.kind = 4),
            ("a pause too short", |t| t.leader.pause = 5),
            ("a pause too long", |t| t.leader.pause = 129),
            ("a former pause too short", |t| t.leader.pause_before = 5),
            ("a former pause too long", |t| t.leader.pause_before = 129),
            ("a mean below 0", |t| t.leader.means[7] = -1.0),
            ("a mean that is NaN", |t| t.leader.means[0] = NAN),
            ("an infinite mean", |t| t.leader.means[0] = INFINITY),
            ("two wins in a row", |t| t.leader.wins[4] = 2),
            ("a trial too long", |t| t.leader.trial = 13),
            ("two violations in a row", |t| t.leader.violations = 2),
            ("a reversed interval", |t| context(t).low = 1.5),
            ("an interval from NaN", |t| context(t).low = NAN),
            ("a place outside", |t| context(t).place = Some(1.5)),
            ("a place that is NaN", |t| context(t).place = Some(NAN)),
            ("an infinite sum", |t| context(t).gram[1] = INFINITY),
            ("a sum of squares below 0", |t| context(t).gram[3] = -1.0),
            ("a sum that is NaN", |t| context(t).moment[2] = NAN),
            ("an error above 1", |t| context(t).error = 1.5),
            ("an error below 0", |t| context(t).error = -0.5),
            ("an error that is NaN", |t| context(t).error = NAN),
        ],
    );
    let mut longest = sound;
    (longest.solves, longest.charged, longest.leader.next) = (u32::MAX, u32::MAX, u32::MAX);
    (longest.leader.pause, longest.leader.pause_before) = (128, 128);
    (longest.calm, longest.since) = (u8::MAX, u8::MAX);
    context(&mut longest).clamped = u32::MAX;
    accepts::<Auto<f32>>(&longest);
    // The pauses end at 128, of two bytes, where five are declared.
    let declared = Auto::<f32>::LONGEST;
    assert_eq!(postcard::to_stdvec(&longest).expect("serialisable").len() + 2 * 3, declared);
}
