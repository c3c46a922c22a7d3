//! Relaxation of many systems at once: the kernel's host side.
//!
//! All sweeps of a part are one or a few submissions, of rounds that grow from 16 sweeps to 1,024, or to as many as fit. What
//! has ended leaves the list of systems that the next round works on, so that it takes no time there; the
//! host asks once in 16 rounds whether that list is empty.

use super::interleaved::{gather, interleave};
use super::kernel::Source;
use super::runs::status;
use super::{Gpu, GpuError};
use bytemuck::{Pod, Zeroable};
use solvekit::Status;

const SOURCE: Source = Source { name: "relaxation", text: include_str!("sor.wgsl") };

/// Largest number of unknowns: of 32 systems, x fills the 16 KiB that every device has for a workgroup.
pub(in super::super) const LARGEST: usize = 128;

/// Sweeps of the first round, and at most: one round must not last so long that a driver takes it for
/// hung.
const SWEEPS: (u32, u32) = (16, 1_024);

/// Turns of loops in one round of one invocation, at most: Mesa's driver in software leaves every loop
/// once there were 65,535.
const TURNS: u32 = 60_000;

/// Rounds of one submission.
const ROUNDS: usize = 16;

/// What is the same for all systems.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Rule {
    pub(in super::super) order: usize,
    pub(in super::super) symmetric: bool,
    pub(in super::super) check_every: u32,
    pub(in super::super) max_iterations: u32,
    pub(in super::super) stall_window: u32,
}

/// One system that has been checked and whose run has begun.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Relaxing<'a> {
    pub(in super::super) right_hand_side: &'a [f32],
    /// Empty: x = 0.
    pub(in super::super) start: &'a [f32],
    pub(in super::super) setting: Setting,
}

/// As the kernel has it.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub(in super::super) struct Setting {
    pub(in super::super) omega: f32,
    /// A power of two that brings b to about 1.
    pub(in super::super) scale: f32,
    pub(in super::super) tolerance: f32,
    pub(in super::super) divergence: f32,
}

/// How a run stands, as the kernel has it.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
struct Run {
    status: u32,
    iterations: u32,
    checks: u32,
    residual: f32,
    window: f32,
    window_before: f32,
}

/// How one system ended.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Ended {
    pub(in super::super) status: Status,
    pub(in super::super) iterations: u32,
    pub(in super::super) residual: f32,
}

/// Relaxes `systems` with the rows of `matrix(k)` each, or of `matrix(0)` all where it is `shared`;
/// `ended(k, end, x)` hears of each.
pub(in super::super) fn relax<'m>(
    gpu: &Gpu,
    rule: Rule,
    systems: &[Relaxing<'_>],
    shared: bool,
    matrix: impl Fn(usize) -> &'m [f32],
    mut ended: impl FnMut(usize, Ended, &[f32]),
) -> Result<(), GpuError> {
    if systems.is_empty() {
        return Ok(());
    }
    let (order, count) = (rule.order, systems.len());
    let lanes = 1_usize << (4_096 / order.max(1)).clamp(32, 64).ilog2();
    let workgroups = gpu.check_workgroups(count.div_ceil(lanes))?;
    let size = order * (order + 1);
    let matrices = if shared { 1 } else { count };
    // Before the numbers are put in order: that takes its time.
    gpu.check_buffer("the matrices' bytes", 4 * (size * matrices.next_multiple_of(lanes)) as u64)?;
    let matrices = interleave(matrices, size, if shared { 1 } else { lanes }, |k, put| {
        let rows = matrix(k);
        rows.iter().enumerate().for_each(|(place, number)| put(place, *number));
        let diagonal = rows.iter().step_by(order + 1);
        diagonal.enumerate().for_each(|(row, number)| put(order * order + row, 1.0 / number));
    });
    let right_hand_sides = vectors(systems, order, lanes, |system| system.right_hand_side);
    let start = vectors(systems, order, lanes, |system| system.start);
    let settings: Vec<Setting> = systems.iter().map(|system| system.setting).collect();
    let fresh = Run { window_before: f32::MAX, ..Run::zeroed() };
    let (x, runs): (Vec<f32>, Vec<Run>) = gpu.guarded(|| {
        let constants = [
            ("N", order as u32),
            ("LANES", lanes as u32),
            ("SHARED", u32::from(shared)),
            ("SYMMETRIC", u32::from(rule.symmetric)),
        ];
        let kernel = gpu.kernel(SOURCE, &constants);
        let all: Vec<u32> = std::iter::once(count as u32).chain(0..count as u32).collect();
        let left = [gpu.upload("systems left", &all)?, gpu.upload("systems left", &all)?];
        let matrices = gpu.upload("matrices", &matrices)?;
        let right_hand_sides = gpu.upload("right-hand sides", &right_hand_sides)?;
        let answers = gpu.upload("answers", &start)?;
        let settings = gpu.upload("settings", &settings)?;
        let runs = gpu.upload("runs", &vec![fresh; count])?;
        // A row takes a turn for four products; a look at the residual takes three sweeps at most.
        let turns = rule.order as u32 * (rule.order as u32 / 4 + 5);
        let most = TURNS / (turns * (4 + u32::from(rule.symmetric)));
        let most = most.clamp(1, SWEEPS.1);
        let mut sweeps = SWEEPS.0.min(most);
        loop {
            let mut commands = gpu.device.create_command_encoder(&Default::default());
            for round in 0..ROUNDS {
                let (before, after) = (&left[round % 2], &left[(round + 1) % 2]);
                let Rule { check_every, max_iterations, stall_window, .. } = rule;
                let rule = [sweeps, check_every, max_iterations, stall_window, order as u32];
                let rule = gpu.upload("rule", &rule)?;
                sweeps = (2 * sweeps).min(most);
                let bound = [
                    &matrices,
                    &right_hand_sides,
                    &answers,
                    &settings,
                    &runs,
                    before,
                    after,
                    &rule,
                ];
                let bound = gpu.bind(&kernel, &bound);
                commands.clear_buffer(after, 0, Some(4));
                let mut pass = commands.begin_compute_pass(&Default::default());
                pass.set_pipeline(&kernel);
                pass.set_bind_group(0, &bound, &[]);
                pass.dispatch_workgroups(workgroups, 1, 1);
            }
            gpu.queue.submit([commands.finish()]);
            // An even number of rounds: the list is where it began.
            if gpu.read_first(&left[0])? == 0 {
                break;
            }
        }
        Ok((gpu.read(&answers)?, gpu.read(&runs)?))
    })?;
    let mut own = vec![0.0; order];
    for (k, run) in runs.iter().enumerate() {
        gather(&x, k, lanes, &mut own);
        let status = status(run.status)?;
        let end = Ended { status, iterations: run.iterations, residual: run.residual };
        ended(k, end, &own);
    }
    Ok(())
}

fn vectors<'s>(
    systems: &[Relaxing<'s>],
    order: usize,
    lanes: usize,
    vector: impl Fn(&Relaxing<'s>) -> &'s [f32],
) -> Vec<f32> {
    interleave(systems.len(), order, lanes, |k, put| {
        vector(&systems[k]).iter().enumerate().for_each(|(place, number)| put(place, *number));
    })
}
