//! "Learning to Relax": what ω does to the cost of one solve, and what theory says of it.
//!
//! Regenerates the actual cost against ω beside the surrogate that the learners' theory uses, the
//! asymptotic estimate and the energy bound; the mean over random offsets beside the instance-optimal
//! cost; the theory's two conditions against the offset; and a right-hand side whose cost jumps.
//! Source: arXiv 2310.02246, §2 and §5, and its released code.

mod bounds;
mod cost;
mod degenerate;
mod offsets;
mod splitting;
mod table;
mod theory;

pub use bounds::Bound;
pub use cost::Spread;
pub use degenerate::Degenerate;
pub use offsets::Offsets;
pub use splitting::Splitting;
pub use theory::{BETA_SQUARED_LIMIT, TAU_LIMIT, Theory};

use crate::experiment::Options;
use anyhow::Context;
use scenarios::sequence::Variance;
use std::fs;

/// Offsets of the theory's figure at scale 1.
const OFFSETS: f64 = 97.0;
/// Systems behind one mean over offsets at scale 1.
const SYSTEMS: f64 = 40.0;

/// Everything that is drawn.
#[derive(Clone, Debug)]
pub struct Curves {
    /// Cost and bounds against ω.
    pub bounds: Vec<Bound>,
    /// Means over offsets, low and high variance.
    pub offsets: [Offsets; 2],
    /// β and τ against the offset.
    pub theory: Vec<Theory>,
    /// The right-hand side that makes the cost jump.
    pub degenerate: Vec<Degenerate>,
}

/// Runs the experiment and writes the figures, each with its numbers as CSV, into the output folder.
///
/// `scale` multiplies the number of offsets and of systems, and below ½ the grids of ω are coarser.
///
/// # Errors
/// If the output folder cannot be written.
pub fn run(options: &Options) -> anyhow::Result<Curves> {
    let folder = &options.output;
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let curves = measure(options)?;
    bounds::write(&curves.bounds, folder)?;
    curves.offsets.iter().try_for_each(|offsets| offsets::write(offsets, folder))?;
    theory::write(&curves.theory, folder)?;
    degenerate::write(&curves.degenerate, folder)?;
    Ok(curves)
}

/// Runs the experiment without writing anything.
///
/// # Errors
/// None for these systems: no system is refused.
pub fn measure(options: &Options) -> anyhow::Result<Curves> {
    let scale = options.scale;
    let count = (OFFSETS * scale).round().max(5.0) as u32;
    let systems = (SYSTEMS * scale).round().max(10.0) as u64;
    // The paper's steps are 0.01 and 0.001; all of these meet 1.2, 1.4, 1.56 and 1.8.
    let coarser = [2.0, 5.0, 10.0, 20.0].into_iter().rfind(|by| by * scale <= 1.0).unwrap_or(1.0);
    let (step, fine) = (0.01 * f64::min(coarser, 2.0), 0.001 * coarser);
    let (per_omega, degenerate) = ((0.99 / step) as u64 + 2, (0.9 / fine) as u64 + 2);
    let bar = options.progress(per_omega + degenerate + 2 * systems + u64::from(count));
    let low = offsets::run(Variance::Low, options.seed, systems, step, &bar)?;
    let high = offsets::run(Variance::High, options.seed, systems, step, &bar)?;
    let curves = Curves {
        bounds: bounds::run(options.seed, step, &bar)?,
        offsets: [low, high],
        theory: theory::run(options.seed, count, step, &bar)?,
        degenerate: degenerate::run(options.seed, fine, &bar)?,
    };
    bar.finish_and_clear();
    Ok(curves)
}
