//! What `solvekit plan` foretells against what was measured at sizes it does not know of.

use clap::ValueEnum;
use solvekit_host::export::Weights;
use solvekit_host::network::Kind;
use solvekit_host::plan::{Demand, Target, counted, estimate};

/// Sizes that no line was put through: a flat one, and one with remainders in both directions.
const OTHER: [(u64, u64); 2] = [(24, 80), (27, 83)];

/// Kinds that were measured; LISTA-CP has the layers of ALISTA.
const KINDS: [Kind; 4] = [Kind::UnfoldedIsta, Kind::UnfoldedIht, Kind::Alista, Kind::HyperLista];

#[test]
fn instructions_of_other_sizes_are_foretold() {
    let mut worst = (0.0, String::new());
    for target in Target::value_variants() {
        for kind in KINDS {
            let counted = counted(kind, *target);
            for (rows, columns) in OTHER {
                let count = |is_layer: bool| {
                    let of_size = |one: &&_| {
                        let one: &solvekit_host::plan::Counted = one;
                        (one.is_layer, one.rows, one.columns) == (is_layer, rows, columns)
                    };
                    counted.iter().find(of_size).expect("counted").instructions as f64
                };
                let measured = count(false) + 16.0 * count(true);
                let demand = Demand { kind, rows, columns, layers: 16, weights: Weights::F32 };
                let found = estimate(&demand, *target).expect("a network");
                let foretold = found.instructions.expect("counted") as f64;
                let error = (foretold / measured - 1.0).abs();
                let told = format!("{kind} {rows} x {columns} on {target}: {error:.3}");
                if error > worst.0 {
                    worst = (error, told);
                }
            }
        }
    }
    // What was measured when the record was written, rounded up.
    assert!(worst.0 < 0.07, "{worst:?}");
}

/// Stacks of other sizes stay below what is foretold.
#[test]
fn stacks_are_bounds() {
    for target in Target::value_variants() {
        for kind in KINDS {
            for one in counted(kind, *target) {
                let (rows, columns) = (one.rows, one.columns);
                let demand = Demand { kind, rows, columns, layers: 16, weights: Weights::F32 };
                let found = estimate(&demand, *target).expect("a network");
                assert!(found.stack_bytes >= one.stack_bytes, "{kind} on {target}: {one:?}");
                assert!(found.stack_bytes < 4 * columns + 1024, "{kind} on {target}: {found:?}");
            }
        }
    }
}
