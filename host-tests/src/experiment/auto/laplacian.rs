//! The shifted Laplacians of "Learning to Relax".

use super::Totals;
use super::learner::{Learner, stop};
use scenarios::sequence::{Grid, Laplacian, SIDE, Sequence, Variance};
use solvekit::operator::zeros;
use solvekit::solve;
use solvekit::sor::{AutoMemory, Forward, Multicolor, Sor, young_omega};

/// The interval of the context, as in the paper.
const INTERVAL: (f64, f64) = (-0.15, 0.65);

/// How `auto` is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Natural order.
    Natural,
    /// Natural order, told each system's shift.
    Context,
    /// Red–black order with Golub and Varga's schedule.
    RedBlack,
}

/// One trial of `systems` systems.
///
/// # Errors
/// None for these systems: none is refused.
pub fn laplacians(
    mode: Mode,
    variance: Variance,
    seed: u64,
    trial: u64,
    systems: usize,
) -> anyhow::Result<Totals> {
    let mut sequence = Sequence::new(variance, seed, trial);
    let mut memory = AutoMemory::new(zeros());
    if mode == Mode::Context {
        memory = memory.with_context(INTERVAL.0, INTERVAL.1)?;
    }
    let mut learner = Learner::new(memory);
    let mut b = Grid::zeros();
    for _ in 0..systems {
        let a: Laplacian<f64> = sequence.next_system(&mut b);
        learner.memory.tell_context(a.center - 4.0);
        match mode {
            Mode::RedBlack => learner.solve(&a, &b, zeros(), Multicolor)?,
            _ => learner.solve(&a, &b, zeros(), Forward)?,
        };
    }
    Ok(Totals::of(learner))
}

/// The same trial with one ω for each system: a fixed one, or Young's where there is none.
///
/// # Errors
/// If ω is no relaxation.
pub fn reference(
    omega: Option<f64>,
    variance: Variance,
    seed: u64,
    trial: u64,
    systems: usize,
) -> anyhow::Result<Totals> {
    let mut sequence = Sequence::new(variance, seed, trial);
    let mut totals = Totals::default();
    let mut b = Grid::zeros();
    for _ in 0..systems {
        let a: Laplacian<f64> = sequence.next_system(&mut b);
        let radius = 4.0 * (std::f64::consts::PI / (SIDE + 1) as f64).cos() / a.center;
        let omega = match omega {
            Some(omega) => omega,
            None => young_omega(radius)?,
        };
        let sor = Sor::new(&a, &b, omega)?;
        let report = solve(&sor, &mut sor.start(), stop()?);
        totals.costs.push(report.iterations);
        totals.failures += u32::from(!report.converged());
    }
    Ok(totals)
}
