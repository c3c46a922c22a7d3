//! The figure: iterations against ω, and where the tuner settled.

use scenarios::NoMeter;
use scenarios::relax::{ARMS, Campaign, Policy, TOLERANCE};
use scenarios::sequence::{Grid, Laplacian, Sequence, Variance};
use solvekit::sor::Sor;
use solvekit::{Stop, solve};
use solvekit_host::figure::{BLUE, Figure, GREY, RED};
use std::path::Path;

/// Draws it for the demo's sequence, all in f32 as on the microcontroller.
pub(crate) fn draw(systems: u32, path: &Path) -> anyhow::Result<()> {
    let arms = Campaign::new(Policy::Tuned, Variance::Low).tuner;
    let mut curve = Vec::with_capacity(ARMS);
    for omega in *arms.arms() {
        curve.push((f64::from(omega), mean_sweeps(omega, systems)?));
    }
    let mut figure = Figure::new("omega", "sweeps of one solve (mean over the sequence)");
    figure.line("every solve with the same omega", &curve, GREY);
    figure.points("", &curve, GREY);
    for (policy, label, color) in [
        (Policy::Tuned, "omega learned: mean of the second half", RED),
        (Policy::Adaptive, "omega adapted inside each solve", BLUE),
    ] {
        let mut campaign = Campaign::new(policy, Variance::Low);
        let mut plays = vec![];
        for round in 0..systems {
            let (omega, sweeps) = campaign.next(&mut NoMeter);
            if 2 * round >= systems {
                plays.push((omega, f64::from(sweeps)));
            }
        }
        let all = plays.len().max(1) as f64;
        figure.level(label, plays.iter().map(|(_, sweeps)| sweeps).sum::<f64>() / all, color);
        if policy == Policy::Tuned {
            let share =
                |arm: &f32| plays.iter().filter(|(omega, _)| omega == arm).count() as f64 / all;
            let shares: Vec<_> =
                arms.arms().iter().map(|arm| (f64::from(*arm), share(arm))).collect();
            figure.shares("where the tuner settled (share of its plays)", &shares, RED);
        }
    }
    figure.write(path)
}

fn mean_sweeps(omega: f32, systems: u32) -> anyhow::Result<f64> {
    let mut sequence = Sequence::new(Variance::Low, scenarios::relax::SEED, 0);
    let stop = Stop::relative(TOLERANCE)?;
    let mut b = Grid::zeros();
    let mut sweeps = 0;
    for _ in 0..systems {
        let a: Laplacian<f32> = sequence.next_system(&mut b);
        let sor = Sor::new(&a, &b, omega)?;
        sweeps += solve(&sor, &mut sor.start(), stop).iterations;
    }
    Ok(f64::from(sweeps) / f64::from(systems))
}
