//! Each kernel: the inputs, opaque; the chosen side, counted; the answer, said.

use crate::problem::{Factors, Lasso, Pair, STEPS, Square, System};
use crate::tell::{answer, counted};
use crate::{cmsis, generic, ours, plain};
use core::hint::black_box;
use solvekit::{SMatrix, SVector};

enum Side {
    Ours,
    Nalgebra,
    Cmsis,
    Plain,
    Nobody,
}

const SIDE: Side = if cfg!(feature = "ours") {
    Side::Ours
} else if cfg!(feature = "nalgebra") {
    Side::Nalgebra
} else if cfg!(feature = "cmsis") {
    Side::Cmsis
} else if cfg!(feature = "plain") {
    Side::Plain
} else {
    Side::Nobody
};

pub(crate) fn mat_vec<const N: usize>(square: &Square<N>) {
    let Square { a, x } = black_box(square);
    let mut y = black_box(SVector::zeros());
    match SIDE {
        Side::Ours => counted(|| ours::mat_vec(&a.columns, x, &mut y)),
        Side::Nalgebra => counted(|| generic::mat_vec(&a.columns, x, &mut y)),
        Side::Cmsis => {
            let a = black_box(cmsis::matrix(&a.rows));
            counted(|| cmsis::mat_vec(&a, x, &mut y));
        }
        Side::Plain => counted(|| plain::mat_vec(&a.columns, x, &mut y)),
        Side::Nobody => {}
    }
    answer(y.as_slice());
}

pub(crate) fn transposed<const N: usize>(square: &Square<N>) {
    let Square { a, x } = black_box(square);
    let mut y = black_box(SVector::zeros());
    match SIDE {
        Side::Ours => counted(|| ours::transposed(&a.columns, x, &mut y)),
        Side::Nalgebra => counted(|| generic::transposed(&a.columns, x, &mut y)),
        Side::Plain => counted(|| plain::transposed(&a.columns, x, &mut y)),
        // CMSIS-DSP has none.
        Side::Cmsis | Side::Nobody => {}
    }
    answer(y.as_slice());
}

pub(crate) fn dot<const N: usize>(pair: &Pair<N>) {
    let Pair { x, y, .. } = black_box(pair);
    let product = match SIDE {
        Side::Ours => counted(|| ours::dot(x, y)),
        Side::Nalgebra => counted(|| generic::dot(x, y)),
        Side::Cmsis => counted(|| cmsis::dot(x, y)),
        Side::Plain => counted(|| plain::dot(x, y)),
        Side::Nobody => 0.0,
    };
    answer(&[product]);
}

pub(crate) fn axpy<const N: usize>(pair: &Pair<N>) {
    let Pair { x, y, factor } = black_box(pair);
    let (mut y, factor) = (black_box(*y), black_box(*factor));
    match SIDE {
        Side::Ours => counted(|| ours::axpy(factor, x, &mut y)),
        Side::Nalgebra => counted(|| generic::axpy(factor, x, &mut y)),
        Side::Cmsis => {
            let mut scaled = black_box(SVector::zeros());
            counted(|| cmsis::axpy(factor, x, &mut y, &mut scaled));
        }
        Side::Plain => counted(|| plain::axpy(factor, x, &mut y)),
        Side::Nobody => {}
    }
    answer(y.as_slice());
}

pub(crate) fn product(factors: &Factors) {
    let Factors { a, b } = black_box(factors);
    let mut c = black_box(SMatrix::zeros());
    match SIDE {
        Side::Ours => counted(|| ours::product(&a.columns, &b.columns, &mut c)),
        Side::Nalgebra => counted(|| generic::product(&a.columns, &b.columns, &mut c)),
        Side::Cmsis => {
            let (a, b) = black_box((cmsis::matrix(&a.rows), cmsis::matrix(&b.rows)));
            let mut rows = black_box(SMatrix::zeros());
            counted(|| cmsis::product(&a, &b, &mut rows));
            c = rows.transpose();
        }
        Side::Plain => counted(|| plain::product(&a.columns, &b.columns, &mut c)),
        Side::Nobody => {}
    }
    answer(c.as_slice());
}

pub(crate) fn spd_solve(system: &System) {
    let System { a, b, .. } = black_box(system);
    let mut x = black_box(*b);
    let solved = match SIDE {
        Side::Ours => {
            let mut memory = black_box(ours::memory());
            counted(|| ours::spd_solve(a, &mut memory, &mut x))
        }
        Side::Nalgebra => counted(|| generic::spd_solve(a, &mut x)),
        Side::Cmsis => {
            let mut memory = black_box(cmsis::Memory::new());
            counted(|| cmsis::spd_solve(a, b, &mut memory, &mut x))
        }
        Side::Plain => {
            let mut memory = black_box(SMatrix::zeros());
            counted(|| plain::spd_solve(a, &mut memory, &mut x))
        }
        Side::Nobody => false,
    };
    // One that refuses says nothing, which is missed.
    if solved {
        answer(x.as_slice());
    }
}

pub(crate) fn ista(lasso: &Lasso) {
    let lasso = black_box(lasso);
    if let Side::Ours = SIDE {
        return ours::ista(lasso);
    }
    let mut state = black_box(plain::State::zero());
    for step in 1..=STEPS {
        let counts = step == STEPS;
        match SIDE {
            Side::Nalgebra => last(counts, || generic::ista(lasso, &mut state)),
            Side::Cmsis => {
                let products = black_box(cmsis::products(&lasso.a));
                last(counts, || cmsis::ista(lasso, &products, &mut state));
            }
            Side::Plain => last(counts, || plain::ista(lasso, &mut state)),
            Side::Ours | Side::Nobody => {}
        }
    }
    answer(state.x.as_slice());
}

pub(crate) fn sor(system: &System) {
    let system = black_box(system);
    match SIDE {
        Side::Ours => ours::sor(system),
        Side::Plain => {
            let mut x = black_box(SVector::zeros());
            for sweep in 1..=STEPS {
                last(sweep == STEPS, || plain::sor(system, &mut x));
            }
            answer(x.as_slice());
        }
        // Neither has it.
        Side::Nalgebra | Side::Cmsis | Side::Nobody => {}
    }
}

/// Counted, if it is the last.
#[inline(always)]
pub(crate) fn last(counts: bool, step: impl FnOnce()) {
    if counts { counted(step) } else { step() }
}
