//! The tuners that choose by context: bins and ChebCB.

use crate::toy::{Draw, uniforms};
use proptest::prelude::*;
use solvekit::nalgebra::{DMatrix, DVector};
use solvekit::tuner::{
    Arms, ChebCb, Cost, Interval, OmegaTuner, Round, TsallisBins, TsallisInf, TunerError,
};
use std::num::NonZeroU32;

type Cheb = ChebCb<f64, 6, 4>;

fn arms<const K: usize>() -> Arms<f64, K> {
    Arms::evenly(1.2, 1.9).expect("valid")
}

fn interval() -> Interval<f64> {
    Interval::new(-0.15, 0.65).expect("valid")
}

fn cheb() -> Cheb {
    ChebCb::new(arms(), interval()).expect("valid")
}

/// A cost that wants a smaller ω at a larger context.
fn cost(omega: f64, context: f64) -> f64 {
    30.0 + 200.0 * (omega - (1.7 - 0.4 * context)).powi(2)
}

/// What one round showed.
struct Seen {
    arm: usize,
    u: f64,
    excess: f64,
}

/// Plays rounds of the toy problem with noise.
fn play(tuner: &mut Cheb, rounds: usize, noise: f64) -> Vec<Seen> {
    let mut random = uniforms(41);
    let mut next = move || random.next().expect("endless");
    let seen = |_| {
        let context = -0.15 + 0.8 * next();
        let omega = tuner.draw_at(next(), context);
        let cost = cost(omega, context) + noise * (next() - 0.5);
        tuner.pay(cost).expect("valid");
        let arm = tuner.arms().iter().position(|arm| *arm == omega).expect("an arm");
        Seen { arm, u: 2.0 * (context + 0.15) / 0.8 - 1.0, excess: cost - 1.0 }
    };
    (0..rounds).map(seen).collect()
}

/// Features and excess costs of one arm's rounds, from Tⱼ(u) = cos(j arccos u).
fn samples(seen: &[Seen], arm: usize) -> (DMatrix<f64>, DVector<f64>) {
    let own: Vec<&Seen> = seen.iter().filter(|one| one.arm == arm).collect();
    let term = |i: usize, j: usize| (j as f64 * own[i].u.clamp(-1.0, 1.0).acos()).cos();
    let features = DMatrix::from_fn(own.len(), 4, term);
    (features, DVector::from_fn(own.len(), |i, _| own[i].excess))
}

/// λ (1 + j²) of the j-th term.
fn penalty(j: usize) -> f64 {
    (1 + j * j) as f64 / 256.0
}

/// Features and excess costs as [`samples`] has them, and the penalties as four more rows.
fn penalised(seen: &[Seen], arm: usize) -> (DMatrix<f64>, DVector<f64>) {
    let (features, excess) = samples(seen, arm);
    let rows = features.nrows();
    let mut features = features.resize_vertically(rows + 4, 0.0);
    (0..4).for_each(|j| features[(rows + j, j)] = penalty(j).sqrt());
    (features, excess.resize_vertically(rows + 4, 0.0))
}

#[test]
fn fits_inside_the_box_are_smooth_least_squares() {
    let mut tuner = cheb();
    let seen = play(&mut tuner, 600, 2.0);
    let (level, slope) = tuner.bounds();
    let mut compared = 0;
    for arm in 0..6 {
        let (features, excess) = penalised(&seen, arm);
        let Ok(exact) = features.clone().svd(true, true).solve(&excess, 1e-12) else { continue };
        let inside =
            (0..4).all(|j| exact[j].abs() <= if j == 0 { level } else { slope / j as f64 });
        if features.nrows() < 4 + 8 || !inside {
            continue;
        }
        compared += 1;
        let theta = tuner.coefficients(arm).expect("an arm");
        for j in 0..4 {
            // Sums of some hundred products of numbers up to 100, and eigenvalues of 1/256 and more.
            assert!((theta[j] - exact[j]).abs() < 1e-8, "{arm}: {theta:?}, should be {exact}");
        }
    }
    assert!(compared >= 3, "only {compared} arms");
}

#[test]
fn fits_that_leave_the_box_are_as_good_as_any_in_it() {
    let mut tuner = cheb();
    // A step within a twentieth of the interval: the free fits are too steep for the box.
    let mut random = uniforms(41);
    let mut seen = Vec::new();
    for _ in 0..40 {
        let context = 0.25 + 0.02 * (2.0 * random.next().expect("endless") - 1.0);
        let omega = tuner.draw_at(random.next().expect("endless"), context);
        let step = if context > 0.25 { 60.0 } else { 0.0 };
        let cost = 30.0 + step + 10.0 * random.next().expect("endless");
        tuner.pay(cost).expect("valid");
        let arm = tuner.arms().iter().position(|arm| *arm == omega).expect("an arm");
        seen.push(Seen { arm, u: 2.0 * (context + 0.15) / 0.8 - 1.0, excess: cost - 1.0 });
    }
    let (level, slope) = tuner.bounds();
    let mut bound = 0;
    for arm in 0..6 {
        let (features, excess) = penalised(&seen, arm);
        if features.nrows() == 4 {
            continue;
        }
        let theta = DVector::from_row_slice(tuner.coefficients(arm).expect("an arm"));
        let limit = |j: usize| if j == 0 { level } else { slope / j as f64 };
        assert!((0..4).all(|j| theta[j].abs() <= limit(j)), "{theta}");
        bound += usize::from((0..4).any(|j| theta[j].abs() == limit(j)));
        // Projected gradients, slow and sure.
        let (gram, h) = (features.transpose() * &features, features.transpose() * &excess);
        let mut best = DVector::<f64>::zeros(4);
        for _ in 0..50_000 {
            best += (&h - &gram * &best) / gram.trace();
            (0..4).for_each(|j| best[j] = best[j].clamp(-limit(j), limit(j)));
        }
        let left = |theta: &DVector<f64>| (&features * theta - &excess).norm_squared();
        // The descent stops after 100 passes: a thousandth of what there was to explain.
        let slack = 1e-3 * excess.norm_squared();
        assert!(left(&theta) <= left(&best) + slack, "{arm}: {theta}, better {best}");
    }
    assert!(bound > 0, "the box binds nowhere");
}

#[test]
fn one_term_predicts_the_mean_of_a_repeated_context_and_a_little_of_a_1() {
    let mut tuner = ChebCb::<f64, 3, 1>::new(arms(), interval()).expect("valid");
    let (mut sums, mut counts) = ([0.0; 3], [0.0; 3]);
    for (round, uniform) in uniforms(43).take(60).enumerate() {
        let omega = tuner.draw_at(uniform, 0.2);
        let arm = tuner.arms().iter().position(|arm| *arm == omega).expect("an arm");
        let cost = 20.0 + (round * 7 % 11) as f64;
        tuner.pay(cost).expect("valid");
        (sums[arm], counts[arm]) = (sums[arm] + cost, counts[arm] + 1.0);
    }
    for (arm, prediction) in tuner.predictions(0.2).into_iter().enumerate() {
        // A cost of 1 counts as if it had been seen 1/256 times.
        let mean = (sums[arm] + penalty(0)) / (counts[arm] + penalty(0));
        assert!((prediction - mean).abs() < 1e-10, "{arm}: {prediction}, mean {mean}");
    }
}

#[test]
fn it_learns_where_each_context_has_its_omega() {
    let mut tuner = cheb();
    play(&mut tuner, 1_000, 4.0);
    for context in [-0.1, 0.2, 0.6] {
        let best = 1.7 - 0.4 * context;
        let favourite = tuner.favourite(context);
        assert!((favourite - best).abs() < 0.1, "{context}: {favourite}, best {best}");
        let chance = tuner.probabilities(context).into_iter().fold(0.0, f64::max);
        assert!(chance > 0.5, "{context}: {chance}");
    }
}

#[test]
fn forgetting_follows_a_jump() {
    let run = |mut tuner: Cheb| {
        let mut late = 0.0;
        for (round, uniform) in uniforms(47).take(3_000).enumerate() {
            let context = -0.15 + 0.8 * ((round * 37) % 100) as f64 / 100.0;
            let omega = tuner.draw_at(uniform, context);
            let best = if round < 1_500 { 1.3 } else { 1.85 };
            let cost = 30.0 + 200.0 * (omega - best).abs();
            tuner.pay(cost).expect("valid");
            late += if round >= 1_500 { cost } else { 0.0 };
        }
        late / 1_500.0
    };
    let faded = run(cheb().forgetting(NonZeroU32::new(100).expect("not zero")));
    let kept = run(cheb());
    assert!(faded < 60.0 && faded < 0.7 * kept, "{faded}, {kept} without forgetting");
}

proptest! {
    #[test]
    fn probabilities_and_coefficients_keep_their_bounds(
        costs in prop::collection::vec(0.0..1e5_f64, 1..80), seed: u64
    ) {
        let mut tuner = cheb();
        let mut random = uniforms(seed);
        for cost in costs {
            let context = random.next().expect("endless");
            let p = tuner.probabilities(context);
            let sum: f64 = p.iter().sum();
            prop_assert!(p.iter().all(|p| *p >= 0.0) && (sum - 1.0).abs() < 1e-12, "{:?}", p);
            let best = tuner.predictions(context).into_iter().enumerate()
                .reduce(|a, b| if b.1 < a.1 { b } else { a }).map_or(0, |(arm, _)| arm);
            prop_assert!(p[best] >= 1.0 / 6.0 - 1e-12, "{:?}", p);
            tuner.draw_at(random.next().expect("endless"), context);
            tuner.pay(cost).expect("valid");
            let (level, slope) = tuner.bounds();
            for arm in 0..6 {
                for (j, theta) in tuner.coefficients(arm).expect("an arm").iter().enumerate() {
                    let limit = if j == 0 { level } else { slope / j as f64 };
                    prop_assert!(theta.abs() <= limit, "{} beyond {}", theta, limit);
                }
            }
        }
    }
}

#[test]
fn bins_are_tuners_of_their_own() {
    let mut bins = TsallisBins::<f64, 5, 4>::new(arms(), Interval::new(0.0, 4.0).expect("valid"))
        .expect("valid");
    let mut alone = [TsallisInf::new(arms::<5>()); 4];
    for (round, uniform) in uniforms(53).take(400).enumerate() {
        let bin = round * 3 % 4;
        // Anywhere in the bin, its lower end included.
        let context = bin as f64 + (round % 5) as f64 / 5.0;
        let omega = bins.draw_at(uniform, context);
        assert_eq!(omega, alone[bin].draw(uniform), "round {round}");
        let cost = 20.0 + 100.0 * (omega - 1.3 - 0.1 * bin as f64).abs();
        bins.pay(cost).expect("valid");
        alone[bin].pay(cost).expect("valid");
        assert_eq!(bins.probabilities(context), alone[bin].probabilities());
    }
    assert_eq!((bins.rounds(), bins.clamped()), (400, 0));
    assert_eq!(bins.favourite(3.5), alone[3].favourite());
    assert_eq!(bins.mean_cost(0.0), alone[0].mean_cost());
}

#[test]
fn a_context_outside_is_moved_to_the_end_and_counted() {
    let mut bins = TsallisBins::<f64, 5, 3>::new(arms(), interval()).expect("valid");
    let mut tuner = cheb();
    play(&mut tuner, 50, 4.0);
    for (outside, inside) in [
        (f64::NEG_INFINITY, -0.15),
        (-0.2, -0.15),
        (f64::INFINITY, 0.65),
        (1e300, 0.65),
        (f64::NAN, 0.25),
    ] {
        assert_eq!(tuner.probabilities(outside), tuner.probabilities(inside), "{outside}");
        let (mut other, counted) = (tuner, tuner.clamped());
        assert_eq!(tuner.draw_at(0.4, outside), other.draw_at(0.4, inside), "{outside}");
        tuner.pay(50.0).expect("valid");
        other.pay(50.0).expect("valid");
        assert_eq!(tuner.clamped(), counted + 1);
        assert_eq!(other.clamped(), counted);
        assert_eq!(tuner.predictions(0.1), other.predictions(0.1));

        let (mut other, counted) = (bins, bins.clamped());
        assert_eq!(bins.draw_at(0.4, outside), other.draw_at(0.4, inside), "{outside}");
        bins.pay(50.0).expect("valid");
        other.pay(50.0).expect("valid");
        assert_eq!(bins.clamped(), counted + 1);
        assert_eq!(bins.probabilities(inside), other.probabilities(inside));
    }
}

#[test]
fn a_censored_cost_is_no_success() {
    let mut tuner = ChebCb::<f64, 2, 2>::new(arms(), interval()).expect("valid");
    let mut random = uniforms(59);
    for _ in 0..50 {
        tuner.draw_at(random.next().expect("endless"), 0.3);
        tuner.pay(100.0).expect("valid");
    }
    let before = tuner.predictions(0.3);
    for _ in 0..50 {
        tuner.draw_at(random.next().expect("endless"), 0.3);
        tuner.update(Cost::Censored(2.0)).expect("valid");
    }
    for (now, before) in tuner.predictions(0.3).into_iter().zip(before) {
        assert!((now - before).abs() < 1e-6, "{now}, {before} before");
    }
}

#[test]
fn predictions_do_not_raise_the_largest_cost_beyond_the_largest_there_is() {
    const LARGEST: f32 = 4_294_967_296.0;
    let unit = Interval::new(-0.5_f32, 0.75).expect("valid");
    let mut tuner =
        ChebCb::<f32, 2, 2>::new(Arms::evenly(1.2, 1.9).expect("valid"), unit).expect("valid");
    let mut random = uniforms(67).map(|uniform| uniform as f32);
    let mut next = move || random.next().expect("endless");
    for round in 0..5_000 {
        // A cliff at the lower end, which the fits carry on to the upper one.
        let end = round % 50 == 49;
        let context = if end { f32::INFINITY } else { -0.5 + 0.1 * next() };
        tuner.draw_at(next(), context);
        for refused in [1e38, f32::NAN, f32::INFINITY] {
            assert_eq!(tuner.pay(refused), Err(TunerError::Cost), "{refused}");
        }
        let cost = if context > -0.45 { LARGEST } else { 1e-38 };
        let told = if end { Cost::Censored(0.0) } else { Cost::Solved(cost) };
        tuner.update(told).expect("valid");
        let (level, slope) = tuner.bounds();
        assert!(level <= LARGEST && slope <= 2.0 * LARGEST, "{level}, {slope}");
        for arm in 0..2 {
            let theta = tuner.coefficients(arm).expect("an arm");
            assert!(theta.iter().all(|theta| theta.is_finite()), "{theta:?}");
        }
        let p = tuner.probabilities(next());
        assert!(p.iter().all(|p| *p >= 0.0) && (p.iter().sum::<f32>() - 1.0).abs() < 1e-5);
    }
}

#[test]
fn in_single_precision_it_learns_too() {
    let arms = Arms::<f32, 20>::evenly(1.0, 1.95).expect("valid");
    let shifts = Interval::new(-0.15, 0.65).expect("valid");
    let mut tuner = ChebCb::<f32, 20, 6>::new(arms, shifts).expect("valid");
    let mut random = uniforms(61);
    let mut next = move || random.next().expect("endless") as f32;
    for _ in 0..20_000 {
        let context = -0.15 + 0.8 * next();
        let round = Round::with_context(next(), context);
        let omega = tuner.select(round).expect("valid").omega;
        tuner.pay(cost(f64::from(omega), f64::from(context)) as f32).expect("valid");
        let p = tuner.probabilities(context);
        assert!(p.iter().all(|p| *p >= 0.0) && (p.iter().sum::<f32>() - 1.0).abs() < 1e-5);
    }
    for context in [-0.1_f32, 0.2, 0.6] {
        let favourite = tuner.favourite(context);
        assert!((favourite - (1.7 - 0.4 * context)).abs() < 0.06, "{context}: {favourite}");
    }
}

#[test]
fn its_size_is_the_documented_one() {
    let words = 20 * (4 * 6 + 3) + 12;
    assert_eq!(size_of::<ChebCb<f32, 20, 6>>(), size_of::<f32>() * words);
    const { assert!(size_of::<ChebCb<f32, 20, 6>>() <= 2_500) };
}
