//! What `solvekit plan` foretells of solvers, against what was measured of them.

use solvekit_host::plan::Target;
use solvekit_host::plan::solvers::{
    Forecast, ForecastError, Foretold, Measured, Optimisation, Shape, Size, Source, forecast,
    names, of,
};

const TARGETS: [Target; 3] = [Target::M0, Target::M4F, Target::Rv32imafc];
const OPTIMISATIONS: [Optimisation; 2] = [Optimisation::Speed, Optimisation::Size];

/// Every solver of the record on every core and with every optimisation that it was measured with.
fn each(check: impl Fn(&Measured, &dyn Fn(Size) -> Result<Forecast, ForecastError>)) {
    let mut checked = 0;
    for solver in names() {
        for target in TARGETS {
            for optimisation in OPTIMISATIONS {
                if let Some(measured) = of(solver.name, target, optimisation) {
                    check(measured, &|size| forecast(solver.name, size, target, optimisation));
                    checked += 1;
                }
            }
        }
    }
    // Every solver that is no network, on three cores and for speed and size.
    assert_eq!(checked, 43 * 6);
}

/// A size of its shape that is not in the record.
fn between(shape: Shape) -> Size {
    let [rows, columns, snapshots] = match shape {
        Shape::Grid => [Some(9), Some(11), None],
        Shape::Square => [None, Some(22), None],
        Shape::Design => [Some(30), Some(18), None],
        Shape::Arms => [None, Some(25), None],
        Shape::Sensors => [Some(14), Some(9), Some(5)],
        Shape::Readings => [Some(30), None, None],
        _ => [None, None, None],
    };
    Size { rows, columns, snapshots }
}

#[test]
fn what_was_measured_is_told() {
    each(|measured, at| {
        for one in &measured.sizes {
            let found = at(one.size).expect("a size of the record");
            assert_eq!(found.source, Source::Measured);
            let exact = |value| Foretold { value, error: 0.0 };
            assert_eq!(
                (found.code_bytes, found.state_bytes, found.stack_bytes),
                (one.flash_bytes, exact(one.state_bytes), one.stack_bytes)
            );
            assert_eq!((found.first, found.step), (one.first.map(exact), one.step.map(exact)));
            assert_eq!(found.run, one.step.is_none().then_some(exact(one.run)));
        }
    });
}

/// State is foretold to the byte: the models have the terms that the states have. Two end at a multiple of
/// what their largest number is aligned to, behind numbers of 64 bits or a byte for each sensor: they are up
/// to four bytes off.
#[test]
fn state_is_exact() {
    each(|measured, at| {
        if let Ok(found) = at(between(measured.shape)) {
            let least = measured.sizes.iter().map(|one| one.state_bytes).min();
            let rounded = match (measured.solver.as_str(), least) {
                ("fixed-sor" | "auto-calibration", Some(least)) => 4.0 / least as f64,
                _ => 0.0,
            };
            assert!(found.state_bytes.error <= rounded, "{measured:?}");
        }
    });
}

/// A number between those of sizes around it, of the right kind.
#[test]
fn what_is_foretold_lies_among_what_was_measured() {
    each(|measured, at| {
        if measured.shape == Shape::Fixed {
            return;
        }
        let found = match at(between(measured.shape)) {
            Ok(found) => found,
            // A board without the memory for most sizes.
            Err(ForecastError::TooFew { .. }) => return,
            Err(other) => panic!("{other}"),
        };
        assert_eq!(found.source, Source::Foretold, "{measured:?}");
        let calls = measured.sizes.iter().all(|one| one.step.is_none());
        assert_eq!((found.run.is_some(), found.step.is_none()), (calls, calls));
        for one in [found.first, found.step, found.run].into_iter().flatten() {
            let all = measured.sizes.iter().flat_map(|of| [of.first, of.step, Some(of.run)]);
            let all: Vec<_> = all.flatten().collect();
            let (least, most) = (all.iter().min().unwrap(), all.iter().max().unwrap());
            assert!((least..=most).contains(&&one.value), "{measured:?}: {one:?}");
        }
        let flash: Vec<_> = measured.sizes.iter().map(|one| one.flash_bytes).collect();
        assert!(flash.contains(&found.code_bytes));
    });
}

/// As many as are told fit, and one more does not.
#[test]
fn steps_within_a_budget_are_the_most() {
    each(|measured, at| {
        let Some(one) = measured.sizes.first() else { return };
        let found = at(one.size).expect("a size of the record");
        let Some(first) = found.first else {
            assert_eq!(found.steps_within(u64::MAX), None);
            return;
        };
        for budget in [first.value - 1, first.value, 10 * first.value + 7] {
            let steps = found.steps_within(budget).expect("it goes in steps");
            assert!(steps == 0 || found.instructions(Some(steps)).unwrap() <= budget);
            assert!(found.instructions(Some(steps + 1)).unwrap() > budget, "{measured:?}");
        }
        assert_eq!(found.instructions(None), None);
    });
}

#[test]
fn sizes_that_say_nothing_are_refused() {
    let at = |solver: &str, rows, columns, snapshots| {
        let size = Size { rows, columns, snapshots };
        forecast(solver, size, Target::M4F, Optimisation::Speed)
    };
    let message = |error: Result<Forecast, ForecastError>| error.unwrap_err().to_string();
    assert_eq!(message(at("sor", Some(9), None, None)), "--columns: sor needs it");
    let useless = "--rows: the size of cholesky has no such number";
    assert_eq!(message(at("cholesky", Some(9), Some(9), None)), useless);
    assert_eq!(message(at("tracking", Some(9), Some(9), None)), "--snapshots: tracking needs it");
    for size in [0, 4097, u64::MAX] {
        let range = format!("--columns {size}: from 1 to 4096 can be foretold");
        assert_eq!(message(at("cholesky", None, Some(size), None)), range);
    }
    let beyond = at("cholesky", None, Some(64), None).expect("a guess");
    assert_eq!(beyond.source, Source::BeyondMeasured);
    let unmeasured = forecast("sor", Size::default(), Target::M3, Optimisation::Speed);
    let words = "sor was not measured on M3 at opt-level 3: it was on ";
    let told = message(unmeasured);
    assert!(told.starts_with(words) && told.contains("M4F at 3"), "{told}");
    let same = |target| {
        let size = Size { rows: Some(9), columns: Some(9), snapshots: None };
        forecast("sor", size, target, Optimisation::Speed).expect("measured")
    };
    assert_eq!(same(Target::M4F), same(Target::M7F));
}
