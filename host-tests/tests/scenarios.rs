//! Every firmware story on the host, against the same expected output as on every board.

use scenarios::Line;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../firmware-examples/src/bin")
}

fn host_says(story: impl Fn(&mut dyn FnMut(Line))) -> String {
    let mut text = String::new();
    story(&mut |line| text.push_str(&format!("{line}\n")));
    text
}

fn check(name: &str, story: impl Fn(&mut dyn FnMut(Line))) {
    let path = folder().join(name).with_extension("out");
    let expected = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    assert_eq!(host_says(story), expected, "the host differs from {}", path.display());
}

#[test]
fn relax() {
    check("relax", |mut say| scenarios::relax::story(&mut say));
}

#[test]
fn watched() {
    check("watched", |mut say| scenarios::watched::story(&mut say));
}

#[test]
fn array() {
    check("array", |mut say| scenarios::array::story(&mut say));
}

#[test]
fn drift() {
    check("drift", |mut say| scenarios::drift::story(&mut say));
}

#[test]
fn compass() {
    check("compass", |mut say| scenarios::compass::story(&mut say));
}

#[test]
fn faulty() {
    check("faulty", |mut say| scenarios::faulty::story(&mut say));
}

#[test]
fn frame() {
    check("frame", |mut say| scenarios::frame::story(&mut say));
}

#[test]
fn busy_pin() {
    check("busy_pin", |mut say| scenarios::busy_pin::story(&mut say));
}

#[test]
fn reset() {
    check("reset", |mut say| scenarios::reset::story(&mut say));
}

#[test]
fn balance() {
    check("balance", |mut say| scenarios::balance::story(&mut say));
}

#[test]
fn heat() {
    check("heat", |mut say| scenarios::heat::story(&mut say));
}

#[test]
fn refit() {
    check("refit", |mut say| scenarios::refit::story(&mut say));
}

#[test]
fn labels() {
    check("labels", |mut say| scenarios::labels::story(&mut say));
}

#[test]
fn biosignal() {
    check("biosignal", |mut say| scenarios::biosignal::story(&mut say));
}

#[test]
fn biosignal_q8() {
    check("biosignal_q8", |mut say| scenarios::biosignal::story_q8(&mut say));
}

#[test]
fn deployed() {
    check("deployed", |mut say| scenarios::deployed::story(&mut say));
}

#[test]
fn retrain() {
    check("retrain", |mut say| scenarios::retrain::story(&mut say));
}

#[test]
fn unmix() {
    check("unmix", |mut say| scenarios::unmix::story(&mut say));
}

/// The amounts are those of the best of all 64 sets of gases, by normal equations in f64.
#[test]
fn the_gases_are_those_of_an_exhaustive_search() {
    use scenarios::NoMeter;
    use scenarios::unmix::{self, GASES, SPECTRA};
    use solvekit::nalgebra::{DMatrix, DVector};
    let exact = |tick: u32| {
        let y = DVector::from_fn(unmix::BANDS, |i, _| f64::from(unmix::reading(tick)[i]));
        let mut best = (f64::INFINITY, DVector::zeros(GASES));
        for set in 1..1_u32 << GASES {
            let gases: Vec<usize> = (0..GASES).filter(|gas| set >> gas & 1 == 1).collect();
            let a =
                DMatrix::from_fn(y.len(), gases.len(), |i, k| f64::from(SPECTRA[(i, gases[k])]));
            let amounts = (a.transpose() * &a).lu().solve(&(a.transpose() * &y)).expect("regular");
            let misfit = (&y - &a * &amounts).norm();
            if amounts.iter().all(|amount| *amount >= 0.0) && misfit < best.0 {
                let mut all = DVector::zeros(GASES);
                gases.iter().zip(&amounts).for_each(|(gas, amount)| all[*gas] = *amount);
                best = (misfit, all);
            }
        }
        best.1
    };
    let close = |tick: u32, amounts: &unmix::Amounts| {
        let found = DVector::from_fn(GASES, |gas, _| f64::from(amounts[gas]));
        let exact = exact(tick);
        // A stationarity of 1e-5 × ‖Aᵀy‖_∞ (at most 8), times ‖(AᵀA)⁻¹‖_∞ (2.1).
        assert!((&found - &exact).amax() <= 1.7e-4, "reading {tick}: {found} {exact}");
        let truth = unmix::truth(tick);
        // Noise of 0.01 in each band is one of 0.009 at most in an amount: three times that, and room.
        assert!((truth - amounts).amax() <= 0.03, "reading {tick}: {truth} {amounts}");
        assert!((0..GASES).all(|gas| truth[gas] < 0.03 || amounts[gas] > 0.0), "reading {tick}");
    };
    let mut steps = Vec::new();
    let blocks = unmix::by_blocks(&mut NoMeter, |tick, report, amounts| {
        close(tick, amounts);
        steps.push(report.iterations);
    });
    let passes = unmix::by_gases(&mut NoMeter, |tick, _, amounts| close(tick, amounts));
    assert_eq!([blocks, passes].map(|outcome| outcome.failures), [0; 2]);
    // Mostly the block of the first step is the right one; where another gas appears it takes more.
    let short = steps.iter().filter(|steps| **steps <= 2).count();
    assert!(short >= 10, "{steps:?}");
    assert!(5 * blocks.steps < passes.steps, "{blocks:?}, {passes:?}");
}

/// The same means by LU factors in f64, and fewer changes by trees than by passes.
#[test]
fn the_rooms_are_those_of_an_exact_solution() {
    use scenarios::labels;
    use solvekit::nalgebra::{DMatrix, DVector};
    assert_eq!(labels::edges().count(), labels::EDGES);
    let exact = |tick: u32| {
        let (mut a, mut b) =
            (DMatrix::<f64>::zeros(labels::N, labels::N), DVector::zeros(labels::N));
        for (i, j, weight) in labels::edges() {
            for (own, other) in [(i, j), (j, i)] {
                a[(own, own)] += f64::from(weight);
                a[(own, other)] -= f64::from(weight);
            }
        }
        for room in labels::MEASURED {
            a.row_mut(room).fill(0.0);
            a[(room, room)] = 1.0;
            b[room] = f64::from(labels::reading(room, tick));
        }
        a.lu().solve(&b).expect("a regular matrix")
    };
    let close = |tick: u32, rooms: &labels::Rooms| {
        let error = (exact(tick) - rooms.map(f64::from)).amax();
        // A stationarity of 1e-5 × max |b| (about 60), times ‖A⁻¹‖_∞ (about 10).
        assert!(error <= 6e-3, "tick {tick}: {error}");
    };
    let greedy = labels::by_greedy_trees(close);
    let (_, fixed) = labels::by_fixed_trees(close);
    let passes = labels::by_rooms(close);
    assert_eq!([greedy, fixed, passes].map(|outcome| outcome.failures), [0; 3]);
    // As many steps as passes, but of two thirds of the rooms each.
    assert!(greedy.changes < passes.changes, "{greedy:?}, {passes:?}");
}

/// The same time steps by LU factors in f64.
#[test]
fn the_heated_plate_is_that_of_exact_steps() {
    use scenarios::heat;
    use solvekit::nalgebra::{DMatrix, DVector};
    const SIDE: usize = scenarios::sequence::SIDE;
    let mut exact = DVector::<f64>::zeros(SIDE * SIDE);
    let mut largest: f64 = 0.0;
    heat::run(&mut heat::tuner(), &mut |_, step, plate| {
        let r = f64::from(step.ratio);
        let a = DMatrix::from_fn(SIDE * SIDE, SIDE * SIDE, |p, q| {
            let apart = (p % SIDE).abs_diff(q % SIDE) + (p / SIDE).abs_diff(q / SIDE);
            [1.0 + 4.0 * r, -r, 0.0][apart.min(2)]
        });
        let (row, column) = heat::torch(step.number);
        exact[row + SIDE * column] += 100.0;
        largest = largest.max(exact.norm());
        exact = a.lu().solve(&exact).expect("a regular matrix");
        let error = (exact.map(|u| u as f32) - DVector::from_column_slice(plate.as_slice())).norm();
        // ‖A⁻¹‖ ≤ 1, so a step adds at most its residual and keeps what was wrong before it.
        let most = f64::from(step.number + 1) * f64::from(heat::TOLERANCE) * largest;
        assert!(f64::from(error) <= most, "step {}: {error} of at most {most}", step.number);
    });
}

#[test]
fn the_favourite_omega_follows_the_diffusivity() {
    use scenarios::heat;
    use solvekit::tuner::Fixed;
    let mut favourites = Vec::new();
    let learned = heat::run(&mut heat::tuner(), &mut |tuner, _, _| {
        favourites.push(tuner.inner().favourite());
    });
    let quarter = heat::STEPS as usize / 4;
    let (high, low) = (favourites[quarter], favourites[3 * quarter]);
    assert!(high >= 1.5 && low <= 1.1, "{high} at the largest diffusivity, {low} at the least");
    let fixed = heat::run(&mut Fixed::new(1.0).expect("valid"), &mut |_, _, _| ());
    assert!(2 * learned.sweeps < fixed.sweeps, "{} of {}", learned.sweeps, fixed.sweeps);
}

#[test]
fn every_story_is_checked_here() {
    let listed: BTreeSet<_> = [
        "array",
        "balance",
        "biosignal",
        "biosignal_q8",
        "busy_pin",
        "compass",
        "deployed",
        "drift",
        "faulty",
        "frame",
        "heat",
        "labels",
        "refit",
        "relax",
        "reset",
        "retrain",
        "unmix",
        "watched",
    ]
    .map(String::from)
    .into();
    let found = fs::read_dir(folder()).expect("the stories").flatten().map(|entry| entry.path());
    let outputs = found.filter(|path| path.extension().is_some_and(|e| e == "out"));
    let names: BTreeSet<_> =
        outputs.map(|p| p.file_stem().expect("a name").to_string_lossy().into_owned()).collect();
    // The count_ images measure kernels for the boards; the others are stories.
    let stories: BTreeSet<_> =
        names.into_iter().filter(|name| !name.starts_with("count_")).collect();
    assert_eq!(stories, listed);
}
