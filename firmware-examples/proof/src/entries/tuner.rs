//! The tuners, and solves as they choose.

use core::hint::black_box;
use core::num::NonZeroU32;
use solvekit::sor::{AdaptiveSor, Sor, young_omega};
use solvekit::tuner::{
    Adaptive, Arms, ChebCb, Cost, CutOff, Fixed, Guard, Interval, OmegaTuner, Round, Safe,
    TsallisBins, TsallisInf, UnimodalUcb, WindowedUcb, Young,
};
use solvekit::{FivePoint, SMatrix, Stop};

/// Arms of the tuners.
const ARMS: usize = 20;

#[inline(never)]
pub(super) fn play_all() {
    black_box(young_omega(black_box(0.5_f32)).is_ok());
    let Ok(arms) = Arms::<f32, ARMS>::evenly(black_box(1.0), black_box(1.95)) else { return };
    let Ok(narrow) = Arms::<f32, ARMS>::logarithmic(black_box(1.0), black_box(1.95)) else {
        return;
    };
    let Ok(shifts) = Interval::new(black_box(-0.15_f32), black_box(0.65)) else { return };
    let Some(memory) = NonZeroU32::new(black_box(100)) else { return };
    black_box((narrow.values(), shifts.ends(), Arms::new(black_box([1.5_f32, 1.6])).is_ok()));

    let mut tsallis = TsallisInf::new(arms).forgetting(memory).with_baseline();
    play(&mut tsallis);
    black_box((tsallis.probabilities(), tsallis.favourite()));
    black_box((tsallis.mean_cost(), tsallis.rounds(), tsallis.arms()));
    black_box(TsallisInf::<f32, 3>::evenly(black_box(1.0), black_box(1.9)).is_ok());

    let at = black_box(0.1_f32);
    if let Ok(bins) = TsallisBins::<f32, ARMS, 5>::new(narrow, shifts) {
        let mut bins = bins.forgetting(memory).with_baseline();
        play(&mut bins);
        black_box((bins.probabilities(at), bins.favourite(at), bins.mean_cost(at)));
        black_box((bins.rounds(), bins.clamped(), bins.arms()));
    }
    if let Ok(cheb) = ChebCb::<f32, ARMS, 6>::new(arms, shifts) {
        let mut cheb = cheb.forgetting(memory);
        play(&mut cheb);
        black_box((cheb.probabilities(at), cheb.favourite(at), cheb.predictions(at)));
        black_box((cheb.coefficients(black_box(3)), cheb.bounds(), cheb.mean_cost()));
        black_box((cheb.rounds(), cheb.clamped(), cheb.arms()));
    }
    let mut unimodal = UnimodalUcb::new(arms).forgetting(memory);
    play(&mut unimodal);
    black_box((unimodal.favourite(), unimodal.mean_cost(), unimodal.rounds(), unimodal.arms()));
    let mut windowed = WindowedUcb::<_, ARMS, 50>::new(arms);
    play(&mut windowed);
    black_box((windowed.favourite(), windowed.mean_cost(), windowed.rounds(), windowed.arms()));
    if let Ok(mut cut) = CutOff::<f32, _, ARMS>::new(tsallis, black_box(3.0)) {
        play(&mut cut);
        black_box(cut.inner());
    }
    let mut safe = Safe::new(unimodal);
    play(&mut safe);
    black_box((safe.owed(), safe.inner()));
    if let (Ok(mut fixed), Ok(mut adaptive)) =
        (Fixed::new(black_box(1.5_f32)), Adaptive::starting_at(black_box(1.4_f32)))
    {
        play(&mut fixed);
        play(&mut adaptive);
    }
    play(&mut Adaptive::default());
    play(&mut Young::new());
}

/// Rounds with and without context, solved and censored.
fn play(tuner: &mut impl OmegaTuner<f32>) {
    for _ in 0..black_box(10) {
        let round = if black_box(true) {
            Round::with_context(black_box(0.5), black_box(0.1))
        } else {
            Round::new(black_box(0.5))
        };
        let choice = tuner.select(round);
        let cost =
            if black_box(true) { Cost::Solved(30.0) } else { Cost::Censored(black_box(9.0)) };
        black_box((choice.is_ok(), tuner.update(cost).is_ok(), cost.value()));
        if let Ok(choice) = choice {
            guarded(choice);
        }
    }
    black_box(tuner.arms());
}

/// A solve as a tuner chose.
#[inline(never)]
fn guarded(choice: solvekit::tuner::Choice<f32>) {
    let a = FivePoint::<f32, 3, 3>::laplacian(black_box(0.1));
    let b = SMatrix::from_element(black_box(1.0));
    let Ok(stop) = Stop::relative(black_box(1e-5)) else { return };
    let mut guard = Guard::new(stop, black_box(100), choice);
    if let Ok(mut sor) = Sor::new(&a, &b, choice.omega) {
        let mut state = sor.start();
        let report = guard.advance(&mut sor, &mut state, black_box(10));
        black_box((Cost::of(&report, black_box(100)), guard.given_up()));
        let _ = black_box(guard.solve(&mut sor, &mut state));
        black_box(guard.cost());
    }
    if let Ok(mut adaptive) = AdaptiveSor::starting_at(&a, &b, choice.omega) {
        let mut state = adaptive.start();
        let mut guard = Guard::new(stop, black_box(100), choice);
        let _ = black_box(guard.solve(&mut adaptive, &mut state));
        black_box((guard.cost(), state.settle(black_box(1.0)).is_ok()));
    }
}
