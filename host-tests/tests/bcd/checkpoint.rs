//! A descent that is stored and restored half-way goes on to the same bits.

use crate::fit::{CLASSES, K, M, N, design, labels, response};
use core::convert::Infallible;
use rand_core::TryRng;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use solvekit::bcd::rule::*;
use solvekit::bcd::tree::{GreedyTree, MessagePassing, RandomTree};
use solvekit::bcd::update::*;
use solvekit::bcd::{Descent, Partition, room};
use solvekit::direct::packed;
use solvekit::fit::{DataFit, LeastSquares, Logistic, Quadratic, Softmax};
use solvekit::penalty::{Bounds, GroupL1, L1, NonNegative, Unpenalized};
use solvekit::rows::rule::{Distance, Greedy as GreedyRows, InTurn};
use solvekit::rows::{BlockKaczmarz, Kaczmarz};
use solvekit::{Iteration, Penalty, Run, SMatrix, SVector, Stop};

type Two = SVector<f64, 2>;
type Triangle = SVector<f64, { packed(2) }>;

/// A generator that can be stored; the constants are Knuth's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Congruential(u64);

impl TryRng for Congruential {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Ok((self.0 >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from(self.try_next_u32()?) << 32 | u64::from(self.try_next_u32()?))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for byte in bytes {
            *byte = (self.try_next_u32()? >> 24) as u8;
        }
        Ok(())
    }
}

fn stored<T: Serialize + DeserializeOwned>(value: &T) -> T {
    postcard::from_bytes(&postcard::to_stdvec(value).unwrap()).unwrap()
}

fn survives<I: Iteration<Real = f64>>(iteration: &I, mut state: I::State)
where
    I::State: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    // None of them gets there in 40 steps, or stays where it is.
    let mut run = Run::new(Stop::relative(1e-30).unwrap().max_iterations(40));
    let _ = run.advance(iteration, &mut state, 7);
    let (mut other_run, mut other): (Run<f64>, I::State) = (stored(&run), stored(&state));
    assert_eq!((&run, &state), (&other_run, &other));
    let first = run.advance(iteration, &mut state, u32::MAX);
    let second = other_run.advance(iteration, &mut other, u32::MAX);
    assert_eq!((first, &state), (second, &other));
    // To the bit: a zero keeps its sign.
    assert_eq!(postcard::to_stdvec(&state).unwrap(), postcard::to_stdvec(&other).unwrap());
}

fn descent<F, P, S, U>(fit: &F, start: &F::Point, penalty: P, (rule, update): (S, U))
where
    F: DataFit<Real = f64> + Clone,
    F::Point: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
    P: Penalty<f64>,
    S: Rule<F, P>,
    S::State: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
    U: Update<F, P>,
    U::State: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let descent = Descent::new(fit.clone(), penalty, rule, update);
    survives(&descent, descent.start_from(start.clone()));
}

fn blocks<const COUNT: usize>() -> Partition<[usize; COUNT]> {
    Partition::consecutive([0; COUNT], 2).unwrap()
}

fn every<F>(fit: &F, start: &F::Point, blocks: Cyclic<impl AsRef<[usize]> + Clone>)
where
    F: DataFit<Real = f64> + Clone,
    F::Point: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let (two, triangle) = (Two::zeros(), Triangle::zeros());
    let work = SVector::<f64, { room(2) }>::zeros();
    let newton = Newton::new(two, triangle);
    let (l1, positive) = (L1::new(0.01).unwrap(), NonNegative::new(0.01).unwrap());
    let bounds = Bounds::all(-0.5, 0.5).unwrap();
    let group = GroupL1::new(0.01, 2, fit.unknowns()).unwrap();
    let estimated = Estimated::new(SVector::<f64, 12>::repeat(0.01), two).unwrap();
    let best = || Greedy::new(Proximal, [0; 2], two);
    let cyclic = || blocks.clone();
    descent(fit, start, Unpenalized, (cyclic(), Matrix::new(two, triangle)));
    descent(fit, start, Unpenalized, (cyclic(), newton));
    descent(fit, start, Unpenalized, (best(), Exact::new(newton, 1e-3, 3)));
    descent(fit, start, bounds, (best(), TwoMetric::new(two, triangle, 0.1)));
    descent(fit, start, positive, (cyclic(), TwoMetric::new(two, triangle, 0.1)));
    descent(fit, start, l1, (best(), ProximalNewton::new(two, triangle, 9)));
    descent(fit, start, l1, (best(), Coordinate));
    descent(fit, start, l1, (best(), estimated.lowering(0.5).unwrap()));
    descent(fit, start, l1, (cyclic(), Gradient::new(Certified(work), two)));
    descent(fit, start, group, (cyclic(), Gradient::new(RowSum, two)));
}

#[test]
fn a_descent_survives_a_reset() {
    let (a, y, signs) = (design::<f64>(), response(), labels());
    let fit = LeastSquares::new(&a, &y).unwrap();
    every(&fit, &fit.start(), Cyclic::new(blocks::<N>()));
    let fit = Logistic::new(&a, &signs).unwrap();
    every(&fit, &fit.start(), Cyclic::new(blocks::<N>()));
    let room = (SVector::<f64, { N * K }>::zeros(), [SVector::<f64, M>::zeros(); K]);
    let fit = Softmax::new(&a, &CLASSES, room.0, room.1).unwrap();
    every(&fit, &fit.start(), Cyclic::new(blocks::<{ N * K }>()));
    let gram = a.transpose() * a;
    let gram = (gram + gram.transpose()) * 0.5;
    let b = a.transpose() * y;
    let fit = Quadratic::new(&gram, &b).unwrap();
    every(&fit, &fit.start(), Cyclic::new(blocks::<N>()));
    let two = Two::zeros();
    let random = Congruential(7);
    let permuted = Permuted::new(blocks::<N>(), [0; 2], random.clone()).unwrap();
    descent(&fit, &fit.start(), Unpenalized, (permuted, Coordinate));
    let any = RandomCoordinates::new([0; 2], random.clone()).unwrap();
    descent(&fit, &fit.start(), Unpenalized, (any, Coordinate));
    let sampled = SampledCoordinates::new([0; 2], Two::zeros(), random.clone());
    descent(&fit, &fit.start(), Unpenalized, (sampled, Coordinate));
    let grown = RandomTree::new([[0; N]; 2], random);
    let all = SVector::<f64, N>::zeros();
    let passing = || MessagePassing::new([[0; N]; 4], [all; 2]);
    descent(&fit, &fit.start(), Unpenalized, (grown, passing()));
    let scaled = GreedyQuadratic::scaled(&fit, fit.start(), [0; 2], two, two).unwrap();
    let matrix = || Matrix::new(two, Triangle::zeros());
    descent(&fit, &fit.start(), Unpenalized, (scaled, matrix()));
    let largest = GreedyBlocks::new(GaussSouthwellDiagonal, blocks::<N>(), Two::repeat(1.0));
    descent(&fit, &fit.start(), Unpenalized, (largest, matrix()));
    let tree = GreedyTree::new(GaussSouthwellDiagonal, [[0; N]; 2], all);
    descent(&fit, &fit.start(), Unpenalized, (tree, passing()));
}

#[test]
fn row_methods_survive_a_reset() {
    let a = SMatrix::<f64, N, M>::from_fn(|i, j| design::<f64>()[(j, i)]);
    let b = SVector::<f64, N>::from_fn(|i, _| response::<f64>()[i]);
    let greedy = || GreedyRows::new(Distance, [0; 2], Two::zeros());
    let kaczmarz = Kaczmarz::new(&a, &b, greedy(), 1.0).unwrap();
    survives(&kaczmarz, kaczmarz.start());
    let kaczmarz = Kaczmarz::new(&a, &b, InTurn::new(blocks::<N>()), 1.0).unwrap();
    survives(&kaczmarz, kaczmarz.start());
    let (two, triangle) = (Two::zeros(), Triangle::zeros());
    let block = BlockKaczmarz::new(&a, &b, greedy(), 1.0, two, triangle).unwrap();
    survives(&block, block.start());
}
