//! Over-relaxation: checked, run to its end, reported.

use crate::data::{DENSE, RIGHT};
use crate::measure::{call, run};
use crate::{Grid, Plate};
use core::hint::black_box;
use solvekit::operator::zeros;
use solvekit::sor::{AdaptiveSor, AutoMemory, AutoSor, BlockSor, Multicolor, ProjectedSor, Sor};
use solvekit::{Stop, solve};

pub(crate) fn plain() {
    let (a, b) = (Plate::laplacian(black_box(0.1)), black_box(Grid::repeat(1.0)));
    if let Ok(sor) = Sor::new(&a, &b, black_box(1.5)) {
        run(&sor, sor.start());
    }
}

pub(crate) fn adaptive() {
    let (a, b) = (Plate::laplacian(black_box(0.1)), black_box(Grid::repeat(1.0)));
    if let Ok(sor) = AdaptiveSor::new(&a, &b) {
        run(&sor, sor.start());
    }
}

pub(crate) fn auto() {
    let (a, b) = (Plate::laplacian(black_box(0.1)), black_box(Grid::repeat(1.0)));
    let mut memory = AutoMemory::<f32, Grid>::new(zeros());
    if let Ok(sor) = AutoSor::new(&a, &b, &memory, black_box(1e-4)) {
        let mut state = sor.start();
        if let Ok(stop) = Stop::relative(black_box(1e-4)) {
            let kept = size_of_val(&state) + size_of_val(&memory);
            let report = call(kept, || solve(&sor, &mut state, stop));
            memory.learn(&sor, &state, &report);
            black_box(&memory);
        }
    }
}

pub(crate) fn red_black() {
    let (a, b) = (Plate::laplacian(black_box(0.1)), black_box(Grid::repeat(1.0)));
    if let Ok(sor) = Sor::ordered(&a, &b, black_box(1.5), Multicolor) {
        run(&sor, sor.start());
    }
}

pub(crate) fn block() {
    let (a, b) = (black_box(&DENSE), black_box(&RIGHT));
    if let Ok(sor) = BlockSor::<_, _, 4>::new(a, b, black_box(1.1)) {
        run(&sor, sor.start());
    }
}

pub(crate) fn projected() {
    let (a, b) = (Plate::laplacian(black_box(0.1)), black_box(Grid::repeat(1.0)));
    let (lower, upper) = (black_box(Grid::repeat(0.0)), black_box(Grid::repeat(9.0)));
    if let Ok(sor) = ProjectedSor::new(&a, &b, black_box(1.5), &lower, &upper) {
        run(&sor, sor.start());
    }
}
