//! Derivatives against dual numbers through the deployed layers, and against differences.

use crate::dual::Dual;
use crate::planted::{KINDS, Kind, LAMBDA, Planted, deployed, layer, numbers, residual};
use solvekit::Real;
use solvekit_host::matrix::DenseMatrix;
use solvekit_host::training::gradient::{Evaluation, Goal, Loss, Packed, Space, Unrolled, Weights};

const SHAPE: (usize, usize) = (17, 30);
const SIGNALS: usize = 11;
const LAYERS: usize = 5;

const LOSSES: [Loss; 3] =
    [Loss::Supervised, Loss::Lasso { lambda: LAMBDA }, Loss::Subset { lambda: LAMBDA }];

/// The mean loss after the deployed layers, summed over layers by weight.
fn loss<R: Real>(
    planted: &Planted,
    kind: Kind,
    goal: &Goal,
    weights: &[DenseMatrix<R>],
    all: &[(R, R, R)],
) -> R {
    let a = planted.matrix::<R>(&planted.a);
    let mut total = R::ZERO;
    for (x, y) in planted.x.iter().zip(&planted.y) {
        let y: Vec<R> = y.iter().map(|y| R::from_f64(*y)).collect();
        for (k, weight) in goal.weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
            let found = deployed(kind, &a, &weights[..=k], &all[..=k], &y);
            let (mut apart, mut sizes, mut count) = (R::ZERO, R::ZERO, R::ZERO);
            for (found, x) in found.iter().zip(x) {
                let off = *found - R::from_f64(*x);
                apart += off * off;
                sizes += found.abs();
                count += if *found == R::ZERO { R::ZERO } else { R::ONE };
            }
            let squares = residual(&a, &found, &y).into_iter().fold(R::ZERO, |sum, r| sum + r * r);
            let half = R::from_f64(0.5) * squares;
            total += R::from_f64(*weight)
                * match goal.loss {
                    Loss::Supervised => apart,
                    Loss::Lasso { lambda } => half + R::from_f64(lambda) * sizes,
                    Loss::Subset { lambda } => half + R::from_f64(lambda) * count,
                };
        }
    }
    total / R::from_u32(planted.y.len() as u32)
}

fn weights_of<R: Real>(planted: &Planted, kind: Kind) -> Vec<DenseMatrix<R>> {
    let (a, w) = (planted.matrix(&planted.a), planted.matrix(&planted.w));
    let each = |k: usize| if k % 2 == 1 && kind == Kind::Each { a.clone() } else { w.clone() };
    (0..LAYERS).map(each).collect()
}

fn unrolled(planted: &Planted, kind: Kind) -> Unrolled<f64> {
    let each = weights_of::<f64>(planted, kind);
    let weights = match kind {
        Kind::Ista | Kind::Iht => Weights::Dictionary,
        Kind::Shared => Weights::Shared(Packed::new(&each[0])),
        Kind::Each => Weights::Each(each.iter().map(Packed::new).collect()),
    };
    Unrolled::new(&planted.matrix(&planted.a), weights).expect("the same shape")
}

fn gradient(planted: &Planted, kind: Kind, goal: &Goal) -> Evaluation {
    let all: Vec<_> = (0..LAYERS).map(|k| numbers::<f64>(kind, k)).collect();
    let layers: Vec<_> = all.iter().map(|one| layer(kind, *one, SHAPE.1)).collect();
    unrolled(planted, kind).gradient(&layers, goal, &planted.batch(), &mut Space::new())
}

#[track_caller]
fn close(own: f64, exact: f64, scale: f64, about: &str) {
    // Both are sums of some thousand roundings of numbers of this size.
    assert!((own - exact).abs() <= 1e-12 * scale, "{about}: {own} {exact}");
}

/// Of all kinds and losses, after the last layer and after every one.
#[test]
fn derivatives_are_those_of_dual_numbers_through_the_deployed_layers() {
    let planted = Planted::draw(21, SHAPE, SIGNALS);
    for (kind, loss_kind) in KINDS.into_iter().flat_map(|kind| LOSSES.map(|loss| (kind, loss))) {
        for goal in [Goal::last(loss_kind, LAYERS), Goal::anytime(loss_kind, LAYERS)] {
            let about = format!("{kind:?}, {goal:?}");
            let own = gradient(&planted, kind, &goal);
            let weights = weights_of::<Dual>(&planted, kind);
            let plain: Vec<(Dual, Dual, Dual)> = (0..LAYERS).map(|k| numbers(kind, k)).collect();
            let exact = |k: usize, threshold: bool| {
                let mut all = plain.clone();
                let number = if threshold { &mut all[k].1 } else { &mut all[k].0 };
                *number = Dual::variable(number.value);
                loss(&planted, kind, &goal, &weights, &all)
            };
            let scale =
                own.by_step.iter().chain(&own.by_threshold).fold(1.0_f64, |m, d| m.max(d.abs()));
            let mut moved = 0;
            for k in 0..LAYERS {
                let by_step = exact(k, false);
                close(own.loss, by_step.value, by_step.value, &about);
                // The step of unfolded ISTA is also in its threshold.
                let lambda = if kind == Kind::Ista { LAMBDA } else { 0.0 };
                let combined = own.by_step[k] + lambda * own.by_threshold[k];
                close(combined, by_step.slope, scale, &format!("{about}, γ of layer {k}"));
                moved += usize::from(combined != 0.0);
                if matches!(kind, Kind::Shared | Kind::Each) {
                    let by_threshold = exact(k, true).slope;
                    close(own.by_threshold[k], by_threshold, scale, &format!("{about}, θ of {k}"));
                }
            }
            assert!(moved >= LAYERS - 1, "{about}: nothing to compare");
        }
    }
}

/// ∂loss/∂W of some entries.
#[test]
fn derivatives_by_weights() {
    let planted = Planted::draw(22, SHAPE, SIGNALS);
    for loss_kind in LOSSES {
        let goal = Goal::anytime(loss_kind, LAYERS);
        let all: Vec<_> = (0..LAYERS).map(|k| numbers::<f64>(Kind::Each, k)).collect();
        let layers: Vec<_> = all.iter().map(|one| layer(Kind::Each, *one, SHAPE.1)).collect();
        let network = unrolled(&planted, Kind::Each);
        let mut space = Space::new();
        let _ = network.gradient(&layers, &goal, &planted.batch(), &mut space);
        let own = network.weight_derivatives(LAYERS, &space);
        let plain: Vec<(Dual, Dual, Dual)> = (0..LAYERS).map(|k| numbers(Kind::Each, k)).collect();
        let weights = weights_of::<Dual>(&planted, Kind::Each);
        for (k, own) in own.iter().enumerate() {
            let scale = own.iter().fold(0.0_f64, |m, d| m.max(d.abs()));
            assert!(scale > 0.0);
            for place in (k..SHAPE.0 * SHAPE.1).step_by(37) {
                let mut moved = weights.clone();
                let mut values = moved[k].values().to_vec();
                values[place] = Dual::variable(values[place].value);
                moved[k] = DenseMatrix::from_columns(SHAPE.0, values).expect("whole columns");
                let exact = loss(&planted, Kind::Each, &goal, &moved, &plain).slope;
                close(own[place], exact, scale, &format!("{loss_kind:?}, W of {k}, {place}"));
            }
        }
    }
}

/// Central differences, where no entry crosses its threshold between the two.
#[test]
fn derivatives_are_limits_of_differences() {
    let planted = Planted::draw(23, SHAPE, SIGNALS);
    for kind in KINDS {
        let goal = Goal::last(Loss::Supervised, LAYERS);
        let own = gradient(&planted, kind, &goal);
        let weights = weights_of::<f64>(&planted, kind);
        let at = |k: usize, by: f64| {
            let mut all: Vec<(f64, f64, f64)> = (0..LAYERS).map(|k| numbers(kind, k)).collect();
            all[k].0 += by;
            loss(&planted, kind, &goal, &weights, &all)
        };
        for k in 0..LAYERS {
            let step = 1e-6;
            let difference = (at(k, step) - at(k, -step)) / (2.0 * step);
            let lambda = if kind == Kind::Ista { LAMBDA } else { 0.0 };
            let exact = own.by_step[k] + lambda * own.by_threshold[k];
            // The third derivative times 1e-12, and rounding over 1e-6: both far below.
            let off = (difference - exact).abs();
            assert!(off <= 1e-6 * (1.0 + exact.abs()), "{kind:?}, layer {k}: {difference} {exact}");
        }
    }
}

/// One thread or several, the same sums in the same order.
#[test]
fn threads_change_no_bit() {
    let planted = Planted::draw(24, (40, 90), 61);
    let network = {
        let weight = Packed::new(&planted.matrix::<f32>(&planted.w));
        Unrolled::new(&planted.matrix(&planted.a), Weights::Shared(weight)).expect("the shape")
    };
    let layers: Vec<_> =
        (0..LAYERS).map(|k| layer(Kind::Shared, numbers::<f32>(Kind::Shared, k), 90)).collect();
    let goal = Goal::anytime(Loss::Supervised, LAYERS);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| network.gradient(&layers, &goal, &planted.batch(), &mut Space::new()))
    };
    let one = with(1);
    assert!(one.loss > 0.0 && one.by_step.iter().all(|d| *d != 0.0));
    for threads in [2, 3, 8] {
        assert_eq!(with(threads), one);
    }
}
