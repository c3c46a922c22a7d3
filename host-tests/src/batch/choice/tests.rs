use super::{Crossover, Crossovers, Curve, ROUNDS, Way};
use crate::batch::{Backend, Batch, Matrices, Shape, SorBatch, Systems};
use solvekit::Stop;

const SCALAR: Way = Way { backend: Backend::Scalar, threads: 1 };
const SIMD: Way = Way { backend: Backend::Simd, threads: 1 };
const GPU: Way = Way { backend: Backend::Gpu, threads: 1 };
const CUDA: Way = Way { backend: Backend::Cuda, threads: 1 };

/// One at a time; sixteen at a time; much at once after a while; not there.
fn seconds(way: Way, count: usize) -> Option<f64> {
    let count = count as f64;
    match way.backend {
        Backend::Scalar => Some(1e-6 * count),
        Backend::Simd => Some(2e-6 * (count / 16.0).ceil()),
        Backend::Gpu => Some(1e-4 + 2e-8 * count),
        _ => None,
    }
}

/// The least time of the functions themselves.
fn best(count: usize) -> f64 {
    [SCALAR, SIMD, GPU]
        .map(|way| seconds(way, count).expect("there"))
        .into_iter()
        .fold(f64::MAX, f64::min)
}

#[test]
fn whatever_the_number_the_choice_is_nearly_the_best() {
    let shape = Shape { family: "test", bits: 32, sizes: [8, 1, 1] };
    let mut crossover = Crossover::new(shape, 1);
    let mut measured = 0;
    let asked = |way, count| {
        measured += 1;
        seconds(way, count)
    };
    assert!(crossover.extend(16_384, &[SCALAR, SIMD, GPU, CUDA], asked));
    for count in (0..17).map(|k| 1 << k).chain([3, 15, 17, 33, 100, 1_000, 3_000, 50_000]) {
        let way = crossover.fastest(count).expect("something");
        let own = seconds(way, count).expect("there");
        assert!(own <= 1.1 * best(count), "{count}: {way:?} takes {own}, the best {}", best(count));
    }
    // Nothing is measured twice, nor what is hopeless: the fourth way is asked once.
    assert!(!crossover.extend(16_384, &[SCALAR, SIMD, GPU, CUDA], |_, _| panic!("known")));
    assert!(measured < ROUNDS * 3 * 15, "{measured}");
}

#[test]
fn what_a_small_batch_left_open_a_larger_one_measures() {
    let shape = Shape { family: "test", bits: 32, sizes: [8, 1, 1] };
    let mut crossover = Crossover::new(shape, 1);
    assert!(!crossover.extend(0, &[SCALAR, SIMD], seconds));
    assert_eq!(crossover.fastest(3), None);
    assert!(crossover.extend(5, &[SCALAR, SIMD], seconds));
    assert_eq!(crossover.measured, 4);
    assert!(crossover.extend(100, &[SCALAR, SIMD], seconds));
    assert_eq!((crossover.measured, crossover.fastest(1)), (64, Some(SCALAR)));
    assert_eq!(crossover.fastest(64), Some(SIMD));
}

/// A device that came or went, or a build with another feature.
#[test]
fn other_ways_are_measured_anew() {
    let shape = Shape { family: "test", bits: 32, sizes: [8, 1, 1] };
    let mut crossover = Crossover::new(shape, 1);
    assert!(crossover.extend(4_096, &[SCALAR, SIMD, GPU], seconds));
    assert_eq!(crossover.fastest(50_000), Some(GPU));
    assert!(crossover.extend(64, &[SCALAR, SIMD], seconds));
    assert_eq!((crossover.measured, crossover.fastest(50_000)), (64, Some(SIMD)));
}

#[test]
fn between_measurements_times_lie_on_lines() {
    let points = vec![(1, 1.0), (2, 1.5), (4, 3.5)];
    let curve = Curve { way: SCALAR, points, is_out: false };
    for (count, seconds) in [(0, 1.0), (1, 1.0), (2, 1.5), (3, 2.5), (4, 3.5)] {
        assert_eq!(curve.at(count), seconds, "{count}");
    }
}

#[test]
fn beyond_measurements_one_that_was_disturbed_changes_little() {
    // A start of 3 and 1/4 for each, seen with the cache's own ways before that.
    let steady = |count: usize| 3.0 + 0.25 * count as f64;
    let mut points: Vec<_> = (5..12).map(|k| (1 << k, steady(1 << k))).collect();
    points.insert(0, (16, 1.0));
    let curve = |points| Curve { way: SCALAR, points, is_out: false };
    for count in [4_096, 65_536] {
        // Roundings of eight digits less than f64 has, by differences of shares that are small.
        let found = curve(points.clone()).at(count);
        assert!((found - steady(count)).abs() < 1e-8 * steady(count), "{count}: {found}");
    }
    for place in 4..8 {
        let mut points = points.clone();
        points[place].1 *= 1.2;
        let found = curve(points).at(65_536);
        let ratio = found / steady(65_536);
        assert!((0.8..1.25).contains(&ratio), "{place}: {ratio}");
    }
    // One alone, and one after which everything was faster: no less than a quarter for each.
    assert_eq!(curve(vec![(8, 4.0)]).at(16), 8.0);
    let faster = curve(vec![(8, 4.0), (16, 4.0)]);
    assert_eq!((faster.growth(), faster.at(32)), (0.0, 5.0));
}

#[test]
fn they_are_kept_in_a_file_that_may_be_broken_or_another_machines() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("new").join("crossovers.json");
    let (a, b) = ([2.0_f32], [1.0_f32; 40]);
    let systems = Systems::new(1, Matrices::Shared(&a), &b).expect("systems");
    let batch = SorBatch::new(systems, 1.0, Stop::relative(1e-3).expect("a tolerance"));
    let choose = |crossovers: &Crossovers| crossovers.choose(&batch, 2, &[SCALAR, SIMD], seconds);

    let first = Crossovers::kept_in(Some(file.clone()));
    assert_eq!(choose(&first), Some(SIMD));
    let again = Crossovers::kept_in(Some(file.clone()));
    assert_eq!(again.known(), first.known());
    let settled = |ways: &[Way], count| again.settled(batch.shape(), 2, ways, count);
    assert_eq!(settled(&[SCALAR, SIMD], 40), Some(SIMD));
    assert_eq!((settled(&[SCALAR, SIMD], 400), settled(&[SCALAR, GPU], 40)), (None, None));
    let known = |_, _| panic!("known");
    assert_eq!(again.choose(&batch, 2, &[SCALAR, SIMD], known), Some(SIMD));

    let text = std::fs::read_to_string(&file).expect("the file");
    for broken in [text.replacen("machine\":\"", "machine\":\"not ", 1), text[..40].to_owned()] {
        std::fs::write(&file, broken).expect("the file");
        assert!(Crossovers::kept_in(Some(file.clone())).known().is_empty());
    }
    // A folder where the file should be: nothing is kept, and nothing fails.
    let nowhere = Crossovers::kept_in(Some(folder.path().to_owned()));
    assert_eq!(choose(&nowhere), Some(SIMD));
}
