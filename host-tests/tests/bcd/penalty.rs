//! Every penalty against its definition, minimised by brute force in f64.

use solvekit::penalty::{
    Bounds, ElasticNet, L0, L1, Mcp, NonNegative, Penalty, Scad, Separable, Unpenalized,
};
use solvekit::{Real, SVector};

/// A separable penalty, and what it is on paper.
struct Case<P> {
    name: &'static str,
    penalty: P,
    definition: fn(f64) -> f64,
    /// Where a derivative jumps or a piece ends.
    kinks: &'static [f64],
    /// The step from which the scalar problem is no longer convex.
    convex_below: f64,
}

trait Visit<R: Real> {
    fn visit<P: Separable<R>>(&mut self, case: Case<P>);
}

const CONVEX: f64 = f64::INFINITY;

fn inside(x: f64, l: f64, u: f64) -> f64 {
    if (l..=u).contains(&x) { 0.0 } else { f64::INFINITY }
}

fn mcp(x: f64) -> f64 {
    // The integral of the slope max(λ − s/γ, 0) from 0 to |x|, for λ = 1 and γ = 2.
    let end = x.abs().min(2.0);
    end - end * end / 4.0
}

fn scad(x: f64) -> f64 {
    // The same for λ = 0.5 and a = 3: slopes 0.5, then falling to 0 at 1.5.
    let (first, second) = (x.abs().min(0.5), x.abs().clamp(0.5, 1.5) - 0.5);
    0.5 * first + 0.5 * second - second * second / 4.0
}

/// Every separable penalty, with parameters and bounds that are exact in f32.
fn each<R: Real>(visit: &mut impl Visit<R>) {
    let r = R::from_f64;
    let case = |name, definition, kinks, convex_below| (name, definition, kinks, convex_below);
    macro_rules! case {
        ($penalty:expr, $definition:expr, $kinks:expr, $convex:expr) => {{
            let (name, definition, kinks, convex_below) =
                case(stringify!($penalty), $definition as fn(f64) -> f64, $kinks, $convex);
            visit.visit(Case { name, penalty: $penalty, definition, kinks, convex_below });
        }};
    }
    case!(Unpenalized, |_| 0.0, &[][..], CONVEX);
    case!(L1::new(r(0.5)).unwrap(), |x: f64| 0.5 * x.abs(), &[0.0], CONVEX);
    // Never convex; a sum of it and a parabola is lowest at 0 or at the parabola's middle.
    case!(L0::new(r(0.5)).unwrap(), |x| if x == 0.0 { 0.0 } else { 0.5 }, &[0.0], 0.0);
    let net = |x: f64| 0.5 * x.abs() + 0.375 * x * x;
    case!(ElasticNet::new(r(0.5), r(0.75)).unwrap(), net, &[0.0], CONVEX);
    case!(NonNegative::default(), |x| inside(x, 0.0, f64::INFINITY), &[0.0], CONVEX);
    let priced = |x| inside(x, 0.0, f64::INFINITY) + 0.75 * x;
    case!(NonNegative::new(r(0.75)).unwrap(), priced, &[0.0], CONVEX);
    case!(Bounds::all(r(-0.5), r(1.25)).unwrap(), |x| inside(x, -0.5, 1.25), &[-0.5, 1.25], CONVEX);
    let open = Bounds::all(-R::INFINITY, r(0.25)).unwrap();
    case!(open, |x| inside(x, f64::NEG_INFINITY, 0.25), &[0.25], CONVEX);
    case!(Bounds::all(r(0.5), r(0.5)).unwrap(), |x| inside(x, 0.5, 0.5), &[0.5], CONVEX);
    case!(Mcp::new(r(1.0), r(2.0)).unwrap(), mcp, &[-2.0, 0.0, 2.0], 2.0);
    case!(Scad::new(r(0.5), r(3.0)).unwrap(), scad, &[-1.5, -0.5, 0.0, 0.5, 1.5], 2.0);
}

/// Short, at the edge of what is convex, just beyond, between a − 1 and a + 1, and long.
const STEPS: [f64; 7] = [0.0625, 0.5, 1.0, 1.875, 2.0, 3.0, 20.0];

/// −6 … 6, exact in f32; every kink is among them.
fn numbers() -> impl Iterator<Item = f64> + Clone {
    (-96..=96).map(|k| f64::from(k) / 16.0)
}

#[test]
fn values_are_those_of_the_definition() {
    struct Values;
    impl Visit<f64> for Values {
        fn visit<P: Separable<f64>>(&mut self, case: Case<P>) {
            for x in numbers() {
                let (value, expected) = (case.penalty.value(3, x), (case.definition)(x));
                // Exact but for the orders in which terms are added.
                let close = value == expected || (value - expected).abs() < 1e-14;
                assert!(close, "{}: {value} for {expected} at {x}", case.name);
            }
        }
    }
    each(&mut Values);
}

#[test]
fn prox_has_the_least_objective_of_a_fine_grid() {
    struct Grid;
    impl Visit<f64> for Grid {
        fn visit<P: Separable<f64>>(&mut self, case: Case<P>) {
            let z = |k: i32| f64::from(k) / 1024.0;
            for (step, v) in STEPS.into_iter().flat_map(|t| numbers().map(move |v| (t, v))) {
                let objective = |z: f64| (case.definition)(z) + (z - v) * (z - v) / (2.0 * step);
                let candidates = (-8 * 1024..=8 * 1024).map(z);
                let best = candidates.min_by(|a, b| objective(*a).total_cmp(&objective(*b)));
                let best = best.unwrap();
                let found = case.penalty.prox(0, step, v);
                let name = case.name;
                // Rounding of an objective of at most 300.
                assert!(
                    objective(found) <= objective(best) + 1e-13,
                    "{name}: {found} for {best}, step {step}, v = {v}"
                );
                // Strongly convex, so that the grid has its neighbour.
                if step < case.convex_below {
                    assert!(
                        (found - best).abs() <= 1.0 / 1024.0,
                        "{name}: {found} for {best}, step {step}, v = {v}"
                    );
                }
            }
        }
    }
    each(&mut Grid);
}

#[test]
fn prox_is_monotone_and_firmly_nonexpansive_where_convex() {
    struct Nonexpansive;
    impl Visit<f64> for Nonexpansive {
        fn visit<P: Separable<f64>>(&mut self, case: Case<P>) {
            let pairs = numbers().flat_map(|u| numbers().map(move |v| (u, v)));
            for (step, (u, v)) in STEPS.into_iter().flat_map(|t| pairs.clone().map(move |p| (t, p)))
            {
                let (p, q) = (case.penalty.prox(0, step, u), case.penalty.prox(0, step, v));
                let name = case.name;
                // Two roundings of numbers up to 6.
                assert!((p - q) * (u - v) >= -1e-14, "{name}: step {step}, {u} and {v}");
                if case.convex_below == CONVEX {
                    let (moved, gap) = ((p - q) * (p - q), (p - q) * (u - v));
                    assert!(moved <= gap + 1e-13, "{name}: step {step}, {u} and {v}");
                }
            }
        }
    }
    each(&mut Nonexpansive);
}

/// The left and the right derivative, infinite where a side is not allowed.
fn one_sided(definition: fn(f64) -> f64, x: f64) -> (f64, f64) {
    // Exact differences for pieces that are lines; an error of 1e-6 · curvature for the others.
    let h = 1.0 / f64::from(1 << 20);
    ((definition(x) - definition(x - h)) / h, (definition(x + h) - definition(x)) / h)
}

#[test]
fn distances_are_those_from_the_finite_differences() {
    struct Distances;
    impl Visit<f64> for Distances {
        fn visit<P: Separable<f64>>(&mut self, case: Case<P>) {
            for (x, gradient) in numbers().flat_map(|x| numbers().map(move |g| (x, g))) {
                let distance = case.penalty.distance(1, x, gradient);
                let name = case.name;
                if (case.definition)(x).is_infinite() {
                    assert_eq!(distance, f64::MAX, "{name} at {x}");
                    continue;
                }
                let (left, right) = one_sided(case.definition, x);
                let expected = (left + gradient).max(-gradient - right).max(0.0);
                assert!(
                    (distance - expected).abs() < 2e-6,
                    "{name}: {distance} for {expected} at {x}, gradient {gradient}"
                );
            }
        }
    }
    each(&mut Distances);
}

#[test]
fn a_distance_of_zero_is_a_fixed_point_of_prox() {
    struct Fixed;
    impl Visit<f64> for Fixed {
        fn visit<P: Separable<f64>>(&mut self, case: Case<P>) {
            let points = numbers().flat_map(|x| numbers().map(move |g| (x, g)));
            for (x, gradient) in points.filter(|(x, _)| (case.definition)(*x).is_finite()) {
                let distance = case.penalty.distance(0, x, gradient);
                // Everything is a multiple of 1/64, and so is a distance that is not zero.
                let stationary = distance < 1e-13;
                assert!(stationary || distance >= 1.0 / 64.0, "{}: {distance}", case.name);
                for step in STEPS {
                    let moved = (case.penalty.prox(0, step, x - step * gradient) - x).abs();
                    let fixed = moved < 1e-13;
                    // Beyond convexity prox may leave a stationary point for a better one.
                    let agrees = if step < case.convex_below {
                        fixed == stationary
                    } else {
                        stationary || !fixed
                    };
                    assert!(agrees, "{}: {x}, gradient {gradient}, step {step}", case.name);
                }
            }
        }
    }
    each(&mut Fixed);
}

#[test]
fn slopes_and_curvatures_are_finite_differences_away_from_kinks() {
    struct Slopes;
    impl Visit<f64> for Slopes {
        fn visit<P: Separable<f64>>(&mut self, case: Case<P>) {
            for x in numbers() {
                let (value, name) = ((case.definition)(x), case.name);
                let sticks = case.penalty.sticks(0, x);
                let (left, right) = one_sided(case.definition, x);
                // 0.4: every kink turns by more, no curvature does within one difference.
                let kink = value.is_infinite() || (left - right).abs() > 0.4;
                assert_eq!(sticks, kink, "{name} at {x}");
                if case.kinks.contains(&x) || value.is_infinite() {
                    continue;
                }
                let slope = case.penalty.slope(0, x);
                assert!((slope - 0.5 * (left + right)).abs() < 1e-9, "{name}: {slope} at {x}");
                let h = 1.0 / 1024.0;
                let around = (case.definition)(x - h) + (case.definition)(x + h);
                let second = (around - 2.0 * value) / (h * h);
                let curvature = case.penalty.curvature(0, x);
                // Pieces are parabolas: what is left is rounding, 1e-15 / h².
                assert!((curvature - second).abs() < 2e-8, "{name}: {curvature} at {x}");
            }
        }
    }
    each(&mut Slopes);
}

/// What f32 and f64 make of the same numbers.
#[derive(Default)]
struct Answers(Vec<(String, f64, [f64; 3])>);

impl<R: Real + Into<f64>> Visit<R> for Answers {
    fn visit<P: Separable<R>>(&mut self, case: Case<P>) {
        for (step, v) in STEPS.into_iter().flat_map(|t| numbers().map(move |v| (t, v))) {
            let x = case.penalty.prox(0, R::from_f64(step), R::from_f64(v));
            let y = R::from_f64(v);
            let answers = [x, case.penalty.value(0, y), case.penalty.distance(0, x, y)];
            let about = format!("{}: step {step}, v = {v}", case.name);
            self.0.push((about, step, answers.map(Into::into)));
        }
    }
}

#[test]
fn single_precision_says_the_same() {
    let (mut single, mut double) = (Answers::default(), Answers::default());
    each::<f32>(&mut single);
    each::<f64>(&mut double);
    for ((about, _, single), (_, _, double)) in single.0.iter().zip(&double.0) {
        for (s, d) in single.iter().zip(double) {
            // A few roundings of numbers up to 20, at most 16 times larger where the scalar problem
            // is nearly flat (step 1.875 of 2).
            let close = (s - d).abs() < 32.0 * 6.0 * f64::from(f32::EPSILON);
            assert!(s == d || close || (*s, *d) == (f32::MAX.into(), f64::MAX), "{about}: {s} {d}");
        }
    }
}

#[test]
fn what_is_not_a_number_stays_so() {
    struct Stays;
    impl Visit<f32> for Stays {
        fn visit<P: Separable<f32>>(&mut self, case: Case<P>) {
            let (p, name, nan) = (&case.penalty, case.name, f32::NAN);
            for step in STEPS {
                assert!(p.prox(0, step as f32, nan).is_nan(), "{name}");
            }
            assert!(name == "Unpenalized" || p.value(0, nan).is_nan(), "{name}");
            for x in [-9.0, -0.5, 0.0, 0.25, 0.5, 1.25, 9.0] {
                assert!(p.distance(0, x, nan).is_nan(), "{name} at {x}");
                for infinite in [f32::INFINITY, f32::NEG_INFINITY] {
                    assert!(!p.distance(0, x, infinite).is_finite(), "{name} at {x}");
                }
            }
            assert!(name == "Unpenalized" || p.distance(0, nan, 0.5).is_nan(), "{name}");
            let all = p.stationarity(&[0.5, 0.5, 0.5], |j| if j == 1 { nan } else { 0.0 });
            assert!(all.is_nan(), "{name}");
            // The step of a coordinate that has no curvature.
            assert!(p.prox(0, f32::MAX, 0.75).is_finite(), "{name}");
            assert!(p.prox(0, f32::MAX, f32::MAX).is_finite(), "{name}");
        }
    }
    each(&mut Stays);
}

#[test]
fn bounds_of_each_coordinate_are_its_own() {
    let bounds = Bounds::new(SVector::from([-1.0, 0.0, 2.0]), SVector::from([1.0, 0.5, 3.0]));
    let bounds = bounds.unwrap();
    let mut v = [5.0, -5.0, 5.0];
    bounds.prox_block(&[2, 1, 0], 1.0, &mut v);
    assert_eq!(v, [3.0, 0.0, 1.0]);
    // Beyond the last, the last.
    assert_eq!(bounds.of(9), (2.0, 3.0));
    assert_eq!(bounds.total(&[0.0, 0.25, 2.5]), 0.0);
    assert_eq!(bounds.total(&[0.0, 0.75, 2.5]), f64::INFINITY);
}
