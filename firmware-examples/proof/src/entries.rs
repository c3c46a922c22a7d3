//! Every public solver entry, with inputs the optimiser cannot see through.

use core::hint::black_box;
use core::num::NonZeroU32;
use solvekit::direct::{Cholesky, Factor, Refinement, packed};
use solvekit::krylov::{Cg, ConjugateDirections, Residual, SsorCg, Sweep};
use solvekit::sor::{
    AdaptiveSor, AutoMemory, AutoSor, Backward, BlockSor, Forward, Halves, Multicolor,
    ProjectedSor, Sor, Symmetric, young_omega,
};
use solvekit::storage::nor_flash::{ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash};
use solvekit::storage::{Recovery, TwoSlots, decode, encode, longest};
use solvekit::tuner::{
    Adaptive, Arms, ChebCb, Cost, CutOff, Fixed, Guard, Interval, OmegaTuner, Round, Safe,
    TsallisBins, TsallisInf, UnimodalUcb, Young,
};
use solvekit::{
    Banded, Buffer, ColorOperator, Colored, Coloring, CsrSlice, CsrVec, FivePoint, Lanes,
    RowOperator, Run, SMatrix, SVector, Scalar, Stop, sum,
};

/// Unknowns of the dense and sparse systems; not a multiple of 4, so that the
/// summation's remainder is in the image.
const N: usize = 7;

type Vector = SVector<f32, N>;

/// Calls them all.
pub(crate) fn call() {
    let b = Vector::from_element(black_box(1.0));
    dense(&b);
    csr(&b);
    stencil();
    banded(&b);
    lanes();
    tuners();
    storage();
    black_box(young_omega(black_box(0.5_f32)).is_ok());
}

#[inline(never)]
fn dense(b: &Vector) {
    relax(&SMatrix::<f32, N, N>::from_element(black_box(2.0)), b);
}

#[inline(never)]
fn csr(b: &Vector) {
    let triplets: [(usize, usize, f32); N] = black_box(core::array::from_fn(|i| (i, i, 2.0)));
    if let Ok(assembled) = CsrVec::<f32, N, N, 16>::from_triplets(triplets) {
        relax(&assembled, b);
    }
    let ends = black_box([1, 2, 3, 4, 5, 6, 7]);
    let columns = black_box([0, 1, 2, 3, 4, 5, 6]);
    let values = black_box([2.0_f32; N]);
    // Also unchecked: a wrong table must not panic either.
    let table = CsrSlice::<f32, N, N>::from_parts(ends, &columns, &values);
    relax(&table, b);
    if table.check().is_ok() {
        relax(&table, b);
    }
}

#[inline(never)]
fn stencil() {
    let plate = FivePoint::<f32, 5, 3>::laplacian(black_box(0.1));
    let b = SMatrix::from_element(black_box(1.0));
    relax(&plate, &b);
    colored(&plate, &b);
    auto(&plate, &b, Multicolor);
    let wide = FivePoint::<f32, 23, 2>::laplacian(black_box(0.1));
    colored(&wide, &SMatrix::from_element(black_box(1.0)));
}

#[inline(never)]
fn banded(b: &Vector) {
    let rows = black_box([[2.0_f32; 3]; N]);
    let diagonals = black_box([[2.0_f32; N]; 3]);
    for band in [Banded::<f32, N, 3>::from_rows(rows), Banded::from_diagonals(diagonals)] {
        if let Ok(band) = band {
            relax(&band, b);
            if let Ok(coloring) = Coloring::<N, 3>::of(&band)
                && let Ok(pair) = Colored::new(&band, coloring.groups())
            {
                relax(&pair, b);
                colored(&pair, b);
                black_box(coloring.rows_of(black_box(1)));
            }
        }
    }
}

/// Sweeps by colour.
fn colored<A: ColorOperator<f32>>(a: &A, b: &A::Range) {
    if let Ok(sor) = Sor::ordered(a, b, black_box(1.5), Multicolor)
        && let Ok(stop) = Stop::relative(black_box(1e-5))
    {
        let mut state = sor.start();
        let _ = black_box(solvekit::solve(&sor, &mut state, stop));
        black_box(&state);
    }
}

#[inline(never)]
fn lanes() {
    type Four = Lanes<4>;
    let a = FivePoint::<Four, 3, 5>::laplacian(Four::splat(black_box(0.1)));
    let b = SMatrix::from_element(Four::splat(black_box(1.0)));
    let Ok(sor) = Sor::new(&a, &b, Four::splat(black_box(1.5))) else { return };
    let Ok(stop) = Stop::relative(black_box(1e-5)) else { return };
    let mut state = sor.start();
    let _ = black_box(solvekit::solve(&sor, &mut state, stop));
    black_box(&state);
    if let Ok(cg) = Cg::new(&a, &b) {
        let _ = black_box(solvekit::solve(&cg, &mut cg.start(), stop));
    }
    if let Ok(ssor) = SsorCg::new(&a, &b, Four::splat(black_box(1.5))) {
        let _ = black_box(solvekit::solve(&ssor, &mut ssor.start(), stop));
    }
    if let Ok(shell) = ConjugateDirections::new(&a, &b, Residual) {
        let _ = black_box(solvekit::solve(&shell, &mut shell.start(), stop));
    }
}

/// Everything there is to do with one operator.
fn relax<A: RowOperator<f32>>(a: &A, b: &A::Range)
where
    A::Domain: Copy,
{
    let stop = Stop::relative(black_box(1e-5))
        .and_then(|stop| stop.or_absolute(black_box(1e-9)))
        .and_then(|stop| stop.divergence(black_box(1e6)));
    let Ok(stop) = stop else { return };
    if let Ok(mut sor) = Sor::new(a, b, black_box(1.5)) {
        black_box(sor.set_omega(black_box(1.2)).is_ok());
        let mut state = sor.start();
        let _ = black_box(Run::new(stop).advance(&sor, &mut state, black_box(10)));
        if let Ok(mut again) = sor.start_at(black_box(state.x)) {
            let _ = black_box(solvekit::solve(&sor, &mut again, stop));
            black_box(sor.residual_norm(&again.x));
        }
    }
    if let Ok(adaptive) = AdaptiveSor::new(a, b) {
        let mut state = adaptive.start();
        let _ = black_box(Run::new(stop).advance(&adaptive, &mut state, black_box(10)));
        if let Ok(mut again) = adaptive.start_at(black_box(state.x)) {
            let _ = black_box(solvekit::solve(&adaptive, &mut again, stop));
            black_box(&again);
        }
    }
    conjugate(a, b, stop);
    direct(a, b, stop);
    if let Ok(sor) = Sor::ordered(a, b, black_box(1.5), Symmetric) {
        let _ = black_box(solvekit::solve(&sor, &mut sor.start(), stop));
    }
    if let Ok(mut sor) = BlockSor::<f32, A, 3>::new(a, b, black_box(1.5)) {
        black_box((sor.set_omega(black_box(1.2)).is_ok(), sor.omega()));
        let mut state = sor.start();
        let _ = black_box(solvekit::solve(&sor, &mut state, stop));
        black_box((sor.start_at(state.x).is_ok(), sor.residual_norm(&state.x)));
    }
    let (lower, upper) = (black_box(a.zero_domain()), black_box(a.zero_domain()));
    let bounds = (black_box(&lower), black_box(&upper));
    if let Ok(mut sor) = ProjectedSor::ordered(a, b, black_box(1.5), bounds.0, bounds.1, Backward) {
        black_box((sor.set_omega(black_box(1.2)).is_ok(), sor.omega()));
        let mut state = sor.start();
        let _ = black_box(solvekit::solve(&sor, &mut state, stop));
        black_box((sor.start_at(state.x).is_ok(), sor.natural_residual(&state.x)));
    }
    auto(a, b, Forward);
    let mut x = a.zero_domain();
    let mut y = a.zero_range();
    black_box(a.lower_dot(black_box(3), &x) + a.upper_dot(black_box(3), &x));
    a.apply(&x, &mut y);
    a.apply_adjoint(&y, &mut x);
    black_box(a.row_dot(black_box(3), &x) + a.diagonal(black_box(3)));
    black_box(sum::norm::<f32, _>(&x) + sum::dot(x.as_slice(), y.as_slice()));
    black_box(sum::max_abs(x.as_slice()));
}

/// Arms, terms and bins of the tuners.
const ARMS: usize = 20;

#[inline(never)]
fn conjugate<A: RowOperator<f32>>(a: &A, b: &A::Range, stop: Stop<f32>)
where
    A::Domain: Copy,
{
    if let Ok(cg) = Cg::new(a, b) {
        let mut state = cg.start();
        let _ = black_box(Run::new(stop).advance(&cg, &mut state, black_box(10)));
        if let Ok(mut again) = cg.start_at(black_box(state.x)) {
            let _ = black_box(solvekit::solve(&cg, &mut again, stop));
            black_box((again.curvature(), cg.residual_norm(&mut again)));
        }
    }
    if let Ok(mut ssor) = SsorCg::new(a, b, black_box(1.5)) {
        black_box(ssor.set_omega(black_box(1.2)).is_ok());
        let mut state = ssor.start();
        let _ = black_box(Run::new(stop).advance(&ssor, &mut state, black_box(10)));
        if let Ok(mut again) = ssor.start_at(black_box(state.x)) {
            let _ = black_box(solvekit::solve(&ssor, &mut again, stop));
            black_box((again.curvature(), ssor.residual_norm(&mut again)));
        }
    }
    if let Ok(shell) = ConjugateDirections::new(a, b, Residual) {
        let _ = black_box(solvekit::solve(&shell, &mut shell.start(), stop));
    }
    let Ok(sweep) = Sweep::new(a, black_box(1.5), Symmetric) else { return };
    if let Ok(shell) = ConjugateDirections::new(a, b, sweep) {
        let mut state = shell.start();
        let _ = black_box(Run::new(stop).advance(&shell, &mut state, black_box(10)));
        if let Ok(mut again) = shell.start_at(black_box(state.x)) {
            let _ = black_box(solvekit::solve(&shell, &mut again, stop));
            black_box((again.curvature(), shell.residual_norm(&mut again)));
        }
    }
}

#[inline(never)]
fn direct<A: RowOperator<f32>>(a: &A, b: &A::Range, stop: Stop<f32>)
where
    A::Domain: Copy,
{
    // Room for the largest of the systems here, the 5 × 3 grid.
    let mut memory = black_box([0.0_f32; packed(15)]);
    let Ok(factor) = Cholesky::factor(a, &mut memory) else { return };
    let mut x = black_box([1.0_f32; 15]);
    factor.solve(&mut x);
    black_box((x, factor.order()));
    let Ok(direct) = Refinement::new(a, b, factor) else { return };
    let mut state = direct.start();
    let _ = black_box(solvekit::solve(&direct, &mut state, stop));
    if let Ok(mut again) = direct.start_at(black_box(state.x)) {
        let _ = black_box(Run::new(stop).advance(&direct, &mut again, black_box(2)));
        black_box(&again);
    }
}

/// A sequence with a context, and one without.
fn auto<A: RowOperator<f32>, O: Halves<f32, A> + Copy>(a: &A, b: &A::Range, order: O)
where
    A::Domain: Copy,
{
    let Ok(stop) = Stop::relative(black_box(1e-5)) else { return };
    let mut memory = AutoMemory::new(a.zero_domain());
    if let Ok(told) = memory.with_context(black_box(0.0), black_box(1.0)) {
        memory = black_box(told);
    }
    for _ in 0..black_box(10) {
        memory.tell_context(black_box(0.5));
        let Ok(sor) = AutoSor::ordered(a, b, &memory, black_box(1e-5), order) else { return };
        let mut state = sor.start();
        let report = Run::new(stop).advance(&sor, &mut state, black_box(10));
        black_box(memory.learn(&sor, &state, &report));
        if let Ok(mut again) = sor.start_at(black_box(state.x)) {
            let report = solvekit::solve(&sor, &mut again, stop);
            black_box(memory.learn(&sor, &again, &report));
            black_box((sor.residual_norm(&again.x), again.omega(), sor.charged()));
        }
    }
    black_box((memory.solves(), memory.charged(), memory.clamped(), memory.exponent()));
}

#[inline(never)]
fn tuners() {
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

/// A driver whose every answer is unknown, so that no outcome is left out.
struct Flash;

impl Flash {
    #[inline(never)]
    fn answer() -> Result<(), NorFlashErrorKind> {
        if black_box(true) { Ok(()) } else { Err(NorFlashErrorKind::Other) }
    }
}

impl ErrorType for Flash {
    type Error = NorFlashErrorKind;
}

impl ReadNorFlash for Flash {
    const READ_SIZE: usize = 4;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Self::Error> {
        // Each byte its own: bytes all alike are never a record, which the optimiser can see.
        bytes.iter_mut().for_each(|byte| *byte = black_box(offset as u8));
        Self::answer()
    }

    fn capacity(&self) -> usize {
        black_box(1024)
    }
}

impl NorFlash for Flash {
    const WRITE_SIZE: usize = 8;
    const ERASE_SIZE: usize = 512;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), Self::Error> {
        black_box((from, to));
        Self::answer()
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Self::Error> {
        black_box((offset, bytes));
        Self::answer()
    }
}

#[inline(never)]
fn storage() {
    type Tuner = TsallisInf<f32, 20>;
    let mut bytes = black_box([0; longest::<Tuner>()]);
    let length = black_box(bytes.len());
    let decoded = decode::<Tuner>(bytes.get(..length).unwrap_or(&[]));
    if let Ok(mut tuner) = black_box(decoded) {
        black_box(tuner.select(Round::new(black_box(0.5))).is_ok());
        black_box(encode(&tuner, bytes.get_mut(..length).unwrap_or(&mut [])).is_ok());
    }
    let Ok(tuner) = Tuner::evenly(black_box(1.0), black_box(1.95)) else { return };
    let mut buffer = black_box([0; TwoSlots::<Flash, Tuner>::BUFFER]);
    let regions = [black_box(0)..black_box(512), black_box(512)..black_box(1024)];
    let Ok(mut slots) = TwoSlots::<_, Tuner>::new(Flash, regions) else { return };
    for _ in 0..black_box(3) {
        black_box(slots.save(&tuner, &mut buffer).is_ok());
        if let Ok(Recovery::Stored { value, refused }) = slots.load(&mut buffer) {
            black_box((value, refused));
        }
    }
    black_box(slots.saves_per_erase());
}
