//! Block coordinate descent: every rule and every update.

use core::hint::black_box;
use rand_core::SeedableRng;
use rand_pcg::Pcg32;
use solvekit::bcd::rule::{
    Cyclic, GaussSouthwell, GaussSouthwellDiagonal, GaussSouthwellRowSum, Greedy, GreedyBlocks,
    GreedyQuadratic, GreedyQuadraticBlocks, Permuted, PermutedCoordinates, Proximal, Random,
    RandomCoordinates, Rule, Sampled, SampledCoordinates,
};
use solvekit::bcd::update::{
    Certified, Coordinate, Estimated, Exact, FactoredMatrix, Gradient, Known, Matrix, Newton,
    ProximalNewton, RowSum, TwoMetric, Update,
};
use solvekit::bcd::{
    BlockFactors, Descent, Extrapolated, Partition, block_constants, history, room,
};
use solvekit::direct::packed;
use solvekit::fit::{DataFit, LeastSquares, Quadratic};
use solvekit::penalty::{L1, Unpenalized};
use solvekit::{Penalty, Run, SMatrix, SVector, Stop};

const N: usize = 7;
type Vector = SVector<f32, N>;
type Three = SVector<f32, 3>;
type Triangle = SVector<f32, { packed(3) }>;

fn go<F, P, S, U>(fit: &F, start: F::Point, penalty: P, (rule, update): (S, U))
where
    F: DataFit<Real = f32> + Clone,
    P: Penalty<f32>,
    S: Rule<F, P>,
    U: Update<F, P>,
{
    let Ok(stop) = Stop::relative(black_box(1e-5)) else { return };
    let descent = Descent::new(fit.clone(), penalty, rule, update);
    let mut state = descent.start_from(black_box(start));
    let report = Run::new(stop).advance(&descent, &mut state, black_box(10));
    let _ = black_box((report, descent.objective(&state.point)));
}

#[inline(never)]
fn every_rule<F>(fit: &F, start: &F::Point)
where
    F: DataFit<Real = f32> + Clone,
{
    let order = black_box([0_usize, 1, 2, 3, 4, 5, 6]);
    let Ok(blocks) = Partition::given(order, black_box(3)) else { return };
    let generator = || Pcg32::seed_from_u64(black_box(1));
    let three = black_box(Three::from_element(1.0));
    let mut work = black_box([0.0_f32; room(3)]);
    macro_rules! goes {
        ($($rule:expr),* $(,)?) => {$(
            go(fit, start.clone(), Unpenalized, ($rule, Coordinate));
        )*};
    }
    let by_size = |j: usize| fit.lipschitz(j);
    let (sorted, averaged) =
        (Partition::sorted(order, 3, by_size), Partition::averaged(order, 3, by_size));
    if let (Ok(sorted), Ok(averaged)) = (sorted, averaged) {
        goes!(Cyclic::new(sorted), Cyclic::new(averaged));
    }
    if let Ok(rule) = Permuted::new(blocks, black_box([0_usize; 3]), generator()) {
        goes!(rule);
    }
    if let Ok(rule) =
        PermutedCoordinates::new(N, black_box(3), black_box([0_usize; N]), generator())
    {
        goes!(rule);
    }
    goes!(Random::new(blocks, generator()));
    if let Ok(rule) = RandomCoordinates::new(black_box([0_usize; 3]), generator()) {
        goes!(rule);
    }
    if let Ok(rule) = Sampled::lipschitz(fit, blocks, three, &mut work, generator()) {
        goes!(rule);
    }
    goes!(
        SampledCoordinates::new(black_box([0_usize; 3]), three, generator()),
        GreedyBlocks::new(GaussSouthwellDiagonal, blocks, three),
        Greedy::new(GaussSouthwell, black_box([0_usize; 3]), three),
        Greedy::new(Proximal, black_box([0_usize; 3]), three),
    );
    if let Ok(rule) = GreedyBlocks::lipschitz(fit, blocks, three, &mut work) {
        goes!(rule);
    }
    if let Ok(score) = GaussSouthwellRowSum::new(fit, black_box(Vector::from_element(0.0))) {
        goes!(Greedy::new(score, black_box([0_usize; 3]), three));
    }
    let memory = black_box(SVector::<f32, { 3 * packed(3) }>::from_element(0.0));
    if let Ok(factors) = BlockFactors::new(fit, blocks, memory) {
        let rule = GreedyQuadraticBlocks::new(&factors, three);
        go(fit, start.clone(), Unpenalized, (rule, FactoredMatrix::new(&factors, three)));
    }
    let indices = black_box([0_usize; 3]);
    if let Ok(rule) = GreedyQuadratic::plain(fit, start.clone(), indices, three, three) {
        goes!(rule);
    }
    if let Ok(rule) = GreedyQuadratic::scaled(fit, start.clone(), indices, three, three) {
        goes!(rule);
    }
}

#[inline(never)]
fn every_update<F>(fit: &F, start: &F::Point)
where
    F: DataFit<Real = f32> + Clone,
{
    let Ok(blocks) = Partition::consecutive(black_box([0_usize; N]), black_box(3)) else { return };
    let (three, triangle) = (black_box(Three::zeros()), black_box(Triangle::zeros()));
    let mut work = black_box([0.0_f32; room(3)]);
    let room = black_box(SVector::<f32, { room(3) }>::zeros());
    let newton = Newton::new(three, triangle);
    macro_rules! goes {
        ($penalty:expr; $($update:expr),* $(,)?) => {$(
            go(fit, start.clone(), $penalty, (Cyclic::new(blocks), $update));
        )*};
    }
    goes!(
        Unpenalized;
        Matrix::new(three, triangle),
        newton,
        Exact::new(newton, black_box(1e-3), black_box(4)),
        TwoMetric::new(three, triangle, black_box(0.1)),
    );
    let mut constants = black_box(Three::zeros());
    if block_constants(fit, &blocks, constants.as_mut_slice(), &mut work).is_ok() {
        goes!(Unpenalized; Gradient::new(Known(constants), three));
    }
    let Ok(penalty) = L1::new(black_box(0.1)) else { return };
    goes!(
        penalty;
        Gradient::new(RowSum, three),
        Gradient::new(Certified(room), three),
        ProximalNewton::new(three, triangle, black_box(5)),
    );
    if let Ok(update) = Estimated::new(black_box(Vector::from_element(1.0)), three)
        && let Ok(update) = update.lowering(black_box(0.5))
    {
        goes!(penalty; update);
    }
}

#[inline(never)]
fn leap<F>(fit: &F, start: &F::Point)
where
    F: DataFit<Real = f32> + Clone,
{
    let Ok(stop) = Stop::relative(black_box(1e-5)) else { return };
    let Ok(blocks) = Partition::consecutive(black_box([0_usize; N]), black_box(3)) else { return };
    let Ok(penalty) = L1::new(black_box(0.1)) else { return };
    let descent = Descent::new(fit.clone(), penalty, Cyclic::new(blocks), Coordinate);
    let Ok(leaping) = Extrapolated::new(descent, black_box(3)) else { return };
    let memory = black_box(SVector::<f32, { history(3, N) }>::zeros());
    let Ok(mut state) = leaping.start_from(black_box(start.clone()), memory) else { return };
    let report = Run::new(stop).advance(&leaping, &mut state, black_box(50));
    let _ = black_box((report, state.tried(), state.accepted()));
}

#[inline(never)]
pub(super) fn solve() {
    let a = black_box(SMatrix::<f32, N, N>::identity());
    let b = black_box(Vector::from_element(1.0));
    if let Ok(fit) = Quadratic::new(&a, &b) {
        every_rule(&fit, &fit.start());
        every_update(&fit, &fit.start());
        leap(&fit, &fit.start());
    }
    let design = black_box(SMatrix::<f32, 5, N>::from_element(1.0));
    let response = black_box(SVector::<f32, 5>::from_element(1.0));
    if let Ok(fit) = LeastSquares::new(&design, &response) {
        every_rule(&fit, &fit.start());
        every_update(&fit, &fit.start());
        leap(&fit, &fit.start());
    }
}
