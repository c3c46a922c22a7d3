//! Sparse recovery.

use core::hint::black_box;
use rand_pcg::Pcg32;
use solvekit::dictionary::{Hadamard, Signs};
use solvekit::direct::packed;
use solvekit::operator::zeros;
use solvekit::penalty::{GroupL1, L0, L1, Penalty};
use solvekit::recovery::{Fista, Htp, Iht, Ista, Largest, Omp, Refit, Sensing, StepSize};
use solvekit::{ColumnOperator, LinearOperator, Run, SMatrix, SVector, Stop};

/// Rows and columns, neither a multiple of 4.
const M: usize = 5;
const N: usize = 7;

#[inline(never)]
pub(super) fn solve() {
    let a = SMatrix::<f32, M, N>::from_element(black_box(2.0));
    let y = SVector::<f32, M>::from_element(black_box(1.0));
    if let Ok(penalty) = L1::new(black_box(0.1)) {
        ista(&a, &y, penalty);
    }
    greedy(&a, &y);
    greedy(&Signs::<f32, M, N>::new(black_box(1)), &y);
    if let Ok(rows) = Hadamard::<f32, M, 8>::new(black_box([0, 1, 3, 5, 6])) {
        greedy(&rows, &y);
    }
    if let Ok(rows) = Hadamard::<f32, M, 8>::drawn(&mut Pcg32::new(black_box(1), 0)) {
        greedy(&rows, &y);
    }
    if let Ok(penalty) = L0::new(black_box(0.1)) {
        ista(&a, &y, penalty);
    }
    if let Ok(penalty) = GroupL1::new(black_box(0.1), black_box(3), black_box(N)) {
        ista(&a, &y, penalty);
    }
}

fn ista<A, P>(a: &A, y: &A::Range, penalty: P)
where
    A: LinearOperator<f32>,
    P: Penalty<f32> + Clone,
{
    let Ok(stop) = Stop::relative(black_box(1e-5)) else { return };
    let (Ok(sensing), Ok(step)) = (Sensing::new(a, y), StepSize::automatic(a)) else { return };
    let step = if black_box(true) { step } else { StepSize::Fixed(black_box(0.1)) };
    if let Ok(fista) = Fista::new(sensing, penalty.clone(), step) {
        let mut state = fista.start();
        let _ = black_box(Run::new(stop).advance(&fista, &mut state, black_box(10)));
        black_box(state.step());
        if let Ok(again) = fista.start_at(black_box(state.x)) {
            black_box(again.x);
        }
    }
    if let Ok(ista) = Ista::new(sensing, penalty, step) {
        let mut state = ista.start();
        let _ = black_box(Run::new(stop).advance(&ista, &mut state, black_box(10)));
        black_box((state.step(), ista.objective(&state.x)));
        if let Ok(again) = ista.start_at(black_box(state.x)) {
            black_box(again.x);
        }
    }
}

fn greedy<A: ColumnOperator<f32>>(a: &A, y: &A::Range) {
    let Ok(stop) = Stop::relative(black_box(1e-5)) else { return };
    let (Ok(sensing), Ok(step)) = (Sensing::new(a, y), StepSize::automatic(a)) else { return };
    let room = || Largest::new(black_box([0; 3]), zeros::<f32, 3, 1>());
    let refit = || Refit::new(zeros::<f32, 3, 1>(), zeros::<f32, { packed(3) }, 1>());
    let guarded = Iht::new(sensing, room(), step);
    for iht in [guarded, Iht::normalised(sensing, room())].into_iter().flatten() {
        let mut state = iht.start();
        let _ = black_box(Run::new(stop).advance(&iht, &mut state, black_box(10)));
        black_box(state.step());
        if let Ok(again) = iht.start_at(black_box(state.x)) {
            black_box(again.x);
        }
    }
    if let Ok(htp) = Htp::new(sensing, room(), refit()) {
        let mut state = htp.start();
        let _ = black_box(Run::new(stop).advance(&htp, &mut state, black_box(10)));
        black_box(state.added());
        if let Ok(again) = htp.start_at(black_box(state.x)) {
            black_box(again.x);
        }
    }
    if let Ok(omp) = Omp::new(sensing, black_box([0; 3]), refit()) {
        let mut state = omp.start();
        let _ = black_box(Run::new(stop).advance(&omp, &mut state, black_box(10)));
        black_box((state.added(), state.places()));
    }
}
