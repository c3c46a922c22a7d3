//! Counts one step over the 48 rooms of the story `labels`: a pass of Gauss–Seidel, a fixed tree, a
//! tree that is grown for the step.
#![no_std]
#![no_main]

use core::hint::black_box;
use firmware_examples::region;
use scenarios::Line;
use scenarios::labels::{N, Rooms, Tick, building, side};
use solvekit::Iteration;
use solvekit::bcd::rule::{Cyclic, GaussSouthwellDiagonal, Rule};
use solvekit::bcd::tree::{GreedyTree, MessagePassing, TreePartition};
use solvekit::bcd::update::{Coordinate, Update};
use solvekit::bcd::{Descent, Partition};
use solvekit::fit::{DataFit, Quadratic};
use solvekit::operator::zeros;
use solvekit::penalty::Unpenalized;

firmware_examples::kernels!(count);

fn count(say: &mut impl FnMut(Line)) {
    let (a, b) = (building(), side(0));
    let (a, b) = (black_box(&a), black_box(&b));
    let Ok(fit) = Quadratic::new(a, b) else { panic!("the system was refused") };
    let passing = MessagePassing::new([[0; N]; 4], [zeros::<f32, N, 1>(); 2]);
    let Ok(all) = Partition::consecutive([0; N], N) else { panic!("the partition was refused") };
    steps("Gauss-Seidel pass, 48 rooms", fit.clone(), Cyclic::new(all), Coordinate, say);
    let fixed = TreePartition::sorted(&fit, [[0; N]; 3], [0; 4], |j| fit.lipschitz(j));
    let Ok(fixed) = fixed else { panic!("the trees were refused") };
    steps("fixed tree, 48 rooms", fit.clone(), fixed, passing, say);
    let greedy = GreedyTree::new(GaussSouthwellDiagonal, [[0; N]; 2], zeros::<f32, N, 1>());
    steps("greedy tree, 48 rooms", fit.clone(), greedy, passing, say);
}

/// Counts four steps and says what they came to.
#[inline(never)]
fn steps<'a, S, U>(
    name: &'static str,
    fit: Tick<'a>,
    rule: S,
    update: U,
    say: &mut impl FnMut(Line),
) where
    S: Rule<Tick<'a>, Unpenalized>,
    U: Update<Tick<'a>, Unpenalized>,
{
    let descent = Descent::new(fit, Unpenalized, rule, update);
    let mut state = black_box(descent.start_from(descent.fit().start()));
    for _ in 0..4 {
        region(name, || step(&descent, &mut state));
    }
    say(Line::Real("residual", descent.residual(&mut state)));
    let rooms: &Rooms = &state.point.x;
    say(Line::Real(name, rooms[N - 1]));
}

#[inline(never)]
fn step<I: Iteration>(solver: &I, state: &mut I::State) {
    solver.step(state);
}
