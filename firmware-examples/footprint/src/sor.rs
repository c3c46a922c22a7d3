//! Over-relaxation: checked, run to its end, reported.

use crate::{Dense, Grid, Plate, Vector, run};
use core::hint::black_box;
use solvekit::sor::{AdaptiveSor, BlockSor, Multicolor, ProjectedSor, Sor};

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

pub(crate) fn red_black() {
    let (a, b) = (Plate::laplacian(black_box(0.1)), black_box(Grid::repeat(1.0)));
    if let Ok(sor) = Sor::ordered(&a, &b, black_box(1.5), Multicolor) {
        run(&sor, sor.start());
    }
}

pub(crate) fn block() {
    let (a, b) = (black_box(Dense::repeat(0.1)), black_box(Vector::repeat(1.0)));
    if let Ok(sor) = BlockSor::<_, _, 4>::new(&a, &b, black_box(1.1)) {
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
