//! Counts one sweep of the SOR family: orders on a five-point grid, blocks, bounds and a band.
#![no_std]
#![no_main]

use core::hint::black_box;
use firmware_examples::region;
use scenarios::Line;
use solvekit::sor::{Backward, BlockSor, Forward, Multicolor, Order, ProjectedSor, Sor};
use solvekit::{Banded, FivePoint, Iteration, SMatrix, SVector};

/// Rows and columns of the grid.
const N: usize = 16;
type Plate = FivePoint<f32, N, N>;
type Grid = SMatrix<f32, N, N>;
type Band = Banded<f32, N, 5>;
type Full = SMatrix<f32, N, N>;
type Vector = SVector<f32, N>;

firmware_examples::kernels!(count);

fn count(say: &mut impl FnMut(Line)) {
    let plate = Plate::laplacian(0.1);
    let load = Grid::from_fn(|i, j| 1.0 + i as f32 - 0.5 * j as f32);
    order("SOR sweep, five-point 16 x 16", &plate, &load, Forward, say);
    order("backward SOR sweep, five-point 16 x 16", &plate, &load, Backward, say);
    order("red-black SOR sweep, five-point 16 x 16", &plate, &load, Multicolor, say);
    bounded(&plate, &load, say);
    let full = Full::from_fn(|i, j| if i == j { 4.0 } else { 0.1 / (1 + i + j) as f32 });
    let b = Vector::from_fn(|i, _| 1.0 + i as f32);
    let Ok(blocks) = BlockSor::<_, _, 4>::new(black_box(&full), black_box(&b), black_box(1.1))
    else {
        panic!("the system was refused")
    };
    sweeps("block SOR sweep, dense 16 x 16, blocks of 4", &blocks, blocks.start(), |s| s.x[0], say);
    let Ok(band) = Band::from_fn(|i, j| full[(i, j)]) else { panic!("the band was refused") };
    let Ok(sor) = Sor::new(black_box(&band), black_box(&b), black_box(1.1)) else {
        panic!("the system was refused")
    };
    sweeps("SOR sweep, 16 unknowns, 5 diagonals", &sor, sor.start(), |s| s.x[0], say);
}

#[inline(never)]
fn order<O: Order<f32, Plate>>(
    name: &'static str,
    plate: &Plate,
    load: &Grid,
    order: O,
    say: &mut impl FnMut(Line),
) {
    let Ok(sor) = Sor::ordered(black_box(plate), black_box(load), black_box(1.5), order) else {
        panic!("the system was refused")
    };
    sweeps(name, &sor, sor.start(), |state| state.x[0], say);
}

#[inline(never)]
fn bounded(plate: &Plate, load: &Grid, say: &mut impl FnMut(Line)) {
    let (floor, open) = (Grid::repeat(0.5), Grid::repeat(f32::INFINITY));
    let (floor, open) = (black_box(&floor), black_box(&open));
    let Ok(sor) = ProjectedSor::new(black_box(plate), black_box(load), black_box(1.5), floor, open)
    else {
        panic!("the problem was refused")
    };
    let name = "projected SOR sweep, five-point 16 x 16";
    sweeps(name, &sor, sor.start(), |state| state.x[0], say);
}

/// Counts four sweeps and says what they came to.
#[inline(never)]
fn sweeps<I: Iteration>(
    name: &'static str,
    solver: &I,
    start: I::State,
    first: fn(&I::State) -> f32,
    say: &mut impl FnMut(Line),
) {
    let mut state = black_box(start);
    for _ in 0..4 {
        region(name, || sweep(solver, &mut state));
    }
    say(Line::Real(name, first(&state)));
}

#[inline(never)]
fn sweep<I: Iteration>(solver: &I, state: &mut I::State) {
    solver.step(state);
}
