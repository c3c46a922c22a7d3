//! Lanes give the bits of the scalar run: every order, blocks and bounds.

use crate::sor::{dense_spd, uneven};
use solvekit::sor::{
    Backward, BlockSor, Forward, Multicolor, Order, ProjectedSor, Sor, SorState, Symmetric,
};
use solvekit::{
    Banded, Buffer, Colored, Coloring, FivePoint, Iteration, Lanes, Real, RowOperator, SMatrix,
    SVector, Scalar,
};

const L: usize = 4;

fn each<R: Real>(value: impl Fn(usize) -> R) -> Lanes<L, R> {
    Lanes(std::array::from_fn(value))
}

/// Lane l's ω, from slow to nearly unstable.
fn omega<R: Real>(lane: usize) -> R {
    R::from_f64(0.9 + 0.3 * lane as f64)
}

/// A scalar solver as its step, and where it starts.
type Scalars<'a, X> = [(&'a dyn Fn(&mut SorState<X>), SorState<X>); L];

/// Steps both side by side and compares every bit of x.
fn compare<R: Real, X: Buffer<R>, W: Buffer<Lanes<L, R>>>(
    wide: &impl Iteration<State = SorState<W>>,
    mut wide_state: SorState<W>,
    mut scalar: Scalars<'_, X>,
) {
    for sweep in 0..25 {
        wide.step(&mut wide_state);
        for (l, (step, state)) in scalar.iter_mut().enumerate() {
            step(state);
            let pairs = wide_state.x.as_slice().iter().zip(state.x.as_slice());
            for (i, (wide, x)) in pairs.enumerate() {
                // Equality, and 1/x tells −0 from 0.
                let same = wide.0[l] == *x && R::ONE / wide.0[l] == R::ONE / *x;
                assert!(same, "lane {l}, sweep {sweep}, x[{i}]: {:?} and {x:?}", wide.0[l]);
            }
        }
    }
}

macro_rules! scalars {
    ($make:expr) => {{
        let solvers: [_; L] = std::array::from_fn($make);
        solvers
    }};
}

macro_rules! side_by_side {
    ($wide:expr, $single:expr) => {{
        let (wide, single) = ($wide, $single);
        let steps = single.each_ref().map(|one| move |state: &mut SorState<_>| one.step(state));
        let mut starts = single.each_ref().map(|one| one.start()).into_iter();
        let scalar = steps.each_ref().map(|step| {
            (step as &dyn Fn(&mut SorState<_>), starts.next().expect("as many starts as lanes"))
        });
        compare(&wide, wide.start(), scalar);
    }};
}

fn in_order<R: Real, A, W, O>(a: &[A; L], b: &[A::Range; L], wide: (&W, &W::Range), order: O)
where
    A: RowOperator<R>,
    W: RowOperator<Lanes<L, R>>,
    O: Order<R, A> + Order<Lanes<L, R>, W> + Copy,
{
    let single = scalars!(|l| Sor::ordered(&a[l], &b[l], omega::<R>(l), order).expect("valid"));
    let wide = Sor::ordered(wide.0, wide.1, each(omega), order).expect("valid lanes");
    side_by_side!(wide, single);
}

fn all<R: Real>() {
    let side = |k: usize, l: usize| uneven::<R>(k + 3 * l) * R::from_f64(1.0 + l as f64);
    let grids: [_; L] =
        std::array::from_fn(|l| FivePoint::<R, 9, 3>::laplacian(R::from_f64(0.1 * l as f64)));
    let sides: [_; L] =
        std::array::from_fn(|l| SMatrix::<R, 9, 3>::from_fn(|i, j| side(i + 9 * j, l)));
    let grid = FivePoint::<Lanes<L, R>, 9, 3>::laplacian(each(|l| R::from_f64(0.1 * l as f64)));
    let grid_side = SMatrix::<_, 9, 3>::from_fn(|i, j| each(|l| sides[l][(i, j)]));
    in_order(&grids, &sides, (&grid, &grid_side), Backward);
    in_order(&grids, &sides, (&grid, &grid_side), Symmetric);
    in_order(&grids, &sides, (&grid, &grid_side), Multicolor);

    let at = |l: usize, i: usize, j: usize| {
        dense_spd::<R, 9>()[(i, j)] * R::from_f64(1.0 + 0.5 * l as f64)
    };
    let nines: [_; L] = std::array::from_fn(|l| SVector::<R, 9>::from_fn(|k, _| side(k, l)));
    let nine = SVector::<_, 9>::from_fn(|k, _| each(|l| side(k, l)));
    let bands: [_; L] =
        std::array::from_fn(|l| Banded::<R, 9, 5>::from_fn(|i, j| at(l, i, j)).expect("odd"));
    let band = Banded::<Lanes<L, R>, 9, 5>::from_fn(|i, j| each(|l| at(l, i, j))).expect("odd");
    in_order(&bands, &nines, (&band, &nine), Forward);
    in_order(&bands, &nines, (&band, &nine), Backward);
    let coloring = Coloring::<9, 5>::of(&band).expect("room");
    let pairs = bands.each_ref().map(|a| Colored::new(a, coloring.groups()).expect("same size"));
    let pair = Colored::new(&band, coloring.groups()).expect("the same size");
    in_order(&pairs, &nines, (&pair, &nine), Multicolor);

    // The pivots differ from lane to lane.
    let turned = |l: usize, i: usize, j: usize| at(l, if l % 2 == 1 { i ^ 1 } else { i }, j);
    let fulls: [_; L] =
        std::array::from_fn(|l| SMatrix::<R, 8, 8>::from_fn(|i, j| turned(l, i, j)));
    let full = SMatrix::<Lanes<L, R>, 8, 8>::from_fn(|i, j| each(|l| turned(l, i, j)));
    let eights: [_; L] = std::array::from_fn(|l| SVector::<R, 8>::from_fn(|k, _| side(k, l)));
    let eight = SVector::<_, 8>::from_fn(|k, _| each(|l| side(k, l)));
    let one = R::ONE;
    side_by_side!(
        BlockSor::<_, _, 4>::new(&full, &eight, Lanes::splat(one)).expect("valid lanes"),
        scalars!(|l| BlockSor::<_, _, 4>::new(&fulls[l], &eights[l], one).expect("valid"))
    );

    let floors: [_; L] = std::array::from_fn(|l| SMatrix::<R, 9, 3>::repeat(side(0, l)));
    let floor = SMatrix::<_, 9, 3>::repeat(each(|l| side(0, l)));
    let (open, wide_open) =
        (SMatrix::repeat(R::INFINITY), SMatrix::repeat(Lanes::splat(R::INFINITY)));
    side_by_side!(
        ProjectedSor::ordered(&grid, &grid_side, each(omega), &floor, &wide_open, Multicolor)
            .expect("valid lanes"),
        scalars!(|l| {
            ProjectedSor::ordered(&grids[l], &sides[l], omega(l), &floors[l], &open, Multicolor)
                .expect("valid")
        })
    );
}

#[test]
fn the_family_in_f32_lanes() {
    all::<f32>();
}
#[test]
fn the_family_in_f64_lanes() {
    all::<f64>();
}
