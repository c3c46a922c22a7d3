//! Whole batches by each backend and by the one that is chosen, which should be the fastest. Times are
//! per problem.

use super::dense::{matrix, right_hand_side};
use crate::case::{Case, keep};
use solvekit::Stop;
use solvekit_host::batch::{
    Backend, Batch, CholeskyBatch, Crossovers, Matrices, Runner, SorBatch, Systems,
};
use std::hint::black_box;

const N: usize = 16;
/// Systems by which the choice is learned: up to a quarter of them are measured.
const LARGE: usize = 16_384;

/// `COUNT` systems of 16 unknowns, different from each other and row by row.
fn systems<const COUNT: usize>() -> Systems<'static, f32> {
    let all = (0..COUNT).map(|k| matrix::<f32, N>(0.1 * (k % 32) as f64));
    // Symmetric: rows are columns.
    let matrices: &Vec<f32> = keep(all.flat_map(|a| a.as_slice().to_vec()).collect());
    let right_hand_sides: &Vec<f32> =
        keep((0..COUNT * N).map(|k| right_hand_side(k % N + 5 * (k / N))).collect());
    Systems::new(N, Matrices::Own(matrices), right_hand_sides).expect("whole systems")
}

/// Relaxation to 1e-5.
pub fn sor<const COUNT: usize>() -> Case {
    let stop = Stop::relative(1e-5).expect("a tolerance");
    let batch = |systems| SorBatch::new(systems, 1.2, stop);
    contest(batch(systems::<COUNT>()), &batch(systems::<LARGE>()))
}

/// Direct solution.
pub fn cholesky<const COUNT: usize>() -> Case {
    let stop = Stop::relative(1e-4).expect("a tolerance");
    let batch = |systems| CholeskyBatch::new(systems, stop);
    contest(batch(systems::<COUNT>()), &batch(systems::<LARGE>()))
}

/// The choice first: ratios of others below 1 are what it missed.
fn contest<B: Batch<Outcome: PartialEq> + 'static>(batch: B, large: &B) -> Case {
    let batch = keep(batch);
    let crossovers: &Crossovers = keep(Crossovers::unknown());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let auto = Runner::auto().threads(threads).crossovers(crossovers);
    // Measured once, before anybody looks at the clock.
    auto.run(large).expect("on the processor");
    let known = Runner::new(Backend::Scalar).run(batch).expect("the reference");
    let mut ways = vec![("auto".to_owned(), auto)];
    for backend in [Backend::Scalar, Backend::Simd] {
        for threads in [1, threads] {
            let name = format!("{backend}, {threads} threads");
            ways.push((name, Runner::new(backend).threads(threads)));
        }
    }
    let mut case = Case::new("one problem of a batch");
    for (name, runner) in ways {
        let found = runner.run(batch).expect("on the processor");
        assert!(found.numbers == known.numbers && found.outcomes == known.outcomes, "{name}");
        case = case.with_jobs(name, batch.len() as u32, move || {
            black_box(runner.run(black_box(batch)).expect("on the processor"));
        });
    }
    case
}
