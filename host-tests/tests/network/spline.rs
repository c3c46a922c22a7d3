//! A learned shrinkage: what it computes, and what it promises.

use crate::layers::{adjoint, close, residual};
use crate::problem::draw;
use proptest::prelude::*;
use solvekit::network::{
    Coupled, CoupledLayer, MAX_KNOTS, Network, NetworkError, Shrinkage, Soft, Spline,
};
use solvekit::recovery::Sensing;
use std::slice::from_ref;

/// θ ψ(z / θ) from the table, by interpolation.
fn plain(knots: &[f64], values: &[f64], z: f64, theta: f64) -> f64 {
    let u = z.abs() / theta;
    let (mut start, mut level) = (0.0, 0.0);
    for (end, top) in knots.iter().zip(values) {
        if u <= *end {
            let share = (u - start) / (end - start);
            return z.signum() * theta * (level * (1.0 - share) + top * share);
        }
        (start, level) = (*end, *top);
    }
    z.signum() * theta * (level + u - start)
}

/// Knots and values from what lies between them.
fn tables(gaps: &[(f64, f64)]) -> (Vec<f64>, Vec<f64>) {
    let running = |sum: &mut f64, gap: f64| {
        *sum += gap;
        Some(*sum)
    };
    let knots = gaps.iter().map(|gap| gap.0).scan(0.0, running).collect();
    (knots, gaps.iter().map(|gap| gap.1).scan(0.0, running).collect())
}

fn next_up(x: f32) -> f32 {
    f32::from_bits(x.to_bits() + 1)
}

proptest! {
    #[test]
    fn it_interpolates_its_table(
        gaps in prop::collection::vec((0.05_f64..2.0, 0.0_f64..2.0), 1..=MAX_KNOTS),
        z in -40.0_f64..40.0,
        theta in 0.01_f64..3.0,
    ) {
        let (knots, values) = tables(&gaps);
        let spline = Spline::new(&knots, &values).unwrap();
        prop_assert_eq!((spline.knots(), spline.values()), (&knots[..], &values[..]));
        let point = spline.at(z, theta);
        let expected = plain(&knots, &values, z, theta);
        // Slopes are up to 40, each of a few roundings of 40 θ.
        prop_assert!((point.value - expected).abs() < 1e-11, "{} {expected}", point.value);
        let below = knots.iter().filter(|knot| theta * **knot < z.abs()).count();
        prop_assert_eq!(point.interval, below);
        prop_assert_eq!(spline.shrink(3, z, theta), point.value);
        // The slope, and that to θ, away from the kinks.
        let step = 1e-6;
        if knots.iter().all(|knot| (theta * knot - z.abs()).abs() > 50.0 * step) {
            let rise = spline.value(z + step, theta) - spline.value(z - step, theta);
            prop_assert!((rise / (2.0 * step) - point.slope).abs() < 1e-6);
            let rise = spline.value(z, theta + step) - spline.value(z, theta - step);
            let slope = (point.value - z * point.slope) / theta;
            prop_assert!((rise / (2.0 * step) - slope).abs() < 1e-5, "{} {slope}", rise);
        }
        let steepest = gaps.iter().map(|gap| gap.1 / gap.0).fold(1.0, f64::max);
        prop_assert!((spline.steepest() - steepest).abs() < 1e-10 * steepest);
    }

    /// Of any bits at all.
    #[test]
    fn a_constant_has_the_bits_and_the_refusals(
        numbers in prop::collection::vec((any::<f32>(), any::<f32>()), 0..MAX_KNOTS + 3),
        gaps in prop::collection::vec((0.05_f32..2.0, 0.0_f32..2.0), 1..=MAX_KNOTS),
        broken in (0..2 * MAX_KNOTS, any::<f32>()),
    ) {
        let same = |knots: &[f32], values: &[f32]| {
            let (own, plain) = (Spline::constant(knots, values), Spline::new(knots, values));
            let bits = |spline: Spline<f32>| {
                let tables = [spline.knots(), spline.values(), spline.slopes()];
                tables.map(|table| table.iter().map(|x| x.to_bits()).collect::<Vec<_>>())
            };
            (own.map(bits), plain.map(bits))
        };
        let (knots, values): (Vec<_>, Vec<_>) = numbers.into_iter().unzip();
        let (own, plain) = same(&knots, &values);
        prop_assert_eq!(own, plain);
        let (mut knots, mut values): (Vec<_>, Vec<_>) = gaps.into_iter().unzip();
        for table in [&mut knots, &mut values] {
            table.iter_mut().fold(0.0, |sum, gap| {
                *gap += sum;
                *gap
            });
        }
        let (own, plain) = same(&knots, &values);
        prop_assert!(own.is_ok());
        prop_assert_eq!(own, plain);
        // One of them is another number.
        let (place, number) = broken;
        let table = if place % 2 == 0 { &mut knots } else { &mut values };
        let len = table.len();
        table[place / 2 % len] = number;
        let (own, plain) = same(&knots, &values);
        prop_assert_eq!(own, plain);
    }

    /// To the last bit, in the precision where roundings are coarse.
    #[test]
    fn it_never_falls_and_is_odd(
        gaps in prop::collection::vec((0.05_f64..2.0, 0.0_f64..2.0), 1..=MAX_KNOTS),
        near in 0..MAX_KNOTS,
        theta in 0.01_f32..3.0,
    ) {
        let (knots, values) = tables(&gaps);
        let narrow = |v: Vec<f64>| v.into_iter().map(|v| v as f32).collect::<Vec<_>>();
        let (knots, values) = (narrow(knots), narrow(values));
        let spline = Spline::new(&knots, &values).unwrap();
        let mut z = theta * knots[near % knots.len()] * (1.0 - 1e-5);
        let mut before = spline.value(z, theta);
        // Through the knot, number by number.
        for _ in 0..400 {
            z = next_up(z);
            let value = spline.value(z, theta);
            prop_assert!(value >= before, "at {z}: {before} then {value}");
            prop_assert_eq!(spline.value(-z, theta), -value);
            before = value;
        }
    }
}

#[test]
fn one_knot_at_the_threshold_is_soft_thresholding_to_the_bit() {
    let one = Spline::soft(&[1.0_f32]).unwrap();
    let many = Spline::soft(&[0.3_f32, 0.7, 1.0, 1.3, 2.1, 7.7]).unwrap();
    // Two rounded differences and their quotient.
    assert!(many.steepest() <= 1.0 + 2.0 * f32::EPSILON);
    for theta in [0.0, 1e-38, 0.1, 0.7, 3.0e30] {
        let mut z = 1e-42_f32;
        while z.is_finite() {
            for z in [z, -z, theta, -theta, next_up(theta), 0.0, -0.0] {
                let (own, soft) = (one.value(z, theta), Soft.shrink(0, z, theta));
                assert_eq!(own.to_bits(), soft.to_bits(), "{z} {theta}");
                // A value, a knot, a slope and a product are rounded, each by half of that.
                let rounding = 4.0 * f32::EPSILON * z.abs();
                assert!((many.value(z, theta) - soft).abs() <= rounding, "{z} {theta}");
            }
            z *= 1.7;
        }
        assert!(one.value(f32::NAN, theta).is_nan() && many.value(f32::NAN, theta).is_nan());
    }
}

/// What the compiler computes is what a program does.
#[test]
fn a_constant_is_made_while_compiling() {
    const fn table() -> Spline<f32> {
        match Spline::constant(&[0.3, 1.1, 2.7], &[0.1, 0.7, 2.9]) {
            Ok(spline) => spline,
            Err(_) => panic!("no spline"),
        }
    }
    static TABLE: Spline<f32> = table();
    assert_eq!(Spline::new(&[0.3, 1.1, 2.7], &[0.1, 0.7, 2.9]), Ok(TABLE));
    assert_eq!(TABLE.slopes().len(), 3);
    for (knots, values, error) in [
        (&[][..], &[][..], NetworkError::KnotCount { found: 0 }),
        (&[1.0; 17], &[1.0; 17], NetworkError::KnotCount { found: 17 }),
        (&[1.0, 2.0], &[0.0], NetworkError::Length { expected: 2, found: 1 }),
        (&[1.0, 1.0], &[0.0, 0.0], NetworkError::Knot { knot: 1 }),
        (&[f32::NAN], &[0.0], NetworkError::Knot { knot: 0 }),
        (&[1.0, 2.0], &[0.5, 0.4], NetworkError::KnotValue { knot: 1 }),
        (&[1.0], &[f32::NAN], NetworkError::KnotValue { knot: 0 }),
        (&[1e-30], &[1e30], NetworkError::KnotValue { knot: 0 }),
    ] {
        assert_eq!(Spline::constant(knots, values), Err(error));
    }
}

#[test]
fn slopes_are_given_on_the_side_towards_zero() {
    let spline = Spline::new(&[1.0, 2.0], &[0.5, 2.5]).unwrap();
    let at = |z| {
        let point = spline.at(z, 2.0);
        (point.value, point.slope, point.interval)
    };
    assert_eq!(at(0.0), (0.0, 0.5, 0));
    assert_eq!(at(2.0), (1.0, 0.5, 0));
    assert_eq!(at(-3.0), (-3.0, 2.0, 1));
    assert_eq!(at(4.0), (5.0, 2.0, 1));
    assert_eq!(at(-6.0), (-7.0, 1.0, 2));
    // A threshold of nothing changes nothing.
    assert_eq!(spline.value(-3.25, 0.0), -3.25);
}

/// A map that rises is the proximal map of g with g′(ψ(z)) = z − ψ(z): ψ(z) is where g(x) + (x −
/// z)² / 2 is least, as a search finds.
#[test]
fn it_is_a_proximal_map() {
    let spline = Spline::new(&[0.5, 1.0, 2.0], &[0.05, 0.6, 2.2]).unwrap();
    assert!(spline.steepest() > 1.0);
    let (count, width) = (40_000, 4.0);
    // g along ψ by the trapezoidal rule: ∫ (z − ψ) dψ.
    let (mut x, mut g) = (vec![0.0], vec![0.0]);
    for k in 1..=count {
        let z = width * f64::from(k) / f64::from(count);
        let (value, last) = (spline.value(z, 1.0), *x.last().unwrap());
        let before = z - width / f64::from(count) - last;
        g.push(g.last().unwrap() + 0.5 * (z - value + before) * (value - last));
        x.push(value);
    }
    for k in 1..38 {
        let z = 0.1 * f64::from(k);
        let cost = |i: &usize| g[*i] + 0.5 * (x[*i] - z).powi(2);
        let least = (0..x.len()).min_by(|i, j| cost(i).total_cmp(&cost(j))).unwrap();
        // As close as the search steps: 1e-4 · 1.6.
        assert!((x[least] - spline.value(z, 1.0)).abs() < 1e-3, "{z}: {}", x[least]);
    }
}

#[test]
fn coupled_layers_take_one_for_all_or_one_each() {
    let problem = draw(3, (30, 60), 5, 0.01);
    let a = &problem.dictionary;
    let sensing = Sensing::new(a, &problem.measurements).unwrap();
    let layer = |k: i32| CoupledLayer {
        step: 0.2,
        threshold: 0.1 * 0.8_f64.powi(k),
        passing: 0.02 * f64::from(k),
    };
    let numbers: Vec<_> = (0..6).map(layer).collect();
    let table = |k: i32| (vec![0.6, 1.0, 3.0], vec![0.01 * f64::from(k), 0.2, 2.5]);
    let splines: Vec<_> = (0..6).map(|k| Spline::new(&table(k).0, &table(k).1).unwrap()).collect();
    let coupled = Coupled::new(a, from_ref(a), &numbers[..]).unwrap();
    let expected = |own: &dyn Fn(i32) -> i32| {
        let mut x = vec![0.0; 60];
        for (k, layer) in (0..).zip(&numbers) {
            let pull = adjoint(a, &residual(&problem, &x), 60);
            let z: Vec<f64> = x.iter().zip(pull).map(|(x, pull)| x + layer.step * pull).collect();
            let mut sizes: Vec<f64> = z.iter().map(|z| z.abs()).collect();
            sizes.sort_by(|a, b| b.total_cmp(a));
            let passing = (layer.passing * 60.0).floor() as usize;
            let level = if passing == 0 { f64::INFINITY } else { sizes[passing - 1] };
            let (knots, values) = table(own(k));
            let shrunk = |z: &f64| {
                let passes = z.abs() > layer.threshold && z.abs() >= level;
                if passes { *z } else { plain(&knots, &values, *z, layer.threshold) }
            };
            x = z.iter().map(shrunk).collect();
        }
        x
    };
    let one_each = Network::new(sensing, coupled.clone().with_shrinkage(&splines[..]).unwrap());
    let mut state = one_each.start();
    one_each.infer(&mut state);
    close(&state.x, &expected(&|k| k), "one each");
    let one = Network::new(sensing, coupled.clone().with_shrinkage(splines[2]).unwrap());
    let mut state = one.start();
    one.infer(&mut state);
    close(&state.x, &expected(&|_| 2), "one for all");
    // Soft thresholding as a spline is what was there before.
    let (plain, soft) = (
        Network::new(sensing, coupled.clone()),
        Network::new(
            sensing,
            coupled.clone().with_shrinkage(Spline::soft(&[1.0]).unwrap()).unwrap(),
        ),
    );
    let (mut state, mut same) = (plain.start(), soft.start());
    plain.infer(&mut state);
    soft.infer(&mut same);
    assert_eq!(state, same);
}

/// What is read back has the same bits.
#[test]
fn a_kept_spline_is_the_same() {
    for knots in [&[0.3_f32][..], &[0.1, 1.0, 1.7], &[1.0; 1]] {
        let spline = Spline::new(knots, &vec![0.25; knots.len()]).expect("a spline");
        let text = serde_json::to_string(&spline).expect("numbers");
        let again: Spline<f32> = serde_json::from_str(&text).expect("as it was written");
        assert_eq!(again, spline);
    }
}

/// As the constructor refuses them.
#[test]
fn a_kept_spline_that_is_none_is_refused() {
    let spline = Spline::new(&[0.5_f32, 2.0], &[0.25, 1.5]).expect("a spline");
    let good = serde_json::to_value(spline).expect("numbers");
    let refused = |change: &dyn Fn(&mut serde_json::Value), words: &str| {
        let mut kept = good.clone();
        change(&mut kept);
        let told = serde_json::from_value::<Spline<f32>>(kept).expect_err("no spline").to_string();
        assert!(told.contains(words), "`{words}` is not in {told}");
    };
    for (count, cause) in [
        (0, NetworkError::KnotCount { found: 0 }),
        (17, NetworkError::KnotCount { found: 17 }),
        // The rest of the room holds zeros.
        (3, NetworkError::Knot { knot: 2 }),
    ] {
        refused(&|kept| kept["count"] = count.into(), &cause.to_string());
    }
    let knot = |knot| NetworkError::Knot { knot }.to_string();
    for (place, bad) in [(0, -0.5), (0, 0.0), (1, 0.5), (0, 1e39)] {
        refused(
            &|kept| kept["knots"][place] = bad.into(),
            &knot(if bad > 2.0 { 0 } else { place }),
        );
    }
    let value = |knot| NetworkError::KnotValue { knot }.to_string();
    for (place, bad) in [(0, -0.1), (1, 0.1), (1, 1e39)] {
        refused(&|kept| kept["values"][place] = bad.into(), &value(place));
    }
}
