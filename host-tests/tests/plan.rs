//! What `solvekit plan` foretells against what was measured at sizes it does not know of.

use clap::ValueEnum;
use solvekit_host::export::Weights;
use solvekit_host::network::Kind;
use solvekit_host::plan::{
    Class, Counted, Demand, Estimate, Part, PlanError, Target, code, counted, estimate,
};

/// Sizes that no line was put through: a flat one, and one with remainders in both directions.
const OTHER: [(u64, u64); 2] = [(24, 80), (27, 83)];

/// Every kind of every storage on every core, with splines where it can have them.
fn each(check: impl Fn(Class, Target)) {
    for target in Target::value_variants() {
        for kind in Kind::value_variants().iter().copied() {
            for weights in [Weights::F32, Weights::Q8] {
                check(Class { kind, splines: false, weights }, *target);
                if kind.learned_shrinkage() {
                    check(Class { kind, splines: true, weights }, *target);
                }
            }
        }
    }
}

fn foretold(class: Class, target: Target, (rows, columns): (u64, u64), knots: u64) -> Estimate {
    let Class { kind, weights, .. } = class;
    let demand = Demand { kind, rows, columns, layers: 16, knots, weights };
    assert_eq!(demand.class(), class);
    estimate(&demand, target).expect("a network")
}

/// Numbers of knots that were measured at a size.
fn knots(all: &[Counted], size: (u64, u64)) -> Vec<u64> {
    let of =
        all.iter().filter(|one| (one.rows, one.columns, one.part) == (size.0, size.1, Part::Layer));
    of.map(|one| one.knots).collect()
}

/// A check and sixteen layers, each counted by itself, and the whole of a module's `recover`.
#[test]
fn instructions_of_other_sizes_are_foretold() {
    each(|class, target| {
        let counted = counted(class, target);
        for (size, knots) in OTHER
            .iter()
            .flat_map(|size| knots(&counted, *size).into_iter().map(move |knots| (*size, knots)))
        {
            let count = |part: Part| {
                let found = counted.iter().find(|one| {
                    (one.part, (one.rows, one.columns), one.knots) == (part, size, knots)
                });
                found.expect("counted").instructions as f64
            };
            let found = foretold(class, target, size, knots).instructions as f64;
            let parts = count(Part::Check) + 16.0 * count(Part::Layer);
            for measured in [parts, count(Part::Recover)] {
                let error = found / measured - 1.0;
                // What was measured when the record was written, rounded up. Products go by tiles, which
                // ends of 3 rows and columns do not fill: they take longer than a line foretells.
                let bound = match (class.kind, class.weights) {
                    (_, Weights::Q8) | (Kind::AdaLista, _) => 0.18,
                    _ if size == OTHER[0] => 0.07,
                    (Kind::Lista, _) => 0.37,
                    _ => 0.23,
                };
                let told = format!("{class:?}, {size:?}, {knots} knots on {target}: {error:.3}");
                assert!(error.abs() < bound, "{told}");
            }
        }
    });
}

/// Splines at sizes and with numbers of knots that no line was put through.
#[test]
fn other_knots_were_measured() {
    each(|class, target| {
        let counted = counted(class, target);
        let of = |size| knots(&counted, size);
        let (flat, odd) = (of(OTHER[0]), of(OTHER[1]));
        if class.splines {
            assert_eq!((flat, odd), (vec![5, 8], vec![8, 12]), "{class:?} on {target}");
        } else {
            assert_eq!((flat, odd), (vec![0], vec![0]), "{class:?} on {target}");
        }
    });
}

/// More knots take longer, and no more memory.
#[test]
fn knots_take_time() {
    each(|class, target| {
        if class.splines {
            let of = |knots| foretold(class, target, (40, 90), knots);
            let (few, many) = (of(2), of(16));
            assert!(few.instructions < many.instructions, "{class:?} on {target}");
            assert_eq!((few.flash_bytes, few.ram_bytes), (many.flash_bytes, many.ram_bytes));
        }
    });
}

#[test]
fn splines_of_other_kinds_and_too_many_knots_are_refused() {
    let of = |kind, knots| {
        let weights = Weights::F32;
        estimate(&Demand { kind, rows: 9, columns: 20, layers: 4, knots, weights }, Target::M4F)
    };
    for kind in Kind::value_variants().iter().filter(|kind| !kind.learned_shrinkage()) {
        assert_eq!(of(*kind, 8), Err(PlanError::OwnShrinkage(*kind)));
    }
    assert_eq!(of(Kind::Alista, 17), Err(PlanError::Knots(17)));
    assert!(of(Kind::Alista, 16).is_ok());
}

/// A module's functions take no more stack than is foretold, at any size, and it is close.
#[test]
fn stacks_are_bounds() {
    each(|class, target| {
        for one in counted(class, target) {
            let size = (one.rows, one.columns);
            let found = foretold(class, target, size, one.knots).stack_bytes;
            if matches!(one.part, Part::Recover | Part::SelfTest) {
                let told = format!("{class:?} on {target}: {one:?}, {found} foretold");
                assert!(found >= one.stack_bytes, "{told}");
                assert!(found < 4 * (one.rows + one.columns) + 1100, "{told}");
            }
        }
    });
}

/// Where it was measured it is told; elsewhere it is the most.
#[test]
fn code_is_that_of_the_size_or_the_most() {
    each(|class, target| {
        let sizes = code(class, target);
        let all: Vec<u64> = sizes.iter().map(|one| one.bytes).collect();
        let (Some(least), Some(most)) = (all.iter().min(), all.iter().max()) else {
            panic!("{class:?} on {target} was not measured")
        };
        let knots = if class.splines { 8 } else { 0 };
        for one in sizes {
            let found = foretold(class, target, (one.rows, one.columns), knots).code_bytes;
            assert_eq!(found, one.bytes, "{class:?} on {target}");
        }
        assert_eq!(foretold(class, target, (40, 90), knots).code_bytes, *most);
        // As the help says.
        assert!(*most as f64 <= 2.4 * *least as f64, "{class:?} on {target}: {all:?}");
    });
}
