//! Readings of a few rooms spread over a building: label propagation on a graph of 48 nodes, by
//! trees and by single coordinates.

use crate::Line;
use crate::relax::checksum;
use solvekit::bcd::rule::{Cyclic, GaussSouthwellDiagonal, Rule};
use solvekit::bcd::tree::{GreedyTree, MessagePassing, TreePartition};
use solvekit::bcd::update::{Coordinate, Update};
use solvekit::bcd::{Descent, Partition};
use solvekit::fit::{DataFit, Quadratic};
use solvekit::operator::zeros;
use solvekit::penalty::Unpenalized;
use solvekit::{CsrVec, Run, SVector, Scalar, Status, Stop};

/// Rooms along a floor, across it, and floors.
const SHAPE: [usize; 3] = [4, 4, 3];
/// Rooms: the nodes of the graph.
pub const N: usize = SHAPE[0] * SHAPE[1] * SHAPE[2];
/// Walls and ceilings between two rooms: its edges.
pub const EDGES: usize = 104;
/// The rooms with a thermometer: the labelled nodes.
pub const MEASURED: [usize; 6] = [0, 14, 21, 27, 35, 45];
/// Times at which the thermometers are read.
pub const TICKS: u32 = 12;
/// Relative tolerance in f32.
pub const TOLERANCE: f32 = 1e-5;
/// Steps after which a solve gives up.
const CAP: u32 = 1_000;

/// The building's matrix.
pub type Building = CsrVec<f32, N, N, { N + 2 * EDGES }>;
/// A number for each room.
pub type Rooms = SVector<f32, N>;
/// The problem that a tick poses.
pub type Tick<'a> = Quadratic<'a, f32, Building>;

/// Every edge once, with how much heat it lets through: ceilings a quarter to a half of a wall.
pub fn edges() -> impl Iterator<Item = (usize, usize, f32)> {
    let [long, wide, high] = SHAPE;
    (0..N).flat_map(move |room| {
        let place = [room % long, room / long % wide, room / (long * wide)];
        let ends = [(place[0] + 1 < long, 1), (place[1] + 1 < wide, long)];
        let up = (place[2] + 1 < high, long * wide);
        let weight = move |step: usize| {
            // Walls of 8 kinds, as they come.
            let kind = (room * 5 + step * 3) % 8;
            let through = 0.5 + 0.125 * kind as f32;
            if step == long * wide { 0.25 + 0.25 * (kind % 2) as f32 } else { through }
        };
        let there = ends.into_iter().chain([up]).filter(|(inside, _)| *inside);
        there.map(move |(_, step)| (room, room + step, weight(step)))
    })
}

/// What a thermometer says at a tick, °C: the storeys warm up one after the other.
pub fn reading(room: usize, tick: u32) -> f32 {
    let turn = f64::from(tick) / f64::from(TICKS) + 0.07 * room as f64;
    (20.0 + 3.0 * libm::sin(core::f64::consts::TAU * turn)) as f32
}

fn is_measured(room: usize) -> bool {
    MEASURED.contains(&room)
}

/// The system: a room that is measured is its reading, every other the weighted mean of its
/// neighbours. Rows and columns of measured rooms hold nothing but a 1, so that it stays symmetric.
///
/// # Panics
/// If the matrix had no room for the edges; it has.
pub fn building() -> Building {
    let mut a = Building::new();
    let mut put = |i, j, value| a.add(i, j, value).expect("room for every entry");
    MEASURED.into_iter().for_each(|room| put(room, room, 1.0));
    for (i, j, weight) in edges() {
        for (own, other) in [(i, j), (j, i)].into_iter().filter(|(own, _)| !is_measured(*own)) {
            put(own, own, weight);
            if !is_measured(other) {
                put(own, other, -weight);
            }
        }
    }
    a
}

/// Its right-hand side at a tick.
pub fn side(tick: u32) -> Rooms {
    let mut b = Rooms::zeros();
    MEASURED.into_iter().for_each(|room| b[room] = reading(room, tick));
    for (i, j, weight) in edges() {
        for (own, other) in [(i, j), (j, i)] {
            if !is_measured(own) && is_measured(other) {
                b[own] += weight * reading(other, tick);
            }
        }
    }
    b
}

/// What all ticks came to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Steps in all: passes, or trees.
    pub steps: u32,
    /// Rooms that they changed, counted each time.
    pub changes: u32,
    /// Ticks that did not converge.
    pub failures: u32,
    /// The largest stationarity at an end, relative to the problem's.
    pub residual: f32,
    /// The bits of every room at every tick, folded into one number.
    pub checksum: u32,
}

impl Outcome {
    fn tell(&self, say: &mut impl FnMut(Line)) {
        say(Line::Count("  steps", self.steps));
        say(Line::Count("  rooms changed", self.changes));
        say(Line::Count("  not converged", self.failures));
        say(Line::Real("  worst residual", self.residual));
        say(Line::Count("  checksum of all temperatures", self.checksum));
    }
}

/// All ticks, each from where the one before ended. `block` tells the size of a rule's last block.
///
/// # Panics
/// If a system is refused; none is.
pub fn run<S, U>(
    rule: S,
    update: U,
    block: impl for<'a> Fn(&<S as Rule<Tick<'a>, Unpenalized>>::State) -> u32,
    mut each: impl FnMut(u32, &Rooms),
) -> Outcome
where
    S: for<'a> Rule<Tick<'a>, Unpenalized> + Copy,
    U: for<'a> Update<Tick<'a>, Unpenalized> + Copy,
{
    let stop = Stop::relative(TOLERANCE).expect("a valid tolerance").max_iterations(CAP);
    let a = building();
    let mut outcome = Outcome::default();
    let mut rooms = Rooms::zeros();
    for tick in 0..TICKS {
        let b = side(tick);
        let fit = Quadratic::new(&a, &b).expect("a valid system");
        let descent = Descent::new(fit, Unpenalized, rule, update);
        let start = descent.fit().start_at(rooms).expect("finite temperatures");
        let mut state = descent.start_from(start);
        let mut run = Run::new(stop);
        let mut report = run.advance(&descent, &mut state, 0);
        while report.status == Status::Running {
            report = run.advance(&descent, &mut state, 1);
            outcome.changes += block(&state.rule);
        }
        rooms = state.point.x;
        outcome.steps += report.iterations;
        outcome.failures += u32::from(!report.converged());
        // Of core: NaN wins, where f32's own `max` would drop it.
        outcome.residual = Scalar::max(outcome.residual, report.relative());
        outcome.checksum = checksum(outcome.checksum, rooms.as_slice());
        each(tick, &rooms);
    }
    outcome
}

/// Trees that grow along the largest gains.
///
/// # Panics
/// As [`run`].
pub fn by_greedy_trees(each: impl FnMut(u32, &Rooms)) -> Outcome {
    let rule = GreedyTree::new(GaussSouthwellDiagonal, [[0; N]; 2], zeros::<f32, N, 1>());
    run(rule, passing(), |state| state.forest.nodes().len() as u32, each)
}

/// Fixed trees in turn.
///
/// # Panics
/// As [`run`], and if the trees were too many; they are not.
pub fn by_fixed_trees(each: impl FnMut(u32, &Rooms)) -> (usize, Outcome) {
    let (a, b) = (building(), side(0));
    let fit = Quadratic::new(&a, &b).expect("a valid system");
    let rule = TreePartition::sorted(&fit, [[0; N]; 3], [0; 4], |j| fit.lipschitz(j));
    let rule = rule.expect("four forests are enough");
    // The memory is the number of the next forest.
    let sizes = move |next: &usize| rule.forest(next.saturating_sub(1)).len() as u32;
    (rule.forests(), run(rule, passing(), sizes, each))
}

/// One room after the other: Gauss–Seidel, a pass in each step.
///
/// # Panics
/// As [`run`].
pub fn by_rooms(each: impl FnMut(u32, &Rooms)) -> Outcome {
    let all = Partition::consecutive([0; N], N).expect("a valid partition");
    run(Cyclic::new(all), Coordinate, |_| N as u32, each)
}

fn passing() -> MessagePassing<[usize; N], Rooms> {
    MessagePassing::new([[0; N]; 4], [zeros::<f32, N, 1>(); 2])
}

/// The story: the same readings spread by single rooms, by fixed trees and by greedy ones.
///
/// # Panics
/// As [`run`].
pub fn story(say: &mut impl FnMut(Line)) {
    say(Line::Count("rooms", N as u32));
    say(Line::Count("walls and ceilings", edges().count() as u32));
    say(Line::Count("thermometers", MEASURED.len() as u32));
    say(Line::Count("ticks", TICKS));
    say(Line::Text("one room after the other (Gauss-Seidel), a pass each step"));
    by_rooms(|_, _| ()).tell(say);

    say(Line::Text("fixed trees in turn"));
    let (forests, outcome) = by_fixed_trees(|_, _| ());
    say(Line::Count("  forests", forests as u32));
    outcome.tell(say);

    say(Line::Text("trees grown along the largest gains"));
    let mut last = Rooms::zeros();
    let outcome = by_greedy_trees(|tick, rooms| {
        if (tick + 1).is_multiple_of(4) {
            say(Line::Count("  after tick", tick + 1));
            say(Line::Real("    coldest room, C", rooms.min()));
            say(Line::Real("    warmest room, C", rooms.max()));
        }
        last = *rooms;
    });
    outcome.tell(say);
    say(Line::Real("  room 47 in the end, C", last[N - 1]));
}
