//! The table: what both sides found, next to each other.

use crate::figure;
use crate::stiffness::System;
use crate::told::Told;
use anyhow::ensure;
use scenarios::relax::Policy;
use scenarios::{NoMeter, relax, stiffness};
use solvekit::LinearOperator;
use std::io::{Write, stdout};
use std::path::Path;

/// Systems of the sequence; the image was built for the same number.
const SYSTEMS: u32 = 500;

/// One line of a table.
struct Row {
    title: &'static str,
    omega: f32,
    sweeps: u64,
    failures: u64,
    residual: f32,
    instructions: u64,
    same: bool,
}

/// Solves here, reads what was found there, shows both and draws the figure.
pub(crate) fn show(system: &System, folder: &Path) -> anyhow::Result<()> {
    let there = Told::there(&folder.join("demo_stiffness.txt"))?;
    let here =
        Told::here(|mut say| stiffness::compare(&system.a, &system.b, &mut NoMeter, &mut say));
    let frame = rows(&here, &there, &stiffness::TITLES)?;
    let there = Told::there(&folder.join("demo_sequence.txt"))?;
    let here = Told::here(|mut say| relax::compare(SYSTEMS, &mut NoMeter, &mut say));
    let sequence = rows(&here, &there, &Policy::ALL.map(Policy::title))?;
    let settled = here.section(Policy::Tuned.title()).real("favourite omega")?;
    let path = folder.join("omega.svg");
    figure::draw(SYSTEMS, &path)?;

    let mut out = stdout().lock();
    writeln!(out, "{INTRODUCTION}")?;
    writeln!(
        out,
        "(a) {}: {} unknowns, {} entries",
        system.title,
        system.a.columns(),
        system.entries()
    )?;
    write_rows(&mut out, &frame, 1)?;
    writeln!(
        out,
        "\n(b) {SYSTEMS} systems one after the other: heat on a plate of 10 x 10 points (100 unknowns), whose\n    \
         cooling changes from system to system by chance"
    )?;
    write_rows(&mut out, &sequence, u64::from(SYSTEMS))?;
    writeln!(
        out,
        "\nThe tuner settled at omega = {settled:.2}. Iterations against omega: {}",
        path.display()
    )?;
    let all = frame.iter().chain(&sequence);
    let same = all.clone().all(|row| row.same);
    writeln!(
        out,
        "Both sides {}, and every solve {}.",
        if same { "found the same answers to the last bit" } else { "DIFFER" },
        if all.clone().all(|row| row.failures == 0) { "converged" } else { "DID NOT converge" },
    )?;
    let saved =
        |row: &Row, base: &Row| 100.0 * (1.0 - row.instructions as f64 / base.instructions as f64);
    writeln!(
        out,
        "\nAgainst Gauss-Seidel, in instructions on the microcontroller: learning omega from solve to solve saved \
         {:.0} %, adapting it inside each solve {:.0} %; on (a) adapting saved {:.0} %.",
        saved(&sequence[1], &sequence[0]),
        saved(&sequence[2], &sequence[0]),
        saved(&frame[1], &frame[0]),
    )?;
    ensure!(same, "the microcontroller's bits differ from this machine's");
    Ok(())
}

const INTRODUCTION: &str = "\
The same solver, on this machine and on an emulated microcontroller (Arm Cortex-M4F under QEMU).

It solves A x = b by sweeping over the unknowns again and again, each time setting every unknown so that
its own equation holds, until the equations are off by less than 1/100,000 of b. The number omega says how
far each step goes: 1 stops exactly where the equation holds (that is Gauss-Seidel), nearly 2 goes almost
twice as far. The right omega needs far fewer sweeps; too small or too large needs far more, and nobody
tells which it is. solvekit finds it while it runs, in a few bytes of memory.
";

fn rows(here: &Told, there: &Told, titles: &[&'static str]) -> anyhow::Result<Vec<Row>> {
    let row = |title: &&'static str| {
        let (section, other) = (here.section(title), there.section(title));
        Ok(Row {
            title,
            omega: section.real("last omega")?,
            sweeps: section.count("sweeps")?,
            failures: section.count("not converged")?,
            residual: section.real("worst residual")?,
            instructions: there.instructions(title).unwrap_or(0),
            same: section == other,
        })
    };
    titles.iter().map(row).collect()
}

fn write_rows(out: &mut impl Write, rows: &[Row], solves: u64) -> std::io::Result<()> {
    let (sweeps, residual) =
        if solves > 1 { ("sweeps, mean", "worst residual") } else { ("sweeps", "residual") };
    writeln!(
        out,
        "\n    {:<36}{:>11}{sweeps:>14}{residual:>16}{:>22}{:>11}",
        "", "last omega", "instructions, mean", "same bits"
    )?;
    for row in rows {
        let mean = row.sweeps as f64 / solves as f64;
        let sweeps = if solves > 1 { format!("{mean:.1}") } else { format!("{mean:.0}") };
        writeln!(
            out,
            "    {:<36}{:>11.3}{sweeps:>14}{:>16.1e}{:>22}{:>11}",
            row.title,
            row.omega,
            row.residual,
            thousands(row.instructions),
            if row.same { "yes" } else { "NO" }
        )?;
    }
    Ok(())
}

fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(",")
}
