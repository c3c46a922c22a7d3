//! The decrease that every pair of rule and update guarantees, at random points of random quadratics.

use crate::problem::{N, Square, Vector, part, pick, quadratic, somewhere};
use proptest::prelude::*;
use rand_core::SeedableRng;
use rand_pcg::Pcg32;
use solvekit::bcd::rule::*;
use solvekit::bcd::update::*;
use solvekit::bcd::{
    BlockFactors, Descent, Partition, block_constants, block_lipschitz, room, row_sum_lipschitz,
};
use solvekit::direct::packed;
use solvekit::fit::Quadratic;
use solvekit::penalty::Unpenalized;
use solvekit::{Iteration, SVector};

type Fit<'a> = Quadratic<'a, f64, Square>;
type Three = SVector<f64, 3>;
type Packed = SVector<f64, { packed(3) }>;
type Factors = BlockFactors<f64, [usize; N], SVector<f64, { 3 * packed(3) }>>;

struct Problem {
    a: Square,
    b: Vector,
    x: Vector,
    partition: Partition<[usize; N]>,
    constants: Three,
}

impl Problem {
    fn random(seed: u64) -> Self {
        let (a, b) = quadratic(seed);
        let x = somewhere(seed);
        // 3, 3 and 1.
        let partition = Partition::sorted([0; N], 3, |j| x[j]).unwrap();
        let mut constants = Three::zeros();
        let fit = Quadratic::new(&a, &b).unwrap();
        let work = &mut [0.0; room(3)];
        block_constants(&fit, &partition, constants.as_mut_slice(), work).unwrap();
        Self { a, b, x, partition, constants }
    }

    fn value(&self, x: &Vector) -> f64 {
        0.5 * x.dot(&(self.a * x)) - self.b.dot(x)
    }

    fn gradient(&self, x: &Vector) -> Vector {
        self.a * x - self.b
    }

    /// Rounding of two values of f.
    fn noise(&self) -> f64 {
        1e-13
            * (self.x.abs().dot(&(self.a.abs() * self.x.abs()))
                + self.b.abs().dot(&self.x.abs())
                + 1.0)
    }

    /// One step: the block, x⁺ and the decrease.
    fn step<'a, S, U>(
        &'a self,
        fit: Fit<'a>,
        rule: S,
        update: U,
    ) -> (Vec<usize>, Vector, f64, U::State)
    where
        S: Rule<Fit<'a>, Unpenalized> + Clone,
        U: Update<Fit<'a>, Unpenalized>,
    {
        let point = fit.start_at(self.x).unwrap();
        let block = pick(&rule, (&fit, &Unpenalized, &point)).0;
        let descent = Descent::new(fit, Unpenalized, rule, update);
        let mut state = descent.start_from(point);
        descent.step(&mut state);
        let x = state.point.x;
        (block, x, self.value(&self.x) - self.value(&x), state.update)
    }

    /// The guarantee of every update for the block that a rule picks.
    fn check<'a, S>(
        &'a self,
        fit: Fit<'a>,
        factors: Option<&Factors>,
        rule: S,
    ) -> Result<(), TestCaseError>
    where
        S: Rule<Fit<'a>, Unpenalized> + Clone,
    {
        let noise = self.noise();
        let work = SVector::<f64, { room(3) }>::zeros();
        let (three, matrix) = (Three::zeros(), Packed::zeros());
        let (block, x, fall, ()) = self.step(fit, rule.clone(), Coordinate);
        let (h, g) = part(&self.a, &self.gradient(&self.x), &block);
        prop_assert!(!block.is_empty());
        let along: f64 =
            block.iter().map(|j| self.a[(*j, *j)] * (x[*j] - self.x[*j]).powi(2)).sum();
        prop_assert!(fall >= 0.5 * along - noise, "coordinate: {fall}, {along}");

        let (_, _, fall, _) = self.step(fit, rule.clone(), Gradient::new(Certified(work), three));
        let lipschitz = block_lipschitz(&fit, &block, &mut [0.0; room(3)]).unwrap();
        prop_assert!(fall >= g.norm_squared() / (2.0 * lipschitz) - noise, "certified: {fall}");
        let (_, _, fall, _) = self.step(fit, rule.clone(), Gradient::new(RowSum, three));
        let rows = row_sum_lipschitz(&fit, &block);
        prop_assert!(fall >= g.norm_squared() / (2.0 * rows) - noise, "row sum: {fall}");
        let known = Gradient::new(Known(self.constants), three);
        let (_, _, fall, _) = self.step(fit, rule.clone(), known);
        // A variable block has no known constant and gets its row sum.
        prop_assert!(fall >= g.norm_squared() / (2.0 * rows) - noise, "known: {fall}");

        for (first, lowering) in [(1.0, 1.0), (1e-3, 1.0), (1e3, 0.5)] {
            let update = Estimated::new(Vector::repeat(first), three).unwrap();
            let update = update.lowering(lowering).unwrap();
            let (_, _, fall, state) = self.step(fit, rule.clone(), update);
            let estimate = state.estimates()[block[0]];
            prop_assert!(block.iter().all(|j| state.estimates()[*j] == estimate));
            prop_assert!(fall >= g.norm_squared() / (2.0 * estimate) - noise, "estimated: {fall}");
            prop_assert!(estimate <= rows.max(first));
        }

        let promised = 0.5 * g.dot(&h.clone().cholesky().unwrap().solve(&g));
        let size = self.noise() * 1e13;
        let exact = |name: &str, x: Vector, fall: f64| -> Result<(), TestCaseError> {
            // Units span 64, so the block's condition number is about 10⁵.
            prop_assert!(fall >= promised - 1e-9 * (size + promised), "{name}: {fall}, {promised}");
            let left = part(&self.a, &self.gradient(&x), &block).1.amax();
            prop_assert!(left <= 1e-10 * (self.gradient(&self.x).amax() + size), "{name}: {left}");
            Ok(())
        };
        let (_, x, fall, _) = self.step(fit, rule.clone(), Matrix::new(three, matrix));
        exact("matrix", x, fall)?;
        let (_, x, fall, _) = self.step(fit, rule.clone(), Newton::new(three, matrix));
        exact("newton", x, fall)?;
        let all = Exact::new(Newton::new(three, matrix), 1e-12, 20);
        let (_, x, fall, _) = self.step(fit, rule.clone(), all);
        exact("exact", x, fall)?;
        let (_, x, fall, _) = self.step(fit, rule.clone(), TwoMetric::new(three, matrix, 0.01));
        exact("two metrics", x, fall)?;
        let (_, x, fall, _) = self.step(fit, rule.clone(), ProximalNewton::new(three, matrix, 20));
        exact("proximal Newton", x, fall)?;
        if let Some(factors) = factors {
            let (_, x, fall, _) = self.step(fit, rule, FactoredMatrix::new(factors, three));
            exact("factored", x, fall)?;
        }
        Ok(())
    }
}

proptest! {
    #[test]
    fn every_pair_guarantees_its_decrease(seed in any::<u64>()) {
        let p = Problem::random(seed);
        let fit = Quadratic::new(&p.a, &p.b).unwrap();
        let factors = BlockFactors::new(&fit, p.partition, SVector::zeros()).unwrap();
        let (some, generator) = (Some(&factors), Pcg32::seed_from_u64(seed));
        let (ones, mut work) = (Three::repeat(1.0), [0.0; room(3)]);
        // Fixed blocks.
        p.check(fit, some, Cyclic::new(p.partition))?;
        p.check(fit, some, Permuted::new(p.partition, [0; 3], generator.clone()).unwrap())?;
        p.check(fit, some, Random::new(p.partition, generator.clone()))?;
        let sampled = Sampled::lipschitz(&fit, p.partition, ones, &mut work, generator.clone());
        p.check(fit, some, sampled.unwrap())?;
        p.check(fit, some, GreedyBlocks::new(GaussSouthwell, p.partition, ones))?;
        p.check(fit, some, GreedyBlocks::new(GaussSouthwellDiagonal, p.partition, ones))?;
        p.check(fit, some, GreedyBlocks::lipschitz(&fit, p.partition, ones, &mut work).unwrap())?;
        p.check(fit, some, GreedyQuadraticBlocks::new(&factors, ones))?;
        // Any coordinates.
        p.check(fit, None, PermutedCoordinates::new(N, 3, [0; N], generator.clone()).unwrap())?;
        p.check(fit, None, RandomCoordinates::new([0; 3], generator.clone()).unwrap())?;
        p.check(fit, None, SampledCoordinates::new([0; 3], ones, generator))?;
        p.check(fit, None, Greedy::new(GaussSouthwell, [0; 3], ones))?;
        p.check(fit, None, Greedy::new(GaussSouthwellDiagonal, [0; 3], ones))?;
        let rows = GaussSouthwellRowSum::new(&fit, Vector::zeros()).unwrap();
        p.check(fit, None, Greedy::new(rows, [0; 3], ones))?;
        p.check(fit, None, Greedy::new(Proximal, [0; 3], ones))?;
        p.check(fit, None, GreedyQuadratic::plain(&fit, fit.start(), [0; 3], ones, ones).unwrap())?;
        p.check(fit, None, GreedyQuadratic::scaled(&fit, fit.start(), [0; 3], ones, ones).unwrap())?;
    }

    /// At one and the same point no rule promises more with the matrix step than GSQ, nor more with
    /// the gradient step than GSL.
    #[test]
    fn the_guarantees_are_ranked(seed in any::<u64>()) {
        let p = Problem::random(seed);
        let fit = Quadratic::new(&p.a, &p.b).unwrap();
        let point = fit.start_at(p.x).unwrap();
        let here = (&fit, &Unpenalized, &point);
        let g = p.gradient(&p.x);
        let ones = Three::repeat(1.0);
        let matrix = |block: usize| {
            let (h, g) = part(&p.a, &g, p.partition.block(block));
            0.5 * g.dot(&h.cholesky().unwrap().solve(&g))
        };
        let gradient = |block: usize| {
            part(&p.a, &g, p.partition.block(block)).1.norm_squared() / (2.0 * p.constants[block])
        };
        let factors: Factors = BlockFactors::new(&fit, p.partition, SVector::zeros()).unwrap();
        let gsq = pick(&GreedyQuadraticBlocks::new(&factors, ones), here).1.unwrap();
        let gsl = GreedyBlocks::lipschitz(&fit, p.partition, ones, &mut [0.0; room(3)]).unwrap();
        let gsl = pick(&gsl, here).1.unwrap();
        let gs = pick(&GreedyBlocks::new(GaussSouthwell, p.partition, ones), here).1.unwrap();
        for block in [gs, gsl, 0, 1, 2] {
            prop_assert!(matrix(gsq) >= matrix(block) * (1.0 - 1e-9));
            prop_assert!(gradient(gsl) >= gradient(block) * (1.0 - 1e-14));
        }
        // What is promised with the block's own matrix is never less than with its constant.
        prop_assert!((0..3).all(|block| matrix(block) >= gradient(block) * (1.0 - 1e-9)));
    }
}

/// With g = 0 nothing moves, whatever the rule and the update.
#[test]
fn where_the_gradient_is_zero_nothing_moves() {
    let a = Square::from_fn(|i, j| if i == j { 4.0 } else { 1.0 });
    let x = Vector::repeat(1.0);
    let b = a * x;
    let fit = Quadratic::new(&a, &b).unwrap();
    let p = Problem { a, b, x, ..Problem::random(1) };
    assert_eq!(p.gradient(&x), Vector::zeros());
    let (three, matrix) = (Three::zeros(), Packed::zeros());
    let fixed = Cyclic::new(p.partition);
    let any = Greedy::new(GaussSouthwell, [0; 3], three);
    let factors: Factors = BlockFactors::new(&fit, p.partition, SVector::zeros()).unwrap();
    macro_rules! stays {
        ($($update:expr),* $(,)?) => {$(
            assert_eq!(p.step(fit, fixed, $update).1, x);
            assert_eq!(p.step(fit, any.clone(), $update).1, x);
        )*};
    }
    stays!(
        Coordinate,
        Gradient::new(Certified(SVector::<f64, { room(3) }>::zeros()), three),
        Gradient::new(RowSum, three),
        Estimated::new(Vector::repeat(1.0), three).unwrap(),
        Matrix::new(three, matrix),
        Newton::new(three, matrix),
        Exact::new(Newton::new(three, matrix), 1e-9, 9),
        TwoMetric::new(three, matrix, 0.1),
        ProximalNewton::new(three, matrix, 9),
        FactoredMatrix::new(&factors, three),
    );
}
