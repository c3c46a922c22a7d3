//! What some regions may cost at most, and the regions' costs against it.

use super::sweep::Cell;
use crate::failures::Failures;

/// Instructions a region may take on a core.
struct Most {
    region: &'static str,
    core: &'static str,
    instructions: u64,
}

/// Fixed limits: what was asked for (a sweep, an SPD solve, a product; `count_sor`, `count_direct`,
/// `count_multiply`) or what was measured when they were set, and 3 % for the next compiler.
const MOST: &[Most] = &[
    Most::on_m4f("SOR sweep, dense 16 x 16", 1_000),
    Most::on_m4f("SPD solve, dense 16 x 16", 5_500),
    Most::on_m4f("Cholesky factorisation, dense 16 x 16", 4_460),
    Most::on_m4f("Cholesky solution, dense 16 x 16", 838),
    Most::on_m4f("refinement step, dense 16 x 16", 1_902),
    // nalgebra's.
    Most::on_m4f("matrix product, 16 x 16 x 16", 9_529),
    Most::on_m4f("matrix times vector, 16 x 16", 635),
    Most::on_m4f("matrix times vector, 32 x 32", 2_697),
    Most::on_m4f("transpose times vector, 16 x 16", 627),
    Most::on_m4f("transpose times vector, 32 x 32", 2_758),
    Most::on_m4f("dot product, 64", 207),
    Most::on_m4f("axpy, 64", 271),
    Most::on_m4f("ISTA step, 16 x 32", 3_329),
    Most::on_m4f("guarded ISTA step, 16 x 32", 3_634),
    Most::on_m4f("block SOR sweep, dense 16 x 16, blocks of 4", 1_120),
    Most::on_m4f("CG step, five-point 10 x 10", 5_820),
    Most::on_m4f("SSOR-CG step, five-point 10 x 10", 7_360),
    Most::on_m4f("projected SOR sweep, five-point 16 x 16", 14_350),
    Most::on_m4f("calibration start, 8 x 8, 4 snapshots", 21_270),
    Most::on_m4f("calibration step, 8 x 8, 4 snapshots", 26_800),
    Most::on_m4f("calibration second step, 8 x 8, 4 snapshots", 10_190),
    Most::on_m4f("tracked frame, 8 x 8, 4 snapshots", 26_620),
    Most::on_m4f("tracked frame with offsets, 8 x 8, 4 snapshots", 47_830),
    Most::on_m4f("tracked frame with offsets, 16 sensors, 8 unknowns, 4 seeded snapshots", 118_470),
    Most::on_m4f("reference of Recalibration, 3 features", 3_350),
    Most::on_m4f("shared gains step, 2 signals, 8 x 8, 2 snapshots", 48_370),
    // What a plain loop over indices takes (`count_lasso`).
    Most::on_m4f("lasso pass, dense 32 x 16", 2_340),
    // 1.08 and 1.20 times two plain products of that size, which take 57,803 (`count_network`).
    Most::on_m4f("ALISTA layer, 64 x 128", 62_427),
    Most::on_m4f("HyperLISTA layer, 64 x 128", 69_363),
    Most::on_m4f("ChebCB round, 20 arms, 6 terms", 3_735),
    Most::on_m4f("unimodal UCB round, 20 arms", 418),
];

impl Most {
    const fn on_m4f(region: &'static str, instructions: u64) -> Self {
        Self { region, core: "M4F", instructions }
    }
}

/// A region may take at most 1 / `parts` of another on a core.
struct Share {
    region: &'static str,
    of: &'static str,
    core: &'static str,
    parts: u64,
}

/// Limits of one region by another: tuning must not cost what it saves.
const SHARES: &[Share] = &[Share {
    region: "tuner round, 20 arms",
    of: "mean solve, n = 100, 1e-5",
    core: "M4F",
    parts: 100,
}];

/// Holds what was measured against the limits; a limit whose regions were not
/// measured is silent, since boards and stories can be chosen.
pub(crate) fn check(cells: &[Cell]) -> Failures {
    let measured = |core: &str, name: &str| {
        let of_core = cells.iter().filter(|cell| cell.board.core == core);
        let region = of_core.flat_map(|cell| &cell.regions).find(|region| region.name == name);
        region.map(|region| region.instructions)
    };
    let mut failures = Failures::default();
    for Most { region, core, instructions } in MOST {
        if let Some(found) = measured(core, region) {
            let verdict = format!("{region} on {core}: {found} of at most {instructions}");
            judge(&mut failures, found <= *instructions, verdict);
        }
    }
    for Share { region, of, core, parts } in SHARES {
        if let (Some(found), Some(whole)) = (measured(core, region), measured(core, of)) {
            let verdict =
                format!("{region} on {core}: {found} of at most 1/{parts} of {whole} ({of})");
            judge(&mut failures, found * parts <= whole, verdict);
        }
    }
    failures
}

fn judge(failures: &mut Failures, kept: bool, verdict: String) {
    if kept {
        println!("within its budget: {verdict}");
    } else {
        failures.add(format!("OVER its budget: {verdict}"));
    }
}
