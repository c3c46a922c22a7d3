//! Block coordinate descent by forests, for every kind of tree.

use core::hint::black_box;
use rand_pcg::Pcg32;
use solvekit::bcd::Descent;
use solvekit::bcd::rule::{Chosen, GaussSouthwellDiagonal, Rule};
use solvekit::bcd::tree::{GreedyTree, MessagePassing, RandomTree, TreePartition};
use solvekit::bcd::update::Update;
use solvekit::coloring::Groups;
use solvekit::fit::{DataFit, Quadratic};
use solvekit::penalty::Unpenalized;
use solvekit::{CsrSlice, RowOperator, Run, SMatrix, SVector, Stop};

/// Not a multiple of 4.
const N: usize = 7;

type Room = [usize; N];

#[inline(never)]
pub(super) fn solve() {
    let b = SVector::<f32, N>::from_element(black_box(1.0));
    on(&SMatrix::<f32, N, N>::from_element(black_box(2.0)), &b);
    let ends = black_box([1, 2, 3, 4, 5, 6, 7]);
    let (columns, values) = (black_box([0, 1, 2, 3, 4, 5, 6]), black_box([2.0_f32; N]));
    // Unchecked: a wrong table must not panic either.
    on(&CsrSlice::<f32, N, N>::from_parts(ends, &columns, &values), &b);
}

fn on<A: RowOperator<f32>>(a: &A, b: &A::Range) {
    let Ok(stop) = Stop::relative(black_box(1e-5)) else { return };
    let Ok(fit) = Quadratic::new(a, b) else { return };
    let memory = || black_box([[0; N]; 3]);
    // Buffers of another size than the problem's.
    let short = MessagePassing::new(black_box([[3; 5]; 4]), [SVector::<f32, 3>::zeros(); 2]);
    run(a, b, RandomTree::new(black_box([[1; N]; 2]), Pcg32::new(black_box(1), 0)), short, stop);
    let scores = SVector::<f32, N>::zeros();
    run(
        a,
        b,
        GreedyTree::new(GaussSouthwellDiagonal, black_box([[1; N]; 2]), scores),
        whole(),
        stop,
    );
    if let Ok(fixed) = TreePartition::natural(&fit, memory(), black_box([0; 3])) {
        black_box((fixed.forests(), fixed.forest(black_box(1)).len()));
        run(a, b, fixed, whole(), stop);
    }
    if let Ok(fixed) =
        TreePartition::sorted(&fit, memory(), black_box([0; 3]), |j| fit.lipschitz(j))
    {
        run(a, b, fixed, whole(), stop);
    }
    let (rows, ends) = (black_box([0, 1, 2, 3, 4, 5, 6]), black_box([3, 7]));
    let groups = Groups { rows: &rows, ends: &ends };
    if let Ok(colors) = TreePartition::colored(groups, memory(), black_box([0; 3])) {
        run(a, b, colors, whole(), stop);
    }
    // Any block at all.
    let (mut point, update) = (fit.start(), whole());
    let mut state = Update::<Quadratic<'_, f32, A>, Unpenalized>::start(&update);
    let block: Room = black_box([usize::MAX; N]);
    let chosen = Chosen { coordinates: &block, block: None };
    update.apply(&fit, &Unpenalized, &mut point, chosen, &mut state);
    black_box((state.added(), state.refusal()));
}

fn whole() -> MessagePassing<Room, SVector<f32, N>> {
    MessagePassing::new(black_box([[0; N]; 4]), [SVector::zeros(); 2])
}

fn run<'a, A, S, U>(a: &'a A, b: &'a A::Range, rule: S, update: U, stop: Stop<f32>)
where
    A: RowOperator<f32>,
    S: Rule<Quadratic<'a, f32, A>, Unpenalized>,
    U: Update<Quadratic<'a, f32, A>, Unpenalized>,
{
    let Ok(fit) = Quadratic::new(a, b) else { return };
    let descent = Descent::new(fit, Unpenalized, rule, update);
    let mut state = descent.start_from(descent.fit().start());
    let _ = black_box(Run::new(stop).advance(&descent, &mut state, black_box(10)));
    black_box(descent.objective(&state.point));
}
