//! ISTA and IHT.

use crate::model::{Scale, bits, cut};
use crate::sparse::{Codes, Matrix, Problem, in_q31, numbers_of, scale, soft};
use rand_pcg::Pcg32;
use solvekit::fixed::{
    Dictionary, FixedError, Format, I1F15, I1F31, Iht, IhtState, Ista, IstaState, Sensing,
};
use solvekit::{Iteration, Run, Status, Stop, solve};

/// x + α Aᵀ(y − A x).
fn gradient_step(
    a: &Matrix,
    y: &[i128],
    x: &[i128],
    step: Scale,
    overflows: &mut u32,
) -> Vec<i128> {
    let r = a.residual(y, x, overflows);
    let step = Scale { s: step.s + a.exponent, ..step };
    let mut moved = Vec::new();
    for (x, sum) in x.iter().zip(a.correlations(&r)) {
        let change = step.apply(sum, overflows);
        moved.push(cut(x + change, overflows));
    }
    moved
}

/// H_K by sorting places.
fn keep(v: &[i128], k: usize) -> Vec<i128> {
    let mut places: Vec<usize> = (0..v.len()).collect();
    places.sort_by_key(|j| (-v[*j].abs(), *j));
    let mut kept = vec![0; v.len()];
    places.iter().take(k).for_each(|j| kept[*j] = v[*j]);
    kept
}

fn steps_are_those_of_the_model<F: Format + std::fmt::Debug, const M: usize, const N: usize>(
    seed: u64,
    size: f64,
    steps: usize,
) -> u32 {
    let mut random = Pcg32::new(seed, 2);
    let problem = Problem::<M, N>::draw(&mut random);
    let a = Codes::<F, M, N>::new(&problem.dense);
    let (_, y) = problem.signal(&mut random, N / 8 + 1, size);
    let y: [I1F31; M] = in_q31(&y);
    let sensing = Sensing::new(a.dictionary(), &y);
    let (model, y) = (a.model(), bits(&y));
    let step = problem.step();
    let lambda = 0.1 * sensing.largest_correlation();
    let ista = Ista::new(sensing, lambda, step).unwrap();
    let iht = Iht::new(sensing, N / 8 + 1, step).unwrap();
    let (mut own, mut other) = (ista.start(), iht.start());
    let (mut x, mut z) = (vec![0; N], vec![0; N]);
    let (mut overflows, mut others) = (0, 0);
    let threshold = (f64::from(lambda * step) * 2.0_f64.powi(31)).round_ties_even() as i128;
    for k in 0..steps {
        let moved = gradient_step(&model, &y, &x, scale(step), &mut overflows);
        x = moved.into_iter().map(|v| soft(v, threshold)).collect();
        ista.step(&mut own);
        assert_eq!(bits(&own.x), x, "ISTA's step {k} of seed {seed}");
        z = keep(&gradient_step(&model, &y, &z, scale(step), &mut others), N / 8 + 1);
        iht.step(&mut other);
        assert_eq!(bits(&other.x), z, "IHT's step {k} of seed {seed}");
    }
    assert_eq!(ista.overflows(&own), overflows, "seed {seed}");
    assert_eq!(iht.overflows(&other), others, "seed {seed}");
    overflows + others
}

#[test]
fn every_bit_is_that_of_the_exact_model() {
    let mut overflows = [0; 2];
    for seed in 0..40 {
        for (size, count) in [0.1, 2.0].into_iter().zip(&mut overflows) {
            *count += steps_are_those_of_the_model::<I1F15, 5, 9>(seed, size, 8);
            *count += steps_are_those_of_the_model::<I1F31, 5, 9>(seed, size, 8);
            *count += steps_are_those_of_the_model::<I1F31, 9, 7>(seed, size, 8);
        }
    }
    steps_are_those_of_the_model::<I1F15, 64, 128>(1, 0.1, 5);
    // Signals of a tenth fit; of signals beyond the format much is cut off.
    assert!(overflows[0] == 0 && overflows[1] > 100, "{overflows:?}");
}

/// The lasso in f64, by coordinate descent.
fn lasso<const M: usize, const N: usize>(
    problem: &Problem<M, N>,
    y: &[f64],
    lambda: f64,
) -> Vec<f64> {
    let mut r = nalgebra::DVector::from_column_slice(y);
    let mut x = vec![0.0_f64; N];
    for _ in 0..3_000 {
        for (j, x) in x.iter_mut().enumerate() {
            let column = problem.dense.column(j);
            let v = column.dot(&r) + *x;
            let new = v.signum() * (v.abs() - lambda).max(0.0);
            r -= column * (new - *x);
            *x = new;
        }
    }
    x
}

/// In Q31 the fixed point of the step is the lasso's solution but for roundings: each step errs by
/// two units or so, which a contraction adds up to; entries of A by half a unit each, 24 of them.
#[test]
fn ista_ends_at_the_lassos_solution() {
    let mut random = Pcg32::new(5, 2);
    let problem = Problem::<24, 16>::draw(&mut random);
    let (_, y) = problem.signal(&mut random, 4, 0.1);
    let a = Codes::<I1F31, 24, 16>::new(&problem.dense);
    let fixed = in_q31(&y);
    let sensing = Sensing::new(a.dictionary(), &fixed);
    let lambda = 0.05 * sensing.largest_correlation();
    let ista = Ista::new(sensing, lambda, problem.step()).unwrap();
    let mut state = ista.start();
    let report = solve(&ista, &mut state, Stop::relative(1e-7).unwrap());
    assert!(report.converged() && report.overflows == 0, "{report:?}");
    // ‖x − x*‖ ≤ certificate · √N / λ_min(AᵀA), plus the roundings above.
    let gram = problem.dense.transpose() * &problem.dense;
    let least = gram.symmetric_eigenvalues().min();
    let bound = (f64::from(report.residual) * 4.0 + 32.0 * 2.0_f64.powi(-31)) / least;
    let plain = lasso(&problem, &y, f64::from(lambda));
    for (own, plain) in numbers_of(&state.x).iter().zip(&plain) {
        assert!((own - plain).abs() <= bound, "{own} {plain}, bound {bound:e}");
    }
}

#[test]
fn slices_and_clones_change_nothing() {
    let mut random = Pcg32::new(6, 2);
    let problem = Problem::<12, 20>::draw(&mut random);
    let (_, y) = problem.signal(&mut random, 3, 6.0);
    let a = Codes::<I1F15, 12, 20>::new(&problem.dense);
    let y = in_q31(&y);
    let sensing = Sensing::new(a.dictionary(), &y);
    let ista = Ista::new(sensing, 0.01, problem.step()).unwrap();
    let iht = Iht::new(sensing, 3, problem.step()).unwrap();
    let stop = Stop::relative(1e-3).unwrap().max_iterations(60);
    fn check<I: Iteration<Real = f32, State: PartialEq + std::fmt::Debug>>(
        iteration: &I,
        start: I::State,
        stop: Stop<f32>,
    ) {
        let mut whole = (Run::new(stop), start.clone());
        let report = whole.0.advance(iteration, &mut whole.1, u32::MAX);
        assert!(report.overflows > 0, "signals beyond the format: {report:?}");
        for slice in [1, 7] {
            let (mut run, mut state) = (Run::new(stop), start.clone());
            while run.advance(iteration, &mut state, slice).status == Status::Running {
                state = state.clone();
            }
            assert_eq!((run, state), whole, "slices of {slice}");
        }
    }
    check(&ista, ista.start(), stop);
    check(&iht, iht.start(), stop);
}

#[test]
fn bad_input_is_named() {
    let columns = [[I1F15::ZERO; 2]; 3];
    let y = [I1F31::ZERO; 2];
    let sensing = Sensing::new(Dictionary::new(&columns, 0).unwrap(), &y);
    let parameter = Some(FixedError::Parameter);
    for (lambda, step) in [(-1.0, 1.0), (f32::NAN, 1.0), (0.1, 0.0), (0.1, -1.0), (0.1, f32::NAN)] {
        assert_eq!(Ista::new(sensing, lambda, step).err(), parameter, "{lambda} {step}");
    }
    assert_eq!(Iht::new(sensing, 0, 1.0).err(), Some(FixedError::Sparsity { asked: 0, most: 3 }));
    assert_eq!(Iht::new(sensing, 4, 1.0).err(), Some(FixedError::Sparsity { asked: 4, most: 3 }));
    assert_eq!(Iht::new(sensing, 1, f32::INFINITY).err(), parameter);
    assert_eq!(Dictionary::new(&columns, 16).err(), Some(FixedError::Exponent));
    assert_eq!(Dictionary::new(&columns, -17).err(), Some(FixedError::Exponent));
    let none: [[I1F15; 0]; 3] = [[]; 3];
    assert_eq!(Dictionary::new(&none, 0).err(), Some(FixedError::Empty));
    // Nothing to recover: at once, and no NaN.
    let ista = Ista::new(sensing, 0.1, 1.0).unwrap();
    let mut state = IstaState::new([I1F31::ZERO; 3]);
    assert_eq!(solve(&ista, &mut state, Stop::relative(1e-3).unwrap()).iterations, 0);
    let iht = Iht::new(sensing, 1, 1.0).unwrap();
    let mut state = IhtState::new([I1F31::ZERO; 3]);
    assert_eq!(solve(&iht, &mut state, Stop::relative(1e-3).unwrap()).iterations, 0);
}
