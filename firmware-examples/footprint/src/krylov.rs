//! Conjugate gradients: checked, run to the end, reported.

use crate::measure::run;
use crate::{Grid, Plate};
use core::hint::black_box;
use solvekit::krylov::{Cg, SsorCg};

pub(crate) fn plain() {
    let (a, b) = (Plate::laplacian(black_box(0.1)), black_box(Grid::repeat(1.0)));
    if let Ok(cg) = Cg::new(&a, &b) {
        run(&cg, cg.start());
    }
}

pub(crate) fn ssor() {
    let (a, b) = (Plate::laplacian(black_box(0.1)), black_box(Grid::repeat(1.0)));
    if let Ok(cg) = SsorCg::new(&a, &b, black_box(1.5)) {
        run(&cg, cg.start());
    }
}
